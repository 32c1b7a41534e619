"""Seller Center files: what was read of each, and which order was told by which."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, LargeBinary, true
from sqlmodel import Field, SQLModel

from store.models.base import ms


class FileImport(SQLModel, table=True):
    """One reading of one file for one shop. Rows never vanish."""

    __tablename__ = "file_imports"
    __table_args__ = (Index("ix_file_imports_shop_id_digest", "shop_id", "digest"),)
    id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    name: str
    """The file's name, without its folder."""
    digest: str
    """SHA-256 of its bytes, hex."""
    state: str
    """`running`, `done`, `stopped` (by a person; can be taken up again) or `failed` (nothing of it was used)."""
    layout: str | None = None
    """`L65`, `L63`, `L57`, `pantau`, `compact` or `other`: store nothing on it, it is for people."""
    header: str = "[]"
    """JSON: the names of its columns, in the file's order."""
    unknown: str = "[]"
    """JSON: names of columns we have no use for; their cells are kept with the orders."""
    stamp: int | None = Field(default=None, sa_column=ms())
    """The newest moment any of its rows tells: how old its knowledge is, whatever the file's date says."""
    rows: int = 0
    """Data rows: without header, description row and blank rows."""
    orders: int = 0
    """Orders taken in so far; where a reading that was cut short goes on."""
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    """Orders still to be shipped or collected that the last file held and this one does not."""
    rejected: int = 0
    warnings: str = "[]"
    """JSON: what was odd but used, at most a few hundred."""
    problem: str | None = None
    """Why the whole file was refused: a stable code (shop/files/problems.py)."""
    detail: str | None = None
    """JSON: row, column, value of that problem."""
    started_at: int = Field(sa_column=ms(nullable=False))
    ended_at: int | None = Field(default=None, sa_column=ms())
    requested_by: str


class FileReject(SQLModel, table=True):
    """A row that was not used, whole, so that it can be mended and read again."""

    __tablename__ = "file_rejects"
    import_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    row: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """As a spreadsheet numbers it: the header is 1."""
    column: str | None = None
    reason: str
    """A stable code (shop/files/problems.py)."""
    value: str = ""
    """The cell, at most 200 characters of it."""
    cells: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    """MessagePack list of the row's cells."""


class FileOrder(SQLModel, table=True):
    """What only files know of an order."""

    __tablename__ = "file_orders"
    __table_args__ = (Index("ix_file_orders_import_id", "import_id"),)
    order_pk: int = Field(sa_column=ms(primary_key=True, autoincrement=False))
    shop_id: int
    import_id: int
    """The newest file it was in: not the shop's last one means "not in the last file", and nothing more."""
    stamp: int = Field(default=0, sa_column=ms(nullable=False))
    """`FileImport.stamp` of the file whose words we keep."""
    extra: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    """MessagePack of the cells that have no column of ours: `{"order": {name: text}, "lines": [{name: text}]}`."""
    whole: bool = Field(default=True, sa_column=Column(Boolean, nullable=False, server_default=true()))
    """Whether that file had all its rows in order: one that lost a row knows less of the goods."""
