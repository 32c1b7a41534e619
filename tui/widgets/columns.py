"""Which columns a list shows at which width. Pure.

Each kind of tab has its own columns; the one called `items` takes what is left. Under 90 cells only what is
needed to act stays, from 160 on there is room for the whole order id and more.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from store.status import Tab

NARROW: Final = 90
WIDE: Final = 160
EDGE: Final = 4
"""Cells left of the first column: the cursor's bar, the mark, a gap on either side."""
LEAST_ITEMS: Final = 8
ENOUGH_ITEMS: Final = 20
"""Cells of the goods beyond which the reasons grow first, up to `TWO_REASONS`."""
TWO_REASONS: Final = 28


class Column(NamedTuple):
    """A column of a layout: its name (`col.<name>` in the catalogue) and its cells."""

    name: str
    width: int
    right: bool = False


class Layout(NamedTuple):
    """The columns of one list at one width, and the gap between them."""

    columns: tuple[Column, ...]
    gap: int
    wide: bool
    narrow: bool


# Cells at the three sizes; 0 leaves the column out. `items` is -1: the rest.
_WIDTHS: Final[Mapping[str, tuple[int, int, int]]] = {
    "shop": (1, 1, 10),
    "order": (5, 10, 18),
    "age": (0, 6, 6),
    "due": (12, 12, 12),
    "arrange": (12, 12, 12),
    "scan": (0, 12, 12),
    "why": (16, 17, 26),
    "status": (14, 18, 20),
    "resi": (0, 14, 18),
    "where": (14, 18, 20),
    "buyer": (0, 9, 16),
    "city": (0, 0, 18),
    "items": (-1, -1, -1),
    "total": (10, 10, 12),
    "courier": (0, 9, 12),
    "flags": (18, 18, 28),
}
_TO_SHIP: Final = ("order", "age", "arrange", "scan", "buyer", "city", "items", "total", "courier", "flags")
_HISTORY: Final = ("order", "age", "where", "resi", "buyer", "city", "items", "total", "courier", "flags")
_OVER: Final = ("order", "age", "status", "buyer", "city", "items", "total", "courier", "flags")
_TABS: Final[Mapping[Tab, tuple[str, ...]]] = {
    Tab.ACTION: ("order", "due", "why", "buyer", "city", "items", "total", "courier", "flags"),
    Tab.UNPAID: _OVER,
    Tab.TO_SHIP: _TO_SHIP,
    Tab.COLLECTION: ("order", "age", "due", "resi", "buyer", "city", "items", "total", "courier", "flags"),
    Tab.TRANSIT: _HISTORY,
    Tab.DELIVERED: _HISTORY,
    Tab.COMPLETED: _OVER,
    Tab.CANCELLED: _OVER,
    Tab.RETURNS: ("order", "due", "status", "buyer", "city", "items", "total", "courier", "flags"),
}


_NARROWED: Final[Mapping[str, str]] = {"arrange": "due"}
"""Where there is room for one clock it is the one that runs out first: a shop of files has no time to arrange by."""


@lru_cache(maxsize=32)
def layout(tab: Tab, width: int, *, shops: bool = False) -> Layout:
    """The columns of a tab's list that is `width` cells wide, scrollbar not included; `shops`: there are several, so
    each row says whose it is."""
    size = 0 if width < NARROW else 1 if width < WIDE else 2
    gap = 1 if size < 2 else 2
    wanted = [_NARROWED.get(name, name) for name in _TABS[tab]] if size == 0 else _TABS[tab]
    names = [name for name in ("shop", *wanted) if _WIDTHS[name][size] and (shops or name != "shop")]
    fixed = sum(max(_WIDTHS[name][size], 0) for name in names) + gap * (len(names) - 1) + EDGE
    # On a screen that is too narrow for all of it columns go from the right, the flags last of all.
    for victim in ("courier", "city", "buyer", "age", "resi", "total", "where", "flags", "why", "status"):
        if width - fixed >= LEAST_ITEMS:
            break
        if victim in names:
            names.remove(victim)
            fixed -= _WIDTHS[victim][size] + gap
    rest = max(LEAST_ITEMS, width - fixed)
    # The reasons of an order that needs a person have the room first that its goods can do without.
    more = max(0, min(TWO_REASONS - _WIDTHS["why"][size], rest - ENOUGH_ITEMS)) if "why" in names else 0
    cells = {name: _WIDTHS[name][size] for name in names} | {"items": rest - more}
    if more:
        cells["why"] += more
    return Layout(
        tuple(Column(name, cells[name], name == "total") for name in names),
        gap,
        wide=size == 2,
        narrow=size == 0,
    )
