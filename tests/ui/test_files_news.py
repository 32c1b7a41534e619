"""What a file that was read is told as, whoever read it; and leaving the monitor while one is being read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from jobs.config.keys import ShopSettings
from jobs.config.settings import Settings
from jobs.files import importer
from jobs.files.outcome import Outcome
from store import files
from store.db import Store
from tests.conftest import FrozenClock
from tests.shop.files_kit import csv_bytes, row
from tests.ui.dialog_kit import toasts
from tests.ui.screen_kit import make_app, put, record, running, until
from tui import strings
from tui.app import PantauApp
from tui.screens.imports_work import begin, under_way
from tui.toasts import since, words

SHOP = ShopSettings("toko-contoh", kind="file")
LONG = 40.0
"""Seconds for what starts a program of its own on a busy machine."""
LANGUAGES = pytest.mark.parametrize("language", ["id", "en"])


def written(path: Path, count: int = 3, **cells: Any) -> Path:
    """An export of so many orders."""
    path.write_bytes(csv_bytes([row(one, **cells) for one in range(1, count + 1)]))
    return path


async def read(store: Store, path: Path, by: str = "watch") -> Outcome:
    """Read it as the watched folder does."""
    return await importer.import_file(store, Settings(shops=(SHOP,)), SHOP, path, by=by)


async def told(store: Store, path: Path) -> list[str]:
    """The notices of reading this file, as words."""
    with closing(store.reader()) as reader:
        seq = reader.last_seq()
        await read(store, path)
        return [words(notice) for notice in since(reader, seq).notices]


@LANGUAGES
async def test_a_file_is_told_like_what_a_platform_tells(store: Store, tmp_path: Path, language: str) -> None:
    strings.use(language)
    english = language == "en"
    said = await told(store, written(tmp_path / "a.csv"))
    assert said[-1] == ("a.csv: 3 new" if english else "a.csv: 3 baru")
    newer = [row(1, state="cancelled"), row(4)]
    (tmp_path / "b.csv").write_bytes(csv_bytes(newer))
    said = await told(store, tmp_path / "b.csv")
    first = row(1)["Order ID"]
    assert any(first in one and ("cancelled" if english else "dibatalkan") in one for one in said), said
    gone = "2 orders are not in the newest file" if english else "2 pesanan tidak ada di berkas terbaru"
    assert any(one.startswith(gone) for one in said), said


@LANGUAGES
async def test_a_file_of_no_use_says_what_is_wrong_and_what_to_do(
    store: Store, tmp_path: Path, language: str
) -> None:
    strings.use(language)
    (tmp_path / "[b]x.csv").write_bytes(b"Nama,Umur\nBudi,3\n")
    [said] = await told(store, tmp_path / "[b]x.csv")
    assert said.startswith("[b]x.csv was not read:" if language == "en" else "[b]x.csv tidak dibaca:")
    assert "Seller Center" in said


async def test_a_file_that_the_background_read_is_shown(
    store: Store, clock: FrozenClock, tmp_path: Path
) -> None:
    async with running(store, clock) as (app, pilot):
        await read(store, written(tmp_path / "a.csv"))
        await until(pilot, lambda: "a.csv: 3 baru" in toasts(app), LONG)
        (tmp_path / "b.csv").write_bytes(b"Nama,Umur\nBudi,3\n")
        await read(store, tmp_path / "b.csv")
        await until(pilot, lambda: any("b.csv tidak dibaca" in one for one in toasts(app)), LONG)
        assert toasts(app).count("a.csv: 3 baru") == 1


@pytest.mark.parametrize("broken", [False, True])
async def test_what_a_person_had_read_is_told_once(
    store: Store, clock: FrozenClock, tmp_path: Path, broken: bool
) -> None:
    path = written(tmp_path / "a.csv")
    if broken:
        path.write_bytes(b"Nama,Umur\nBudi,3\n")
    async with running(store, clock) as (app, pilot):
        assert app.store is not None
        reading = begin(app, app.store, SHOP, path)
        await until(pilot, lambda: under_way(app) is None, LONG)
        assert reading.outcome is not None
        put(store, [record(9)])
        await until(pilot, lambda: any("pesanan baru" in one for one in toasts(app)) and app.feed.resting)
        app.main._tell_news()
        # The screen of the files, which would say it, was never opened.
        assert not [one for one in toasts(app) if one.startswith("a.csv")]
        # The same name again, from the folder: that is news.
        await read(store, written(path, 4))
        await until(pilot, lambda: f"a.csv: {4 if broken else 1} baru" in " ".join(toasts(app)), LONG)


@asynccontextmanager
async def leaving(store: Store, clock: FrozenClock) -> AsyncIterator[tuple[PantauApp, Pilot[int]]]:
    """The monitor, until q."""
    app = make_app(store, clock)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.store is not None and app.main.loaded)
        yield app, pilot
        await pilot.press("q")


def imports(store: Store) -> list[tuple[Any, ...]]:
    """What the store says of the files."""
    found = store.read(lambda conn: conn.exec_driver_sql("SELECT state, orders, new FROM file_imports").all())
    return [tuple(one) for one in found]


async def test_leaving_stops_a_reading_at_a_good_moment(
    store: Store, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, whole = written(tmp_path / "a.csv", files.CHUNK + 100), importer.import_file

    async def held(*about: Any, progress: Callable[[Any], None], stop: Any, by: str) -> Outcome:
        def told(far: Any) -> None:
            progress(far)
            if far.orders:
                stop.wait(LONG)  # until the person leaves

        return await whole(*about, progress=told, stop=stop, by=by)

    monkeypatch.setattr("jobs.files.importer.import_file", held)
    async with leaving(store, clock) as (app, pilot):
        assert app.store is not None
        reading = begin(app, app.store, SHOP, path)
        await until(pilot, lambda: reading.progress is not None and reading.progress.orders > 0, LONG)
    assert reading.wait(0), "the program has not ended before its reading"
    assert imports(store) == [("stopped", files.CHUNK, files.CHUNK)]
    monkeypatch.undo()
    outcome = await read(store, path, by="cli")
    assert (outcome.state, outcome.orders) == ("done", files.CHUNK + 100)
    assert imports(store) == [("done", files.CHUNK + 100, files.CHUNK + 100)], "taken up, not begun anew"


async def test_leaving_does_not_wait_for_a_file_that_is_looked_through(
    store: Store, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*about: Any, **how: Any) -> Outcome:
        await asyncio.sleep(3_600)
        raise AssertionError

    monkeypatch.setattr("jobs.files.importer.import_file", slow)
    async with leaving(store, clock) as (app, pilot):
        assert app.store is not None
        reading = begin(app, app.store, SHOP, written(tmp_path / "a.csv"))
        await until(pilot, lambda: reading._running is not None)
        started = time.monotonic()
    assert time.monotonic() - started < 10, "an hour was not waited for"
    assert reading.wait(0)
    assert imports(store) == [("stopped", 0, 0)]
