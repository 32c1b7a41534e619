"""The rules of the outbox, one by one; each test fails when its rule is taken out of jobs/outbox/rules.py."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.outbox.rules import (
    FINAL,
    Answer,
    Evidence,
    Next,
    Proof,
    Seen,
    SenderSettings,
    State,
    after_answer,
    after_read,
    before_send,
    give_up,
    next_read,
    overdue_since,
    pause,
    quiet_until,
)
from store.times import HOUR, MINUTE, SECOND

SETTINGS = SenderSettings()
SIGNED = 1_800_000_000_000
QUIET = SIGNED + 370 * SECOND


class Row(msgspec.Struct, frozen=True):
    state: str = "unknown"
    attempts: int = 1
    reads: int = 0
    signed_at: int | None = SIGNED
    requested_at: int = SIGNED - 10 * SECOND


def shown(seen: Seen, at: int) -> Evidence:
    return Evidence(seen, at, problem="no_network" if seen is Seen.UNREADABLE else None)


def read(row: Row, seen: Seen, at: int, *, resendable: bool = True) -> Next:
    return after_read(row, shown(seen, at), at, SETTINGS, resendable=resendable)


# -- before a send ------------------------------------------------------------------------------------------


def test_a_first_send_follows_a_read_that_shows_nothing_done() -> None:
    row = Row(state="queued", attempts=0, signed_at=None)
    assert before_send(row, shown(Seen.NOT_DONE, SIGNED), SIGNED, SETTINGS).state is State.SENDING


def test_nothing_is_sent_when_somebody_else_has_shipped_already() -> None:
    verdict = before_send(Row(state="queued"), shown(Seen.DONE, QUIET), QUIET, SETTINGS)
    assert verdict.state is State.DONE
    assert verdict.evidence == shown(Seen.DONE, QUIET)


def test_nothing_is_sent_to_a_cancelled_package() -> None:
    verdict = before_send(Row(state="queued"), shown(Seen.IMPOSSIBLE, QUIET), QUIET, SETTINGS)
    assert (verdict.state, verdict.reason) == (State.REFUSED, "target_cancelled")


def test_nothing_is_sent_unread() -> None:
    row = Row(state="queued", signed_at=None)
    verdict = before_send(row, shown(Seen.UNREADABLE, SIGNED), SIGNED, SETTINGS)
    assert (verdict.state, verdict.reason) == (State.QUEUED, "no_network")
    assert verdict.due_at is not None
    assert verdict.due_at > SIGNED


def test_a_queued_row_with_a_living_signature_waits_for_the_quiet_time() -> None:
    row = Row(state="queued")
    early = before_send(row, shown(Seen.NOT_DONE, QUIET - 1), QUIET - 1, SETTINGS)
    assert (early.state, early.due_at) == (State.QUEUED, QUIET)
    assert before_send(row, shown(Seen.NOT_DONE, QUIET), QUIET, SETTINGS).state is State.SENDING


# -- what an answer proves ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proof", "state"),
    [
        (Proof.DONE, State.DONE),
        (Proof.REFUSED, State.REFUSED),
        (Proof.NOT_SENT, State.QUEUED),
        (Proof.BUSY, State.QUEUED),
        (Proof.BLOCKED, State.QUEUED),
        (Proof.ALREADY, State.UNKNOWN),
        (Proof.UNKNOWN, State.UNKNOWN),
    ],
)
def test_the_answer_decides_the_state_and_is_kept(proof: Proof, state: State) -> None:
    answer = Answer(proof, code=7, reason="why", request_id="r1")
    verdict = after_answer(Row(state="sending"), answer, SIGNED + 5, SETTINGS)
    assert (verdict.state, verdict.code, verdict.reason, verdict.request_id) == (state, 7, "why", "r1")
    assert (verdict.due_at is None) == (state in FINAL)


def test_already_shipped_is_read_at_once_and_not_believed() -> None:
    verdict = after_answer(Row(state="sending"), Answer(Proof.ALREADY), SIGNED + 5, SETTINGS)
    assert (verdict.state, verdict.due_at) == (State.UNKNOWN, SIGNED + 5)


def test_the_platforms_wish_sets_the_next_try() -> None:
    verdict = after_answer(Row(state="sending"), Answer(Proof.BUSY, retry_after=7_000), SIGNED, SETTINGS)
    assert verdict.due_at == SIGNED + 7_000


def test_a_block_that_stays_ends_with_a_person_and_a_busy_platform_never_does() -> None:
    tired = Row(state="sending", attempts=SETTINGS.max_attempts)
    assert after_answer(tired, Answer(Proof.BLOCKED), SIGNED, SETTINGS).state is State.NEEDS_PERSON
    assert after_answer(tired, Answer(Proof.BUSY), SIGNED, SETTINGS).state is State.QUEUED
    assert after_answer(tired, Answer(Proof.NOT_SENT), SIGNED, SETTINGS).state is State.QUEUED


@pytest.mark.parametrize("proof", list(Proof))
def test_only_a_send_that_certainly_did_nothing_is_no_attempt(proof: Proof) -> None:
    verdict = after_answer(Row(state="sending"), Answer(proof), SIGNED + 5, SETTINGS)
    assert verdict.uncount == (proof in (Proof.NOT_SENT, Proof.BUSY))


# -- reads of a doubtful action -----------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["unknown", "sending"])
def test_a_read_that_shows_it_settles_it_at_any_time(state: str) -> None:
    for at in (SIGNED, QUIET - 1, QUIET + HOUR):
        assert read(Row(state=state), Seen.DONE, at).state is State.DONE


def test_reads_come_after_2_5_15_45_seconds_and_then_each_minute() -> None:
    at, seen = SIGNED, []
    while at < SIGNED + 200 * SECOND:
        at = next_read(SIGNED, at, SETTINGS)
        seen.append((at - SIGNED) // SECOND)
    assert seen == [2, 5, 15, 45, 105, 165, 225]


def test_reads_before_the_end_of_the_quiet_time_prove_nothing_however_many() -> None:
    verdict = read(Row(reads=0), Seen.NOT_DONE, QUIET - 1)
    assert (verdict.state, verdict.reads, verdict.due_at) == (State.UNKNOWN, 0, QUIET)


def test_a_read_that_began_before_the_end_and_finished_after_it_does_not_count() -> None:
    verdict = after_read(Row(), shown(Seen.NOT_DONE, QUIET - 1), QUIET + 500, SETTINGS, resendable=True)
    assert verdict.reads == 0


def test_two_reads_after_the_quiet_time_allow_another_attempt_and_one_does_not() -> None:
    first = read(Row(), Seen.NOT_DONE, QUIET)
    assert (first.state, first.reads) == (State.UNKNOWN, 1)
    assert first.due_at == QUIET + 2 * SECOND
    assert read(Row(reads=1), Seen.NOT_DONE, QUIET + 2 * SECOND).state is State.QUEUED


def test_a_failed_read_is_no_read() -> None:
    verdict = read(Row(reads=1), Seen.UNREADABLE, QUIET + SECOND)
    assert (verdict.state, verdict.reads) == (State.UNKNOWN, 1)
    assert verdict.due_at is not None
    assert verdict.due_at > QUIET + SECOND


def test_a_kind_the_platform_would_repeat_is_never_sent_twice() -> None:
    verdict = read(Row(reads=1), Seen.NOT_DONE, QUIET, resendable=False)
    assert (verdict.state, verdict.reason) == (State.NEEDS_PERSON, "not_resendable")


def test_attempts_end() -> None:
    verdict = read(Row(reads=1, attempts=SETTINGS.max_attempts), Seen.NOT_DONE, QUIET)
    assert (verdict.state, verdict.reason) == (State.NEEDS_PERSON, "attempts_used_up")
    again = read(Row(reads=1, attempts=SETTINGS.max_attempts - 1), Seen.NOT_DONE, QUIET)
    assert again.state is State.QUEUED


def test_a_target_that_stays_unreadable_ends_with_a_person() -> None:
    end = SIGNED + give_up(SETTINGS)
    assert read(Row(), Seen.UNREADABLE, end - 1).state is State.UNKNOWN
    verdict = read(Row(), Seen.UNREADABLE, end)
    assert (verdict.state, verdict.reason) == (State.NEEDS_PERSON, "unreadable")


# -- times --------------------------------------------------------------------------------------------------


def test_the_quiet_time_is_the_sum_of_its_parts() -> None:
    assert quiet_until(0, SenderSettings(validity=1_000, settle=200, skew=30)) == 1_230


def test_waits_shrink_with_a_short_validity_and_never_grow() -> None:
    short = SenderSettings(validity=5 * SECOND, settle=SECOND, skew=SECOND)
    assert short.lease <= short.quiet
    assert short.deadline < short.lease
    assert next_read(0, 0, short) < SECOND
    assert next_read(0, 10 * MINUTE, short) - 10 * MINUTE < 2 * SECOND
    long = SenderSettings(validity=HOUR)
    assert next_read(0, 0, long) == 2 * SECOND
    assert long.lease == MINUTE


def test_a_failing_row_is_tried_less_often_as_it_ages() -> None:
    waits = [pause(Row(requested_at=0), age, SETTINGS) for age in (0, 10_000, 40_000, 120_000, HOUR)]
    assert waits == [2_000, 2_500, 10_000, 30_000, MINUTE]


def test_the_age_alarm_rings_after_two_quiet_times() -> None:
    assert overdue_since(SIGNED, SETTINGS) == SIGNED - 740 * SECOND


@given(
    st.lists(st.sampled_from([Seen.NOT_DONE, Seen.UNREADABLE]), max_size=60),
    st.integers(50, 400_000),
    st.integers(1, 5),
)
def test_no_history_of_reads_allows_a_second_attempt_inside_the_quiet_time(
    seen: list[Seen], validity: int, attempts: int
) -> None:
    """Following the schedule as given, whatever the reads show: queued again only after two late reads."""
    settings = SenderSettings(validity=validity, settle=100, skew=50)
    row = Row(state="sending", attempts=attempts)
    times = [SIGNED]
    for one in seen:
        verdict = after_read(row, shown(one, times[-1]), times[-1], settings, resendable=True)
        if verdict.state is not State.UNKNOWN:
            late = [s for s, at in zip(seen, times, strict=False) if at >= quiet_until(SIGNED, settings)]
            assert late.count(Seen.NOT_DONE) >= 2 or verdict.reason == "unreadable"
            return
        assert verdict.due_at is not None
        times.append(verdict.due_at)
        row = Row(state="unknown", attempts=attempts, reads=verdict.reads)
    assert all(earlier < later for earlier, later in pairwise(times))
