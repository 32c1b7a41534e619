"""Everything on the main screen but the list, in one visit to the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from store.status import Tab
from store.views import HealthRow, ShopRow, TabCountRow, Today
from tui.widgets.header import LastFile

if TYPE_CHECKING:
    from datetime import tzinfo

    from jobs.health.watch import Shown
    from store.reader import Reader


REJECTED_SEEN: Final = "rejected.seen"
"""Where the store keeps how many rejected records a person has been told of."""


class Overview(NamedTuple):
    """What stands around the list."""

    shops: list[ShopRow]
    counts: Mapping[Tab, TabCountRow]
    health: list[HealthRow]
    today: Today
    seq: int
    """Where the change feed ends now."""
    rejected: int
    """Records that could not be understood so far."""
    rejected_seen: int
    """How many of them a person has been told of."""
    file: LastFile | None = None
    """The last file of the shops that live on files; None where there is no such shop."""


def look(reader: Reader, now: int, day_start: int, shop_id: int | None = None) -> Overview:
    """Read it; times are epoch ms. `shop_id`: the tabs count this shop alone."""
    seen = reader.pref(REJECTED_SEEN) or ""
    shops = reader.shops()
    return Overview(
        shops,
        reader.counts(now, shop_id),
        reader.health(),
        reader.today(now, day_start),
        reader.last_seq(),
        reader.rejected_count(),
        int(seen) if seen.isascii() and seen.isdecimal() else 0,
        last_file(reader, shops),
    )


def last_file(reader: Reader, shops: Sequence[ShopRow]) -> LastFile | None:
    """The oldest of the shops' newest files: that shop is the one to worry about."""
    found = [reader.last_file(shop.id) for shop in shops if shop.kind == "file"]
    files = [
        LastFile(None, None) if row is None else LastFile(row.ended_at or row.started_at, row.stamp)
        for row in found
    ]
    return min(files, key=lambda file: file.stamp or file.at or 0, default=None)


def late_dispatch(reader: Reader, zone: tzinfo, now: int, last: Shown | None) -> Shown:
    """The late-dispatch rate of the platform's present window, as it was counted last while that holds; counting
    takes tens of milliseconds in a big shop."""
    from jobs.health.watch import shown  # after the first paint

    return shown(reader, zone, now, last)
