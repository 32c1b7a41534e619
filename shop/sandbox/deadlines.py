"""The platform's clocks on an order: the Indonesian noon rule and the automatic cancellations behind it.

Standard, economy and cargo orders placed on a working day before 12:00 WIB must be scanned by 23:59 of that
day, all others by 23:59 of the next working day; instant orders have hours. The days until the automatic
cancellation are the published Vietnamese ones (working day 2 and 3): Indonesia prints its own in a picture.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

HOUR = 3_600
DAY = 24 * HOUR
WIB = 7 * HOUR

_HOLIDAYS = """
    2026-01-01 2026-01-16 2026-02-17 2026-03-19 2026-03-20 2026-03-21 2026-04-03 2026-05-01 2026-05-14
    2026-05-27 2026-05-31 2026-06-01 2026-06-16 2026-08-17 2026-08-25 2026-12-25 2027-01-01
"""

INSTANT_LEVELS = (100, 200, 300)
"""Fulfilment priorities that count hours, not working days."""


class Deadlines(NamedTuple):
    """Epoch seconds, named as on the wire."""

    rts_sla_time: int
    tts_sla_time: int
    shipping_due_time: int
    collection_due_time: int
    delivery_due_time: int
    pick_up_cut_off_time: int
    recommended_shipping_time: int


@lru_cache(maxsize=1)
def _holidays() -> frozenset[int]:
    """Days without dispatch besides weekends, as days since the epoch."""
    epoch = date(1970, 1, 1)
    return frozenset((date.fromisoformat(day) - epoch).days for day in _HOLIDAYS.split())


def is_working_day(day: int) -> bool:
    """Whether parcels must go out that day (days since the epoch, WIB). 1970-01-01 was a Thursday."""
    return (day + 3) % 7 < 5 and day not in _holidays()


@lru_cache(maxsize=512)
def _working_day_after(day: int, count: int) -> int:
    """The count-th working day after a day; 0 is the day itself, which must then be a working day."""
    while count:
        day += 1
        count -= is_working_day(day)
    return day


def end_of_working_day(at: int, count: int) -> int:
    """23:59:59 WIB of the count-th working day after a moment."""
    return _end(_working_day_after((at + WIB) // DAY, count))


def dispatch_day(created: int) -> int:
    """The day (since the epoch, WIB) by whose end an order placed at `created` must have been scanned.

    Exactly noon is not defined by the platform; it is taken as before noon, the earlier deadline.
    """
    day, second = divmod(created + WIB, DAY)
    if is_working_day(day) and second <= 12 * HOUR:
        return day
    return _working_day_after(day, 1)


def deadlines(created: int, priority: int) -> Deadlines:
    """All clocks of an order placed at `created` (epoch seconds) with a fulfilment priority level."""
    placed = (created + WIB) // DAY
    due = dispatch_day(created)
    midnight = due * DAY - WIB
    arrange, scan = midnight + DAY - 60, midnight + DAY - 1
    if priority in INSTANT_LEVELS:
        opens = placed * DAY - WIB
        hour = (created - opens) // HOUR
        # Placed after 15:00 the published rule is cut off; the next morning is assumed.
        arrange = (
            opens + 11 * HOUR if hour < 8 else created + 3 * HOUR if hour < 15 else opens + DAY + 11 * HOUR
        )
        scan = arrange + HOUR
    return Deadlines(
        rts_sla_time=arrange,
        tts_sla_time=scan,
        shipping_due_time=_end(_working_day_after(placed, 2)),
        collection_due_time=_end(_working_day_after(placed, 3)),
        delivery_due_time=_end(placed + 30),
        pick_up_cut_off_time=min(scan, midnight + 17 * HOUR),
        recommended_shipping_time=min(arrange, midnight + 15 * HOUR),
    )


def _end(day: int) -> int:
    return (day + 1) * DAY - WIB - 1
