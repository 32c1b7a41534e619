"""The schema as released, upgrades that happen whole or not at all, and the copies taken before them."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from store import migrate, models, schema, sqlite
from store.db import Store
from store.engine import WRITES, make_engine
from store.errors import CorruptStore, DiskFull, NewerSchema
from store.reader import Reader
from store.schema import SchemaState
from tests.conftest import FrozenClock

TODAY = schema.HEAD
NEXT = '''
"""A later revision: rebuilds the parent of other tables, then makes one more."""
import os
import sqlalchemy as sa
from alembic import op
revision = "next"
down_revision = "TODAY"
def die(where):
    if os.environ.get("DIE_AT") == where:
        os.kill(os.getpid(), 9)
def upgrade():
    die("start")
    with op.batch_alter_table("shops") as batch:
        batch.add_column(sa.Column("colour", sa.String()))
        die("batch")
    die("rebuilt")
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute(sa.text("UPDATE shops SET colour = 'red'"))
    die("end")
'''.replace("TODAY", TODAY)


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program as it will be one revision on; the answer is its folder of migrations."""
    scripts = tmp_path / "later"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "later.py").write_text(NEXT)
    monkeypatch.setattr(migrate, "SCRIPTS", scripts)
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, "next"))
    monkeypatch.setattr(schema, "HEAD", "next")
    return scripts


@pytest.fixture
def old(tmp_path: Path, sqlite_template: Path) -> Path:
    """A SQLite store of today with a shop and a token that hangs on it."""
    path = tmp_path / "data" / "pantau.db"
    path.parent.mkdir()
    shutil.copy(sqlite_template, path)
    store = Store.open(str(path))
    store.write(fill)
    store.close()
    return path


def fill(conn: Connection) -> None:
    conn.execute(text("INSERT INTO shops (id, name, kind) VALUES (1, 'toko', 'tiktok')"))
    conn.execute(text("INSERT INTO tokens (shop_id, fence) VALUES (1, 5)"))


def facts(conn: Connection) -> dict[str, Any]:
    """Everything that makes a schema, without the search index, which is no model."""
    if conn.dialect.name == "postgresql":
        queries = {
            "columns": "SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default"
            " FROM information_schema.columns WHERE table_schema = 'public'",
            "indexes": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
        }
    else:
        queries = {
            "columns": "SELECT m.name, c.* FROM sqlite_master m, pragma_table_info(m.name) c"
            " WHERE m.type = 'table'",
            "indexes": "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index'",
            "references": "SELECT m.name, f.* FROM sqlite_master m, pragma_foreign_key_list(m.name) f",
        }
    found = {name: [tuple(row) for row in conn.exec_driver_sql(query)] for name, query in queries.items()}
    ours = {
        name: sorted(row for row in rows if not row[0].startswith(("order_search", "alembic_version")))
        for name, rows in found.items()
    }
    return {name: [tuple(map(_plain, row)) for row in rows] for name, rows in ours.items()}


def _plain(value: Any) -> Any:
    return " ".join(value.split()).replace("( ", "(").replace(" )", ")") if isinstance(value, str) else value


def test_the_migrations_make_what_the_models_say(store: Store, request: pytest.FixtureRequest) -> None:
    migrated = store.read(facts)

    def remake(conn: Connection) -> dict[str, Any]:
        for table in reversed(SQLModel.metadata.sorted_tables):
            conn.exec_driver_sql(f"DROP TABLE {table.name}")
        SQLModel.metadata.create_all(conn)
        return facts(conn)

    assert len(migrated["columns"]) > 150 and models.Order.__tablename__ == "orders"
    assert store.write(remake) == migrated


def test_the_list_of_revisions_is_the_folder() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == schema.REVISIONS


def test_a_store_is_made_where_there_is_none(empty_url: str) -> None:
    reader = Reader.open(empty_url)
    assert reader.schema_state() is SchemaState.MISSING
    store = Store.open(empty_url)
    assert reader.schema_state() is SchemaState.CURRENT
    store.write(fill)
    assert [shop.name for shop in reader.shops()] == ["toko"]
    assert store.verify() == []
    reader.close()
    store.close()


def test_the_search_index_takes_parts_of_words(store: Store) -> None:
    columns = "order_pk, text" if store.dialect == "postgresql" else "rowid, order_pk, text"
    values = "7, 'Kaos Polos'" if store.dialect == "postgresql" else "7, 7, 'Kaos Polos'"
    store.write(lambda conn: conn.exec_driver_sql(f"INSERT INTO order_search ({columns}) VALUES ({values})"))
    query = text("SELECT order_pk FROM order_search WHERE lower(text) LIKE :part")
    assert store.read(lambda conn: conn.execute(query, {"part": "%aos po%"}).scalars().all()) == [7]


def test_many_starts_at_once_make_one_schema(empty_url: str) -> None:
    failed: list[BaseException] = []

    def start() -> None:
        try:
            Store.open(empty_url).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    reader = Reader.open(empty_url)
    assert reader.schema_state() is SchemaState.CURRENT
    reader.close()


def test_a_newer_schema_is_not_touched(store_url: str) -> None:
    engine = make_engine(store_url)
    with engine.connect().execution_options(**{WRITES: True}) as conn, conn.begin():
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(NewerSchema, match="9999"):
        Store.open(store_url)
    reader = Reader.open(store_url)
    assert reader.schema_state() is SchemaState.NEWER
    reader.close()


def test_somebody_elses_tables_are_not_touched(empty_url: str) -> None:
    engine = make_engine(empty_url)
    with engine.connect().execution_options(**{WRITES: True}) as conn, conn.begin():
        conn.execute(text("CREATE TABLE cookies (host text)"))
    engine.dispose()
    path = sqlite.database_path(empty_url)
    before = path.read_bytes() if path else b""
    with pytest.raises(CorruptStore):
        Store.open(empty_url)
    assert (path.read_bytes() if path else b"") == before


def test_what_jobs_remember_survives_its_move_from_the_settings_of_the_screen(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(schema, "REVISIONS", schema.REVISIONS[: schema.REVISIONS.index("0008")])
        before.setattr(schema, "HEAD", schema.REVISIONS[-1])
        migrate.upgrade(empty_url)
    engine = make_engine(empty_url)
    kept = ("routine.beat", "handover.reminded", "stock.warned")
    with engine.connect().execution_options(**{WRITES: True}) as conn, conn.begin():
        for key in ("theme", *kept):
            conn.execute(text("INSERT INTO ui_state VALUES (:key, 'dark')"), {"key": key})
    engine.dispose()
    Store.open(empty_url).close()
    reader = Reader.open(empty_url)
    assert (reader.pref("theme"), reader.remembered("theme")) == ("dark", None)
    assert [reader.remembered(key) for key in kept] == ["dark"] * len(kept)
    reader.close()


def test_an_upgrade_keeps_children_and_leaves_a_copy(old: Path, later: Path, clock: FrozenClock) -> None:
    reader = Reader.open(str(old))
    assert reader.schema_state() is SchemaState.OLD
    store = Store.open(str(old), clock=clock)
    query = "SELECT s.colour, t.fence FROM shops s JOIN tokens t ON t.shop_id = s.id"
    rows = store.read(lambda conn: [tuple(row) for row in conn.exec_driver_sql(query)])
    foreign_keys = store.read(lambda conn: conn.exec_driver_sql("PRAGMA foreign_keys").scalar())
    store.close()
    assert (rows, foreign_keys) == ([("red", 5)], 1)
    assert reader.schema_state() is SchemaState.CURRENT
    reader.close()
    (copy,) = (old.parent / "backups").iterdir()
    assert copy.name == f"pantau-20261125T120000Z-{TODAY}.db" and copy.stat().st_mode & 0o777 == 0o600
    raw = sqlite.connect(copy, read_only=True)
    assert schema.revision(raw) == TODAY
    assert raw.execute("SELECT fence FROM tokens").fetchall() == [(5,)]
    raw.close()


def test_five_copies_are_kept(old: Path, later: Path, clock: FrozenClock) -> None:
    folder = old.parent / "backups"
    folder.mkdir()
    for day in range(1, 8):
        (folder / f"pantau-2026110{day}T000000Z-{TODAY}.db").write_bytes(b"")
    (folder / "catatan.txt").write_text("mine")
    Store.open(str(old), clock=clock).close()
    kept = sorted(file.name for file in folder.iterdir())
    assert kept[0] == "catatan.txt" and kept[-1] == f"pantau-20261125T120000Z-{TODAY}.db"
    assert len(kept) == 1 + migrate.KEEP and kept[1] == f"pantau-20261104T000000Z-{TODAY}.db"


def test_no_copy_no_upgrade(old: Path, later: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, target: Path) -> None:
        raise DiskFull(path=str(target))

    monkeypatch.setattr(migrate, "backup", full)
    with pytest.raises(DiskFull):
        Store.open(str(old))
    raw = sqlite.connect(old, read_only=True)
    assert schema.revision(raw) == TODAY
    raw.close()


def test_a_rebuild_that_loses_rows_is_undone(old: Path, later: Path) -> None:
    (later / "versions" / "later.py").write_text(NEXT + '    op.execute("DELETE FROM tokens")\n')
    with pytest.raises(CorruptStore, match="tokens"):
        Store.open(str(old))
    raw = sqlite.connect(old, read_only=True)
    assert (schema.revision(raw), raw.execute("SELECT count(*) FROM tokens").fetchone()) == (TODAY, (1,))
    raw.close()


def killed(path: Path, scripts: Path, where: str) -> int:
    """Upgrade in a process that kills itself at a point; the answer is how it ended."""
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from store import migrate, schema
        migrate.SCRIPTS = Path(sys.argv[2])
        schema.REVISIONS, schema.HEAD = (*schema.REVISIONS, "next"), "next"
        migrate.upgrade(sys.argv[1])
    """)
    command = [sys.executable, "-c", script, str(path), str(scripts)]
    run = subprocess.run(command, env={"DIE_AT": where, "PATH": ""}, timeout=30, check=False)
    return run.returncode


@pytest.fixture(params=["start", "batch", "rebuilt", "end"])
def point(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the migration dies."""
    yield request.param


@pytest.mark.crash
def test_a_killed_upgrade_leaves_the_old_store(old: Path, later: Path, point: str) -> None:
    assert killed(old, later, point) == -signal.SIGKILL
    raw = sqlite.connect(old)
    assert schema.revision(raw) == TODAY and sqlite.problems(raw) == []
    assert "colour" not in [row[1] for row in raw.execute("PRAGMA table_info(shops)")]
    assert raw.execute("SELECT fence FROM tokens").fetchall() == [(5,)]
    raw.close()
    Store.open(str(old)).close()
    raw = sqlite.connect(old, read_only=True)
    assert schema.revision(raw) == "next"
    assert raw.execute("SELECT s.colour, t.fence FROM shops s, tokens t").fetchall() == [("red", 5)]
    raw.close()


@pytest.mark.crash
def test_a_killed_first_start_leaves_nothing_in_between(tmp_path: Path, later: Path) -> None:
    path = tmp_path / "data" / "pantau.db"
    assert killed(path, later, "end") == -signal.SIGKILL
    reader = Reader.open(str(path))
    assert reader.schema_state() is SchemaState.MISSING and reader.shops() == []
    Store.open(str(path)).close()
    assert reader.schema_state() is SchemaState.CURRENT
    reader.close()
