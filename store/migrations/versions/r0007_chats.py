"""Conversations remember what was asked for in vain, and what a person has seen of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """New columns and the indexes over the few rows that have them; inside the transaction of store/migrate.py."""
    for column in (
        sa.Column("tried_message", sa.String()),
        sa.Column("tried_at", sa.BigInteger()),
        sa.Column("tries", sa.Integer()),
        sa.Column("seen_message", sa.String()),
    ):
        op.add_column("conversations", column)
    tried, seen = sa.text("tried_at IS NOT NULL"), sa.text("seen_message IS NOT NULL")
    op.create_index(
        "ix_conversations_shop_id_tried_at",
        "conversations",
        ["shop_id", "tried_at"],
        sqlite_where=tried,
        postgresql_where=tried,
    )
    op.create_index(
        "ix_conversations_shop_id_seen_message",
        "conversations",
        ["shop_id", "seen_message"],
        sqlite_where=seen,
        postgresql_where=seen,
    )
