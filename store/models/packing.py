"""Packing at the table: what was scanned into a parcel, by whom, and the codes that stand on the goods."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.models.base import ms


class Packing(SQLModel, table=True):
    """One parcel on the packing table, from its scan to its end: evidence, so rows never change after that."""

    __tablename__ = "packings"
    __table_args__ = (
        Index("ix_packings_shop_id_package_id", "shop_id", "package_id"),
        Index("ix_packings_order_pk", "order_pk"),
    )
    id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    order_pk: int = Field(sa_column=ms(nullable=False))
    order_id: str
    package_id: str
    tracking_number: str | None = None
    packer: str
    begun_at: int = Field(sa_column=ms(nullable=False))
    done_at: int | None = Field(default=None, sa_column=ms())
    outcome: str = "open"
    """`open`, `packed`, `aborted`, or `stopped` (left without packing after a hard stop)."""
    items: str = "[]"
    """JSON: what belongs in it and what was scanned (store/packing.py)."""
    stops: str = "[]"
    """JSON: every hard stop, with its time, its reason and when it was acknowledged."""


class Barcode(SQLModel, table=True):
    """A code on the goods that is neither the SKU nor the seller's SKU, as the seller taught it."""

    __tablename__ = "barcodes"
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    code: str = Field(primary_key=True)
    sku_id: str
    taught_at: int = Field(sa_column=ms(nullable=False))
