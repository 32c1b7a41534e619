"""The shop around the orders: goods and their costs, chats, money, notes, batches, rules, digests; whether a
file told an order whole; the orders of a buyer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _shop() -> sa.Column[int]:
    return sa.Column("shop_id", sa.Integer(), nullable=False, autoincrement=False)


def _serial() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, autoincrement=True, nullable=False)


def upgrade() -> None:
    """New tables, a column and indexes; inside the transaction of store/migrate.py."""
    _goods()
    _chats()
    _money()
    _desk()
    whole: sa.Column[bool] = sa.Column("whole", sa.Boolean(), nullable=False, server_default=sa.true())
    op.add_column("file_orders", whole)
    op.create_index("ix_actions_kind_done_at", "actions", ["kind", "done_at"])
    named = sa.text("buyer_id IS NOT NULL")
    op.create_index(
        "ix_orders_shop_id_buyer_id",
        "orders",
        ["shop_id", "buyer_id"],
        sqlite_where=named,
        postgresql_where=named,
    )


def _goods() -> None:
    op.create_table(
        "skus",
        _shop(),
        *_words("sku_id", "product_id"),
        sa.Column("seller_sku", sa.String()),
        *_words("name"),
        sa.Column("variation", sa.String()),
        *_words("status"),
        sa.Column("price", sa.BigInteger()),
        *_words("warehouses"),
        sa.Column("low_at", sa.Integer()),
        *_numbers("updated_at"),
        sa.PrimaryKeyConstraint("shop_id", "sku_id", name="pk_skus"),
    )
    op.create_index("ix_skus_seller_sku", "skus", ["seller_sku"])
    op.create_table(
        "costs",
        *_words("seller_sku"),
        sa.Column("valid_from", sa.BigInteger(), nullable=False, autoincrement=False),
        *_numbers("amount"),
        sa.PrimaryKeyConstraint("seller_sku", "valid_from", name="pk_costs"),
    )


def _chats() -> None:
    op.create_table(
        "conversations",
        _serial(),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        *_words("conversation_id"),
        *(sa.Column(name, sa.String()) for name in ("buyer_id", "buyer", "platform")),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("can_send", sa.Boolean(), nullable=False),
        sa.Column("last_at", sa.BigInteger()),
        *(sa.Column(name, sa.String()) for name in ("last_role", "last_text")),
        sa.Column("answer_by", sa.BigInteger()),
        sa.Column("synced_message", sa.String()),
        *_numbers("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    op.create_index(
        "uq_conversations_shop_id_conversation_id",
        "conversations",
        ["shop_id", "conversation_id"],
        unique=True,
    )
    op.create_index("ix_conversations_shop_id_buyer_id", "conversations", ["shop_id", "buyer_id"])
    waiting = sa.text("answer_by IS NOT NULL")
    op.create_index(
        "ix_conversations_answer_by",
        "conversations",
        ["answer_by"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "messages",
        _serial(),
        *_numbers("conversation_pk"),
        *_words("message_id"),
        *_numbers("at"),
        *_words("role", "kind", "text", "content"),
        sa.Column("order_id", sa.String()),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    told = ["conversation_pk", "message_id"]
    op.create_index("uq_messages_conversation_pk_message_id", "messages", told, unique=True)
    op.create_index("ix_messages_conversation_pk_at", "messages", ["conversation_pk", "at"])


def _money() -> None:
    op.create_table(
        "statements",
        _shop(),
        *_words("statement_id"),
        *_numbers("at"),
        *_words("status", "currency"),
        *_numbers("settlement", "revenue", "fees", "adjustment"),
        *(sa.Column(name, sa.BigInteger()) for name in ("paid_at", "read_at")),
        *_numbers("updated_at"),
        sa.PrimaryKeyConstraint("shop_id", "statement_id", name="pk_statements"),
    )
    op.create_table(
        "payouts",
        _shop(),
        *_words("statement_id", "transaction_id", "kind"),
        sa.Column("order_id", sa.String()),
        *_numbers("settlement", "revenue", "fees", "shipping"),
        *_words("detail"),
        sa.PrimaryKeyConstraint("shop_id", "statement_id", "transaction_id", name="pk_payouts"),
    )
    op.create_index("ix_payouts_shop_id_order_id", "payouts", ["shop_id", "order_id"])


def _desk() -> None:
    op.create_table(
        "notes",
        _serial(),
        *_numbers("order_pk", "at"),
        *_words("by", "text"),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
    )
    op.create_index("ix_notes_order_pk_id", "notes", ["order_pk", "id"])
    op.create_table(
        "saved_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        *_words("name"),
        *_numbers("at"),
        *_words("by"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_batches"),
        sa.UniqueConstraint("name", name="uq_saved_batches_name"),
    )
    op.create_table(
        "batch_orders",
        sa.Column("batch_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("order_pk", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("batch_id", "order_pk", name="pk_batch_orders"),
    )
    op.create_table(
        "rule_runs",
        _serial(),
        *_numbers("at"),
        *_words("rule"),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        *_numbers("order_pk"),
        *_words("order_id", "cause", "verdict", "why"),
        sa.PrimaryKeyConstraint("id", name="pk_rule_runs"),
    )
    op.create_index("ix_rule_runs_order_pk", "rule_runs", ["order_pk"])
    op.create_index(
        "ix_rule_runs_rule_order_pk_cause", "rule_runs", ["rule", "order_pk", "cause"], unique=True
    )
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer(), nullable=False),
        *_numbers("at"),
        *_words("kind", "body"),
        sa.Column("seen_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_digests"),
    )
