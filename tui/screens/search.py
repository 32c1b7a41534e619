"""Search as you type, over every order of every tab: id, tracking number, buyer, SKU, product, note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from store.views import OrderRow
from tui import present
from tui.goods import goods
from tui.guess import guess
from tui.reasons import failure
from tui.screens.dialog import OVER
from tui.screens.lines import keys, plain
from tui.strings import t
from tui.text import fit

if TYPE_CHECKING:
    from tui.app import PantauApp

LIMIT: Final = 100
"""Orders shown; a longer word finds fewer."""
SHORTEST: Final = 3
"""Letters from which every order is searched; fewer are compared with the ends of the ids of open orders."""
_WIDE: Final = 100


class Line(Input):
    """The line to type in: what is pasted into it may come from anywhere, so it is cleaned on the way."""

    def validate_value(self, value: str) -> str:
        """Called by the toolkit before a value is taken."""
        return plain(value)


class SearchScreen(ModalScreen[int | None]):
    """Answers with the order chosen, or None. What an overtaken query found is never shown and never opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("down", "move('cursor_down')", show=False, priority=True),
        Binding("up", "move('cursor_up')", show=False, priority=True),
        Binding("pagedown", "move('page_down')", show=False, priority=True),
        Binding("pageup", "move('page_up')", show=False, priority=True),
    ]
    SCOPED_CSS = False
    CSS = OVER
    DEFAULT_CSS = """
    SearchScreen > Vertical { width: 100%; height: 80%; background: $surface; border: round $accent;
        padding: 0 1; }
    SearchScreen Input, SearchScreen Input:focus { height: 1; border: none; padding: 0; background: $surface;
        background-tint: $surface 0%; }
    SearchScreen OptionList { height: 1fr; border: none; padding: 0; background: $surface;
        scrollbar-size-vertical: 1; }
    """

    def __init__(self, app: PantauApp) -> None:
        super().__init__()
        self._pantau = app
        self._rows: list[OrderRow] = []
        self._found: str | None = None
        """The text whose orders are shown."""
        self._submitted = False
        """Whether Enter came before the answer, as from a scanner that types a number and Enter at once."""

    def compose(self) -> ComposeResult:
        """The line to type in, what is found, what can be done."""
        with Vertical():
            yield Line(placeholder=t("search.placeholder"))
            yield OptionList(markup=False)
            yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Typing goes to the line, whatever else is there."""
        self.query_one(OptionList).can_focus = False
        line = self.query_one(Input)
        line.cursor_blink = False
        line.focus()
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """Columns follow the room there is."""
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look again after each letter, off the event loop."""
        self._submitted = False
        self.run_worker(self._find(event.value), group="search", exclusive=True, exit_on_error=False)

    async def _find(self, text: str) -> None:
        rows: list[OrderRow] = []
        if text.strip():
            try:
                rows = await self._pantau.data.get(lambda reader: reader.search(text, LIMIT), slow=True)
            except Exception as error:  # told, never raised
                self._pantau.say(t("status.failed", detail=failure(error)), severity="error")
                return
        self._rows, self._found = rows, text
        self._show()
        if self._submitted and len(rows) == 1:
            self.dismiss(rows[0].pk)

    def _show(self) -> None:
        if not self.query("#keys"):
            return  # not built yet, or left while the store was asked
        width = self.app.size.width - 5
        options = self.query_one(OptionList)
        at = options.highlighted or 0
        options.clear_options()
        options.add_options([Option(line(row, width)) for row in self._rows])
        if self._rows:
            options.highlighted = min(at, len(self._rows) - 1) if self._found is None else 0
        self.query_one("#keys", Static).update(keys(self._phrases(), width))

    def _phrases(self) -> list[str]:
        typed = (self._found or "").strip()
        back = t("search.key.back")
        hints = [hint] if (hint := guess(typed)) else []
        if self._rows:
            more = len(self._rows) >= LIMIT
            return [
                t("search.key.open"),
                back,
                t("search.many" if more else "search.found", n=len(self._rows)),
                *hints,
            ]
        if len(typed) < SHORTEST:
            return [back, t("search.short")]
        return [back, t("search.none"), *hints]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter opens what is highlighted, if it was found for what is typed."""
        if self._found != event.value:
            self._submitted = True
            return
        at = self.query_one(OptionList).highlighted
        if self._rows and at is not None:
            self.dismiss(self._rows[at].pk)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """So does a click."""
        self.dismiss(self._rows[event.option_index].pk)

    def action_move(self, step: str) -> None:
        """The arrows move in the list while typing goes on."""
        getattr(self.query_one(OptionList), f"action_{step}")()

    def action_back(self) -> None:
        """Leave."""
        self.dismiss(None)


def line(row: OrderRow, width: int) -> Content:
    """One order found, on one line: what it is known by first."""
    cells = [fit(present.status(row), 16)]
    number, amount = plain(row.tracking_number, 40), present.amount(row)
    if width >= _WIDE:
        cells += [fit(present.buyer(row.buyer), 12), fit(number or "-", 16)]
    else:
        cells += [fit(number or present.buyer(row.buyer), 14)]
    left = f"{fit(row.order_id, 18)}  "
    right = f"  {fit(amount, 10, right=True)}"
    middle = "  ".join(cells) + "  "
    room = max(width - len(left) - sum(map(len, cells)) - 2 * len(cells) - len(right), 4)
    return Content.assemble((left, "bold"), middle, (fit(goods(row.summary), room), "$text-muted"), right)


def open_search(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Search; the order chosen is shown in its tab, with the cursor on it, and opened."""

    def chosen(pk: int | None) -> None:
        if pk is not None:
            from tui.screens.detail import show_detail

            app.go_to(pk)
            show_detail(app, pk)

    app.push_screen(SearchScreen(app), chosen)
