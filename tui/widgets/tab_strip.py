"""The nine tabs in one line: key, name, how many, and whether a deadline in it burns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from textual import events

from store.status import Tab
from store.views import TabCountRow
from tui.clock import Urgency, countdown
from tui.messages import TabChosen
from tui.strings import number, t
from tui.widgets.painted import Painted, Piece, length

_QUIET: Final = frozenset({Tab.COMPLETED, Tab.CANCELLED})
"""Tabs of history: their number says nothing that has to be done, so it goes first when room is short."""

_MARKS: Final = {Urgency.SOON: ("!", "soon"), Urgency.LATE: ("!", "late")}


class TabStrip(Painted):
    """Posts TabChosen when a tab is clicked."""

    def __init__(self, zone: tzinfo) -> None:
        super().__init__(id="tabs")
        self.zone = zone
        self.active = Tab.TO_SHIP
        self._counts: Mapping[Tab, TabCountRow] = {}
        self._now = 0
        self._ends: list[tuple[int, Tab]] = []

    def show(self, counts: Mapping[Tab, TabCountRow], active: Tab, now: int) -> None:
        """Show these numbers with this tab active."""
        self._counts, self.active, self._now = counts, active, now
        self.changed()

    def tick(self, now: int) -> None:
        """A second has passed: a deadline may have come near."""
        self._now = now
        self.changed()

    def content(self, width: int, height: int) -> list[list[Piece]]:
        """The fullest wording that fits: whole names, short names, the active name alone, numbers."""
        for names, counted, gap in (
            ("tab", True, 3), ("tab", True, 2), ("tab", False, 2), ("short", False, 2), ("short", False, 1),
            ("active", False, 2), ("active", False, 1), ("none", False, 1),
        ):  # fmt: skip
            tabs = [self._tab(tab, names, counted) for tab in Tab]
            total = sum(map(length, tabs)) + gap * (len(tabs) - 1) + 2
            if total <= width:
                break
        line: list[Piece] = [(" ", "plain")]
        self._ends = []
        for tab, pieces in zip(Tab, tabs, strict=True):
            line += [*pieces, (" " * gap, "plain")]
            self._ends.append((length(line), tab))
        return [line]

    def on_click(self, event: events.Click) -> None:
        """The tab under the pointer."""
        for end, tab in self._ends:
            if event.x < end:
                self.post_message(TabChosen(tab))
                return

    def _tab(self, tab: Tab, names: str, counted: bool) -> list[Piece]:
        row = self._counts.get(tab)
        n = row.n if row is not None else 0
        active = tab is self.active
        if names == "tab":
            name = t(f"tab.{tab.id}")
        else:
            name = t(f"tab.short.{tab.id}") if names == "short" or (names == "active" and active) else ""
        look = "accent" if active else "plain" if n else "muted"
        pieces: list[Piece] = [(f"{tab.value}", look if active else "muted")]
        if name:
            pieces.append((f" {name}", look))
        if n and (counted or tab not in _QUIET or active):
            mark, role = _MARKS.get(self._urgency(tab), ("", ""))
            pieces.append((f" {number(n)}{mark}", role or ("strong" if active else look)))
        return pieces

    def _urgency(self, tab: Tab) -> Urgency:
        """How the nearest deadline of a tab stands; what needs action burns with the worst of all tabs."""
        if tab is Tab.ACTION:
            others = [self._urgency(other) for other in self._counts if other is not Tab.ACTION]
            return max([Urgency.SOON, *others])
        row = self._counts.get(tab)
        return countdown(None if row is None else row.worst_at, self._now, self.zone).urgency
