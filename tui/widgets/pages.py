"""The reads behind a virtual list, all by key: a tab of a million orders costs what a tab of fifty costs.

Each function is one short visit to the store and knows nothing of widgets, so it runs in the screen's loop or
in a thread alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from store.views import Key, View
from tui.widgets.window import Stretch

if TYPE_CHECKING:
    from store.reader import Reader

CHEAP: Final = 5_000
"""Up to so many rows counting a rank takes well under a millisecond; above, it is left to a thread."""
MARGIN: Final = 48
"""Rows held beyond each edge of the screen, so that scrolling rarely waits."""
FAR: Final = 512
"""A scroll farther than this from what is held jumps by line number instead of reading its way."""
CHUNK: Final = 128
"""Rows read at once when the list is scrolled."""


def first(reader: Reader, view: View, now: int, limit: int) -> Stretch:
    """The view from its start."""
    rows = tuple(reader.after(view, None, limit, now))
    return Stretch(rows, reader.total(view, now), True, len(rows) < limit, 0)


def last(reader: Reader, view: View, now: int, limit: int) -> Stretch:
    """The end of the view; the anchor is its last row."""
    rows = tuple(reader.before(view, None, limit, now))
    total = reader.total(view, now)
    complete = len(rows) < limit
    return Stretch(rows, total, complete, True, max(0, total - len(rows)), max(0, len(rows) - 1))


def down(reader: Reader, view: View, now: int, key: Key, limit: int = CHUNK) -> Stretch:
    """The rows after a key."""
    rows = tuple(reader.after(view, key, limit, now))
    return Stretch(rows, reader.total(view, now), at_end=len(rows) < limit)


def up(reader: Reader, view: View, now: int, key: Key, limit: int = CHUNK) -> Stretch:
    """The rows before a key."""
    rows = tuple(reader.before(view, key, limit, now))
    return Stretch(rows, reader.total(view, now), at_start=len(rows) < limit)


def line(reader: Reader, view: View, now: int, number: int, above: int, below: int) -> Stretch:
    """The rows around a line: for jumps of the scrollbar only, since counting lines costs time."""
    total = reader.total(view, now)
    number = max(0, min(number, total - 1))
    key = reader.at(view, number, now)
    if key is None:
        return last(reader, view, now, above + below)
    stretch = _around(reader, view, now, key, above, below, total)
    return stretch._replace(start=number - stretch.anchor)


def around(reader: Reader, view: View, now: int, pk: int, key: Key, above: int, below: int) -> Stretch:
    """The rows around an order, wherever it stands now; around its old place when it left the view."""
    total = reader.total(view, now)
    place = reader.key_of(view, pk, now)
    stretch = _around(reader, view, now, place or key, above, below, total)
    if place is None or stretch.anchor >= len(stretch.rows) or stretch.rows[stretch.anchor].pk != pk:
        last_row = max(0, len(stretch.rows) - 1)
        stretch = stretch._replace(found=False, anchor=min(stretch.anchor, last_row))
    if stretch.start is None and stretch.rows and total <= CHEAP:
        stretch = stretch._replace(start=reader.rank(view, stretch.rows[0].key, now))
    return stretch


def _around(reader: Reader, view: View, now: int, key: Key, above: int, below: int, total: int) -> Stretch:
    before = reader.before(view, key, above, now)
    after = reader.after(view, key, below, now, inclusive=True)
    at_start = len(before) < above
    return Stretch(
        (*before, *after),
        total,
        at_start,
        at_end=len(after) < below,
        start=0 if at_start else None,
        anchor=len(before),
    )
