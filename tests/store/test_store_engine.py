"""The settings a connection must have, the gate before WAL, and where a database may live."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from store import sqlite
from store.db import Store
from store.errors import CannotConnect, NetworkFilesystem
from store.reader import Reader


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_wal_only_where_it_loses_nothing(version: tuple[int, ...], safe: bool) -> None:
    assert sqlite.wal_is_safe(version) is safe


@pytest.mark.parametrize(("safe", "mode"), [(True, "wal"), (False, "delete")])
def test_the_journal_follows_the_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, safe: bool, mode: str
) -> None:
    monkeypatch.setattr(sqlite, "wal_is_safe", lambda version: safe)
    path = tmp_path / "pantau.db"
    store = Store.open(str(path))
    store.write(lambda conn: conn.execute(text("INSERT INTO ui_state VALUES ('a', 'b')")))
    assert store.reader().pref("a") == "b"
    assert store.read(lambda conn: conn.exec_driver_sql("PRAGMA journal_mode").scalar()) == mode
    store.close()


def test_a_log_in_use_is_not_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pantau.db"
    monkeypatch.setattr(sqlite, "wal_is_safe", lambda version: True)
    other = Store.open(str(path))
    reading = other.reader()
    reading.last_seq()
    monkeypatch.setattr(sqlite, "wal_is_safe", lambda version: False)
    raw = sqlite.connect(path)
    assert sqlite.set_journal(raw) == "wal"
    raw.close()
    reading.close()
    other.close()


def test_every_connection_is_set_up(tmp_path: Path) -> None:
    raw = sqlite.connect(tmp_path / "pantau.db")
    told = {
        name: raw.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("synchronous", "foreign_keys", "trusted_schema", "busy_timeout")
    }
    raw.close()
    assert told == {"synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "busy_timeout": sqlite.BUSY_MS}


def test_an_older_file_keeps_the_size_of_its_pages(tmp_path: Path) -> None:
    sizes = {}
    for name, size in (("new", None), ("old", 4_096)):
        path = tmp_path / name
        if size is not None:
            raw = sqlite.driver.connect(str(path), isolation_level=None)
            raw.execute(f"PRAGMA page_size={size}")
            raw.execute("VACUUM")
            raw.close()
        store = Store.open(str(path))
        store.write(lambda conn: conn.execute(text("INSERT INTO ui_state VALUES ('a', 'b')")))
        sizes[name] = store.read(lambda conn: conn.exec_driver_sql("PRAGMA page_size").scalar())
        assert store.verify() == []
        store.close()
    assert sizes == {"new": 8_192, "old": 4_096}


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_nobody_else_can_read_the_files(tmp_path: Path) -> None:
    path = tmp_path / "made" / "pantau.db"
    before = os.umask(0)
    try:
        store = Store.open(str(path))
        store.write(lambda conn: conn.execute(text("INSERT INTO ui_state VALUES ('a', 'b')")))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}, modes
    assert "pantau.db-wal" in modes or not sqlite.wal_is_safe(sqlite.driver.sqlite_version_info)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_a_careless_copy_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "pantau.db"
    Store.open(str(path)).close()
    path.chmod(0o644)
    Store.open(str(path)).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_filesystem_is_the_innermost_mount() -> None:
    mounts = "\n".join(
        [
            "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
            "40 22 0:40 / /home rw shared:2 - nfs4 server:/home rw",
            r"41 40 8:2 / /home/budi/my\040disk rw - btrfs /dev/sdb1 rw",
            "42 22 0:41 / /homework rw - tmpfs tmpfs rw",
            "43 22 0:42 / /over rw - ext4 /dev/sdc rw",
            "44 43 0:43 / /over rw - fuse.sshfs budi@server: rw",
            "not a mount",
        ]
    )
    kinds = {
        path: sqlite.filesystem(Path(path), mounts)
        for path in ("/srv/x", "/home/budi/x", "/home/budi/my disk/x", "/homework/x", "/over/x")
    }
    assert list(kinds.values()) == ["ext4", "nfs4", "btrfs", "tmpfs", "fuse.sshfs"]


def test_a_network_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "filesystem", lambda path, mounts: "cifs")
    path = tmp_path / "pantau.db"
    with pytest.raises(NetworkFilesystem, match="cifs"):
        Store.open(str(path))
    assert not path.exists()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/data/pantau.db", "/data/pantau.db"),
        ("data/pantau.db", "data/pantau.db"),
        ("sqlite:////data/pantau.db", "/data/pantau.db"),
        ("sqlite:///data/pantau.db", "data/pantau.db"),
        ("sqlite+pysqlite:////data/pantau.db?x=1", "/data/pantau.db"),
    ],
)
def test_urls_and_paths_name_the_same_file(url: str, path: str) -> None:
    assert sqlite.database_path(url) == Path(path)
    assert sqlite.database_path("postgresql+psycopg://host/pantau") is None


def test_a_strange_file_name_is_only_a_name(tmp_path: Path) -> None:
    path = tmp_path / "50% ?mode=memory#x.db"
    Store.open(str(path)).close()
    assert path.stat().st_size > 0


def test_no_update_is_lost(store: Store) -> None:
    """Read-modify-write from two seats at once: with SQLAlchemy's defaults on SQLite most updates vanish."""
    store.write(lambda conn: conn.execute(text("INSERT INTO ui_state VALUES ('n', '0')")))
    seats = [store, Store.open(store.url)]

    def add(seat: Store) -> None:
        for _ in range(50):
            seat.write(
                lambda conn: conn.execute(
                    text("UPDATE ui_state SET value = :n WHERE key = 'n'"),
                    {
                        "n": str(
                            1
                            + int(
                                conn.execute(
                                    text(
                                        "SELECT value FROM ui_state WHERE key = 'n'"
                                        + (" FOR UPDATE" if seat.dialect == "postgresql" else "")
                                    )
                                ).scalar_one()
                            )
                        )
                    },
                )
            )

    threads = [threading.Thread(target=add, args=(seat,)) for seat in seats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader = store.reader()
    assert reader.pref("n") == "100"
    reader.close()
    seats[1].close()


def test_a_reading_transaction_cannot_write_and_sees_one_moment(store: Store) -> None:
    if store.dialect == "sqlite" and not sqlite.wal_is_safe(sqlite.driver.sqlite_version_info):
        pytest.skip("without a write-ahead log a reader holds the writer back")

    def look(conn: object) -> tuple[object, object]:
        query = text("SELECT count(*) FROM ui_state")
        before = conn.execute(query).scalar()  # type: ignore[attr-defined]
        store.write(lambda other: other.execute(text("INSERT INTO ui_state VALUES ('a', 'b')")))
        return before, conn.execute(query).scalar()  # type: ignore[attr-defined]

    assert store.read(look) == (0, 0)
    with pytest.raises(Exception, match=r"(?i)read.?only|disk"):
        store.read(lambda conn: conn.execute(text("INSERT INTO ui_state VALUES ('c', 'd')")))
    store.write(lambda conn: conn.execute(text("INSERT INTO ui_state VALUES ('e', 'f')")))


def test_errors_carry_no_buyers_data(store: Store) -> None:
    def twice(conn: object) -> None:
        for _ in range(2):
            row = {"v": "+62812CANARY"}
            conn.execute(text("INSERT INTO ui_state VALUES ('a', :v)"), row)  # type: ignore[attr-defined]

    with pytest.raises(IntegrityError) as caught:
        store.write(twice)
    assert "CANARY" not in str(caught.value)


def test_foreign_keys_hold(store: Store) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)foreign"):
        store.write(
            lambda conn: conn.execute(text("INSERT INTO tokens (shop_id, fence) VALUES (:n, 0)"), {"n": 99})
        )


@pytest.mark.postgres
def test_a_server_does_not_wait_for_ever(store: Store) -> None:
    if store.dialect != "postgresql":
        pytest.skip("limits of a server")
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    told = store.read(lambda conn: [conn.exec_driver_sql(f"SHOW {name}").scalar() for name in names])
    assert told == ["15s", "5s", "30s"]


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    url = "postgresql+psycopg://budi:CANARY@127.0.0.1:1/pantau"
    with pytest.raises(CannotConnect) as caught:
        Store.open(url)
    reader = Reader.open(url)
    with pytest.raises(CannotConnect) as read:
        reader.shops()
    for error in (caught.value, read.value):
        assert "CANARY" not in "".join((str(error), *error.say("id"), *error.say("en")))


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the kernel's table of locks")
def test_another_connection_leaves_the_lock_on_the_log(tmp_path: Path) -> None:
    # Without that lock a program that opens and closes the file deletes the log that others still write.
    path = tmp_path / "pantau.db"
    store = Store.open(str(path))

    def held() -> int:
        mine = f" {os.getpid()} "
        inode = f":{path.stat().st_ino} "
        return sum(mine in line and inode in line for line in Path("/proc/locks").read_text().splitlines())

    store.write(lambda conn: conn.execute(text("INSERT INTO ui_state VALUES ('a', 'b')")))
    before = held()
    reader = store.reader()
    assert reader.pref("a") == "b"
    assert held() >= before
    reader.close()
    other = sqlite3.connect(path)
    other.execute("INSERT INTO ui_state VALUES ('c', 'd')")
    other.commit()
    other.close()
    store.write(lambda conn: conn.execute(text("INSERT INTO ui_state VALUES ('e', 'f')")))
    store.close()
    again = Store.open(str(path))
    assert [again.reader().pref(name) for name in "ace"] == ["b", "d", "f"]
    again.close()
