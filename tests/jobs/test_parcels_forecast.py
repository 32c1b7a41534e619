"""The forecast's table: cells counted by hand, boundaries of hours and days, clocks put forward, and advice."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from bench import forecast as simulation
from jobs.parcels.forecast import CELL, ENOUGH, Advice, Forecast, Pickup, Waiting, advise, age, train
from store.times import DAY, HOUR, MINUTE, from_datetime

JAKARTA = ZoneInfo("Asia/Jakarta")
BERLIN = ZoneInfo("Europe/Berlin")


def at(day: int, hour: int, minute: int = 0, zone: tzinfo = JAKARTA, month: int = 11) -> int:
    """A moment of 2026; 2 November is a Monday."""
    return from_datetime(datetime(2026, month, day, hour, minute, tzinfo=zone))


def punctual(count: int = 60) -> Forecast:
    """A courier that takes everything at 16.10 on every day; parcels are arranged at 15.00."""
    days = [2 + n % 20 for n in range(count)]
    return train([Pickup("jnt", at(day, 15), at(day, 16, 10), at(30, 0)) for day in days], JAKARTA)


def test_without_history_there_is_no_chance() -> None:
    model = train([], JAKARTA)
    assert model.chance("jnt", at(2, 9), at(2, 10), at(2, 23)) is None
    few = punctual(ENOUGH - 1)
    assert (few.ready, few.chance("jnt", at(2, 9), at(2, 10), at(2, 23))) == (False, None)
    assert punctual(ENOUGH).ready


def test_a_round_is_certain_before_it_and_gone_after_it() -> None:
    model = punctual()
    before = model.chance("jnt", at(23, 12), at(23, 14), at(23, 23, 59))
    after = model.chance("jnt", at(23, 12), at(23, 18), at(23, 23, 59))
    assert before is not None and after is not None
    assert before > 0.8
    assert after < 0.2


def test_the_chance_ends_at_the_deadline_and_grows_with_it() -> None:
    model = punctual()
    assert model.chance("jnt", at(23, 12), at(23, 13), at(23, 13)) == 0.0
    chances = [model.chance("jnt", at(23, 12), at(23, 13), at(23, hour)) or 0 for hour in range(14, 24)]
    assert chances == sorted(chances)
    assert all(0.0 <= chance <= 1.0 for chance in chances)


def test_of_a_running_hour_only_the_rest_counts() -> None:
    model = punctual()
    whole = model.chance("jnt", at(23, 10), at(23, 16), at(23, 17))
    half = model.chance("jnt", at(23, 10), at(23, 16, 30), at(23, 17))
    assert whole is not None and half is not None
    assert 1 - half == pytest.approx((1 - whole) ** 0.5)


def test_cells_by_hand() -> None:
    """60 parcels wait at 15.00 and at 16.00 and are taken in the second hour; 20 days, three or so a weekday."""
    model = punctual()
    hour = model._hour(at(23, 16) // HOUR)  # a Monday
    base = (60 + 1) / (60 + 24)
    mondays = sum(1 for n in range(60) if (2 + n % 20) % 7 == 2)
    workdays = sum(1 for n in range(60) if (2 + n % 20 - 2) % 7 < 5)
    every = (mondays + CELL * base) / (mondays + CELL)
    kind = (workdays + CELL * every) / (workdays + CELL)
    own = (mondays + CELL * kind) / (mondays + CELL)
    assert model._share("jnt", hour) == pytest.approx(own)


def test_a_courier_nobody_knows_leans_on_the_others() -> None:
    model = punctual()
    known = model.chance("jnt", at(23, 12), at(23, 14), at(23, 23))
    strange = model.chance("paxel", at(23, 12), at(23, 14), at(23, 23))
    assert known is not None and strange is not None
    assert 0.5 < strange < known


def test_a_sunday_without_rounds_is_learned() -> None:
    """Arranged on a Saturday evening, always taken on Monday at 16.10: waiting on Sunday is in vain."""
    rows = [Pickup("jnt", at(day, 20), at(day + 2, 16, 10), at(30, 0)) for day in (7, 14, 21)] * 25
    model = train(rows, JAKARTA)
    sunday = model.chance("jnt", at(21, 20), at(22, 8), at(22, 23, 59))
    monday = model.chance("jnt", at(21, 20), at(22, 8), at(23, 23, 59))
    assert sunday is not None and monday is not None
    assert sunday < 0.3 < 0.8 < monday


def test_what_still_waits_teaches_too() -> None:
    """Passed over in every round: the same history with waiting parcels says less."""
    waiting = [Pickup("jnt", at(2 + n % 20, 15), None, at(2 + n % 20, 17)) for n in range(60)]
    taken = [Pickup("jnt", at(2 + n % 20, 15), at(2 + n % 20, 16, 10), at(30, 0)) for n in range(60)]
    mixed, sure = train([*taken, *waiting], JAKARTA), train(taken, JAKARTA)
    asked = ("jnt", at(23, 15), at(23, 15, 30), at(23, 23))
    assert (mixed.chance(*asked) or 0) < (sure.chance(*asked) or 0)


def test_hours_go_by_the_clock_when_it_is_put_forward() -> None:
    """In Berlin the clocks change on 29 March 2026; the round stays at 16.10 local, another hour in UTC."""
    days = [*range(2, 28)]
    rows = [
        Pickup("dhl", at(day, 15, zone=BERLIN, month=3), at(day, 16, 10, BERLIN, 3), at(28, 0, 0, BERLIN, 3))
        for day in days * 3
    ]
    model = train(rows, BERLIN)
    for day, month in ((27, 3), (30, 3), (1, 4)):
        inside = model.chance(
            "dhl", at(day, 9, 0, BERLIN, month), at(day, 16, 0, BERLIN, month), at(day, 17, 0, BERLIN, month)
        )
        before = model.chance(
            "dhl", at(day, 9, 0, BERLIN, month), at(day, 15, 0, BERLIN, month), at(day, 16, 0, BERLIN, month)
        )
        assert inside is not None and before is not None
        assert inside > 0.8 > 0.3 > before


def test_ages_have_classes() -> None:
    assert [age(waited) for waited in (0, 2 * HOUR - 1, 2 * HOUR, 12 * HOUR, DAY, 2 * DAY - 1, 9 * DAY)] == [
        0,
        0,
        1,
        2,
        3,
        3,
        4,
    ]


def test_advice_counts_the_late_and_the_doubtful() -> None:
    now = at(24, 9)
    waiting = [
        Waiting(1, "1", "jnt", now + 2 * HOUR, 0.1),
        Waiting(2, "2", "jnt", now + 36 * HOUR, 0.5),
        Waiting(3, "3", "jnt", now + 36 * HOUR + MINUTE, 0.1),
        Waiting(4, "4", "jnt", now + 2 * HOUR, 0.6),
        Waiting(5, "5", "jnt", now + 2 * HOUR, None),
        Waiting(6, "6", "sicepat", now - MINUTE, None),
        Waiting(7, "7", "sicepat", now - HOUR, 0.9),
        Waiting(8, "8", "jne", now, 0.9),
    ]
    assert advise(waiting, now) == [
        Advice("jnt", 2, 0, 1.4, now + 2 * HOUR),
        Advice("sicepat", 2, 2, 0.0, now - HOUR),
    ]
    assert advise([], now) == []


def test_better_than_the_base_rate_on_weeks_it_has_not_seen() -> None:
    """The bench's bound, on one of its seeds; `python -m bench forecast` asks all of them."""
    score = simulation.measure(2)
    assert score.gain >= 0.2
    assert score.reliability <= 0.1


def test_the_simulation_is_the_same_for_the_same_seed() -> None:
    assert simulation.history(7, 4) == simulation.history(7, 4) != simulation.history(8, 4)
    assert simulation._scan_by(at(6, 11, 59)) == at(6, 23, 59) + 59 * 1_000  # a Friday before noon
    assert simulation._scan_by(at(6, 12)) == at(9, 23, 59) + 59 * 1_000
    assert at(6, 12) == from_datetime(datetime(2026, 11, 6, 5, 0, tzinfo=UTC))
