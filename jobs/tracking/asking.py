"""A round of questions: due parcels stand in line at their sources, each source is asked at its own pace.

Every source has a desk (jobs/tracking/desk.py) and a clerk here that does what the desk allows. A parcel whose first
source knows nothing, rests or has no question left goes to the next one. What a person waits for overtakes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Final, cast

from couriers.base import BatchProvider, Http, Outcome, Parcel, TrackingResult
from couriers.replies import failed
from jobs.tracking.desk import Desk
from jobs.tracking.looks import Look
from jobs.tracking.lookup import ask, ask_many
from jobs.tracking.questions import Question, Questions, Source, Visit, heard, turned_away
from store import packages, providers
from store.db import Store
from store.packages import Due
from store.times import SECOND

log = logging.getLogger(__name__)

AT_ONCE: Final = 10
"""Questions under way at all sources together: at more the HTTP client slows down (measured)."""
WATCH: Final = 1.0
"""Seconds between two looks at what people have asked for meanwhile."""
URGENT: Final = -1
"""The rank of what a person waits for, before all who are merely due."""
LINGER: Final = 0.5
"""Seconds an answer may wait for others to be stored with."""


class Round:
    """One round. `route` names the sources of a parcel, first to last."""

    def __init__(
        self,
        store: Store,
        http: Http,
        route: Callable[[Due, Parcel], list[Source]],
        *,
        draw: Callable[[], float],
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._store = store
        self._http = http
        self._route = route
        self._draw = draw
        self._monotonic = monotonic
        self._sleep = sleep
        self._places = asyncio.Semaphore(AT_ONCE)
        self._questions = Questions()
        self._visits: dict[tuple[int, str], Visit] = {}
        self._open = 0
        self._closing = False
        self._done: asyncio.Queue[Look | BaseException | None] = asyncio.Queue()
        self._bells: dict[int, asyncio.Event] = {}
        self._reserving: dict[int, asyncio.Task[None]] = {}
        self._clerks: set[asyncio.Task[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.left = 0
        """Parcels whose turn did not come."""
        self.desks: dict[int, Desk[Question]] = {}
        """Where somebody stood in line, by identity."""

    async def looks(self, rows: Sequence[Due], most: int, lasts: float) -> AsyncGenerator[list[Look], None]:
        """Ask about these parcels for at most `lasts` seconds; what came of it, in groups of up to `most`.

        Raises StoreError when the store fails.
        """
        for rank, row in enumerate(rows):
            self._enter(row, rank)
        for work in (self._watch(), self._end_after(lasts)):
            self._guard(asyncio.create_task(work))
        if not self._open:
            self._done.put_nowait(None)
        group: list[Look] = []
        try:
            while True:
                found = await self._next(LINGER if group else None)
                if isinstance(found, BaseException):
                    raise found
                if isinstance(found, Look):
                    group.append(found)
                if group and (len(group) >= most or not isinstance(found, Look)):
                    yield group
                    group = []
                if found is None and not self._open and self._done.empty():
                    return
        finally:
            # What is being counted is counted: only who hears of it can give it back.
            await asyncio.gather(*self._reserving.values(), return_exceptions=True)
            for task in (*self._clerks, *self._tasks):
                task.cancel()
            await asyncio.gather(*self._clerks, *self._tasks, return_exceptions=True)
            # Desks outlive the round: who still stands in line belongs to nobody any more.
            for desk in self.desks.values():
                desk.clear()

    async def _next(self, patience: float | None) -> Look | BaseException | None:
        """What is done next; None after `patience` seconds, and at the end."""
        if not self._done.empty():
            return self._done.get_nowait()
        try:
            async with asyncio.timeout(patience):
                return await self._done.get()
        except TimeoutError:
            return None

    # ---- where a parcel goes ----------------------------------------------------------------------------

    def _enter(self, row: Due, rank: int) -> None:
        look = Look(row)
        self._open += 1
        visit = Visit(look, URGENT if look.urgent else rank)
        self._visits[row.order_pk, row.package_id] = visit
        try:
            visit.left = self._route(row, look.parcel)
        except Exception as error:  # one bad parcel never stops the rest
            log.warning("tracking: a look failed: %s", type(error).__name__)
            look.best = failed(look.parcel, "", Outcome.BAD_REPLY)
        self._move(visit)

    def _move(self, visit: Visit) -> None:
        """On to the next source that can be asked, or to the end."""
        look, now = visit.look, self._store.clock()
        if self._closing and visit.left:
            look.short, visit.left = True, []  # its next source would keep the round open
        while visit.left:
            desk, provider = visit.left.pop(0)
            if turned_away(visit.look, desk, now):
                continue
            question = self._questions.about(look, provider, now)
            if question.result is not None:
                if heard(look, desk, question.result, now):
                    break
                continue
            visit.desk, visit.at = desk, question
            question.visits.append(visit)
            if len(question.visits) == 1:
                desk.join(visit.rank, question)
            elif look.urgent:
                desk.hasten(visit.rank, question)
            self._ring(desk)
            return
        self._finish(visit)

    def _finish(self, visit: Visit) -> None:
        visit.done = True
        self._open -= 1
        if visit.look.untaken:
            self.left += 1
        else:
            self._done.put_nowait(visit.look)
        if not self._open:
            self._done.put_nowait(None)

    # ---- the clerks -------------------------------------------------------------------------------------

    def _ring(self, desk: Desk[Question]) -> None:
        """Something has changed for a clerk."""
        bell = self._bells.get(id(desk))
        if bell is None:
            bell = self._bells[id(desk)] = asyncio.Event()
            self.desks[id(desk)] = desk
            task = asyncio.create_task(self._clerk(desk, bell))
            self._clerks.add(task)
            task.add_done_callback(self._stumbled)
        bell.set()

    async def _clerk(self, desk: Desk[Question], bell: asyncio.Event) -> None:
        while True:
            now = self._store.clock()
            if len(desk) and desk.shut(now, urgent=desk.urgent):
                self._send_away(desk, now)
            wait = desk.wait(now, self._tick())
            if wait is None:
                bell.clear()
                await bell.wait()
                continue
            if wait > 0:
                await self._sleep(wait / SECOND)
                continue
            if (wished := desk.needs(now)) and id(desk) not in self._reserving:
                # Ahead of time: the writer may be busy, and the source should not stand idle meanwhile.
                task = asyncio.create_task(self._reserve(desk, bell, wished, now))
                self._reserving[id(desk)] = task
                task.add_done_callback(self._stumbled)
            if desk.penniless(now):
                bell.clear()
                await bell.wait()
            else:
                await self._places.acquire()
                taken = desk.take(self._store.clock(), self._tick())
                if taken:
                    served = asyncio.create_task(self._serve(desk, taken))
                    # Cancelled before its first step it could not say so itself.
                    served.add_done_callback(lambda task: desk.abandoned() if task.cancelled() else None)
                    self._guard(served)
                else:
                    self._places.release()

    async def _reserve(self, desk: Desk[Question], bell: asyncio.Event, wished: int, now: int) -> None:
        """Have the next questions counted before they leave."""
        urgent = desk.urgent
        wished = 1 if urgent else wished
        per_day, most = desk.budget.per_day, desk.budget.most(now, urgent=urgent)
        used = await self._store.awrite(
            lambda conn: providers.reserve(conn, desk.name, wished, now, per_day=per_day, most=most)
        )
        desk.budget.heard(used.asked, now, used.granted)
        del self._reserving[id(desk)]
        bell.set()

    async def _serve(self, desk: Desk[Question], questions: list[Question]) -> None:
        try:
            results = await self._asked(questions)
        except Exception:
            desk.abandoned()
            raise
        finally:
            self._places.release()
        waits = [result.retry_after for result in results if result.retry_after is not None]
        outcomes = [result.outcome for result in results]
        now = self._store.clock()
        if desk.answered(outcomes, now=now, retry_after=max(waits, default=None), jitter=self._draw()):
            log.warning("tracking: %s is left alone: %s", desk.name, desk.breaker.outcome)
        for question, result in zip(questions, results, strict=True):
            question.result, question.answered_at = result, now
            for visit in question.visits:
                visit.at = None
                if heard(visit.look, desk, result, now):
                    self._finish(visit)
                else:
                    self._move(visit)
        self._ring(desk)

    async def _asked(self, questions: list[Question]) -> list[TrackingResult]:
        provider, now = questions[0].provider, self._store.clock()
        if getattr(provider, "track_many", None) is None:
            return [await ask(provider, self._http, questions[0].parcel, now)]
        parcels = [question.parcel for question in questions]
        return await ask_many(cast(BatchProvider, provider), self._http, parcels, now)

    def _send_away(self, desk: Desk[Question], now: int) -> None:
        """The source rests or its quota does: whoever is in line tries the next one."""
        for question in desk.clear():
            visits, question.visits = question.visits, []
            for visit in visits:
                visit.at = None
                if not turned_away(visit.look, desk, now):
                    visit.left.insert(0, (desk, question.provider))
                self._move(visit)

    # ---- beginning and end ------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """People who ask while a long round is on are not kept waiting for its end."""
        while True:
            await self._sleep(WATCH)
            for row in await self._store.aread(packages.wanted):
                known = self._visits.get((row.order_pk, row.package_id))
                if known is None or (known.done and known.look.row.wanted_at != row.wanted_at):
                    if not self._closing:
                        self._enter(row, URGENT)
                elif not known.look.urgent:
                    known.look.row, known.rank = row, URGENT
                    if known.at is not None and known.desk is not None:
                        known.desk.hasten(URGENT, known.at)

    async def _end_after(self, lasts: float) -> None:
        """Whoever is in line then stays due; what was asked is still answered."""
        await self._sleep(lasts)
        self._closing = True
        for desk in self.desks.values():
            for question in desk.clear():
                for visit in question.visits:
                    visit.look.short = True
                    visit.left = []
                    self._finish(visit)

    def _guard(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._stumbled)

    def _stumbled(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._done.put_nowait(error)

    def _tick(self) -> float:
        return self._monotonic() * SECOND
