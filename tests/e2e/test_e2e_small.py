"""The demo on small terminals, and while somebody drags the corner of the window."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.demo_kit import leave, opened, ready
from tests.e2e.monitor import Monitor
from tests.e2e.program import words

pytestmark = [pytest.mark.pty, pytest.mark.timeout(120)]


def test_80x24_is_enough_to_work(tmp_path: Path) -> None:
    with opened(tmp_path, cols=80, rows=24) as monitor:
        ready(monitor, tmp_path)
        order = monitor.cursor().order
        monitor.send("down")
        monitor.until(lambda: monitor.cursor().order != order, "the cursor moves")
        order = monitor.cursor().order
        monitor.send("enter")
        monitor.until(lambda: not monitor.rows() and order in monitor.lines()[0], "the order is open")
        monitor.send("escape")
        monitor.until(lambda: monitor.cursor().order == order, "the list is back, the cursor where it was")
        asked = words("ship.title", n=1)
        monitor.send("s")
        monitor.until(lambda: asked in monitor.text(), "it asks")
        monitor.send("escape")
        monitor.until(lambda: asked not in monitor.text(), "nothing was shipped")
        ended(monitor)


def test_20x5_says_in_a_sentence_that_it_is_too_small(tmp_path: Path) -> None:
    with opened(tmp_path, cols=20, rows=5) as monitor:
        monitor.until(lambda: words("app.too_small") in " ".join(monitor.text().split()), "it says so", 45)
        # The moment the window is enlarged, everything is there.
        monitor.resize(80, 24)
        ready(monitor, tmp_path)
        monitor.resize(20, 5)
        monitor.until(lambda: words("app.too_small") in " ".join(monitor.text().split()), "it says so again")
        ended(monitor)


def test_every_size_is_survived(tmp_path: Path) -> None:
    with opened(tmp_path, cols=80, rows=24) as monitor:
        ready(monitor, tmp_path)
        for width, height in ((1, 1), (40, 10), (200, 3), (2, 60), (20, 5), (300, 100), (120, 36)):
            monitor.resize(width, height)
            monitor.settle()
            assert not monitor.ended
        monitor.until(monitor.rows, "the list is back")
        ended(monitor)


def ended(monitor: Monitor) -> None:
    """It leaves as it should."""
    leave(monitor)
    monitor.drain()
    assert monitor.status == 0, bytes(monitor.raw[-2000:])
    assert monitor.left_on() == set()
    assert b"Traceback" not in monitor.raw
