"""Rows into orders: which belong together, which say the same twice, which disagree.

One row is one (order, SKU). What is told of the whole order is taken from its first row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from shop.files.cells import looks_rounded
from shop.files.facts import VALUE_LIMIT, Bad, Kin, Odd, Piece, Told
from shop.files.layout import LINE, LOOSE
from shop.files.limits import CELL
from shop.files.mapping import MAPPED, Beside, Columns, Refused, item_of, record_of
from store.records import ItemRecord, OrderRecord
from store.status import OrderStatus

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_OF_LINE: Final = frozenset(LINE) | LOOSE

_NEVER_BLANK: Final = (
    "Order ID", "Order Status", "Product Name", "Quantity", "Order Amount", "Created Time", "Purchase Channel",
)  # fmt: skip
"""A row that ends before one of these was cut off; spreadsheets leave out only empty cells at the end."""

Row = tuple[int, list[str]]


def plain(told: str) -> str:
    """The text without what no store and no screen can hold: bytes that were no UTF-8, and NUL."""
    return told.encode("utf-8", "replace").decode().replace("\0", "?")


class Rows:
    """Makes orders of rows."""

    def __init__(self, columns: Columns, *, suspicious: bool, headed: int | None = None) -> None:
        """`suspicious`: the file's ids look as if a spreadsheet had rounded them. `headed`: cells of the header,
        where blank ones end it."""
        self._columns = columns
        self._suspicious = suspicious
        self._width = 1 + max(columns.places.values(), default=0)
        self._headed = max(self._width, headed or 0)
        self._needed = 1 + max(columns.places.get(name, 0) for name in _NEVER_BLANK)
        self._compared = tuple(
            (name, place)
            for name, place in columns.places.items()
            if name not in _OF_LINE and name != "Order ID"
        )

        beside = [pair for pair in columns.places.items() if pair[0] not in MAPPED]
        self._order_cells = Beside([pair for pair in beside if pair[0] not in _OF_LINE])
        self._line_cells = Beside([pair for pair in beside if pair[0] in _OF_LINE])

    def order(self, rows: Sequence[Row]) -> Iterator[Piece]:
        """The pieces that the rows of one order make: what is wrong with them, then the order if anything is left."""
        columns = self._columns
        items: list[tuple[ItemRecord, list[str]]] = []
        first: Row | None = None
        record: OrderRecord | None = None
        seen: set[tuple[str, ...]] = set()
        sold: set[tuple[str, int]] = set()
        if len(rows) > 1 and self._merged(rows):
            for number, cells in rows:
                yield self._bad(number, "id_mangled", "Order ID", columns.text(cells, "Order ID"), cells)
            return
        lost = False
        good: list[Row] = []
        for number, cells in rows:
            if reason := self._unfit(cells):
                lost = True
                yield self._bad(number, reason, None, "", cells)
                continue
            if len(rows) > 1:
                if (whole := tuple(cells)) in seen:
                    continue
                seen.add(whole)
            try:
                item = item_of(columns, cells, suspicious=self._suspicious)
                if record is None:
                    # Whatever is wrong with the order's own cells is wrong with this row.
                    record = record_of(columns, cells, suspicious=self._suspicious)
            except Refused as refused:
                lost = True
                yield self._bad(number, refused.reason, refused.column, refused.value, cells)
                continue
            if (item.sku_id, item.unit_price) in sold:
                lost = True
                yield self._bad(number, "twice", "SKU ID", item.sku_id, cells)
                continue
            if first is None:
                first = number, cells
            else:
                yield from self._disagreements(first[1], number, cells)
            sold.add((item.sku_id, item.unit_price))
            items.append((item, cells))
            good.append((number, cells))
        if first is not None and record is not None:
            if lost:
                # What is there is used all the same; somebody has to look before it is packed.
                yield Odd(first[0], None, "incomplete", "", record.order_id)
                for number, cells in good:
                    yield Kin(number, self._kept(cells))
            yield from self._told(record, first, items, whole=not lost)

    def _told(
        self,
        record: OrderRecord,
        first: Row,
        items: Sequence[tuple[ItemRecord, list[str]]],
        *,
        whole: bool,
    ) -> Iterator[Piece]:
        columns, (number, cells) = self._columns, first
        # Our own column may have told the items: then it knows more of them than the rows.
        if not record.items:
            record = msgspec.structs.replace(record, items=columns.things(item for item, _ in items))
        if record.status == OrderStatus.UNKNOWN.value:
            yield Odd(number, "Order Status", "unknown_status", record.raw_status, record.order_id)
        beside = {
            "order": self._order_cells.of(cells),
            "lines": [self._line_cells.of(row) for _, row in items],
        }
        preorder = columns.text(cells, "Normal or Pre-order").casefold().startswith("pre")
        yield Told(record, msgspec.msgpack.encode(beside), number, preorder, whole)

    def _disagreements(self, first: Sequence[str], number: int, cells: Sequence[str]) -> Iterator[Odd]:
        for name, place in self._compared:
            one = first[place] if place < len(first) else ""
            other = cells[place] if place < len(cells) else ""
            if one != other and one.strip() != other.strip():
                order_id = self._columns.text(cells, "Order ID")
                yield Odd(number, name, "disagree", other.strip()[:VALUE_LIMIT], order_id)

    def _merged(self, rows: Sequence[Row]) -> bool:
        """Whether these are different orders that a spreadsheet gave one id: placed at different times."""
        text, first = self._columns.text, rows[0][1]
        placed = text(first, "Created Time")
        return looks_rounded(text(first, "Order ID")) and any(
            text(cells, "Created Time") != placed for _, cells in rows
        )

    def _unfit(self, cells: Sequence[str]) -> str | None:
        if not self._needed <= len(cells) <= self._headed:
            # Cut off, or moved along by a comma that should have stood in quotes.
            return "short"
        whole = "".join(cells)
        if len(whole) > CELL and any(len(cell) > CELL for cell in cells):
            return "too_long"
        if "\0" in whole:
            return "encoding"
        # Bytes that are no UTF-8 arrive as lone surrogates.
        return None if whole.isascii() or not _SURROGATE.search(whole) else "encoding"

    def _bad(self, number: int, reason: str, column: str | None, value: str, cells: Sequence[str]) -> Bad:
        return Bad(number, column, reason, plain(value[:VALUE_LIMIT]), self._kept(cells))

    def _kept(self, cells: Sequence[str]) -> tuple[str, ...]:
        return tuple(plain(cell[:CELL]) for cell in cells[: self._width])
