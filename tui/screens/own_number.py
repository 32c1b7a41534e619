"""Numbers of one's own courier, for the marked orders one after the other: scan, scan, scan, then one `y`.

A clear number chooses its courier by itself; else the one used last stays. Nothing is written before the list of all
numbers was shown and answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from store.views import OrderRow
from tui.goods import goods
from tui.reasons import failure, reason
from tui.screens.dialog import OVER, Dialog, pantau_of
from tui.screens.lines import entry, heading, keys, plain
from tui.screens.results import ResultsScreen
from tui.screens.search import Line
from tui.screens.ship import short
from tui.strings import t

if TYPE_CHECKING:
    from jobs.wishes.own_numbers import NumberPlan, Target
    from jobs.wishes.own_numbers_file import Entry
    from store.shipping_providers import OwnCourier
    from tui.app import PantauApp


class NumbersScreen(ModalScreen[list["Entry"] | None]):
    """Answers with what was typed or scanned for each parcel, those that were skipped left out; None: left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("f3", "skip", show=False, priority=True),
        Binding("down", "courier(1)", show=False, priority=True),
        Binding("up", "courier(-1)", show=False, priority=True),
    ]
    SCOPED_CSS = False
    CSS = OVER
    DEFAULT_CSS = """
    NumbersScreen { align: center middle; }
    NumbersScreen > Vertical { width: 90%; max-width: 100; height: 80%; background: $surface; border: round $accent;
        padding: 0 1; }
    NumbersScreen Static { height: auto; }
    NumbersScreen Input, NumbersScreen Input:focus { height: 1; border: none; padding: 0; background: $surface;
        background-tint: $surface 0%; }
    NumbersScreen OptionList { height: 1fr; border: none; padding: 0; background: $surface;
        scrollbar-size-vertical: 1; }
    """

    def __init__(self, targets: Sequence[Target], couriers: Sequence[OwnCourier]) -> None:
        super().__init__()
        self._left = list(targets)
        self._total = len(targets)
        self._couriers = {one.provider_id: one for one in couriers}
        self._courier: str | None = next(iter(self._couriers), None)
        self._entries: list[Entry] = []

    def compose(self) -> ComposeResult:
        """The order, the number's line, the couriers, the keys."""
        with Vertical():
            yield Static(id="order", markup=False)
            yield Line(placeholder=t("number.placeholder.number"))
            yield OptionList(
                *(Option(plain(one.name), id=one.provider_id) for one in self._couriers.values()),
                markup=False,
            )
            yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Typing and scanning go to the line."""
        self.query_one(OptionList).can_focus = False
        line = self.query_one(Input)
        line.cursor_blink = False
        line.focus()
        self._show()

    def _show(self) -> None:
        target, at = self._left[0], self._total - len(self._left) + 1
        width = max(min(self.app.size.width * 9 // 10, 100) - 5, 20)
        title = t("number.title.of", at=at, n=self._total) if self._total > 1 else t("number.title")
        state = t("number.corrects") if target.number else t("number.ships")
        lines = [
            heading(title),
            *entry("", t("number.order", order=target.order_id, buyer=plain(target.buyer, 40)), width),
            *entry("", plain(goods(target.summary)), width, style="$text-muted"),
            *([Content(t("number.now", number=target.number))] if target.number else []),
            *entry("", state, width, style="$warning"),
        ]
        self.query_one("#order", Static).update(Content("\n").join(lines))
        options = self.query_one(OptionList)
        if self._courier is not None:
            options.highlighted = options.get_option_index(self._courier)
        phrases = [t(f"number.key.{key}") for key in ("next", "courier", "skip", "back")]
        self.query_one("#keys", Static).update(keys(phrases, width))

    def on_input_changed(self, event: Input.Changed) -> None:
        """A clear number says whose it is."""
        from jobs.wishes.own_numbers import guess

        found = guess(list(self._couriers.values()), event.value)
        if found is not None and found.provider_id != self._courier:
            self._courier = found.provider_id
            self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """On to the next parcel; a scanner sends this Enter itself."""
        from jobs.wishes.own_numbers_file import Entry

        if not event.value.strip() or self._courier is None:
            return
        target = self._left[0]
        self._entries.append(Entry(target.order_id, self._courier, event.value, target.package_id))
        self._next()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click chooses the courier."""
        self._courier = event.option_id

    def action_courier(self, step: int) -> None:
        """The arrows choose the courier while typing goes on."""
        ids = list(self._couriers)
        if self._courier is not None:
            self._courier = ids[(ids.index(self._courier) + step) % len(ids)]
            self._show()

    def action_skip(self) -> None:
        """This one gets no number now."""
        self._next()

    def action_back(self) -> None:
        """Leave: with what was entered so far when there is something, it is shown before anything is done."""
        self.dismiss(self._entries or None)

    def _next(self) -> None:
        del self._left[0]
        if not self._left:
            self.dismiss(self._entries or None)
            return
        self.query_one(Input).value = ""
        self._show()


class ReviewDialog(Dialog[frozenset[str]]):
    """Every number before it is sent. Answers with the doubtful packages to send all the same; None: send nothing."""

    HOLDS_NEWS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", show=False),
        Binding("i", "include", show=False),
    ]

    def __init__(self, plan: NumberPlan) -> None:
        super().__init__()
        self._plan = plan
        self._included = False

    @property
    def _count(self) -> int:
        return len(self._plan.ok) + (len(self._plan.soft) if self._included else 0)

    def title_text(self) -> Content:
        """How many."""
        return heading(t("number.review", n=self._count))

    def body_text(self) -> Content:
        """Order, courier, number; then what is held back and why."""
        return Content("\n").join([*self._numbers(), *self._held()])

    def _numbers(self) -> Iterator[Content]:
        for line in [*self._plan.ok, *(self._plan.soft if self._included else ())]:
            was = f"{plain(line.corrects, 40)} → " if line.corrects else ""
            words = f"{was}{line.tracking_number}  {plain(line.courier_name, 40)}"
            yield from entry(f"  {short(line.order_id)}  ", words, self.room)

    def _held(self) -> Iterator[Content]:
        if self._plan.held:
            yield heading(t("number.held"))
        for held in self._plan.held:
            yield from entry(f"  {short(held.order_id)}  ", reason(held), self.room, style="$warning")

    def keys_text(self) -> Content:
        """What can be pressed."""
        phrases = [t("number.key.yes", n=self._count)] if self._count else []
        if self._plan.soft:
            phrases.append(t("number.key.include", n=len(self._plan.soft)))
        return keys([*phrases, t("number.key.back")], self.room)

    def action_yes(self) -> None:
        """The one answer that sends."""
        if self._count:
            chosen = self._plan.soft if self._included else ()
            self.dismiss(frozenset(line.package_id for line in chosen))

    def action_include(self) -> None:
        """Overrule the doubts, each shown with its reason; pressed again, take it back."""
        self._included = not self._included and bool(self._plan.soft)
        self.redraw()

    def on_mount(self) -> None:
        """No toast may lie over what has to be read."""
        pantau_of(self).clear_notifications()


def open_own_number(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Numbers for these orders, one after the other."""
    pks = [row.pk for row in rows]
    app.run_worker(
        _flow(app, pks), group="number", exclusive=True, exit_on_error=False, description="numbers"
    )


async def _flow(app: PantauApp, pks: list[int]) -> None:
    from jobs.wishes.own_numbers import plan_numbers, queue_numbers, targets
    from store.shipping_providers import offered

    store = app.store
    if store is None:
        app.say(t("app.busy_starting"), severity="warning")
        return
    try:
        found = await store.aread(lambda conn: targets(conn, pks))
        if not found:
            app.say(t("number.none_of_ours"), severity="warning")
            return
        # One shop at a time: each has couriers of its own.
        shop_id = found[0].shop_id
        couriers = await store.aread(lambda conn: offered(conn, shop_id))
        if not couriers:
            app.say(t("number.no_couriers"), severity="warning")
            return
        ours = [target for target in found if target.shop_id == shop_id]
        entries = await app.push_screen_wait(NumbersScreen(ours, couriers))
        if not entries:
            return
        at = app.clock()
        plan = await store.aread(lambda conn: plan_numbers(conn, shop_id, entries, at))
        answer = await app.push_screen_wait(ReviewDialog(plan))
        if answer is None:
            return
        now = app.clock()
        batch = await store.awrite(lambda conn: queue_numbers(conn, plan, "seller", now, answer))
    except Exception as error:  # told, never raised: what was not written down did not happen
        app.say(t("status.failed", detail=failure(error)), severity="error")
        return
    app.unmark({line.pk for line in plan.ok})
    app.nudge("sender")
    app.push_screen(ResultsScreen(batch))
