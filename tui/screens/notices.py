"""What happened lately: the feed in words, newest first; Enter opens the order a line speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from store.views import ChangeRow, OrderRow
from tui.changes import what
from tui.screens.dialog import OVER
from tui.screens.lines import heading, keys, moment, plain
from tui.strings import t
from tui.text import fit

if TYPE_CHECKING:
    from tui.app import PantauApp

KINDS: Final = (
    "order.new",
    "order.status",
    "order.cancel_requested",
    "package.tracking",
    "action.%",
    "request.%",
    "paper.failed",
    "handover.stopped",
    "handover.closed",
    "handover.reminder",
    "order.not_in_file",
    "order.still_to_ship",
    "file.%",
    "rule.held",
    "digest.made",
    "cutoff.near",
    "health.step",
    "job.%",
)
"""What is news; a changed address or a seen note is in the order's own history."""
QUIET: Final = frozenset({"pending", "unknown", "queued", "sending"})
"""New states that say no more than that something has begun."""


class NoticesScreen(ModalScreen[int | None]):
    """Answers with the order to open, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,exclamation_mark", "back", show=False),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]
    SCOPED_CSS = False
    CSS = OVER
    DEFAULT_CSS = """
    NoticesScreen > Vertical { width: 100%; height: 100%; background: $surface; border: round $accent;
        padding: 0 1; }
    NoticesScreen OptionList, NoticesScreen OptionList:focus { height: 1fr; border: none; padding: 0;
        background: $surface; background-tint: $surface 0%; scrollbar-size-vertical: 1; }
    """

    def __init__(self, changes: Sequence[ChangeRow], zone: tzinfo, rejected: int = 0) -> None:
        """`rejected`: records that could not be understood so far."""
        super().__init__()
        self._changes = changes
        self._zone = zone
        self._rejected = rejected

    def compose(self) -> ComposeResult:
        """Title, list, keys."""
        with Vertical():
            yield Static(heading(t("notices.title")), markup=False)
            if self._rejected:
                told = Content.styled(t("notices.rejected", n=self._rejected), "$warning")
                yield Static(told, id="rejected", markup=False)
            lines = [Option(line(change, self._zone)) for change in self._changes]
            yield OptionList(*lines or [Option(t("notices.empty"), disabled=True)], markup=False)
            yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Say what can be pressed."""
        self._show_keys()

    def on_resize(self, event: events.Resize) -> None:
        """The keys are folded to the room there is."""
        if self.query("#keys"):
            self._show_keys()

    def _show_keys(self) -> None:
        phrases = [t("notices.key.open")] if self._changes else []
        offered = keys([*phrases, t("notices.key.back")], self.app.size.width - 4)
        self.query_one("#keys", Static).update(offered)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a line: the order it speaks of, if it speaks of one."""
        if (pk := self._changes[event.option_index].order_pk) is not None:
            self.dismiss(pk)

    def action_move(self, step: int) -> None:
        """The keys of the list work here too."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if step > 0 else options.action_cursor_up()

    def action_back(self) -> None:
        """Leave."""
        self.dismiss(None)


def line(change: ChangeRow, zone: tzinfo) -> Content:
    """One change in words: when, which order, what."""
    order = f"…{plain(change.order_id, 40)[-9:]}" if change.order_id else ""
    when = fit(moment(change.at, zone), 13)
    return Content.assemble((f"{when} ", "$text-muted"), fit(order, 12), plain(what(change)))


def open_notices(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Read the end of the feed and show it."""

    def chosen(pk: int | None) -> None:
        if pk is not None:
            from tui.screens.detail import show_detail

            show_detail(app, pk)

    def arrived(found: tuple[list[ChangeRow], int]) -> None:
        changes, rejected = found
        told = [change for change in changes if change.new not in QUIET]
        app.push_screen(NoticesScreen(told, app.zone, rejected), chosen)
        app.main.rejects_told(rejected)

    app.data.ask(lambda reader: (reader.recent(KINDS), reader.rejected_count()), arrived)
