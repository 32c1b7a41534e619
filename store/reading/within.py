"""The reader's questions asked inside a transaction at hand, so that a plan and a write see the same moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from store.bulk import mark
from store.errors import explain
from store.reading.link import Link


class Within(Link):
    """A link that speaks through an open connection: `Reader(Within(conn))`. Closing it closes nothing."""

    def __init__(self, conn: Connection) -> None:
        super().__init__(str(conn.engine.url))  # its password stays where it was
        self._conn = conn
        self._sign = mark(conn.dialect.name)

    def query(self, statement: str, args: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one SELECT."""
        if self._sign != "?":
            statement = statement.replace("%", "%%").replace("?", self._sign)
        try:
            return [tuple(row) for row in self._conn.exec_driver_sql(statement, tuple(args))]
        except Exception as error:
            raise explain(error, self._place) or error from error

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """The transaction is one already."""
        yield
