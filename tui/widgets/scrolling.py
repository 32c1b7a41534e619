"""How the list moves: keys, wheel, scrollbar, and the reads that keep the window ahead of the eye.

A move to a row that is not held yet becomes a `goal`: it is read, and the cursor takes it when it arrives.
With SQLite that is at once; with a server placeholders show for a moment and keys add up meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import events
from textual.binding import Binding, BindingType

from store.times import SECOND
from store.views import OrderRow, View
from tui.commands import TABLE
from tui.messages import CommandChosen
from tui.widgets import pages
from tui.widgets.columns import EDGE
from tui.widgets.order_rows import OrderRows
from tui.widgets.window import Stretch

if TYPE_CHECKING:
    from store.reader import Reader

T = TypeVar("T")

IDLE: Final = 30 * SECOND
"""So long without a key, the list may settle: blank lines close, a list left at its start shows it again."""
WHEEL: Final = 3


class Scrolling(OrderRows):
    """A list that can be moved through. Subclasses read (`ask`) and take what arrives."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(command.keys, command.id.replace(".", "_"), id=command.id, show=False)
        for command in TABLE
        if command.repeat
    ]

    goal: int | None = None
    """The line the cursor will take when its row has been read."""
    pinned = True
    """The seller left the list at its start, so the start is what it shows once all is calm."""
    touched = 0
    """When the seller last moved, epoch ms."""
    waiting = False
    """A read for `fill` is under way."""
    epoch = 0
    """Counts the windows held so far: rows that were read to enlarge an earlier one are dropped."""
    unsure = False
    """Line numbers are an estimate: an exact rank is asked for when there is time."""

    def clock(self) -> int:
        """The present, epoch ms."""
        raise AssertionError("a list has a clock")

    def ask(self, read: Callable[[Reader, int], T], then: Callable[[T], None], *, slow: bool = False) -> None:
        """Read for the view that is shown; the answer for a view that is gone is dropped."""

    def opened(self, stretch: Stretch) -> None:
        """The view from its start has arrived."""

    def set_cursor(self, row: OrderRow | None, line: int) -> None:
        """Put the cursor on a row that is held."""

    # ---- keys -------------------------------------------------------------------------------------------

    def action_list_down(self) -> None:
        """One order down."""
        self.move(1)

    def action_list_up(self) -> None:
        """One order up."""
        self.move(-1)

    def action_list_page_down(self) -> None:
        """One screen down, one order of overlap."""
        self.move(max(1, self.rows_high - 1))

    def action_list_page_up(self) -> None:
        """One screen up."""
        self.move(-max(1, self.rows_high - 1))

    def action_list_first(self) -> None:
        """To the first order of the view."""
        self.touched, view = self.clock(), self.view
        if view is None:
            return
        if self.window.at_start:
            self.go(0)
        else:
            self.ask(
                lambda reader, now: pages.first(reader, view, now, self.rows_high + pages.MARGIN), self.opened
            )

    def action_list_last(self) -> None:
        """To the last order of the view."""
        self.touched, view = self.clock(), self.view
        if view is None:
            return
        if self.window.at_end:
            self.go(self.window.total - 1)
        else:
            self.ask(
                lambda reader, now: pages.last(reader, view, now, self.rows_high + pages.MARGIN), self._ended
            )

    def move(self, delta: int) -> None:
        """Move the cursor by rows, from where it is or is going."""
        self.touched = self.clock()
        if self.cursor is None:
            return
        if self.goal is None and self.window.line(self.cursor.pk) is None:
            self._recall(delta)
            return
        line = self.cursor_line if self.goal is None else self.goal
        self.go(max(0, min(line + delta, self.window.total - 1)))

    def go(self, line: int) -> None:
        """Put the cursor on a line and that line on the screen."""
        self.clamp()
        if line < self.top:
            self.top = line
        elif line >= self.top + self.rows_high:
            self.top = line - self.rows_high + 1
        self.goal = line
        self.arrived()
        self.pinned = self.top <= 0

    # ---- wheel, clicks, scrollbar -----------------------------------------------------------------------

    def scroll_rows(self, delta: int) -> None:
        """Scroll without moving the cursor."""
        self.touched = self.clock()
        self.top += delta
        self.clamp()
        self.pinned = self.top <= 0
        self.arrived()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        event.stop()
        self.scroll_rows(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        event.stop()
        self.scroll_rows(-WHEEL)

    def on_click(self, event: events.Click) -> None:
        """A click takes the cursor; on the mark column it marks, on the cursor's order it opens."""
        row = self.window.row(self.top + event.y - 1) if event.y > 0 else None
        if row is None or event.x >= self.size.width - 1:
            return
        again = self.cursor is not None and row.pk == self.cursor.pk
        self.go(self.top + event.y - 1)
        if event.x < EDGE - 1:
            self.post_message(CommandChosen("list.mark"))
        elif again:
            self.post_message(CommandChosen("order.detail"))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the scrollbar."""
        if event.x == self.size.width - 1 and self.window.total > self.rows_high:
            self.capture_mouse()
            self._drag(event.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the scrollbar."""
        if self.app.mouse_captured is self:
            self._drag(event.y)

    def on_mouse_up(self) -> None:
        """Let the scrollbar go."""
        if self.app.mouse_captured is self:
            self.release_mouse()

    def _drag(self, y: int) -> None:
        share = (y - 1) / max(1, self.rows_high - 1)
        line = round(min(1.0, max(0.0, share)) * (self.window.total - self.rows_high))
        self.scroll_rows(line - self.top)

    # ---- time -------------------------------------------------------------------------------------------

    def tick(self, now: int) -> None:
        """A second has passed: countdowns, and what waits for a calm moment."""
        self.now = now
        if now - self.touched > IDLE:
            if self.pinned and self.cursor_line < self.rows_high:
                self.top = 0
            self.clamp()
            self.fill()
        if self.unsure:
            self._check_rank()
        self.repaint()

    def clamp(self) -> None:
        """Back between the ends of the view."""
        self.top = max(0, min(self.top, self.window.total - self.rows_high))

    # ---- reading ahead ----------------------------------------------------------------------------------

    def arrived(self) -> None:
        """Rows came or the view moved: take the goal if it is here, read on if something is missing."""
        self.fill()
        if self.goal is not None and (row := self.window.row(self.goal)) is not None:
            line, self.goal = self.goal, None
            self.set_cursor(row, line)
        self.repaint()

    def fill(self) -> None:
        """Read what the screen and its margins miss."""
        window, view = self.window, self.view
        if self.waiting or view is None or not window.rows or not self.rows_high:
            return
        first = max(0, self.top - pages.MARGIN // 2)
        last = min(window.total, self.top + self.rows_high + pages.MARGIN // 2)
        if first > window.end + pages.FAR or last < window.start - pages.FAR:
            self._jump(view, max(0, self.top))
        elif last > window.end and not window.at_end:
            key = window.rows[-1].key
            self._grow(lambda reader, now: pages.down(reader, view, now, key), window.append)
        elif first < window.start and not window.at_start:
            key = window.rows[0].key
            self._grow(lambda reader, now: pages.up(reader, view, now, key), window.prepend)

    def hold(self, stretch: Stretch, start: int) -> int:
        """Hold another window; answers the correction of `start`."""
        self.epoch += 1
        self.waiting = False
        self.unsure = stretch.start is None and not (stretch.at_start or stretch.at_end)
        return self.window.replace(stretch, start)

    def _grow(self, read: Callable[[Reader, int], Stretch], add: Callable[[Stretch], int]) -> None:
        epoch, self.waiting = self.epoch, True

        def grown(stretch: Stretch) -> None:
            if epoch == self.epoch:
                self.waiting = False
                self._shift(add(stretch))
                self.arrived()

        self.ask(read, grown)

    def _jump(self, view: View, line: int) -> None:
        high, self.waiting = self.rows_high, True
        self.ask(
            lambda reader, now: pages.line(reader, view, now, line, pages.MARGIN, high + pages.MARGIN),
            lambda stretch: self._jumped(stretch, line),
            slow=self.window.total > pages.CHEAP,
        )

    def _jumped(self, stretch: Stretch, line: int) -> None:
        self._shift(self.hold(stretch, stretch.start if stretch.start is not None else line))
        self.arrived()

    def _ended(self, stretch: Stretch) -> None:
        self.hold(stretch, stretch.start or 0)
        self.go(self.window.total - 1)

    def _recall(self, delta: int) -> None:
        """The cursor is far outside of what is held: bring it back to the screen, then move."""
        view, cursor = self.view, self.cursor
        if view is None or cursor is None:
            return
        need = self.rows_high + pages.MARGIN

        def arrived(stretch: Stretch) -> None:
            believed = self.cursor_line - stretch.anchor
            self.hold(stretch, believed if stretch.start is None else stretch.start)
            line = self.window.start + stretch.anchor
            self.set_cursor(self.window.row(line), line)
            self.top = line - self.rows_high // 2
            self.move(delta)

        self.ask(
            lambda reader, now: pages.around(reader, view, now, cursor.pk, cursor.key, need, need), arrived
        )

    def _shift(self, lines: int) -> None:
        """Line numbers were corrected: move everything that is one, so that the picture stays."""
        self.top += lines
        self.cursor_line += lines
        if self.goal is not None:
            self.goal += lines

    def _check_rank(self) -> None:
        view, row = self.view, self.window.row(self.top) or self.cursor
        self.unsure = False
        if view is None or row is None:
            return

        def arrived(rank: int) -> None:
            if (line := self.window.line(row.pk)) is not None:
                self._shift(self.window.shift(rank - line))
                self.repaint()

        self.ask(lambda reader, now: reader.rank(view, row.key, now), arrived, slow=True)
