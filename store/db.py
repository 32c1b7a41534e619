"""The open store: one writer thread, read transactions, and listeners that hear of every commit."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from store import counts, sqlite
from store.engine import WRITES, make_engine
from store.errors import CannotConnect, explain
from store.migrate import backup, upgrade
from store.reader import Reader
from store.times import Clock, now_ms

T = TypeVar("T")
Job = tuple[Callable[[Connection], Any], "Future[Any]"]

log = logging.getLogger(__name__)


class Store:
    """A database, opened. Every write of this process goes through its one writer thread.

    Functions given to it get a Connection inside a transaction and must neither wait for the network nor keep
    the connection. Failures that are circumstances (full disk, lock, lost server) arrive as StoreError,
    everything else as it was raised; either way nothing of the transaction is left.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self.url = url
        self.clock = clock
        self._path = sqlite.database_path(url)
        self._engine = make_engine(url)
        self.dialect: str = self._engine.dialect.name
        """`sqlite` or `postgresql`."""
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._listeners: list[Callable[[], None]] = []
        self._guard = threading.Lock()
        self._closed = False
        # A daemon: a write nobody waits for must not keep the process, and a waited-for one is never cut off.
        self._writer = threading.Thread(target=self._run, name="pantau-writer", daemon=True)
        self._writer.start()

    @classmethod
    def open(cls, url: str, *, clock: Clock = now_ms, migrate: bool = True) -> Store:
        """Open a database by SQLAlchemy URL or SQLite path; make or upgrade it first. `migrate=False` is for
        a process whose parent has just done that.

        Raises a StoreError that says why it cannot be used.
        """
        if migrate:
            upgrade(url, clock)
        return cls(url, clock)

    def submit(self, fn: Callable[[Connection], T]) -> Future[T]:
        """Run `fn` in the writer thread in one transaction; the future is done after the commit."""
        future: Future[T] = Future()
        with self._guard:
            if self._closed:
                raise CannotConnect(path=self._place, detail="(closed)")
            self._jobs.put((fn, future))
        return future

    def write(self, fn: Callable[[Connection], T]) -> T:
        """`submit` and wait; an event loop takes `awrite`, a writing function the connection at hand."""
        if threading.current_thread() is self._writer:
            raise RuntimeError("a write inside a write: use the connection at hand")
        return self.submit(fn).result()

    async def awrite(self, fn: Callable[[Connection], T]) -> T:
        """`submit` and wait without blocking; a cancelled caller does not cancel the write."""
        return await asyncio.shield(asyncio.wrap_future(self.submit(fn)))

    def read(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` in a read-only snapshot, in the calling thread."""
        return self._transaction(fn, writes=False)

    async def aread(self, fn: Callable[[Connection], T]) -> T:
        """`read` in a worker thread."""
        return await asyncio.to_thread(self.read, fn)

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` in the writer thread after every commit; the answer unsubscribes it."""
        with self._guard:
            self._listeners.append(callback)

        def unsubscribe() -> None:
            with self._guard:
                if callback in self._listeners:
                    self._listeners.remove(callback)

        return unsubscribe

    def reader(self) -> Reader:
        """A new reader on the same database."""
        return Reader.open(self.url)

    def verify(self) -> list[str]:
        """What is wrong with the stored data, one line each; empty for a sound store."""
        return self.read(self._look)

    def backup(self, target: Path) -> None:
        """A proven copy of a SQLite store while it runs. Raises FileExistsError, StoreError; for PostgreSQL
        CannotConnect, because its own tools do that."""
        if self._path is None:
            raise CannotConnect(path=self._place, detail="(pg_dump)")
        backup(self._path, target)

    def close(self) -> None:
        """Finish the writes already submitted, then release the database. A second call does nothing."""
        with self._guard:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        self._writer.join()
        self._engine.dispose()

    @property
    def _place(self) -> str:
        # Never the URL: it may hold a password.
        return str(self._path or self._engine.url.render_as_string(hide_password=True))

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._do(*job)
            # A name kept here would keep the last job's rows alive until the next write.
            del job

    def _do(self, fn: Callable[[Connection], Any], future: Future[Any]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = self._transaction(fn, writes=True)
        except BaseException as error:  # whatever it is belongs to whoever waits
            future.set_exception(error)
            return
        self._tell()
        future.set_result(result)

    def _tell(self) -> None:
        with self._guard:
            listeners = tuple(self._listeners)
        for callback in listeners:
            try:
                callback()
            except Exception:
                log.exception("a listener of the store failed")

    def _transaction(self, fn: Callable[[Connection], T], *, writes: bool) -> T:
        try:
            with self._engine.connect().execution_options(**{WRITES: writes}) as conn, conn.begin():
                return fn(conn)
        except DBAPIError as error:
            found = explain(error, self._place)
            if found is None:
                raise
            raise found from error

    def _look(self, conn: Connection) -> list[str]:
        found = sqlite.problems(conn.connection.driver_connection) if self._path else []
        if found:
            return found  # what is counted in broken pages means nothing
        for wrong in counts.verify(conn):
            found.append(f"tab {wrong.tab} of shop {wrong.shop_id}: {wrong.kept} kept, {wrong.real} real")
        return found
