"""What the platform pays."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.models.base import ms


class Statement(SQLModel, table=True):
    """One day's statement of one shop. Amounts in whole rupiah; charges are negative."""

    __tablename__ = "statements"
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    statement_id: str = Field(primary_key=True)
    at: int = Field(sa_column=ms(nullable=False))
    """The platform's statement time: 07:00 WIB of the day after."""
    status: str
    """`PAID`, `FAILED`, `PROCESSING`, or whatever the platform said."""
    currency: str
    settlement: int = Field(sa_column=ms(nullable=False))
    revenue: int = Field(sa_column=ms(nullable=False))
    fees: int = Field(sa_column=ms(nullable=False))
    adjustment: int = Field(sa_column=ms(nullable=False))
    paid_at: int | None = Field(default=None, sa_column=ms())
    read_at: int | None = Field(default=None, sa_column=ms())
    """When its transactions were read whole; None: not yet."""
    updated_at: int = Field(sa_column=ms(nullable=False))


class Payout(SQLModel, table=True):
    """One transaction of a statement: what was paid for one order, or an adjustment."""

    __tablename__ = "payouts"
    __table_args__ = (Index("ix_payouts_shop_id_order_id", "shop_id", "order_id"),)
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    statement_id: str = Field(primary_key=True)
    transaction_id: str = Field(primary_key=True)
    kind: str
    """The platform's type: `ORDER`, or one of its adjustments."""
    order_id: str | None = None
    settlement: int = Field(sa_column=ms(nullable=False))
    revenue: int = Field(sa_column=ms(nullable=False))
    fees: int = Field(sa_column=ms(nullable=False))
    shipping: int = Field(sa_column=ms(nullable=False))
    detail: str
    """JSON of every other amount, by the platform's name: new ones are added often."""
