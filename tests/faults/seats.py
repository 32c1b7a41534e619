"""Several sender processes on one store, each told over a pipe when to die or to be suspended.

A seat is `python -m tests.faults.worker`: it imports everything once, then forks a sender for each order.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGCONT
from subprocess import PIPE, Popen

ROOT = Path(__file__).parents[2]


class Seat:
    """A process that runs one sender at a time."""

    def __init__(self, process: Popen[str]) -> None:
        self._process = process
        self._stopped: int | None = None

    def begin(self, checkpoint: str = "-", hits: int = 0, fate: str = "SIGKILL") -> None:
        """Start a sender that meets its fate at the n-th hit of a checkpoint; by default it works to the end."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{checkpoint} {hits} {fate}\n")
        self._process.stdin.flush()

    def suspended(self) -> None:
        """Wait until the sender has been suspended."""
        word, pid = self._line().split()
        assert word == "stopped"
        self._stopped = int(pid)

    def wake(self) -> None:
        """Let the suspended sender go on."""
        assert self._stopped is not None
        os.kill(self._stopped, SIGCONT)
        self._stopped = None

    def ended(self) -> int:
        """Wait until the sender has ended; how it did."""
        return int(self._line())

    def run(self, checkpoint: str = "-", hits: int = 0) -> int:
        """Let a sender work until it dies at the checkpoint or nothing is left to do; how it ended."""
        self.begin(checkpoint, hits)
        return self.ended()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the worker is gone"
        return line


@contextmanager
def seats(count: int, database: str, *platform: str) -> Iterator[list[Seat]]:
    """So many seats on a store and a platform (see the worker's usage), gone when the block ends."""
    command = [sys.executable, "-m", "tests.faults.worker", database, *platform]
    started = [
        Popen(command, cwd=ROOT, text=True, stdin=PIPE, stdout=PIPE, start_new_session=True)
        for _ in range(count)
    ]
    try:
        yield [Seat(process) for process in started]
    finally:
        for process in started:
            _end(process)


def _end(process: Popen[str]) -> None:
    # The whole group: a sender that is still suspended would stay.
    os.killpg(process.pid, 9)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
