"""Where the parcels are: takes those whose look is due, asks the sources in order, stores what they said.

A source in trouble that the next parcel would meet as well (bad key, quota, too fast, silent) is left alone
for a while and named in the report; a strange answer about one parcel never stops the others.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from couriers import policy
from couriers.base import Http, Outcome, Parcel, Provider, TrackingResult, TrackingStatus
from couriers.providers.tiktok import NAME as PLATFORM
from couriers.providers.tiktok import Fetch, TikTok
from couriers.replies import failed
from jobs.lookup import ask, better, guess, says_where
from jobs.sync import Alive, quiet
from store import packages
from store.db import Store
from store.errors import StoreError
from store.packages import Due
from store.times import MINUTE

log = logging.getLogger(__name__)

Shared = dict[tuple[str, str | None, str], asyncio.Task[TrackingResult]]
"""The questions of one run by provider, courier and number."""

AT_ONCE: Final = 10
BATCH: Final = 20
"""Looks per writing transaction: the writer belongs to the sender and the sync as well."""
SILENCES: Final = 3
"""Unavailable answers in a row after which a source is left alone: each may cost its whole deadline."""

_NO_FAILURE: Final = frozenset(
    {Outcome.OK, Outcome.NOT_FOUND, Outcome.NOT_REGISTERED, Outcome.NEEDS_PHONE, Outcome.UNSUPPORTED}
)
_PROBLEMS: Final = {
    Outcome.UNAUTHORIZED: "token",
    Outcome.QUOTA_EXCEEDED: "quota",
    Outcome.RATE_LIMITED: "rate_limited",
    Outcome.UNAVAILABLE: "no_network",
}


class Trouble(msgspec.Struct, frozen=True):
    """A source that is left alone for now."""

    provider: str
    outcome: Outcome
    until: int
    shop_id: int | None = None
    """Set for the platform, which each shop asks with a token of its own."""

    @property
    def problem(self) -> str:
        """The stable code of the health line."""
        return _PROBLEMS.get(self.outcome, self.outcome.value)


class TrackingReport(msgspec.Struct, frozen=True):
    """What one run did."""

    due: int = 0
    updated: int = 0
    """Parcels of which something new became known."""
    failed: int = 0
    """Parcels a source should have answered for and did not; "not found so far" is an answer."""
    troubles: tuple[Trouble, ...] = ()


class _Rest(msgspec.Struct):
    """How a source fares; several shops' platforms are several sources."""

    until: int = 0
    outcome: Outcome = Outcome.OK
    strikes: int = 0
    silences: int = 0


class _Look(msgspec.Struct, frozen=True):
    """What came of one due parcel."""

    row: Due
    result: TrackingResult | None
    """None: nobody was asked, because there is nobody or everybody is being left alone."""
    due_at: int | None
    failed: bool


class TrackingJob:
    """The tracking job. `platform` gives a shop's own tracking call, None for a shop without one.

    `order` names who is asked first to last, `tiktok` standing for the platform; without it the platform
    comes first, then `providers` as they are. Not to be run twice at a time.
    """

    def __init__(
        self,
        store: Store,
        http: Http,
        providers: Sequence[Provider],
        platform: Callable[[int], Fetch | None],
        *,
        order: Sequence[str] | None = None,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._http = http
        self._providers = {provider.name: provider for provider in providers}
        self._platform = platform
        self._order = tuple(dict.fromkeys(order if order is not None else (PLATFORM, *self._providers)))
        self._draw = draw
        self._rests: dict[tuple[str, int | None], _Rest] = {}

    def forget_troubles(self) -> None:
        """Ask everybody again, after a login or a new key."""
        self._rests.clear()

    async def run_once(self, limit: int = 500, alive: Alive = quiet) -> TrackingReport:
        """Look for the parcels that are due, at most `limit`. Raises StoreError when the store fails."""
        now = self._store.clock()
        rows = await self._store.aread(lambda conn: packages.due(conn, now, limit))
        places = asyncio.Semaphore(AT_ONCE)
        shared: Shared = {}
        tasks = [asyncio.create_task(self._place(places, row, shared)) for row in rows]
        updated = failures = 0
        batch: list[_Look] = []
        try:
            for finished in asyncio.as_completed(tasks):
                batch.append(look := await finished)
                alive()
                failures += look.failed
                if len(batch) == BATCH:
                    updated += await self._keep(batch)
                    batch = []
            updated += await self._keep(batch)
        finally:
            for task in (*tasks, *shared.values()):
                task.cancel()
        return TrackingReport(len(rows), updated, failures, self._troubles())

    async def _place(self, places: asyncio.Semaphore, row: Due, shared: Shared) -> _Look:
        async with places:
            try:
                return await self._look(row, shared)
            except Exception as error:  # one bad parcel never stops the rest
                log.warning("tracking: a look failed: %s", type(error).__name__)
                result = failed(_parcel(row), "", Outcome.BAD_REPLY)
                return _Look(row, result, self._next_look(row, result, ()), failed=True)

    async def _look(self, row: Due, shared: Shared) -> _Look:
        parcel = _parcel(row)
        best: TrackingResult | None = None
        waits: list[int] = []
        for name in self._order:
            provider = self._source(name, row)
            if provider is None or not provider.covers(parcel.courier):
                continue
            rest = self._rests.setdefault((name, row.shop_id if name == PLATFORM else None), _Rest())
            if rest.until <= self._store.clock():
                result = await self._ask(provider, parcel, shared)
                self._learn(rest, result)
                best = result if best is None else better(best, result)
                if says_where(best):
                    break
            if rest.until > self._store.clock():
                waits.append(rest.until)
        wrong = bool(waits) if best is None else best.outcome not in _NO_FAILURE
        return _Look(row, best, self._next_look(row, best, waits), wrong)

    async def _ask(self, provider: Provider, parcel: Parcel, shared: Shared) -> TrackingResult:
        now = self._store.clock()
        if provider.name == PLATFORM:
            return await ask(provider, self._http, parcel, now)
        # A combined parcel stands in several orders; one question is enough.
        question = (provider.name, parcel.courier, parcel.tracking_number)
        if question not in shared:
            shared[question] = asyncio.create_task(ask(provider, self._http, parcel, now))
        return await shared[question]

    def _source(self, name: str, row: Due) -> Provider | None:
        if name != PLATFORM:
            return self._providers.get(name) if row.tracking_number else None
        fetch = self._platform(row.shop_id)
        return TikTok(fetch) if fetch is not None else None

    def _learn(self, rest: _Rest, result: TrackingResult) -> None:
        now = self._store.clock()
        outcome = result.outcome
        rest.silences = rest.silences + 1 if outcome is Outcome.UNAVAILABLE else 0
        if outcome not in policy.STOPS_PROVIDER and rest.silences < SILENCES:
            if outcome is not Outcome.UNAVAILABLE:
                rest.strikes = 0
            return
        if rest.until > now:
            return  # others of the same moment have said so already
        rest.until = policy.rests_until(
            outcome, now=now, strikes=rest.strikes, retry_after=result.retry_after, jitter=self._draw()
        )
        rest.outcome = outcome
        rest.strikes += 1
        log.warning("tracking: %s is left alone: %s", result.source, outcome)

    def _next_look(self, row: Due, result: TrackingResult | None, waits: Sequence[int]) -> int | None:
        now = self._store.clock()
        if waits and (result is None or result.outcome in policy.STOPS_PROVIDER):
            # It is the sources' trouble: look when the first of them may be asked again.
            return min(waits) + round(self._draw() * MINUTE)
        status = TrackingStatus(row.tracking_status or TrackingStatus.UNKNOWN)
        moved = row.last_event_at or row.shipped_at
        outcome, wait = Outcome.UNSUPPORTED, None
        if result is not None:
            outcome, wait = result.outcome, result.retry_after
            if result.status is not TrackingStatus.UNKNOWN:
                status = result.status
            moved = max((at for event in result.events if (at := event.at) is not None), default=moved)
        return policy.next_look(
            status, outcome, now=now, misses=row.misses, moved_at=moved, jitter=self._draw(), retry_after=wait
        )

    async def _keep(self, looks: Sequence[_Look]) -> int:
        """Store a batch; how many parcels it told something new about."""
        if not looks:
            return 0
        now = self._store.clock()
        try:
            return await self._store.awrite(lambda conn: sum(_store(conn, look, now) for look in looks))
        except StoreError:
            raise
        except Exception as error:
            if len(looks) == 1:
                log.warning("tracking: one parcel could not be stored: %s", type(error).__name__)
                row = looks[0].row
                again = policy.next_look(
                    TrackingStatus.UNKNOWN, Outcome.BAD_REPLY, now=now, misses=row.misses, moved_at=None,
                    jitter=self._draw(),
                )  # fmt: skip
                await self._store.awrite(lambda conn: _schedule(conn, row, again, now, missed=True))
                return 0
        # One of them is the culprit, and it must not cost the others their news.
        return sum([await self._keep([look]) for look in looks])

    def _troubles(self) -> tuple[Trouble, ...]:
        now = self._store.clock()
        return tuple(
            Trouble(name, rest.outcome, rest.until, shop_id)
            for (name, shop_id), rest in self._rests.items()
            if rest.until > now
        )


def _store(conn: Connection, look: _Look, now: int) -> bool:
    row, result = look.row, look.result
    if result is None or result.outcome is not Outcome.OK:
        # Being left alone is no miss of the parcel's; a count that runs must not start again either.
        missed = result is not None or row.misses > 0
        _schedule(conn, row, look.due_at, now, missed=missed)
        return False
    changed = packages.apply_tracking(
        conn,
        row.order_pk,
        None if result.source == PLATFORM else row.tracking_number,
        result.status,
        result.reason,
        result.events,
        result.source,
        result.delivered_at,
        now,
        look.due_at,
    )
    newest = max((event.at for event in result.events if event.at is not None), default=0)
    return changed or newest > (row.last_event_at or 0)


def _schedule(conn: Connection, row: Due, due_at: int | None, now: int, *, missed: bool) -> None:
    packages.schedule(conn, row.order_pk, row.package_id, due_at=due_at, now=now, missed=missed)


def _parcel(row: Due) -> Parcel:
    number = row.tracking_number or ""
    return Parcel(number, row.courier or guess(number), row.phone, row.order_id)
