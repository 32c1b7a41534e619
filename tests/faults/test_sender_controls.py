"""A suspended sender beside a healthy one: one effect. Take a rule away and it is two: the rig can see."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from sqlalchemy import text

from jobs.outbox.rules import SenderSettings
from tests.faults.fake_platform import Mood
from tests.faults.rig import QUICK, Bench, FakeKind, Reply, Signed

PACKAGE = "1150000000000000001"


async def _stall(bench: Bench, kind: FakeKind, settings: SenderSettings) -> None:
    """One sender is suspended between signing and the first byte; another takes over; the first wakes up."""
    bench.queue(PACKAGE)
    wake = asyncio.Event()
    kind.hold_up.append(wake)
    marked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def watch(name: str) -> None:
        if name == "signed":
            loop.call_soon_threadsafe(marked.set)

    slow = bench.sender(kind, settings, owner="slow", checkpoint=watch)
    slow_work = asyncio.create_task(slow.run_due(5))
    await marked.wait()
    healthy = bench.sender(kind, settings, owner="healthy")
    lease = settings.lease
    bench.clock.forward(lease)
    for _ in range(40):
        await healthy.run_due(5)
        if bench.platform.effects:
            break
        bench.clock.forward(50)
    wake.set()
    await slow_work


async def test_a_sender_that_wakes_up_late_is_refused_at_the_door(bench: Bench) -> None:
    await _stall(bench, FakeKind(), QUICK)
    assert len(bench.platform.effects) == 1
    assert [fate for _, _, fate in bench.platform.requests] == ["fine", "expired"]
    assert bench.states() == {PACKAGE: "done"}


@dataclass
class SignsAtSend(FakeKind):
    clock: Bench | None = None

    async def send(self, client: str, prepared: Signed, deadline: float) -> Reply:
        if self.hold_up:
            await self.hold_up.pop(0).wait()
        assert self.clock is not None
        return await super().send(client, replace(prepared, timestamp=self.clock.clock()), deadline)


async def test_control_signing_at_the_send_ships_twice(bench: Bench) -> None:
    await _stall(bench, SignsAtSend(clock=bench), QUICK)
    assert bench.platform.doubles() == {PACKAGE: 2}


async def test_control_no_quiet_time_ships_twice(bench: Bench) -> None:
    hasty = SenderSettings(validity=20, settle=20, skew=10)
    await _stall(bench, FakeKind(), hasty)
    assert bench.platform.doubles() == {PACKAGE: 2}


@dataclass
class TriesAgain(FakeKind):
    async def send(self, client: str, prepared: Signed, deadline: float) -> Reply:
        try:
            return await super().send(client, prepared, deadline)
        except asyncio.IncompleteReadError:
            return await super().send(client, prepared, deadline)


async def test_a_lost_answer_is_looked_up(bench: Bench) -> None:
    bench.platform.moods = (Mood.MUTE,)
    bench.queue(PACKAGE)
    await bench.settle(bench.sender(), 1_000)
    assert len(bench.platform.effects) == 1
    assert bench.states() == {PACKAGE: "done"}


async def test_control_a_retry_below_the_outbox_ships_twice(bench: Bench) -> None:
    bench.platform.moods = (Mood.MUTE,)
    bench.queue(PACKAGE)
    await bench.settle(bench.sender(TriesAgain()), 1_000)
    assert bench.platform.doubles() == {PACKAGE: 2}


_TWICE = "INSERT INTO actions ({columns}) SELECT {columns} FROM actions WHERE state = 'queued'"


async def test_a_second_press_is_no_second_row(bench: Bench) -> None:
    bench.queue(PACKAGE)
    bench.queue(PACKAGE)
    await bench.settle(bench.sender(), 1_000)
    assert len(bench.platform.effects) == 1
    assert len(bench.rows()) == 1


async def test_control_without_the_index_two_presses_ship_twice(bench: Bench) -> None:
    bench.queue(PACKAGE)
    columns = "shop_id, kind, target, order_id, package_id, params, params_hash, state, fence, due_at,"
    columns += " attempts, reads, requested_by, requested_at"
    twice = text(_TWICE.format(columns=columns))
    bench.store.write(lambda conn: conn.execute(text("DROP INDEX uq_actions_live")))
    bench.store.write(lambda conn: conn.execute(twice))
    await bench.settle(bench.sender(), 100)
    assert bench.platform.doubles() == {PACKAGE: 2}
