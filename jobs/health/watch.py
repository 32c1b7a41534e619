"""The job that keeps the rates at hand and says when a target or a cap is crossed, or will be tonight.

What it counted stands in the store, so that the header and a second seat need not count again; what it said
stands there too, so that nothing is said twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from jobs.health.rates import Measure, ShopHealth, looks
from jobs.intake.sync import Alive, quiet
from jobs.parcels import stats
from jobs.parcels.forecast import Forecast
from jobs.parcels.performance import Rate
from jobs.rulebook import wib_day
from store import changes
from store.bulk import one_writer
from store.db import Store
from store.memory import decoded, recall, remember
from store.times import HOUR, MINUTE, Clock

if TYPE_CHECKING:
    from store.reader import Reader

KEY: Final = "health.rates"
EVERY: Final = 10 * MINUTE
FRESH: Final = 15 * MINUTE
"""Rates counted longer ago than this are counted again by whoever shows them, though nothing moved."""
SETTLED: Final = 2 * MINUTE
"""The same while orders move."""
PACE: Final = MINUTE // 2
"""The same while clocks end one after the other."""
LEARNED_FOR: Final = HOUR
"""How long the couriers' hours are good for."""
KEPT: Final = 60
"""Forecasts remembered as said: shops times rates times days."""
_CAPPED: Final = "cap_"


class Counted(msgspec.Struct, frozen=True):
    """The rates as they were counted last."""

    at: int
    shops: list[ShopHealth]
    said: list[str] = []
    """Forecasts that were told: `<day> <shop> <rate> <level>`."""


class Step(NamedTuple):
    """A rate that crossed a line, or is about to."""

    rate: str
    shop: str
    old: str
    level: str
    share: float
    forecast: bool

    @property
    def worse(self) -> bool:
        """Whether it is bad news."""
        return severity(self.level) > severity(self.old)


class HealthWatch:
    """One process's part of it."""

    def __init__(self, store: Store, zone: ZoneInfo, *, clock: Clock) -> None:
        self._store = store
        self._zone = zone
        self._clock = clock
        self._model: Forecast | None = None
        self._learned_at = 0

    async def run(self, alive: Alive = quiet) -> list[Step]:
        """Count, keep, and tell what changed. Raises StoreError."""
        now = self._clock()
        shops = await asyncio.to_thread(self._count, now)
        alive()
        return await self._store.awrite(lambda conn: keep(conn, shops, now))

    def _count(self, now: int) -> list[ShopHealth]:
        reader = self._store.reader()
        try:
            if self._model is None or not 0 <= now - self._learned_at < LEARNED_FOR:
                self._model, self._learned_at = stats.learn(reader, self._zone, now), now
            return [one.health for one in looks(reader, self._zone, now, self._model) if one.health.shop]
        finally:
            reader.close()


def keep(conn: Connection, shops: list[ShopHealth], now: int) -> list[Step]:
    """Store what was counted, and tell the feed (`health.step`) what it means; the steps told."""
    one_writer(conn)
    before = recall(conn, KEY, Counted)
    today = wib_day(now).isoformat()
    found = steps(before, shops, today)
    fresh = [_mark(step, today) for step in found if step.forecast]
    said = [] if before is None else before.said
    remember(conn, KEY, Counted(now, shops, [*said, *fresh][-KEPT:]))
    several = len(shops) > 1
    changes.append(conn, [_row(step, now, several=several) for step in found])
    return found


def steps(before: Counted | None, shops: list[ShopHealth], today: str) -> list[Step]:
    """What is news since the last count: a line crossed, either way; a line that will be crossed tonight, once a day.
    Pure."""
    known = {} if before is None else {one.shop: one for one in before.shops}
    told = set() if before is None else set(before.said)
    found = []
    for shop in shops:
        last = known.get(shop.shop)
        for name in ("ldr", "sfcr"):
            measure: Measure = getattr(shop, name)
            old = None if last is None else getattr(last, name).level
            if old is not None and old != measure.level:
                found.append(Step(name, shop.shop, old, measure.level, measure.now or 0.0, False))
            if severity(measure.level_tonight) > severity(measure.level):
                share = measure.forecast or 0.0
                step = Step(name, shop.shop, measure.level, measure.level_tonight, share, True)
                if _mark(step, today) not in told:
                    found.append(step)
    return found


def severity(level: str) -> int:
    """How bad a level is; see jobs.rulebook.Health.consequence."""
    if level.startswith(_CAPPED):
        return 102 - int(level.removeprefix(_CAPPED))
    return 1 if level == "above_target" else 0


class Shown(NamedTuple):
    """The late-dispatch rate of the top line, and until when it may be believed."""

    at: int
    """When it was counted."""
    rate: Rate
    seq: int | None = None
    """Where the change feed ended then; None: as the job kept it."""
    ends: int | None = None
    """When the next clock of an order that was open then ends; None: not asked yet."""

    def asked(self, reader: Reader) -> Shown:
        """The same with `ends`, which is asked once for each count."""
        if self.ends is not None:
            return self
        return self._replace(ends=reader.next_clock(self.at, self.at + FRESH))

    def holds(self, reader: Reader, zone: tzinfo, now: int) -> bool:
        """Whether counting again would give the same, as far as a cheap look tells: the day is the same, no clock of
        an open order has ended, nothing moved. What only moves may be `SETTLED` old, clocks that end `PACE`."""
        age = now - self.at
        if not 0 <= age < FRESH or stats.window(self.at, zone) != stats.window(now, zone):
            return False
        if age >= PACE and self.ends is not None and self.ends < now:
            return False
        return age < SETTLED or self.seq == reader.last_seq()


def shown(reader: Reader, zone: tzinfo, now: int, last: Shown | None = None) -> Shown:
    """The late-dispatch rate for the top line: what was counted last, by the job or by whoever showed it (`last`),
    counted again where that no longer holds; of several shops the worst.

    For off the loop. A look costs a row by its key and, where the rate is `SETTLED` old, the end of the feed; a count
    tens of milliseconds in a big shop, and with it the question which clock ends next: a walk over the orders to
    arrange that are late or due within `FRESH`. No count comes within `PACE` of the one before, except at midnight and
    while there are too few orders for a rate.
    """
    counted = decoded(reader.remembered(KEY), Counted)
    if counted is not None and (last is None or counted.at > last.at):
        # Counted while the first orders came in, it may know no rate yet: then it is counted again.
        last = (
            of_shops(counted.shops, counted.at)
            if any(one.ldr.now is not None for one in counted.shops)
            else last
        )
    if last is not None and last.rate.now is not None:
        last = last.asked(reader)
        if last.holds(reader, zone, now):
            return last
    seq = reader.last_seq()
    shops = [shop.id for shop in reader.shops()]
    rates = [stats.ldr(reader, zone, now, shop) for shop in shops] or [stats.ldr(reader, zone, now)]
    return Shown(now, _worst(rates), seq).asked(reader)


def of_shops(shops: Sequence[ShopHealth], at: int, seq: int | None = None) -> Shown:
    """The same of rates that were counted at a moment."""
    return Shown(at, _worst([_rate(shop.ldr) for shop in shops]), seq)


def _worst(rates: Sequence[Rate]) -> Rate:
    return max(rates, key=lambda one: (one.now or 0.0, one.judged))


def _rate(one: Measure) -> Rate:
    return Rate(one.now, one.if_nothing, one.next_step, one.orders_until, one.bad, one.judged, one.at_risk)


def _mark(step: Step, today: str) -> str:
    return f"{today} {step.shop} {step.rate} {step.level}"


def _row(step: Step, now: int, *, several: bool) -> tuple[object, ...]:
    about = changes.detail(
        rate=step.rate,
        shop=step.shop if several else None,
        share=round(step.share, 4),
        level=step.level,
        forecast=step.forecast,
        worse=step.worse,
    )
    return (now, None, None, None, "health.step", step.old, step.level, about, "job")
