"""The dated rules and the working days of Indonesia, against a calendar checked by hand."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from importlib.resources import files
from typing import Any

import msgspec
import pytest

from jobs.parcels import performance
from jobs.rulebook import Rulebook, rulebook, rules_at
from store.times import WIB, from_datetime, to_datetime

BOOK = rulebook()
NOW = date(2026, 11, 25)


def table() -> dict[str, Any]:
    return tomllib.loads((files("jobs") / "data" / "indonesia.toml").read_text(encoding="utf-8"))


def ms(text: str) -> int:
    """A time in Jakarta."""
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=WIB))


def wib(at: int) -> str:
    return to_datetime(at, WIB).isoformat(sep=" ", timespec="seconds")[:19]


def test_the_numbers_of_today() -> None:
    rules = rules_at(NOW)
    assert (rules.review_days, rules.replacement_review_hours) == (2, 24)
    assert (rules.return_check_working_days, rules.return_check_days_self_arranged) == (2, 14)
    assert (rules.appeal_days, rules.appeals_at_most) == (15, 2)
    assert rules.refund_working_days["any"] == (3, 14)


def test_the_rates_are_those_the_statistics_count_with() -> None:
    rules = rules_at(NOW)
    assert rules.sfcr.steps == (25, 100, 300, 500, 750)
    assert rules.ldr.steps == (40, 100, 300, 500)
    assert {rules.sfcr.window_days, rules.ldr.window_days} == {performance.WINDOW_DAYS}
    for status, reasons in rules.cancel_reasons.items():
        for reason in reasons:
            assert rules.is_seller_fault(reason) is performance.own_fault(reason, None), (status, reason)


@pytest.mark.parametrize(
    ("share", "leads_to"),
    [
        (None, "none"), (0.0, "none"), (0.0249, "none"), (0.025, "above_target"), (0.0999, "above_target"),
        (0.10, "cap_75"), (0.2999, "cap_75"), (0.30, "cap_50"), (0.50, "cap_25"), (0.75, "cap_0"), (1.0, "cap_0"),
    ],
)  # fmt: skip
def test_what_a_share_of_own_cancellations_leads_to(share: float | None, leads_to: str) -> None:
    assert rules_at(NOW).sfcr.consequence(share) == leads_to


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-11-25", True),  # Wednesday
        ("2026-11-28", False), ("2026-11-29", False),  # a weekend
        ("2026-12-25", False),  # Christmas, Friday
        ("2026-12-24", True),  # joint leave, not switched off
        ("2026-03-19", False),  # Nyepi, Thursday
        ("2026-03-20", True),  # joint leave of Idul Fitri
        ("2026-06-01", False), ("2026-06-02", True),  # Pancasila, Monday
        ("2027-01-01", False), ("2027-01-05", False),  # New Year, Isra Miraj
    ],
)  # fmt: skip
def test_working_days(day: str, working: bool) -> None:
    assert BOOK.is_working(date.fromisoformat(day)) is working


@pytest.mark.parametrize(
    ("since", "count", "day", "certain"),
    [
        ("2026-11-25", 0, "2026-11-25", True),
        ("2026-11-25", 2, "2026-11-27", True),
        ("2026-11-27", 1, "2026-11-30", True),  # over a weekend
        ("2026-12-23", 2, "2026-12-28", True),  # 24th, (25th), 28th
        ("2026-12-31", 2, "2027-01-06", True),  # (1st), 4th, (5th), 6th
        ("2026-03-18", 2, "2026-03-23", True),  # (19th Nyepi), 20th, (21st, 22nd), 23rd
        ("2027-12-30", 2, "2028-01-03", False),  # into a year that nobody has published
    ],
)
def test_counting_working_days(since: str, count: int, day: str, certain: bool) -> None:
    assert BOOK.working_days_after(date.fromisoformat(since), count) == (date.fromisoformat(day), certain)


def test_the_known_years_are_what_the_library_knows() -> None:
    from holidays.countries.indonesia import ID

    calendar = table()["calendar"]
    years = calendar["known"]
    assert set(calendar["public"]) == set(ID(years=years))
    assert {day["date"] for day in calendar["joint_leave"]} == set(
        ID(years=years, categories=("government",))
    )


@pytest.mark.parametrize(
    ("placed", "by"),
    [
        ("2026-11-23 11:59:59", "2026-11-23 23:59:59"),  # Monday
        ("2026-11-23 12:00:00", "2026-11-23 23:59:59"),  # undefined: the earlier
        ("2026-11-23 12:00:01", "2026-11-24 23:59:59"),
        ("2026-11-27 11:00:00", "2026-11-27 23:59:59"),  # Friday
        ("2026-11-27 15:00:00", "2026-11-30 23:59:59"),
        ("2026-11-28 08:00:00", "2026-11-30 23:59:59"),  # Saturday
        ("2026-11-29 23:30:00", "2026-11-30 23:59:59"),  # Sunday
        ("2026-12-25 09:00:00", "2026-12-28 23:59:59"),  # a holiday before a weekend
    ],
)
def test_when_an_order_must_be_with_the_courier(placed: str, by: str) -> None:
    due = BOOK.dispatch_by(ms(placed))
    assert (wib(due.at), due.certain, due.rule) == (by, True, "dispatch")


@pytest.mark.parametrize(
    ("action", "self_arranged", "by", "rule"),
    [
        ("SELLER_RESPOND_CANCEL", False, "2026-11-29 10:00:00", "review_days"),
        ("SELLER_RESPOND_RETURN", False, "2026-11-29 10:00:00", "review_days"),
        (None, False, "2026-11-29 10:00:00", "review_days"),
        ("SELLER_RESPOND_REPLACEMENT", False, "2026-11-28 10:00:00", "replacement_review_hours"),
        ("SELLER_RESPOND_RECEIVE_PACKAGE", False, "2026-12-01 23:59:59", "return_check_working_days"),
        ("SELLER_RESPOND_RECEIVE_PACKAGE", True, "2026-12-11 10:00:00", "return_check_days_self_arranged"),
    ],
)
def test_until_when_a_request_may_be_answered(
    action: str | None, self_arranged: bool, by: str, rule: str
) -> None:
    due = BOOK.answer_by(action, ms("2026-11-27 10:00:00"), self_arranged=self_arranged)
    assert (wib(due.at), due.rule, due.certain) == (by, rule, True)


def test_an_appeal_has_fifteen_days() -> None:
    assert wib(BOOK.appeal_by(ms("2026-11-27 10:00:00")).at) == "2026-12-12 10:00:00"


@pytest.mark.parametrize(
    ("payment", "cod", "method"),
    [
        ("GoPay", False, "e_wallet"), ("DANA", False, "e_wallet"), ("OVO", False, "e_wallet"),
        ("BCA Virtual Account", False, "bank"), ("Transfer Bank", False, "bank"),
        ("Kartu Kredit/Debit", False, "card"), ("Kartu Debit Mandiri", False, "card"),
        ("Bayar di tempat", False, "cod"), ("GoPay", True, "cod"),
        ("QRIS", False, "any"), ("Danamonitor", False, "any"), ("", False, "any"), (None, False, "any"),
    ],
)  # fmt: skip
def test_how_a_buyer_paid(payment: str | None, cod: bool, method: str) -> None:
    assert BOOK.method(payment, cod=cod) == method


@pytest.mark.parametrize(
    ("payment", "days", "soonest", "latest"),
    [
        ("GoPay", (1, 2), "2026-11-26 00:00:00", "2026-11-27 23:59:59"),
        ("BCA Virtual Account", (3, 5), "2026-11-30 00:00:00", "2026-12-02 23:59:59"),
        ("Kartu Kredit/Debit", (7, 14), "2026-12-04 00:00:00", "2026-12-15 23:59:59"),
        (None, (3, 14), "2026-11-30 00:00:00", "2026-12-15 23:59:59"),
    ],
)
def test_when_the_buyer_has_the_money(
    payment: str | None, days: tuple[int, int], soonest: str, latest: str
) -> None:
    approved = ms("2026-11-25 23:30:00")
    found = BOOK.refund(payment, approved, approved)
    assert found.soonest is not None and found.latest is not None
    assert (found.days, wib(found.soonest), wib(found.latest), found.certain) == (days, soonest, latest, True)


def test_no_dates_before_the_counting_begins_and_a_warning_beyond_the_known_years() -> None:
    later = BOOK.refund("GoPay", None, ms("2026-11-25 10:00:00"))
    assert (later.days, later.soonest, later.latest) == ((1, 2), None, None)
    assert BOOK.refund(None, ms("2027-12-28 10:00:00"), 0).certain is False


def test_the_newest_valid_rule_counts_and_earlier_days_keep_theirs() -> None:
    told = table()
    entry = next(rule for rule in told["rule"] if rule["name"] == "review_days")
    told["rule"] += [entry | {"value": 3, "valid_from": date(2027, 2, 1), "source": "new page"}]
    book = Rulebook(told)
    assert [book.at(day).review_days for day in (date(2027, 1, 31), date(2027, 2, 1), date(2030, 1, 1))] == [
        2,
        3,
        3,
    ]
    assert book.at(date(2020, 1, 1)).review_days == 2
    assert book.origin("review_days", date(2027, 2, 1)).source == "new page"


def test_the_switches_of_the_calendar() -> None:
    told = table()
    leave = next(day for day in told["calendar"]["joint_leave"] if day["date"] == date(2026, 12, 24))
    leave["off"] = True
    told["calendar"]["local"] = [
        {"date": date(2026, 12, 28), "off": True},
        {"date": date(2026, 12, 26), "off": False},
    ]
    book = Rulebook(told)
    assert [book.is_working(date(2026, 12, day)) for day in (23, 24, 25, 26, 27, 28, 29)] == [
        True, False, False, True, False, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told.update(rule=told["rule"][1:]),
        lambda told: told["rule"][0].update(value="two"),
        lambda told: told["rule"][0].update(name="no_such_rule"),
        lambda told: told["rule"][0].pop("source"),
    ],
)
def test_a_table_that_lacks_something_is_refused_at_once(spoil: Any) -> None:
    told = table()
    spoil(told)
    with pytest.raises(msgspec.ValidationError):
        Rulebook(told)


def test_every_rule_names_its_source() -> None:
    assert all(rule["source"] and rule["grade"] in "ABC" for rule in table()["rule"])
