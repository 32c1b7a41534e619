"""Fixtures that every test may use: a clock that stands still and a store that is closed afterwards.

PANTAU_TEST_PG holds the URL of a PostgreSQL server where databases may be made (postgresql+psycopg://...):
with it every test of a store runs on both engines, without it the PostgreSQL half is skipped.
"""

from __future__ import annotations

import gc
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from store import db
from store.db import Store
from store.engine import make_engine

PG = os.environ.get("PANTAU_TEST_PG", "")
_ON_SERVER = [pytest.mark.postgres, pytest.mark.skipif(not PG, reason="no PANTAU_TEST_PG")]
ENGINES = ["sqlite", pytest.param("postgresql", marks=_ON_SERVER)]


def by_engine(here: Sequence[str], server: Sequence[str]) -> list[Any]:
    """Values for ("store_url", another name), indirect for the first: some on SQLite, some on PostgreSQL.

    For what is no matter of the engine: all of it on the one, and what writes differently on the other.
    """
    return [
        *(pytest.param("sqlite", value, id=f"sqlite-{value}") for value in here),
        *(pytest.param("postgresql", v, marks=_ON_SERVER, id=f"postgresql-{v}") for v in server),
    ]


class PgStores:
    """Migrated, empty databases, each handed to one test at a time.

    Copying the template takes the server ten times as long as emptying a small database, so one that a test
    left as the template is but for its rows goes to the next test. Whoever leaves more behind (a connection, a
    table of his own, another revision, many megabytes) costs the copy again.
    """

    def __init__(self) -> None:
        self._template = _name()
        self._spare: list[str] = []
        _on_server(f'CREATE DATABASE "{self._template}"')
        Store.open(_pg_url(self._template)).close()
        with _connected(_pg_url(self._template)) as conn:
            self._schema = _schema_of(conn)

    def take(self) -> str:
        """The name of a database of the caller alone."""
        if self._spare:
            return self._spare.pop()
        name = _name()
        _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        return name

    def give_back(self, name: str) -> None:
        """The test is over: empty the database, or drop it."""
        try:
            again = self._emptied(name)
        except DBAPIError:  # somebody holds a lock, or the server itself was part of the test
            again = False
        if again:
            self._spare.append(name)
        else:
            _drop(name)

    def close(self) -> None:
        """Nothing is left on the server."""
        for name in (*self._spare, self._template):
            _drop(name)

    def _emptied(self, name: str) -> bool:
        with _connected(_pg_url(name)) as conn:
            # A closed connection takes the server a moment; one that stays belongs to somebody who still writes.
            end = time.monotonic() + 0.25
            while conn.scalar(text(_OTHERS)):
                if time.monotonic() > end:
                    return False
            conn.execute(text("SET lock_timeout = '1s'"))
            filled = {row.name: row.size for row in conn.execute(text(_FILLED))}
            if sum(filled.values()) > 4_000_000 or _schema_of(conn) != self._schema:
                return False
            # Rows that were rolled back count too: the next test finds the files as the template has them.
            if filled:
                conn.execute(text(f"TRUNCATE {', '.join(filled)} CASCADE"))
            conn.execute(text(_RESTART))
        return True


_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_FILLED = """
    SELECT oid::regclass::text AS name, pg_table_size(oid) AS size FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
    AND relname <> 'alembic_version'
"""
_RESTART = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""
_SCHEMA = """
    SELECT md5(string_agg(it, ' ' ORDER BY it)) FROM (
        SELECT version_num FROM alembic_version
        UNION ALL SELECT concat('n', oid, nspname) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'
        UNION ALL SELECT concat('c', oid, relname, relkind, relnamespace, relchecks, relhastriggers)
        FROM pg_class WHERE oid > 16383 AND relkind <> 't'
        UNION ALL SELECT concat('a', attrelid, attname, atttypid, attnotnull, atthasdef)
        FROM pg_attribute WHERE attrelid > 16383 AND attnum > 0
        UNION ALL SELECT concat('t', oid, tgname, tgenabled) FROM pg_trigger
        UNION ALL SELECT concat('p', oid, proname, md5(prosrc)) FROM pg_proc WHERE oid > 16383
        UNION ALL SELECT concat('o', oid, conname) FROM pg_constraint WHERE oid > 16383
    ) AS told(it)
"""
"""One word for everything but the rows; 16383 is the last id that a server gives to what is its own."""


class Statements(dict[Any, Any]):
    """What SQLAlchemy made of each statement, for every engine of one dialect.

    Each engine compiles all it says anew, which took most of the store's share of a test; the dialect is the first
    part of a key, and those of two engines of the same kind say the same.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


class FrozenClock:
    """A clock that a test sets: epoch milliseconds in `now`."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def advance(self, ms: int) -> int:
        """Let time pass; the answer is the new present."""
        self.now += ms
        return self.now


def pytest_collection_finish() -> None:
    """Modules and test items stay to the end: no collection looks at them again, and none comes every few lines."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _statements_are_compiled_once() -> Iterator[None]:
    """Stores of this process share what their statements were compiled to."""
    known = {"sqlite": Statements(), "postgresql": Statements()}

    def made(url: str) -> Engine:
        engine = make_engine(url)
        engine.update_execution_options(compiled_cache=known[engine.dialect.name])
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "make_engine", made)
        yield


@pytest.fixture
def clock() -> FrozenClock:
    """Stands at a Wednesday noon (UTC) in November 2026 until the test says otherwise."""
    return FrozenClock(1_795_608_000_000)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite store: copying it is twenty times faster than migrating."""
    path = tmp_path_factory.mktemp("template") / "pantau.db"
    Store.open(str(path)).close()
    return path


@pytest.fixture(scope="session")
def pg_stores() -> Iterator[PgStores]:
    """Migrated, empty databases on the server of the tests."""
    stores = PgStores()
    yield stores
    stores.close()


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a store can be made: nothing is there yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "data" / "pantau.db")
        return
    name = _name()
    _on_server(f'CREATE DATABASE "{name}"')
    yield _pg_url(name)
    _drop(name)


@pytest.fixture(params=ENGINES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty store of this test alone, on either engine."""
    if request.param == "sqlite":
        path = tmp_path / "data" / "pantau.db"
        path.parent.mkdir(mode=0o700)
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield str(path)
        return
    stores: PgStores = request.getfixturevalue("pg_stores")
    name = stores.take()
    yield _pg_url(name)
    stores.give_back(name)


@pytest.fixture
def store(store_url: str, clock: FrozenClock) -> Iterator[Store]:
    """An open store on the frozen clock."""
    opened = Store.open(store_url, clock=clock)
    yield opened
    opened.close()


def _name() -> str:
    return f"pantau_test_{uuid.uuid4().hex[:12]}"


def _pg_url(database: str) -> str:
    return make_url(PG).set(database=database).render_as_string(hide_password=False)


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as conn:
        yield conn


def _schema_of(conn: Connection) -> str:
    return str(conn.scalar(text(_SCHEMA)))


def _drop(database: str) -> None:
    _on_server(f'DROP DATABASE "{database}" WITH (FORCE)')


def _on_server(statement: str) -> None:
    with _connected(PG) as conn:
        conn.execute(text(statement))
