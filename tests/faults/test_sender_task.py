"""The sender as a task: woken, stopped, outlived, put off by a jumping clock and by a broken store."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, select

from jobs.outbox import sender as sender_module
from jobs.outbox.rules import SenderSettings
from store.bulk import table_of
from store.errors import DiskFull
from store.models import JobHealth
from tests.faults.rig import QUICK, Bench, FakeKind, when

ONE = "1150000000000000001"
PACKAGES = ("1150000000000000002", "1150000000000000003")
LONG = 2 * QUICK.quiet


async def test_a_nudge_from_another_thread_wakes_the_task(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "IDLE", 3_600_000)
    bench.queue()
    arrived = threading.Event()
    bench.platform.witness = arrived.set
    sender, stop = bench.sender(settings=SenderSettings()), asyncio.Event()
    running = asyncio.create_task(sender.run(stop))
    while not sender.idle:
        await asyncio.sleep(0)

    def elsewhere() -> bool:
        bench.queue(ONE)
        sender.nudge()
        return arrived.wait(4)

    assert await asyncio.to_thread(elsewhere)
    stop.set()
    await running


async def test_a_stop_lets_the_send_under_way_end_and_claims_nothing_more(bench: Bench) -> None:
    kind = FakeKind(batch=1)
    go = asyncio.Event()
    kind.hold_up.append(go)
    bench.queue(*PACKAGES[:2])
    stop, signed, loop = asyncio.Event(), asyncio.Event(), asyncio.get_running_loop()
    sender = bench.sender(kind, checkpoint=when("signed", lambda: loop.call_soon_threadsafe(signed.set)))
    running = asyncio.create_task(sender.run(stop))
    await signed.wait()
    stop.set()
    await asyncio.sleep(0)
    assert not running.done()
    go.set()
    await running
    assert sorted(bench.states().values()) == ["done", "queued"]


async def test_a_send_that_outlives_the_shutdown_is_left_to_the_next_process(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "SHUTDOWN", 0.05)
    bench.queue(ONE)
    kind = FakeKind(hold_up=[asyncio.Event()])
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    sender = bench.sender(kind, checkpoint=when("signed", lambda: loop.call_soon_threadsafe(stop.set)))
    await asyncio.wait_for(sender.run(stop), 5)
    assert bench.states() == {ONE: "sending"}
    await bench.settle(bench.sender(), LONG)
    assert len(bench.platform.effects) == 1
    assert bench.states() == {ONE: "done"}


async def test_a_clock_that_jumps_during_the_reads_stops_the_send(bench: Bench) -> None:
    @dataclass
    class Jump:
        ahead: float = 0

        def monotonic(self) -> float:
            return bench.clock.monotonic() - self.ahead

    jump = Jump()

    def sleep(name: str) -> None:
        if name == "read":
            jump.ahead = 6

    bench.queue(ONE)
    sender = sender_module.Sender(
        bench.store,
        {bench.shop: bench.platform.url},
        QUICK,
        bench.clock,
        checkpoint=sleep,
        kinds={"ship": FakeKind()},
        monotonic=jump.monotonic,
    )
    await sender._pass()
    assert bench.platform.requests == []
    pause = await sender._safe_pass()
    assert (sender.problem, pause) == ("clock_jumped", QUICK.lease / 1_000)
    bench.clock.forward(QUICK.lease)
    await sender._safe_pass()
    assert sender.problem is None
    assert bench.states() == {ONE: "done"}


@pytest.mark.parametrize(("error", "problem"), [(DiskFull(), "disk_full"), (RuntimeError(), "internal")])
async def test_trouble_is_named_and_passes(
    bench: Bench, error: Exception, problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    trouble = [error]

    def fail(name: str) -> None:
        if name == "claiming" and trouble:
            raise trouble.pop()

    bench.queue(ONE)
    sender = bench.sender(checkpoint=fail)
    with caplog.at_level(logging.CRITICAL):
        assert await sender._safe_pass() == sender_module.TROUBLE_PAUSE
    assert sender.problem == problem
    await sender._safe_pass()
    assert sender.problem is None


async def _until_said(bench: Bench, sender: sender_module.Sender, problem: str | None) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(sender.run(stop))
    async with asyncio.timeout(4):
        while {row.job: row.problem for row in bench.store.read(_health)} != {"sender": problem}:
            await asyncio.sleep(0.005)
    stop.set()
    await running


async def test_the_screen_hears_of_trouble_of_overdue_work_and_of_recovery(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sender_module, "TROUBLE_PAUSE", 0.01)
    bench.queue(ONE)
    bench.platform.unreadable = True
    broken = [True]

    def fail(name: str) -> None:
        if name == "claiming" and broken:
            raise RuntimeError

    with caplog.at_level(logging.CRITICAL + 1):
        await _until_said(bench, bench.sender(checkpoint=fail), "internal")
    broken.clear()
    bench.clock.forward(2 * QUICK.quiet + 1)
    await _until_said(bench, bench.sender(), "actions_overdue")
    bench.platform.unreadable = False
    bench.clock.forward(QUICK.quiet)
    await bench.sender().run_due(5)
    await _until_said(bench, bench.sender(), None)


def _health(conn: Connection) -> list[JobHealth]:
    return [JobHealth(**row._mapping) for row in conn.execute(select(table_of(JobHealth)))]
