"""The times couriers write."""

from __future__ import annotations

from datetime import datetime

import pytest

from couriers.times import parse
from store.times import WIB, from_datetime, to_iso
from tests.couriers.courier_kit import NOW


@pytest.mark.parametrize(
    ("text", "right", "assumed"),
    [
        ("2026-11-18 22:41:09", "2026-11-18T22:41:09+07:00", True),
        ("2026-11-18 22:41", "2026-11-18T22:41:00+07:00", True),
        ("2026-11-18", "2026-11-18T00:00:00+07:00", True),
        ("18-11-2026 22:41", "2026-11-18T22:41:00+07:00", True),
        ("2026-11-18T22:41:00+07:00", "2026-11-18T22:41:00+07:00", False),
        ("2026-11-18T15:41:00Z", "2026-11-18T22:41:00+07:00", False),
        ("2021-04-06T17:30:03.949+0000", "2021-04-07T00:30:03+07:00", False),
        ("2026-11-18 22:41 WITA", "2026-11-18T21:41:00+07:00", False),
        ("2026-11-18 22:41 WIT", "2026-11-18T20:41:00+07:00", False),
        ("17 Mei 12:20 WIB", "2026-05-17T12:20:00+07:00", False),
        ("17 Agt 2025 12:20", "2025-08-17T12:20:00+07:00", True),
        ("Feb 03, 2026 02:30 PM", "2026-02-03T14:30:00+07:00", True),
        ("Feb 04 | 17:02", "2026-02-04T17:02:00+07:00", True),
        ("30 Des 08:00 WIB", "2025-12-30T08:00:00+07:00", False),
    ],
)
def test_a_time_is_read(text: str, right: str, assumed: bool) -> None:
    found = parse(text, NOW)
    assert (to_iso(found.at, WIB), found.zone_assumed) == (right, assumed)


def test_indonesian_months_do_not_need_a_locale() -> None:
    names = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]
    read = [parse(f"3 {name} 2025", NOW).at for name in names]
    assert read == [from_datetime(datetime(2025, month, 3, tzinfo=WIB)) for month in range(1, 13)]


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "kemarin", "31/02/2026", "0000-00-00 00:00:00", "2026-13-01", "2026-11-22T24:00:00",
     "9" * 100_000, "20 Foo 12:00", "13:00", "2026-11-18 13:00 PM"],
)  # fmt: skip
def test_no_time_is_made_up(text: str) -> None:
    assert parse(text, NOW) == (None, False)


def test_a_date_without_a_year_just_ahead_is_a_doubt() -> None:
    assert parse("25 Nov 17:30 WIB", NOW).at is None  # 44 minutes from now, or a year ago
    assert to_iso(parse("25 Nov 16:30 WIB", NOW).at, WIB) == "2026-11-25T16:30:00+07:00"
    assert parse("29 Feb 10:00", NOW).at is None


def test_new_year_belongs_to_the_new_year() -> None:
    now = from_datetime(datetime(2027, 1, 1, 0, 30, tzinfo=WIB))
    assert to_iso(parse("31 Des 23:50 WIB", now).at, WIB) == "2026-12-31T23:50:00+07:00"
