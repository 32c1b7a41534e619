"""Tonight's rates from habits that are known: usual days, odd days, heaps, and too little to go by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.health.forecast import (
    ENOUGH,
    UNARRANGED,
    Evening,
    Habit,
    Open,
    Past,
    Usual,
    cancelled_tonight,
    expected_late,
    tonight,
    usual,
)
from jobs.health.saves import Save, moves, ranked
from store.times import DAY, HOUR

AT = 16 * HOUR


def order(
    day: int, *, arranged: int | None = 9, scanned: int | None = 18, courier: str = "jnt", created: int = -8
) -> Past:
    """An order due on a day; hours of that day."""

    def hour(value: int | None) -> int | None:
        return None if value is None else day * DAY + value * HOUR

    created_at = day * DAY + created * HOUR
    return Past(day * DAY, courier, created_at, hour(arranged), hour(scanned), (day + 1) * DAY - 1_000)


def habit(*past: Past) -> Habit:
    return Habit(past, AT)


def test_a_couriers_days_tell_what_becomes_of_its_parcels() -> None:
    known = habit(*(order(day, scanned=18 if n < 3 else 30) for day in range(10) for n in range(4)))
    assert known.saved("jnt", 8) == pytest.approx(6, abs=0.3)
    assert known.saved("sicepat", 8) is None  # of whom nothing is known
    assert known.saved(UNARRANGED, 3) == 0  # at this hour nothing was ever left to arrange


def test_what_was_over_or_not_there_at_that_hour_says_nothing() -> None:
    gone = [order(day, scanned=12) for day in range(10)]
    later = [order(day, created=17, arranged=18, scanned=20) for day in range(10)]
    assert habit(*gone, *later).saved("jnt", 5) is None
    # Arranged after that hour: they were unarranged then.
    assert habit(*(order(day, arranged=17) for day in range(10))).saved(UNARRANGED, 5) == pytest.approx(
        5, abs=0.6
    )


def test_too_few_days_tell_nothing_of_a_courier() -> None:
    few = [order(day) for day in range(ENOUGH - 1) for _ in range(50)]
    assert habit(*few).saved("jnt", 5) is None
    assert habit(*few, order(99)).saved("jnt", 5) == pytest.approx(5, abs=0.1)


def test_one_evening_without_a_courier_is_not_spread_over_a_month() -> None:
    days = [order(day) for day in range(9) for _ in range(10)]
    bad = [order(9, scanned=None) for _ in range(200)]
    assert habit(*days, *bad).saved("jnt", 20) == pytest.approx(20, abs=0.5)


def test_nobody_packs_more_than_ever_before() -> None:
    days = [order(day, arranged=17) for day in range(9) for _ in range(10)]
    heap = [order(9, arranged=17, scanned=18 if n < 30 else 40) for n in range(90)]
    assert habit(*days, *heap).saved(UNARRANGED, 100) == 30
    assert habit(*days, *heap).saved(UNARRANGED, 20) == pytest.approx(20, abs=0.5)
    # Without a heap nobody knows where the limit is.
    assert habit(*days).saved(UNARRANGED, 100) == pytest.approx(100, abs=2)


def test_a_courier_without_days_is_judged_by_its_hours() -> None:
    known = habit(*(order(day) for day in range(10)))
    assert expected_late([Open("spx", 0.25), Open("spx", 0.75)], known) == pytest.approx(1.0)
    assert expected_late([Open("jnt", 0.0), Open(UNARRANGED, None)], known) == pytest.approx(1.0, abs=0.2)
    assert expected_late([Open("spx", 0.25), Open("spx", None)], known) is None
    assert expected_late([], known) == 0


def test_the_rate_at_midnight() -> None:
    assert tonight(2, 90, 10, 1.0) == pytest.approx(3 / 100)
    # Late ones that the platform cancels tonight are no late dispatch any more.
    assert tonight(4, 90, 10, 1.0, leaving=2) == pytest.approx(3 / 98)
    assert tonight(1, 90, 10, 0.0, leaving=5) == 0
    assert tonight(1, 5, 4, 1.0) is None
    assert tonight(1, 50, 4, None) is None


def test_the_cancellations_at_midnight() -> None:
    assert cancelled_tonight(2, 90, 1, Usual(10.0, 0.5)) == pytest.approx(3.5 / 100)
    assert cancelled_tonight(0, 9, 0, Usual(10.0, 0.5)) is None
    assert cancelled_tonight(10, 10, 5, Usual(0.0, 0.0)) == 1.0


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0, 1)), min_size=1, max_size=28))
def test_a_usual_share_is_never_better_than_the_best_day(days: list[tuple[int, float]]) -> None:
    evenings = [Evening(n, int(n * share)) for n, share in days]
    shares = [day.share for day in evenings]
    assert 0 <= usual(evenings) <= max(shares)


def save(
    pk: int, kind: str = "scan", by: int = 100, chance: float | None = 0.5, weight: float = 0.01
) -> Save:
    return Save(pk, str(pk), 1, kind, by, chance, weight)


def test_the_first_to_save_is_lost_soonest_costs_most_and_has_no_chance_of_its_own() -> None:
    found = ranked(
        [
            save(1, chance=0.9),
            save(2, chance=0.1),
            save(3, "arrange", chance=None),
            save(4, by=50, chance=0.99),
            save(5, weight=moves(20), chance=0.99),
            save(6, chance=None),
        ]
    )
    assert [one.pk for one in found] == [4, 5, 3, 2, 6, 1]
    assert moves(0) == 1.0
