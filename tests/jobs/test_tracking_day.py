"""A day of ten thousand open parcels: limits hold, turns are fair, what has arrived rests."""

from __future__ import annotations

from datetime import datetime

from couriers import policy
from couriers.base import TERMINAL, Pace
from couriers.breaker import SILENCES
from jobs.config.keys import CourierSettings
from jobs.tracking.asking import AT_ONCE
from store.times import HOUR, WIB, from_datetime
from store.urgency import HURRIED, MOVING, RESTING
from tests.jobs.day_kit import EVERY, Day, line

MORNING = from_datetime(datetime(2026, 11, 25, 8, 0, tzinfo=WIB))
PARCELS = 10_000
SHOP = Pace(per_second=5, at_once=6)
"""The platform's own tracking, as the shop's client lets it through."""


def kept_their_limits(day: Day) -> None:
    for one in day.lines:
        assert one.broken == []
        assert all(asked <= one.counted[which] for which, asked in one.asked.items())
    assert 0 < day.most_under_way <= AT_ONCE


def test_ten_thousand_parcels_on_default_settings() -> None:
    assert CourierSettings().order == ("tiktok", "binderbyte", "biteship")
    day = Day([line("tiktok", SHOP), line("binderbyte", Pace()), line("biteship", Pace())], PARCELS, MORNING)
    day.run(24)

    kept_their_limits(day)
    assert day.out_of_turn == 0
    # The platform can answer for all: others are not troubled, and nobody waits long behind his time.
    assert [sum(one.asked.values()) > 0 for one in day.lines] == [True, False, False]
    assert max(day.worst.values()) <= 2 * EVERY
    # What has arrived rests, and what has not is looked at.
    assert all((parcel.due_at is None) == (parcel.known in TERMINAL) for parcel in day.sent)
    assert sum(parcel.known in TERMINAL for parcel in day.sent) > PARCELS // 10
    assert all(parcel.looks for parcel in day.sent)


def test_too_many_parcels_for_two_small_quotas() -> None:
    quotas = [Pace(per_second=2, at_once=4, per_day=3_000), Pace(per_second=2, at_once=4, per_day=1_500)]
    day = Day([line("binderbyte", quotas[0]), line("biteship", quotas[1])], 1_500, MORNING)
    day.run(24)

    kept_their_limits(day)
    assert day.out_of_turn == 0
    for one, pace in zip(day.lines, quotas, strict=True):
        # Nearly all of a day's quota is used, a twentieth is kept for people, and midnight finds some left.
        assert 0.5 * (pace.per_day or 0) < max(one.asked.values()) <= 0.95 * (pace.per_day or 0)
    assert all(parcel.looks for parcel in day.sent)
    # The wait of every class stretches alike, by the patience of the class.
    stretch = stretched(day, questions_an_hour=4_500 * 0.95 * 0.75 / 24)
    assert stretch > 5
    for kind in (HURRIED, MOVING, RESTING):
        assert day.worst[kind] <= 1.5 * stretch * kind
    assert day.worst[HURRIED] < day.worst[MOVING] < day.worst[RESTING]


def test_a_source_that_is_down_is_tried_with_one_parcel_and_replaced_meanwhile() -> None:
    noon = MORNING + 4 * HOUR
    platform = line("tiktok", SHOP, down=(noon, noon + 3 * HOUR))
    other = line("binderbyte", Pace())
    day = Day([platform, other], 1_000, MORNING)
    day.run(12)

    kept_their_limits(day)
    # Some silences when it begins, then one question each time a rest is over: 1, 2, 4, ... 64 minutes.
    assert platform.while_down <= SILENCES + SHOP.at_once + 10
    assert sum(other.asked.values()) > 1_000
    assert day.worst[HURRIED] <= 2 * HURRIED
    assert platform.desk.breaker.closed


def stretched(day: Day, questions_an_hour: float) -> float:
    """How many of its patiences a parcel must wait on the average if that is all that can be asked."""
    kinds = [
        (parcel.patience(day.now), policy.BY_STATUS[parcel.known]) for parcel in day.sent if parcel.due_at
    ]

    def asked(stretch: float) -> float:
        return sum(HOUR / (every + stretch * kind) for kind, every in kinds)

    low, high = 0.0, 1_000.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if asked(middle) > questions_an_hour else (low, middle)
    return low
