"""One writer thread, whole transactions, and listeners that hear of commits only."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from store.db import Store
from store.errors import CannotConnect

PUT = text("INSERT INTO ui_state VALUES (:k, 'v')")


def keys(store: Store) -> list[str]:
    return store.read(lambda conn: sorted(conn.execute(text("SELECT key FROM ui_state")).scalars()))


def put(key: str) -> Any:
    return lambda conn: conn.execute(PUT, {"k": key}).rowcount


def test_every_write_runs_in_the_same_thread(store: Store) -> None:
    threads = {store.write(lambda conn: threading.get_ident()) for _ in range(3)}
    assert len(threads) == 1 and threading.get_ident() not in threads


def test_a_write_is_visible_elsewhere_when_it_is_done(store: Store) -> None:
    seat = Store.open(store.url)
    assert store.submit(put("a")).result(5) == 1
    assert keys(seat) == ["a"]
    seat.close()


def test_a_failure_undoes_everything_and_reaches_the_caller(store: Store) -> None:
    def half(conn: Connection) -> None:
        conn.execute(PUT, {"k": "half"})
        raise ValueError("middle")

    future = store.submit(half)
    assert isinstance(future.exception(5), ValueError)
    store.write(put("next"))
    assert keys(store) == ["next"]


def test_a_write_inside_a_write_does_not_hang(store: Store) -> None:
    with pytest.raises(RuntimeError, match="inside"):
        store.write(lambda conn: store.write(put("a")))


def test_close_finishes_what_was_submitted(store_url: str) -> None:
    store = Store.open(store_url)
    gate = threading.Event()
    store.submit(lambda conn: gate.wait(5))
    futures = [store.submit(put(str(n))) for n in range(20)]
    closing = threading.Thread(target=store.close)
    closing.start()
    gate.set()
    closing.join(5)
    assert not closing.is_alive() and all(future.done() and future.result() == 1 for future in futures)
    with pytest.raises(CannotConnect):
        store.submit(put("late"))
    store.close()
    seat = Store.open(store_url)
    assert len(keys(seat)) == 20
    seat.close()


def test_a_cancelled_future_is_not_written(store: Store) -> None:
    gate = threading.Event()
    first = store.submit(lambda conn: gate.wait(5))
    second = store.submit(put("never"))
    assert second.cancel()
    gate.set()
    first.result(5)
    store.write(put("last"))
    assert keys(store) == ["last"]


def test_listeners_hear_of_commits_only(store: Store) -> None:
    heard: list[list[str]] = []
    stop = store.listen(lambda: heard.append(keys(store)))
    store.write(put("a"))
    with pytest.raises(ZeroDivisionError):
        store.write(lambda conn: 1 / 0)
    assert heard == [["a"]]
    stop()
    stop()
    store.write(put("b"))
    assert heard == [["a"]]


def test_a_listener_that_fails_harms_nobody(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[int] = []
    store.listen(lambda: [].pop())
    store.listen(lambda: heard.append(1))
    assert store.write(put("a")) == 1
    assert heard == [1] and "listener" in caplog.text


async def test_a_cancelled_waiter_does_not_cancel_the_write(store: Store) -> None:
    gate, started = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(conn: Connection) -> None:
        loop.call_soon_threadsafe(started.set)
        gate.wait(5)
        conn.execute(PUT, {"k": "kept"})

    waiter = asyncio.create_task(store.awrite(slow))
    await started.wait()
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    gate.set()
    assert await store.awrite(put("next")) == 1
    assert await store.aread(lambda conn: conn.execute(text("SELECT count(*) FROM ui_state")).scalar()) == 2


def test_verify_names_what_is_wrong(store: Store) -> None:
    assert store.verify() == []
    store.write(lambda conn: conn.execute(text("INSERT INTO tab_counts VALUES (1, 3, 7)")))
    assert store.verify() == ["tab 3 of shop 1: 7 kept, 0 real"]


def test_a_backup_of_a_live_store_holds_everything(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "copy.db"
    store.write(put("a"))
    if store.dialect == "postgresql":
        with pytest.raises(CannotConnect, match="pg_dump"):
            store.backup(target)
        return
    store.backup(target)
    assert target.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in target.parent.iterdir()] == ["copy.db"]
    with pytest.raises(FileExistsError):
        store.backup(target)
    copy = Store.open(str(target))
    assert keys(copy) == ["a"]
    copy.close()


def test_the_clock_and_the_place_are_known(store: Store, clock: Any) -> None:
    assert store.clock() == clock.now
    clock.advance(5)
    assert store.clock() == clock.now
    assert store.dialect == ("postgresql" if "://" in store.url else "sqlite")
