"""How the list looks: the heading, a strip per row, the scrollbar. Repaints only lines that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from store.views import OrderRow, View
from tui import present
from tui.shops import Badge
from tui.widgets.columns import Layout, layout
from tui.widgets.painted import Painted, Piece
from tui.widgets.window import Window

BAR: Final = 1
"""Cells of the scrollbar at the right edge."""
_KEPT: Final = 1_024
"""Painted strips kept."""


class OrderRows(Painted):
    """Paints lines `top ..` of a window. The heading is the widget's first line, rows are below it."""

    DEFAULT_CSS = "OrderRows { height: 1fr; }"

    def __init__(self, zone: tzinfo, *, mask: bool) -> None:
        super().__init__(id="orders")
        self.zone = zone
        self.mask = mask
        self.view: View | None = None
        self.window = Window()
        self.cursor: OrderRow | None = None
        """The order under the cursor, as it was last read."""
        self.cursor_line = 0
        self.top = 0
        """Line at the upper edge; below zero, blank lines stand above the first row."""
        self._now = 0
        self._clocks: dict[int, tuple[OrderRow, present.Ticking]] = {}
        self.shops: Mapping[int, Badge] = present.NO_BADGES
        """How shops are told apart; empty where there is only one."""
        self.empty_words: Sequence[str] = ()
        """What is said instead of rows, one paragraph a line."""
        self._painted: list[Any] = []
        self._strips: dict[int, tuple[Any, Strip]] = {}

    @property
    def rows_high(self) -> int:
        """Rows that can be seen at once."""
        return max(0, self.size.height - 1)

    @property
    def now(self) -> int:
        """The moment the countdowns show, epoch ms."""
        return self._now

    @now.setter
    def now(self, now: int) -> None:
        self._now = now
        self._clocks.clear()

    @property
    def columns(self) -> Layout:
        """The columns at the present width."""
        assert self.view is not None
        return layout(self.view.tab, self.size.width - BAR, shops=bool(self.shops))

    def is_marked(self, pk: int) -> bool:
        """Whether an order carries a mark."""
        return False

    def show_shops(self, shops: Mapping[int, Badge]) -> None:
        """Tell shops apart so from now on."""
        if shops != self.shops:
            self.shops = shops
            self._strips.clear()
            self.refresh()

    def repaint(self) -> None:
        """Paint the lines whose look changed since they were painted last."""
        looks = [self._look_of(y) for y in range(self.size.height)]
        if len(looks) != len(self._painted):
            self._painted = looks
            self.refresh()
            return
        before, self._painted = self._painted, looks
        regions = [Region(0, y, self.size.width, 1) for y, look in enumerate(looks) if look != before[y]]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """One line, exactly as wide as the list."""
        look = self._look_of(y)
        if y < len(self._painted):
            self._painted[y] = look
        width = self.size.width
        if self.view is None:
            return self.paint((), width)
        if y == 0:
            return self.paint(present.heading(self.columns, max(0, self.top)), width)
        row = self.window.row(self.top + y - 1)
        if row is None:
            return self.paint(self._no_row(y), width)
        body = self._row_strip(row, look)
        return Strip([*body, Segment(look[-1], self.look("rule"))], width)

    def notify_style_update(self) -> None:
        """Another theme: every strip has to be painted anew."""
        self._strips.clear()
        super().notify_style_update()

    def on_resize(self) -> None:
        """Another size: other columns, other strips."""
        self._strips.clear()
        self._painted = []
        super().on_resize()

    def _row_strip(self, row: OrderRow, look: tuple[Any, ...]) -> Strip:
        kept = self._strips.get(row.pk)
        if kept is not None and kept[0] == look[:-1]:
            return kept[1]
        _, columns, cursor, marked, clocks, _ = look
        pieces = present.pieces(
            row, columns, clocks, cursor=cursor, marked=marked, mask=self.mask, shops=self.shops
        )
        strip = self.paint(pieces, self.size.width - BAR, cursor=cursor)
        if len(self._strips) >= _KEPT:
            self._strips.clear()
        self._strips[row.pk] = (look[:-1], strip)
        return strip

    def _look_of(self, y: int) -> Any:
        """Everything a line's look depends on; equal looks are the same picture."""
        if self.view is None:
            return None
        if y == 0:
            return (self.columns, max(0, self.top))
        row = self.window.row(self.top + y - 1)
        if row is None:
            return (tuple(self._no_row(y)),)
        on_cursor = self.cursor is not None and row.pk == self.cursor.pk
        return (row, self.columns, on_cursor, self.is_marked(row.pk), self._clocks_of(row), self._bar(y - 1))

    def _clocks_of(self, row: OrderRow) -> present.Ticking:
        """What the clock makes of a row, worked out once per tick."""
        kept = self._clocks.get(row.pk)
        if kept is None or kept[0] is not row:
            kept = self._clocks[row.pk] = (row, present.ticking(row, self._now, self.zone))
        return kept[1]

    def _no_row(self, y: int) -> list[Piece]:
        line = self.top + y - 1
        if 0 <= line < self.window.total:
            return [("    …", "muted")]
        if not self.window.total and 2 <= y < 2 + len(self.empty_words):
            return [("    " + self.empty_words[y - 2], "plain" if y == 2 else "muted")]
        return []

    def _bar(self, y: int) -> str:
        high, total = self.rows_high, self.window.total
        if total <= high:
            return " "
        thumb = max(1, high * high // total)
        place = round(max(0, self.top) / (total - high) * (high - thumb))
        return "▐" if place <= y < place + thumb else " "
