"""Where the parcels are: takes those whose look is due, asks the sources in order, stores what they said.

A source in trouble that the next parcel would meet as well (bad key, quota, too fast, silent) is left alone
for a while, then tried with one parcel, and named in the report; a strange answer about one parcel never stops
the others. docs/tracking.md tells the whole policy.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Final

import msgspec
from sqlalchemy import Connection

from couriers.base import Http, Outcome, Pace, Parcel, Provider, TrackingStatus
from couriers.policy import next_look
from couriers.providers.tiktok import NAME as PLATFORM
from couriers.providers.tiktok import Fetch, TikTok
from jobs.intake.sync import Alive, quiet
from jobs.tracking.asking import AT_ONCE, Round
from jobs.tracking.desk import Desk
from jobs.tracking.looks import Look, store_looks
from jobs.tracking.questions import Question, Source
from jobs.tracking.sources import problem_code, tell_health
from store import packages, providers
from store.db import Store
from store.errors import StoreError
from store.packages import Due
from store.times import jakarta_day

__all__ = ("AT_ONCE", "BATCH", "TrackingJob", "TrackingReport", "Trouble")

log = logging.getLogger(__name__)

LIMIT: Final = 2_000
"""Parcels of one courier that a round takes; the rest is due again in the next."""
LASTS: Final = 240.0
"""Seconds after which a round asks nobody any more: the next one sees what is late by then."""
BATCH: Final = 50
"""Looks per writing transaction: the writer belongs to the sender and the sync as well."""
PLATFORM_PACE: Final = Pace(per_second=1_000, at_once=6)
"""The platform's own limit is kept by the shop's client, for all that is asked of it; four of the ten
questions at once are left to the couriers while that client makes ours wait."""


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
        return problem_code(self.provider, self.outcome)


class TrackingReport(msgspec.Struct, frozen=True):
    """What one run did."""

    due: int = 0
    updated: int = 0
    """Parcels of which something new became known."""
    failed: int = 0
    """Parcels a source should have answered for and did not; "not found so far" is an answer."""
    troubles: tuple[Trouble, ...] = ()
    left: int = 0
    """Parcels that stay due: their sources' pace or quota has no question left for them now."""


class TrackingJob:
    """The tracking job. `platform` gives a shop's own tracking call, None for a shop without one.

    `order` names who is asked first to last, `tiktok` standing for the platform; without it the platform
    comes first, then `providers` as they are. `paces` overrules what providers say of themselves. Not to be
    run twice at a time.
    """

    def __init__(
        self,
        store: Store,
        http: Http,
        providers: Sequence[Provider],
        platform: Callable[[int], Fetch | None],
        *,
        order: Sequence[str] | None = None,
        paces: Mapping[str, Pace] | None = None,
        draw: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._http = http
        self._providers = {provider.name: provider for provider in providers}
        self._platform = platform
        self._order = tuple(dict.fromkeys(order if order is not None else (PLATFORM, *self._providers)))
        self._paces = {PLATFORM: PLATFORM_PACE} | dict(paces or {})
        self._draw = draw
        self._monotonic = monotonic
        self._sleep = sleep
        self._desks: dict[tuple[str, int | None], Desk[Question]] = {}

    def forget_troubles(self) -> None:
        """Ask everybody again, after a login or a new key."""
        self._desks.clear()

    async def run_once(
        self, limit: int = LIMIT, alive: Alive = quiet, *, lasts: float = LASTS
    ) -> TrackingReport:
        """Look for the parcels that are due, at most `limit` of a courier, for about `lasts` seconds.

        Raises StoreError when the store fails.
        """
        now = self._store.clock()
        rows = await self._store.aread(lambda conn: packages.due(conn, now, limit))
        await self._hear_counts(now)
        round_ = Round(
            self._store, self._http, self._sources,
            draw=self._draw, monotonic=self._monotonic, sleep=self._sleep,
        )  # fmt: skip
        looked = updated = failures = 0
        try:
            async with aclosing(round_.looks(rows, BATCH, lasts)) as groups:
                async for group in groups:
                    alive()
                    looked += len(group)
                    failures += sum(look.failed for look in group)
                    updated += await self._keep(group)
        finally:
            await self._settle(round_)
        return TrackingReport(looked, updated, failures, self._troubles(), round_.left)

    def _sources(self, row: Due, parcel: Parcel) -> list[Source]:
        """Who can be asked about a parcel, first to last."""
        found: list[Source] = []
        for name in self._order:
            if name == PLATFORM:
                fetch = self._platform(row.shop_id)
                provider: Provider | None = TikTok(fetch) if fetch is not None else None
            else:
                provider = self._providers.get(name) if row.tracking_number else None
            if provider is not None and provider.covers(parcel.courier):
                found.append((self._desk(provider, row.shop_id if name == PLATFORM else None), provider))
        return found

    def _desk(self, provider: Provider, shop_id: int | None) -> Desk[Question]:
        key = (provider.name, shop_id)
        if key not in self._desks:
            pace = self._paces.get(provider.name) or getattr(provider, "pace", None) or Pace()
            batch = getattr(provider, "batch_size", 1) if hasattr(provider, "track_many") else 1
            self._desks[key] = Desk(provider.name, pace, batch=batch, shop_id=shop_id)
        return self._desks[key]

    async def _keep(self, looks: Sequence[Look]) -> int:
        """Store a group; how many parcels it told something new about."""
        now = self._store.clock()
        planned = [(look, self._next_at(look, now)) for look in looks]
        try:
            return await self._store.awrite(lambda conn: store_looks(conn, planned, now))
        except StoreError:
            raise
        except Exception as error:
            if len(looks) == 1:
                log.warning("tracking: one parcel could not be stored: %s", type(error).__name__)
                await self._set_aside(looks[0].row, now)
                return 0
        # One of them is the culprit, and it must not cost the others their news.
        return sum([await self._keep([look]) for look in looks])

    def _next_at(self, look: Look, now: int) -> int | None:
        try:
            return look.next_at(now, self._draw)
        except Exception as error:  # an installed provider's idea of an event
            log.warning("tracking: no next look: %s", type(error).__name__)
            return self._slowly(look.row, now)

    def _slowly(self, row: Due, now: int) -> int | None:
        return next_look(
            TrackingStatus.UNKNOWN, Outcome.BAD_REPLY, now=now, misses=row.misses, moved_at=None,
            jitter=self._draw(),
        )  # fmt: skip

    async def _set_aside(self, row: Due, now: int) -> None:
        again = self._slowly(row, now)
        await self._store.awrite(
            lambda conn: packages.schedule(
                conn, row.order_pk, row.package_id, due_at=again, now=now, missed=True
            )
        )

    async def _hear_counts(self, now: int) -> None:
        """Other seats draw on the same quotas."""
        if any(desk.budget.per_day is not None for desk in self._desks.values()):
            asked = await self._store.aread(lambda conn: providers.asked_today(conn, now))
            for desk in self._desks.values():
                desk.budget.heard(asked.get(desk.name, 0), now)

    async def _settle(self, round_: Round) -> None:
        """Give unused questions back and tell how the sources fare, in one transaction."""
        now = self._store.clock()
        used = list(round_.desks.values())
        ends = [(desk.name, desk.budget.give_back(now), desk.ok) for desk in used]
        for desk in used:
            desk.ok = 0

        def write(conn: Connection) -> None:
            for name, unasked, ok in ends:
                # Questions counted before midnight belong to a day that is over.
                providers.settle(conn, name, jakarta_day(now), unasked=unasked, ok=ok)
            tell_health(conn, used, now)

        if used:
            await self._store.awrite(write)

    def _troubles(self) -> tuple[Trouble, ...]:
        now = self._store.clock()
        return tuple(
            Trouble(name, desk.breaker.outcome, desk.breaker.until, shop_id)
            for (name, shop_id), desk in self._desks.items()
            if desk.breaker.resting(now)
        )
