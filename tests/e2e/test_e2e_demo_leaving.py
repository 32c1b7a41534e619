"""Leaving `pantau demo` at any moment: soon, with a terminal that works, and with nothing left behind."""

from __future__ import annotations

import os
import signal
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.demo_kit import leave, nothing_left, opened, ready
from tests.e2e.monitor import Monitor

pytestmark = [pytest.mark.pty, pytest.mark.timeout(120)]

SOON = 2.0
"""Seconds, on a computer that has nothing else to do."""
# Writes into its folder until there is none, as a migration does that takes its time.
BUSY_START = """
from itertools import count
import tui.backend

def busy(settings, *rest, **more):
    settings.data_path.mkdir(parents=True)
    for n in count():
        (settings.data_path / f"f{n}").write_text("x")

tui.backend.make_backend = busy
from tui.cli import main
main()
"""


def soon() -> float:
    """The promise as this computer can keep it now: when more wants to run than it can, everybody waits."""
    return SOON * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def signalled(monitor: Monitor) -> float:
    """Send SIGTERM; the seconds until the program has ended."""
    sent = time.perf_counter()
    os.kill(monitor.pid, signal.SIGTERM)
    assert monitor.reap(20), f"the signal did not end the program:\n{monitor.text()}"
    return time.perf_counter() - sent


Moment = Callable[[Monitor, Path], object]
# From the first moment at which there is something to leave behind.
MOMENTS: dict[str, Moment] = {
    "the sandbox is a process": lambda monitor, _: monitor.children(),
    "the folder is there": lambda _, folder: list(folder.iterdir()),
    "the settings are written": lambda _, folder: list(folder.glob("*/config.toml")),
    "the first picture": lambda monitor, _: b"\x1b[?1049h" in monitor.raw,
    "the store is being made": lambda _, folder: list(folder.glob("*/data/*")),
    "the list": lambda monitor, _: monitor.rows(),
}


# Each moment one way, and both ways where they differ most: while the store is written, and when all runs.
LEAVING = [
    *((signalled, moment) for moment in list(MOMENTS)[::2]),
    *((leave, moment) for moment in list(MOMENTS)[1::2]),
    (leave, "the store is being made"),
    (signalled, "the list"),
]


@pytest.mark.parametrize(
    ("way", "moment"), LEAVING, ids=[f"{'q' if way is leave else 'SIGTERM'}-{at}" for way, at in LEAVING]
)
def test_leaving_while_it_starts(tmp_path: Path, way: Callable[[Monitor], float], moment: str) -> None:
    with opened(tmp_path) as monitor:
        modes = termios.tcgetattr(monitor.fd)
        reached(monitor, lambda: MOMENTS[moment](monitor, tmp_path), moment)
        children = monitor.children()
        assert children, "the sandbox is a process of its own"
        assert way(monitor) < soon()
        # Between two of its phases the program ends by the signal itself; to a shell that is the same.
        assert monitor.status in ((0,) if way is leave else (128 + signal.SIGTERM, -signal.SIGTERM))
        nothing_left(tmp_path, children)
        assert termios.tcgetattr(monitor.fd) == modes
        monitor.drain()
        assert monitor.left_on() == set()
        assert b"Traceback" not in monitor.raw


def reached(monitor: Monitor, moment: Callable[[], object], what: str) -> None:
    """Wait for something that need not show on the screen, looking often: it may be a short moment."""
    until = time.monotonic() + 45
    while not moment():
        assert time.monotonic() < until, f"never: {what}\n{monitor.text()}"
        monitor.pump(0.005)


def test_q_leaves_a_running_demo(tmp_path: Path) -> None:
    with opened(tmp_path) as monitor:
        ready(monitor, tmp_path)
        children = monitor.children()
        assert leave(monitor) < soon()
        assert monitor.status == 0
        # Not even for a moment.
        assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
        assert list(tmp_path.iterdir()) == []
        monitor.drain()
        assert b"\x1b[?1049h" in monitor.raw
        assert monitor.left_on() == set()


def test_a_start_that_still_writes_cannot_keep_the_folder(tmp_path: Path) -> None:
    with opened(tmp_path, script=BUSY_START) as monitor:
        reached(monitor, lambda: list(tmp_path.glob("*/data/f*")), "the backend is starting")
        children = monitor.children()
        assert leave(monitor) < 2 * soon()
        assert monitor.status == 0, bytes(monitor.raw[-2000:])
        nothing_left(tmp_path, children)


@pytest.mark.crash
def test_a_killed_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    with opened(tmp_path) as monitor:
        ready(monitor, tmp_path)
        children = monitor.children()
        os.kill(monitor.pid, signal.SIGKILL)
        assert monitor.reap(20)
        nothing_left(tmp_path, children)
