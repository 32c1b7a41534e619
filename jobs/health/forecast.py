"""Where the two rates will stand at midnight, from how the shop's own days usually end. Pure.

At any hour the orders due today that nobody has scanned are of two kinds: parcels that wait for a courier,
and orders that are not arranged yet. For each courier and for the unarranged ones the past days are looked at
by the same hour: how many were open then, how many of them were still scanned in time. The worst days are left
out, so that one evening on which no courier came is not spread over a month. A courier with too few days is
judged by its hours (jobs/parcels/forecast.py). Nobody packs more than ever before: where a past day left a
heap, the most that was ever done is the most that is believed.

Cancellations: those the platform makes by itself are known one by one, the seller's own are as many as
usually come between this hour and midnight. docs/health.md tells how good all of it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from jobs.parcels.performance import ENOUGH_ORDERS

DAYS: Final = 28
"""Past days that are learned from."""
ENOUGH: Final = 5
"""Days on which something of a kind was open, without which nothing is said of it."""
WORST: Final = 0.1
"""Share of the days that is left out: those that ended worst."""
HEAP: Final = 0.8
"""A day that saved less than this share of what was open had more than could be done."""
UNARRANGED: Final = ""
"""The kind of orders that have no courier yet; the other kinds are couriers' codes."""


class Past(NamedTuple):
    """An order whose clock ended on a past day; epoch ms."""

    day: int
    """Midnight before it was due, in the seller's zone."""
    courier: str
    created_at: int
    shipped_at: int | None
    collected_at: int | None
    due: int


class Open(NamedTuple):
    """An order due today that nobody has scanned."""

    kind: str
    """UNARRANGED, or its courier."""
    chance: float | None
    """What the courier's hours say (jobs/parcels/forecast.py); None without an answer."""


class Evening(NamedTuple):
    """What a past day still had open at an hour, and what it made of it."""

    open: int
    saved: int

    @property
    def share(self) -> float:
        """Of what was open."""
        return self.saved / self.open


class Habit:
    """How days end from an hour on."""

    def __init__(self, past: Iterable[Past], clock: int) -> None:
        """`clock`: ms after midnight."""
        counts: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
        for order in past:
            cut = order.day + clock
            if order.created_at > cut or (order.collected_at is not None and order.collected_at <= cut):
                continue
            arranged = order.shipped_at is not None and order.shipped_at <= cut
            day = counts[order.courier if arranged else UNARRANGED, order.day]
            day[0] += 1
            day[1] += order.collected_at is not None and order.collected_at <= order.due
        kinds: defaultdict[str, list[Evening]] = defaultdict(list)
        for (kind, _), (seen, saved) in counts.items():
            kinds[kind].append(Evening(seen, saved))
        self._evenings: Mapping[str, Sequence[Evening]] = kinds

    def saved(self, kind: str, open_ones: int) -> float | None:
        """How many of so many will be scanned in time; None for a courier of which too few days tell."""
        days = self._evenings.get(kind, ())
        if kind != UNARRANGED:
            return open_ones * usual(days) if len(days) >= ENOUGH else None
        if not days:
            return 0.0  # at an hour at which nothing was ever left to arrange, what is left is believed to be lost
        share = usual(days)
        heaped = any(day.share < HEAP <= share for day in days)
        return min(open_ones * share, float(max(day.saved for day in days)) if heaped else open_ones)


def usual(days: Sequence[Evening]) -> float:
    """The share of all days but the worst, their orders together, as if one order more had been lost."""
    ranked = sorted(days, key=lambda day: day.share)
    rest = ranked[round(len(ranked) * WORST) :]
    return sum(day.saved for day in rest) / (sum(day.open for day in rest) + 1)


def expected_late(open_ones: Iterable[Open], habit: Habit) -> float | None:
    """How many of the open orders will be late; None where nothing is known of some of them."""
    kinds: defaultdict[str, list[Open]] = defaultdict(list)
    for order in open_ones:
        kinds[order.kind].append(order)
    late = 0.0
    for kind, orders in kinds.items():
        saved = habit.saved(kind, len(orders))
        if saved is None:
            chances = [order.chance for order in orders if order.chance is not None]
            if len(chances) < len(orders):
                return None
            saved = sum(chances)
        late += len(orders) - saved
    return late


class Usual(NamedTuple):
    """What usually comes between this hour and midnight, orders a day."""

    placed: float
    bad: float
    """Cancellations by the seller's own hand; those of the platform are known one by one."""


def tonight(bad: int, judged: int, running: int, late: float | None, leaving: float = 0.0) -> float | None:
    """The late-dispatch rate at midnight, when so many of the running ones are late; None for too few orders.

    `leaving`: late orders that the platform will have cancelled by then; they count as cancellations from there on.
    """
    if late is None or judged + running < ENOUGH_ORDERS:
        return None
    leaving = min(leaving, bad)
    all_judged = judged + running - leaving
    return (bad + late - leaving) / all_judged if all_judged else None


def cancelled_tonight(bad: int, placed: int, by_itself: int, usual: Usual) -> float | None:
    """The cancellation rate at midnight; `by_itself`: orders the platform will cancel until then."""
    if placed < ENOUGH_ORDERS:
        return None
    return min(1.0, (bad + by_itself + usual.bad) / (placed + usual.placed))
