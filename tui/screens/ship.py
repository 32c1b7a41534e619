"""Arrange shipment: what exactly would happen, what is held back and why, one `y`, then the results.

The plan is made off the event loop from what is stored; `y` writes the wishes down and nothing else. Sending is
the sender's, so this dialog can be closed, and the program killed, at any moment after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from store.errors import StoreError
from store.views import OrderRow
from tui.reasons import reason
from tui.screens.dialog import Dialog
from tui.strings import number, t
from tui.text import clean

if TYPE_CHECKING:
    from jobs.plans import ShipPlan
    from tui.app import PantauApp

SHOWN = 6
"""Lines of held-back orders before `h` shows them all."""


class ShipDialog(Dialog[frozenset[int]]):
    """Answers with the held orders to ship all the same (usually none), or None: nothing is to be done."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", show=False),
        Binding("h", "all", show=False),
        Binding("i", "include", show=False),
    ]

    def __init__(self, plan: ShipPlan) -> None:
        super().__init__()
        self._plan = plan
        self._all = False
        self._included: frozenset[int] = frozenset()
        self._soft = [held for held in plan.held if held.soft and held.lines]

    @property
    def _count(self) -> int:
        return self._plan.orders + len(self._included)

    def title_text(self) -> Content:
        """How many ship, how many are held."""
        held = len(self._plan.held) - len(self._included)
        key = "ship.title.held" if held else "ship.title"
        return Content.styled(t(key, n=self._count, held=held), "bold")

    def body_text(self) -> Content:
        """Couriers, hand-over, what is held and why, and that it cannot be undone."""
        parts: list[Content] = []
        if self._count:
            couriers = " · ".join(
                t("ship.courier", name=name or t("ship.courier.unknown"), n=n)
                for name, n in self._plan.couriers
            )
            parts += [Content(couriers), Content(t("ship.handover"))]
        else:
            parts.append(Content.styled(t("ship.nothing"), "$warning"))
        if self._included:
            parts.append(Content.styled(t("ship.included", n=len(self._included)), "$warning"))
        held = [entry for entry in self._plan.held if entry.pk not in self._included]
        if held:
            parts.append(Content.styled(t("ship.held"), "bold"))
            shown = held if self._all else held[:SHOWN]
            parts += [
                Content("  " + t("ship.held.line", order=_short(h.order_id), reason=reason(h))) for h in shown
            ]
            if len(held) > len(shown):
                parts.append(Content("  " + t("ship.more", n=len(held) - len(shown))))
        if self._all and self._plan.ok:
            parts.append(Content.styled(t("ship.all"), "bold"))
            parts += [
                Content(f"  {clean(line.order_id)}  {clean(line.courier_name)}") for line in self._plan.ok
            ]
        if self._count:
            parts.append(Content.styled(t("ship.irreversible"), "$error"))
        return Content("\n").join(parts)

    def keys_text(self) -> Content:
        """The keys that do something here."""
        keys = [t("ship.key.yes", n=self._count)] if self._count else []
        if self._plan.ok or len(self._plan.held) > SHOWN:
            keys.append(t("ship.key.all"))
        if self._soft and not self._included:
            keys.append(t("ship.key.held", n=len(self._soft)))
        return Content("      ".join([*keys, t("ship.key.back")]))

    def action_yes(self) -> None:
        """The one answer that ships."""
        if self._count:
            self.dismiss(self._included)

    def action_all(self) -> None:
        """Every order by its id."""
        self._all = not self._all
        self.redraw()

    def action_include(self) -> None:
        """Overrule what a person may overrule; pressed again, take it back."""
        self._included = frozenset() if self._included else frozenset(held.pk for held in self._soft)
        self.redraw()


def _short(order_id: str) -> str:
    return f"…{order_id[-9:]}" if len(order_id) > 10 else order_id


def open_ship(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Plan, ask, queue, follow: for these orders, by id."""
    pks = [row.pk for row in rows]
    app.run_worker(
        _flow(app, pks), group="ship", exclusive=True, exit_on_error=False, description="arrange shipment"
    )


async def _flow(app: PantauApp, pks: list[int]) -> None:
    # SQLAlchemy comes with these: by the time a seller ships, the background has loaded it.
    from jobs.intents import plan_ship, queue_ship
    from tui.screens.results import ResultsScreen

    store = app.store
    if store is None:
        app.say(t("app.busy_starting"))
        return
    now = app.clock()
    try:
        plan = await store.aread(lambda conn: plan_ship(conn, pks, now, app.settings))
        answer = await app.push_screen_wait(ShipDialog(plan))
        if answer is None:
            return
        batch = await store.awrite(lambda conn: queue_ship(conn, plan, "seller", now, override=answer))
    except StoreError as error:
        app.say(t("status.failed", detail=f"{error}"), severity="error")
        return
    shipped = {line.pk for line in plan.ok} | answer
    app.unmark(shipped)
    app.nudge("sender")
    await asyncio.sleep(0)
    app.push_screen(ResultsScreen(batch, total=number(len(shipped))))
