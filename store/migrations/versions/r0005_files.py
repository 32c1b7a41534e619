"""Seller Center files: what was read, what was refused, and what only they know of an order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """New tables; inside the transaction of store/migrate.py."""
    op.create_table(
        "file_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "digest", "state")),
        sa.Column("layout", sa.String()),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("header", "unknown")),
        sa.Column("stamp", sa.BigInteger()),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("rows", "orders", "new", "changed", "unchanged", "gone", "rejected")
        ),
        sa.Column("warnings", sa.String(), nullable=False),
        sa.Column("problem", sa.String()),
        sa.Column("detail", sa.String()),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_file_imports"),
    )
    op.create_index("ix_file_imports_shop_id_digest", "file_imports", ["shop_id", "digest"])
    op.create_table(
        "file_rejects",
        sa.Column("import_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("row", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("column", sa.String()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "row", name="pk_file_rejects"),
    )
    op.create_table(
        "file_orders",
        sa.Column("order_pk", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("extra", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("order_pk", name="pk_file_orders"),
    )
    op.create_index("ix_file_orders_import_id", "file_orders", ["import_id"])
