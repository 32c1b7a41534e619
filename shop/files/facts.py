"""What reading a Seller Center file tells, piece by piece (shop/files/reader.py), in a form that can cross to
another process.

Row numbers are a spreadsheet's: the header is row 1. `reason` is a code of shop/files/problems.py.
"""

from __future__ import annotations

import msgspec

from store.records import OrderRecord

VALUE_LIMIT = 200
"""Characters of a cell that are shown where something is wrong with it."""


class Head(msgspec.Struct, frozen=True, tag="head"):
    """What is known before the first order: the whole file was looked through once."""

    layout: str
    """`L65`, `L63`, `L57`, `pantau`, `compact` or `other`."""
    columns: tuple[str, ...]
    """As the file spells them, in its order."""
    unknown: tuple[str, ...]
    """Those we have no use for; their cells are kept."""
    rows: int
    """Data rows: without header, description row and blank rows."""
    stamp: int | None
    """The newest moment any row tells, epoch ms."""
    masked: bool = False
    """An export of our own that hides buyers: what is known is better."""


class Told(msgspec.Struct, frozen=True, tag="told"):
    """One order, whole. Its deadlines are not in it: files do not tell them, rules do."""

    record: OrderRecord
    extra: bytes
    """MessagePack, see store.models.FileOrder.extra."""
    row: int
    """Its first row."""
    preorder: bool = False
    """Marked as a pre-order: no rule names its deadline."""
    whole: bool = True
    """None of its rows was refused."""


class Kin(msgspec.Struct, frozen=True, tag="kin"):
    """A row that is used, of an order that lost another one: whoever mends that one needs them together."""

    row: int
    cells: tuple[str, ...]


class Bad(msgspec.Struct, frozen=True, tag="bad"):
    """A row that is not used."""

    row: int
    column: str | None
    reason: str
    value: str
    cells: tuple[str, ...]


class Odd(msgspec.Struct, frozen=True, tag="odd"):
    """Something that is used, but that a person should know of."""

    row: int | None
    column: str | None
    reason: str
    value: str = ""
    order_id: str | None = None


Piece = Head | Told | Bad | Kin | Odd
"""A file is one Head, then the others in any order."""


class Broken(Exception):
    """A file that is of no use as a whole; nothing of it is taken."""

    def __init__(
        self, reason: str, *, row: int | None = None, column: str | None = None, value: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.row = row
        self.column = column
        self.value = value[:VALUE_LIMIT]
