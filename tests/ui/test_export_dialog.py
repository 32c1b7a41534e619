"""The export from the keyboard: which orders, which form, never over another file, stopped without a trace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from jobs.files import export as writing
from store.db import Store
from tests.conftest import FrozenClock
from tests.shop.test_files_sheet import cells_of
from tests.ui.dialog_kit import said, toasts
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, SIZES, put, record, running, until
from tui import changes, strings
from tui.app import PantauApp
from tui.export_words import problem, told
from tui.screens import export as module
from tui.screens.export import ExportDialog, open_export
from tui.screens.prompt import Prompt

NAME = "pesanan-20261125-1900.csv"


@asynccontextmanager
async def opened(
    store: Store, clock: FrozenClock, folder: Path, monkeypatch: pytest.MonkeyPatch, **how: Any
) -> AsyncIterator[tuple[PantauApp, Pilot[int]]]:
    """The dialog over a list of three orders."""
    monkeypatch.chdir(folder)
    clock.now = NOW
    put(
        store,
        [record(1), record(2, buyer="Siti Zulaikha"), record(3, status="COMPLETED", raw_status="COMPLETED")],
    )
    async with running(store, clock, **how) as (app, pilot):
        open_export(app, [])
        await until(pilot, lambda: isinstance(app.screen, ExportDialog))
        yield app, pilot


async def typed(app: PantauApp, pilot: Pilot[int], key: str, text: str) -> None:
    """Open a prompt with a key and answer it."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, Prompt))
    app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, ExportDialog))


def ids(path: Path) -> set[str]:
    return {one["Order ID"].strip()[-1] for one in cells_of(path)}


async def test_y_writes_the_tab_that_is_shown(
    store: Store, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(store, clock, tmp_path, monkeypatch) as (app, pilot):
        assert NAME in said(app)
        assert "CSV" in said(app)
        await pilot.press("y")
        await until(pilot, lambda: not isinstance(app.screen, ExportDialog))
        assert any("2 pesanan ditulis" in toast for toast in toasts(app))
    path = tmp_path / NAME
    assert ids(path) == {"1", "2"}
    assert path.stat().st_mode & 0o777 == 0o600


async def test_marked_orders_come_first_then_tab_search_all(
    store: Store, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(store, clock, tmp_path, monkeypatch) as (app, pilot):
        await pilot.press("escape", "space", "E")
        await until(pilot, lambda: isinstance(app.screen, ExportDialog))
        assert "yang ditandai (1)" in said(app)
        await pilot.press("o")
        assert "seperti yang tampak" in said(app)
        await pilot.press("o")
        assert "Pesanan: semua" in said(app)
        await typed(app, pilot, "slash", "zulaikha")
        assert 'hasil cari "zulaikha"' in said(app)
        await typed(app, pilot, "n", str(tmp_path / "cari.xlsx"))
        await pilot.press("m", "y")
        await until(pilot, lambda: (tmp_path / "cari.xlsx").exists())
    (one,) = cells_of(tmp_path / "cari.xlsx")
    assert one["Recipient"] == "S*** Z***"


async def test_the_form_is_a_key_away(
    store: Store, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(store, clock, tmp_path, monkeypatch) as (app, pilot):
        await pilot.press("f", "l")
        assert "XLSX" in said(app)
        assert "daftar ringkas" in said(app)
        path = (tmp_path / NAME).with_suffix(".xlsx")
        await pilot.press("y")
        await until(pilot, path.exists)
    assert next(iter(cells_of(path)[0])) == "Nomor pesanan"


async def test_a_file_that_is_there_is_replaced_by_capital_y_only(
    store: Store, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / NAME
    path.write_text("milik orang lain")
    async with opened(store, clock, tmp_path, monkeypatch) as (app, pilot):
        await pilot.press("Y")
        assert path.read_text() == "milik orang lain", "nobody had asked yet"
        await pilot.press("y")
        await until(pilot, lambda: "sudah ada" in said(app))
        await pilot.press("y")
        assert path.read_text() == "milik orang lain"
        await pilot.press("Y")
        await until(pilot, lambda: not isinstance(app.screen, ExportDialog))
    assert ids(path) == {"1", "2"}


async def test_a_name_that_will_not_do_stays_in_the_line(
    store: Store, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(store, clock, tmp_path, monkeypatch) as (app, pilot):
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "a.txt"
        await pilot.press("enter")
        assert isinstance(app.screen, Prompt)
        app.screen.query_one(Input).value = "tidak/ada/a.csv"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExportDialog))
        await pilot.press("y")
        await until(pilot, lambda: "tidak ada. Buat dulu" in said(app))
        assert "y tulis" in said(app)
    assert list(tmp_path.glob("*.csv")) == []


async def test_escape_stops_and_leaves_nothing(
    store: Store, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writing.export

    def waits(*args: Any, stop: Any, progress: Any, **how: Any) -> Any:
        progress(1, 2)
        assert stop.wait(8)
        return real(*args, stop=stop, progress=lambda *_: None, **how)

    monkeypatch.setattr(module, "export", waits)
    async with opened(store, clock, tmp_path, monkeypatch) as (app, pilot):
        await pilot.press("y")
        await until(pilot, lambda: "1 dari 2 pesanan" in said(app))
        await pilot.press("m", "n", "y")
        assert isinstance(app.screen, ExportDialog), "one can only stop it"
        await pilot.press("escape")
        await until(pilot, lambda: any("dihentikan" in toast for toast in toasts(app)))
        assert isinstance(app.screen, ExportDialog)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ExportDialog))
    assert list(tmp_path.glob("*.csv")) == list(tmp_path.glob(".pantau-*")) == []


@pytest.mark.parametrize("size", SIZES)
async def test_it_fits(
    store: Store, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    async with opened(store, clock, tmp_path, monkeypatch, size=size) as (app, _):
        for words in ("Ekspor pesanan", "y tulis", "Esc kembali", "Perlu dikirim"):
            assert words in said(app)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("text", CORPUS)
def test_hostile_names_stay_text(language: str, text: str) -> None:
    strings.use(language)
    for words in (problem("full", text, text), told({"name": text, "orders": 3, "masked": True}), told({})):
        assert "\x1b" not in words
        assert "\n" not in words


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_problem_has_words(language: str) -> None:
    from typing import get_args

    from jobs.files.export import Problem

    strings.use(language)
    for code in get_args(Problem):
        assert strings.known(f"export.problem.{code}")


def test_the_feed_tells_it() -> None:
    from store.views import ChangeRow

    strings.use("id")
    detail = '{"name":"a.csv","orders":956,"masked":true}'
    row = ChangeRow(1, 0, None, None, None, "orders.exported", None, None, detail, "seller")
    assert changes.what(row) == "pesanan ditulis ke berkas: 956 pesanan, a.csv · pembeli disembunyikan"
