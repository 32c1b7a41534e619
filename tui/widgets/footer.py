"""The bottom line: marks and filters, the keys that matter here; at the right how the sources are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from textual import events

from store.views import HealthRow, View
from tui.commands import Command, display_key
from tui.messages import CommandChosen
from tui.present import NO_BADGES
from tui.shops import Badge
from tui.strings import t
from tui.widgets.painted import Painted, Piece, length

SOURCES: Final = ("orders", "tracking", "sender")


class Footer(Painted):
    """Keys in the order of their rank; those that do nothing here are muted, those without room left out."""

    def __init__(self, keymap: Mapping[str, str]) -> None:
        super().__init__(id="footer")
        self._keymap = keymap
        self._commands: Sequence[tuple[Command, bool]] = ()
        self._marked = 0
        self._view: View | None = None
        self._health: Sequence[HealthRow] = ()
        self.shops: Mapping[int, Badge] = NO_BADGES
        """How shops are told apart; empty where there is only one."""
        self._ends: list[tuple[int, str]] = []

    def show(self, commands: Sequence[tuple[Command, bool]], marked: int, view: View | None) -> None:
        """Show these commands for a view; the flag says whether one would do something now."""
        self._commands, self._marked, self._view = commands, marked, view
        self.changed()

    def show_health(self, rows: Sequence[HealthRow]) -> None:
        """Show how the sources are."""
        self._health = rows
        self.changed()

    def content(self, width: int, height: int) -> list[list[Piece]]:
        """State, keys, sources."""
        line: list[Piece] = [(" ", "plain")]
        line += [(f"{words}   ", "accent") for words in self._state()]
        tail = self._sources(short=width < 100)
        room = width - length(line) - length(tail) - 2
        self._ends = []
        for command, enabled in self._commands:
            key = display_key(self._keymap.get(command.id, command.keys))
            group: list[Piece] = [
                (key, "accent" if enabled else "muted"),
                (f" {command.label}  ", "plain" if enabled else "muted"),
            ]
            if (size := length(group)) > room:
                break
            line += group
            room -= size
            self._ends.append((length(line), command.id))
        line.append((" " * max(0, width - length(line) - length(tail) - 1), "plain"))
        return [[*line, *tail]]

    def on_click(self, event: events.Click) -> None:
        """The command under the pointer."""
        for end, command_id in self._ends:
            if event.x < end:
                self.post_message(CommandChosen(command_id))
                return

    def _state(self) -> Iterator[str]:
        """What changes the meaning of the list and of the keys: it must never be forgotten."""
        if self._view is not None and self._view.shop_id is not None:
            badge = self.shops.get(self._view.shop_id)
            yield t("status.shop", shop=str(self._view.shop_id) if badge is None else badge.name)
        if self._view is not None and self._view.chips:
            yield t("status.narrowed", n=len(self._view.chips))
        if self._view is not None and self._view.sort == "newest":
            yield t("status.newest")
        if self._marked:
            yield t("status.marked", n=self._marked)

    def _sources(self, *, short: bool) -> list[Piece]:
        """A sign per source, with its name where there is room or trouble."""
        found: list[Piece] = []
        for job in SOURCES:
            rows = [row for row in self._health if row.job == job]
            if not rows:
                continue
            bad = any(row.failing_since is not None for row in rows)
            idle = not any(row.last_ok_at for row in rows)
            key, role = (
                ("health.bad", "soon") if bad else ("health.idle", "muted") if idle else ("health.ok", "good")
            )
            sign, _, name = t(key, what=t(f"source.{job}")).partition(" ")
            named = bad or not short
            found += [(f"{sign} ", role), (f"{name}  ", "muted")] if named else [(sign, role)]
        return found
