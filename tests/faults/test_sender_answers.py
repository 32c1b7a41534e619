"""Whatever the platform answers, or does not: one effect, and an end that is true."""

from __future__ import annotations

from itertools import pairwise

import pytest

from jobs.outbox import Answer
from tests.faults.fake_platform import Mood
from tests.faults.rig import QUICK, Bench, FakeKind

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
