"""A read-only connection to either database at driver level, speaking SQL with `?` marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

from store import schema, sqlite
from store.errors import explain
from store.schema import SchemaState

PG_CONNECT: Final[dict[str, Any]] = {
    "connect_timeout": 10,
    # A machine that vanished must not keep its seat and its locks for the two hours TCP would take.
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s",
    "application_name": "pantau",
    "client_encoding": "UTF8",
}
"""libpq parameters of every connection to PostgreSQL, the writer's too (store/engine.py)."""


class Link:
    """One connection, made when first needed, for one thread at a time.

    While a SQLite store does not exist yet every question has no rows: the first start paints before it is
    made. A server that went away is asked once more on a new connection. Errors arrive as StoreError.
    """

    def __init__(self, url: str) -> None:
        self.path = sqlite.database_path(url)
        self.dialect = "postgresql" if self.path is None else "sqlite"
        self._url = url.replace("+psycopg", "", 1)
        self._raw: Any = None
        self._inside = False

    def query(self, statement: str, args: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one SELECT."""
        try:
            return self._run(statement, args)
        except Exception as error:
            lost = getattr(self._raw, "closed", False)
            if lost:
                self._raw = None
            if not lost or self._inside:
                raise explain(error, self._place) or error from error
        try:
            return self._run(statement, args)
        except Exception as error:
            raise explain(error, self._place) or error from error

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several queries that see the same moment; inside another one it adds nothing."""
        if self._inside:
            yield
            return
        begin = "BEGIN" if self.path else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        self.query("SELECT 1")  # a lost server is found here, where it can still be asked again
        if self._raw is None:
            yield
            return
        self._raw.execute(begin)
        self._inside = True
        try:
            yield
        finally:
            self._inside = False
            if self._raw is not None:
                self._raw.execute("ROLLBACK")

    def schema_state(self) -> SchemaState:
        """Raises a StoreError for a file that is no database or a server that does not answer."""
        try:
            raw = self._connected()
            return SchemaState.MISSING if raw is None else schema.state(raw, self.dialect)
        except Exception as error:
            raise explain(error, self._place) or error from error

    def close(self) -> None:
        """Let go of the connection; the next question would make a new one."""
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    @property
    def _place(self) -> str:
        return str(self.path or "PostgreSQL")

    def _run(self, statement: str, args: Sequence[Any]) -> list[tuple[Any, ...]]:
        raw = self._connected()
        if raw is None:
            return []
        if self.path is None:
            statement = _percent(statement)
        rows: list[tuple[Any, ...]] = raw.execute(statement, args).fetchall()
        return rows

    def _connected(self) -> Any:
        if self._raw is not None:
            return self._raw
        if self.path is None:
            self._raw = _connect_server(self._url)
        elif self.path.exists() and self.path.stat().st_size:
            raw = sqlite.connect(self.path, read_only=True)
            if schema.state(raw) is SchemaState.MISSING:
                raw.close()
                return None
            self._raw = raw
        return self._raw


def _connect_server(url: str) -> Any:
    import psycopg  # sellers with one computer never need it

    options = PG_CONNECT["options"] + " -c default_transaction_read_only=on"
    return psycopg.connect(url, autocommit=True, **(PG_CONNECT | {"options": options}))


@lru_cache(maxsize=256)
def _percent(statement: str) -> str:
    """psycopg's marks; a literal percent sign is doubled, because it would begin one."""
    return statement.replace("%", "%%").replace("?", "%s")
