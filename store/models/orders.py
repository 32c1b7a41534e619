"""Orders, their items, and the stock they draw from."""

from __future__ import annotations

from sqlalchemy import Column, Index, SmallInteger, text
from sqlmodel import Field, SQLModel

from store.models.base import ms, serial


class Order(SQLModel, table=True):
    """One order of one shop, with what the list shows denormalised into it (one read paints a row)."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("uq_orders_shop_id_order_id", "shop_id", "order_id", unique=True),
        Index("ix_orders_tab_sort_at_id", "tab", "sort_at", "id"),
        Index("ix_orders_tab_created_at_id", "tab", "created_at", "id"),
        Index("ix_orders_attention_at_id", "attention_at", "id", sqlite_where=text("attention_at IS NOT NULL"),
              postgresql_where=text("attention_at IS NOT NULL")),
        Index("ix_orders_returns_at_id", "returns_at", "id", sqlite_where=text("returns_at IS NOT NULL"),
              postgresql_where=text("returns_at IS NOT NULL")),
        Index("ix_orders_created_at_id", "created_at", "id"),
        Index("ix_orders_shipped_at", "shipped_at", sqlite_where=text("shipped_at IS NOT NULL"),
              postgresql_where=text("shipped_at IS NOT NULL")),
        Index("ix_orders_shop_id_buyer_id", "shop_id", "buyer_id", sqlite_where=text("buyer_id IS NOT NULL"),
              postgresql_where=text("buyer_id IS NOT NULL")),
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=serial())
    shop_id: int = Field(foreign_key="shops.id")
    order_id: str
    channel: str = "TIKTOK_SHOP"
    """`TIKTOK_SHOP` or `TOKOPEDIA` (the platform's `commerce_platform`)."""
    status: str
    raw_status: str
    tab: int = Field(sa_column=Column(SmallInteger, nullable=False))
    """store.status.Tab of the status: 2-8, or 1 for UNKNOWN. Tabs 1 and 9 are read from the two columns below."""
    sort_at: int = Field(sa_column=ms(nullable=False))
    """The tab's order, ascending: a deadline in working tabs, minus the last change in the tabs of history."""
    attention_at: int | None = Field(default=None, sa_column=ms())
    """From when on the order belongs in the action tab; None: nothing runs against us."""
    attention: str | None = None
    """Why, as comma-separated reason codes of store/attention.py."""
    returns_at: int | None = Field(default=None, sa_column=ms())
    """Set while the order has a return or refund: its deadline, or its last change."""

    created_at: int = Field(sa_column=ms(nullable=False))
    paid_at: int | None = Field(default=None, sa_column=ms())
    updated_at: int = Field(sa_column=ms(nullable=False))
    """The platform's update time: an older body never replaces a newer one."""
    arrange_by: int | None = Field(default=None, sa_column=ms())
    scan_by: int | None = Field(default=None, sa_column=ms())
    deadline_source: str | None = None
    """`platform`, or the name of the rule that computed the two clocks."""
    cancel_at: int | None = Field(default=None, sa_column=ms())
    """When the platform cancels by itself if nothing happens in the present state."""
    shipped_at: int | None = Field(default=None, sa_column=ms())
    collected_at: int | None = Field(default=None, sa_column=ms())
    delivered_at: int | None = Field(default=None, sa_column=ms())
    seen_at: int = Field(sa_column=ms(nullable=False))
    """When we first saw it, our clock."""

    cod: bool = False
    cancel_requested: bool = False
    cancel_reason: str | None = None
    fulfillment_type: str | None = None
    shipping_type: str | None = None
    delivery_option: str | None = None
    priority: int | None = None
    buyer: str | None = None
    buyer_id: str | None = None
    city: str | None = None
    province: str | None = None
    address: str | None = None
    phone: str | None = None
    note: str | None = None
    note_seen_at: int | None = Field(default=None, sa_column=ms())
    """When a person opened the order with this note; a changed note resets it."""
    seller_note: str | None = None
    payment_method: str | None = None
    total: int = Field(default=0, sa_column=ms(nullable=False))
    subtotal: int | None = Field(default=None, sa_column=ms())
    shipping_fee: int | None = Field(default=None, sa_column=ms())
    currency: str = "IDR"

    summary: str = ""
    """The items in one line, as the list shows them: `2x Kaos Polos Hitam, L` or `3 barang: ...`."""
    units: int = 0
    courier: str | None = None
    """Our courier code of the first package, None while unknown."""
    courier_name: str | None = None
    tracking_number: str | None = None
    tracking_status: str | None = None
    last_event_at: int | None = Field(default=None, sa_column=ms())
    packages: int = 0
    confirmed_at: int | None = Field(default=None, sa_column=ms())
    confirmed_by: str | None = None
    action_state: str | None = None
    """State of the newest unfinished or failed action on it, None when nothing is under way."""
    tags: str = ""
    """Comma-separated."""
    body_hash: bytes
    """BLAKE2b-8 of everything mapped from the platform: equal means nothing changed."""
    disputed_at: int | None = Field(default=None, sa_column=ms())
    """Since when, as the seller marked it, the buyer says that a delivered parcel never came."""
    chat_by: int | None = Field(default=None, sa_column=ms())
    """Until when the buyer waits for a person's answer in the chat, shown at this order (store/chat_clock.py)."""


class Item(SQLModel, table=True):
    """One line of an order: the platform's per-unit entries grouped by (sku_id, unit_price), gifts apart."""

    __tablename__ = "items"
    order_pk: int = Field(sa_column=ms(primary_key=True, autoincrement=False))
    line: int = Field(primary_key=True)
    sku_id: str
    product_id: str | None = None
    seller_sku: str | None = None
    name: str
    variation: str | None = None
    quantity: int
    unit_price: int = Field(sa_column=ms(nullable=False))
    is_gift: bool = False


class Stock(SQLModel, table=True):
    """What the platform says is on hand for a SKU (available plus committed)."""

    __tablename__ = "stock"
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sku_id: str = Field(primary_key=True)
    seller_sku: str | None = None
    on_hand: int
    updated_at: int = Field(sa_column=ms(nullable=False))


class TabCount(SQLModel, table=True):
    """How many orders stand in each tab: kept by the writing transaction, never counted at a tick."""

    __tablename__ = "tab_counts"
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    tab: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(default=0, sa_column=ms(nullable=False))
