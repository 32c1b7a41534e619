"""Whatever the platform answers, or does not: one effect, and an end that is true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest

from jobs.outbox.rules import Answer, Proof, SenderSettings
from store.actions import Claimed
from tests.faults.fake_platform import Mood
from tests.faults.rig import QUICK, Bench, FakeKind, NotSentError, Reply, Signed

ONE = "1150000000000000001"
PACKAGES = tuple(f"11500000000000000{n:02}" for n in range(4))
LONG = 2 * QUICK.quiet


@pytest.mark.parametrize("mood", list(Mood))
async def test_one_effect_and_a_true_end_whatever_the_answer(bench: Bench, mood: Mood) -> None:
    """The first write meets the mood, later ones go well."""
    bench.platform.moods = (mood,)
    bench.queue(ONE)
    sender = bench.sender()
    await sender.run_due(5)
    first = len(bench.platform.effects)
    assert first == (0 if mood in (Mood.LOST, Mood.BUSY) else 1)
    clear = mood in (Mood.FINE, Mood.LATE)
    assert bench.states() == {ONE: "done" if clear else "queued" if mood is Mood.BUSY else "unknown"}
    bench.platform.moods = (Mood.FINE,)
    await bench.settle(sender, LONG)
    assert len(bench.platform.effects) == 1
    assert bench.states() == {ONE: "done"}


async def test_a_lost_request_is_sent_again_only_after_the_quiet_time(bench: Bench) -> None:
    bench.platform.moods = (Mood.LOST,)
    bench.queue(ONE)
    await bench.settle(bench.sender(), LONG)
    times = [timestamp for timestamp, _, _ in bench.platform.requests]
    assert len(times) >= 2
    assert all(later - earlier > QUICK.quiet for earlier, later in pairwise(times))


async def test_a_busy_platform_uses_up_no_attempts(bench: Bench) -> None:
    """However often it says 429: what asks for a person is a block that stays, and it starts from nought."""
    few = SenderSettings(validity=400, settle=100, skew=50, max_attempts=2)

    class Blocked(FakeKind):
        def answers(self, client: str, reply: Reply, rows: Sequence[Claimed]) -> Mapping[str, Answer]:
            return {row.target: Answer(Proof.BLOCKED, 105005, "rights") for row in rows}

    bench.platform.moods = (Mood.BUSY,)
    bench.queue(ONE)
    busy = bench.sender(settings=few)
    while len(bench.platform.requests) < 5:
        await bench.settle(busy, 50)
    assert [(row.state, row.attempts) for row in bench.rows()] == [("queued", 0)]
    blocked = bench.sender(Blocked(), few)
    for state, attempts in (("queued", 1), ("needs_person", 2)):
        sent = len(bench.platform.requests)
        while len(bench.platform.requests) == sent:
            await bench.settle(blocked, 50)
        assert [(row.state, row.attempts) for row in bench.rows()] == [(state, attempts)]
    assert bench.platform.effects == []


async def test_a_line_that_is_down_uses_up_no_attempts(bench: Bench) -> None:
    class Down(FakeKind):
        sends = 0

        async def send(self, client: str, prepared: Signed, deadline: float) -> Reply:
            Down.sends += 1
            raise NotSentError

    bench.queue(ONE)
    sender = bench.sender(Down(), SenderSettings(validity=400, settle=100, skew=50, max_attempts=2))
    while Down.sends < 5:
        await bench.settle(sender, 50)
    assert [(row.state, row.attempts) for row in bench.rows()] == [("queued", 0)]


async def test_a_batch_without_an_answer_leaves_every_row_unknown(bench: Bench) -> None:
    bench.platform.moods = (Mood.HANG,)
    bench.queue(*PACKAGES[:4])
    await bench.sender().run_due(5)
    assert set(bench.states().values()) == {"unknown"}


async def test_a_batch_is_judged_package_by_package(bench: Bench) -> None:
    bench.queue(*PACKAGES[:3])
    cancel = frozenset({PACKAGES[1]})

    def too_late(name: str) -> None:
        if name == "marked":
            bench.platform.cancelled = cancel

    await bench.sender(checkpoint=too_late).run_due(5)
    assert bench.states() == {PACKAGES[0]: "done", PACKAGES[1]: "refused", PACKAGES[2]: "done"}


async def test_a_target_the_answer_does_not_speak_of_is_unknown(bench: Bench) -> None:
    class Forgetful(FakeKind):
        def answers(self, *_: object) -> dict[str, Answer]:
            return {}

    bench.queue(ONE)
    await bench.sender(Forgetful()).run_due(5)
    assert bench.states() == {ONE: "unknown"}
