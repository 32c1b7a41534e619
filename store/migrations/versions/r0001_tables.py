"""The first schema: all tables, their indexes, and the search index."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT: Final = sa.String()
NUMBER: Final = sa.Integer()
SMALL: Final = sa.SmallInteger()
LONG: Final = sa.BigInteger()
FLAG: Final = sa.Boolean()
BYTES: Final = sa.LargeBinary()


def upgrade() -> None:
    """Make everything; inside the transaction of store/migrate.py."""
    _shops()
    _orders()
    _parcels()
    _outbox()
    _books()
    _search()


def _shops() -> None:
    op.create_table(
        "shops",
        _serial("id", NUMBER),
        *_need(TEXT, "name", "kind"),
        *_may(TEXT, "platform_id", "cipher", "title", "region"),
        sa.PrimaryKeyConstraint("id", name="pk_shops"),
        sa.UniqueConstraint("name", name="uq_shops_name"),
    )
    op.create_table(
        "tokens",
        *_need(NUMBER, "shop_id"),
        *_may(BYTES, "sealed"),
        *_may(TEXT, "origin"),
        *_may(LONG, "access_expires_at"),
        *_need(NUMBER, "fence"),
        *_may(TEXT, "refreshing_by"),
        *_may(LONG, "refreshing_until"),
        sa.PrimaryKeyConstraint("shop_id", name="pk_tokens"),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_tokens_shop_id_shops"),
    )
    op.create_table(
        "sync_state",
        *_need(NUMBER, "shop_id"),
        *_need(TEXT, "stream"),
        *_need(LONG, "watermark", "updated_at"),
        sa.PrimaryKeyConstraint("shop_id", "stream", name="pk_sync_state"),
    )


def _orders() -> None:
    op.create_table(
        "orders",
        _serial("id", LONG),
        *_need(NUMBER, "shop_id"),
        *_need(TEXT, "order_id", "channel", "status", "raw_status"),
        *_need(SMALL, "tab"),
        *_need(LONG, "sort_at"),
        *_may(LONG, "attention_at"),
        *_may(TEXT, "attention"),
        *_may(LONG, "returns_at"),
        *_need(LONG, "created_at"),
        *_may(LONG, "paid_at"),
        *_need(LONG, "updated_at"),
        *_may(LONG, "arrange_by", "scan_by"),
        *_may(TEXT, "deadline_source"),
        *_may(LONG, "cancel_at", "shipped_at", "collected_at", "delivered_at"),
        *_need(LONG, "seen_at"),
        *_need(FLAG, "cod", "cancel_requested"),
        *_may(TEXT, "cancel_reason", "fulfillment_type", "shipping_type", "delivery_option"),
        *_may(NUMBER, "priority"),
        *_may(TEXT, "buyer", "buyer_id", "city", "province", "address", "phone", "note"),
        *_may(LONG, "note_seen_at"),
        *_may(TEXT, "seller_note", "payment_method"),
        *_need(LONG, "total"),
        *_may(LONG, "subtotal", "shipping_fee"),
        *_need(TEXT, "currency", "summary"),
        *_need(NUMBER, "units"),
        *_may(TEXT, "courier", "courier_name", "tracking_number", "tracking_status"),
        *_may(LONG, "last_event_at"),
        *_need(NUMBER, "packages"),
        *_may(LONG, "confirmed_at"),
        *_may(TEXT, "confirmed_by", "action_state"),
        *_need(TEXT, "tags"),
        *_need(BYTES, "body_hash"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_orders_shop_id_shops"),
    )
    _index("ix_orders_attention_at_id", "orders", "attention_at", "id", where="attention_at IS NOT NULL")
    _index("ix_orders_created_at_id", "orders", "created_at", "id")
    _index("ix_orders_returns_at_id", "orders", "returns_at", "id", where="returns_at IS NOT NULL")
    _index("ix_orders_shipped_at", "orders", "shipped_at", where="shipped_at IS NOT NULL")
    _index("ix_orders_tab_created_at_id", "orders", "tab", "created_at", "id")
    _index("ix_orders_tab_sort_at_id", "orders", "tab", "sort_at", "id")
    _index("uq_orders_shop_id_order_id", "orders", "shop_id", "order_id", unique=True)
    op.create_table(
        "items",
        *_need(LONG, "order_pk"),
        *_need(NUMBER, "line"),
        *_need(TEXT, "sku_id"),
        *_may(TEXT, "product_id", "seller_sku"),
        *_need(TEXT, "name"),
        *_may(TEXT, "variation"),
        *_need(NUMBER, "quantity"),
        *_need(LONG, "unit_price"),
        *_need(FLAG, "is_gift"),
        sa.PrimaryKeyConstraint("order_pk", "line", name="pk_items"),
    )
    op.create_table(
        "requests",
        _serial("id", NUMBER),
        *_need(NUMBER, "shop_id"),
        *_need(TEXT, "request_id", "order_id"),
        *_may(LONG, "order_pk"),
        *_need(TEXT, "kind", "status"),
        *_may(TEXT, "reason", "reason_text"),
        *_may(LONG, "amount"),
        *_may(TEXT, "next_action"),
        *_may(LONG, "deadline_at"),
        *_need(LONG, "created_at", "updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
    )
    _index("ix_requests_order_pk", "requests", "order_pk")
    _index("uq_requests_shop_id_request_id", "requests", "shop_id", "request_id", unique=True)


def _parcels() -> None:
    op.create_table(
        "packages",
        *_need(LONG, "order_pk"),
        *_need(TEXT, "package_id"),
        *_need(NUMBER, "shop_id"),
        *_may(
            TEXT,
            "status",
            "courier",
            "courier_name",
            "provider_id",
            "tracking_number",
            "tracking_status",
            "tracking_reason",
            "tracking_source",
        ),
        *_may(LONG, "last_event_at", "delivered_at", "checked_at", "due_at"),
        *_need(NUMBER, "misses"),
        sa.PrimaryKeyConstraint("order_pk", "package_id", name="pk_packages"),
    )
    _index("ix_packages_due_at", "packages", "due_at", where="due_at IS NOT NULL")
    _index("ix_packages_shop_id_package_id", "packages", "shop_id", "package_id")
    _index("ix_packages_tracking_number", "packages", "tracking_number")
    op.create_table(
        "tracking_events",
        _serial("id", NUMBER),
        *_need(LONG, "order_pk"),
        *_may(TEXT, "tracking_number"),
        *_need(TEXT, "key"),
        *_may(LONG, "at"),
        *_need(TEXT, "status", "text"),
        *_may(TEXT, "location", "code"),
        *_need(TEXT, "source"),
        sa.PrimaryKeyConstraint("id", name="pk_tracking_events"),
    )
    _index("uq_tracking_events_order_pk_key", "tracking_events", "order_pk", "key", unique=True)


def _outbox() -> None:
    op.create_table(
        "actions",
        _serial("id", NUMBER),
        *_need(NUMBER, "shop_id"),
        *_need(TEXT, "kind", "target"),
        *_may(LONG, "order_pk"),
        *_need(TEXT, "order_id"),
        *_may(TEXT, "package_id", "batch_id"),
        *_need(TEXT, "params", "params_hash", "state"),
        *_need(NUMBER, "fence"),
        *_may(TEXT, "owner"),
        *_may(LONG, "lease_until"),
        *_need(LONG, "due_at"),
        *_may(LONG, "signed_at", "sent_at"),
        *_need(NUMBER, "attempts", "reads"),
        *_may(NUMBER, "code"),
        *_may(TEXT, "reason", "request_id", "evidence"),
        *_need(TEXT, "requested_by"),
        *_need(LONG, "requested_at"),
        *_may(LONG, "done_at"),
        sa.PrimaryKeyConstraint("id", name="pk_actions"),
    )
    _index("ix_actions_batch_id", "actions", "batch_id", where="batch_id IS NOT NULL")
    _index("ix_actions_order_pk", "actions", "order_pk")
    _index("ix_actions_state_due_at", "actions", "state", "due_at")
    _index(
        "uq_actions_live",
        "actions",
        "shop_id",
        "kind",
        "target",
        unique=True,
        where="state NOT IN ('refused','cancelled')",
    )
    op.create_table(
        "changes",
        _serial("seq", LONG),
        *_need(LONG, "at"),
        *_may(NUMBER, "shop_id"),
        *_may(LONG, "order_pk"),
        *_may(TEXT, "order_id"),
        *_need(TEXT, "kind"),
        *_may(TEXT, "old", "new", "detail"),
        *_need(TEXT, "actor"),
        sa.PrimaryKeyConstraint("seq", name="pk_changes"),
    )
    _index("ix_changes_order_pk_seq", "changes", "order_pk", "seq")


def _books() -> None:
    op.create_table(
        "tab_counts",
        *_need(NUMBER, "shop_id", "tab"),
        *_need(LONG, "n"),
        sa.PrimaryKeyConstraint("shop_id", "tab", name="pk_tab_counts"),
    )
    op.create_table(
        "job_health",
        *_need(TEXT, "job", "shop"),
        *_may(LONG, "last_ok_at", "failing_since"),
        *_may(TEXT, "problem", "detail"),
        *_may(LONG, "next_at"),
        sa.PrimaryKeyConstraint("job", "shop", name="pk_job_health"),
    )
    op.create_table(
        "rejected",
        _serial("id", NUMBER),
        *_need(NUMBER, "shop_id"),
        *_need(TEXT, "source"),
        *_may(TEXT, "ref"),
        *_need(TEXT, "reason"),
        *_need(BYTES, "raw"),
        *_need(LONG, "at"),
        sa.PrimaryKeyConstraint("id", name="pk_rejected"),
    )
    op.create_table(
        "stock",
        *_need(NUMBER, "shop_id"),
        *_need(TEXT, "sku_id"),
        *_may(TEXT, "seller_sku"),
        *_need(NUMBER, "on_hand"),
        *_need(LONG, "updated_at"),
        sa.PrimaryKeyConstraint("shop_id", "sku_id", name="pk_stock"),
    )
    op.create_table(
        "ui_state",
        *_need(TEXT, "key"),
        *_need(sa.Text(), "value"),
        sa.PrimaryKeyConstraint("key", name="pk_ui_state"),
    )


def _search() -> None:
    """One document per order, found by any three letters in a row."""
    if op.get_bind().dialect.name == "sqlite":
        # LIKE uses the index at detail=none too, and the index is a third smaller than with positions.
        op.execute(
            "CREATE VIRTUAL TABLE order_search USING fts5("
            "order_pk UNINDEXED, text, tokenize='trigram', detail='none')"
        )
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE TABLE order_search (order_pk bigint PRIMARY KEY, text text NOT NULL)")
    op.execute("CREATE INDEX ix_order_search_text ON order_search USING gin (text gin_trgm_ops)")


def _need(kind: sa.types.TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False, autoincrement=False) for name in names]


def _may(kind: sa.types.TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind) for name in names]


def _serial(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    # SQLite only numbers rows by itself in a column declared INTEGER.
    return sa.Column(name, kind.with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False)


def _index(name: str, table: str, *columns: str, unique: bool = False, where: str | None = None) -> None:
    only = None if where is None else sa.text(where)
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=only, postgresql_where=only)
