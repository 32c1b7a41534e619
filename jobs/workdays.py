"""Indonesia's working days: Monday to Friday without public holidays, and what the seller knows better. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import Final

import msgspec

_LONGEST: Final = 400
"""Days looked at for a number of working days; more would be a mistake in the table."""


class Day(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One date, and whether nobody works on it."""

    date: date
    off: bool


class Calendar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[calendar]` of jobs/data/indonesia.toml."""

    known: tuple[int, ...]
    source: str
    public: tuple[date, ...]
    joint_leave: tuple[Day, ...]
    local: tuple[Day, ...]


class WorkingDays:
    """A calendar, read in one way: with joint leave or without, and with the days that are different here."""

    def __init__(
        self,
        calendar: Calendar,
        *,
        off: Iterable[date] = (),
        on: Iterable[date] = (),
        joint_leave: bool = False,
    ) -> None:
        """`off` and `on` have the last word, also over the calendar's own `local`; with `joint_leave` all of it is
        off, else what the calendar says of each date."""
        self.known: Final = frozenset(calendar.known)
        """Years whose holidays were published."""
        leave = (day.date for day in calendar.joint_leave if joint_leave or day.off)
        self._off = frozenset(calendar.public).union(leave)
        self._told = {day.date: day.off for day in calendar.local}
        self._told |= dict.fromkeys(off, True) | dict.fromkeys(on, False)

    def is_working(self, day: date) -> bool:
        """Whether the platform's clock runs on that day."""
        if (told := self._told.get(day)) is not None:
            return not told
        return day.weekday() < 5 and day not in (
            self._off if day.year in self.known else _estimated(day.year)
        )

    def after(self, day: date, count: int) -> tuple[date, bool]:
        """The `count`-th working day after a day, and whether every day on the way is certain."""
        certain = True
        for _ in range(_LONGEST):
            if count == 0:
                break
            day += timedelta(days=1)
            certain = certain and day.year in self.known
            count -= self.is_working(day)
        return day, certain


@cache
def _estimated(year: int) -> frozenset[date]:
    # Half a second to import, and only for a year that no decree is known of.
    from holidays.countries.indonesia import ID

    return frozenset(ID(years=year))
