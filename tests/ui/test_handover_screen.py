"""The hand-over: couriers, scanning, stops, what waits, closing with its QR code and paper."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from textual import events

from store import manifests
from store.db import Store
from store.times import MINUTE
from tests.conftest import FrozenClock
from tests.jobs.handover_kit import NOW, number, put, rows, scan, scan_all, standing, waiting
from tests.ui.handover_hand import Hand, checked, clean_pages, opened
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import picture, running, until
from tui.screens.handover import HandoverScreen
from tui.widgets.handover_desk import Page
from tui.widgets.handover_view import qr_lines

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SIZES = [(80, 24), (120, 36)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The silence around a meant key is short here: a pilot's keys are not a scanner's."""
    monkeypatch.setattr("tui.scanner.QUIET_MS", 20)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_couriers_are_shown_with_what_waits_for_each(
    store: Store, clock: FrozenClock, size: tuple[int, int]
) -> None:
    put(
        store,
        waiting(1),
        waiting(2),
        waiting(3, parcel={"courier": "sicepat", "courier_name": "SiCepat REG"}),
    )
    async with running(store, clock, size=size) as (app, pilot):
        hand = await opened(app, pilot)
        assert "1 J&T Express 2 paket menunggu · terdekat 1 j 00 mnt" in hand.shown
        assert "2 SiCepat REG 1 paket menunggu" in hand.shown
        await hand.press("2")
        assert hand.screen.desk.courier == "sicepat" and "P I N D A I" in hand.shown
        await hand.press("escape", "down", "enter")
        assert hand.screen.desk.courier == "sicepat"
        await hand.press("escape", "escape")
        assert not isinstance(app.screen, HandoverScreen)


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (20, 5)], ids=str)
async def test_an_empty_shop_says_what_to_do(store: Store, clock: FrozenClock, size: tuple[int, int]) -> None:
    async with running(store, clock, size=size) as (app, pilot):
        if size < (40, 10):
            app.push_screen(HandoverScreen(app))
            await until(pilot, lambda: isinstance(app.screen, HandoverScreen))
            hand = Hand(app, pilot)
            await hand.scan(number(1))
            assert standing(store) == []
        else:
            hand = await opened(app, pilot)
            assert "Tidak ada paket yang menunggu kurir" in hand.shown
            await hand.press("h")
            assert "Belum ada manifes" in hand.shown
            await hand.press("escape")
        await hand.press("escape")
        assert not isinstance(app.screen, HandoverScreen)


async def test_a_scan_chooses_its_courier_and_waits_for_the_platform(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, waiting(1), waiting(2), waiting(3))
    async with running(store, clock) as (app, pilot):
        nudged: list[str] = []
        monkeypatch.setattr(app, "nudge", nudged.append)
        hand = await opened(app, pilot)
        await hand.scan(number(1), number(2))
        assert hand.screen.desk.courier == "jnt" and nudged == ["handover", "handover"]
        assert "J&T Express · ST-20261125-JNT-01" in hand.shown
        assert [hand.screen.desk.count(state) for state in ("on", "checking")] == [0, 2]
        assert len(hand.screen.desk.waiting) == 1
        assert hand.shown.count("diperiksa …") == 2
        checked(store)
        await hand.refreshed()
        assert hand.screen.desk.count("on") == 2 and hand.shown.count("✓") >= 2
        # The newest scan stands on top.
        assert hand.screen.desk.parcels[0].scanned_at >= hand.screen.desk.parcels[1].scanned_at


async def test_a_scanner_s_keys_are_a_scan(store: Store, clock: FrozenClock) -> None:
    put(store, waiting(1))
    async with running(store, clock) as (app, pilot):
        hand = await opened(app, pilot)
        at = time.monotonic()
        for place, sign in enumerate((*number(1), "enter")):
            key = events.Key(sign, sign if len(sign) == 1 else None)
            key.time = at + place * 0.004
            app.post_message(key)
        await hand.settled()
        assert standing(store) == [(number(1), "checking", None)]
        clock.advance(MINUTE)
        await hand.press("escape", "slash")
        await hand.type(number(1))
        assert not hand.screen.desk.stops and "sudah ada di manifes ini" in hand.shown


async def test_a_parcel_comes_off_only_when_it_is_asked_and_answered(
    store: Store, clock: FrozenClock
) -> None:
    put(store, waiting(1), waiting(2))
    async with running(store, clock) as (app, pilot):
        hand = await opened(app, pilot)
        await hand.scan(number(1), number(2))
        await hand.press("d", "enter")
        assert len(standing(store)) == 2
        under = hand.screen.desk.parcel
        assert under is not None
        await hand.press("d")
        assert f"Lepas {under.tracking_number} dari manifes?" in hand.shown
        await hand.press("y")
        assert (under.tracking_number, "removed", None) in standing(store)
        assert len(hand.screen.desk.parcels) == 1


async def test_what_is_not_scanned_yet_is_listed_by_deadline(store: Store, clock: FrozenClock) -> None:
    put(store, waiting(1), waiting(2, cancel_requested=True), waiting(3))
    async with running(store, clock) as (app, pilot):
        hand = await opened(app, pilot)
        await hand.press("1", "w")
        at = [hand.shown.index(number(place)) for place in (1, 2, 3)]
        assert at == sorted(at) and "MINTA BATAL" in hand.shown
        await hand.press("escape")
        assert hand.screen.desk.page is Page.SCAN
        await hand.scan(number(1))
        await hand.press("w")
        assert number(1) not in hand.shown


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (50, 14)], ids=str)
async def test_closing_shows_the_proof_and_saves_the_paper(
    store: Store, clock: FrozenClock, tmp_path: Path, size: tuple[int, int]
) -> None:
    put(store, waiting(1, cod=True), waiting(2))
    async with running(store, clock, size=size, data_dir=str(tmp_path)) as (app, pilot):
        hand = await opened(app, pilot)
        await hand.scan(number(1), number(2))
        await hand.press("C")
        assert "belum selesai diperiksa" in hand.shown
        checked(store)
        await hand.refreshed()
        await hand.press("C")
        await hand.type("Pak Kurir")
        assert "Tutup ST-20261125-JNT-01: 2 paket, COD Rp136.000, penerima Pak Kurir?" in hand.shown
        await hand.press("enter")
        assert rows(store, "SELECT closed_at FROM manifests") == [(None,)]
        await hand.press("C")
        await hand.type("")
        await hand.press("y")
        await until(pilot, lambda: "PDF disimpan" in hand.shown or size[0] < 80)
        ((received, digest),) = rows(store, "SELECT received_by, digest FROM manifests")
        assert received == "Pak Kurir" and len(digest) == 64
        assert "Manifes ST-20261125-JNT-01" in hand.shown and "2 paket · 2 pesanan" in hand.shown
        assert (tmp_path / "paper" / "manifest_ST-20261125-JNT-01.pdf").read_bytes().startswith(b"%PDF")
        code = [line.plain for line in qr_lines(f"PANTAU ST-20261125-JNT-01 2 {digest}".upper())]
        whole = all(any(row in line for line in picture(app)) for row in code)
        assert whole is (size[0] >= 80) and (whole or "layar lebih besar" in hand.shown)
        await hand.press("p")
        assert "Printer belum diatur" in hand.shown or size[0] < 80
        await hand.press("escape", "h", "enter")
        assert hand.screen.desk.page is Page.CLOSED


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_three_hundred_parcels(store: Store, clock: FrozenClock, size: tuple[int, int]) -> None:
    put(store, *(waiting(place) for place in range(1, 601)))
    scan_all(store, range(1, 301))
    async with running(store, clock, size=size) as (app, pilot):
        hand = await opened(app, pilot)
        await hand.press("1")
        desk = hand.screen.desk
        assert (len(desk.parcels), len(desk.waiting)) == (300, 300)
        under = desk.under_cursor
        await hand.press("pagedown", "pagedown", "down")
        place = desk.place
        assert place == 21 and number(300 - 21) in hand.shown
        here = desk.under_cursor
        await hand.scan(number(301))
        assert len(desk.parcels) == 301 and desk.place == 0
        assert here != under
        await hand.press("w")
        await hand.press("pagedown")
        assert desk.page is Page.WAITING and number(302 + 10) in hand.shown


@pytest.mark.parametrize("part", range(4))
async def test_hostile_texts_are_only_texts(store: Store, clock: FrozenClock, part: int) -> None:
    texts = dict(enumerate(CORPUS[part::4], 1))
    # The deadlines are in this order, so each text heads the list of couriers when it has its turn.
    for place, text in texts.items():
        parcel = {"courier": None, "courier_name": text}
        put(store, waiting(place, buyer=text, city=text, parcel=parcel), kind="file")
    async with running(store, clock, size=(80, 24)) as (app, pilot):
        hand = await opened(app, pilot)
        for place, text in texts.items():
            assert hand.at(Page.COURIERS)
            clean_pages(hand)
            await hand.scan(number(place), text)
            clean_pages(hand)
            await hand.press("y", "y", "n")
            if hand.screen.has_class("-typing"):
                hand.screen._close_input()
            hand.screen.desk.by = hand.screen.desk.receiver = text
            hand.screen.redraw()
            await pilot.pause()
            clean_pages(hand)
            hand.screen._yes_close()
            await hand.settled()
            assert hand.at(Page.CLOSED)
            clean_pages(hand)
            await hand.press("escape")
    assert rows(store, "SELECT count(*) FROM manifests WHERE closed_at IS NOT NULL") == [(len(texts),)]


async def test_a_full_disk_is_told_and_nothing_is_lost(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, waiting(1))

    def broken(*_: object, **__: object) -> Callable[..., object]:
        raise OSError(28, "No space left on device")

    async with running(store, clock) as (app, pilot):
        hand = await opened(app, pilot)
        monkeypatch.setattr("jobs.handover.manifests.scan", broken)
        await hand.scan(number(1))
        assert "Tidak jadi" in hand.shown
        monkeypatch.undo()
        await hand.scan(number(1))
        assert standing(store) == [(number(1), "checking", None)]


def test_the_qr_code_is_read_back_from_its_blocks() -> None:
    import segno

    text = f"PANTAU ST-20261125-JNT-01 120 {'A1' * 32}"
    lines = [line.plain for line in qr_lines(text)]
    assert len(lines) <= 20 and len({len(line) for line in lines}) == 1
    cells = {" ": (0, 0), "▄": (0, 1), "▀": (1, 0), "█": (1, 1)}
    read = [[cells[sign][half] for sign in line] for line in lines for half in (0, 1)]
    told = [list(row) for row in segno.make(text, error="l", micro=False).matrix_iter(border=2)]
    assert read[: len(told)] == told and not any(map(any, read[len(told) :]))
    assert not qr_lines("")


async def test_every_close_is_in_the_feed(store: Store, clock: FrozenClock) -> None:
    put(store, waiting(1), kind="file")
    scan(store, number(1))
    store.write(lambda conn: manifests.close(conn, 1, "Sari", NOW))
    kinds = store.read(
        lambda conn: [row[0] for row in conn.execute(sql("SELECT kind FROM changes ORDER BY seq"))]
    )
    assert kinds[-3:] == ["handover.scanned", "handover.given", "handover.closed"]
