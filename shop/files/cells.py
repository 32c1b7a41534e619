"""What a cell says: ids, money, quantities and times in the forms that are accepted, and no others. Pure.

A form that could mean two things is refused: a wrong price or date is worse than a row somebody has to look at.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

from store.times import DAY, HOUR, MINUTE, SECOND, WIB_OFFSET

_EPOCH: Final = date(1970, 1, 1).toordinal()
_ERROR: Final = r"#(?:N/A|NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!)"
"""What a spreadsheet leaves of a formula that came to nothing. ECMA-376 part 1, 18.17.3"""
_DESTROYED: Final = re.compile(rf"\d(?:[.,]\d+)?[eE]\+?\d{{1,3}}|{_ERROR}", re.ASCII)
_MANGLED: Final = re.compile(rf"\d(?:[.,]\d+)?[eE]\+?\d{{1,3}}|\d{{5,}}0{{5}}|{_ERROR}", re.ASCII)
_WHOLE: Final = re.compile(r"(-?)(?:Rp\.?|IDR)?\s*(-?)(\d{1,15})(?:[.,]0{1,2})?", re.IGNORECASE | re.ASCII)
_GROUPED: Final = re.compile(
    r"(-?)(?:Rp\.?|IDR)?\s*(-?)([1-9]\d{0,2}([.,])\d{3}(?:\4\d{3}){0,3})(?:(?!\4)[.,]0{1,2})?",
    re.IGNORECASE | re.ASCII,
)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_SECONDS: Final = {f":{second:02}": second * SECOND for second in range(60)}
_ZONE: Final = re.compile(r"\s*\((?:GMT|UTC)([+-])(\d{1,2})(?::?(\d{2}))?\)$", re.ASCII)
ROUNDED: Final = 5
"""So many zeros at the end of a long number are no accident (once in 100,000)."""
SUSPECT: Final = 3
"""So many are what a spreadsheet leaves of 18 digits, and once in 1,000 an accident."""

NEVER: Final = "0" * 8
"""And so many never are, whatever the cell looks like."""


class BadCell(ValueError):
    """A cell that is not used. `reason`: a code of shop/files/problems.py."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def sound(told: str) -> bool:
    """Whether a number is whole beyond doubt, so that no other rule need be asked: nearly all are."""
    return told[-1:] != "0" and told.isdecimal() and told.isascii() and 15 <= len(told) <= 20


def identifier(told: str) -> str:
    """The number of an order as text: 18 digits today, 15 to 20 are taken."""
    if told.isascii() and told.isdigit() and 15 <= len(told) <= 20 and told[-ROUNDED:] != "0" * ROUNDED:
        return told
    raise BadCell("id_mangled" if _MANGLED.fullmatch(told) else "id" if told else "missing")


def suspected(told: str) -> str:
    """The same, in a file whose ids look as if a spreadsheet had rounded them."""
    if looks_rounded(told):
        raise BadCell("id_mangled")
    return identifier(told)


def kept_identifier(told: str) -> str:
    """The same, where no spreadsheet can have touched it."""
    if told.isascii() and told.isdigit() and 15 <= len(told) <= 20 and not told.endswith(NEVER):
        return told
    return identifier(told)


def code(told: str) -> str:
    """The number of a SKU or a parcel: any text but one that a spreadsheet has destroyed."""
    if not told or _MANGLED.fullmatch(told):
        raise BadCell("id_mangled" if told else "missing")
    return told


def suspected_code(told: str) -> str:
    """The same, in a file whose ids look as if a spreadsheet had rounded them."""
    if looks_rounded(told):
        raise BadCell("id_mangled")
    return code(told)


def kept_code(told: str) -> str:
    """The same, where no spreadsheet can have touched it."""
    return told if told.isascii() and told.isdigit() and not told.endswith(NEVER) else code(told)


def looks_rounded(told: str) -> bool:
    """Whether a spreadsheet may have kept only fifteen digits of an id."""
    return len(told) > 15 and told.endswith("000")


def number(told: str) -> str:
    """A tracking number: any text but one that a spreadsheet has destroyed."""
    cell = told.strip()
    if _DESTROYED.fullmatch(cell):
        raise BadCell("id_mangled")
    return cell


@lru_cache(maxsize=4_096)
def money(told: str) -> int:
    """Whole rupiah: `35200`, `35.200`, `35,200`, `Rp35.200`, `35200.00`, `IDR 35,200`; an empty cell is 0."""
    cell = told.strip().replace("\xa0", " ")  # a spreadsheet's own blank after "Rp"
    if not cell:
        return 0
    if cell.startswith("-") and cell.count("-") > 1:
        raise BadCell("money")
    if found := _WHOLE.fullmatch(cell):
        digits = found[3]
    elif found := _GROUPED.fullmatch(cell):
        digits = found[3].replace(found[4], "")
    else:
        raise BadCell("money")
    return -int(digits) if found[1] or found[2] else int(digits)


@lru_cache(maxsize=1_024)
def quantity(told: str) -> int:
    """Pieces, 1 to 99,999."""
    cell = told.strip()
    if not re.fullmatch(r"\d{1,5}(?:\.0+)?", cell, re.ASCII) or not (count := int(float(cell))):
        raise BadCell("quantity" if cell else "missing")
    return count


def moment(told: str) -> int | None:
    """Epoch ms of a WIB time; None for an empty cell. Day before month, always: `06/10/2026` is 6 October."""
    cell = told.strip()
    if len(cell) == 19 and cell[10] == " ":
        # As the platform writes it. Few days and few minutes of the day are new, so both are remembered.
        seconds = _SECONDS.get(cell[16:])
        if seconds is None:
            return _day(cell[:10]) + _clock(cell[11:]) - WIB_OFFSET
        return _day(cell[:10]) + _clock(cell[11:16]) + seconds - WIB_OFFSET
    return _any_moment(cell) if cell else None


def doubted(told: str) -> int | None:
    """The same, in a file whose dates are mm/dd: one that could be either is refused."""
    at = moment(told)
    found = _DAY_FIRST.match(told.strip())
    if found and int(found[1]) <= 12 and found[1] != found[2]:
        raise BadCell("time_order")
    return at


def _any_moment(cell: str) -> int:
    shift = WIB_OFFSET
    if zone := _ZONE.search(cell):
        shift = (int(zone[2]) * HOUR + int(zone[3] or 0) * MINUTE) * (1 if zone[1] == "+" else -1)
        cell = cell[: zone.start()]
    day, _, clock = cell.replace("T", " ").partition(" ")
    return _day(day) + (_clock(clock.strip()) if clock else 0) - shift


@lru_cache(maxsize=4_096)
def _day(told: str) -> int:
    """Epoch ms at which a date begins, were the clock UTC."""
    if found := _DAY_FIRST.fullmatch(told):
        day, month, year = int(found[1]), int(found[2]), int(found[3])
    elif found := _YEAR_FIRST.fullmatch(told):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    else:
        raise BadCell("time")
    if month > 12 >= day:
        raise BadCell("time_order")
    if not 2000 <= year <= 2099:
        raise BadCell("time")
    try:
        return (date(year, month, day).toordinal() - _EPOCH) * DAY
    except ValueError:
        raise BadCell("time") from None


@lru_cache(maxsize=4_096)
def _clock(told: str) -> int:
    """Milliseconds since midnight."""
    found = _CLOCK.fullmatch(told)
    hour, minute, second = (int(found[1]), int(found[2]), int(found[3] or 0)) if found else (24, 0, 0)
    if hour > 23 or minute > 59 or second > 59:
        raise BadCell("time")
    return hour * HOUR + minute * MINUTE + second * SECOND
