"""The country's rules with numbers in them, as jobs/data/indonesia.toml has them, over jobs/workdays.py. Pure.

A rule has a day from which on it is valid; `rules_at` picks the set of a day. Deadlines that the platform tells
always win over what is computed here, and whatever is computed carries its source.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec

from jobs.rule_shapes import Rules
from jobs.workdays import Calendar, WorkingDays
from store.times import WIB, from_datetime, to_datetime


class Origin(msgspec.Struct, frozen=True):
    """Where a rule comes from, and since when it holds. Grade A: the seller pages; B: press; C: a guess."""

    valid_from: date
    source: str
    grade: str


class Due(NamedTuple):
    """A computed moment, epoch ms."""

    at: int
    certain: bool
    """False: it passes through days whose holidays nobody has published yet; say so beside it."""
    rule: str
    """The rule it follows from."""


class Refund(msgspec.Struct, frozen=True):
    """When a buyer has the money back."""

    method: str
    """`e_wallet`, `cod`, `bank`, `card`, or `any` where the way of payment tells nothing."""
    days: tuple[int, int]
    """Working days after the approval: soonest, latest."""
    soonest: int | None = None
    """Midnight of the first day, epoch ms; None while nobody knows when the counting begins."""
    latest: int | None = None
    """The last millisecond of the last day."""
    certain: bool = True


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    value: Any
    valid_from: date
    source: str
    grade: str


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[_Entry, ...]
    payment: dict[str, tuple[str, ...]]
    calendar: Calendar


class Rulebook:
    """Everything a table says."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Raises msgspec.ValidationError for a table that is not of the documented form."""
        self._table = msgspec.convert(table, _Table)
        self._methods = {
            name: re.compile(rf"\b({'|'.join(map(re.escape, words))})\b")
            for name, words in self._table.payment.items()
        }
        self._days = WorkingDays(self._table.calendar)
        self._sets: dict[date, Rules] = {}
        self.at(date.max)  # a table that lacks a rule fails here, not on the day it is needed

    @property
    def known_years(self) -> tuple[int, ...]:
        """Years whose holidays were published."""
        return self._table.calendar.known

    def at(self, day: date) -> Rules:
        """The rules of a day; before the first of a name its oldest entry counts."""
        if (found := self._sets.get(day)) is None:
            values = {name: entry.value for name, entry in self._valid(day).items()}
            found = self._sets[day] = msgspec.convert(values, Rules)
        return found

    def origin(self, name: str, day: date) -> Origin:
        """Where the value of a rule on a day comes from."""
        entry = self._valid(day)[name]
        return Origin(entry.valid_from, entry.source, entry.grade)

    def is_working(self, day: date) -> bool:
        """Monday to Friday without holidays; what stands in `local` has the last word."""
        return self._days.is_working(day)

    def working_days_after(self, day: date, count: int) -> tuple[date, bool]:
        """The `count`-th working day after a day, and whether every day on the way is certain."""
        return self._days.after(day, count)

    def working_days(self, off: Iterable[date], on: Iterable[date], *, joint_leave: bool) -> WorkingDays:
        """The calendar as a seller's settings change it; see WorkingDays."""
        return WorkingDays(self._table.calendar, off=off, on=on, joint_leave=joint_leave)

    def method(self, payment: str | None, *, cod: bool = False) -> str:
        """The kind of payment that a method's name stands for; `any` when it tells nothing."""
        told = (payment or "").lower()
        if cod:
            return "cod"
        return next((name for name, words in self._methods.items() if words.search(told)), "any")

    def refund(self, payment: str | None, approved_at: int | None, now: int, *, cod: bool = False) -> Refund:
        """When a buyer who paid this way has the money, approved at that moment (None: not known yet)."""
        method = self.method(payment, cod=cod)
        begin = wib_day(now if approved_at is None else approved_at)
        ranges = self.at(begin).refund_working_days
        days = ranges.get(method, ranges["any"])
        if approved_at is None:
            return Refund(method, days)
        (first, sure), (last, surer) = (self.working_days_after(begin, count) for count in days)
        return Refund(method, days, _midnight(first), end_of(last), sure and surer)

    def answer_by(self, action: str | None, since: int, *, self_arranged: bool = False) -> Due:
        """Until when a request that waits since then may be answered, where the platform does not say it."""
        rules = self.at(wib_day(since))
        if action == "SELLER_RESPOND_REPLACEMENT":
            hours = timedelta(hours=rules.replacement_review_hours)
            return Due(_later(since, hours), True, "replacement_review_hours")
        if action != "SELLER_RESPOND_RECEIVE_PACKAGE":
            return Due(_later(since, timedelta(days=rules.review_days)), True, "review_days")
        if self_arranged:
            days = timedelta(days=rules.return_check_days_self_arranged)
            return Due(_later(since, days), True, "return_check_days_self_arranged")
        last, certain = self.working_days_after(wib_day(since), rules.return_check_working_days)
        return Due(end_of(last), certain, "return_check_working_days")

    def appeal_by(self, decided_at: int) -> Due:
        """Until when a refund that was decided then can be appealed."""
        days = timedelta(days=self.at(wib_day(decided_at)).appeal_days)
        return Due(_later(decided_at, days), True, "appeal_days")

    def dispatch_by(self, placed_at: int, days: WorkingDays | None = None) -> Due:
        """Until when an order placed then must be with the courier: standard, economy and cargo.

        `days`: the seller's own reading of the calendar.
        """
        days = days or self._days
        placed = to_datetime(placed_at, WIB)
        rule = self.at(placed.date()).dispatch
        # Exactly at the cut-off the source says nothing: the earlier deadline.
        early = placed.time() <= rule.cutoff and days.is_working(placed.date())
        count = rule.days_before_cutoff if early else rule.days_after_cutoff
        last, certain = days.after(placed.date(), count)
        return Due(end_of(last), certain and placed.year in days.known, "dispatch")

    def _valid(self, day: date) -> dict[str, _Entry]:
        found: dict[str, _Entry] = {}
        for entry in sorted(self._table.rule, key=lambda entry: entry.valid_from):
            if entry.name not in found or entry.valid_from <= day:
                found[entry.name] = entry
        return found


def wib_day(ms: int) -> date:
    """The calendar day in Jakarta."""
    return to_datetime(ms, WIB).date()


def end_of(day: date) -> int:
    """The last millisecond of a day in Jakarta."""
    return _midnight(day + timedelta(days=1)) - 1


@cache
def rulebook() -> Rulebook:
    """The rules of Indonesia."""
    text = (files("jobs") / "data" / "indonesia.toml").read_text(encoding="utf-8")
    return Rulebook(tomllib.loads(text))


def rules_at(day: date) -> Rules:
    """Indonesia's rules of a day."""
    return rulebook().at(day)


def _midnight(day: date) -> int:
    return from_datetime(datetime.combine(day, time(), WIB))


def _later(since: int, by: timedelta) -> int:
    return since + round(by.total_seconds() * 1_000)
