"""The two rates of shop health forecast at 16.00 against midnight, on simulated months: python -m
bench.health [SEED...]

Each shop is watched for four weeks; then on every day of the month after them the forecast is made from what
is known at 16.00 and compared with what the platform counts at midnight.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final, NamedTuple

from bench.shops import NEVER, SELLERS, ZONE, Life, Seller, lives, midnight
from jobs.health import forecast
from jobs.health.forecast import UNARRANGED, Habit, Open, Past, Usual
from jobs.parcels.forecast import Pickup, train
from store.times import DAY, HOUR

SEEDS: Final = (1, 2, 3, 4, 5)
WATCHED, MONTH = 28, 30
"""Days."""
AT: Final = 16 * HOUR
CLOSE: Final = 0.01
"""One percentage point."""


class Score(NamedTuple):
    """One shop's month."""

    name: str
    ldr: list[float]
    """Distance of the forecast from midnight on each day, as a share."""
    working: list[float]
    """The same, of days on which something was still open at 16.00: the others are easily forecast."""
    sfcr: list[float]
    naive: list[float]
    """Of saying at 16.00 that it stays as it is, on those open days."""
    worst: list[float]
    """Of saying that all that is open will be late, on those open days."""


def within(errors: Sequence[float]) -> float:
    """Share of days on which the forecast was close enough."""
    return sum(error <= CLOSE for error in errors) / len(errors) if errors else 1.0


def measure(seller: Seller, seed: int) -> Score:
    """Forecast each day of a month."""
    orders = lives(seller, seed, WATCHED + MONTH)
    score = Score(seller.name, [], [], [], [], [])
    for day in range(WATCHED, WATCHED + MONTH):
        _judge(score, orders, day)
    return score


def _judge(score: Score, orders: Sequence[Life], day: int) -> None:
    start = midnight(day)
    now, end = start + AT, start + DAY
    window = start - 6 * DAY
    bad, judged, running = _dispatch(orders, window, end, now)
    later, all_judged, _ = _dispatch(orders, window, end, end)
    model = train(
        (Pickup(o.courier, o.arranged, o.scanned if o.scanned <= now else None, min(now, o.cancelled))
         for o in orders if start - 60 * DAY <= o.arranged <= now),
        ZONE,
    )  # fmt: skip
    habit = Habit(_past(orders, start), AT)
    open_ones = [
        Open(order.courier, model.chance(order.courier, order.arranged, now, order.due))
        if order.arranged <= now
        else Open(UNARRANGED, None)
        for order in running
    ]
    leaving = sum(window <= o.due < now < o.cancelled < end and o.placed <= now < o.scanned for o in orders)
    said = forecast.tonight(bad, judged, len(running), forecast.expected_late(open_ones, habit), leaving)
    truth = later / all_judged if all_judged else 0.0
    if said is None:
        said = 2.0  # nothing said is a miss
    score.ldr.append(abs(said - truth))
    if running:
        score.working.append(abs(said - truth))
        score.naive.append(abs((bad / judged if judged else 0.0) - truth))
        score.worst.append(abs((bad + len(running)) / (judged + len(running)) - truth))
    score.sfcr.append(_cancelling(orders, window, now, end, start))


def _dispatch(orders: Sequence[Life], since: int, until: int, now: int) -> tuple[int, int, list[Life]]:
    """As store.reading.performance.dispatch counts: late ones, judged ones, and those that are still open."""
    bad = judged = 0
    running = []
    for order in orders:
        if not (order.placed <= now and since <= order.due < until):
            continue
        if order.scanned <= now:
            judged += 1
            bad += order.scanned > order.due
        elif order.cancelled <= now:
            continue
        elif order.due < now:
            judged, bad = judged + 1, bad + 1
        else:
            running.append(order)
    return bad, judged, running


def _past(orders: Sequence[Life], start: int) -> list[Past]:
    return [
        Past(
            order.due // 1_000 * 1_000 + 1_000 - DAY,
            order.courier,
            order.placed,
            order.arranged if order.arranged < start else None,
            order.scanned if order.scanned < start else None,
            order.due,
        )
        for order in orders
        if start - forecast.DAYS * DAY <= order.due < start and not (order.cancelled < start)
    ]


def _cancelling(orders: Sequence[Life], window: int, now: int, end: int, start: int) -> float:
    placed = [o for o in orders if window <= o.placed <= now]
    bad = sum(o.cancelled <= now for o in placed)
    all_placed = [o for o in orders if window <= o.placed < end]
    truth = sum(o.cancelled < end for o in all_placed) / len(all_placed)
    evenings = [o for o in orders if start - forecast.DAYS * DAY <= o.placed < start]
    usual = Usual(
        placed=sum((o.placed - start) % DAY >= AT for o in evenings) / forecast.DAYS,
        # What the platform cancels by itself is known one by one; the rest is habit.
        bad=sum(o.cancelled < start and o.arranged == NEVER and (o.cancelled - start) % DAY >= AT
                for o in evenings) / forecast.DAYS,
    )  # fmt: skip
    by_itself = sum(now < o.cancelled < end and o.arranged < NEVER for o in placed)
    said = forecast.cancelled_tonight(bad, len(placed), by_itself, usual)
    return 0.0 if said is None else abs(said - truth)


def table(seeds: Sequence[int] = SEEDS) -> list[Score]:
    """All shops, each with the days of all seeds."""
    found = []
    for seller in SELLERS:
        scores = [measure(seller, seed) for seed in seeds]
        found.append(
            Score(
                seller.name,
                *([error for one in scores for error in getattr(one, name)] for name in Score._fields[1:]),
            )
        )
    return found


if __name__ == "__main__":
    for one in table([int(word) for word in sys.argv[1:]] or SEEDS):
        print(
            f"{one.name:<14} LDR within 1 point: {within(one.ldr):.1%} of {len(one.ldr)} days,"
            f" {within(one.working):.1%} of {len(one.working)} open ones (as it is now: {within(one.naive):.1%},"
            f" all lost: {within(one.worst):.1%}); SFCR {within(one.sfcr):.1%}"
        )
