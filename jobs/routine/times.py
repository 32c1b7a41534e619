"""When something of the day's routine is due: slots of digests, the cut-off, the borders of days. Pure.

Slots are the seller's (`[jobs] digest_at`, in the configured zone); the cut-off is the platform's, dated, in
Jakarta.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

from jobs.config.durations import parse_time
from jobs.rulebook import Rulebook, end_of
from jobs.workdays import WorkingDays
from store.times import MINUTE, WIB, from_datetime, to_datetime

LEADS: Final = (60 * MINUTE, 20 * MINUTE)
"""How long before the cut-off its warnings come: once to begin, once to hurry."""
_LONGEST: Final = 60
"""Days looked ahead for a working day."""


class Slot(NamedTuple):
    """A moment at which a digest is to be made."""

    key: str
    """`2026-11-25 08:00`: what is remembered of it."""
    at: int


class CutOff(NamedTuple):
    """The hour until which orders of a working day belong to it, epoch ms."""

    at: int
    day_start: int
    """Midnight before it, in Jakarta."""
    day_end: int
    """The last millisecond of its day."""


class Alarm(NamedTuple):
    """One warning before a cut-off."""

    key: str
    """`2026-11-25 60`: what is remembered of it."""
    at: int
    """The cut-off itself."""
    minutes: int
    """How long before it, rounded up."""


def day(now: int, zone: tzinfo, days: int = 0) -> tuple[int, int]:
    """From midnight to midnight in a zone, so many days from today; by the calendar, not by hours."""
    today = to_datetime(now, zone).date() + timedelta(days=days)
    return _midnight(today, zone), _midnight(today + timedelta(days=1), zone)


def slot_due(slots: Sequence[str], now: int, zone: tzinfo) -> Slot | None:
    """The newest slot of today that has begun: of several that were slept through only the last is made, late, and
    yesterday's are over."""
    today = to_datetime(now, zone).date()
    begun = []
    for text in slots:
        at = _at(today, text, zone)
        if at <= now:
            begun.append(Slot(f"{today.isoformat()} {text}", at))
    return max(begun, key=lambda slot: slot.at, default=None)


def next_cutoff(now: int, book: Rulebook, days: WorkingDays) -> CutOff:
    """The first cut-off at `now` or after it, of a working day."""
    start = to_datetime(now, WIB).date()
    for ahead in range(_LONGEST):
        on = start + timedelta(days=ahead)
        if not days.is_working(on):
            continue
        at = from_datetime(datetime.combine(on, book.at(on).dispatch.cutoff, WIB))
        if at >= now:
            return CutOff(at, from_datetime(datetime.combine(on, time(), WIB)), end_of(on))
    raise AssertionError("two months without a working day")


def warnings_due(now: int, cutoff: CutOff, leads: Iterable[int] = LEADS) -> list[Alarm]:
    """The warnings whose moment has come, the earliest first; none at the cut-off itself and after it."""
    left = cutoff.at - now
    on = to_datetime(cutoff.at, WIB).date().isoformat()
    return [
        Alarm(f"{on} {lead // MINUTE}", cutoff.at, -(-left // MINUTE))
        for lead in sorted(leads, reverse=True)
        if 0 < left <= lead
    ]


def _at(on: date, text: str, zone: tzinfo) -> int:
    hour, minute = parse_time(text)
    return from_datetime(datetime(on.year, on.month, on.day, hour, minute, tzinfo=zone))


def _midnight(on: date, zone: tzinfo) -> int:
    return from_datetime(datetime(on.year, on.month, on.day, tzinfo=zone))
