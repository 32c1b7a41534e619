"""How hard a source is asked, when it is left alone, and what is kept of words nobody knows."""

from __future__ import annotations

from datetime import datetime

import pytest

from couriers.base import Outcome, Pace
from couriers.breaker import SILENCES, Breaker
from couriers.pace import KEPT, Budget, Spacer, next_release, released, warning
from couriers.unknown import masked
from store.times import HOUR, MINUTE, SECOND, WIB, from_datetime

MIDNIGHT = from_datetime(datetime(2026, 11, 25, tzinfo=WIB))
NOON = MIDNIGHT + 12 * HOUR


def test_questions_leave_at_even_distances() -> None:
    spacer = Spacer(Pace(per_second=2, at_once=3))
    assert spacer.wait(1_000) == 0
    spacer.start(1_000)
    assert (spacer.wait(1_000), spacer.wait(1_300), spacer.wait(1_500)) == (500, 200, 0)
    spacer.start(1_500)
    spacer.start(9_000)
    assert spacer.wait(9_000) == 500  # a pause is no credit for a burst


def test_only_so_many_are_under_way() -> None:
    spacer = Spacer(Pace(per_second=1_000, at_once=2))
    full = []
    for tick in (0, 1):
        spacer.start(tick)
        full.append(spacer.full)
    spacer.end()
    full.append(spacer.full)
    assert full == [False, True, False]


def test_a_quota_is_let_go_over_the_day() -> None:
    shares = [released(1_000, MIDNIGHT + hour * HOUR) for hour in range(24)]
    assert shares == sorted(shares) and shares[0] == 237
    assert released(1_000, NOON) == 593
    last = released(1_000, MIDNIGHT + 24 * HOUR - 1)
    assert 1_000 * (1 - KEPT) - 2 < last <= 1_000 * (1 - KEPT)
    assert released(1_000, MIDNIGHT, urgent=True) == 1_000


@pytest.mark.parametrize("asked", [0, 237, 238, 600, 948])
@pytest.mark.parametrize("hour", [0, 9, 23])
def test_the_next_question_comes_free_when_it_is_said(asked: int, hour: int) -> None:
    now = MIDNIGHT + hour * HOUR
    at = next_release(1_000, asked, now)
    if at < MIDNIGHT + 24 * HOUR and asked >= released(1_000, now):
        assert released(1_000, at) > asked >= released(1_000, at - MINUTE)


def test_a_used_up_day_waits_for_midnight() -> None:
    assert next_release(1_000, 1_000, NOON) == MIDNIGHT + 24 * HOUR
    assert next_release(0, 0, NOON) == MIDNIGHT + 24 * HOUR


def test_a_quota_that_runs_out_is_told_in_steps() -> None:
    told = [warning(asked, 200) for asked in (0, 99, 100, 149, 150, 179, 180, 200, 300)]
    assert told == [None, None, 50, 50, 75, 75, 90, 90, 90]
    assert warning(5_000, None) is None


def test_a_budget_counts_what_it_was_granted_and_forgets_it_at_midnight() -> None:
    budget = Budget(100)
    assert not budget.dry(NOON)
    budget.heard(58, NOON, granted=3)
    budget.spend(NOON)
    assert (budget.tokens(NOON), budget.dry(NOON)) == (2, False)
    assert (budget.give_back(NOON), budget.tokens(NOON), budget.asked) == (2, 0, 56)

    budget.heard(59, NOON)
    assert budget.dry(NOON) and not budget.dry(NOON, urgent=True)
    assert not budget.dry(NOON + 12 * HOUR)


def test_a_source_without_a_quota_is_never_dry() -> None:
    budget = Budget(None)
    budget.heard(1_000_000, NOON)
    assert not budget.dry(NOON) and budget.most(NOON) is None


def hear(breaker: Breaker, outcome: Outcome, now: int, retry_after: float | None = None) -> bool:
    return breaker.learn(outcome, now=now, retry_after=retry_after, jitter=0.0)


def test_after_its_rest_a_single_question_decides() -> None:
    breaker = Breaker()
    assert hear(breaker, Outcome.UNAUTHORIZED, NOON) and breaker.resting(NOON + 6 * HOUR - 1)
    now = NOON + 6 * HOUR
    assert breaker.trial(now)
    trying = [breaker.trying]
    breaker.asked(now)
    assert [*trying, breaker.trying] == [False, True]

    assert hear(breaker, Outcome.UNAUTHORIZED, now) and breaker.until == now + 6 * HOUR
    breaker.asked(breaker.until)
    assert not hear(breaker, Outcome.NOT_FOUND, breaker.until)
    assert breaker.closed and not breaker.trying


def test_each_rest_is_longer_until_it_answers() -> None:
    breaker, now, rests = Breaker(), NOON, []
    for _ in range(6):
        assert hear(breaker, Outcome.RATE_LIMITED, now)
        rests.append((breaker.until - now) // SECOND)
        now = breaker.until
        breaker.asked(now)
    assert rests == [30, 60, 120, 240, 300, 300] and breaker.since == NOON
    hear(breaker, Outcome.OK, now)
    hear(breaker, Outcome.RATE_LIMITED, now)
    assert breaker.until == now + 30 * SECOND


def test_some_silences_in_a_row_open_it_and_one_on_trial() -> None:
    breaker = Breaker()
    for place in range(SILENCES):
        hear(breaker, Outcome.NOT_FOUND if place == 1 else Outcome.UNAVAILABLE, NOON)
    assert breaker.closed
    for _ in range(SILENCES - 1):
        opened = hear(breaker, Outcome.UNAVAILABLE, NOON)
    assert opened and breaker.until == NOON + MINUTE
    breaker.asked(breaker.until)
    assert hear(breaker, Outcome.UNAVAILABLE, NOON + MINUTE) and breaker.until == NOON + 3 * MINUTE


def test_answers_of_the_same_moment_do_not_prolong_a_rest() -> None:
    breaker = Breaker()
    hear(breaker, Outcome.RATE_LIMITED, NOON, retry_after=7)
    assert not hear(breaker, Outcome.RATE_LIMITED, NOON + SECOND)
    assert not hear(breaker, Outcome.OK, NOON + SECOND)
    assert breaker.until == NOON + 7 * SECOND


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Paket di-scan ulang [JAKARTA_GATEWAY] 0812-3456-7890", "PAKET DI SCAN ULANG #"),
        ("diserahkan kepada BUDI SANTOSO, mohon tunggu", "DISERAHKAN KEPADA …, MOHON TUNGGU"),
        ("Diambil oleh kurir Joko (JP1234567890)", "DIAMBIL OLEH …"),
        ("resi JP1234567890 untuk budi@contoh.id", "RESI # UNTUK #"),
        ("tunda (tak tertutup 0812", "TUNDA"),
        ("  ", ""),
    ],
)
def test_of_unknown_words_only_the_words_are_kept(text: str, kept: str) -> None:
    assert masked(text) == kept


def test_a_megabyte_is_not_kept() -> None:
    assert len(masked("lari " * 250_000)) <= 120
