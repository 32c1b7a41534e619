"""Two processes on one store: `pantau sync` feeds it, a monitor with `--no-jobs` shows what arrives."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.monitor import Monitor
from tests.e2e.program import Pantau, words, write_config
from tests.e2e.shopfront import Shopfront

pytestmark = [pytest.mark.pty, pytest.mark.timeout(120)]

TO_SHIP, NEW = 3, words("flag.new")
OFTEN = '[jobs]\norders_every = "1s"\nrequests_every = "1s"\ntracking_every = "1s"\n\n'


@contextmanager
def feeding(pantau: Pantau) -> Iterator[None]:
    """`pantau sync` in a process of its own, which ends when it is told to."""
    command = [sys.executable, "-m", "tui", "--config", str(pantau.config), "sync"]
    with subprocess.Popen(command, env=pantau.environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield
            assert process.poll() is None, "it ended by itself"
            process.send_signal(signal.SIGTERM)
            _, told = process.communicate(timeout=60)
            assert "Traceback" not in told, told
        finally:
            process.kill()


def test_what_one_process_takes_in_the_other_shows(store_url: str, tmp_path: Path) -> None:
    with Shopfront(rate=0.5) as shop:
        store = f'[store]\nurl = "{store_url}"\n\n' if "://" in store_url else ""
        pantau = Pantau(write_config(tmp_path, shop.access.config, store + OFTEN), shop.access.environ)
        with Monitor.of(pantau, "--no-jobs") as monitor, feeding(pantau):
            monitor.until(lambda: len(monitor.rows()) == monitor.counts()[TO_SHIP], "the list is whole", 45)
            before, shown = monitor.counts()[TO_SHIP], {row.order for row in monitor.rows()}
            shop.platform.world.advance(2 * 3_600)
            monitor.until(lambda: monitor.counts()[TO_SHIP] > before, "the tab counts a new order", 15)
            monitor.wait_for(words("notice.new", n=r"\d+", amount=".*", cod=""), 15)
            monitor.send("end")
            monitor.until(lambda: monitor.cursor() == monitor.rows()[-1], "the list shows its end", 15)
            monitor.until(lambda: {row.order for row in monitor.rows()} - shown, "a new order is shown", 15)
            # What somebody does at a third place is seen as well.
            plain = next(row.order for row in monitor.rows() if row.text.rstrip(" ▐").endswith(f" {NEW}"))
            listed = pantau.json("orders", "--tab", "to-ship", "--limit", "1000")
            pantau.run("confirm", next(one["order_id"] for one in listed if one["order_id"].endswith(plain)))
            monitor.until(lambda: monitor.shows(plain, words("flag.confirmed")), "it is confirmed", 15)
            monitor.send("q")
            assert monitor.reap(20)
            assert monitor.status == 0
