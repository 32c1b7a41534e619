"""`pantau demo` in a terminal, with its temporary folder and its shop under our eyes."""

from __future__ import annotations

import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.monitor import Monitor, alive

TO_SHIP, TRANSIT, DELIVERED = 3, 5, 6
STILL = ("--orders", "120", "--rate", "0", "--speed", "0", "--seed", "3")
"""A shop in which nothing happens that the test did not ask for."""


def opened(folder: Path, *options: str, cols: int = 120, rows: int = 36, script: str = "") -> Monitor:
    """The demo, with its temporary folder in `folder`; `script` is run in its place and has to start it."""
    program = ["-c", script] if script else ["-m", "tui"]
    return Monitor(
        [sys.executable, *program, "demo", *(options or STILL)],
        cols=cols,
        rows=rows,
        env={"TMPDIR": str(folder), "PANTAU_LANGUAGE": "id"},
    )


class FakeShop:
    """The demo's own sandbox, steered as docs/sandbox.md says."""

    def __init__(self, folder: Path) -> None:
        (config,) = folder.glob("pantau-demo-*/config.toml")
        self._url = tomllib.loads(config.read_text())["shops"][0]["api_base"]

    def state(self) -> dict[str, Any]:
        """The shop at a glance."""
        found: dict[str, Any] = httpx.get(f"{self._url}/_sandbox/state", trust_env=False, timeout=30).json()
        return found

    def advance(self, hours: float) -> None:
        """Let everything happen that happens in so many hours."""
        url = f"{self._url}/_sandbox/advance"
        httpx.post(url, json={"seconds": hours * 3_600}, trust_env=False, timeout=30).raise_for_status()


def ready(monitor: Monitor, folder: Path) -> FakeShop:
    """Wait until the list holds every order of the first round."""
    monitor.until(monitor.rows, "the list appeared", 45)
    shop = FakeShop(folder)
    travelling = shop.state()["by_status"]["IN_TRANSIT"]
    monitor.until(lambda: monitor.counts()[TRANSIT] == travelling, "the list is whole", 45)
    return shop


def leave(monitor: Monitor) -> float:
    """Press `q`; the seconds until the program has ended."""
    pressed = monitor.send("q")
    assert monitor.reap(20), f"q did not end the program:\n{monitor.text()}"
    return time.perf_counter() - pressed


def nothing_left(folder: Path, children: list[int]) -> None:
    """Wait until the folder is empty and the processes are gone: a moment, if we were left while starting."""
    until = time.monotonic() + 10
    while (list(folder.iterdir()) or any(map(alive, children))) and time.monotonic() < until:
        time.sleep(0.01)
    assert list(folder.iterdir()) == []
    assert not any(map(alive, children))
