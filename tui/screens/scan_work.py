"""How a table that is worked with a scanner works: one step after the other, each told and sounded."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from tui.screens.scanning import ScanScreen

if TYPE_CHECKING:
    from tui.app import PantauApp

BELLS_APART: Final = 0.18
"""Seconds between two bells: a terminal makes one of those that come together."""


class Spoken(Protocol):
    """What stands on the table, and what was said of it last: words and their style."""

    said: tuple[str, str]


StepT = TypeVar("StepT")


class ScanWork(ScanScreen, Generic[StepT]):
    """The queue of such a table; what a step is, what is shown and what keys mean is its subclasses'."""

    desk: Spoken

    def __init__(self, app: PantauApp) -> None:
        settings = app.settings.packing
        super().__init__(settings.scan_gap_ms)
        self._pantau = app
        self._sound = settings.sound
        self._todo: deque[StepT] = deque()
        self._busy = False

    @property
    def working(self) -> bool:
        """Whether something that was scanned or pressed is still to be done."""
        return self._busy

    def redraw(self) -> None:
        """Show everything anew."""
        raise AssertionError("a table has a page")

    async def do(self, step: StepT) -> None:
        """Carry one step out, in its turn; what goes wrong is told, never raised."""
        raise AssertionError("a table has work")

    def enqueue(self, step: StepT) -> None:
        """Have a step done after those that wait."""
        self._todo.append(step)
        if not self._busy:
            self._busy = True
            self.run_worker(self._work(), group="table", exit_on_error=False)

    async def _work(self) -> None:
        try:
            while self._todo:
                await self.do(self._todo.popleft())
        finally:
            self._busy = False

    def _say(self, words: str, style: str, bells: int = 0) -> None:
        self.desk.said = (words, style)
        self._ring(bells)
        self.redraw()

    def _ring(self, times: int) -> None:
        """By ear as well: one for right, three for wrong."""
        if self._sound and times:
            self.app.bell()
            for number in range(1, times):
                self.set_timer(number * BELLS_APART, self.app.bell)
