"""What works behind the screen: the store's writer and, unless told otherwise, the jobs. Heavy, so made last.

Nothing here is imported before the first paint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING

import msgspec

from store.times import Clock

if TYPE_CHECKING:
    from jobs.config.settings import Settings
    from jobs.runtime import Runtime
    from store.db import Store


class Backend:
    """The open store, and the jobs on it; without jobs another process feeds the store."""

    def __init__(self, store: Store, runtime: Runtime | None = None) -> None:
        self.store = store
        """Where wishes are written."""
        self._runtime = runtime

    def start(self, failed: Callable[[Exception], None]) -> None:
        """Begin the jobs in a thread of their own; `failed` hears, in that thread, why they could not."""
        if self._runtime is None:
            return

        def ready(done: Future[Store]) -> None:
            error = done.exception()
            if isinstance(error, Exception):
                failed(error)

        self._runtime.ready.add_done_callback(ready)
        self._runtime.start()

    def stop(self, timeout: float) -> None:
        """End within so many seconds; the next start takes up what is unfinished then."""
        if self._runtime is None or self._runtime.stop(timeout):
            self.store.close()

    def nudge(self, job: str) -> None:
        """Have a job (`sender`, `orders`, `tracking`) look at once."""
        if self._runtime is not None:
            self._runtime.nudge(job)


def make_backend(
    settings: Settings, environ: Mapping[str, str], clock: Clock, *, jobs: bool, read_only: bool
) -> Backend:
    """Open the store (made or upgraded when needed) and the jobs on it; raises StoreError or SettingsError."""
    from store.db import Store

    store = Store.open(settings.store_url, clock=clock)
    if not jobs:
        return Backend(store)
    from jobs.runtime import Runtime

    if read_only:
        settings = msgspec.structs.replace(settings, read_only=True)
    return Backend(store, Runtime(settings, environ, store=store, clock=clock))
