"""What comes next for a parcel, and by when."""

from __future__ import annotations

from datetime import datetime

import pytest

from couriers.base import TERMINAL, TrackingStatus
from couriers.expect import expected
from store.times import HOUR, WIB, from_datetime
from tests.couriers.courier_kit import NOW


def at(day: int, hour: int, minute: int = 0) -> int:
    """A moment of November 2026 in Jakarta; the 22nd and the 29th are Sundays."""
    return from_datetime(datetime(2026, 11, day, hour, minute, tzinfo=WIB))


@pytest.mark.parametrize(
    ("status", "since", "step", "by"),
    [
        ("picked_up", at(25, 9), "moving", at(26, 9)),
        ("in_transit", at(25, 9), "moving", at(27, 9)),
        ("in_transit", at(20, 9), "moving", at(23, 9)),
        ("in_transit", at(21, 9), "moving", at(24, 9)),
        ("out_for_delivery", at(25, 0), "delivered", at(26, 0) - 1_000),
        ("out_for_delivery", at(25, 23, 59), "delivered", at(26, 0) - 1_000),
        ("delivery_failed", at(25, 9), "retried", at(27, 9)),
        ("exception", at(25, 9), "moving", at(27, 9)),
        ("returning", at(25, 9), "returned", None),
        ("in_transit", None, "moving", None),
    ],
)
def test_each_status_has_a_next_step(status: str, since: int | None, step: str, by: int | None) -> None:
    assert expected(status, since) == (step, by)


@pytest.mark.parametrize("status", [None, "unknown", "pending", "a word of tomorrow"])
def test_before_the_first_scan_the_platform_s_deadline_counts(status: str | None) -> None:
    assert expected(status, NOW, scan_by=NOW + HOUR) == ("picked_up", NOW + HOUR)
    assert expected(status, NOW) == ("picked_up", None)


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_at_the_end_nothing_is_expected(status: TrackingStatus) -> None:
    assert expected(status, NOW) is None


@pytest.mark.parametrize("reason", ["lost", "damaged", "destroyed"])
def test_what_is_gone_is_claimed(reason: str) -> None:
    assert expected("exception", NOW, reason=reason) == ("claim", None)
    assert expected("in_transit", NOW, reason=reason) != ("claim", None)


def test_overdue_is_after_its_time_only() -> None:
    coming = expected("picked_up", at(25, 9))
    assert coming is not None
    assert not coming.overdue(at(26, 9))
    assert coming.overdue(at(26, 9) + 1)
    returning = expected("returning", at(1, 9))
    assert returning is not None
    assert not returning.overdue(at(28, 9))
