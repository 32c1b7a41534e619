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

_LEAVE: Final = (
    *(Tab.CANCELLED, Tab.COMPLETED, Tab.DELIVERED, Tab.TRANSIT, Tab.UNPAID, Tab.RETURNS),
    *(Tab.COLLECTION, Tab.ACTION, Tab.TO_SHIP),
)
"""Whose name goes first where there is no room for all."""

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
        """The fullest wording that fits: whole names, short names, words of a few letters; then names go one by one,
        those of empty tabs first, the active one's never."""
        leave = sorted(
            (tab for tab in Tab if tab is not self.active),
            key=lambda tab: (self._n(tab) > 0, _LEAVE.index(tab)),
        )
        for names, counted, gap, gone in (
            ("tab", True, 3, 0), ("tab", True, 2, 0), ("tab", False, 2, 0), ("short", False, 2, 0),
            ("short", False, 1, 0), ("tiny", False, 2, 0), *(("tiny", False, 1, n) for n in range(len(Tab))),
        ):  # fmt: skip
            tabs = [self._tab(tab, "" if tab in leave[:gone] else names, counted) for tab in Tab]
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

    def _n(self, tab: Tab) -> int:
        row = self._counts.get(tab)
        return 0 if row is None else row.n

    def _tab(self, tab: Tab, names: str, counted: bool) -> list[Piece]:
        n = self._n(tab)
        active = tab is self.active
        key = {"tab": f"tab.{tab.id}", "short": f"tab.short.{tab.id}", "tiny": f"tab.tiny.{tab.id}"}.get(
            names
        )
        name = t(key) if key else ""
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
