"""The palette: every command that applies now, found by its words, its key or its id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.command import SimpleCommand

from store.views import OrderRow
from tui.commands import Command, refusal
from tui.screens.help import shown_keys
from tui.strings import t

if TYPE_CHECKING:
    from tui.app import PantauApp


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

    app.search_commands([entry(command) for command in offered], placeholder=t("palette.placeholder"))
