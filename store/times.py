"""Time in the store: integer milliseconds since the epoch, UTC. Conversions live here and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo

Clock = Callable[[], int]
"""Returns the present as epoch milliseconds; passed in, so that tests can freeze it."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

WIB = timezone(timedelta(hours=7), "WIB")
"""Jakarta's time, the platform's and most couriers' own. It has no summer time."""
WIB_OFFSET = 7 * HOUR
"""What it is ahead of UTC."""


def now_ms() -> int:
    """The wall clock in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def to_datetime(ms: int, zone: tzinfo = UTC) -> datetime:
    """An aware datetime in the given zone."""
    return datetime.fromtimestamp(ms / 1_000, zone)


def from_datetime(value: datetime) -> int:
    """Epoch milliseconds of an aware datetime; raises ValueError for a naive one."""
    if value.tzinfo is None:
        raise ValueError("a naive time has no meaning in the store")
    return round(value.timestamp() * 1_000)


def jakarta_day(ms: int) -> str:
    """The calendar day in Jakarta, `2026-11-25`: daily quotas of Indonesian services start again there at
    midnight."""
    return to_datetime(ms + WIB_OFFSET).strftime("%Y-%m-%d")


def jakarta_day_part(ms: int) -> float:
    """How much of that day is over, from 0 to 1."""
    return (ms + WIB_OFFSET) % DAY / DAY


def to_iso(ms: int | None, zone: tzinfo) -> str | None:
    """ISO 8601 with offset, whole seconds, as the JSON output promises; None stays None."""
    return None if ms is None else to_datetime(ms, zone).isoformat(timespec="seconds")
