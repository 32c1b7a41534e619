"""Samples and the three things that are measured from outside: a start, key presses, memory."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.terminal import Terminal


@dataclass(frozen=True)
class Case:
    """A program to start and the pattern that says it is ready."""

    name: str
    ready: str
    argv: Sequence[str]


def percentile(samples: Sequence[float], p: float) -> float:
    """Linear between neighbours; p in 0..100."""
    data = sorted(samples)
    at = (len(data) - 1) * p / 100
    low = int(at)
    high = min(low + 1, len(data) - 1)
    return data[low] + (data[high] - data[low]) * (at - low)


def starts(cases: Sequence[Case], runs: int) -> dict[str, float]:
    """Seconds from process start to the ready pattern, the median of `runs`, all cases in turn.

    The turn's order alternates: the first program of a turn warms pages and caches for the second.
    """
    found: dict[str, list[float]] = {case.name: [] for case in cases}
    for turn in range(runs + 1):
        for case in cases if turn % 2 else reversed(cases):
            with Terminal(case.argv) as term:
                at = term.wait_for(case.ready, 60) - term.started
            if turn:  # the first turn only warms up
                found[case.name].append(at)
    return {name: statistics.median(samples) for name, samples in found.items()}


@dataclass(frozen=True)
class Keys:
    """What key presses cost: seconds from key to the first changed cell."""

    p50: float
    p99: float
    n: int
    missed: int
    rss: int


def keys(case: Case, key: str, count: int, before: Sequence[str] = (), seed: int = 1) -> Keys:
    """Press one key again and again and wait each time for the screen to answer."""
    rng = random.Random(seed)
    samples: list[float] = []
    missed = 0
    with Terminal(case.argv) as term:
        term.wait_for(case.ready, 60)
        term.settle(0.3, 5)
        for name in before:
            term.send(name)
            term.settle(0.2, 5)
        for _ in range(count):
            time.sleep(rng.uniform(0.0, 0.03))  # not in step with the program's frames
            while term.pump(0):
                pass
            shown = term.cells()
            pressed = term.send(key)
            at = term.wait(lambda shown=shown: term.cells() != shown, 2)  # type: ignore[misc]
            if at is None:
                missed += 1
            else:
                samples.append(at - pressed)
            term.settle(0.01, 0.05)
        rss = term.memory()
    return Keys(percentile(samples, 50), percentile(samples, 99), len(samples), missed, rss)
