"""The help: every key and what it does, derived from the table of commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from store.views import OrderRow
from tui.commands import Command, available, display_key
from tui.screens.dialog import Dialog
from tui.strings import t

if TYPE_CHECKING:
    from tui.app import PantauApp


class HelpScreen(Dialog[None]):
    """One line per command, by group."""

    def __init__(self, commands: Sequence[Command], keymap: dict[str, str]) -> None:
        super().__init__()
        self._commands = commands
        self._keymap = keymap

    def title_text(self) -> Content:
        """What this is."""
        return Content.styled(t("help.title"), "bold")

    def body_text(self) -> Content:
        """Groups in the table's order."""
        parts = [Content(t("help.clocks"))]
        for group in dict.fromkeys(command.group for command in self._commands):
            parts.append(Content.styled(f"\n{t(f'help.group.{group}')}", "bold"))
            for command in self._commands:
                if command.group == group:
                    keys = self._keymap.get(command.id, command.keys)
                    shown = " ".join(display_key(key) for key in keys.split(","))
                    parts.append(Content.assemble((f"  {shown:<12}", "$accent"), command.help))
        return Content("\n").join(parts)

    def keys_text(self) -> Content:
        """How to leave."""
        return Content(t("help.keys"))


def open_help(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Show the keys of the program as it runs: remapped ones, and none that it does not have."""
    app.push_screen(HelpScreen(available(read_only=app.read_only), dict(app.settings.keymap)))
