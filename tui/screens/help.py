"""The help: every key and what it does, derived from the table of commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from textual.content import Content

from store.views import OrderRow
from tui.commands import Command, display_key
from tui.screens.dialog import Dialog
from tui.screens.lines import entry, heading, keys
from tui.strings import t
from tui.text import fit

if TYPE_CHECKING:
    from tui.app import PantauApp

_KEYS: Final = 13
_GROUPS: Final = ("order", "list", "tab", "app")
"""What a seller looks for comes first."""


class HelpScreen(Dialog[None]):
    """One entry per command, by group; above them the keys of the screen it was opened from, where that has its own."""

    def __init__(
        self, commands: Sequence[Command], keymap: Mapping[str, str], here: Content | None = None
    ) -> None:
        super().__init__()
        self._commands = commands
        self._keymap = keymap
        self._here = here

    def action_keys_help(self) -> None:
        """What opened it closes it."""
        self.dismiss(None)

    def title_text(self) -> Content:
        """What this is."""
        return heading(t("help.title"))

    def body_text(self) -> Content:
        """The two clocks, then the groups."""
        return Content("\n").join(self._lines())

    def _lines(self) -> Iterator[Content]:
        if self._here is not None:
            yield heading(t("help.here"))
            yield self._here
            yield heading(f"\n{t('help.list')}")
        yield from entry("", t("help.clocks"), self.room)
        for group in _GROUPS:
            members = [command for command in self._commands if command.group == group]
            if members:
                yield heading(f"\n{t(f'help.group.{group}')}")
            for command in members:
                shown = shown_keys(command, self._keymap)
                first, *more = entry(" " * (_KEYS + 3), command.help, self.room)
                yield Content.assemble((f"  {fit(shown, _KEYS)} ", "$accent"), first[_KEYS + 3 :])
                yield from more

    def keys_text(self) -> Content:
        """How to leave."""
        return keys([t("help.keys.scroll"), t("help.keys")], self.room)


def shown_keys(command: Command, keymap: Mapping[str, str]) -> str:
    """The keys of a command as people know them, the seller's own where there are some."""
    return " ".join(display_key(key) for key in keymap.get(command.id, command.keys).split(","))


def open_help(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Show the keys of the program as it runs: remapped ones, and none that it does not have."""
    app.push_screen(HelpScreen(app.commands(), app.keymap))


def help_here(app: PantauApp, here: Content) -> None:
    """The same from a screen with keys of its own, which are told first."""
    app.push_screen(HelpScreen(app.commands(), app.keymap, here))
