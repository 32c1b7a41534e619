"""The clocks of orders that no platform told them of, by Indonesia's dated rules. Pure.

Orders out of files have a time of creation and a delivery option, no deadlines. What is computed here carries the
rule's name as `deadline_source`, and a warning where nobody can be sure of it. It runs once for every order of a
file, so what is the same for a whole day is worked out once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from jobs.rulebook import rulebook
from store.status import IN_HAND
from store.times import DAY, HOUR, MINUTE, SECOND, WIB_OFFSET

if TYPE_CHECKING:
    from jobs.config.keys import DeadlineSettings
    from jobs.rule_shapes import Rules
    from jobs.rulebook import Rulebook
    from store.records import OrderRecord

Warn = Literal["holidays_unknown", "rule_unverified", "preorder"]
"""Why a computed deadline, or its absence, deserves a look."""
Kind = Literal["instant", "same_day", "dispatch"]
"""The rule that counts for a delivery option."""

_EPOCH: Final = date(1970, 1, 1)
_DAYS: Final = range((date(2000, 1, 1) - _EPOCH).days, (date(2100, 1, 1) - _EPOCH).days)
"""Days since 1970; a time outside of these is a slip in a cell, and nothing is computed from it."""
_OPTIONS_AT_MOST: Final = 64
"""Delivery options remembered for a day; where there are more, something else stands in that column."""


class _Day(NamedTuple):
    """What orders of one day have in common."""

    midnight: int
    """Its beginning in Jakarta, epoch ms."""
    cutoff: int
    """The standard rule's, ms from midnight."""
    rules: Rules
    kinds: dict[str | None, Kind]
    """By delivery option, as they come."""


class Deadlines:
    """Computes deadlines as one seller's settings want them. Cheap to make anew in another process."""

    def __init__(self, settings: DeadlineSettings, book: Rulebook | None = None) -> None:
        """`book`: other rules than those of jobs/data. Raises ValueError for a date that is no ISO day; the settings
        of a file were checked before."""
        self._book = book or rulebook()
        self._calendar = self._book.working_days(
            map(date.fromisoformat, settings.holidays),
            map(date.fromisoformat, settings.working_days),
            joint_leave=settings.joint_leave,
        )
        self._from_payment = settings.count_from == "paid"
        self._days: dict[int, _Day] = {}
        self._dispatch: dict[tuple[int, bool], tuple[int, Warn | None]] = {}

    def of(self, record: OrderRecord, *, preorder: bool = False) -> tuple[OrderRecord, Warn | None]:
        """The record with its clocks, and what is doubtful about them.

        Only open orders have clocks, and what the platform told is never touched. A pre-order has none: how many
        days its seller chose is not known.
        """
        if record.status not in IN_HAND or record.scan_by is not None or record.arrange_by is not None:
            return record, None
        if preorder:
            return record, "preorder"
        at = record.created_at
        if self._from_payment and record.paid_at is not None:
            at = record.paid_at
        number, clock = divmod(at + WIB_OFFSET, DAY)
        day = self._days.get(number)
        if day is None:
            if number not in _DAYS:
                return record, "holidays_unknown"
            day = self._days[number] = self._day(number)
        kind = day.kinds.get(record.delivery_option) or _learn(day, record.delivery_option)
        if kind == "instant":
            arrange_by, warn = _instant(at, clock, day)
            return msgspec.structs.replace(record, arrange_by=arrange_by, deadline_source=kind), warn
        if kind == "same_day":
            scan_by, warn = _same_day(clock, day)
        else:
            late = clock > day.cutoff
            scan_by, warn = self._dispatch.get((number, late)) or self._work_out(number, late, at)
        return msgspec.structs.replace(record, scan_by=scan_by, deadline_source=kind), warn

    def certain(self, at: int) -> bool:
        """Whether the holidays of that moment's year (in Jakarta) are published."""
        number = (at + WIB_OFFSET) // DAY
        return number in _DAYS and _date(number).year in self._calendar.known

    def _day(self, number: int) -> _Day:
        rules = self._book.at(_date(number))
        return _Day(number * DAY - WIB_OFFSET, _ms(rules.dispatch.cutoff), rules, {})

    def _work_out(self, number: int, late: bool, at: int) -> tuple[int, Warn | None]:
        due = self._book.dispatch_by(at, self._calendar)
        found = self._dispatch[number, late] = (_whole(due.at), None if due.certain else "holidays_unknown")
        return found


def kind_of(option: str | None, rules: Rules) -> Kind:
    """The rule of a delivery option as a file names it; what has no word of the others is standard."""
    told = re.sub(r"[\W_]+", " ", (option or "").lower())
    if _has(told, rules.delivery_words.instant):
        return "instant"
    return "same_day" if _has(told, rules.delivery_words.same_day) else "dispatch"


def _learn(day: _Day, option: str | None) -> Kind:
    if len(day.kinds) >= _OPTIONS_AT_MOST:
        day.kinds.clear()
    found = day.kinds[option] = kind_of(option, day.rules)
    return found


def _has(text: str, words: Iterable[str]) -> bool:
    return any(f" {word} " in f" {text} " for word in words)


def _instant(at: int, clock: int, day: _Day) -> tuple[int, Warn | None]:
    """Until when the courier must be called: calendar days, weekends and holidays like any other."""
    rule = day.rules.instant
    if clock < _ms(rule.morning_before):
        return day.midnight + _ms(rule.morning_by), None
    if clock < _ms(rule.day_before):
        return at + rule.day_hours * HOUR, None
    late = day.rules.instant_late
    return day.midnight + late.days * DAY + _ms(late.by), "rule_unverified"


def _same_day(clock: int, day: _Day) -> tuple[int, Warn | None]:
    rule = day.rules.same_day
    days = 1 if clock < _ms(rule.before) else 1 + rule.days_later
    return day.midnight + days * DAY - SECOND, "rule_unverified"


def _date(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def _ms(clock: time) -> int:
    return clock.hour * HOUR + clock.minute * MINUTE + clock.second * SECOND


def _whole(at: int) -> int:
    """23:59:59.000 for a day's last millisecond: what was written to a file in seconds comes back as it was."""
    return at // SECOND * SECOND
