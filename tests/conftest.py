"""Fixtures that every test may use: a clock that stands still and a store that is closed afterwards.

PANTAU_TEST_PG holds the URL of a PostgreSQL server where databases may be made (postgresql+psycopg://...):
with it every test of a store runs on both engines, without it the PostgreSQL half is skipped.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from store.db import Store

PG = os.environ.get("PANTAU_TEST_PG", "")
ENGINES = [
    "sqlite",
    pytest.param(
        "postgresql", marks=[pytest.mark.postgres, pytest.mark.skipif(not PG, reason="no PANTAU_TEST_PG")]
    ),
]


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
def pg_template() -> Iterator[str]:
    """The name of a migrated, empty database on the server of the tests."""
    name = _name()
    _on_server(f'CREATE DATABASE "{name}"')
    Store.open(_pg_url(name)).close()
    yield name
    _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a store can be made: nothing is there yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "data" / "pantau.db")
        return
    name = _name()
    _on_server(f'CREATE DATABASE "{name}"')
    yield _pg_url(name)
    _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=ENGINES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty store of this test alone, on either engine."""
    if request.param == "sqlite":
        path = tmp_path / "data" / "pantau.db"
        path.parent.mkdir(mode=0o700)
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield str(path)
        return
    name = _name()
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{request.getfixturevalue("pg_template")}"')
    yield _pg_url(name)
    _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


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


def _on_server(statement: str) -> None:
    engine = create_engine(PG, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(statement))
    engine.dispose()
