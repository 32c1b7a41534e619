"""Starting light, leaving quickly, failing decently."""

from __future__ import annotations

import os
import pty
import select
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from store.db import Store
from tests.ui.screen_kit import OpenBackend, make_app, put, record, until
from tui import crash
from tui.backend import Backend

HEAVY = (
    "sqlalchemy",
    "sqlmodel",
    "alembic",
    "httpx",
    "apscheduler",
    "pydantic",
    "psycopg",
    "keyring",
    "typer",
)


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    script = (
        "import sys, tui.app, store.reader, jobs.config.settings; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout.strip() == "[]"


async def test_q_does_not_wait_for_jobs_that_hang(store: Store, clock: Callable[[], int]) -> None:
    class Hanging(OpenBackend):
        def stop(self, timeout: float) -> None:
            time.sleep(timeout * 3)

    app = make_app(store, clock)
    app._runtime_factory = lambda: Hanging(store)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.store is not None)
        started = time.monotonic()
        await pilot.press("q")
    assert time.monotonic() - started < 2


async def test_leaving_while_the_backend_is_still_being_made(store: Store, clock: Callable[[], int]) -> None:
    import threading

    go, stopped = threading.Event(), threading.Event()

    class Late(OpenBackend):
        def stop(self, timeout: float) -> None:
            stopped.set()

    def make() -> Backend:
        go.wait(5)
        return Late(store)

    app = make_app(store, clock)
    app._runtime_factory = make
    async with app.run_test() as pilot:
        await pilot.press("q")
    go.set()
    assert stopped.wait(5), "a backend nobody waits for any more is closed"


async def test_a_bug_leaves_a_report_without_data(
    store: Store, clock: Callable[[], int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = make_app(store, clock, data_dir=str(tmp_path))

    def broken(command: object) -> None:
        token = "SECRET-TOKEN"
        raise ValueError(f"buyer Siti {token}")

    with pytest.raises(ValueError, match="Siti"):
        async with app.run_test() as pilot:
            app.main.run_command = broken  # type: ignore[method-assign]
            await pilot.press("c")
    (file,) = tmp_path.glob("pantau-crash-*.txt")
    text = file.read_text()
    assert "ValueError" in text
    assert "in broken" in text or "broken" in text
    assert "SECRET" not in text
    assert "Siti" not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    shown = capsys.readouterr().err
    assert "Pantau berhenti karena kesalahan program" in shown
    assert "SECRET" not in shown
    assert app.return_code == 1


def test_a_report_goes_elsewhere_when_its_folder_is_not_there(tmp_path: Path) -> None:
    file = crash.write_report(KeyError("x"), tmp_path / "missing")
    assert file is not None
    assert file.parent != tmp_path / "missing"
    file.unlink()


class Terminal:
    """The program in a pseudo-terminal."""

    def __init__(self, folder: Path) -> None:
        config = folder / "config.toml"
        config.write_text('[[shops]]\nname = "toko-contoh"\nkind = "file"\n')
        self.output = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm-256color", "LINES": "30", "COLUMNS": "100"}
            command = ["-m", "tui", "--config", str(config), "--data-dir", str(folder), "--no-jobs"]
            os.execv(sys.executable, [sys.executable, *command])

    def read_until(self, wanted: bytes, seconds: float = 15) -> None:
        """Collect output until something stands in it."""
        end = time.monotonic() + seconds
        while wanted not in self.output and time.monotonic() < end:
            self._read(0.1)
        assert wanted in self.output, self.output[-500:]

    def ended(self, seconds: float = 5) -> int:
        """The exit code, once the program has ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                while self._read(0):
                    pass
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("it did not end")

    def close(self) -> None:
        """Leave nothing behind."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)

    def _read(self, seconds: float) -> bool:
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        with suppress(OSError):
            self.output += (part := os.read(self.fd, 65_536))
            return bool(part)
        return False


@pytest.fixture
def terminal(tmp_path: Path, sqlite_template: Path) -> Iterator[Terminal]:
    """The program on a small store, its list painted."""
    import shutil

    shutil.copy(sqlite_template, tmp_path / "pantau.db")
    store = Store.open(str(tmp_path / "pantau.db"), migrate=False)
    put(store, [record(1)])
    store.close()
    started = Terminal(tmp_path)
    yield started
    started.close()


@pytest.mark.pty
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_a_signal_leaves_the_terminal_as_it_was(terminal: Terminal, number: signal.Signals) -> None:
    terminal.read_until(b"0000001")
    os.kill(terminal.pid, number)
    assert terminal.ended() == 128 + number
    tail = terminal.output.rpartition(b"\x1b[?1049h")[2]
    for reset in (b"\x1b[?1049l", b"\x1b[?1000l", b"\x1b[?25h"):
        assert reset in tail


@pytest.mark.pty
def test_q_ends_the_program_with_zero(terminal: Terminal) -> None:
    terminal.read_until(b"0000001")
    started = time.monotonic()
    os.write(terminal.fd, b"q")
    assert terminal.ended() == 0
    assert time.monotonic() - started < 2
    assert b"\x1b[?1049l" in terminal.output
