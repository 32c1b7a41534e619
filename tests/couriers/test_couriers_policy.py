"""When a parcel is looked at again, and how long a source in trouble is left alone."""

from __future__ import annotations

from datetime import datetime

import pytest

from couriers.base import TERMINAL, Outcome, TrackingStatus
from couriers.policy import SPREAD, STALE_AFTER, STOPS_PROVIDER, next_look, rests_until
from store.times import DAY, HOUR, MINUTE, SECOND, WIB, from_datetime
from tests.couriers.courier_kit import NOW

S = TrackingStatus


def wait(
    status: TrackingStatus = S.IN_TRANSIT, outcome: Outcome = Outcome.OK, *, misses: int = 0, jitter: float = 0.0,
    moved_at: int | None = None, retry_after: float | None = None,
) -> int | None:  # fmt: skip
    at = next_look(
        status, outcome, now=NOW, misses=misses, moved_at=moved_at, jitter=jitter, retry_after=retry_after
    )
    return None if at is None else at - NOW


@pytest.mark.parametrize(
    ("status", "right"),
    [
        (S.OUT_FOR_DELIVERY, 15 * MINUTE), (S.IN_TRANSIT, 45 * MINUTE), (S.PICKED_UP, HOUR),
        (S.DELIVERY_FAILED, 2 * HOUR), (S.RETURNING, 2 * HOUR), (S.PENDING, 3 * HOUR), (S.UNKNOWN, 3 * HOUR),
        (S.EXCEPTION, 6 * HOUR), (S.DELIVERED, None), (S.RETURNED, None), (S.CANCELLED, None),
    ],
)  # fmt: skip
def test_the_status_sets_the_pace(status: TrackingStatus, right: int | None) -> None:
    assert wait(status) == right


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_what_has_ended_rests_whatever_comes_back(status: TrackingStatus, outcome: Outcome) -> None:
    assert wait(status, outcome) is None


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("status", sorted(set(S) - TERMINAL))
def test_what_has_not_ended_is_looked_at_again(status: TrackingStatus, outcome: Outcome) -> None:
    for misses in (0, 1, 50, 10_000):
        assert SECOND <= (wait(status, outcome, misses=misses) or 0) <= DAY + 5 * MINUTE


@pytest.mark.parametrize(
    ("outcome", "first", "longest"),
    [
        (Outcome.NOT_FOUND, 15 * MINUTE, 8 * HOUR),
        (Outcome.NOT_REGISTERED, 15 * MINUTE, 8 * HOUR),
        (Outcome.UNAVAILABLE, MINUTE, 64 * MINUTE),
        (Outcome.RATE_LIMITED, 30 * SECOND, 5 * MINUTE),
        (Outcome.BAD_REPLY, HOUR, 8 * HOUR),
        (Outcome.NEEDS_PHONE, DAY, DAY),
        (Outcome.UNAUTHORIZED, 6 * HOUR, 6 * HOUR),
    ],
)
def test_misses_double_the_wait_up_to_a_limit(outcome: Outcome, first: int, longest: int) -> None:
    waits = [wait(outcome=outcome, misses=misses) for misses in range(40)]
    assert waits[0] == first
    assert waits == [min(longest, first * 2**misses) for misses in range(40)]


def test_after_a_month_without_a_change_nobody_looks() -> None:
    assert wait(moved_at=NOW - STALE_AFTER) is None
    assert wait(moved_at=NOW - STALE_AFTER + 1) == 45 * MINUTE
    assert wait(outcome=Outcome.NOT_FOUND, moved_at=NOW - 31 * DAY) is None
    assert wait(moved_at=None) == 45 * MINUTE


def test_jitter_only_lengthens() -> None:
    assert wait(jitter=1.0) == round(45 * MINUTE * (1 + SPREAD))
    assert wait(jitter=0.5) == round(45 * MINUTE * (1 + SPREAD / 2))


def test_a_source_that_names_a_time_is_believed() -> None:
    assert wait(outcome=Outcome.RATE_LIMITED, misses=9, retry_after=7) == 7 * SECOND
    assert wait(outcome=Outcome.UNAVAILABLE, retry_after=0) == SECOND


def test_a_quota_starts_again_after_midnight_in_jakarta() -> None:
    def reset(day: int, hour: int, minute: int) -> int:
        at = from_datetime(datetime(2026, 11, day, hour, minute, tzinfo=WIB))
        return rests_until(Outcome.QUOTA_EXCEEDED, now=at, strikes=3, retry_after=None, jitter=0.7)

    assert reset(25, 16, 46) == from_datetime(datetime(2026, 11, 26, 0, 5, tzinfo=WIB))
    assert reset(25, 0, 1) == from_datetime(datetime(2026, 11, 25, 0, 5, tzinfo=WIB))
    assert reset(25, 0, 5) == from_datetime(datetime(2026, 11, 26, 0, 5, tzinfo=WIB))


def test_a_source_in_trouble_rests_longer_each_time() -> None:
    for outcome in STOPS_PROVIDER | {Outcome.UNAVAILABLE}:
        rests = [
            rests_until(outcome, now=NOW, strikes=strikes, retry_after=None, jitter=0.0) - NOW
            for strikes in range(5)
        ]
        assert rests == sorted(rests) and rests[0] > 0
