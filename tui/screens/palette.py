"""The palette: every command that applies now, found by its words, its key or its id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.command import CommandInput, CommandPalette, SimpleCommand, SimpleProvider

from store.views import OrderRow
from tui.commands import Command, refusal
from tui.screens.help import shown_keys
from tui.screens.lines import plain
from tui.strings import t

if TYPE_CHECKING:
    from tui.app import PantauApp


class Line(CommandInput):
    """The toolkit's line, but what is pasted into it is cleaned on the way."""

    def validate_value(self, value: str) -> str:
        """Called by the toolkit before a value is taken."""
        return plain(value)


class Palette(CommandPalette):
    """The toolkit's palette around our line."""

    def compose(self) -> ComposeResult:
        """As the toolkit does it."""
        for widget in super().compose():
            mine = isinstance(widget, CommandInput)
            yield Line(placeholder=self._placeholder, select_on_focus=False) if mine else widget


def open_palette(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Offer what the command table allows on these orders; what was chosen runs as if its key had been pressed."""
    marked = len(app.main.orders.selection()) > 1
    offered = [
        command
        for command in app.commands()
        if command.id != "palette" and not command.repeat and (marked or refusal(command, rows) is None)
    ]
    offered.sort(key=lambda command: ("order", "app", "list", "tab").index(command.group))

    def entry(command: Command) -> SimpleCommand:
        run: Callable[[], None] = partial(app.run_command, command)
        name = f"{command.label} · {shown_keys(command, app.keymap)} · {command.id}"
        return SimpleCommand(name, run, command.help)

    commands = SimpleProvider(app.screen, [entry(command) for command in offered])
    # The toolkit's own search_commands hands over an instance too.
    app.push_screen(Palette(providers=[commands], placeholder=t("palette.placeholder")))  # type: ignore[list-item]
