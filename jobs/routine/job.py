"""The job behind the routine: a sign of life, the digest of a slot, what happened while nobody was there, the
cut-off.

It looks every few seconds and mostly finds nothing to do. What it does, it does once for all seats of a
store: the look at what was told already and the row that tells it are one transaction (store/digests.py).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from jobs.config.settings import Settings
from jobs.intake.sync import Alive, quiet
from jobs.routine import away, cutoff
from jobs.routine.digest import Digest, encode, gather
from jobs.routine.times import next_cutoff, slot_due
from jobs.rulebook import rulebook
from jobs.workdays import WorkingDays
from store import changes, digests
from store.db import Store
from store.digests import Away
from store.errors import StoreError
from store.times import MINUTE, SECOND, Clock

if TYPE_CHECKING:
    from store.reader import Reader

log = logging.getLogger(__name__)

EVERY: Final = 15 * SECOND
"""Between two looks at the clock."""
BEAT_EVERY: Final = MINUTE
"""Between two signs of life; a store is not written to more often for it."""
GRACE: Final = 5 * MINUTE
"""What is told waits for a sync of all shops; after this it is told as it is known."""


class Routine:
    """One process's part of it."""

    def __init__(
        self, store: Store, settings: Settings, *, clock: Clock, shops: Callable[[], Collection[str]] = list
    ) -> None:
        """`shops`: those whose orders must be fresh before something is told."""
        self._store = store
        self._settings = settings
        self._clock = clock
        self._shops = shops
        self._zone = ZoneInfo(settings.timezone)
        self._beaten: int | None = None
        self._first = 0
        self._began = clock()
        self._away: Away | None = None
        self._read_since = 0
        """Orders read since then are those of after the time away."""
        self._wanted: dict[str, int] = {}
        """Since when something waits to be told."""
        self._made: set[str] = set()
        """Slots that are done with as far as this process is concerned."""

    async def run(self, alive: Alive = quiet) -> list[str]:
        """Do what is due; the kinds of what was told. Raises StoreError."""
        now = self._clock()
        told = []
        if self._beaten is None or not 0 <= now - self._beaten < BEAT_EVERY:
            known = self._away
            beat, self._away = await self._store.awrite(lambda conn: digests.beat(conn, now, away.LONGEST))
            if self._away is not None and self._away != known:
                # The first pass of the orders may end before the first look at the clock: it counts.
                back = self._away.until
                self._read_since = min(self._began, back) if self._beaten is None else back
            self._beaten, self._first = now, beat.first
        alive()
        if self._away is not None and await self._opened(self._away, now):
            told.append("opened")
        if await self._slot(now):
            told.append("routine")
        if await self._cutoff(now):
            told.append("cutoff")
        return told

    async def leave(self) -> None:
        """The last sign of life: from here on nobody is there."""
        if self._beaten is not None:
            now = self._clock()
            with suppress(StoreError):
                await self._store.awrite(lambda conn: digests.beat(conn, now, away.LONGEST))

    @cached_property
    def _days(self) -> WorkingDays:
        return working_days(self._settings)

    async def _slot(self, now: int) -> bool:
        slot = slot_due(self._settings.jobs.digest_at, now, self._zone)
        if slot is None or slot.at < self._first or slot.key in self._made:
            return False
        if not await self._fresh(f"slot {slot.key}", now, now - self._stale):
            return False
        known = await self._store.aread(lambda conn: digests.slots_told(conn, slot.at - MINUTE))
        made = None
        if slot.key not in known:
            found = await asyncio.to_thread(self._look, now)
            body = encode(found.named("routine", slot.key))
            about = summary(found, slot=slot.key.rpartition(" ")[2])
            made = await self._store.awrite(
                lambda conn: digests.add_routine(conn, slot.key, body, now, about)
            )
        self._made.add(slot.key)
        return made is not None

    async def _opened(self, gone: Away, now: int) -> bool:
        if not await self._fresh(f"away {gone.until}", now, self._read_since):
            return False
        found, seq = await asyncio.to_thread(self._look_back, gone, now)
        closed = found.while_closed
        news = closed is not None and closed.anything
        body = encode(found) if news else None
        about = summary(found)
        made = await self._store.awrite(lambda conn: digests.add_opened(conn, gone, body, now, about))
        self._away = None
        log.info("away: %d rows of the feed", seq - gone.seq)
        return made is not None

    async def _cutoff(self, now: int) -> bool:
        nearest = next_cutoff(now, rulebook(), self._days)
        return await cutoff.warn(self._store, nearest, now) is not None

    @property
    def _stale(self) -> int:
        """Orders read longer ago than this are not what is so now."""
        return 2 * self._settings.jobs.orders_every + MINUTE

    async def _fresh(self, what: str, now: int, since: int) -> bool:
        """Whether every shop was read since then, or we waited long enough."""
        if now - self._wanted.setdefault(what, now) > GRACE:
            return True
        known = await asyncio.to_thread(self._read_at)
        return all(known.get(shop, 0) >= since for shop in self._shops())

    def _read_at(self) -> dict[str, int]:
        reader = self._store.reader()
        try:
            return {row.shop: row.last_ok_at or 0 for row in reader.health() if row.job == "orders"}
        finally:
            reader.close()

    def _look(self, now: int) -> Digest:
        reader = self._store.reader()
        try:
            return now_digest(reader, self._settings, now)
        finally:
            reader.close()

    def _look_back(self, gone: Away, now: int) -> tuple[Digest, int]:
        reader = self._store.reader()
        try:
            seq = reader.last_seq()
            return away.tell(reader, self._zone, gone, seq, now_digest(reader, self._settings, now)), seq
        finally:
            reader.close()


def now_digest(reader: Reader, settings: Settings, now: int, *, shop_id: int | None = None) -> Digest:
    """The digest of this moment, as the settings want it; off the loop (store/reading/digest.py). Raises StoreError."""
    noon = next_cutoff(now, rulebook(), working_days(settings))
    return gather(reader, ZoneInfo(settings.timezone), now, noon, low=settings.stock.low, shop_id=shop_id)


def working_days(settings: Settings) -> WorkingDays:
    """The calendar as the seller's settings change it."""
    own = settings.deadlines
    return rulebook().working_days(
        map(date.fromisoformat, own.holidays),
        map(date.fromisoformat, own.working_days),
        joint_leave=own.joint_leave,
    )


def summary(digest: Digest, *, slot: str | None = None) -> str:
    """The detail of `digest.made`: the numbers its notice is made of."""
    closed = digest.while_closed
    numbers = {
        "before_noon": digest.to_ship.before_noon,
        "today": digest.to_ship.today,
        "overdue": digest.to_ship.overdue,
        "scan_risk": digest.scan_risk,
        "requests": digest.requests,
        "short": digest.stock.short,
        "chats": digest.chats,
        "failed_actions": digest.failed_actions,
    }
    if closed is not None:
        numbers = {
            "new": closed.new,
            "cancelled": closed.cancelled,
            "asked": closed.requests,
            "messages": closed.messages,
            "actions_done": closed.actions_done,
            "actions_failed": closed.actions_failed,
        }
    told: dict[str, object] = {name: n for name, n in numbers.items() if n}
    if digest.noon[:10] != digest.at[:10]:
        told["noon"] = digest.noon
    return changes.detail(slot=slot, since=None if closed is None else closed.since, **told)
