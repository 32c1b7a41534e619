"""The monitor in a pseudo-terminal, read as a seller reads it: tabs, rows, the cursor."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from bench.terminal import Terminal
from tests.e2e.program import Pantau

ROOT = Path(__file__).resolve().parents[2]
CURSOR = "▌"
_ROW = re.compile(rf"[{CURSOR} ].{{3}}…?(\d{{4,18}}) ")
_TAB = re.compile(r"([1-9])(?: ([A-Za-z][A-Za-z ]*?))?(?: ([\d.]+)!?)?(?=  | ?$| [1-9])")
_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
# What a program switches on for itself and must switch off again; 25 and 7 are on in a fresh terminal.
_FRESH = {b"25": True, b"7": True}


class Row(NamedTuple):
    """An order on the screen: the end of its id, the line, and the line's text."""

    order: str
    line: int
    text: str


class Monitor(Terminal):
    """A running monitor."""

    def __init__(
        self, argv: list[str], *, cols: int = 120, rows: int = 36, env: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(argv, cols=cols, rows=rows, env={"PYTHONPATH": str(ROOT), **(env or {})})

    @classmethod
    def of(cls, pantau: Pantau, *options: str, cols: int = 120, rows: int = 36, script: str = "") -> Monitor:
        """`pantau` with its settings, opened on its list; `script` is run in its place and has to start it."""
        program = ["-c", script] if script else ["-m", "tui"]
        argv = [sys.executable, *program, "--config", str(pantau.config), *options]
        return cls(argv, cols=cols, rows=rows, env=pantau.environ)

    def until(self, holds: Callable[[], object], what: str, seconds: float = 20) -> None:
        """Wait until something holds; raises AssertionError that shows the screen.

        A picture that has come in half may lack what is looked for; that it does is no failure yet.
        """
        if self.wait(lambda: _whole(holds), seconds) is None:
            raise AssertionError(f"{what}: not in {seconds} s; the screen was:\n{self.text()}")

    def insist(self, key: str, holds: Callable[[], object], what: str) -> None:
        """Press a key until something holds: the first second of a program is for looking only."""
        for _ in range(40):
            if self.wait(lambda: _whole(holds), 0.5) is not None:
                return
            self.send(key)
        raise AssertionError(f"{what}: never, however often {key} was pressed:\n{self.text()}")

    def lines(self) -> list[str]:
        """The screen's lines."""
        return list(self.screen.display)

    def rows(self) -> list[Row]:
        """The orders that the list shows; none while a page of its own covers it."""
        found: list[Row] = []
        lines = self.lines()
        if len(lines) < 4 or not lines[2].startswith("──"):
            return found
        for number, line in enumerate(lines[3:], 3):
            if line.startswith("──"):
                break  # below the rule stands the order in full
            if match := _ROW.match(line):
                found.append(Row(match[1], number, line))
        return found

    def cursor(self) -> Row:
        """The order under the cursor."""
        (row,) = [row for row in self.rows() if row.text.startswith(CURSOR)]
        return row

    def row(self, order: str) -> Row:
        """An order that is shown."""
        (row,) = [row for row in self.rows() if row.order == order]
        return row

    def shows(self, order: str, flag: str = "") -> bool:
        """Whether an order is on the screen, with this word in its line."""
        return any(row.order == order and flag in row.text for row in self.rows())

    def counts(self) -> dict[int, int]:
        """How many orders each tab says it holds; a tab that names no number is left out."""
        found = {}
        for key, _, number in _TAB.findall(self.lines()[1]):
            if number:
                found[int(key)] = int(number.replace(".", ""))
        return found

    def walk_to(self, order: str) -> None:
        """Move the cursor down or up to an order that is shown."""
        key = "down" if self.row(order).line > self.cursor().line else "up"
        for _ in range(len(self.rows())):
            if self.cursor().order == order:
                return
            before = self.cursor().order
            self.send(key)
            self.until(lambda before=before: self.cursor().order != before, "the cursor moved")  # type: ignore[misc]
        raise AssertionError(f"the cursor never reached {order}:\n{self.text()}")

    def children(self) -> list[int]:
        """The processes it has started."""
        pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())
        return [pid for pid in pids if (fields := _stat(pid)) and int(fields[1]) == self.pid]

    def drain(self) -> None:
        """Everything the program wrote before its end."""
        while not self.ended:
            self.pump(5)

    def left_on(self) -> set[bytes]:
        """The terminal modes that differ from a fresh terminal's, by everything written so far."""
        modes: dict[bytes, bool] = {}
        for numbers, switch in _MODE.findall(bytes(self.raw)):
            for number in numbers.split(b";"):
                modes[number] = switch == b"h"
        wrong = {number for number, on in modes.items() if on != _FRESH.get(number, False)}
        pushed = len(re.findall(rb"\x1b\[>\d*u", self.raw))
        popped = len(re.findall(rb"\x1b\[<\d*u", self.raw))
        return wrong | ({b"keyboard"} if pushed > popped else set())


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be reaped does not."""
    fields = _stat(pid)
    return bool(fields) and fields[0] not in "ZX"


def _whole(holds: Callable[[], object]) -> bool:
    try:
        return bool(holds())
    except (LookupError, ValueError):
        return False


def _stat(pid: int) -> list[str]:
    """State, parent and the rest of what the system knows of a process; empty when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
