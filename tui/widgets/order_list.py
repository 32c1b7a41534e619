"""The virtual list: it paints the rows it can see and knows no others.

Rows come from the store by key (tui/widgets/pages.py) into a window (tui/widgets/window.py) around what is on
the screen. Cursor and marks are order ids. `refresh_rows` reads the window anew around the order under the
cursor and keeps that order on its line, whatever came or went above it; an order that left is replaced by its
nearest neighbour. `top`, the line at the upper edge, may lie beyond the ends while that holds; it settles
when the seller moves, or when nobody has touched a key for a while.

Movement is tui/widgets/scrolling.py, painting tui/widgets/order_rows.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import TYPE_CHECKING, TypeVar

from store.views import Key, OrderRow, View
from tui.data import Data
from tui.messages import CursorMoved, MarksChanged
from tui.widgets import pages
from tui.widgets.marks import LIMIT, Marks
from tui.widgets.scrolling import Scrolling
from tui.widgets.window import Stretch, Window

if TYPE_CHECKING:
    from store.reader import Reader

T = TypeVar("T")


class OrderList(Scrolling, can_focus=True):
    """The orders of one view. Posts CursorMoved and MarksChanged."""

    def __init__(self, data: Data, zone: tzinfo, clock: Callable[[], int], *, mask: bool = True) -> None:
        super().__init__(zone, mask=mask)
        self.data = data
        self._present = clock
        self.marks = Marks()
        self._places: dict[View, tuple[int, Key, int]] = {}
        self._shown = 0

    # ---- what is shown ----------------------------------------------------------------------------------

    def show(self, view: View) -> None:
        """Show another view, with the cursor where it was left there."""
        if self.view is not None and self.cursor is not None:
            self._places[self.view] = (self.cursor.pk, self.cursor.key, self.cursor_line - self.top)
        self.view = view
        if self.cursor is not None:
            # Said now: a view without rows never puts the cursor on anything, and nobody else would say it.
            self.post_message(CursorMoved(None))
        self._reset()
        place = self._places.get(view)
        if place is None:
            self.ask(lambda reader, now: pages.first(reader, view, now, self._need()), self.opened)
        else:
            pk, key, offset = place
            self.ask(
                lambda reader, now: pages.around(reader, view, now, pk, key, self._need(), self._need()),
                lambda stretch: self._placed(stretch, offset),
            )
        self.post_message(MarksChanged(self.marks.count(view)))

    def refresh_rows(self) -> None:
        """The store changed: read the window anew around the cursor's order, which stays on its line."""
        view, anchor, offset = self.view, self.cursor, self.cursor_line - self.top
        if view is None:
            return
        if not 0 <= offset < self.rows_high or anchor is None:
            # The cursor is scrolled away: what is being read stays in place instead.
            offset = max(0, -self.top)
            anchor = self.window.row(self.top + offset)
        if anchor is None:
            self.ask(lambda reader, now: pages.first(reader, view, now, self._need()), self.opened)
            return
        pk, key = anchor.pk, anchor.key
        above, below = offset + pages.MARGIN, self.rows_high - offset + pages.MARGIN
        on_cursor = self.cursor is not None and pk == self.cursor.pk
        self.ask(
            lambda reader, now: pages.around(reader, view, now, pk, key, above, below),
            lambda stretch: self._refreshed(stretch, offset, pk, on_cursor),
        )
        self._drop_gone_marks(view)

    def go_to(self, pk: int) -> None:
        """Put the cursor on an order of this view, wherever it stands; nothing when it is not in it."""
        view = self.view
        if view is None:
            return

        def read(reader: Reader, now: int) -> Stretch | None:
            key = reader.key_of(view, pk, now)
            return (
                None if key is None else pages.around(reader, view, now, pk, key, self._need(), self._need())
            )

        def arrived(stretch: Stretch | None) -> None:
            if stretch is not None and stretch.found:
                self._placed(stretch, self.rows_high // 3)

        self.ask(read, arrived)

    # ---- the cursor and the marks -----------------------------------------------------------------------

    def selection(self) -> tuple[int, ...]:
        """The orders a command applies to: the marked ones, else the one under the cursor."""
        if self.view is not None and (marked := self.marks.of(self.view)):
            return marked
        return () if self.cursor is None else (self.cursor.pk,)

    @property
    def mark_limit(self) -> int:
        """Orders marked at most."""
        return LIMIT

    def mark(self, pks: Iterable[int]) -> None:
        """Mark these orders of the view too."""
        if self.view is not None:
            self.marks.add(self.view, pks)
            self._marks_changed()

    def toggle_mark(self) -> bool:
        """Mark or unmark the order under the cursor; False when it would be one too many."""
        if self.view is None or self.cursor is None:
            return True
        done = self.marks.toggle(self.view, self.cursor.pk)
        self._marks_changed()
        return done

    def mark_all(self, then: Callable[[int, int], None]) -> None:
        """Mark the view's orders up to LIMIT; `then` hears how many of how many."""
        view = self.view
        if view is None:
            return

        def arrived(stretch: Stretch) -> None:
            self.marks.clear(view)
            self.marks.add(view, (row.pk for row in stretch.rows))
            self._marks_changed()
            then(self.marks.count(view), max(stretch.total, len(stretch.rows)))

        self.ask(lambda reader, now: pages.first(reader, view, now, LIMIT), arrived)

    def unmark(self, pks: Iterable[int]) -> None:
        """Take the marks of these orders away."""
        self.marks.drop(pks)
        self._marks_changed()

    def clear_marks(self) -> bool:
        """Take all marks of this view away; False when there were none."""
        if self.view is None or not self.marks.count(self.view):
            return False
        self.marks.clear(self.view)
        self._marks_changed()
        return True

    def _marks_changed(self) -> None:
        self.repaint()
        if self.view is not None:
            self.post_message(MarksChanged(self.marks.count(self.view)))

    def _drop_gone_marks(self, view: View) -> None:
        marked = self.marks.of(view)
        if not marked:
            return

        def arrived(gone: list[int]) -> None:
            if gone:
                self.unmark(gone)

        def read(reader: Reader, now: int) -> list[int]:
            return [pk for pk in marked if reader.key_of(view, pk, now) is None]

        self.ask(read, arrived, slow=len(marked) > 20)

    # ---- arrivals ---------------------------------------------------------------------------------------

    def opened(self, stretch: Stretch) -> None:
        self.hold(stretch, 0)
        self.top = 0
        self.set_cursor(self.window.row(0), 0)
        self.arrived()

    def _placed(self, stretch: Stretch, offset: int) -> None:
        """Rows around an order that the cursor now takes, on the line `offset` below the upper edge."""
        if not stretch.rows:
            self.opened(stretch)
            return
        self._hold(stretch, self.top + offset)
        line = self.window.start + stretch.anchor
        self.set_cursor(self.window.row(line), line)
        self.top = line - offset
        self.clamp()
        self.pinned = self.top <= 0
        self.arrived()

    def _refreshed(self, stretch: Stretch, offset: int, pk: int, on_cursor: bool) -> None:
        if on_cursor and (self.cursor is None or self.cursor.pk != pk):
            self.refresh_rows()  # the seller moved on while the rows were on their way
            return
        if not stretch.rows:
            self.opened(stretch)
            return
        if on_cursor:
            offset = self.cursor_line - self.top
        self._hold(stretch, self.top + offset)
        line = self.window.start + stretch.anchor
        self.top = line - offset
        if on_cursor:
            self.set_cursor(self.window.row(line), line)
        elif self.cursor is not None and (held := self.window.line(self.cursor.pk)) is not None:
            self.set_cursor(self.window.row(held), held)
        if not stretch.found:
            self.clamp()
        self.goal = None
        self.arrived()

    def _hold(self, stretch: Stretch, believed: int) -> None:
        start = stretch.start if stretch.start is not None else believed - stretch.anchor
        self.hold(stretch, start)

    def set_cursor(self, row: OrderRow | None, line: int) -> None:
        before = self.cursor
        self.cursor, self.cursor_line = row, line
        if row != before:
            self.post_message(CursorMoved(row))

    def _reset(self) -> None:
        self.window = Window()
        self.cursor, self.cursor_line, self.top, self.goal = None, 0, 0, None
        self.pinned, self.waiting, self.unsure = True, False, False
        self._shown += 1

    def is_marked(self, pk: int) -> bool:
        """Whether an order of this view is marked."""
        return self.view is not None and self.marks.has(self.view, pk)

    def clock(self) -> int:
        """The present, epoch ms."""
        return self._present()

    # ---- reading ----------------------------------------------------------------------------------------

    def _need(self) -> int:
        return self.rows_high + pages.MARGIN

    def ask(self, read: Callable[[Reader, int], T], then: Callable[[T], None], *, slow: bool = False) -> None:
        """Read for the view that is shown now; an answer for another one is dropped."""
        shown, now = self._shown, self.clock()

        def arrived(result: T) -> None:
            if shown == self._shown:
                then(result)

        # A chip that hardly anything has makes the store look through the whole tab.
        slow = slow or (self.view is not None and bool(self.view.chips))
        self.data.ask(lambda reader: read(reader, now), arrived, slow=slow, failed=self._unanswered)

    def _unanswered(self) -> None:
        self.waiting = False  # the next movement may ask again
