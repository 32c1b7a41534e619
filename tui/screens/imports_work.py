"""A file read in a thread of its own, with an event loop of its own: the screen only asks how far it is.

Leaving the screen does not end it, and it is found again when the screen is opened anew. Ending the program does
(`leave`); the store has what was taken in until then, and reading the file again goes on from there.
"""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from jobs.config.keys import ShopSettings
    from jobs.files.outcome import Outcome, Progress
    from store.db import Store
    from store.views import ChangeRow
    from tui.app import PantauApp
    from tui.host import Host

BY: Final = "seller"
"""Who asks, for the record."""
STOP_WITHIN: Final = 0.5
"""Seconds a reading gets to come to a good moment when the program ends; a chunk of orders takes less."""
CANCEL_WITHIN: Final = 0.3
"""Seconds it gets after that to end the other program that looks through the file."""


class Reading:
    """One file on its way into the store."""

    def __init__(self, app: PantauApp, store: Store, shop: ShopSettings, path: Path) -> None:
        self.shop = shop
        self.path = path
        self.progress: Progress | None = None
        """How far it is; None until the file has been looked through."""
        self.outcome: Outcome | None = None
        self.error: Exception | None = None
        """Why there is no outcome."""
        self.over = False
        self.ended: Callable[[Reading], None] | None = None
        """Called in the screen's loop at the end, also when the screen has been left by then."""
        self._app = app
        self._store = store
        self._stop = threading.Event()
        self._finished = threading.Event()
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[Outcome]] | None = None

    @property
    def stopping(self) -> bool:
        """Whether it was told to end."""
        return self._stop.is_set()

    def of(self, detail: str | None) -> bool:
        """Whether a row of the feed may speak of this file: before its end nobody here knows its number."""
        with suppress(ValueError):
            told = json.loads(detail or "{}")
            return isinstance(told, dict) and told.get("name") == self.path.name
        return False

    def start(self) -> None:
        """Begin; called in the screen's loop."""
        loop = asyncio.get_running_loop()
        work = threading.Thread(target=self._run, args=(loop,), name="file-reading", daemon=True)
        work.start()

    def stop(self) -> None:
        """End at the next good moment; what is in the store by then stays."""
        self._stop.set()
        if self.progress is None:
            self.cancel()  # the file is still being looked through, and nothing of it is in

    def cancel(self) -> None:
        """End at once; chunks that are in the store stay."""
        if self._running is not None:
            loop, task = self._running
            with suppress(RuntimeError):  # it has just ended by itself
                loop.call_soon_threadsafe(task.cancel)

    def wait(self, seconds: float) -> bool:
        """Whether it ends within so many seconds. Not in a loop: it waits."""
        return self._finished.wait(seconds)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self.outcome = asyncio.run(self._read())
        except Exception as error:  # told by the screen, never raised
            self.error = error
        self._running = None
        self._finished.set()
        with suppress(RuntimeError):  # the loop is gone: the program ended first
            loop.call_soon_threadsafe(self._over)

    async def _read(self) -> Outcome:
        from jobs.files.importer import import_file

        def told(progress: Progress) -> None:
            self.progress = progress

        settings, stop = self._app.settings, self._stop
        reading = import_file(self._store, settings, self.shop, self.path, by=BY, progress=told, stop=stop)
        task = asyncio.ensure_future(reading)
        self._running = asyncio.get_running_loop(), task
        if self.stopping:
            task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            return await self._cut_short()

    async def _cut_short(self) -> Outcome:
        """Write down that the reading was stopped, as its importer would have at a better moment."""
        from jobs.files.importer import digest_of
        from jobs.files.outcome import Outcome
        from store import files, orders

        digest = await asyncio.to_thread(digest_of, self.path)

        def write(conn: Connection) -> int:
            shop, now = orders.shop_pk(conn, self.shop.name, self.shop.kind), self._store.clock()
            begun = files.begin(
                conn, shop, self.path.name, digest, now, BY
            )  # the same one, while it is unfinished
            files.stop(conn, begun.import_id, (), now)
            return begun.import_id

        return Outcome(str(self.path), "stopped", await self._store.awrite(write))

    def _over(self) -> None:
        self.over = True
        _under_way.pop(self._app, None)
        if self.outcome is not None and self.outcome.import_id is not None:
            _told.setdefault(self._app, set()).add(f"file:{self.outcome.import_id}")
        if self.ended is not None and self._app.is_running:
            self.ended(self)


_under_way: Final[WeakKeyDictionary[Host, Reading]] = WeakKeyDictionary()
_told: Final[WeakKeyDictionary[Host, set[str]]] = WeakKeyDictionary()
"""Actors in the feed of the readings that this program's screen has told the end of."""


def under_way(app: PantauApp) -> Reading | None:
    """What is being read, if anything: one file at a time."""
    return _under_way.get(app)


def begin(app: PantauApp, store: Store, shop: ShopSettings, path: Path) -> Reading:
    """Read this file for this shop, unless another one is on its way; the answer is what runs."""
    if (running := _under_way.get(app)) is not None:
        return running
    reading = _under_way[app] = Reading(app, store, shop, path)
    reading.start()
    return reading


def tells(app: Host, change: ChangeRow) -> bool:
    """Whether the screen says by itself what became of the file that this row of the feed tells the end of."""
    if change.kind not in ("file.imported", "file.failed"):
        return False
    running = _under_way.get(app)
    return change.actor in _told.get(app, ()) or (running is not None and running.of(change.detail))


async def leave(app: PantauApp) -> None:
    """The program ends: stop what is being read, and wait for it, but not for long."""
    if (reading := _under_way.get(app)) is None:
        return
    reading.stop()
    if await asyncio.to_thread(reading.wait, STOP_WITHIN):
        return
    reading.cancel()
    await asyncio.to_thread(reading.wait, CANCEL_WITHIN)
