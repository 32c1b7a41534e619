"""SQLAlchemy engines set up so that no update is lost and no transaction waits for ever.

SQLAlchemy's SQLite defaults send no BEGIN before a SELECT: read-modify-write loses updates without an error.
Here the driver is in autocommit mode and every transaction begins with our own BEGIN: IMMEDIATE for a writer
(the lock is taken before the first read), plain for a reader (one snapshot, and a write in it is refused).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from store import sqlite
from store.reading.link import PG_CONNECT

WRITES: Final = "pantau_writes"
"""Execution option of a connection: this transaction is going to write."""


def make_engine(url: str) -> Engine:
    """An engine for a SQLite URL or path, or for `postgresql+psycopg://...`. Connects to nothing yet."""
    path = sqlite.database_path(url)
    if path is None:
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=PG_CONNECT)
    else:
        engine = create_engine(
            "sqlite://",
            module=sqlite.driver,
            creator=lambda: sqlite.connect(path),
            poolclass=QueuePool,
            # Error texts would carry buyers' phone numbers.
            hide_parameters=True,
        )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(conn: Connection) -> None:
    writes = conn.get_execution_options().get(WRITES, False)
    if conn.dialect.name == "sqlite":
        # The pool hands the same connection to readers and to the writer.
        conn.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif not writes:
        conn.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
