"""The scheduler: runs in time, gives up what hangs, tells each job's health, and survives a closed lid."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs import scheduler as module
from jobs.intake.sync import Alive
from jobs.problems import Problem
from jobs.scheduler import Job, Scheduler, attempt
from shop.errors import LoginNeeded, NotSent
from store.db import Store
from store.times import HOUR
from tests.conftest import FrozenClock
from tests.jobs.runtime_kit import rows

HEALTH = "SELECT job, shop, problem, failing_since, last_ok_at FROM job_health ORDER BY job, shop"
Ran = asyncio.Queue[str]


def told(store: Store) -> dict[tuple[object, object], object]:
    return {(job, shop): problem for job, shop, problem, _, _ in rows(store, HEALTH)}


async def soon(condition: Callable[[], bool]) -> None:
    """Wait for a condition without blocking the loop."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running(store: Store, *jobs: Job, **more: Any) -> AsyncIterator[Scheduler]:
    scheduler = Scheduler(store, jobs, zone=ZoneInfo("Asia/Jakarta"), clock=store.clock, **more)
    scheduler.start()
    try:
        yield scheduler
    finally:
        await scheduler.stop()


def job(name: str, run: Callable[[Alive], Any], shop: str = "a", every: int = HOUR, **more: Any) -> Job:
    return Job(name, shop, run, every, **more)


async def test_the_first_run_comes_at_once_and_its_health_says_when_the_next_does(store: Store) -> None:
    ran = Ran()
    async with running(store, job("orders", lambda alive: ran.put("x"))):
        assert await asyncio.wait_for(ran.get(), 5) == "x"
        await soon(lambda: bool(rows(store, HEALTH)))
    ((ok_at, next_at, problem),) = rows(store, "SELECT last_ok_at, next_at, problem FROM job_health")
    assert ok_at == store.clock() and isinstance(next_at, int) and problem is None


async def test_a_nightly_job_does_not_run_at_the_start_but_when_told(store: Store) -> None:
    ran = Ran()
    async with running(
        store,
        job("sweep", lambda alive: ran.put("sweep"), at="02:30"),
        job("orders", lambda alive: ran.put("x")),
    ) as scheduler:
        assert await asyncio.wait_for(ran.get(), 5) == "x"
        assert ran.empty()
        scheduler.nudge("sweep")
        assert await asyncio.wait_for(ran.get(), 5) == "sweep"


async def test_runs_come_again(store: Store) -> None:
    ran = Ran()
    async with running(store, job("orders", lambda alive: ran.put("x"), every=50)):
        assert [await asyncio.wait_for(ran.get(), 5) for _ in range(3)] == ["x"] * 3
        await soon(lambda: told(store) == {("orders", "a"): None})


async def test_one_shops_trouble_is_its_own(store: Store) -> None:
    ran = Ran()

    async def fail(alive: Alive) -> None:
        raise LoginNeeded("the authorization is over")

    async with running(
        store,
        job("orders", fail, "bad", every=50),
        job("orders", lambda alive: ran.put("x"), "good", every=50),
    ):
        for _ in range(3):
            await asyncio.wait_for(ran.get(), 5)
        # On a busy machine a run may still be under way when the next is due; that is told until the next one ends.
        await soon(lambda: told(store) == {("orders", "bad"): "login", ("orders", "good"): None})


async def test_trouble_has_a_beginning_and_an_end(store: Store, clock: FrozenClock) -> None:
    errors: list[Exception] = [NotSent("ConnectError"), NotSent("ConnectError")]

    async def run(alive: Alive) -> None:
        if errors:
            raise errors.pop(0)

    mine = job("orders", run)
    began = clock.now
    assert (await attempt(store, mine, clock=clock)) == Problem("no_network", str(NotSent("ConnectError")))
    clock.advance(60_000)
    await attempt(store, mine, clock=clock)
    assert rows(store, HEALTH) == [("orders", "a", "no_network", began, None)]
    clock.advance(60_000)
    assert await attempt(store, mine, clock=clock) is None
    assert rows(store, HEALTH) == [("orders", "a", None, None, clock.now)]


async def test_a_run_that_hangs_is_given_up_and_the_next_one_comes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 50)
    ran = Ran()

    async def hang(alive: Alive) -> None:
        await ran.put("x")
        await asyncio.sleep(3600)

    async with running(store, job("orders", hang, every=60)):
        assert [await asyncio.wait_for(ran.get(), 5) for _ in range(2)] == ["x"] * 2
        await soon(lambda: told(store) == {("orders", "a"): "too_slow"})


async def test_a_long_run_that_goes_on_is_not_given_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 100)

    async def slow(alive: Alive) -> None:
        for _ in range(10):
            await asyncio.sleep(0.03)
            alive()

    async with running(store, job("orders", slow, every=60)):
        await soon(lambda: bool(rows(store, HEALTH)))
    assert told(store) == {("orders", "a"): None}


async def test_a_silent_run_that_blocks_the_next_is_told(store: Store) -> None:
    async def hang(alive: Alive) -> None:
        await asyncio.sleep(3600)

    heard: list[str] = []
    async with running(
        store,
        job("orders", hang, every=50),
        on_problem=lambda job, problem: heard.append(problem.code if problem else "ok"),
    ):
        await soon(lambda: told(store) == {("orders", "a"): "overlap"})
    assert set(heard) == {"overlap"}


async def test_the_log_keeps_the_skips_of_all_but_endless_jobs(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    skips: list[str] = []

    async def busy(alive: Alive) -> None:
        while True:
            await asyncio.sleep(0.005)
            alive()

    class Counting(Scheduler):
        def _heard(self, event: Any) -> None:
            skips.append(event.job_id)

    scheduler = Counting(
        store,
        [job("files", busy, every=50, endless=True), job("orders", busy, every=50)],
        zone=ZoneInfo("Asia/Jakarta"),
        clock=store.clock,
        monotonic=lambda: 0.0,  # however busy the machine is: nobody was silent
    )
    scheduler.start()
    try:
        await soon(lambda: {"files/a", "orders/a"} <= set(skips))
    finally:
        await scheduler.stop()
    told = [record.args for record in caplog.records if record.name == "apscheduler.scheduler"]
    skipped = {getattr(args[0], "id", None) for args in told if isinstance(args, tuple) and args}
    assert "orders/a" in skipped
    assert "files/a" not in skipped


async def test_a_nudge_during_a_run_means_once_more(store: Store) -> None:
    ran, go = Ran(), asyncio.Event()

    async def run(alive: Alive) -> None:
        await ran.put("x")
        await go.wait()

    async with running(store, job("orders", run)) as scheduler:
        await asyncio.wait_for(ran.get(), 5)
        for _ in range(3):
            scheduler.nudge("orders")
        go.set()
        await asyncio.wait_for(ran.get(), 5)
        await soon(lambda: bool(rows(store, HEALTH)))
        await asyncio.sleep(0.05)
        assert ran.empty(), "three nudges made more than one run"


async def test_after_a_sleep_everything_is_looked_at(store: Store, clock: FrozenClock) -> None:
    ran, present = Ran(), 100.0
    async with running(
        store,
        job("orders", lambda alive: ran.put("x")),
        job("sweep", lambda alive: ran.put("sweep"), at="02:30"),
        monotonic=lambda: present,
        tick=0.01,
    ):
        await asyncio.wait_for(ran.get(), 5)
        await soon(lambda: bool(rows(store, HEALTH)))
        # Time that both clocks saw is no sleep.
        present += 60
        clock.advance(60_000)
        await asyncio.sleep(0.05)
        assert ran.empty()
        clock.advance(HOUR)  # the wall clock alone went on
        assert await asyncio.wait_for(ran.get(), 5) == "x"
        await asyncio.sleep(0.05)
        assert ran.empty()


async def test_the_end_is_quick_and_quiet(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    started = asyncio.Event()

    async def hang(alive: Alive) -> None:
        started.set()
        await asyncio.sleep(3600)

    with caplog.at_level(logging.INFO):
        async with running(store, job("orders", hang)):
            await asyncio.wait_for(started.wait(), 5)
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 1
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert rows(store, HEALTH) == [], "a run we ended ourselves is no failure"


async def test_a_store_that_cannot_be_written_does_not_stop_the_jobs(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store.errors import DiskFull

    async def full(fn: object) -> object:
        raise DiskFull()

    monkeypatch.setattr(store, "awrite", full)
    ran, heard = Ran(), []

    async def run(alive: Alive) -> None:
        await ran.put("x")
        raise DiskFull()

    async with running(
        store, job("orders", run, every=50), on_problem=lambda job, problem: heard.append(problem)
    ):
        await asyncio.wait_for(ran.get(), 5)
        await asyncio.wait_for(ran.get(), 5)
    assert heard[0] is not None and heard[0].code == "disk_full"
