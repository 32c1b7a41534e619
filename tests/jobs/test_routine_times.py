"""When digests and warnings are due, by the clock alone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from jobs.routine.times import LEADS, day, next_cutoff, slot_due, warnings_due
from jobs.rulebook import rulebook
from store.times import HOUR, MINUTE, from_datetime
from tests.jobs.routine_kit import WIB, at

SLOTS = ("08:00", "15:00")
DAYS = rulebook().working_days((), (), joint_leave=False)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("25 07:59", None),
        ("25 08:00", "2026-11-25 08:00"),
        ("25 14:59", "2026-11-25 08:00"),
        ("25 15:00", "2026-11-25 15:00"),  # the morning's, slept through, is not made any more
        ("25 23:59", "2026-11-25 15:00"),
        ("26 00:00", None),  # yesterday's are over
    ],
)
def test_the_newest_slot_of_today_is_due(now: str, due: str | None) -> None:
    found = slot_due(SLOTS, at(now), WIB)
    assert (None if found is None else found.key) == due


def test_a_slot_is_at_home_in_the_sellers_zone() -> None:
    found = slot_due(("08:00",), at("25 08:30"), ZoneInfo("Asia/Jayapura"))
    assert found is not None and found.at == at("25 06:00")
    assert slot_due(("08:00",), at("25 05:30"), ZoneInfo("Asia/Jayapura")) is None
    assert slot_due((), at("25 23:00"), WIB) is None


def test_days_go_by_the_calendar() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    noon = from_datetime(datetime(2026, 10, 25, 12, tzinfo=berlin))  # the clocks were put back
    start, end = day(noon, berlin)
    assert end - start == 25 * HOUR
    assert day(noon, berlin, -1)[1] == start


@pytest.mark.parametrize(
    ("now", "noon"),
    [
        ("25 08:00", "25 12:00"),
        ("25 12:00", "25 12:00"),
        ("25 12:01", "26 12:00"),
        ("27 13:00", "30 12:00"),  # Friday afternoon: Monday
        ("28 08:00", "30 12:00"),
    ],
)
def test_the_cut_off_is_a_working_days(now: str, noon: str) -> None:
    assert next_cutoff(at(now), rulebook(), DAYS).at == at(noon)


def test_a_sellers_own_holiday_has_no_cut_off() -> None:
    own = rulebook().working_days((datetime(2026, 11, 25).date(),), (), joint_leave=False)
    found = next_cutoff(at("25 08:00"), rulebook(), own)
    assert (found.at, found.day_start, found.day_end) == (at("26 12:00"), at("26 00:00"), at("27 00:00") - 1)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("25 10:59", []),
        ("25 11:00", [60]),
        ("25 11:39", [21]),
        ("25 11:40", [20, 20]),  # both are due; the job says the last one
        ("25 11:59", [1, 1]),
        ("25 12:00", []),
    ],
)
def test_warnings_come_an_hour_and_twenty_minutes_before(now: str, said: list[int]) -> None:
    noon = next_cutoff(at(now), rulebook(), DAYS)
    assert [alarm.minutes for alarm in warnings_due(at(now), noon)] == said
    assert LEADS == (60 * MINUTE, 20 * MINUTE)
    keys = [alarm.key for alarm in warnings_due(at(now), noon)]
    assert len(set(keys)) == len(keys)
