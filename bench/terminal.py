"""A program in a pseudo-terminal with an emulated screen: for the benches and for the end-to-end tests.

A reader thread stamps every chunk as it arrives, so that a measured time is when the bytes came and not when
the emulator got round to them.
"""

from __future__ import annotations

import fcntl
import os
import pty
import queue
import re
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyte

KEYS: Final = {
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
    "enter": b"\r",
    "escape": b"\x1b",
    "space": b" ",
    "tab": b"\t",
    "backspace": b"\x7f",
    "ctrl+p": b"\x10",
    "f2": b"\x1bOQ",
}

# What pyte would print as text: CSI with a private prefix or an intermediate byte, and string controls.
_UNSEEN = re.compile(
    rb"\x1b\[[<=>][0-9;:]*[ -/]*[@-~]"
    rb"|\x1b\[\??[0-9;:]*[ -/]+[@-~]"
    rb"|\x1b\[[0-9;:]*[tu]"
    rb"|\x1b[PX^_].*?(?:\x1b\\|\x07)",
    re.DOTALL,
)
_CUT_OFF = re.compile(rb"\x1b(?:\[[0-9;:<=>?]*[ -/]*|[PX^_][^\x07]*)?$", re.DOTALL)
_MODE_QUERY = re.compile(rb"\x1b\[\?([0-9]+)\$p")


class Terminal:
    """One program and its screen; a context manager that leaves nothing behind."""

    def __init__(
        self, argv: Sequence[str], *, cols: int = 120, rows: int = 36, env: Mapping[str, str] | None = None
    ) -> None:
        self.screen = pyte.Screen(cols, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._chunks: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        self._carry = b""
        self.raw = bytearray()
        """Every byte the program wrote: what a terminal would have obeyed."""
        self.ended = False
        self.arrived = 0.0
        self.status: int | None = None
        """Exit status once it has been reaped; minus the signal when it was killed."""
        environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})}
        for name in ("TMUX", "COLUMNS", "LINES"):  # the last two would overrule the terminal's own size
            environ.pop(name, None)
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
                os.execvpe(argv[0], list(argv), environ)
            finally:
                os._exit(127)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        self._reader = threading.Thread(target=self._read, name="pty-reader", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            self._chunks.put((time.perf_counter(), data))
            if not data:
                return
            for query in _MODE_QUERY.finditer(data):
                # Say yes to synchronised output, as current terminals do, and no to the rest.
                answer = 2 if query[1] == b"2026" else 0
                try:
                    os.write(self.fd, b"\x1b[?%s;%d$y" % (query[1], answer))
                except OSError:
                    return

    def pump(self, timeout: float) -> bool:
        """Show the next chunk; False when none came in time or the program has ended."""
        try:
            self.arrived_next, data = self._chunks.get(timeout=max(timeout, 0))
        except queue.Empty:
            return False
        if not data:
            self.ended = True
            return False
        self.arrived = self.arrived_next
        self.raw += data
        data = self._carry + data
        partial = _CUT_OFF.search(data[-4096:])
        cut = len(data) - len(partial[0]) if partial else len(data)
        data, self._carry = data[:cut], data[cut:]
        self._stream.feed(_UNSEEN.sub(b"", data))
        return True

    def text(self) -> str:
        """The screen's characters, a line each."""
        return "\n".join(self.screen.display)

    def cells(self) -> int:
        """A hash of every cell with its colours: a moved highlight counts as a change."""
        buffer, width = self.screen.buffer, self.screen.columns
        return hash(tuple(tuple(buffer[y][x] for x in range(width)) for y in range(self.screen.lines)))

    def wait(self, condition: Callable[[], bool], timeout: float = 30) -> float | None:
        """When the bytes came that made the condition true; None if they did not come in time."""
        if condition():
            return self.arrived
        end = time.perf_counter() + timeout
        while not self.ended and (left := end - time.perf_counter()) > 0:
            if self.pump(min(left, 0.5)) and condition():
                return self.arrived
        return None

    def wait_for(self, pattern: str, timeout: float = 30) -> float:
        """Wait for a pattern on the screen; raises AssertionError that shows the screen when it never comes."""
        seen = re.compile(pattern)
        at = self.wait(lambda: seen.search(self.text()) is not None, timeout)
        if at is None:
            raise AssertionError(f"{pattern!r} never appeared; the screen was:\n{self.text()}")
        return at

    def settle(self, quiet: float = 0.06, timeout: float = 30) -> float | None:
        """Wait until nothing was written for `quiet` seconds; when the last bytes came."""
        end = time.perf_counter() + timeout
        last = None
        while time.perf_counter() < end and self.pump(quiet):
            last = self.arrived
        return last

    def send(self, *keys: str) -> float:
        """Press keys by name or as text; when the last was written."""
        at = 0.0
        for key in keys:
            at = time.perf_counter()
            os.write(self.fd, KEYS.get(key, key.encode()))
        return at

    def resize(self, cols: int, rows: int) -> None:
        """As a person drags the window's corner."""
        self.screen.resize(rows, cols)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    def memory(self) -> int:
        """Resident bytes of the program itself, without its children."""
        fields = Path(f"/proc/{self.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self) -> float:
        """CPU seconds of the program itself so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def reap(self, timeout: float) -> bool:
        """Wait for the program's end; its status is kept."""
        end = time.perf_counter() + timeout
        while self.status is None and time.perf_counter() < end:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
            else:
                self.pump(0.01)
        return self.status is not None

    def close(self) -> None:
        """End the program, politely first."""
        for sig in (signal.SIGHUP, signal.SIGKILL):
            if self.status is not None:
                break
            os.kill(self.pid, sig)
            self.reap(3)
        os.close(self.fd)
        self._reader.join(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
