"""`pantau demo` in a real pseudo-terminal: a seller confirms and ships."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.demo_kit import opened, ready
from tests.e2e.monitor import Monitor, Row
from tests.e2e.program import words

pytestmark = pytest.mark.pty


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Monitor]:
    """A demo whose list has arrived and in which nothing happens by itself."""
    with opened(tmp_path) as monitor:
        ready(monitor, tmp_path)
        yield monitor


def fresh(monitor: Monitor) -> list[Row]:
    """Orders in the upper half of the list that can be shipped without a second thought."""
    news = words("flag.new")
    held = (words("flag.note"), words("flag.cancel"), words("flag.packages", n=2))
    return [
        row
        for row in monitor.rows()[:12]
        if row.text.rstrip(" ▐").endswith(news) and not any(flag in row.text for flag in held)
    ]


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
