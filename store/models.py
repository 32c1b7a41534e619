"""The tables, as SQLModel classes: the one description of what is stored.

Conventions: times are integer epoch milliseconds UTC (store/times.py); money is integer rupiah (or the whole
unit of a foreign currency, with its code beside it); platform ids are text; raw foreign text is stored as it
came, less NUL, and cleaned only at the border to a screen. Bulk ingest and claims use Core statements built
from these tables; single edits use short sessions.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, Text, text
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


def _ms(**kw: object) -> Column[int]:
    return Column(BigInteger, **kw)  # type: ignore[arg-type]


def _serial() -> Column[int]:
    # SQLite only numbers rows by itself in a column declared INTEGER.
    return Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


class Shop(SQLModel, table=True):
    """A shop we watch; `name` is the seller's own name for it in the configuration."""

    __tablename__ = "shops"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    kind: str
    """`tiktok` or `file`."""
    platform_id: str | None = None
    cipher: str | None = None
    """`shop_cipher` of the Open API, looked up by GET /authorization/202309/shops."""
    title: str | None = None
    region: str | None = None


class Token(SQLModel, table=True):
    """The newest token pair of a shop, encrypted with a key derived from the app secret, and its refresh lease."""

    __tablename__ = "tokens"
    shop_id: int = Field(primary_key=True, foreign_key="shops.id")
    sealed: bytes | None = None
    """AES-256-GCM of the JSON token pair (jobs/secrets.py)."""
    origin: str | None = None
    """Fingerprint of the environment's pair this one descends from; another pair there means a new login."""
    access_expires_at: int | None = Field(default=None, sa_column=_ms())
    fence: int = 0
    refreshing_by: str | None = None
    refreshing_until: int | None = Field(default=None, sa_column=_ms())


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
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=_serial())
    shop_id: int = Field(foreign_key="shops.id")
    order_id: str
    channel: str = "TIKTOK_SHOP"
    """`TIKTOK_SHOP` or `TOKOPEDIA` (the platform's `commerce_platform`)."""
    status: str
    raw_status: str
    tab: int = Field(sa_column=Column(SmallInteger, nullable=False))
    """store.status.Tab of the status: 2-8, or 1 for UNKNOWN. Tabs 1 and 9 are read from the two columns below."""
    sort_at: int = Field(sa_column=_ms(nullable=False))
    """The tab's order, ascending: a deadline in working tabs, minus the last change in the tabs of history."""
    attention_at: int | None = Field(default=None, sa_column=_ms())
    """From when on the order belongs in the action tab; None: nothing runs against us."""
    attention: str | None = None
    """Why, as comma-separated reason codes of store/attention.py."""
    returns_at: int | None = Field(default=None, sa_column=_ms())
    """Set while the order has a return or refund: its deadline, or its last change."""

    created_at: int = Field(sa_column=_ms(nullable=False))
    paid_at: int | None = Field(default=None, sa_column=_ms())
    updated_at: int = Field(sa_column=_ms(nullable=False))
    """The platform's update time: an older body never replaces a newer one."""
    arrange_by: int | None = Field(default=None, sa_column=_ms())
    scan_by: int | None = Field(default=None, sa_column=_ms())
    deadline_source: str | None = None
    """`platform`, or the name of the rule that computed the two clocks."""
    cancel_at: int | None = Field(default=None, sa_column=_ms())
    """When the platform cancels by itself if nothing happens in the present state."""
    shipped_at: int | None = Field(default=None, sa_column=_ms())
    collected_at: int | None = Field(default=None, sa_column=_ms())
    delivered_at: int | None = Field(default=None, sa_column=_ms())
    seen_at: int = Field(sa_column=_ms(nullable=False))
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
    note_seen_at: int | None = Field(default=None, sa_column=_ms())
    """When a person opened the order with this note; a changed note resets it."""
    seller_note: str | None = None
    payment_method: str | None = None
    total: int = Field(default=0, sa_column=_ms(nullable=False))
    subtotal: int | None = Field(default=None, sa_column=_ms())
    shipping_fee: int | None = Field(default=None, sa_column=_ms())
    currency: str = "IDR"

    summary: str = ""
    """The items in one line, as the list shows them: `2x Kaos Polos Hitam, L` or `3 barang: ...`."""
    units: int = 0
    courier: str | None = None
    """Our courier code of the first package, None while unknown."""
    courier_name: str | None = None
    tracking_number: str | None = None
    tracking_status: str | None = None
    last_event_at: int | None = Field(default=None, sa_column=_ms())
    packages: int = 0
    confirmed_at: int | None = Field(default=None, sa_column=_ms())
    confirmed_by: str | None = None
    action_state: str | None = None
    """State of the newest unfinished or failed action on it, None when nothing is under way."""
    tags: str = ""
    """Comma-separated."""
    body_hash: bytes
    """BLAKE2b-8 of everything mapped from the platform: equal means nothing changed."""
    disputed_at: int | None = Field(default=None, sa_column=_ms())
    """Since when, as the seller marked it, the buyer says that a delivered parcel never came."""


class Item(SQLModel, table=True):
    """One line of an order: the platform's per-unit entries grouped by (sku_id, unit_price), gifts apart."""

    __tablename__ = "items"
    order_pk: int = Field(sa_column=_ms(primary_key=True, autoincrement=False))
    line: int = Field(primary_key=True)
    sku_id: str
    product_id: str | None = None
    seller_sku: str | None = None
    name: str
    variation: str | None = None
    quantity: int
    unit_price: int = Field(sa_column=_ms(nullable=False))
    is_gift: bool = False


class Package(SQLModel, table=True):
    """A parcel of an order; a combined parcel has one row per order with the same package_id."""

    __tablename__ = "packages"
    __table_args__ = (
        Index("ix_packages_shop_id_package_id", "shop_id", "package_id"),
        Index("ix_packages_tracking_number", "tracking_number"),
        Index("ix_packages_due_at", "due_at", sqlite_where=text("due_at IS NOT NULL"),
              postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_packages_wanted_at", "wanted_at", sqlite_where=text("wanted_at IS NOT NULL"),
              postgresql_where=text("wanted_at IS NOT NULL")),
    )  # fmt: skip
    order_pk: int = Field(sa_column=_ms(primary_key=True, autoincrement=False))
    package_id: str = Field(primary_key=True)
    shop_id: int
    status: str | None = None
    """The platform's package status: TO_FULFILL, PROCESSING, FULFILLING, COMPLETED, CANCELLED, or a newer word."""
    courier: str | None = None
    courier_name: str | None = None
    provider_id: str | None = None
    tracking_number: str | None = None
    tracking_status: str | None = None
    """couriers.base.TrackingStatus; None before the first look."""
    tracking_reason: str | None = None
    tracking_source: str | None = None
    last_event_at: int | None = Field(default=None, sa_column=_ms())
    delivered_at: int | None = Field(default=None, sa_column=_ms())
    checked_at: int | None = Field(default=None, sa_column=_ms())
    due_at: int | None = Field(default=None, sa_column=_ms())
    """When tracking should look next; None: at rest."""
    misses: int = 0
    wanted_at: int | None = Field(default=None, sa_column=_ms())
    """When a person asked for a look that has not been taken yet: it goes before every other."""


class TrackingEvent(SQLModel, table=True):
    """One row of a parcel's journey, as a source told it; raw text and code are kept."""

    __tablename__ = "tracking_events"
    __table_args__ = (Index("uq_tracking_events_order_pk_key", "order_pk", "key", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    order_pk: int = Field(sa_column=_ms(nullable=False))
    tracking_number: str | None = None
    key: str
    """Hash of (source, time, normalised text, location): the same row told twice is one row."""
    at: int | None = Field(default=None, sa_column=_ms())
    status: str
    text: str
    location: str | None = None
    code: str | None = None
    source: str


class LaneLimit(SQLModel, table=True):
    """How long parcels of a lane usually lie still, learned from the shop's own history (jobs/lanes.py)."""

    __tablename__ = "lane_limits"
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    courier: str = Field(primary_key=True)
    province: str = Field(primary_key=True)
    """The destination; empty stands for every one, as in `city`."""
    city: str = Field(primary_key=True)
    scan_after: int | None = Field(default=None, sa_column=_ms())
    """Milliseconds from arranging to the first scan that only few parcels exceed; None: too few were seen."""
    scan_seen: int = 0
    move_after: int | None = Field(default=None, sa_column=_ms())
    """The same between two movements."""
    move_seen: int = 0
    learned_at: int = Field(sa_column=_ms(nullable=False))


class ProviderUsage(SQLModel, table=True):
    """How much of a day's quota at one source of tracking is used; counted before a question leaves."""

    __tablename__ = "provider_usage"
    provider: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    """`2026-11-25`, in Jakarta: there daily quotas start again at midnight."""
    asked: int = 0
    ok: int = 0
    """Questions that were answered with a journey."""
    per_day: int | None = None
    """The quota as last known here; None: none is known."""


class UnknownText(SQLModel, table=True):
    """Words of a courier that no phrase tells the meaning of, without numbers and names, and how often."""

    __tablename__ = "unknown_texts"
    provider: str = Field(primary_key=True)
    courier: str = Field(primary_key=True)
    """Our courier code; empty when nobody knows."""
    text: str = Field(primary_key=True)
    seen: int = 0
    first_seen: int = Field(sa_column=_ms(nullable=False))
    last_seen: int = Field(sa_column=_ms(nullable=False))


class Request(SQLModel, table=True):
    """A buyer's cancellation, return or refund and the clock on our answer."""

    __tablename__ = "requests"
    __table_args__ = (
        Index("uq_requests_shop_id_request_id", "shop_id", "request_id", unique=True),
        Index("ix_requests_order_pk", "order_pk"),
    )
    id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    request_id: str
    order_id: str
    order_pk: int | None = Field(default=None, sa_column=_ms())
    kind: str
    """`cancel`, `return`, `refund` or `replacement`."""
    status: str
    reason: str | None = None
    reason_text: str | None = None
    amount: int | None = Field(default=None, sa_column=_ms())
    next_action: str | None = None
    deadline_at: int | None = Field(default=None, sa_column=_ms())
    created_at: int = Field(sa_column=_ms(nullable=False))
    updated_at: int = Field(sa_column=_ms(nullable=False))


class Action(SQLModel, table=True):
    """The outbox: one row per (shop, kind, target). States and rules: docs/outbox.md. Rows never vanish."""

    __tablename__ = "actions"
    __table_args__ = (
        # Without this index two key presses ship twice: a test proves it.
        Index("uq_actions_live", "shop_id", "kind", "target", unique=True,
              sqlite_where=text("state NOT IN ('refused','cancelled')"),
              postgresql_where=text("state NOT IN ('refused','cancelled')")),
        Index("ix_actions_state_due_at", "state", "due_at"),
        Index("ix_actions_order_pk", "order_pk"),
        Index("ix_actions_batch_id", "batch_id", sqlite_where=text("batch_id IS NOT NULL"),
              postgresql_where=text("batch_id IS NOT NULL")),
    )  # fmt: skip
    id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    kind: str
    target: str
    """What is acted on: the package id of a ship, the order id of a cancel, ..."""
    order_pk: int | None = Field(default=None, sa_column=_ms())
    order_id: str
    package_id: str | None = None
    batch_id: str | None = None
    params: str = "{}"
    params_hash: str = ""
    state: str
    fence: int = 0
    owner: str | None = None
    lease_until: int | None = Field(default=None, sa_column=_ms())
    due_at: int = Field(sa_column=_ms(nullable=False))
    signed_at: int | None = Field(default=None, sa_column=_ms())
    sent_at: int | None = Field(default=None, sa_column=_ms())
    attempts: int = 0
    reads: int = 0
    """Reads since signed_at that said "not done yet": two after the quiet time allow another attempt."""
    code: int | None = None
    reason: str | None = None
    request_id: str | None = None
    evidence: str | None = None
    requested_by: str
    requested_at: int = Field(sa_column=_ms(nullable=False))
    done_at: int | None = Field(default=None, sa_column=_ms())


class Change(SQLModel, table=True):
    """The feed, the history and the audit trail: every write appends here in its own transaction."""

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_order_pk_seq", "order_pk", "seq"),)
    seq: int | None = Field(default=None, sa_column=_serial())
    at: int = Field(sa_column=_ms(nullable=False))
    shop_id: int | None = None
    order_pk: int | None = Field(default=None, sa_column=_ms())
    order_id: str | None = None
    kind: str
    """`order.new`, `order.status`, `order.changed`, `order.confirmed`, `action.done`, `job.failed`, ..."""
    old: str | None = None
    new: str | None = None
    detail: str | None = None
    """Small JSON object, shape by kind (store/changes.py)."""
    actor: str = "platform"
    """`platform`, `seller`, `job`, `cli`, or `rule:<name>`."""


class TabCount(SQLModel, table=True):
    """How many orders stand in each tab: kept by the writing transaction, never counted at a tick."""

    __tablename__ = "tab_counts"
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    tab: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(default=0, sa_column=_ms(nullable=False))


class SyncState(SQLModel, table=True):
    """How far a sync has come, in the platform's time, written with the rows it covers."""

    __tablename__ = "sync_state"
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    stream: str = Field(primary_key=True)
    """`orders`, `requests`, ..."""
    watermark: int = Field(sa_column=_ms(nullable=False))
    updated_at: int = Field(sa_column=_ms(nullable=False))


class JobHealth(SQLModel, table=True):
    """One line per job and shop: when it last went well, what is wrong since when, when it runs next."""

    __tablename__ = "job_health"
    job: str = Field(primary_key=True)
    """`orders`, `tracking`, `requests`, `stock`, `sender`, `sweep`."""
    shop: str = Field(primary_key=True)
    """Shop name, or empty for a job of the whole program."""
    last_ok_at: int | None = Field(default=None, sa_column=_ms())
    failing_since: int | None = Field(default=None, sa_column=_ms())
    problem: str | None = None
    """A stable code (`no_network`, `token`, `rate_limited`, `bad_reply`, `disk_full`, ...) the screen words."""
    detail: str | None = None
    next_at: int | None = Field(default=None, sa_column=_ms())


class Rejected(SQLModel, table=True):
    """Something the platform or a file sent that could not be understood; the rest was stored."""

    __tablename__ = "rejected"
    id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    source: str
    ref: str | None = None
    """Order id or row number, when it could still be read."""
    reason: str
    raw: bytes
    at: int = Field(sa_column=_ms(nullable=False))


class Stock(SQLModel, table=True):
    """What the platform says is on hand for a SKU (available plus committed)."""

    __tablename__ = "stock"
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sku_id: str = Field(primary_key=True)
    seller_sku: str | None = None
    on_hand: int
    updated_at: int = Field(sa_column=_ms(nullable=False))


class UiState(SQLModel, table=True):
    """Settings of the screen that outlive it: tab, sort, theme, seen notices."""

    __tablename__ = "ui_state"
    key: str = Field(primary_key=True)
    value: str = Field(sa_column=Column(Text, nullable=False))
