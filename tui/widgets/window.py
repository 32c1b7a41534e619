"""The stretch of rows a virtual list holds, and the lines they stand on. Pure: no store, no widget.

Rows are known by key, not by line. A line number is exact once an edge of the view has been seen and an
estimate before that; when it is corrected, `Window` reports by how much, and the list moves its scroll
position by the same amount, so that nothing moves on the screen.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from store.views import OrderRow

KEEP: Final = 768
"""Rows held at most; those farthest from the last addition go first."""


class Stretch(NamedTuple):
    """What one read of the store came to: neighbouring rows of a view (tui/widgets/pages.py makes them)."""

    rows: tuple[OrderRow, ...]
    total: int
    at_start: bool = False
    """Nothing of the view lies before the first row."""
    at_end: bool = False
    """Nothing of the view lies after the last row."""
    start: int | None = None
    """Line of the first row, where it is known exactly."""
    anchor: int = 0
    """Index of the row that was asked for, or of the one that now stands in its place."""
    found: bool = True
    """Whether that row is the very order asked for."""


class Window:
    """Rows `start .. start + len(rows)` of a view of `total` rows."""

    def __init__(self) -> None:
        self.rows: list[OrderRow] = []
        self.start = 0
        self.total = 0
        self.at_start = False
        self.at_end = False
        self._index: dict[int, int] = {}

    @property
    def end(self) -> int:
        """The line after the last row."""
        return self.start + len(self.rows)

    def row(self, line: int) -> OrderRow | None:
        """The row on a line; None while it is not held."""
        place = line - self.start
        return self.rows[place] if 0 <= place < len(self.rows) else None

    def line(self, pk: int) -> int | None:
        """The line an order stands on; None while it is not held."""
        place = self._index.get(pk)
        return None if place is None else self.start + place

    def replace(self, stretch: Stretch, start: int) -> int:
        """Hold another stretch, believed to begin at line `start`; answers the correction of that belief."""
        self.rows = list(stretch.rows)
        self.at_start, self.at_end = stretch.at_start, stretch.at_end
        self.total = stretch.total
        self.start = start
        return self._settle()

    def append(self, stretch: Stretch) -> int:
        """Add the rows after the last one; answers how far all lines moved."""
        fresh = [row for row in stretch.rows if row.pk not in self._index]
        self.rows += fresh
        self.total, self.at_end = stretch.total, stretch.at_end or not fresh
        if (extra := len(self.rows) - KEEP) > 0:
            del self.rows[:extra]
            self.start += extra
            self.at_start = False
        return self._settle()

    def prepend(self, stretch: Stretch) -> int:
        """Add the rows before the first one; answers how far all lines moved."""
        fresh = [row for row in stretch.rows if row.pk not in self._index]
        self.rows[:0] = fresh
        self.start -= len(fresh)
        self.total, self.at_start = stretch.total, stretch.at_start or not fresh
        if (extra := len(self.rows) - KEEP) > 0:
            del self.rows[-extra:]
            self.at_end = False
        return self._settle()

    def shift(self, lines: int) -> int:
        """Correct the line numbers by an exact rank that arrived later; answers how far they really moved."""
        self.start += lines
        return lines + self._settle()

    def _settle(self) -> int:
        """Make lines and total agree with what the edges prove; answers how far the lines moved."""
        self._index = {row.pk: place for place, row in enumerate(self.rows)}
        before = self.start
        if self.at_start or not self.rows:
            self.start = 0
        elif self.at_end:
            self.start = max(self.total - len(self.rows), 1)
        else:
            # Rows are known to lie on both sides.
            self.start = max(1, min(self.start, self.total - len(self.rows) - 1))
        if self.at_end:
            self.total = self.end
        else:
            self.total = max(self.total, self.end + 1)
        if not self.rows:
            self.total = 0
        return self.start - before
