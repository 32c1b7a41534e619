"""`pantau demo` in a real pseudo-terminal: orders come in, parcels move, and the seller's place stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.demo_kit import DELIVERED, TO_SHIP, TRANSIT, opened, ready
from tests.e2e.monitor import Monitor, Row
from tests.e2e.program import words

pytestmark = [pytest.mark.pty, pytest.mark.timeout(180)]

# So many that the list is longer than the screen: a list left at its start shows its start again when idle.
LONG = ("--orders", "500", "--rate", "0.5", "--speed", "0", "--seed", "3")


def seen(monitor: Monitor) -> Row | None:
    """The order under the cursor; None while a picture has come only in half."""
    try:
        return monitor.cursor()
    except ValueError:
        return None


def test_new_orders_come_in_while_the_cursor_stays_on_its_order_and_line(tmp_path: Path) -> None:
    with opened(tmp_path, *LONG) as demo:
        shop = ready(demo, tmp_path)
        most_urgent = demo.rows()[0].order
        demo.send("o")
        demo.until(lambda: demo.rows()[0].order != most_urgent, "the newest come first")
        newest = demo.rows()[0].order
        demo.insist("pagedown", lambda: "↑" in demo.lines()[3], "there are orders above the screen")
        demo.settle()
        here, before, pictures = demo.cursor(), demo.counts()[TO_SHIP], 0
        shop.advance(hours=2)

        def stays() -> None:
            nonlocal pictures
            row = seen(demo)
            if row is not None:
                pictures += 1
                assert (row.order, row.line) == (here.order, here.line)

        def several_came() -> bool:
            stays()
            return demo.counts()[TO_SHIP] >= before + 3

        demo.until(several_came, "the tab counts new orders", 90)
        demo.settle()
        stays()
        assert pictures > 3
        demo.send("home")
        demo.until(lambda: demo.cursor().line == demo.rows()[0].line, "the cursor is at the top")
        assert demo.cursor().order != newest, "they stand above it"


def test_a_parcel_that_arrives_moves_its_order_to_another_tab_and_says_so(tmp_path: Path) -> None:
    with opened(tmp_path) as demo:
        shop = ready(demo, tmp_path)
        before = demo.counts()
        demo.send(str(TRANSIT))
        demo.until(lambda: len(demo.rows()) == before[TRANSIT], "the parcels under way are listed")
        under_way = {row.order for row in demo.rows()}
        shop.advance(hours=24)
        demo.wait_for(words("notice.delivered", n=r"\d+"), 60)
        demo.until(
            lambda: len(demo.rows()) == demo.counts()[TRANSIT] < before[TRANSIT], "tab and list follow", 30
        )
        arrived = under_way - {row.order for row in demo.rows()}
        demo.send(str(DELIVERED))
        demo.until(lambda: arrived <= {row.order for row in demo.rows()}, "they stand in the next tab", 30)
        assert demo.counts()[DELIVERED] > before[DELIVERED]

        order = min(arrived)
        demo.walk_to(order)
        demo.send("enter")
        demo.until(lambda: not demo.rows() and order in demo.lines()[0], "the order is open")
        assert words("status.DELIVERED") in demo.lines()[0]
        demo.send("t")
        demo.until(lambda: words("track.delivered") in timeline(demo), "its journey ends with the buyer", 60)


def timeline(monitor: Monitor) -> str:
    """The right half of an open order."""
    return "\n".join(line.partition("│")[2] for line in monitor.lines())
