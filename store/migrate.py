"""Making and upgrading the schema: all or nothing, one process at a time, after a verified backup.

The transaction that migrates is also the start lock. On SQLite it is BEGIN IMMEDIATE: nobody else writes
between the look at the revision and the commit, and a killed process leaves the old schema because nothing of
the transaction remains. On PostgreSQL an advisory lock inside the transaction does the same. There is no
downgrade: the backup is.
"""

from __future__ import annotations

import os
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from store import schema, sqlite
from store.errors import CorruptStore, LockedStore, NewerSchema, StoreError, explain
from store.schema import SchemaState
from store.times import Clock, now_ms, to_datetime

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCRIPTS: Final = Path(__file__).parent / "migrations"
KEEP: Final = 5
"""Backups kept beside the database; the oldest go first."""

_START_LOCK: Final = 0x70616E73
"""The advisory lock of a migration on PostgreSQL: "pans"."""


def upgrade(url: str, clock: Clock = now_ms) -> None:
    """Bring a database to HEAD, making it where there is none; quick, without Alembic, when it is there.

    Raises NewerSchema, CorruptStore (also for somebody else's tables), LockedStore, DiskFull, ....
    """
    path = sqlite.database_path(url)
    try:
        if path is None:
            _upgrade_server(url)
        else:
            _upgrade_file(path, url, clock)
    except StoreError:
        raise
    except Exception as error:
        found = explain(error, str(path or ""))
        if found is None:
            raise
        raise found from error


def backup(path: Path, target: Path) -> None:
    """Copy a live SQLite database to a new file of ours alone, which gets its name once it is proven sound.

    Never a copy of the file itself: without its log that may hold no tables at all. Raises FileExistsError.
    """
    if target.exists():
        raise FileExistsError(target)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        source = sqlite.connect(path)
        try:
            source.execute("VACUUM INTO ?", (str(part),))
        finally:
            source.close()
        copy = sqlite.connect(part)
        try:
            wrong = sqlite.problems(copy)
        finally:
            copy.close()
        if wrong:
            raise CorruptStore(path=str(path), detail=wrong[0])
        _sync(part)
        part.rename(target)
        _sync(target.parent)
    except sqlite.driver.Error as error:
        raise explain(error, str(target)) or error from error
    finally:
        part.unlink(missing_ok=True)


def _upgrade_file(path: Path, url: str, clock: Clock) -> None:
    raw = sqlite.connect(path)
    try:
        ready = _ready(schema.state(raw), raw, "sqlite", path)
        # Only now is the file known to be ours to change.
        sqlite.keep_private(path)
        if sqlite.set_journal(raw) == "wal" and not sqlite.wal_is_safe(sqlite.driver.sqlite_version_info):
            raise LockedStore(path=str(path), detail=f"(SQLite {sqlite.driver.sqlite_version}, WAL)")
        if ready:
            return
    finally:
        raw.close()
    from store.engine import WRITES, make_engine

    engine = make_engine(url)
    try:
        with engine.connect().execution_options(**{WRITES: True}) as conn:
            writer: Any = conn.connection.driver_connection
            # Rebuilding a table would delete its children; the switch works only outside a transaction.
            writer.execute("PRAGMA foreign_keys=OFF")
            with conn.begin():
                if _ready(schema.state(writer), writer, "sqlite", path):
                    return  # another process was first
                if schema.state(writer) is SchemaState.OLD:
                    _backup_before(path, str(schema.revision(writer)), clock)
                rows = _row_counts(writer)
                _run(conn)
                lost = [table for table, n in _row_counts(writer).items() if n < rows.get(table, 0)]
                lost += [row[0] for row in writer.execute("PRAGMA foreign_key_check")]
                if lost:
                    raise CorruptStore(path=str(path), detail=f"(rows lost: {', '.join(lost)})")
    finally:
        engine.dispose()


def _upgrade_server(url: str) -> None:
    from store.engine import WRITES, make_engine

    engine = make_engine(url)
    try:
        with engine.connect().execution_options(**{WRITES: True}) as conn:
            place = engine.url.database or ""
            raw: Any = conn.connection.driver_connection
            with conn.begin():
                if _ready(schema.state(raw, "postgresql"), raw, "postgresql", place):
                    return
                conn.exec_driver_sql("SET LOCAL statement_timeout = 0")
                conn.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
                conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_START_LOCK})")
                if not _ready(schema.state(raw, "postgresql"), raw, "postgresql", place):
                    _run(conn)
    finally:
        engine.dispose()


def _ready(state: SchemaState, raw: Any, dialect: str, place: Path | str) -> bool:
    """Whether nothing has to be done; raises for a schema that must not be touched."""
    if state is SchemaState.NEWER:
        raise NewerSchema(path=str(place), detail=str(schema.revision(raw, dialect)))
    if state is SchemaState.FOREIGN:
        raise CorruptStore(path=str(place), detail="(foreign tables)")
    return state is SchemaState.CURRENT


def _row_counts(raw: Any) -> dict[str, int]:
    """Rows of every table that has its own; a rebuilt table must not have lost any."""
    tables = raw.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'order_search%'"
    )
    return {
        name: raw.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in tables.fetchall()
    }


def _run(conn: Connection) -> None:
    """Run Alembic to HEAD inside the transaction of `conn`."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, schema.HEAD)


def _backup_before(path: Path, revision: str, clock: Clock) -> None:
    folder = path.parent / "backups"
    stamp = to_datetime(clock(), UTC).strftime("%Y%m%dT%H%M%SZ")
    target = folder / f"{path.stem}-{stamp}-{revision}.db"
    # An upgrade that was interrupted and tried again within the second keeps the first copy.
    if not target.exists():
        backup(path, target)
    for old in sorted(folder.glob(f"{path.stem}-*.db"))[:-KEEP]:
        old.unlink()


def _sync(path: Path) -> None:
    """Make a file's bytes, or a folder's names, survive a power cut."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
