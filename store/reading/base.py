"""What all parts of the reader share: the link, and how a row of the list is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from store.reading.link import Link
from store.views import Key, OrderRow

ROW_COLUMNS: Final = ", ".join(f"o.{name}" for name in OrderRow.__struct_fields__[2:])
"""The columns of an OrderRow after `pk` and `key`."""
CHUNK: Final = 500
"""Orders asked for in one statement: the number of parameters is limited."""

_COD: Final = OrderRow.__struct_fields__.index("cod")
_CANCEL: Final = OrderRow.__struct_fields__.index("cancel_requested")


class Base:
    """A reader's link and its two helpers."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._query = link.query

    def _value(self, statement: str, args: Sequence[Any] = ()) -> Any:
        """The first column of the first row; None when there is no row."""
        rows = self._query(statement, args)
        return rows[0][0] if rows else None

    def _order_rows(self, sort: str, tail: str, args: Sequence[Any]) -> list[OrderRow]:
        """Rows of `FROM orders o <tail>`, with `sort` as the first half of their key."""
        made = []
        for row in self._query(f"SELECT o.id, {sort}, {ROW_COLUMNS} FROM orders o {tail}", args):
            values = list(row)
            values[1] = Key(row[1], row[0])
            # SQLite has no booleans.
            values[_COD] = bool(row[_COD])
            values[_CANCEL] = bool(row[_CANCEL])
            made.append(OrderRow(*values))
        return made


def marks(values: Sequence[Any]) -> str:
    """As many `?` as there are values."""
    return ", ".join("?" * len(values))
