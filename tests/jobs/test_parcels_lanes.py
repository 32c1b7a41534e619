"""What a lane teaches: quantiles by hand, minimum samples, bounds, and the wider lane's word."""

from __future__ import annotations

import pytest

from jobs.parcels.lanes import ENOUGH, Learned, Trip, learn, limit, longest_silence, patience_of, quantile
from store.attention import PLATFORM, Lane, Patience
from store.times import DAY, HOUR

T = 1_795_000_000_000
BOUNDS = (24 * HOUR, 6 * DAY)


def trip(
    silence: int, *, scan: int = 10 * HOUR, courier: str = "jnt", city: str | None = "Kota Bandung"
) -> Trip:
    """Arranged at T, scanned `scan` later, told three times with `silence` between the last two."""
    scanned = T + scan
    moments = (scanned, scanned + HOUR, scanned + HOUR + silence)
    return Trip(1, courier, "Jawa Barat", city, T, scanned, moments)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([7], 95, 7),
        ([1, 2, 3, 4], 50, 2),
        ([4, 3, 2, 1], 90, 4),
        (list(range(1, 101)), 95, 95),
        (list(range(20)), 95, 18),
    ],
)
def test_quantile_is_the_nearest_rank(values: list[int], percent: int, expected: int) -> None:
    assert quantile(values, percent) == expected


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        ([], None),
        ([T, T + 5], None),
        ([T, T, T + 5], None),
        ([T + 9, T, T + 2], 7),
        ([T, T + 4, T + 4, T + 9], 5),
    ],
)
def test_the_longest_silence_needs_three_moments(moments: list[int], expected: int | None) -> None:
    assert longest_silence(moments) == expected


def test_too_few_parcels_teach_nothing() -> None:
    assert limit([30 * HOUR] * (ENOUGH - 1), BOUNDS) is None
    assert limit([30 * HOUR] * ENOUGH, BOUNDS) == 30 * HOUR


def test_limits_stay_within_reason() -> None:
    assert limit([HOUR] * ENOUGH, BOUNDS) == 24 * HOUR
    assert limit([30 * DAY] * ENOUGH, BOUNDS) == 6 * DAY


def test_one_lost_parcel_more_moves_nothing() -> None:
    """Of 100 parcels 96 lay still for 30 hours at most: four that were lost for weeks do not make 31 normal."""
    usual = [30 * HOUR] * 96
    assert limit([*usual, *[20 * DAY] * 4], BOUNDS) == 30 * HOUR


def test_each_lane_learns_from_its_parcels() -> None:
    bandung = [trip(30 * HOUR) for _ in range(ENOUGH)]
    cimahi = [trip(50 * HOUR, city="Kota Cimahi") for _ in range(ENOUGH - 1)]
    found = learn([*bandung, *cimahi, trip(90 * HOUR, courier="sicepat")])

    n = 2 * ENOUGH - 1
    assert found == {
        Lane(1, "jnt"): Learned(12 * HOUR, n, 50 * HOUR, n),
        Lane(1, "jnt", "Jawa Barat"): Learned(None, 0, 50 * HOUR, n),
        Lane(1, "jnt", "Jawa Barat", "Kota Bandung"): Learned(None, 0, 30 * HOUR, ENOUGH),
    }


def test_a_lane_without_a_word_of_its_own_takes_the_wider_ones() -> None:
    told = {
        Lane(1, "jnt", "Jawa Barat"): Learned(None, 0, 50 * HOUR, 40),
        Lane(1, "jnt"): Learned(20 * HOUR, 40, None, 3),
        Lane(1, "jne", "Papua"): Learned(None, 0, 5 * DAY, 40),
    }
    assert patience_of(told) == {
        Lane(1, "jnt"): Patience(20 * HOUR, PLATFORM.move),
        Lane(1, "jnt", "Jawa Barat"): Patience(20 * HOUR, 50 * HOUR),
        Lane(1, "jne", "Papua"): Patience(PLATFORM.scan, 5 * DAY),
    }
    assert patience_of({}) == {}
