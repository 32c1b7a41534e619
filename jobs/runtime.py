"""The composition root: settings and secrets in, a background that keeps the store up to date.

For the monitor it is a thread with an event loop of its own (`start`, `stop`); `pantau sync` runs the same in
the main thread (jobs/once.py). The store is all that the two sides share.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from jobs.config.secrets import known_secrets
from jobs.config.settings import Settings
from jobs.crew import Crew
from jobs.logs import log_to, stop_logging
from jobs.problems import Problem, problem_of
from jobs.scheduler import Job, Scheduler
from store.db import Store
from store.times import Clock, now_ms

log = logging.getLogger(__name__)


class Runtime:
    """The background of one process.

    `environ` holds the secrets (jobs/config/secrets.py). With `store` the caller keeps and closes it, otherwise it is
    opened in the background's thread, migrated, and closed at the end. `only` limits it to one shop.
    """

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        *,
        store: Store | None = None,
        clock: Clock = now_ms,
        only: str | None = None,
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._given = store
        self._clock = clock
        self._only = only
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._scheduler: Scheduler | None = None
        self._crew: Crew | None = None
        self._problems: dict[str, Problem] = {}
        self.ready: Future[Store] = Future()
        """The open store once the jobs run, or why they do not (a StoreError)."""

    @property
    def problems(self) -> dict[str, Problem]:
        """What is wrong now, by `job/shop`: for a screen that cannot read it in a store that is broken."""
        return dict(self._problems)

    def start(self) -> None:
        """Begin in a thread; the first sync starts at once. Returns immediately, failures are in `ready`."""
        if self._thread is not None:
            raise RuntimeError("a runtime starts once")
        # A daemon: a thread that does not end in time must not keep the terminal from its owner.
        self._thread = threading.Thread(target=self._main, name="pantau-jobs", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 20.0) -> bool:
        """End cleanly: no new action is sent, one under way is answered first. Whether it ended in time."""
        if self._thread is None:
            return True
        self._call(lambda: self._stop.set() if self._stop else None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def nudge(self, name: str) -> None:
        """Look now: `sender` after an action was queued, or the name of a job. From any thread."""
        if name == "sender":
            if self._crew is not None:
                self._crew.sender.nudge()
            return
        self._call(lambda: self._scheduler.nudge(name) if self._scheduler else None)

    async def serve(self, stop: asyncio.Event) -> None:
        """Run in the present event loop until `stop` is set. Raises a StoreError when the store cannot be used."""
        async with open_crew(
            self._settings, self._environ, store=self._given, clock=self._clock, only=self._only
        ) as crew:
            self._crew = crew
            scheduler = self._scheduler = Scheduler(
                crew.store,
                crew.jobs(),
                zone=ZoneInfo(self._settings.timezone),
                clock=self._clock,
                on_problem=self._remember,
            )
            scheduler.start()
            # Its own task, not a job: jobs are cancelled at the end, a send under way is not.
            sending = None if self._settings.read_only else asyncio.create_task(crew.sender.run(stop))
            if not self.ready.done():
                self.ready.set_result(crew.store)
            try:
                await stop.wait()
            finally:
                stop.set()
                await scheduler.stop()
                if sending is not None:
                    await sending
                self._scheduler = self._crew = None

    def _main(self) -> None:
        try:
            asyncio.run(self._serve_thread())
        except Exception as error:
            problem = problem_of(error)
            self._problems["runtime/"] = problem
            if not self.ready.done():
                self.ready.set_exception(error)

    async def _serve_thread(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        await self.serve(self._stop)

    def _call(self, what: Callable[[], object]) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(what)

    def _remember(self, job: Job, problem: Problem | None) -> None:
        if problem is None:
            self._problems.pop(job.id, None)
        else:
            self._problems[job.id] = problem


@asynccontextmanager
async def open_crew(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    store: Store | None = None,
    clock: Clock = now_ms,
    only: str | None = None,
) -> AsyncIterator[Crew]:
    """A crew ready to work, with its log; opens and closes the store unless one is given."""
    handler = None
    try:
        handler = log_to(settings.data_path, known_secrets(settings, environ))
    except OSError as error:
        log.warning("no log file: %s", error.strerror)
    ours = store if store is not None else await asyncio.to_thread(_open, settings.store_url, clock)
    try:
        crew = Crew(settings, environ, ours, clock=clock, only=only)
        await crew.open()
        try:
            yield crew
        finally:
            await crew.close()
    finally:
        if store is None:
            await asyncio.to_thread(ours.close)
        if handler is not None:
            stop_logging(handler)


def _open(url: str, clock: Clock) -> Store:
    return Store.open(url, clock=clock)
