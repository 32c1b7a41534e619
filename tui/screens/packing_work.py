"""How the packing table works: one step after the other, told and sounded, with an eye on what others change."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from textual import work

from jobs.packing import table as packing
from store.views import PackingDay
from tui.clock import day_start
from tui.reasons import failure
from tui.screens.packing_steps import Steps, Work
from tui.screens.scanning import ScanScreen
from tui.strings import t
from tui.widgets.packing_desk import WRONG, Desk

if TYPE_CHECKING:
    from tui.app import PantauApp

BELLS_APART: Final = 0.18
"""Seconds between two bells: a terminal makes one of those that come together."""


class PackingWork(ScanScreen):
    """The queue of a packing table; what is shown and what keys mean is its subclass's."""

    def __init__(self, app: PantauApp, desk: Desk) -> None:
        settings = app.settings.packing
        super().__init__(settings.scan_gap_ms)
        self.desk = desk
        self._pantau = app
        self._sound = settings.sound
        self._steps = Steps(desk, app.clock, frozenset(shop.name for shop in app.settings.shops))
        self._todo: deque[Callable[[], Work | None]] = deque()
        self._busy = False

    @property
    def working(self) -> bool:
        """Whether something that was scanned or pressed is still to be done."""
        return self._busy

    def redraw(self) -> None:
        """Show everything anew."""
        raise AssertionError("a packing table has a page")

    def _queue(self, plan: Callable[[], Work | None]) -> None:
        self._todo.append(plan)
        if not self._busy:
            self._busy = True
            self._work()

    @work(group="packing", exit_on_error=False)
    async def _work(self) -> None:
        try:
            while self._todo:
                await self._do(self._todo.popleft())
        finally:
            self._busy = False

    async def _do(self, plan: Callable[[], Work | None]) -> None:
        store = self._pantau.store
        if store is None:
            self._say(t("app.busy_starting"), "bold $warning", WRONG)
            return
        if (step := plan()) is None:
            return
        try:
            sight = await store.awrite(step)
        except Exception as error:  # told, never raised: what was not written down did not happen
            self._say(t("status.failed", detail=failure(error)), "bold $error", WRONG)
            return
        self._ring(self.desk.take_in(sight))
        self.redraw()
        self.store_changed()

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

    # ---- what happens meanwhile -------------------------------------------------------------------------

    def store_changed(self) -> None:
        """Somebody committed something: the day's numbers, and whether the open parcel may still be packed."""
        start = day_start(self._pantau.clock(), self._pantau.zone)
        self._pantau.data.ask(lambda reader: reader.packing_day(start), self._day_arrived)
        if self.desk.open_id is not None and self.desk.stop is None:
            self._look_again()

    def _day_arrived(self, day: PackingDay) -> None:
        if day != self.desk.day:
            self.desk.day = day
            self.redraw()

    @work(group="recheck", exclusive=True, exit_on_error=False)
    async def _look_again(self) -> None:
        sight, store, shops = self.desk.sight, self._pantau.store, self._steps.shops
        if sight is None or sight.parcel is None or store is None:
            return
        key = sight.parcel.key
        if await store.aread(lambda conn: packing.forbidden(conn, key, shops)):
            self._queue(self._steps.recheck)
