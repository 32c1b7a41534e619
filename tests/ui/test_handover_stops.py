"""The hand-over: what must not go, what nobody could be asked about, and what others do meanwhile."""

from __future__ import annotations

import re
from typing import Any

import pytest

from store import manifests
from store.db import Store
from store.times import DAY, MINUTE
from tests.conftest import FrozenClock
from tests.jobs.handover_kit import NOW, number, pack, put, scan, standing, waiting
from tests.ui.handover_hand import checked, opened
from tests.ui.screen_kit import running, until
from tui.widgets.handover_desk import Page

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SIZES = [(80, 24), (120, 36)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The silence around a meant key is short here: a pilot's keys are not a scanner's."""
    monkeypatch.setattr("tui.scanner.QUIET_MS", 20)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_cancelled_parcel_fills_the_screen_until_it_is_answered(
    store: Store, clock: FrozenClock, size: tuple[int, int]
) -> None:
    put(store, waiting(1, status="CANCELLED"), waiting(2), waiting(3))
    async with running(store, clock, size=size) as (app, pilot):
        hand = await opened(app, pilot)
        await hand.scan(number(3))
        await hand.scan(number(1))
        assert hand.screen.has_class("-stopped")
        for words in ("J A N G A N D I S E R A H K A N", "SUDAH DIBATALKAN", number(1), "y saya keluarkan"):
            assert words in hand.shown
        await hand.scan(number(2))
        assert "DITOLAK" in hand.shown and standing(store)[0] == (number(1), "stopped", "cancelled")
        assert len(standing(store)) == 2
        await hand.press("escape", "n", "enter")
        assert hand.screen.has_class("-stopped")
        await hand.press("y")
        assert not hand.screen.has_class("-stopped") and "KELUARKAN" in hand.shown
        assert "DITOLAK" not in hand.shown
        await hand.refreshed()
        assert not hand.screen.has_class("-stopped")
        await hand.scan(number(2))
        assert (number(2), "checking", None) in standing(store)


async def test_what_turns_cancelled_on_the_manifest_stops_at_once(store: Store, clock: FrozenClock) -> None:
    put(store, waiting(1), waiting(2))
    async with running(store, clock) as (app, pilot):
        rung: list[int] = []
        hand = await opened(app, pilot)
        await hand.scan(number(1), number(2))
        checked(store)
        await hand.refreshed()
        app.bell = lambda: rung.append(1)  # type: ignore[method-assign]
        put(store, waiting(1, status="CANCELLED", updated_at=NOW))  # as the ordinary sync takes it in
        await until(pilot, lambda: hand.screen.desk.stops)
        await hand.settled()
        assert [stop.number for stop in hand.screen.desk.stops] == [number(1)] and rung
        assert standing(store) == [(number(1), "stopped", "cancelled"), (number(2), "on", None)]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            {"parcel": {"courier": "sicepat", "courier_name": "SiCepat REG"}},
            "SALAH KURIR: paket ini untuk SiCepat REG",
        ),
        ({"cancel_requested": True}, "Pembeli MINTA BATAL"),
        ({"status": "IN_TRANSIT"}, "sudah diambil kurir"),
        ({"status": "AWAITING_SHIPMENT", "parcel": {"status": "TO_FULFILL"}}, "Pengirimannya belum diatur"),
    ],
)
async def test_why_it_must_not_go_is_said(
    store: Store, clock: FrozenClock, told: dict[str, Any], words: str
) -> None:
    put(store, waiting(1, **told), waiting(2))
    async with running(store, clock) as (app, pilot):
        hand = await opened(app, pilot)
        await hand.scan(number(2))
        await hand.scan(number(1))
        assert words in hand.shown
        await hand.press("y")
        await hand.scan("TIDAK-ADA-99")
        assert "tidak dikenal" in hand.shown and "TIDAK-ADA-99" in hand.shown


async def test_scanned_twice_it_says_where_it_stands(store: Store, clock: FrozenClock) -> None:
    put(store, waiting(1))
    async with running(store, clock) as (app, pilot):
        hand = await opened(app, pilot)
        await hand.scan(number(1), number(1))
        assert "dipindai barusan" in hand.shown and not hand.screen.desk.stops
        clock.advance(MINUTE)
        await hand.scan(number(1))
        assert "sudah ada di manifes ini (ST-20261125-JNT-01, 25 Nov 19.00 WIB)" in hand.shown
        assert not hand.screen.desk.stops and standing(store) == [(number(1), "checking", None)]


async def test_on_another_open_manifest_it_is_named_and_not_removed(store: Store, clock: FrozenClock) -> None:
    put(store, waiting(1), waiting(2, parcel={"courier": "sicepat", "courier_name": "SiCepat REG"}))
    async with running(store, clock) as (app, pilot):
        hand = await opened(app, pilot)
        await hand.scan(number(1))
        await hand.press("escape")
        await hand.scan(number(2), number(1))
        assert "sudah ada di manifes lain: ST-20261125-JNT-01 (J&T Express" in hand.shown
        assert hand.screen.desk.courier == "sicepat" and not hand.screen.desk.stops
        assert len(standing(store)) == 2


async def test_a_closed_manifest_lists_its_parcels(store: Store, clock: FrozenClock) -> None:
    put(store, *(waiting(place) for place in range(1, 41)), kind="file")
    for place in range(1, 41):
        scan(store, number(place), now=NOW + place)
    store.write(lambda conn: manifests.close(conn, 1, "Sari", NOW + MINUTE))
    async with running(store, clock, size=(80, 24)) as (app, pilot):
        hand = await opened(app, pilot)
        await hand.press("h", "enter")
        assert hand.screen.desk.page is Page.CLOSED and "40 paket" in hand.shown
        for _ in range(8):
            await hand.press("pagedown")
        assert number(1) in hand.shown and number(40) not in hand.shown
        for _ in range(8):
            await hand.press("pageup")
        assert "40 paket" in hand.shown


async def test_an_unpacked_parcel_is_a_warning_where_others_are_packed(
    store: Store, clock: FrozenClock
) -> None:
    put(store, waiting(1))
    pack(store, "another", NOW)
    async with running(store, clock) as (app, pilot):
        hand = await opened(app, pilot)
        await hand.scan(number(1))
        assert "belum dikemas" in hand.shown and standing(store) == [(number(1), "checking", None)]


async def test_without_an_answer_a_person_may_take_it_and_answers_for_it(
    store: Store, clock: FrozenClock
) -> None:
    put(store, waiting(1), waiting(2))
    async with running(store, clock) as (app, pilot):
        hand = await opened(app, pilot)
        await hand.scan(number(1))
        await hand.press("u")
        assert hand.screen.desk.question is None and "menunggu terlalu lama" in hand.shown
        store.write(lambda conn: manifests.wait(conn, 1, [waiting(1).packages[0].package_id], "no_network"))
        await hand.refreshed()
        assert "belum terjawab: Tidak tersambung" in hand.shown
        await hand.press("C")
        assert "belum selesai diperiksa" in hand.shown
        await hand.press("u", "n")
        assert standing(store) == [(number(1), "checking", "no_network")]
        await hand.press("u")
        assert "TANPA pemeriksaan TikTok Shop" in hand.shown
        await hand.press("y")
        assert standing(store) == [(number(1), "on", "unchecked")]
        clock.advance(MINUTE)
        await hand.scan(number(2))
        clock.advance(MINUTE)
        await hand.press("u", "y")
        assert (number(2), "on", "unchecked") in standing(store)


async def test_a_manifest_that_another_seat_closed_is_left_alone(store: Store, clock: FrozenClock) -> None:
    put(store, waiting(1), waiting(2))
    async with running(store, clock) as (app, pilot):
        hand = await opened(app, pilot)
        await hand.scan(number(1))
        checked(store)
        store.write(lambda conn: manifests.close(conn, 1, "Budi", NOW))
        await hand.refreshed()
        assert hand.screen.desk.page is Page.CLOSED and "oleh Budi" in hand.shown
        await hand.press("escape")
        await hand.scan(number(2))
        assert "ST-20261125-JNT-02" in hand.shown


async def test_what_was_handed_over_goes_on_again_only_by_a_key_of_its_own(
    store: Store, clock: FrozenClock
) -> None:
    put(store, waiting(1))
    scan(store, number(1))
    checked(store)
    store.write(lambda conn: manifests.close(conn, 1, "Sari", NOW))
    clock.advance(DAY)
    async with running(store, clock) as (app, pilot):
        hand = await opened(app, pilot)
        await hand.scan(number(1))
        assert "sudah diserahkan dengan manifes ST-20261125-JNT-01" in hand.shown
        await hand.press("k")
        assert "Tetap masukkan" in hand.shown
        await hand.press("n")
        assert hand.screen.desk.stops
        await hand.press("k", "y")
        assert "ST-20261126-JNT-01" in hand.shown and not hand.screen.desk.stops


async def test_a_manifest_of_yesterday_says_so(store: Store, clock: FrozenClock) -> None:
    put(store, waiting(1))
    scan(store, number(1))
    clock.advance(DAY)
    async with running(store, clock) as (app, pilot):
        hand = await opened(app, pilot)
        assert "ST-20261125-JNT-01: 1 terpindai" in hand.shown
        await hand.press("1")
        assert "dibuka 25 Nov 19.00 WIB" in hand.shown
