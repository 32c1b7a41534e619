"""Run by Alembic: takes the connection, and with it the transaction, from store/migrate.py."""

from __future__ import annotations

from alembic import context

from store.models import NAMING

connection = context.config.attributes["connection"]
# SQLite can change few things of a table in place: batch mode rebuilds it, with constraints found by name.
context.configure(
    connection=connection,
    target_metadata=None,
    render_as_batch=True,
    transactional_ddl=True,
    naming_convention=NAMING,
)
with context.begin_transaction():
    context.run_migrations()
