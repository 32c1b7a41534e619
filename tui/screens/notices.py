"""What happened lately: the feed in words, newest first; Enter opens the order a line speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from store.times import to_datetime
from store.views import ChangeRow, OrderRow
from tui.strings import known, t, word
from tui.text import clean

if TYPE_CHECKING:
    from tui.app import PantauApp

KINDS = (
    "order.new",
    "order.status",
    "order.cancel_requested",
    "package.tracking",
    "action.%",
    "request.%",
    "job.%",
)
"""What is news; a changed address or a seen note is in the order's own history."""


class NoticesScreen(ModalScreen[int | None]):
    """Answers with the order to open, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,exclamation_mark", "back", show=False),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]
    DEFAULT_CSS = """
    NoticesScreen { align: center middle; background: $background 60%; }
    NoticesScreen > Vertical { width: 100%; height: 100%; background: $surface; border: round $accent; padding: 0 1; }
    NoticesScreen #keys { color: $text-muted; }
    NoticesScreen OptionList { height: 1fr; border: none; }
    """

    def __init__(self, changes: Sequence[ChangeRow], zone: object) -> None:
        super().__init__()
        self._changes = changes
        self._zone = zone

    def compose(self) -> ComposeResult:
        """Title, list, keys."""
        with Vertical():
            yield Static(Content.styled(t("notices.title"), "bold"), markup=False)
            lines: list[Option | str] = [Option(line(change, self._zone)) for change in self._changes]
            yield OptionList(*lines or [Option(t("notices.empty"), disabled=True)], markup=False)
            yield Static(t("notices.keys"), id="keys", markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a line."""
        self.dismiss(self._changes[event.option_index].order_pk if self._changes else None)

    def action_move(self, step: int) -> None:
        """The keys of the list work here too."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if step > 0 else options.action_cursor_up()

    def action_back(self) -> None:
        """Leave."""
        self.dismiss(None)


def line(change: ChangeRow, zone: object) -> Content:
    """One change in words: when, which order, what, who."""
    at = to_datetime(change.at, zone).strftime("%d/%m %H.%M")  # type: ignore[arg-type]
    order = f"…{change.order_id[-9:]}" if change.order_id else ""
    return Content.assemble((f"{at}  ", "$text-muted"), f"{clean(order):<10}  ", what(change))


def what(change: ChangeRow) -> str:
    """The change itself."""
    key = "change.action" if change.kind.startswith("action.") else f"change.{change.kind}"
    if not known(key):
        return clean(change.kind)
    return t(key, old=_word(change.kind, change.old), new=_word(change.kind, change.new))


def _word(kind: str, value: str | None) -> str:
    family = {"order": "status", "package": "track", "action": "state", "job": "problem", "request": "status"}
    return word(family[kind.partition(".")[0]], value)


def open_notices(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Read the end of the feed and show it."""

    def chosen(pk: int | None) -> None:
        if pk is not None:
            from tui.screens.detail import show_detail

            show_detail(app, pk)

    def arrived(changes: list[ChangeRow]) -> None:
        app.push_screen(NoticesScreen(changes, app.zone), chosen)

    app.data.ask(lambda reader: reader.recent(KINDS), arrived)
