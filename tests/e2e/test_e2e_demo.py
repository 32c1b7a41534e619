"""`pantau demo` in a real pseudo-terminal: what a seller sees in the first minute, and that nothing is left behind."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.monitor import Monitor, Row, alive
from tests.e2e.program import words

pytestmark = pytest.mark.pty

DEMO = ["demo", "--orders", "120", "--rate", "40", "--speed", "600", "--seed", "3"]
TO_SHIP, TRANSIT, DELIVERED = 3, 5, 6


def opened(folder: Path, cols: int = 120, rows: int = 36) -> Monitor:
    """The demo, with its temporary folder under our eyes."""
    return Monitor(
        [sys.executable, "-m", "tui", *DEMO], cols=cols, rows=rows, env={"TMPDIR": str(folder), "PANTAU_LANGUAGE": "id"}
    )  # fmt: skip


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Monitor]:
    """A demo whose list has arrived and whose keys work."""
    with opened(tmp_path) as monitor:
        ready(monitor)
        yield monitor


def ready(monitor: Monitor) -> None:
    """Wait for the list, and for every order of the first round."""
    monitor.until(lambda: monitor.rows() and TRANSIT in monitor.counts(), "the list appeared", 30)


def fresh(monitor: Monitor) -> list[Row]:
    """Orders in the upper half of the list that can be shipped without a second thought."""
    news = words("flag.new")
    held = (words("flag.note"), words("flag.cancel"), words("flag.packages", n=2))
    return [
        row
        for row in monitor.rows()[:12]
        if row.text.rstrip(" ▐").endswith(news) and not any(flag in row.text for flag in held)
    ]


def leave(monitor: Monitor) -> float:
    """Press `q`; the seconds until the program has ended."""
    pressed = monitor.send("q")
    assert monitor.reap(10), f"q did not end the program:\n{monitor.text()}"
    return time.perf_counter() - pressed


def test_confirm_is_seen_and_undone(demo: Monitor) -> None:
    demo.until(lambda: fresh(demo), "an order to ship, uncovered by notices")
    order = fresh(demo)[0].order
    demo.walk_to(order)
    demo.send("c")
    demo.until(lambda: demo.shows(order, words("flag.confirmed")), "it is confirmed")
    demo.send("u")
    demo.until(lambda: demo.shows(order, words("flag.new")), "it is not any more")


def test_only_y_ships_an_order_which_then_leaves_the_tab(demo: Monitor) -> None:
    demo.until(lambda: fresh(demo), "an order to ship, uncovered by notices")
    order = fresh(demo)[0].order
    demo.walk_to(order)
    for key in ("enter", "escape"):
        demo.send("s")
        demo.wait_for(words("ship.title", n=1))
        demo.send(key)
        demo.until(lambda: words("ship.title", n=1) not in demo.text(), "the question is gone")
        demo.until(lambda: demo.shows(order, words("flag.new")), "the order is as it was")
    demo.send("s")
    demo.wait_for(words("ship.title", n=1))
    demo.send("y")
    demo.wait_for(words("results.finished", ok=1, refused=0, person=0))
    demo.wait_for(f"✓.*{order[-4:]}")
    demo.send("escape")
    demo.until(lambda: demo.rows() and not demo.shows(order), "it left the tab")


def test_a_marked_batch_is_shipped(demo: Monitor) -> None:
    demo.until(lambda: len(fresh(demo)) > 2, "three orders to ship, uncovered by notices")
    batch = [row.order for row in fresh(demo)[:3]]
    for order in batch:
        demo.walk_to(order)
        demo.send("space")
    demo.wait_for(words("status.marked", n=3))
    demo.send("s")
    demo.wait_for(words("ship.title", n=3))
    demo.send("y")
    demo.wait_for(words("results.finished", ok=3, refused=0, person=0))
    demo.send("escape")
    demo.until(lambda: demo.rows() and not any(map(demo.shows, batch)), "they left the tab")


def test_q_ends_soon_and_leaves_nothing_behind(demo: Monitor, tmp_path: Path) -> None:
    children = demo.children()
    assert children, "the sandbox is a process of its own"
    assert list(tmp_path.iterdir())
    assert leave(demo) < 2.0
    assert demo.status == 0
    demo.drain()
    assert b"\x1b[?1049h" in demo.raw
    assert demo.left_on() == set()
    assert [pid for pid in children if alive(pid)] == []
    assert list(tmp_path.iterdir()) == []
