"""A Seller Center export, read: first what it is, then its orders one by one, in little memory.

Two passes. The first looks only at ids and times: how many rows, how old the file's knowledge is, whether its ids
are whole, and which orders have rows apart from each other. The second gives each order as soon as its rows are
over; only the scattered ones wait for the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Final

from shop.files import cells, csv_table, xlsx_table
from shop.files.facts import VALUE_LIMIT, Broken, Head, Odd, Piece
from shop.files.layout import MASKED, TIMES, check, layout_of, names, unknown
from shop.files.mapping import Columns, Refused
from shop.files.rows import Row, Rows, plain
from shop.files.stamps import Stamps

FEW: Final = 0.05
"""Above this share of ids that end in 000, a spreadsheet has rounded them."""
_DESCRIPTION: Final = 2
"""The row that may describe the columns."""


def read(path: Path, now: int | None = None) -> Iterator[Piece]:
    """The pieces of a file, its Head first. `now` (epoch ms) helps to see that day and month are swapped.

    Raises Broken for a file that is of no use as a whole, and OSError.
    """
    table = _Table(path, now)
    yield table.head
    if table.head.unknown:
        yield Odd(1, None, "unknown_columns", ", ".join(table.head.unknown)[:1_000])
    yield from table.pieces()


class _Table:
    def __init__(self, path: Path, now: int | None) -> None:
        self._now = now
        self._source = _kind(path)
        self._written = isinstance(self._source, partial)
        header = [plain(cell)[:VALUE_LIMIT] for cell in next(self._source(), [])]
        if not any(cell.strip() for cell in header):
            raise Broken("blank", row=1)
        places = names(header)
        check(header, places)
        self._columns = Columns(places)
        self._headed = len(header)
        self._id = places["Order ID"]
        self._scattered: set[str] = set()
        self._suspicious = False
        rows, stamps = self._look()
        if stamps.swapped:
            self._columns = Columns(places, swapped=True)
        told = tuple(" ".join(cell.split()) for cell in header)
        self.head = Head(
            layout_of(places), told, unknown(places), rows, stamps.newest, masked=MASKED in places
        )

    def pieces(self) -> Iterator[Piece]:
        """Orders in the file's order, then the scattered ones."""
        rows = Rows(self._columns, suspicious=self._suspicious, headed=self._headed)
        late: dict[str, list[Row]] = {}
        current, waiting = "", list[Row]()
        for number, row in self._data():
            order_id = self._order_id(row)
            if order_id != current or not waiting:
                if waiting:
                    yield from rows.order(waiting)
                    waiting = []
                current = order_id
                if not self._is_whole(row, order_id):
                    # Nobody knows which order it is: it belongs to no other row, however alike they look.
                    yield from rows.order([(number, row)])
                    continue
            if order_id in self._scattered:
                late.setdefault(order_id, []).append((number, row))
                continue
            waiting.append((number, row))
        if waiting:
            yield from rows.order(waiting)
        for together in late.values():
            yield from rows.order(together)

    def _look(self) -> tuple[int, Stamps]:
        """How many rows, and what their times tell of the file."""
        times = [self._columns.places[name] for name in TIMES if name in self._columns.places]
        # One of them twice: of a single place itemgetter gives no tuple.
        pick, width = itemgetter(times[0], *times), 1 + max(times)
        seen: set[int | str] = set()
        stamps = Stamps(self._now)
        before, count, rounded = "", 0, 0
        for _, row in self._data():
            count += 1
            order_id = self._order_id(row)
            if order_id != before:
                key = int(order_id) if order_id.isdecimal() and len(order_id) < 40 else order_id
                if key in seen:
                    self._scattered.add(order_id)
                seen.add(key)
                rounded += cells.looks_rounded(order_id) and not row[self._id].endswith("\t")
                before = order_id
            stamps.add(pick(row) if len(row) >= width else [row[at] for at in times if at < len(row)])
        # A number of a workbook that was rounded comes as 5.83E+17; what comes as digits was text.
        self._suspicious = self._written and rounded > FEW * len(seen)
        self._scattered.discard("")
        return count, stamps

    def _data(self) -> Iterator[Row]:
        quantity = self._columns.places["Quantity"]
        records = self._source()
        next(records, None)
        for number, row in enumerate(records, start=2):
            if not row or (not row[0].strip() and not any(map(str.strip, row))):
                continue
            if number == _DESCRIPTION and _describes(self._order_id(row), row, quantity):
                continue
            yield number, row

    def _is_whole(self, row: list[str], order_id: str) -> bool:
        if cells.sound(order_id):
            return True
        try:
            return bool(
                order_id and self._columns.number(row, "Order ID", order=True, suspicious=self._suspicious)
            )
        except Refused:
            return False

    def _order_id(self, row: list[str]) -> str:
        return row[self._id].strip() if self._id < len(row) else ""


def _describes(order_id: str, row: list[str], quantity: int) -> bool:
    """Whether the second row describes the columns: its id is words, and its quantity no number. An id that a
    spreadsheet has destroyed is neither."""
    return order_id[:1].isalpha() and not (quantity < len(row) and row[quantity].strip().isdigit())


def _kind(path: Path) -> Callable[[], Iterator[list[str]]]:
    """What reads it, as often as it is asked; chosen by what the file begins with, not by its name."""
    with path.open("rb") as file:
        packed = file.read(4) == b"PK\x03\x04"
    # A sheet is unpacked once and stays in memory: unpacking takes longer than everything else.
    return xlsx_table.Sheet(path).rows if packed else partial(csv_table.rows, path)
