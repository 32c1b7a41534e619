"""A file read in a thread of its own, with an event loop of its own: the screen only asks how far it is.

Leaving the screen does not end it, and it is found again when the screen is opened anew. Ending the program does;
the store has what was taken in until then, and reading the file again goes on from there.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobs.config.keys import ShopSettings
    from jobs.files.outcome import Outcome, Progress
    from store.db import Store
    from tui.app import PantauApp


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

    @property
    def stopping(self) -> bool:
        """Whether it was told to end."""
        return self._stop.is_set()

    def start(self) -> None:
        """Begin; called in the screen's loop."""
        loop = asyncio.get_running_loop()
        work = threading.Thread(target=self._run, args=(loop,), name="file-reading", daemon=True)
        work.start()

    def stop(self) -> None:
        """End at the next good moment; what is in the store by then stays."""
        self._stop.set()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        from jobs.files.importer import import_file

        def told(progress: Progress) -> None:
            self.progress = progress

        try:
            self.outcome = asyncio.run(
                import_file(
                    self._store, self._app.settings, self.shop, self.path,
                    by="seller", progress=told, stop=self._stop,
                )
            )  # fmt: skip
        except Exception as error:  # told by the screen, never raised
            self.error = error
        with suppress(RuntimeError):  # the loop is gone: the program ended first
            loop.call_soon_threadsafe(self._over)

    def _over(self) -> None:
        self.over = True
        _under_way.pop(self._app, None)
        if self.ended is not None and self._app.is_running:
            self.ended(self)


_under_way: Final[WeakKeyDictionary[PantauApp, Reading]] = WeakKeyDictionary()


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
