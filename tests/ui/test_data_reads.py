"""Where the screen reads: in its loop where a read never waits, else in a thread; and no connection is left open."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
from collections.abc import Callable

import pytest

from jobs.config.settings import Settings
from store import sqlite
from store.db import Store
from store.reader import Reader, may_wait
from tests.ui.screen_kit import ON_BOTH, put, record
from tui import app as tui_app
from tui.data import Data


@pytest.mark.parametrize(
    ("url", "safe", "waits"),
    [
        ("/data/pantau.db", True, False),
        ("/data/pantau.db", False, True),
        ("sqlite:////data/pantau.db", False, True),
        ("postgresql+psycopg://host/db", True, True),
    ],
)
def test_the_monitor_reads_in_a_thread_where_a_read_may_wait(
    monkeypatch: pytest.MonkeyPatch, url: str, safe: bool, waits: bool
) -> None:
    monkeypatch.setattr(sqlite, "wal_is_safe", lambda version: safe)
    assert may_wait(url) is waits
    opened: list[bool] = []
    monkeypatch.setattr(tui_app.PantauApp, "run", lambda app: opened.append(app.data.threaded))
    monkeypatch.setattr(Settings, "store_url", url)
    tui_app.open_app(Settings(), {}, read_only=False, jobs=True)
    assert opened == [waits]


async def test_a_writer_that_holds_the_file_does_not_hold_the_screen(
    monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MS", 5_000)
    path = sqlite.database_path(store.url)
    assert path is not None
    store.close()
    other = sqlite.connect(path)
    other.execute("PRAGMA journal_mode=DELETE")
    other.execute("BEGIN EXCLUSIVE")
    data = Data(lambda: Reader.open(store.url), threaded=True)
    arrived = asyncio.Event()
    data.ask(lambda reader: reader.last_seq(), lambda seq: arrived.set())
    await asyncio.sleep(0)
    assert data.busy
    other.execute("COMMIT")
    await asyncio.wait_for(arrived.wait(), 10)
    data.close()
    other.close()


@ON_BOTH
@pytest.mark.parametrize("when", ["idle", "reading", "queued"])
async def test_no_connection_is_left_open(store: Store, when: str) -> None:
    """Whatever was under way when the screen was left."""
    put(store, [record(1)])
    links: list[Reader] = []

    def opened() -> Reader:
        reader = Reader.open(store.url)
        links.append(reader)
        return reader

    data = Data(opened, threaded=True)
    assert await data.get(lambda reader: reader.last_seq()) > 0
    go, there = threading.Event(), threading.Event()

    def slow(reader: Reader) -> int:
        there.set()
        go.wait(5)
        return reader.last_seq()

    if when != "idle":
        data.ask(slow, lambda seq: None)
        if when == "queued":
            data.ask(lambda reader: reader.last_seq(), lambda seq: None)
        await asyncio.to_thread(there.wait, 5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        closing = asyncio.ensure_future(asyncio.to_thread(data.close))
        await asyncio.sleep(0)
        go.set()
        await closing
        pool = data._pool
        assert pool is not None
        await asyncio.to_thread(pool.shutdown, True)
        assert [reader._link._raw for reader in links] == [None]
        del data
        gc.collect()


@ON_BOTH
async def test_a_closed_screen_opens_no_new_connection(store: Store) -> None:
    links: list[Callable[[], None]] = []

    def opened() -> Reader:
        reader = Reader.open(store.url)
        links.append(reader.close)
        return reader

    data = Data(opened, threaded=True)
    data.close()
    data.ask(lambda reader: reader.last_seq(), lambda seq: None)
    with pytest.raises(RuntimeError):
        await data.get(lambda reader: reader.last_seq())
    assert links == []
