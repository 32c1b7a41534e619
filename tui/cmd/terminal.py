"""The terminal before the monitor has it: ways out that work from the first moment."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType


class EarlyLeave:
    """Whether somebody wants to leave already, by `q` or by a signal."""

    def __init__(self, fd: int | None) -> None:
        self._fd = fd
        self.code: int | None = None
        """The exit code to leave with; None: go on."""

    def __call__(self) -> bool:
        """Look now; what else was typed is for nobody."""
        if (
            self._fd is not None
            and select.select([self._fd], [], [], 0)[0]
            and b"q" in os.read(self._fd, 1024)
        ):
            self.code = 0
        return self.code is not None

    def signalled(self, number: int, _frame: FrameType | None) -> None:
        """A handler for signals."""
        self.code = 128 + number


@contextmanager
def early_leave() -> Iterator[EarlyLeave]:
    """Within the block, keys are not echoed, and `q`, SIGTERM and SIGHUP only say that somebody wants to leave."""
    fd = _terminal()
    asked = EarlyLeave(fd)
    with ExitStack() as stack:
        stack.enter_context(_on_signals(asked.signalled))
        if fd is not None:
            import termios
            import tty

            stack.callback(termios.tcsetattr, fd, termios.TCSANOW, termios.tcgetattr(fd))
            # Not TCSAFLUSH: it would throw away what was typed before.
            tty.setcbreak(fd, termios.TCSANOW)
        yield asked


@contextmanager
def leaving_cleanly(last: Callable[[], None]) -> Iterator[None]:
    """Leave a terminal that works when a signal comes before the monitor listens for signals itself.

    It paints a moment before it listens. Nothing is under way until then but what `last` ends.
    """
    fd = _terminal()
    if fd is None:
        yield
        return
    import termios

    from tui import crash

    found = termios.tcgetattr(fd)

    def leave(number: int, _frame: FrameType | None) -> None:
        last()
        with suppress(termios.error):
            termios.tcsetattr(fd, termios.TCSANOW, found)
        crash.leave_now(128 + number)

    with _on_signals(leave):
        yield


@contextmanager
def _on_signals(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    names = ("SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # only there may handlers be set
    before = [signal.signal(number, handler) for number in numbers]
    try:
        yield
    finally:
        for number, old in zip(numbers, before, strict=True):
            signal.signal(number, old)


def _terminal() -> int | None:
    """The terminal we read keys from, where there is one that works as on POSIX."""
    if sys.platform == "win32" or sys.__stdin__ is None or not sys.__stdin__.isatty():
        return None
    return sys.__stdin__.fileno()
