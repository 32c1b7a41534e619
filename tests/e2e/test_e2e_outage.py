"""The platform goes away while the monitor runs: it says so, goes on working, and makes good afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.monitor import Monitor
from tests.e2e.program import Pantau, words, write_config
from tests.e2e.shopfront import Shopfront

pytestmark = pytest.mark.pty

TO_SHIP = 3
# As many tries, without the pauses between them: an outage is noticed at once.
HASTY = "import stamina; stamina.set_testing(True, attempts=4); from tui.cli import main; main()"
OFTEN = '[jobs]\norders_every = "1s"\nrequests_every = "1s"\ntracking_every = "1s"\nstock_every = "1s"\n\n'


@pytest.fixture
def shop() -> Iterator[Shopfront]:
    """A shop that stands still, but can go away."""
    with Shopfront() as front:
        yield front


@pytest.fixture
def pantau(shop: Shopfront, tmp_path: Path) -> Pantau:
    """The program connected to it, asking every second."""
    return Pantau(write_config(tmp_path, shop.access.config, OFTEN), shop.access.environ)


def ask_to_ship(monitor: Monitor) -> str:
    """Go down the list to the first order that ships without a second thought; the question is open then."""
    asked, held = words("ship.title", n=1), words("ship.title.held", n=0, held=1)
    for order in [row.order for row in monitor.rows()]:
        monitor.walk_to(order)
        monitor.send("s")
        monitor.wait_for(f"{asked}|{held}")
        if held not in monitor.text():
            return order
        monitor.send("escape")
        monitor.until(lambda: held not in monitor.text(), "the answer is gone")
    raise AssertionError(f"nothing to ship:\n{monitor.text()}")


def test_a_wish_made_without_a_network_is_carried_out_once_when_it_is_back(
    shop: Shopfront, pantau: Pantau
) -> None:
    with Monitor.of(pantau, script=HASTY) as monitor:
        monitor.until(lambda: len(monitor.rows()) == monitor.counts().get(TO_SHIP), "the list is whole", 30)
        shown = [row.order for row in monitor.rows()]
        shop.close()
        # Not connected, since when, what is safe, what happens next: one sentence.
        cut_off = f"{words('problem.no_network')} sejak"
        monitor.until(lambda: cut_off in monitor.text(), "it says what is wrong", 40)
        assert [row.order for row in monitor.rows()] == shown
        order = ask_to_ship(monitor)
        monitor.send("y")
        monitor.until(lambda: words("results.title") in monitor.text(), "the results are shown")
        monitor.send("escape")
        monitor.until(lambda: monitor.shows(order, words("flag.queued")), "the wish is queued")
        assert shop.shipped == []
        shop.open()
        monitor.until(lambda: monitor.rows() and not monitor.shows(order), "the wish was carried out", 45)
        assert len(shop.shipped) == 1
        # A courier that could not be reached rests a minute; the shop's own line goes at once.
        monitor.until(lambda: cut_off not in monitor.text(), "the platform is well again", 45)
        monitor.send("q")
        assert monitor.reap(5)
        assert monitor.status == 0
    (action,) = pantau.json("actions")
    assert (action["state"], action["package_id"]) == ("done", shop.shipped[0])
    pantau.run("db", "check")


def test_a_store_that_cannot_be_used_is_said_on_the_screen(pantau: Pantau) -> None:
    pantau.data.mkdir()
    (pantau.data / "pantau.db").write_bytes(b"no database " * 500)
    with Monitor.of(pantau) as monitor:
        said = words("health.read", detail="").partition(":")[0]
        monitor.until(lambda: said in monitor.text(), "it says so")
        monitor.send("q")
        assert monitor.reap(5)
        monitor.drain()
        assert monitor.left_on() == set()
        assert b"Traceback" not in monitor.raw
