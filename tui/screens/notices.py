"""What happened lately: the feed in words, newest first; Enter opens what a line speaks of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from types import MappingProxyType
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
from tui.notice_lines import Line, folded, orders_of, worded
from tui.screens.dialog import OVER
from tui.screens.lead import lead_to
from tui.screens.lines import heading, keys
from tui.screens.notice_lead import follow, leads
from tui.stock_words import subject
from tui.strings import t

if TYPE_CHECKING:
    from store.reader import Reader
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
    "stock.low",
    "stock.out_soon",
    "chat.%",
    "money.overdue",
    "money.less",
    "money.failed",
    "digest.made",
    "cutoff.near",
    "health.step",
    "job.%",
)
"""What is news; a changed address or a seen note is in the order's own history."""
LOOK: Final = 1_000
"""Changes the list looks back at; folded they are far fewer lines."""
QUIET: Final = frozenset({"pending", "unknown", "queued", "sending"})
"""New states that say no more than that something has begun."""


class NoticesScreen(ModalScreen[Line | None]):
    """Answers with the line to follow, or None."""

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

    def __init__(
        self,
        changes: Sequence[ChangeRow],
        zone: tzinfo,
        rejected: int = 0,
        about: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        """`rejected`: records that could not be understood so far; `about`: goods by action (worded)."""
        super().__init__()
        self._told = folded(changes)
        self._about = about
        self._zone = zone
        self._rejected = rejected

    def compose(self) -> ComposeResult:
        """Title, list, keys."""
        with Vertical():
            yield Static(heading(t("notices.title")), markup=False)
            if self._rejected:
                told = Content.styled(t("notices.rejected", n=self._rejected), "$warning")
                yield Static(told, id="rejected", markup=False)
            lines = [Option(worded(line, self._zone, self._about)) for line in self._told]
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
        phrases = [t("notices.key.open")] if self._told else []
        offered = keys([*phrases, t("notices.key.back")], self.app.size.width - 4)
        self.query_one("#keys", Static).update(offered)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a line: to what it speaks of, if there is more of it."""
        line = self._told[event.option_index]
        if leads(line[0]):
            self.dismiss(line)

    def action_move(self, step: int) -> None:
        """The keys of the list work here too."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if step > 0 else options.action_cursor_up()

    def action_back(self) -> None:
        """Leave."""
        self.dismiss(None)


def open_notices(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Read the end of the feed and show it."""

    def chosen(line: Line | None) -> None:
        if line is None:
            return
        if len(ids := orders_of(line)) > 1:
            lead_to(app, ids)
        else:
            follow(app, line[0])

    def read(reader: Reader) -> tuple[list[ChangeRow], int, dict[int, str]]:
        told = [change for change in reader.recent(KINDS, LOOK) if change.new not in QUIET]
        about = {row.id: subject(row) for row in reader.actions(kind="stock", limit=LOOK)}
        return told, reader.rejected_count(), about

    def arrived(found: tuple[list[ChangeRow], int, dict[int, str]]) -> None:
        changes, rejected, about = found
        app.push_screen(NoticesScreen(changes, app.zone, rejected, about), chosen)
        app.main.rejects_told(rejected)

    app.data.ask(read, arrived)
