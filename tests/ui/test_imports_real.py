"""An export read by the real importer from the screen: what it brought is listed, mended, and read again."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from textual.widgets import Input

from store.db import Store
from tests.conftest import FrozenClock
from tests.shop.files_kit import csv_bytes, row
from tests.ui.dialog_kit import said, toasts
from tests.ui.screen_kit import until
from tests.ui.test_imports_screen import chosen, opened
from tui.screens.imports import ImportsScreen
from tui.screens.imports_work import under_way
from tui.screens.path_prompt import PathPrompt

LONG = 40.0
"""Seconds for what starts a program of its own on a busy machine."""


async def test_read_mend_and_read_again(
    store: Store, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    export = tmp_path / "ekspor.csv"
    export.write_bytes(csv_bytes([row(1), row(2, Quantity="1,5", Buyer_Message="=1+1"), row(3)]))
    async with opened(store, clock) as (app, pilot):

        async def read(path: Path) -> None:
            known = chosen(app)
            await pilot.press("b")
            await until(pilot, lambda: isinstance(app.screen, PathPrompt))
            app.screen.query_one(Input).value = str(path)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, ImportsScreen))
            await until(pilot, lambda: under_way(app) is None and chosen(app) != known, LONG)

        await read(export)
        assert toasts(app) == ["ekspor.csv: 2 baru · 1 baris ditolak"]
        await until(pilot, lambda: "baris 3, kolom Quantity: ini bukan jumlah bulat" in said(app))
        assert "Baru (2)" in said(app)
        await pilot.press("w")
        mended = tmp_path / "ekspor.rejected.csv"
        await until(pilot, lambda: len(toasts(app)) >= 2)
        with mended.open(encoding="utf-8-sig", newline="") as file:
            header, cells = csv.reader(file)
        cells[header.index("Quantity")] = "1"
        assert cells[header.index("Buyer Message")] == "'=1+1"
        with mended.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([header, cells])
        await read(mended)
        assert any(said.startswith("ekspor.rejected.csv: 1 baru") for said in toasts(app))
    notes = store.read(
        lambda conn: conn.exec_driver_sql("SELECT note FROM orders WHERE note IS NOT NULL").all()
    )
    assert [tuple(found) for found in notes] == [("=1+1",)], "what was made harmless reads as it was"


async def test_a_file_of_something_else(store: Store, clock: FrozenClock, tmp_path: Path) -> None:
    other = tmp_path / "laporan.csv"
    other.write_bytes(b"%PDF-1.4 \x00\x01")
    async with opened(store, clock, size=(80, 24)) as (app, pilot):
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, PathPrompt))
        app.screen.query_one(Input).value = str(other)
        await pilot.press("enter")
        await until(pilot, lambda: toasts(app), LONG)
        assert toasts(app)[0].startswith("laporan.csv tidak dibaca: ")
        assert "ini bukan tabel pesanan" in toasts(app)[0]
        await until(pilot, lambda: "Tidak ada isi berkas ini yang dipakai." in said(app))
