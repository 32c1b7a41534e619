"""When jobs run: APScheduler for the timing, our own watch over each run, and the health of each job.

A run is given up when nothing arrives for a while, not when it is long: a first sync may take minutes, and a
hung one must not block the runs after it for ever.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from jobs.config.durations import parse_time
from jobs.intake.sync import Alive, quiet
from jobs.problems import BUG, OVERLAP, Problem, problem_of
from store import health
from store.db import Store
from store.errors import StoreError
from store.times import DAY, SECOND, Clock, from_datetime

log = logging.getLogger(__name__)

STALL: Final = 0.8
"""Share of its interval a run may be silent."""
PATIENCE: Final = 150 * SECOND
"""... but at least this long: a read may have to wait 120 s because the platform said so (Retry-After)."""
TICK: Final = 10.0
"""Seconds between two looks at the clocks."""
SLEPT: Final = 5.0
"""Seconds by which the wall clock ran ahead: the lid was closed, and timers come late by as much."""
_TIMER_LOG: Final = logging.getLogger("apscheduler.scheduler")
_SKIPPED: Final = 'Execution of job "%s" skipped: maximum number of running instances reached (%d)'
"""As APScheduler 3 writes it; a test sees whether it still does."""


class Job(msgspec.Struct, frozen=True):
    """Something that runs again and again, for one shop or (empty) for the program."""

    name: str
    shop: str
    run: Callable[[Alive], Awaitable[object]]
    every: int = DAY
    """Milliseconds between two runs."""
    at: str | None = None
    """Time of day instead, `02:30`."""
    delay: int = 0
    """Milliseconds before the first run; with `at` there is no run at the start."""
    endless: bool = False
    """A run goes on until the program ends; those that are due meanwhile only start it again if it ever broke."""

    @property
    def id(self) -> str:
        """Unique among the jobs of a process."""
        return f"{self.name}/{self.shop}"


async def attempt(
    store: Store,
    job: Job,
    *,
    clock: Clock,
    alive: Alive = quiet,
    next_at: Callable[[], int | None] = lambda: None,
) -> Problem | None:
    """One run with its outcome written to the health of the job; what went wrong is the answer, not raised."""
    problem: Problem | None = None
    try:
        await job.run(alive)
    except Exception as error:
        problem = problem_of(error)
        log.warning("%s: %s: %s", job.id, problem.code, problem.detail)
    await write_health(store, job, problem, clock(), next_at())
    return problem


async def write_health(
    store: Store, job: Job, problem: Problem | None, now: int, next_at: int | None
) -> None:
    """Tell the screen; a store that cannot be written is told by the runtime instead."""
    name, shop = job.name, job.shop
    try:
        if problem is None:
            await store.awrite(lambda conn: health.ok(conn, name, shop, now, next_at))
        else:
            code, detail = problem.code, problem.detail
            await store.awrite(lambda conn: health.failed(conn, name, shop, code, detail, now, next_at))
    except StoreError as error:
        log.error("%s: health not written: %s", job.id, error)


class Scheduler:
    """Runs jobs in the present event loop. One run of a job at a time; runs that were due meanwhile are one."""

    def __init__(
        self,
        store: Store,
        jobs: Sequence[Job],
        *,
        zone: ZoneInfo,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
        tick: float = TICK,
        on_problem: Callable[[Job, Problem | None], None] = lambda job, problem: None,
    ) -> None:
        self._store = store
        self._jobs = {job.id: job for job in jobs}
        self._zone = zone
        self._clock = clock
        self._monotonic = monotonic
        self._tick = tick
        self._on_problem = on_problem
        self._progress: dict[str, float] = {}
        """When something last arrived, by the jobs running now."""
        self._again: set[str] = set()
        self._runs: set[asyncio.Task[Any]] = set()
        self._watch: asyncio.Task[None] | None = None
        self._stopping = False
        self._timer = AsyncIOScheduler(
            timezone=zone,
            # The defaults drop a run that is one second late.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Begin; the first runs of the intervals come at once."""
        _TIMER_LOG.addFilter(self._worth_a_line)
        for job in self._jobs.values():
            if job.at is not None:
                hour, minute = parse_time(job.at)
                self._timer.add_job(
                    self._run, CronTrigger(hour=hour, minute=minute, timezone=self._zone), [job], id=job.id
                )
            else:
                seconds = job.every / SECOND
                # Several seats started by the same hand must not ask in the same second for ever.
                spread = IntervalTrigger(seconds=seconds, timezone=self._zone, jitter=seconds / 20)
                first = datetime.now(self._zone) + timedelta(milliseconds=job.delay)
                self._timer.add_job(self._run, spread, [job], id=job.id, next_run_time=first)
        self._timer.add_listener(self._heard, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        self._timer.start()
        self._watch = asyncio.create_task(self._watch_clocks())

    async def stop(self) -> None:
        """End runs under way; what they had stored stays, the rest is read again next time."""
        self._stopping = True
        tasks = [*self._runs, *filter(None, [self._watch])]
        if self._timer.running:
            self._timer.shutdown(wait=False)
        _TIMER_LOG.removeFilter(self._worth_a_line)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def nudge(self, name: str) -> None:
        """Run the jobs of this name now, or once more if they are running."""
        for job in self._jobs.values():
            if job.name == name:
                self._nudge(job)

    def _nudge(self, job: Job) -> None:
        if job.id in self._progress:
            self._again.add(job.id)
        elif self._timer.running:
            self._timer.modify_job(job.id, next_run_time=datetime.now(self._zone))

    async def _run(self, job: Job) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._runs.add(task)
        self._progress[job.id] = self._monotonic()
        limited = msgspec.structs.replace(job, run=lambda _: self._limited(job))
        try:
            problem = await attempt(
                self._store, limited, clock=self._clock, next_at=lambda: self._next_at(job)
            )
            self._on_problem(job, problem)
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        finally:
            self._runs.discard(task)
            del self._progress[job.id]
        if job.id in self._again:
            self._again.discard(job.id)
            # Only then has APScheduler seen the end of this run; before, it would refuse a second one.
            task.add_done_callback(lambda _: self._nudge(job))

    async def _limited(self, job: Job) -> None:
        """The run itself; raises TimeoutError when nothing arrived for too long."""
        loop = asyncio.get_running_loop()
        patience = max(job.every * STALL, PATIENCE) / SECOND if job.at is None else PATIENCE / SECOND
        async with asyncio.timeout(patience) as limit:

            def alive() -> None:
                self._progress[job.id] = self._monotonic()
                if not limit.expired():
                    limit.reschedule(loop.time() + patience)

            await job.run(alive)

    def _next_at(self, job: Job) -> int | None:
        planned = self._timer.get_job(job.id) if self._timer.running else None
        moment = planned.next_run_time if planned is not None else None
        return None if moment is None else from_datetime(moment)

    def _heard(self, event: Any) -> None:
        """Facts APScheduler has about runs that did not happen."""
        job = self._jobs.get(event.job_id)
        if job is None or self._stopping:
            return
        if event.code == EVENT_JOB_MAX_INSTANCES:
            silent = self._silent(job)
            if silent * SECOND < job.every:
                return  # a long run that goes on, such as the first sync
            self._tell(job, Problem(OVERLAP, f"silent for {silent:.0f} s"))
        elif event.code == EVENT_JOB_MISSED:
            log.warning("%s: a run was missed", job.id)
        else:
            self._tell(job, Problem(BUG, type(event.exception).__name__))

    def _silent(self, job: Job) -> float:
        """Seconds for which the present run told nothing."""
        return self._monotonic() - self._progress.get(job.id, self._monotonic())

    def _worth_a_line(self, record: logging.LogRecord) -> bool:
        """For the log of APScheduler, which writes each run that it skips: that of an endless job is no news as long
        as it goes on."""
        args = record.args
        if record.msg != _SKIPPED or not isinstance(args, tuple) or not args:
            return True
        job = self._jobs.get(str(getattr(args[0], "id", "")))
        return job is None or not job.endless or self._silent(job) * SECOND >= job.every

    def _tell(self, job: Job, problem: Problem) -> None:
        self._on_problem(job, problem)
        task = asyncio.ensure_future(
            write_health(self._store, job, problem, self._clock(), self._next_at(job))
        )
        self._runs.add(task)
        task.add_done_callback(self._runs.discard)

    async def _watch_clocks(self) -> None:
        """After a sleep of the computer, timers that run on the monotonic clock would come late by its length."""
        apart = self._clock() / SECOND - self._monotonic()
        while True:
            await asyncio.sleep(self._tick)
            before, apart = apart, self._clock() / SECOND - self._monotonic()
            if apart - before > SLEPT:
                log.info("the computer slept for about %.0f s: everything is looked at again", apart - before)
                self._timer.wakeup()
                for job in self._jobs.values():
                    if job.at is None:
                        self._nudge(job)
