"""Spans, times of day and days as a person writes them in the settings: `30s`, `1h30m`, `02:30`, `2026-06-02`. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_UNITS: Final = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhd])")
_WHOLE: Final = re.compile(rf"(?:{_PART.pattern})+")
_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_LONGEST: Final = 3_650 * _UNITS["d"]


def parse_duration(text: str) -> int:
    """Milliseconds of `500ms`, `30s`, `5m`, `2h`, `1d` or a sum of them; ValueError for anything else."""
    bare = text.strip().lower()
    # `isascii`: the pattern's \d would also take digits of other scripts.
    if not bare.isascii() or not _WHOLE.fullmatch(bare):
        raise ValueError(f"not a duration: {text!r}")
    total = sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(bare))
    if total > _LONGEST:
        raise ValueError(f"longer than ten years: {text!r}")
    return round(total)


def format_duration(ms: int) -> str:
    """The shortest single unit that says it exactly: 90000 is `90s`, 300000 is `5m`."""
    if ms == 0:
        return "0s"
    unit = next(name for name, size in reversed(_UNITS.items()) if ms % size == 0)
    return f"{ms // _UNITS[unit]}{unit}"


def parse_time(text: str) -> tuple[int, int]:
    """Hour and minute of `HH:MM`; ValueError for anything else."""
    found = _TIME.fullmatch(text.strip()) if text.isascii() else None
    if found is None:
        raise ValueError(f"not a time of day: {text!r}")
    return int(found[1]), int(found[2])


def parse_day(text: str) -> str:
    """A day of the calendar, `2026-06-02`; ValueError for anything else, also for one that does not exist."""
    bare = text.strip()
    # fromisoformat alone would also take `20260602` and the days of weeks.
    if not bare.isascii() or not _DAY.fullmatch(bare):
        raise ValueError(f"not a day: {text!r}")
    return date.fromisoformat(bare).isoformat()
