"""Ends that nobody chose: a signal, a hung-up line, a bug of ours. The terminal must work afterwards."""

from __future__ import annotations

import os
import re
import signal
import stat
import sys
from pathlib import Path

import pytest

from tests.e2e.monitor import Monitor, alive
from tests.e2e.program import Pantau, words

pytestmark = pytest.mark.pty

# Stands in for a bug: the code of the program itself has no hook for tests.
PLANTED = """
import sys
from tui.screens.main import MainScreen

def broken(self, rows):
    token, phone = "ROW_secret_token_1234567890", "+6281234567890"
    raise RuntimeError(f"cannot use {token} of {phone}")

MainScreen.do_theme = broken
from tui.cli import main
main()
"""
HANGS = """
import threading
import tui.app
from tui.backend import Backend

tui.app.STOP_WITHIN = 3600.0
Backend.stop = lambda self, timeout: threading.Event().wait()
from tui.cli import main
main()
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_the_monitor_and_restores_the_terminal(tmp_path: Path, name: str) -> None:
    number = getattr(signal, name)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    argv = [sys.executable, "-m", "tui", "demo", "--orders", "30", "--rate", "0"]
    with Monitor(argv, env={"TMPDIR": str(temporary)}) as monitor:
        monitor.until(monitor.rows, "the list appeared", 30)
        children = monitor.children()
        assert children
        os.kill(monitor.pid, number)
        assert monitor.reap(5)
        assert monitor.status == 128 + number
        monitor.drain()
        assert b"\x1b[?1049h" in monitor.raw
        assert monitor.left_on() == set()
        assert not any(map(alive, children))
        assert list(temporary.iterdir()) == []


def test_a_second_signal_means_it(pantau: Pantau) -> None:
    with Monitor.of(pantau, "--no-jobs", script=HANGS) as monitor:
        monitor.until(monitor.rows, "the list appeared")
        monitor.insist("c", lambda: words("flag.confirmed") in monitor.cursor().text, "the backend works")
        os.kill(monitor.pid, signal.SIGTERM)
        assert not monitor.reap(0.5), "the planted hang does not hold"
        os.kill(monitor.pid, signal.SIGTERM)
        assert monitor.reap(5)
        assert monitor.status == 128 + signal.SIGTERM
        monitor.drain()
        assert monitor.left_on() == set()


def test_a_bug_leaves_a_report_without_data_and_one_sentence(pantau: Pantau, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    pantau.environ["TMPDIR"] = str(temporary)
    with Monitor.of(pantau, "--no-jobs", script=PLANTED) as monitor:
        monitor.until(monitor.rows, "the list appeared")
        monitor.send("f2")
        assert monitor.reap(10), f"it went on:\n{monitor.text()}"
        monitor.drain()
        assert monitor.status == 1
        assert monitor.left_on() == set()
        (report,) = [*pantau.data.glob("pantau-crash-*.txt"), *temporary.glob("pantau-crash-*.txt")]
        told = re.sub(rb"\x1b\[[0-9;?<>]*[A-Za-z]|\s", b"", bytes(monitor.raw))
    assert words("app.crashed").replace(" ", "").encode() in told
    assert report.name.encode() in told
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    written = report.read_text()
    assert "RuntimeError" in written
    assert " broken\n" in written, "the place is named"
    for text in (written.encode(), told):
        for secret in (b"ROW_secret", b"1234567890", b"locals", b"phone"):
            assert secret not in text
    pantau.run("db", "check")
