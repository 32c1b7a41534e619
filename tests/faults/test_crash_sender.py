"""Kill the sender at every point where it can die, on a hostile platform: nothing twice, nothing lost.

Workers are real processes killed with SIGKILL, the platform is a real server without duplicate protection.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from signal import SIGKILL
from subprocess import PIPE, Popen

import pytest

from jobs.outbox import FINAL
from store.db import Store
from store.sqlite import driver
from store.times import now_ms
from tests.faults.fake_platform import HOSTILE, FakePlatform, listening
from tests.faults.rig import QUICK, stock_up

ROOT = Path(__file__).parents[2]
CHECKPOINTS = (
    *("claiming", "claimed", "read", "marking", "marked", "signed", "answered", "finishing", "finished"),
)
ROUNDS = 12
EACH = 6
"""Packages queued before each kill, so that there is always work to die in."""


@pytest.mark.crash
@pytest.mark.timeout(120)
def test_nothing_ships_twice_and_nothing_is_lost_under_kills(tmp_path: Path) -> None:
    database = tmp_path / "pantau.db"
    dice = random.Random(11)
    plan = [(name, dice.randint(1, 3)) for name in CHECKPOINTS for _ in range(ROUNDS)]
    dice.shuffle(plan)
    packages = [f"1150000000000{n:06}" for n in range(len(plan) * EACH)]
    cancelled = frozenset(packages[::25])
    platform = FakePlatform(QUICK.validity, QUICK.settle, HOSTILE, seed=7, cancelled=cancelled)
    store = Store.open(str(database))
    waiting = iter(packages)
    with listening(platform), _worker(database, platform.url) as worker:
        ends = Counter[int]()
        for name, hit in plan:
            some = list(islice(waiting, EACH))
            store.write(partial(stock_up, packages=some, now=now_ms()))
            ends[_run(worker, name, hit)] += 1
        assert _run(worker, "-", 0) == 0
    reader = store.reader()
    rows = reader.actions()
    reader.close()
    store.close()

    assert ends[-SIGKILL] >= 100, ends
    assert platform.doubles() == {}
    assert len(rows) == len(packages)
    assert {row.state for row in rows} <= FINAL, "lost"
    states = {str(row.package_id): row.state for row in rows}
    shipped = platform.shipped()
    assert {package for package, state in states.items() if state == "done"} == shipped
    assert {package for package, state in states.items() if state == "refused"} == cancelled
    raw = driver.connect(str(database))
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()


@contextmanager
def _worker(database: Path, url: str) -> Iterator[Popen[str]]:
    command = [sys.executable, "-m", "tests.faults.worker", str(database), url]
    with Popen(command, cwd=ROOT, text=True, stdin=PIPE, stdout=PIPE) as worker:
        try:
            yield worker
        finally:
            worker.kill()


def _run(worker: Popen[str], name: str, hit: int) -> int:
    """Let one sender work until it dies at the checkpoint or nothing is left to do; how it ended."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(f"{name} {hit}\n")
    worker.stdin.flush()
    return int(worker.stdout.readline())
