"""The packing table's evidence: of an order, and of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from store.reading.base import Base
from store.views import PackedRow, PackingDay, PackingRow

MOST_OF_A_DAY: Final = 5_000
"""Newest packings looked at for a day's numbers."""
SHOWN: Final = 5
"""Last parcels named."""
_TOLD: Final = PackingRow.__struct_fields__[:8]
_COLUMNS: Final = ", ".join(f"p.{name}" for name in (*_TOLD, "items", "stops"))
_DAY: Final = "p.order_id, p.tracking_number, p.packer, p.begun_at, p.done_at, p.outcome, p.stops"


class Packings(Base):
    """What was scanned into parcels, by whom."""

    def packings(self, pk: int) -> list[PackingRow]:
        """Every packing of an order's parcels, a combined one's too, the newest first."""
        rows = self._query(
            f"SELECT {_COLUMNS} FROM packings p WHERE p.id IN ("
            " SELECT id FROM packings WHERE order_pk = ? UNION"
            " SELECT q.id FROM packages k JOIN packings q"
            " ON q.shop_id = k.shop_id AND q.package_id = k.package_id WHERE k.order_pk = ?)"
            " ORDER BY p.id DESC",
            (pk, pk),
        )
        return [_packing(row) for row in rows]

    def packing_day(self, start: int) -> PackingDay:
        """The numbers of the packings begun since `start` (epoch ms)."""
        newest = f"(SELECT * FROM packings ORDER BY id DESC LIMIT {MOST_OF_A_DAY})"
        rows = self._query(
            f"SELECT {_DAY} FROM {newest} AS p WHERE p.begun_at >= ? ORDER BY p.id DESC", (start,)
        )
        packed: list[PackedRow] = []
        took: list[int] = []
        stopped = 0
        for order_id, number, packer, begun_at, done_at, outcome, stops in rows:
            stopped += len(_reasons(stops))
            if outcome == "packed":
                packed.append(PackedRow(order_id, number, packer, done_at))
                took.append(done_at - begun_at)
        return PackingDay(
            packed=len(packed),
            stopped=stopped,
            packers=tuple(Counter(row.packer for row in packed).most_common()),
            median_ms=_middle(sorted(took)),
            last=tuple(packed[:SHOWN]),
        )


def _middle(values: Sequence[int]) -> int | None:
    """The median of sorted values; `statistics` would cost the first paint more than all the rest here."""
    half = len(values) // 2
    if not values:
        return None
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) // 2


def _reasons(stops: str) -> tuple[str, ...]:
    if stops == "[]":
        return ()
    from store.packing_facts import stops_of  # only rows with stops pay for it

    return tuple(stop.reason for stop in stops_of(stops))


def _packing(row: tuple[Any, ...]) -> PackingRow:
    from store.packing_facts import contents_of  # the first paint needs none

    *told, items, stops = row
    inside = contents_of(items)
    return PackingRow(
        **dict(zip(_TOLD, told, strict=True)),
        wanted=inside.wanted,
        scanned=sum(line.scanned for line in inside.lines),
        by_hand=sum(line.by_hand for line in inside.lines),
        stops=_reasons(stops),
    )
