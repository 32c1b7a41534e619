"""When an app has nothing left to do: what a pilot waits for after every key, and no longer than that.

Textual sleeps 20 ms and looks whether the process burned a millisecond meanwhile, twice for every key. That was most
of what a test of the screen took, and on a busy machine a process that was given no time passes for idle. Here
the loop itself is asked: nothing is ready to run, no thread works for it, and no timer is about to end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import pytest

PATIENCE = 0.04
"""Seconds: as long as Textual waits for a key. A timer that ends within is waited for: the next frame is one."""
THREADS = 0.25
"""Seconds for the work of threads. What takes longer is a matter of a test's own condition."""


class Idle:
    """Takes the place of `textual._wait.wait_for_idle`."""

    def __init__(self) -> None:
        self.threads: WeakSet[Future[Any]] = WeakSet()
        """What threads do, until whoever waits for it was told."""

    async def __call__(self, min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
        """Return when nothing is left to do, or what is left takes its time."""
        loop: Any = asyncio.get_running_loop()
        begun = loop.time()
        patient = begun + PATIENCE
        while True:
            working = bool(
                self.threads
            )  # asked first: what a thread told before is run by the turns that follow
            await _drained(loop, begun + max_sleep)
            now = loop.time()
            timer = min((one.when() for one in loop._scheduled if not one.cancelled()), default=patient)
            if working and now < begun + THREADS:
                await asyncio.sleep(0.001)
            elif timer < patient and now < patient:
                await asyncio.sleep(max(timer - now, 0))
            else:
                return


async def _drained(loop: Any, latest: float) -> None:
    """Let the loop turn until nothing else was to be run for two turns: one of them looked at what threads told."""
    still = 0
    while still < 2 and loop.time() < latest:
        await asyncio.sleep(0)
        still = 0 if loop._ready else still + 1


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pilots ask the loop."""
    idle, begin, end = Idle(), Future.__init__, Future._invoke_callbacks  # type: ignore[attr-defined]

    def begun(work: Future[Any]) -> None:
        begin(work)
        idle.threads.add(work)

    def ended(work: Future[Any]) -> None:
        end(work)
        idle.threads.discard(work)

    with monkeypatch.context() as patch:
        patch.setattr(Future, "__init__", begun)
        patch.setattr(Future, "_invoke_callbacks", ended)
        for place in ("app", "pilot"):
            patch.setattr(f"textual.{place}.wait_for_idle", idle)
        yield
