"""How the packing table works: one step after the other, told and sounded, with an eye on what others change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import work

from jobs.packing import table as packing
from store.views import PackingDay
from tui.clock import day_start
from tui.reasons import failure
from tui.screens.packing_steps import Steps, Work
from tui.screens.scan_work import ScanWork
from tui.strings import t
from tui.widgets.packing_desk import WRONG, Desk

if TYPE_CHECKING:
    from tui.app import PantauApp

Plan = Callable[[], Work | None]
"""What to write, decided when its turn comes; None: nothing after all."""


class PackingWork(ScanWork[Plan]):
    """The queue of a packing table; what is shown and what keys mean is its subclass's."""

    desk: Desk

    def __init__(self, app: PantauApp, desk: Desk) -> None:
        super().__init__(app)
        self.desk = desk
        self._steps = Steps(desk, app.clock, frozenset(shop.name for shop in app.settings.shops))

    async def do(self, step: Plan) -> None:
        """Plan, write, take what was seen in."""
        store = self._pantau.store
        if store is None:
            self._say(t("app.busy_starting"), "bold $warning", WRONG)
            return
        if (work := step()) is None:
            return
        try:
            sight = await store.awrite(work)
        except Exception as error:  # told, never raised: what was not written down did not happen
            self._say(t("status.failed", detail=failure(error)), "bold $error", WRONG)
            return
        self._ring(self.desk.take_in(sight))
        self.redraw()
        self.store_changed()

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
            self.enqueue(self._steps.recheck)
