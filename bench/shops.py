"""Months of simulated shops, order by order: when each was placed, arranged, scanned, cancelled. Seeded.

Made by rules that the forecasts know nothing of: batches with a capacity, campaigns that overrun it,
couriers' rounds that fail for everybody, parcels passed over, goods that are sold out, days on which nobody
works, a courier that gets worse.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from store.times import DAY, HOUR, MINUTE, from_datetime

ZONE: Final = ZoneInfo("Asia/Jakarta")
START: Final = date(2026, 8, 31)
"""A Monday."""
NEVER: Final = 1 << 60
PATIENCE: Final = 4 * DAY
"""About when the platform cancels by itself."""


class Carrier(NamedTuple):
    """A courier as this shop sees it; hours of the day."""

    code: str
    share: float
    rounds: tuple[float, ...]
    fails: float
    """Share of whole rounds that do not come, or come hours late."""
    passed_over: float
    hub: float
    """Hours from the round to the first scan."""


class Seller(NamedTuple):
    """A kind of shop."""

    name: str
    daily: float
    batches: tuple[float, ...]
    """Hours at which orders are arranged."""
    capacity: float
    """Orders a batch can take, as a multiple of what a usual one has."""
    forgets: float
    """Share of orders that a batch leaves out."""
    sold_out: float
    """Share of orders that are cancelled for want of goods."""
    campaign: float
    """Chance of an evening that brings three times as many."""
    carriers: tuple[Carrier, ...]


class Life(NamedTuple):
    """What happened to one order; epoch ms, NEVER for what did not."""

    courier: str
    placed: int
    due: int
    arranged: int
    scanned: int
    cancelled: int
    """By the seller's fault."""


PICKED = (
    Carrier("jnt", 0.6, (11.0, 16.8), 0.03, 0.04, 0.3),
    Carrier("sicepat", 0.25, (15.0, 18.5), 0.04, 0.05, 1.0),
    Carrier("jne", 0.15, (17.3,), 0.03, 0.05, 0.8),
)
COUNTER = (Carrier("jnt", 0.7, (19.5,), 0.02, 0.01, 0.2), Carrier("spx", 0.3, (20.3,), 0.02, 0.02, 0.3))
ROUGH = (
    Carrier("jnt", 0.5, (16.5,), 0.06, 0.10, 0.5),
    Carrier("anteraja", 0.5, (14.0, 19.0), 0.10, 0.12, 1.5),
)
SELLERS: Final = (
    Seller("kitchen table", 12, (9.0, 13.5), 3.0, 0.02, 0.005, 0.02, COUNTER),
    Seller("tidy shop", 60, (8.5, 12.3, 15.0), 2.5, 0.01, 0.005, 0.03, PICKED),
    Seller("evening shop", 45, (17.5,), 2.0, 0.03, 0.01, 0.03, COUNTER),
    Seller("warehouse", 400, (7.0, 10.0, 12.5, 15.5), 1.9, 0.01, 0.01, 0.05, PICKED),
    Seller("overrun shop", 120, (10.0, 14.0), 1.5, 0.05, 0.03, 0.08, ROUGH),
)


def lives(seller: Seller, seed: int, days: int) -> list[Life]:
    """Every order of so many days, by the time it was placed; the same for the same seed."""
    rng = random.Random(f"{seller.name} {seed}")
    calendar = [START + timedelta(days=n) for n in range(days + 12)]
    holidays = {calendar[rng.randrange(7, days)] for _ in range(2)}
    works = {day: day.weekday() < 6 and day not in holidays for day in calendar}
    rounds = {carrier.code: sorted(_rounds(rng, carrier, calendar, holidays)) for carrier in seller.carriers}
    placed = sorted(at for day in calendar[:days] for at in _placed(rng, seller, day))
    arranged = _arranged(rng, seller, calendar, works, placed)
    made = []
    for at, ready in zip(placed, arranged, strict=True):
        carrier = rng.choices(seller.carriers, [one.share for one in seller.carriers])[0]
        due = _due(at, holidays)
        gives_up = _working(due, 2, holidays)
        if rng.random() < seller.sold_out and ready < gives_up:
            made.append(Life(carrier.code, at, due, NEVER, NEVER, ready))
            continue
        scanned = _scanned(rng, carrier, rounds[carrier.code], ready)
        cancelled = gives_up if scanned > gives_up else NEVER
        made.append(Life(carrier.code, at, due, ready, NEVER if cancelled < NEVER else scanned, cancelled))
    return made


def _placed(rng: random.Random, seller: Seller, day: date) -> Iterator[int]:
    busy = rng.uniform(0.7, 1.3) * (1.8 if day.day in (25, 26, 27) else 1.0)
    for _ in range(_poisson(rng, seller.daily * busy)):
        hour = rng.gauss(20.0, 1.5) if rng.random() < 0.45 else rng.uniform(6.0, 23.5)
        yield at_hour(day, min(max(hour, 0.0), 23.99))
    if rng.random() < seller.campaign:
        for _ in range(_poisson(rng, seller.daily * 2)):
            yield at_hour(day, rng.uniform(19.0, 23.5))


def _arranged(
    rng: random.Random,
    seller: Seller,
    calendar: Sequence[date],
    works: dict[date, bool],
    placed: Sequence[int],
) -> list[int]:
    """When each order was arranged: in batches, the oldest first, as many as can be packed."""
    most = round(seller.capacity * seller.daily * 1.15 * 7 / 6 / len(seller.batches)) + 2
    done = [NEVER] * len(placed)
    waiting: list[int] = []
    upto = 0
    for day in calendar:
        if not works[day]:
            continue
        for hour in seller.batches:
            now = at_hour(day, hour) + round(rng.gauss(0, 15) * MINUTE)
            new = bisect_left(placed, now)
            waiting += range(upto, max(new, upto))
            upto = max(new, upto)
            # The platform cancels what waits for too long: nobody packs it any more.
            waiting = [number for number in waiting if now - placed[number] < PATIENCE]
            left: list[int] = []
            packed = 0
            for number in waiting:
                if packed >= most or rng.random() < seller.forgets:
                    left.append(number)
                else:
                    done[number] = now + round(packed * 20 / most) * MINUTE
                    packed += 1
            waiting = left
    return done


def _rounds(
    rng: random.Random, carrier: Carrier, calendar: Sequence[date], holidays: set[date]
) -> Iterator[int]:
    for day in calendar:
        if day in holidays or day.weekday() == 6:
            continue
        for hour in carrier.rounds:
            late = 0.0
            if rng.random() < carrier.fails:
                if rng.random() < 0.5:
                    continue
                late = rng.uniform(1.0, 4.0)
            yield at_hour(day, hour + late) + round(rng.gauss(0, 20) * MINUTE)


def _scanned(rng: random.Random, carrier: Carrier, rounds: Sequence[int], arranged: int) -> int:
    if arranged >= NEVER:
        return NEVER
    ready = arranged + round(rng.uniform(0.3, 1.2) * HOUR)
    for at in rounds[bisect_left(rounds, ready) :]:
        if rng.random() >= carrier.passed_over:
            return at + round(rng.uniform(0.3, 1.7) * carrier.hub * HOUR)
    return NEVER


def _due(placed: int, holidays: set[date]) -> int:
    when = datetime.fromtimestamp(placed / 1_000, ZONE)
    day = when.date()
    if when.hour >= 12 or not _open(day, holidays):
        day = _next(day, holidays)
    return at_hour(day, 24.0) - 1_000


def _working(due: int, days: int, holidays: set[date]) -> int:
    day = datetime.fromtimestamp(due / 1_000, ZONE).date()
    for _ in range(days):
        day = _next(day, holidays)
    return at_hour(day, 24.0) - 1_000


def _next(day: date, holidays: set[date]) -> date:
    day += timedelta(days=1)
    while not _open(day, holidays):
        day += timedelta(days=1)
    return day


def _open(day: date, holidays: set[date]) -> bool:
    return day.weekday() < 5 and day not in holidays


def at_hour(day: date, hour: float) -> int:
    """Epoch ms of an hour of a day; 24.0 is the midnight after it."""
    return from_datetime(datetime(day.year, day.month, day.day, tzinfo=ZONE)) + round(hour * HOUR)


def midnight(number: int) -> int:
    """Epoch ms at which day `number` of the simulation begins."""
    return at_hour(START, 0) + number * DAY


def _poisson(rng: random.Random, mean: float) -> int:
    return max(0, round(rng.gauss(mean, mean**0.5)))
