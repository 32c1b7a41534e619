"""Orders carry the clock of their waiting buyer; what the jobs remember has a table of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_COPIED = (
    "routine.beat", "routine.away", "cutoff.said", "health.rates", "handover.reminded", "stock.warned",
)  # fmt: skip


def upgrade() -> None:
    """A column and a table, with what stood among the screen's settings; inside the transaction of store/migrate.py.

    There the rows stay, and nobody reads them: an upgrade loses no row.
    """
    op.add_column("orders", sa.Column("chat_by", sa.BigInteger()))
    op.create_table(
        "memory",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_memory"),
    )
    keys = ", ".join(f"'{key}'" for key in _COPIED)
    op.execute(
        sa.text(f"INSERT INTO memory (key, value) SELECT key, value FROM ui_state WHERE key IN ({keys})")
    )
