"""When the money of delivered orders comes. Pure.

Orders of TikTok: so many calendar days after the delivery as the seller's programme has (days of Jakarta). Orders of
Tokopedia: when they are completed. An order with an open return waits for its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from jobs.rulebook import rules_at, wib_day
from store.times import WIB, from_datetime

EXPRESS, STANDARD = "express", "standard"
TOKOPEDIA: Final = "TOKOPEDIA"


class Delivered(NamedTuple):
    """An order that arrived; times in epoch ms."""

    channel: str
    status: str
    shipping_type: str | None
    delivered_at: int
    updated_at: int
    returning: bool


class Day(NamedTuple):
    """What a day should bring; None: the day is not known."""

    date: date | None
    orders: int
    amount: int


def due(order: Delivered, programme: str) -> date | None:
    """The day an order should be settled; None while nobody can know: the buyer has to act first."""
    if order.returning:
        return None
    if order.channel == TOKOPEDIA:
        return wib_day(order.updated_at) if order.status == "COMPLETED" else None
    day = wib_day(order.delivered_at)
    # Who brings parcels with a courier of his own has no express settlement.
    own = order.shipping_type == "SELLER" and programme == EXPRESS
    return day + timedelta(days=rules_at(day).settlement_days[STANDARD if own else programme])


@lru_cache(maxsize=256)
def late_from(day: date) -> int:
    """From when on (epoch ms) an order that should be settled on a day is overdue: after the statement that should
    hold it, and the days of grace."""
    rules = rules_at(day)
    cut = day + timedelta(days=1 + rules.settlement_grace_days)
    return from_datetime(datetime.combine(cut, rules.statement_at, WIB))


def by_day(orders: Iterable[tuple[date | None, int]], today: date, days: int) -> list[Day]:
    """(day, amount) of each order, added up from today on for so many days; what is due since yesterday or earlier
    and not late yet stands under today."""
    last = today + timedelta(days=days - 1)
    found: dict[date, list[int]] = {}
    for day, amount in orders:
        if day is not None and day <= last:
            found.setdefault(max(day, today), []).append(amount)
    return [Day(day, len(amounts), sum(amounts)) for day, amounts in sorted(found.items())]
