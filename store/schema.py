"""Which schema a database has, told without Alembic: the screen asks before anything heavy is imported."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

REVISIONS: Final = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
"""Every revision of store/migrations, oldest first."""
HEAD: Final = REVISIONS[-1]
"""What this version reads and writes."""


class SchemaState(StrEnum):
    """What has to happen before the database can be used."""

    MISSING = "missing"
    """Nothing there yet: it will be made."""
    CURRENT = "current"
    OLD = "old"
    """It will be upgraded."""
    NEWER = "newer"
    """A newer Pantau made it: hands off."""
    FOREIGN = "foreign"
    """Tables, but not ours."""


_TABLES: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}


def revision(raw: Any, dialect: str = "sqlite") -> str | None:
    """The revision the database is at, by a driver's connection; None when it has none."""
    if "alembic_version" not in _tables(raw, dialect):
        return None
    row = raw.cursor().execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def state(raw: Any, dialect: str = "sqlite") -> SchemaState:
    """How the database behind a driver's connection relates to this version."""
    found = revision(raw, dialect)
    if found is None:
        return SchemaState.FOREIGN if _tables(raw, dialect) - {"alembic_version"} else SchemaState.MISSING
    if found == HEAD:
        return SchemaState.CURRENT
    return SchemaState.OLD if found in REVISIONS else SchemaState.NEWER


def _tables(raw: Any, dialect: str) -> set[str]:
    return {row[0] for row in raw.cursor().execute(_TABLES[dialect]).fetchall()}
