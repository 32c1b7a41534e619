"""What the shop sells: SKUs, what they cost, what other counts are known of them."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.models.base import ms


class Sku(SQLModel, table=True):
    """One SKU of one shop, as the platform lists it. How many there are is in Stock."""

    __tablename__ = "skus"
    __table_args__ = (Index("ix_skus_seller_sku", "seller_sku"),)
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sku_id: str = Field(primary_key=True)
    product_id: str
    seller_sku: str | None = None
    """The seller's own code: the same in several shops is the same pile of goods."""
    name: str
    variation: str | None = None
    status: str
    """The product's, as the platform spells it."""
    price: int | None = Field(default=None, sa_column=ms())
    warehouses: str
    """JSON list of `{"id", "quantity"}`: an edit has to name each of them."""
    low_at: int | None = None
    """At this many free pieces or fewer a notice comes; None: the setting's number."""
    updated_at: int = Field(sa_column=ms(nullable=False))


class Cost(SQLModel, table=True):
    """What one piece of a SKU costs the seller, from a day on."""

    __tablename__ = "costs"
    seller_sku: str = Field(primary_key=True)
    valid_from: int = Field(sa_column=ms(primary_key=True, autoincrement=False))
    amount: int = Field(sa_column=ms(nullable=False))
    """Whole rupiah."""
