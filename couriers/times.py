"""The times couriers write, read into epoch milliseconds. Pure: the present is passed in.

Most sources write local time without a zone; it is taken as WIB and marked as assumed. Month names are looked
up here (Indonesian and English), never in the machine's locale.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, NamedTuple

from store.times import DAY, WIB, from_datetime, to_datetime

_ZONES: Final = {
    "WIB": WIB,
    "WITA": timezone(timedelta(hours=8)),
    "WIT": timezone(timedelta(hours=9)),
    "UTC": UTC,
}

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january", "feb peb februari pebruari february", "mar maret march", "apr april",
            "mei may", "jun juni june", "jul juli july", "agu agt ags aug agustus august",
            "sep sept september", "okt oct oktober october", "nov nop november nopember",
            "des dec desember december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_SECONDS: Final = r"(?:[:.](?P<s>\d{2})(?:[.,]\d{1,9})?)?"
_CLOCK: Final = rf"(?:[T\s|,]+(?P<h>\d{{1,2}})[:.](?P<mi>\d{{2}}){_SECONDS}\s*(?P<ap>[AP]M)?)?"
_OFFSET: Final = r"\s*(?P<zone>Z|WITA|WIB|WIT|UTC|[+-]\d{2}:?\d{2})?"
_SHAPES: Final = tuple(
    re.compile(date + _CLOCK + _OFFSET, re.IGNORECASE)
    for date in (
        r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})",
        r"(?P<d>\d{1,2})[-/](?P<m>\d{1,2})[-/](?P<y>\d{4})",
        r"(?P<d>\d{1,2})[\s-](?P<name>[a-z]{3,9})\.?(?:[\s,-]+(?P<y>\d{4}))?",
        r"(?P<name>[a-z]{3,9})\.?\s(?P<d>\d{1,2})(?:,?\s(?P<y>\d{4}))?",
    )
)
_LONGEST: Final = 64


EARLIEST: Final = 946_684_800_000
"""The beginning of 2000 in epoch ms."""
LATEST: Final = 4_102_444_800_000
"""The beginning of 2100."""


class Instant(NamedTuple):
    """A moment, None when the text holds no usable one; whether its zone is our assumption."""

    at: int | None
    zone_assumed: bool = False


_NONE: Final = Instant(None)


def plausible(at: int | None) -> bool:
    """Whether a moment can be one of a parcel's: zero times of year 1 and 9999 are none, and no calendar holds
    what a wrong unit makes of an epoch."""
    return at is not None and EARLIEST <= at < LATEST


def parse(text: str, now: int) -> Instant:
    """Read a date with an optional time of day, zone and year.

    Knows `2026-11-18 22:41[:00]`, ISO 8601 with any offset, `18-11-2026 22:41`, `18 Nov 2026 22:41`,
    `Nov 18, 2026 02:30 PM` and, without a year, `17 Mei 12:20 WIB`.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return _NONE
    for shape in _SHAPES:
        hit = shape.fullmatch(text)
        if hit is not None:
            return _instant(hit.groupdict(), now)
    return _NONE


def _instant(part: dict[str, str | None], now: int) -> Instant:
    zone, assumed = _zone(part["zone"])
    name = part.get("name")
    month = _MONTHS.get(name.lower()) if name else int(part.get("m") or 0)
    if month is None:
        return _NONE
    try:
        clock = _clock(part)
        if part["y"] is not None:
            at = from_datetime(datetime(int(part["y"]), month, int(part["d"] or 0), *clock, tzinfo=zone))
            return Instant(at, assumed) if plausible(at) else _NONE
        latest = _latest(month, int(part["d"] or 0), clock, zone, now)
        return _NONE if latest is None else Instant(latest, assumed)
    except (ValueError, OverflowError):
        return _NONE


def _zone(word: str | None) -> tuple[timezone, bool]:
    if word is None:
        return WIB, True
    word = word.upper()
    if word == "Z":
        return UTC, False
    if word in _ZONES:
        return _ZONES[word], False
    minutes = int(word[1:3]) * 60 + int(word[-2:])
    return timezone(timedelta(minutes=-minutes if word[0] == "-" else minutes)), False


def _clock(part: dict[str, str | None]) -> tuple[int, int, int]:
    hour = int(part["h"] or 0)
    if part["ap"] and hour > 12:
        raise ValueError(hour)
    if part["ap"]:
        hour = hour % 12 + (12 if part["ap"].upper() == "PM" else 0)
    return hour, int(part["mi"] or 0), int(part["s"] or 0)


def _latest(month: int, day: int, clock: tuple[int, int, int], zone: timezone, now: int) -> int | None:
    """The year that puts it nearest before now; None when it would lie just ahead, or far back.

    Just ahead of now it may be today's with a wrong zone or last year's: a doubt is no time.
    """
    this_year = to_datetime(now, zone).year
    for year in (this_year + 1, this_year, this_year - 1):
        try:
            at = from_datetime(datetime(year, month, day, *clock, tzinfo=zone))
        except ValueError:  # 29 February
            continue
        if at <= now:
            return at if now - at < 366 * DAY else None
        if at - now < DAY:
            return None
    return None
