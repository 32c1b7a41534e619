"""The palette: every command that applies now, found by its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.command import SimpleCommand

from store.views import OrderRow
from tui.commands import available
from tui.strings import t

if TYPE_CHECKING:
    from tui.app import PantauApp


def open_palette(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Offer the commands of the table, those for orders only when there is an order."""
    app.search_commands(
        [
            SimpleCommand(
                f"{command.label}  ·  {command.id}",
                lambda command=command: app.run_command(command),
                command.help,
            )  # type: ignore[misc]
            for command in available(read_only=app.read_only)
            if command.id != "palette" and not command.repeat and (rows or not command.needs_order)
        ],
        placeholder=t("palette.placeholder"),
    )
