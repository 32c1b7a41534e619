"""Reading a file from the screen: the path is asked for, the work runs beside the loop, its end is told."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from jobs.config.keys import ShopSettings
from jobs.files.outcome import Outcome, Progress
from store import ui_state
from store.db import Store
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import toasts
from tests.ui.files_kit import file_read
from tests.ui.screen_kit import picture, pref, until
from tests.ui.test_imports_screen import opened
from tui.paths import complete, path_of
from tui.screens.imports import ImportsScreen, open_files
from tui.screens.imports_work import under_way
from tui.screens.path_prompt import PathPrompt


class Slow:
    """An importer that waits for a word, in place of the real one, whose own tests are elsewhere."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.go_on = threading.Event()
        self.thread: threading.Thread | None = None
        self.asked: tuple[str, str, Path] | None = None

    async def import_file(self, store: Any, settings: Any, shop: Any, path: Path, **how: Any) -> Outcome:
        self.thread = threading.current_thread()
        self.asked = (shop.name, how["by"], path)
        how["progress"](Progress(1, 500, 956, 400))
        while not (self.go_on.is_set() or how["stop"].is_set()):
            await asyncio.sleep(0.005)
        if "boom" in path.name:
            raise ZeroDivisionError
        state = "stopped" if how["stop"].is_set() else "done"
        row = await asyncio.to_thread(file_read, self.store, name=path.name, state=state, new=3, orders=500)
        return Outcome(str(path), state, row, 1_000, 500, 3)


@pytest.fixture
def slow(store: Store, monkeypatch: pytest.MonkeyPatch) -> Slow:
    made = Slow(store)
    monkeypatch.setattr("jobs.files.importer.import_file", made.import_file)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an export, and something else."""
    made = tmp_path / "unduhan saya"
    made.mkdir()
    for name in ("pesanan-24-11.csv", "pesanan-25-11.csv", "catatan.txt", "boom.csv"):
        (made / name).write_text("x")
    return made


async def read(app: Any, pilot: Any, path: Path) -> None:
    await pilot.press("b")
    await until(pilot, lambda: isinstance(app.screen, PathPrompt))
    app.screen.query_one(Input).value = str(path)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, ImportsScreen))
    await until(pilot, lambda: under_way(app) is not None)


async def test_a_file_is_read_beside_the_loop(
    store: Store, clock: FrozenClock, slow: Slow, folder: Path
) -> None:
    async with opened(store, clock) as (app, pilot):
        await read(app, pilot, folder / "pesanan-24-11.csv")
        await until(pilot, lambda: "Membaca pesanan-24-11.csv: 500 dari 956" in "\n".join(picture(app)))
        assert slow.asked == ("toko-contoh", "seller", folder / "pesanan-24-11.csv")
        assert slow.thread is not threading.current_thread()
        await pilot.press("b")
        assert "Masih membaca pesanan-24-11.csv" in toasts(app)[0], "one file at a time"
        slow.go_on.set()
        await until(pilot, lambda: len(toasts(app)) == 2)
        assert toasts(app)[1] == "pesanan-24-11.csv: 3 baru"
        await until(pilot, lambda: "✓" in "\n".join(picture(app)))
        assert "Membaca" not in "\n".join(picture(app))
    assert pref(store, "files.folder") == str(folder)


@pytest.mark.parametrize("key", ["x", "escape"])
async def test_a_reading_is_stopped(
    store: Store, clock: FrozenClock, slow: Slow, folder: Path, key: str
) -> None:
    async with opened(store, clock, size=(80, 24)) as (app, pilot):
        await read(app, pilot, folder / "pesanan-24-11.csv")
        await pilot.press(key)
        await until(pilot, lambda: toasts(app))
        assert toasts(app) == ["pesanan-24-11.csv dihentikan; yang sudah masuk tetap ada."]
        assert isinstance(app.screen, ImportsScreen)
        await until(pilot, lambda: "Dihentikan setelah 500 pesanan" in "\n".join(picture(app)))


async def test_leaving_does_not_stop_it(store: Store, clock: FrozenClock, slow: Slow, folder: Path) -> None:
    async with opened(store, clock) as (app, pilot):
        await read(app, pilot, folder / "pesanan-24-11.csv")
        await pilot.press("q")
        await until(pilot, lambda: app.screen is app.main)
        open_files(app, [])
        await until(pilot, lambda: "500 dari 956" in "\n".join(picture(app)))
        await pilot.press("q")
        slow.go_on.set()
        await until(pilot, lambda: toasts(app) == ["pesanan-24-11.csv: 3 baru"])
        assert under_way(app) is None


async def test_a_failure_is_told(store: Store, clock: FrozenClock, slow: Slow, folder: Path) -> None:
    slow.go_on.set()
    async with opened(store, clock) as (app, pilot):
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, PathPrompt))
        app.screen.query_one(Input).value = str(folder / "boom.csv")
        await pilot.press("enter")
        await until(pilot, lambda: toasts(app))
        assert toasts(app) == ["boom.csv tidak dibaca: ZeroDivisionError"]


async def test_the_prompt_completes_and_says_what_is_wrong(
    store: Store, clock: FrozenClock, slow: Slow, folder: Path
) -> None:
    store.write(lambda conn: ui_state.put(conn, "files.folder", str(folder)))
    async with opened(store, clock, size=(80, 24)) as (app, pilot):
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, PathPrompt))
        line = app.screen.query_one(Input)
        assert line.value == f"{folder}/", "the last folder is remembered"
        await pilot.press("enter")
        await until(pilot, lambda: "adalah folder" in "\n".join(picture(app)))
        await pilot.press("p", "tab")
        await until(pilot, lambda: line.value.endswith("/pesanan-2"))
        await until(pilot, lambda: "pesanan-24-11.csv pesanan-25-11.csv" in "\n".join(picture(app)))
        await pilot.press("9", "enter")
        await until(pilot, lambda: "Tidak ada berkas" in "\n".join(picture(app)))
        await pilot.press("tab")
        await until(pilot, lambda: "Tidak ada yang cocok." in "\n".join(picture(app)))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ImportsScreen))
        assert slow.asked is None


async def test_the_shop_is_chosen_and_files_come_first(
    store: Store, clock: FrozenClock, slow: Slow, folder: Path
) -> None:
    shops = (ShopSettings("toko-api"), ShopSettings("toko-contoh", kind="file"))
    slow.go_on.set()
    async with opened(store, clock, shops=shops) as (app, pilot):
        assert "toko toko-contoh" in picture(app)[0]
        await pilot.press("t")
        assert "toko toko-api" in picture(app)[0]
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, PathPrompt))
        app.screen.query_one(Input).value = str(folder / "pesanan-24-11.csv")
        await pilot.press("enter")
        await until(pilot, lambda: toasts(app))
        assert slow.asked is not None
        assert slow.asked[0] == "toko-api"


async def test_the_prompt_survives_a_tiny_terminal(
    store: Store, clock: FrozenClock, slow: Slow, folder: Path
) -> None:
    async with opened(store, clock, size=(80, 24)) as (app, pilot):
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, PathPrompt))
        await pilot.resize_terminal(20, 5)
        await pilot.press("tab", "x", "enter", "tab", "escape")
        await until(pilot, lambda: isinstance(app.screen, ImportsScreen))
        assert slow.asked is None


def test_paths_as_terminals_drop_them(folder: Path) -> None:
    file = folder / "pesanan-24-11.csv"
    for text in (f"'{file}'", f'"{file}"', str(file).replace(" ", "\\ "), file.as_uri(), f"  {file} "):
        assert path_of(text) == file, text


@pytest.mark.parametrize("text", ["\0", "~nobody-of-this-name/x", "/no/such/folder/x", "", "\ud800"])
def test_odd_paths_are_no_error(text: str) -> None:
    assert complete(text, (".zip",)).names == () or text == ""
    path_of(text)


def test_completion_offers_folders_and_fitting_files(folder: Path) -> None:
    assert complete(f"{folder.parent}/und").text == f"{folder}/"
    assert complete(f"{folder}/", (".csv",)).names == ("boom.csv", "pesanan-24-11.csv", "pesanan-25-11.csv")
    assert complete(f"{folder}/pesanan-24", (".csv",)).text == str(folder / "pesanan-24-11.csv")
    assert complete(f"{folder}/c", (".csv",)) == (f"{folder}/c", ())
