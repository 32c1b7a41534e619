"""The tracking engine: quotas used, phrases nobody knows, and looks a person asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Two tables and a column; inside the transaction of store/migrate.py."""
    op.create_table(
        "provider_usage",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("ok", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer()),
        sa.PrimaryKeyConstraint("provider", "day", name="pk_provider_usage"),
    )
    op.create_table(
        "unknown_texts",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("courier", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "courier", "text", name="pk_unknown_texts"),
    )
    with op.batch_alter_table("packages") as batch:
        batch.add_column(sa.Column("wanted_at", sa.BigInteger()))
    wanted = sa.text("wanted_at IS NOT NULL")
    op.create_index(
        "ix_packages_wanted_at", "packages", ["wanted_at"], sqlite_where=wanted, postgresql_where=wanted
    )
