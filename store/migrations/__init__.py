"""Alembic's side of the schema: env.py runs versions/ inside the transaction of store/migrate.py."""
