"""Small settings of the screen that outlive it, by key. Reading is Reader.pref."""

from __future__ import annotations

from sqlalchemy import Connection

from store.bulk import insert_into, table_of
from store.models import UiState

_TABLE = table_of(UiState)


def put(conn: Connection, key: str, value: str) -> None:
    """Remember a value, replacing the one before."""
    add = insert_into(conn, _TABLE).values(key=key, value=value)
    conn.execute(add.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
