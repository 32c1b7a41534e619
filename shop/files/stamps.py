"""The times of a whole file, looked through without parsing each: how new it is, and whether day comes first in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from shop.files.cells import BadCell, moment
from store.times import DAY

SWAPPED: Final = 3
"""Different dates with a month above 12, from which a file is taken to be mm/dd as a whole. One or two may be slips."""
AHEAD: Final = 2 * DAY
"""How far the clocks of a file and of this computer may be apart."""
MANY: Final = 4_096
"""Texts that are kept before they are boiled down."""
_FIRST_TWO: Final = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}", re.ASCII)


class Stamps:
    """Collects time texts."""

    def __init__(self, now: int | None = None) -> None:
        """`now`: epoch ms; None where nobody can tell."""
        self._now = now
        self._turned = -1
        self._by_day: dict[str, str] = {}
        self._rest: set[str] = set()
        self._newest = -1
        self._month_first = 0
        self._day_first = 0

    def add(self, told: Iterable[str]) -> None:
        """More of them, as the cells hold them."""
        by_day = self._by_day
        for cell in told:
            if cell[13:14] == ":" and cell[10:11] == " " and len(cell) <= 20:
                # All of one length and one date: the greater text is the later time.
                day = cell[:10]
                if cell > by_day.get(day, ""):
                    by_day[day] = cell
            elif cell:
                self._rest.add(cell)
        if len(by_day) > MANY or len(self._rest) > MANY:
            self._boil_down()

    @property
    def newest(self) -> int | None:
        """Epoch ms of the latest that can be read."""
        self._boil_down()
        return self._newest if self._newest >= 0 else None

    @property
    def swapped(self) -> bool:
        """Whether the file's dates are mm/dd, so that those which could be either mean something else."""
        self._boil_down()
        if (
            self._now is not None
            and self._day_first == 0
            and self._turned <= self._now < self._newest - AHEAD
        ):
            return True  # day first it tells of the future, month first of the past
        return self._month_first >= SWAPPED and self._month_first > self._day_first

    def _boil_down(self) -> None:
        for cell in (*self._by_day.values(), *self._rest):
            if found := _FIRST_TWO.match(cell):
                one, two = int(found[1]), int(found[2])
                self._month_first += two > 12 >= one
                self._day_first += one > 12 >= two
                turned = f"{found[2]}/{found[1]}{cell[found.end(2) :]}"
            else:
                turned = cell
            self._newest = max(self._newest, _read(cell))
            self._turned = max(self._turned, _read(turned))
        self._by_day.clear()
        self._rest.clear()


def _read(told: str) -> int:
    """Epoch ms, -1 for what is no time."""
    try:
        return moment(told) or -1
    except BadCell:
        return -1
