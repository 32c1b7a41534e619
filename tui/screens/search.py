"""Search as you type, over every order of every tab: id, tracking number, buyer, SKU, product, note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from store.errors import StoreError
from store.views import OrderRow
from tui.strings import money, t, word
from tui.text import clean

if TYPE_CHECKING:
    from tui.app import PantauApp

LIMIT = 100
SHORTEST = 3


class SearchScreen(ModalScreen[int | None]):
    """Answers with the order chosen, or None. A query that has been overtaken by the next letter shows nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    SearchScreen { align: center top; background: $background 60%; }
    SearchScreen > Vertical { width: 100%; height: 80%; background: $surface; border: round $accent; padding: 0 1; }
    SearchScreen OptionList { height: 1fr; border: none; }
    SearchScreen #state { color: $text-muted; }
    """

    def __init__(self, app: PantauApp) -> None:
        super().__init__()
        self._pantau = app
        self._rows: list[OrderRow] = []

    def compose(self) -> ComposeResult:
        """The line to type in, what is found, what can be done."""
        with Vertical():
            yield Input(placeholder=t("search.placeholder"))
            yield OptionList(markup=False)
            yield Static(t("search.short"), id="state", markup=False)

    def on_mount(self) -> None:
        """Typing goes to the line, whatever else is there."""
        self.query_one(OptionList).can_focus = False
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look again after each letter, off the event loop."""
        self.run_worker(self._find(event.value), group="search", exclusive=True, exit_on_error=False)

    async def _find(self, text: str) -> None:
        rows: list[OrderRow] = []
        short = len(text.strip()) < SHORTEST
        if not short:
            try:
                rows = await self._pantau.data.get(lambda reader: reader.search(text, LIMIT), slow=True)
            except StoreError as error:
                self._pantau.say(t("status.failed", detail=str(error)), severity="error")
                return
        self._rows = rows
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(_line(row)) for row in rows])
        if rows:
            options.highlighted = 0
        key = "search.short" if short else "search.found" if rows else "search.none"
        self.query_one("#state", Static).update(t(key, n=len(rows)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter opens what is highlighted."""
        at = self.query_one(OptionList).highlighted
        if self._rows and at is not None:
            self.dismiss(self._rows[at].pk)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """So does a click."""
        self.dismiss(self._rows[event.option_index].pk)

    def action_move(self, step: int) -> None:
        """Up and down move in the list while typing goes on."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if step > 0 else options.action_cursor_up()

    def action_back(self) -> None:
        """Leave."""
        self.dismiss(None)


def _line(row: OrderRow) -> Content:
    return Content.assemble(
        (clean(row.order_id), "bold"),
        f"  {word('status', row.status):<18}{clean(row.buyer, limit=20):<20}  {clean(row.summary, limit=40):<40}  ",
        f"{money(row.total, row.currency)}  {clean(row.tracking_number)}",
    )


def open_search(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Search; the order chosen is shown in its tab, with the cursor on it, and opened."""

    def chosen(pk: int | None) -> None:
        if pk is not None:
            from tui.screens.detail import show_detail

            app.go_to(pk)
            show_detail(app, pk)

    app.push_screen(SearchScreen(app), chosen)
