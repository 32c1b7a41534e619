"""The screen of the Seller Center files, on a real store: what it lists, what is inside a file, its keys."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from store.db import Store
from store.status import Tab
from store.times import HOUR
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import said, toasts
from tests.ui.files_kit import HEADER, file_read, happened, rejected
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, ON_BOTH, picture, put, record, running, until
from tui.app import PantauApp
from tui.screens.imports import ImportsScreen, open_files

pytestmark = ON_BOTH


@asynccontextmanager
async def opened(
    store: Store, clock: FrozenClock, *, size: tuple[int, int] = (120, 36), **settings: Any
) -> AsyncIterator[tuple[PantauApp, Pilot[int]]]:
    """The screen of the files, with what the store has."""
    async with running(store, clock, size=size, **settings) as (app, pilot):
        open_files(app, [])
        await until(pilot, lambda: isinstance(app.screen, ImportsScreen) and app.screen._loaded)
        await until(pilot, lambda: not app.data.busy)
        yield app, pilot


def chosen(app: PantauApp) -> int | None:
    """The file under the cursor."""
    assert isinstance(app.screen, ImportsScreen)
    return app.screen._at


def three_files(store: Store) -> int:
    """A refused one, one with everything, and an older one; the row of the one with everything."""
    put(store, [record(1), record(2), record(3), record(4)])
    file_read(store, name="kemarin.csv", rows=10, orders=8, new=8)
    full = file_read(
        store, new=1, changed=1, unchanged=951, gone=1, rejected=2, unknown=json.dumps(["Kolom Baru"]),
        warnings=json.dumps([{"row": 9, "column": "Order Amount", "reason": "rows_disagree", "value": "1"}]),
    )  # fmt: skip
    happened(store, full, 1, "order.new", None, "AWAITING_SHIPMENT")
    happened(store, full, 2, "order.status", "AWAITING_SHIPMENT", "AWAITING_COLLECTION")
    happened(store, full, 3, "order.status", "AWAITING_SHIPMENT", "CANCELLED")
    happened(store, full, 4, "order.not_in_file", None, None)
    rejected(store, full, 17, ["58\t", "\t", "1,5", "=1+1,b"])
    rejected(store, full, 23, ["123456789012345678", "", "x", 'dia "itu"'], value="x")
    return full


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
async def test_files_and_what_is_in_them(store: Store, clock: FrozenClock, size: tuple[int, int]) -> None:
    full = three_files(store)
    file_read(store, name="rusak.csv", state="failed", problem="not_a_table", detail='{"row": 3}', orders=0)
    async with opened(store, clock, size=size) as (app, pilot):
        text = said(app)
        assert text.index("rusak.csv") < text.index("pesanan-24-11.csv") < text.index("kemarin.csv"), (
            "newest first"
        )
        assert "Tidak ada isi berkas ini yang dipakai." in text
        assert "baris 3:" in text
        await pilot.press("j")
        await until(pilot, lambda: "Baris yang ditolak (2)" in said(app))
        assert chosen(app) == full
        assert "1.436 baris · 956 pesanan" in said(app)
        assert "Kolom Baru" in said(app)
        await pilot.press("enter")
        told = said(app)
        assert "baris 17, kolom Quantity: " in told and "(isinya: 1,5)" in told
        seen = ""
        for _ in range(4):
            seen += said(app)
            await pilot.press("pagedown")
        seen += said(app)
        for words in ("Dibatalkan sejak berkas sebelumnya (1)", "Tidak ada di berkas ini (1)", "Baru (1)",
                      "Berubah (1)", "Perlu diketahui (1)", record(3).order_id, record(4).order_id):  # fmt: skip
            assert words in seen


async def test_enter_leads_to_an_order_in_its_tab(store: Store, clock: FrozenClock) -> None:
    full = three_files(store)
    async with opened(store, clock) as (app, pilot):
        assert chosen(app) == full
        await until(pilot, lambda: "Dibatalkan sejak" in said(app))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.screen is app.main)
        await until(
            pilot, lambda: app.main.orders.cursor and app.main.orders.cursor.order_id == record(3).order_id
        )
        assert app.main.views.tab is Tab.TO_SHIP


async def test_what_was_cancelled_is_not_counted_as_changed_again(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1), record(2)])
    full = file_read(store, changed=2)
    happened(store, full, 1, "order.status", "AWAITING_SHIPMENT", "CANCELLED")
    happened(store, full, 2, "order.status", "AWAITING_SHIPMENT", "AWAITING_COLLECTION")
    async with opened(store, clock) as (app, pilot):
        await until(pilot, lambda: "Dibatalkan sejak berkas sebelumnya (1)" in said(app))
        assert "Berubah (1)" in said(app)
        assert "lagi)" not in said(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_files_that_begin_alike_are_told_apart(
    store: Store, clock: FrozenClock, size: tuple[int, int]
) -> None:
    for hour in ("08", "12"):
        file_read(store, name=f"semua-pesanan-2026-11-24-{hour}_00.csv", digest=hour)
    async with opened(store, clock, size=size) as (app, _pilot):
        lines = picture(app)[1:3]
        assert "-12_00.csv" in lines[0] and "-08_00.csv" in lines[1], lines


async def test_rejected_rows_are_saved_to_be_mended(
    store: Store, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_files(store)
    monkeypatch.chdir(tmp_path)
    async with opened(store, clock) as (app, pilot):
        await pilot.press("w")
        await until(pilot, lambda: toasts(app))
        await pilot.press("w")
        await until(pilot, lambda: len(toasts(app)) == 2)
    first, second = tmp_path / "pesanan-24-11.rejected.csv", tmp_path / "pesanan-24-11.rejected-2.csv"
    assert first.stat().st_mode & 0o777 == 0o600
    assert first.read_bytes() == second.read_bytes(), "never over a file that is there"
    with first.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            list(HEADER),
            ["58", "\t", "1,5", "'=1+1,b"],
            ["123456789012345678\t", "", "x", 'dia "itu"'],
        ]


async def test_a_full_disk_leaves_no_half_file(
    store: Store, clock: FrozenClock, tmp_path: Path, full_disk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    three_files(store)
    async with opened(store, clock) as (app, pilot):
        await pilot.press("w")
        await until(pilot, lambda: toasts(app))
        assert toasts(app)[0].startswith("Tidak bisa disimpan: disk penuh. Tidak ada berkas yang tertinggal")
    assert list(tmp_path.glob("*.csv")) == []


async def test_without_rejected_rows_nothing_is_saved(
    store: Store, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_read(store)
    monkeypatch.chdir(tmp_path)
    async with opened(store, clock) as (app, pilot):
        await pilot.press("w")
        assert toasts(app) == ["Tidak ada baris yang ditolak di berkas ini."]
        assert list(tmp_path.glob("*.csv")) == []


async def test_no_file_yet(store: Store, clock: FrozenClock) -> None:
    async with opened(store, clock, size=(80, 24)) as (app, pilot):
        assert "Belum ada berkas yang dibaca. Tekan b" in said(app)
        await pilot.press("enter", "j", "w", "G", "x")
        await pilot.press("escape")
        assert app.screen is app.main


async def test_read_only_reads_no_file(store: Store, clock: FrozenClock) -> None:
    async with opened(store, clock, read_only=True) as (app, pilot):
        await pilot.press("b")
        assert toasts(app) == ["Mode hanya lihat: tidak ada yang diubah"]
        assert "baca berkas" not in "\n".join(picture(app)[-3:])


async def test_too_small_a_terminal_survives(store: Store, clock: FrozenClock) -> None:
    three_files(store)
    async with opened(store, clock, size=(20, 5)) as (app, pilot):
        await pilot.press("enter", "j", "w", "b", "t")
        assert toasts(app) == []
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "pesanan-24-11.csv" in said(app))
        await pilot.resize_terminal(1, 1)
        await pilot.press("q")
        await until(pilot, lambda: app.screen is app.main)


async def test_hostile_words_of_a_file_stay_text(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    bad = file_read(store, name="".join(CORPUS[:20]), rejected=len(CORPUS), unknown=json.dumps(CORPUS[:10]))
    for row, text in enumerate(CORPUS, 2):
        rejected(store, bad, row, [text], column=text[:300], value=text[:200])
    async with opened(store, clock, size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: "Baris yang ditolak" in said(app))
        await pilot.press("enter")
        for _ in range(30):
            text = "\n".join(picture(app))
            assert not any(sign in text for sign in "\x1b\x07\x9b\u202e\u2066\u200b")
            await pilot.press("pagedown")
        assert app.is_running


async def test_the_header_tells_how_old_the_last_file_is(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    async with running(store, clock) as (app, _):
        assert "berkas" not in picture(app)[0], "an API shop lives on its syncs"
    store.write(lambda conn: conn.exec_driver_sql("UPDATE shops SET kind = 'file'"))
    async with running(store, clock) as (app, _):
        assert "belum ada berkas" in picture(app)[0]
    file_read(store, stamp=NOW - 3 * HOUR, shop_id=1)
    store.write(lambda conn: conn.exec_driver_sql("UPDATE shops SET kind = 'file'"))
    async with running(store, clock) as (app, _):
        assert "berkas terakhir 18.59, isinya 3 j lalu" in picture(app)[0]


async def test_an_empty_list_of_a_file_shop_says_how_to_read_one(store: Store, clock: FrozenClock) -> None:
    async with running(store, clock, size=(80, 24)) as (app, pilot):
        assert "Tekan I lalu b untuk membaca berkas ekspor Seller Center." in " ".join(picture(app)[:14])
        await pilot.press("I")
        await until(pilot, lambda: isinstance(app.screen, ImportsScreen))
