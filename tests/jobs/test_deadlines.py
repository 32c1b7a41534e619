"""Computed deadlines, against a table that was filled in by hand from a printed calendar."""

from __future__ import annotations

import csv
import pickle
import tomllib
from datetime import date, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from jobs.config.keys import DeadlineSettings
from jobs.config.settings import SettingsError, as_dict, load
from jobs.deadlines import Deadlines, kind_of
from jobs.rulebook import rulebook, rules_at
from store.records import OrderRecord
from store.status import OrderStatus
from store.times import DAY, HOUR, SECOND, WIB, from_datetime, to_datetime

TABLE = Path(__file__).resolve().parents[1] / "payloads" / "deadlines.csv"
CASES = list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))
USUAL = Deadlines(DeadlineSettings())


def ms(text: str) -> int:
    """A time in Jakarta."""
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=WIB))


def order(placed: str | int, option: str | None = "Reguler", **fields: Any) -> OrderRecord:
    at = ms(placed) if isinstance(placed, str) else placed
    usual = OrderRecord("1", OrderStatus.AWAITING_SHIPMENT, "Perlu dikirim", at, at, delivery_option=option)
    return msgspec.structs.replace(usual, **fields)


def settings(how: str) -> DeadlineSettings:
    """`leave`, `off <day>`, `on <day>`, or several of them."""
    words = how.split()
    after = dict(pairwise(words))
    return DeadlineSettings(
        holidays=(after["off"],) if "off" in after else (),
        working_days=(after["on"],) if "on" in after else (),
        joint_leave="leave" in words,
    )


@pytest.mark.parametrize("case", CASES, ids=[f"{case['placed']} {case['how']}" for case in CASES])
def test_every_case_of_the_table(case: dict[str, str]) -> None:
    told = order(case["placed"], case["option"] or None)
    found, doubt = Deadlines(settings(case["how"])).of(told, preorder=case["how"] == "preorder")
    assert doubt == (case["doubt"] or None), case["why"]
    # A bare day is the end of it, until when the courier has the parcel; a moment is when an instant one is called.
    clocks: dict[str, int] = {}
    if case["by"]:
        whole_day = len(case["by"]) == 10
        by = ms(f"{case['by']} 23:59:59" if whole_day else case["by"])
        clocks = {"scan_by" if whole_day else "arrange_by": by}
    expected = msgspec.structs.replace(told, deadline_source=case["rule"] or None, **clocks)
    assert found == expected, case["why"]


def test_the_table_has_every_public_holiday_and_its_eve() -> None:
    placed = {date.fromisoformat(case["placed"][:10]) for case in CASES}
    assert len(CASES) >= 200
    text = (files("jobs") / "data" / "indonesia.toml").read_text(encoding="utf-8")
    public = set(tomllib.loads(text)["calendar"]["public"])
    assert public <= placed
    assert {day - timedelta(days=1) for day in public} <= placed


def test_one_object_for_a_whole_file_says_the_same_as_a_new_one_for_each_order() -> None:
    usual = [case for case in CASES if case["how"] in ("", "preorder")]
    for case in [*usual, *reversed(usual)]:
        told = order(case["placed"], case["option"] or None)
        pre = case["how"] == "preorder"
        assert USUAL.of(told, preorder=pre) == Deadlines(DeadlineSettings()).of(told, preorder=pre)


@pytest.mark.parametrize("status", OrderStatus)
def test_only_open_orders_have_clocks(status: OrderStatus) -> None:
    told = order("2026-11-25 09:00:00", status=status)
    found, doubt = USUAL.of(told)
    is_open = status in ("AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION")
    assert (found.scan_by is not None) is is_open
    assert found.deadline_source == ("dispatch" if is_open else None)
    assert doubt is None


@pytest.mark.parametrize("clock", ["arrange_by", "scan_by"])
def test_what_the_platform_told_wins(clock: str) -> None:
    told = order("2028-06-07 09:00:00", "Reguler", deadline_source="platform", **{clock: 5})
    assert USUAL.of(told) == (told, None)
    assert USUAL.of(told, preorder=True) == (told, None)


@pytest.mark.parametrize(
    ("count_from", "paid", "by"),
    [
        ("created", "2026-11-25 13:00:00", "2026-11-24"),
        ("paid", "2026-11-25 13:00:00", "2026-11-26"),
        ("paid", None, "2026-11-24"),  # cash on delivery
    ],
)
def test_the_moment_the_clock_starts(
    count_from: Literal["created", "paid"], paid: str | None, by: str
) -> None:
    told = order("2026-11-24 11:00:00", paid_at=None if paid is None else ms(paid))
    found, _ = Deadlines(DeadlineSettings(count_from=count_from)).of(told)
    assert found.scan_by == ms(f"{by} 23:59:59")


def test_instant_counts_from_payment_too() -> None:
    told = order("2026-11-24 11:00:00", "Instan", paid_at=ms("2026-11-24 13:30:00"))
    found, _ = Deadlines(DeadlineSettings(count_from="paid")).of(told)
    assert found.arrange_by == ms("2026-11-24 16:30:00")


def test_same_day_is_never_later_than_standard() -> None:
    begin = ms("2026-12-20 00:00:00")
    for at in range(begin, begin + 16 * DAY, HOUR):
        same, standard = (USUAL.of(order(at, option))[0].scan_by for option in ("Same Day", "Reguler"))
        assert same is not None and standard is not None and at < same <= standard


def test_a_deadline_is_always_ahead_and_whole_seconds() -> None:
    begin = ms("2027-02-27 00:00:00")
    for at in range(begin, begin + 30 * DAY, HOUR + 1_234):
        for option in ("Reguler", "Same Day"):
            by = USUAL.of(order(at, option))[0].scan_by
            assert by is not None and by > at and by % SECOND == 0
            assert to_datetime(by, WIB).strftime("%H:%M:%S") == "23:59:59"


@pytest.mark.parametrize(
    "at", [0, -5, ms("1999-12-31 23:59:59"), ms("2100-01-01 00:00:00"), 10**18, -(10**18)]
)
def test_a_slip_of_a_date_is_doubted_and_breaks_nothing(at: int) -> None:
    told = order(at)
    assert USUAL.of(told) == (told, "holidays_unknown")
    assert USUAL.certain(at) is False


@pytest.mark.parametrize(
    ("at", "certain"),
    [
        ("2024-12-31 23:59:59", False), ("2025-01-01 00:00:00", True), ("2026-06-02 12:00:00", True),
        ("2027-12-31 23:59:59", True), ("2028-01-01 00:00:00", False),
    ],
)  # fmt: skip
def test_days_whose_holidays_are_published(at: str, certain: bool) -> None:
    assert USUAL.certain(ms(at)) is certain


def test_a_file_full_of_options_is_read_like_any_other() -> None:
    found = [USUAL.of(order("2026-11-25 09:00:00", f"Option {i}"))[0].deadline_source for i in range(500)]
    assert set(found) == {"dispatch"}
    assert USUAL.of(order("2026-11-25 09:00:00", "Instan"))[0].deadline_source == "instant"


def test_options_by_their_words() -> None:
    rules = rules_at(date(2026, 11, 25))
    assert kind_of("Instan / Same Day", rules) == "instant"  # the stricter one
    assert kind_of("", rules) == kind_of("\x1b[31m\u202e", rules) == kind_of("即日", rules) == "dispatch"


def test_settings_travel_to_another_process() -> None:
    asked = DeadlineSettings(("2026-11-24",), ("2026-11-28",), True, "paid")
    for there in (
        pickle.loads(pickle.dumps(asked)),
        msgspec.msgpack.decode(msgspec.msgpack.encode(asked), type=DeadlineSettings),
    ):
        assert there == asked
        found, _ = Deadlines(there).of(order("2026-11-23 15:00:00"))
        assert found.scan_by == ms("2026-11-25 23:59:59")


def test_guesses_are_graded_as_guesses() -> None:
    day = date(2026, 11, 25)
    grades = {name: rulebook().origin(name, day).grade for name in ("dispatch", "instant", "preorder")}
    assert set(grades.values()) == {"A"}
    guesses = ("instant_late", "same_day", "delivery_words")
    assert {rulebook().origin(name, day).grade for name in guesses} == {"C"}


# -- the settings ----------------------------------------------------------------------------------------------


def test_dates_are_written_with_quotes_or_without(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[deadlines]\nholidays = [2026-06-02, "2026-06-03"]\nworking_days = []\njoint_leave = true'
    )
    found = load(path, {"PANTAU_DEADLINES__WORKING_DAYS": "2026-11-28, 2026-11-29"})
    assert found.deadlines == DeadlineSettings(
        ("2026-06-02", "2026-06-03"), ("2026-11-28", "2026-11-29"), True, "created"
    )
    assert as_dict(found)["deadlines"] == {
        "holidays": ["2026-06-02", "2026-06-03"],
        "working_days": ["2026-11-28", "2026-11-29"],
        "joint_leave": True,
        "count_from": "created",
    }


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ('holidays = ["2026-02-30"]', "deadlines.holidays[0]", '"2026-06-02"'),
        ('holidays = ["2026-06-02", "2 Juni"]', "deadlines.holidays[1]", '"2026-06-02"'),
        ('holidays = ["20260602"]', "deadlines.holidays[0]", '"2026-06-02"'),
        ('holidays = ["2026-W23-2"]', "deadlines.holidays[0]", '"2026-06-02"'),
        ('holidays = ["02/06/2026"]', "deadlines.holidays[0]", '"2026-06-02"'),
        ('holidays = ["٢٠٢٦-٠٦-٠٢"]', "deadlines.holidays[0]", '"2026-06-02"'),
        ('holidays = [""]', "deadlines.holidays[0]", '"2026-06-02"'),
        ("holidays = [2026-06-02T00:00:00]", "deadlines.holidays[0]", '"2026-06-02"'),
        ("holidays = [20260602]", "deadlines.holidays[0]", '"2026-06-02"'),
        ("holidays = 2026-06-02", "deadlines.holidays", "list"),
        ('working_days = ["soon"]', "deadlines.working_days[0]", '"2026-06-02"'),
        ('working_days = ["2026-06-02"]\nholidays = [2026-06-02]', "deadlines.working_days", "2026-06-02"),
        ('joint_leave = "yes"', "deadlines.joint_leave", "true | false"),
        ('count_from = "shipped"', "deadlines.count_from", '"created" | "paid"'),
        ('holiday = ["2026-06-02"]', "deadlines.holiday", "deadlines.holidays"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, key: str, expected: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[deadlines]\n{text}", encoding="utf-8")
    with pytest.raises(SettingsError) as told:
        load(path, {})
    assert (told.value.key, told.value.file) == (key, str(path))
    assert expected in told.value.message


def test_a_bad_date_in_a_variable_is_told_by_its_name() -> None:
    with pytest.raises(SettingsError) as told:
        load(None, {"PANTAU_DEADLINES__HOLIDAYS": "2026-13-01"})
    assert told.value.file == "PANTAU_DEADLINES__HOLIDAYS"
