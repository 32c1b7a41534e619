"""Time in words: countdowns, ages, clock times in the seller's zone. Pure: the present is a parameter."""

from __future__ import annotations

from datetime import datetime, tzinfo
from enum import IntEnum
from typing import Final, NamedTuple

from store.times import DAY, HOUR, MINUTE, SECOND, to_datetime
from tui.strings import known, t

URGENT: Final = HOUR
"""Less than this left: the countdown carries `!`."""
COUNTED: Final = 12 * HOUR
"""Up to here hours are counted; beyond, the clock time says more."""


class Urgency(IntEnum):
    """How a countdown looks; each has its own word or sign, so that colour is never alone."""

    NONE = 0
    CALM = 1
    SOON = 2
    LATE = 3


class Countdown(NamedTuple):
    """A deadline as the list shows it."""

    text: str
    urgency: Urgency


NO_DEADLINE: Final = Countdown("", Urgency.NONE)


def countdown(deadline: int | None, now: int, zone: tzinfo) -> Countdown:
    """`47 mnt !`, `5 j 12 mnt`, `besok 23.59`, `telat 2 j`; empty without a deadline."""
    if deadline is None:
        return NO_DEADLINE
    left = deadline - now
    if left < 0:
        return Countdown(t("time.late", by=span(-left)), Urgency.LATE)
    if left < URGENT:
        return Countdown(t("time.soon", left=span(left)), Urgency.SOON)
    if left < COUNTED:
        hours, minutes = divmod(left // MINUTE, 60)
        return Countdown(t("time.hours_minutes", n=hours, minutes=f"{minutes:02d}"), Urgency.CALM)
    return Countdown(day_and_clock(deadline, now, zone), Urgency.CALM)


def span(ms: int) -> str:
    """A length of time in its largest unit: `12 dtk`, `47 mnt`, `5 j`, `3 hr`."""
    if ms < MINUTE:
        return t("time.seconds", n=max(0, ms // SECOND))
    if ms < HOUR:
        return t("time.minutes", n=ms // MINUTE)
    if ms < 2 * DAY:
        return t("time.hours", n=ms // HOUR)
    return t("time.days", n=ms // DAY)


def age(since: int | None, now: int) -> str:
    """How long ago; a moment in the future (two clocks that differ) is now."""
    return "" if since is None else span(max(0, now - since))


def clock(ms: int, zone: tzinfo) -> str:
    """`23.59`."""
    return f"{to_datetime(ms, zone):%H.%M}"


def day_and_clock(ms: int, now: int, zone: tzinfo) -> str:
    """`23.59` today, `besok 23.59`, `Sen 23.59` within six days, else `24 Nov 23.59`."""
    when, today = to_datetime(ms, zone), to_datetime(now, zone).date()
    days = (when.date() - today).days
    time = f"{when:%H.%M}"
    if days == 0:
        return time
    if days == 1:
        return t("time.tomorrow", clock=time)
    if 1 < days < 7:
        return f"{t('time.weekdays').split()[when.weekday()]} {time}"
    return f"{_date(when)} {time}"


def date(ms: int, zone: tzinfo) -> str:
    """`24 Nov`."""
    return _date(to_datetime(ms, zone))


def full(ms: int, zone: tzinfo) -> str:
    """`24 Nov 23.59 WIB`, for places that are read calmly."""
    when = to_datetime(ms, zone)
    return f"{_date(when)} {when:%H.%M} {zone_name(ms, zone)}"


def zone_name(ms: int, zone: tzinfo) -> str:
    """`WIB` and its sisters by name, other zones as they call themselves."""
    key = f"zone.{getattr(zone, 'key', '')}"
    return t(key) if known(key) else to_datetime(ms, zone).tzname() or ""


def day_start(now: int, zone: tzinfo) -> int:
    """Midnight before `now` in the zone, epoch ms."""
    midnight = to_datetime(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(midnight.timestamp()) * SECOND


def _date(when: datetime) -> str:
    return f"{when.day} {t('time.months').split()[when.month - 1]}"
