"""Arrange shipment: what exactly would happen, what is held back and why, one `y`, then the results.

The plan is made off the event loop from what is stored; `y` writes the wishes down and nothing else. Sending is
the sender's, so this dialog can be closed, and the program killed, at any moment after. Of a shop without API there
is nothing to send: `y` puts the shipment on the checklist (tui/screens/checklist.py), and a person does it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content

from store.views import OrderRow, View
from tui.goods import goods
from tui.reasons import failure, reason
from tui.screens.dialog import Dialog
from tui.screens.lines import entry, flow, heading, keys, plain
from tui.screens.results import FAILED, ResultsScreen, moving
from tui.strings import t

if TYPE_CHECKING:
    from jobs.wishes.plans import Held, ShipLine, ShipPlan
    from tui.app import PantauApp

SHOWN: Final = 6
"""Orders shown, and held-back ones, before `h` shows them all."""


class ShipDialog(Dialog[frozenset[int]]):
    """Answers with the held orders to ship all the same (usually none), or None: nothing is to be done.

    It speaks of the plan it was given and of nothing newer, so the answer is about what was read.
    """

    HOLDS_NEWS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", show=False),
        Binding("h", "all", show=False),
        Binding("i", "include", show=False),
    ]

    def __init__(self, plan: ShipPlan, zone: tzinfo) -> None:
        super().__init__()
        self._plan = plan
        self._zone = zone
        self._all = False
        self._soft = tuple(held for held in plan.held if held.soft and held.lines)
        self._included: tuple[Held, ...] = ()

    @property
    def _held(self) -> list[Held]:
        return [held for held in self._plan.held if held not in self._included]

    @property
    def _lines(self) -> list[ShipLine]:
        return [*self._plan.ok, *(line for held in self._included for line in held.lines)]

    @property
    def _count(self) -> int:
        return self._plan.orders + len(self._included)

    @property
    def _by_hand(self) -> int:
        """Parcels that a person arranges in Seller Center."""
        return sum(line.by_hand for line in self._lines)

    @property
    def _only_by_hand(self) -> bool:
        """Whether nothing of this goes to the platform."""
        return 0 < self._by_hand == len(self._lines)

    def title_text(self) -> Content:
        """How many ship, how many are held."""
        held = len(self._held)
        key = "ship.title.held" if held else "ship.title"
        if self._only_by_hand:
            key = "ship.title.by_hand.held" if held else "ship.title.by_hand"
        return heading(t(key, n=self._count, held=held))

    def body_text(self) -> Content:
        """Couriers, hand-over, the orders that ship, what a person overruled, what is held and why; the first
        few of each, all of them after `h`."""
        return Content("\n").join([*self._what(), *self._each(), *self._overruled(), *self._held_back()])

    def _what(self) -> Iterator[Content]:
        if not self._count:
            yield Content.styled(t("ship.nothing"), "$warning")
            return
        couriers = Counter(map(_courier, self._lines)).most_common()
        named = [t("ship.courier", name=name, n=n) for name, n in couriers]
        yield from map(Content, flow(named, self.room))
        if not self._only_by_hand:
            yield Content(t("ship.handover"))
        if n := self._by_hand:
            words = t("ship.by_hand") if self._only_by_hand else t("ship.by_hand.some", n=n)
            yield from entry("", words, self.room, style="bold $warning")

    def _overruled(self) -> Iterator[Content]:
        if self._included:
            yield Content.styled(t("ship.included", n=len(self._included)), "bold $warning")
            for held in self._included:
                yield from self._why(held)

    def _held_back(self) -> Iterator[Content]:
        held = self._held
        if held:
            yield heading(t("ship.held"))
        shown = held if self._all else held[:SHOWN]
        for one in shown:
            yield from self._why(one)
        if len(held) > len(shown):
            yield Content.styled("  " + t("ship.more", n=len(held) - len(shown)), "$text-muted")

    def _why(self, held: Held) -> Iterator[Content]:
        return entry(f"  {short(held.order_id)}  ", reason(held, self._zone), self.room)

    def _each(self) -> Iterator[Content]:
        lines = self._lines
        if not lines:
            return
        parcels = Counter(line.pk for line in lines)
        yield heading(t("ship.all"))
        shown = lines if self._all else lines[:SHOWN]
        for line in shown:
            about = [plain(line.buyer, 24), plain(goods(line.summary), 40), _courier(line)]
            if parcels[line.pk] > 1 and line.package_id is not None:
                about.append(t("ship.parcel", end=plain(line.package_id, 40)[-4:]))
            if line.by_hand and not self._only_by_hand:
                about.append(t("ship.by_hand.mark"))
            yield from entry(f"  {plain(line.order_id, 40)}  ", " · ".join(filter(None, about)), self.room)
        if len(lines) > len(shown):
            yield Content.styled("  " + t("ship.more", n=len(lines) - len(shown)), "$text-muted")

    def keys_text(self) -> Content:
        """That it cannot be undone, and the keys that do something here."""
        yes = "ship.key.by_hand" if self._only_by_hand else "ship.key.yes"
        phrases = [t(yes, n=self._count)] if self._count else []
        if max(len(self._lines), len(self._plan.held)) > SHOWN:
            phrases.append(t("ship.key.less" if self._all else "ship.key.all"))
        if self._soft:
            phrases.append(t("ship.key.hold" if self._included else "ship.key.held", n=len(self._soft)))
        offered = keys([*phrases, t("ship.key.back")], self.room)
        if not self._count or self._only_by_hand:
            return offered
        return Content("\n").join([Content.styled(t("ship.irreversible"), "$error"), offered])

    def action_yes(self) -> None:
        """The one answer that ships."""
        if self._count:
            self.dismiss(frozenset(held.pk for held in self._included))

    def action_all(self) -> None:
        """Every order by its id, or the short form again."""
        self._all = not self._all
        self.redraw()

    def action_include(self) -> None:
        """Overrule what a person may overrule, each shown with its reason; pressed again, take it back."""
        self._included = () if self._included else self._soft
        self.redraw()


def _courier(line: ShipLine) -> str:
    return plain(line.courier_name or line.courier, 40) or t("ship.courier.unknown")


def short(order_id: str) -> str:
    """The end of an order id, by which people tell orders apart."""
    shown = plain(order_id, 40)
    return f"…{shown[-9:]}" if len(shown) > 10 else shown


def open_ship(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Plan, ask, queue, follow: for these orders, by id."""
    pks = [row.pk for row in rows]
    app.run_worker(
        _flow(app, pks), group="ship", exclusive=True, exit_on_error=False, description="arrange shipment"
    )


async def _flow(app: PantauApp, pks: list[int]) -> None:
    # SQLAlchemy comes with these: by the time a seller ships, the background has loaded it.
    from jobs.wishes.intents import plan_ship, queue_ship

    store, view = app.store, app.main.orders.view
    if store is None:
        app.say(t("app.busy_starting"), severity="warning")
        return
    now = app.clock()
    try:
        plan = await store.aread(lambda conn: plan_ship(conn, pks, now, app.settings))
        app.clear_notifications()  # nothing may lie over what has to be read
        answer = await app.push_screen_wait(ShipDialog(plan, app.zone))
        if answer is None:
            return
        at = app.clock()
        batch = await store.awrite(lambda conn: queue_ship(conn, plan, "seller", at, override=answer))
        shipped = [*plan.ok, *(line for held in plan.held if held.pk in answer for line in held.lines)]
    except Exception as error:  # told, never raised: what was not written down did not happen
        app.say(t("status.failed", detail=failure(error)), severity="error")
        return
    app.unmark({line.pk for line in plan.ok} | answer)
    if all(line.by_hand for line in shipped):
        from tui.screens.checklist import open_checklist

        open_checklist(app, [], shop_id=shipped[0].shop_id)
        return
    app.nudge("sender")
    app.push_screen(ResultsScreen(batch))
    if view is not None:
        app.run_worker(_mark_failures(app, batch, view), group="follow", exit_on_error=False)


async def _mark_failures(app: PantauApp, batch: str, view: View) -> None:
    """When a batch has ended, what failed is marked where it was shipped from, whatever is shown by then."""
    pause = 0.25
    while True:
        rows = await app.data.get(lambda reader: reader.actions(batch_id=batch))
        if not any(moving(row) for row in rows):
            break
        await asyncio.sleep(pause)
        pause = min(pause * 1.3, 5.0)
    failed = [row.order_pk for row in reversed(rows) if row.state in FAILED and row.order_pk is not None]
    if app.main.orders.view == view:
        app.mark(failed)
    else:
        app.main.orders.marks.add(view, failed)
