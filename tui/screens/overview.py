"""Everything on the main screen but the list, in one visit to the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from store.status import Tab
from store.views import HealthRow, ShopRow, TabCountRow, Today

if TYPE_CHECKING:
    from store.reader import Reader


class Overview(NamedTuple):
    """What stands around the list."""

    shops: list[ShopRow]
    counts: Mapping[Tab, TabCountRow]
    health: list[HealthRow]
    today: Today
    seq: int
    """Where the change feed ends now."""


def look(reader: Reader, now: int, day_start: int) -> Overview:
    """Read it; times are epoch ms."""
    return Overview(
        reader.shops(), reader.counts(now), reader.health(), reader.today(now, day_start), reader.last_seq()
    )
