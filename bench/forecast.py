"""The pick-up forecast against weeks it has not seen: trained on eight, asked about the four after them.

python -m bench.forecast [SEED...]

The history is simulated by rules the forecast knows nothing of: rounds of each courier with cut-offs, other
rounds on Saturday and none or few on Sunday, rounds that fail for everybody, parcels that are passed over,
scans at the hub hours later, a public holiday, and parcels that were never handed over.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from jobs.parcels.forecast import Forecast, Pickup, train
from store.times import DAY, HOUR, MINUTE, from_datetime

ZONE: Final = ZoneInfo("Asia/Jakarta")
START: Final = date(2026, 8, 31)
"""A Monday."""
TRAINING, HELD_OUT = 8, 4
"""Weeks."""
SEEDS: Final = (1, 2, 3, 4, 5)
ASKED_EVERY: Final = 4 * HOUR
"""A person looks when a parcel is arranged and every few hours after."""


class Courier(NamedTuple):
    """How a courier really comes; hours of the day in the seller's zone."""

    code: str
    weekdays: tuple[float, ...]
    saturday: tuple[float, ...]
    sunday: tuple[float, ...]
    cut_off: float
    """Hours before the round after which a parcel is not ready for it."""
    fails: float
    """The whole round does not come."""
    passed_over: float
    """A parcel that is ready is not taken."""
    hub: float
    """Hours until the first scan."""
    daily: int


COURIERS: Final = (
    Courier("jnt", (11.0, 16.5), (15.0,), (14.0,), 1.5, 0.04, 0.06, 0.3, 40),
    Courier("sicepat", (15.0,), (13.0,), (), 2.0, 0.08, 0.08, 2.0, 18),
    Courier("jne", (17.0,), (12.0,), (), 3.0, 0.05, 0.05, 1.0, 12),
    Courier("anteraja", (13.5,), (13.5,), (13.5,), 1.0, 0.25, 0.15, 3.0, 8),
)
FORGOTTEN: Final = 0.02
"""Parcels that lie behind the shelf for days."""


class Parcel(NamedTuple):
    """What happened to one parcel; times in epoch ms."""

    courier: str
    arranged_at: int
    scanned_at: int
    scan_by: int


class Score(NamedTuple):
    """How good the forecast was; Brier scores are mean squared errors, lower is better."""

    asked: int
    base: float
    """Of always saying the share of the training weeks."""
    ours: float
    reliability: float
    """Mean distance of what was said from what then happened, in tenths of the chance."""

    @property
    def gain(self) -> float:
        """Share of the base rate's error that is gone."""
        return 1.0 - self.ours / self.base


def history(seed: int, weeks: int = TRAINING + HELD_OUT) -> list[Parcel]:
    """Parcels arranged in so many weeks, the same for the same seed."""
    rng = random.Random(seed)
    days = [START + timedelta(days=n) for n in range(weeks * 7 + 10)]
    holiday = days[rng.randrange(14, weeks * 7 - 7)]
    made = []
    for courier in COURIERS:
        rounds = [at for day in days if day != holiday for at in _rounds(rng, courier, day)]
        for day in days[: weeks * 7]:
            # Fewer orders on working days, most on the evenings around pay-day.
            busy = (1.4 if day.weekday() >= 5 else 1.0) * (1.8 if day.day in (25, 26, 27) else 1.0)
            for _ in range(round(courier.daily * busy * rng.uniform(0.7, 1.3))):
                made.append(_parcel(rng, courier, day, rounds))
    return sorted(made, key=lambda parcel: parcel.arranged_at)


def _rounds(rng: random.Random, courier: Courier, day: date) -> Iterator[int]:
    plan = (courier.saturday, courier.sunday)[day.weekday() - 5] if day.weekday() >= 5 else courier.weekdays
    for hour in plan:
        if rng.random() >= courier.fails:
            yield _at(day, hour) + round(rng.gauss(0, 25) * MINUTE)


def _parcel(rng: random.Random, courier: Courier, day: date, rounds: Sequence[int]) -> Parcel:
    # Arranged in working hours, with a second wave after the evening's live session.
    hour = rng.uniform(8.0, 17.0) if rng.random() < 0.7 else rng.uniform(19.0, 23.0)
    arranged = _at(day, hour)
    placed = arranged - round(rng.expovariate(1 / 5) * HOUR)
    ready = arranged + round(courier.cut_off * rng.uniform(0.6, 1.4) * HOUR)
    if rng.random() < FORGOTTEN:
        ready += round(rng.uniform(1, 5) * DAY)
    scanned = arranged + 9 * DAY
    for at in rounds:
        if at >= ready and rng.random() >= courier.passed_over:
            scanned = at + round(rng.uniform(0.3, 1.7) * courier.hub * HOUR)
            break
    return Parcel(courier.code, arranged, scanned, _scan_by(placed))


def _scan_by(placed: int) -> int:
    """The platform's noon rule, without its holidays (shop/sandbox/deadlines.py knows them)."""
    when = datetime.fromtimestamp(placed / 1_000, ZONE)
    day = when.date()
    if day.weekday() >= 5 or when.hour >= 12:
        day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return _at(day, 24.0) - 1_000


def _at(day: date, hour: float) -> int:
    return from_datetime(datetime(day.year, day.month, day.day, tzinfo=ZONE)) + round(hour * HOUR)


def questions(parcels: Sequence[Parcel]) -> Iterator[tuple[Parcel, int, bool]]:
    """Every moment a parcel is asked about, and whether it was then scanned in time."""
    for parcel in parcels:
        at = parcel.arranged_at
        while at < min(parcel.scanned_at, parcel.scan_by):
            yield parcel, at, parcel.scanned_at <= parcel.scan_by
            at += ASKED_EVERY


def measure(seed: int) -> Score:
    """Train on the first weeks, ask about the others."""
    parcels = history(seed)
    border = _at(START + timedelta(weeks=TRAINING), 0)
    past = [parcel for parcel in parcels if parcel.arranged_at < border]
    model = train(
        [
            # At the border nobody knows yet what becomes of what still waits.
            Pickup(p.courier, p.arranged_at, p.scanned_at if p.scanned_at < border else None, border)
            for p in past
        ],
        ZONE,
    )
    known = [good for _, _, good in questions(past)]
    base = sum(known) / len(known)
    asked = list(questions([parcel for parcel in parcels if parcel.arranged_at >= border]))
    said = [_chance(model, parcel, at) for parcel, at, _ in asked]
    truth = [good for _, _, good in asked]
    return Score(
        len(asked),
        sum((base - good) ** 2 for good in truth) / len(truth),
        sum((chance - good) ** 2 for chance, good in zip(said, truth, strict=True)) / len(truth),
        reliability(said, truth),
    )


def reliability(said: Sequence[float], truth: Sequence[bool]) -> float:
    """Mean distance between what was said and what happened, over tenths of the chance, by their size."""
    tenths: dict[int, list[tuple[float, bool]]] = {}
    for chance, good in zip(said, truth, strict=True):
        tenths.setdefault(min(int(chance * 10), 9), []).append((chance, good))
    off = sum(
        abs(sum(chance for chance, _ in group) - sum(good for _, good in group)) for group in tenths.values()
    )
    return off / len(said)


def _chance(model: Forecast, parcel: Parcel, at: int) -> float:
    chance = model.chance(parcel.courier, parcel.arranged_at, at, parcel.scan_by)
    assert chance is not None  # eight weeks are enough
    return chance


if __name__ == "__main__":
    for number in [int(word) for word in sys.argv[1:]] or SEEDS:
        score = measure(number)
        print(
            f"seed {number}: {score.asked} questions, Brier {score.ours:.4f} against {score.base:.4f},"
            f" {score.gain:.0%} better, off by {score.reliability:.3f}"
        )
