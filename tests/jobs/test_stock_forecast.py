"""Time to selling out from the last minutes' sales, and that the promise about bursts holds."""

from __future__ import annotations

import pytest

from bench import bursts
from jobs.stock.forecast import Sale, outlook, selling_out
from store.times import HOUR, MINUTE, SECOND

NOW = 10 * HOUR


def sales(*ago: int, units: int = 1) -> list[Sale]:
    return [Sale(NOW - seconds * SECOND, units) for seconds in ago]


def test_a_steady_pace_tells_when_nothing_is_left() -> None:
    every_ten_seconds = sales(*range(0, 600, 10))
    found = outlook(60, every_ten_seconds, NOW)
    assert found.per_hour == pytest.approx(360)
    # At six a minute ten minutes; a little less, because the true pace may lie above the counted one.
    assert found.out_in is not None and 7 * MINUTE < found.out_in < 10 * MINUTE
    assert outlook(600, every_ten_seconds, NOW).out_in == pytest.approx(found.out_in * 10, rel=0.01)
    assert outlook(30, sales(*range(0, 600, 10), units=2), NOW).per_hour == pytest.approx(720)


@pytest.mark.parametrize("ago", [(), (30,), (130, 250), (700, 720, 740, 760), (-5, -10, -15)])
def test_chance_and_what_is_long_past_or_to_come_say_nothing(ago: tuple[int, ...]) -> None:
    assert outlook(5, sales(*ago), NOW) == (0.0, None)


def test_what_is_out_is_out() -> None:
    assert outlook(0, [], NOW).out_in == 0
    assert outlook(-3, sales(1, 2, 3), NOW).out_in == 0


def test_a_warning_stands_through_a_lull_and_ends_with_the_sales_or_a_refill() -> None:
    horizon = 10 * MINUTE
    fast, lull = sales(*range(0, 120, 10)), sales(400, 420)
    assert selling_out(40, fast, NOW, horizon, warned=False)
    assert not selling_out(400, fast, NOW, horizon, warned=False)
    assert selling_out(150, fast, NOW, horizon, warned=True)
    assert not selling_out(1_000, fast, NOW, horizon, warned=True)
    assert not selling_out(40, lull, NOW, horizon, warned=False)
    assert selling_out(40, lull, NOW, horizon, warned=True)
    assert not selling_out(40, sales(601), NOW, horizon, warned=True)


def test_nine_of_ten_bursts_are_told_three_minutes_ahead() -> None:
    found = bursts.measure(2, 150)
    assert found.bursts > 60
    assert found.share >= 0.9
    assert found.false_share <= 0.4
