"""Stuck parcels: what a lane taught us about waiting, and deliveries that the buyer disputes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """A table and a column; inside the transaction of store/migrate.py."""
    op.create_table(
        "lane_limits",
        sa.Column("shop_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("courier", sa.String(), nullable=False),
        sa.Column("province", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("scan_after", sa.BigInteger()),
        sa.Column("scan_seen", sa.Integer(), nullable=False),
        sa.Column("move_after", sa.BigInteger()),
        sa.Column("move_seen", sa.Integer(), nullable=False),
        sa.Column("learned_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "courier", "province", "city", name="pk_lane_limits"),
    )
    op.add_column("orders", sa.Column("disputed_at", sa.BigInteger()))
