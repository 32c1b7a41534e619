"""Full disks, locks and damaged files: a sentence for the seller, and everything acknowledged is still there."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sqlalchemy import text

from store import errors, sqlite
from store.db import Store
from store.errors import CannotConnect, CorruptStore, LockedStore, StoreError, explain
from store.reader import Reader

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, StoreError)]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not StoreError])
def test_every_error_is_a_sentence_in_both_languages(kind: type[StoreError]) -> None:
    error = kind(path="/data/pantau.db", detail="DETAIL")
    indonesian, english = error.say("id"), error.say("en")
    assert (error.title, error.message, error.hint) == indonesian
    assert all(indonesian) and all(english) and not set(indonesian) & set(english)
    assert "DETAIL" in "".join(english) and "{" not in "".join(indonesian + english)
    assert str(error).startswith(english.title)


def test_codes_are_stable_and_distinct() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)


def test_a_full_disk_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """The process is allowed files of 1 MB: the write that meets the limit fails whole, reading goes on."""
    path = tmp_path / "pantau.db"
    Store.open(str(path)).close()
    script = textwrap.dedent("""
        import resource, sys
        from sqlalchemy import text
        from store.db import Store
        from store.errors import DiskFull
        store = Store.open(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
        insert = text("INSERT INTO ui_state VALUES (:k, :v)")
        done = 0
        try:
            while done < 1000:
                rows = [{"k": f"{done}-{n}", "v": "x" * 10_000} for n in range(3)]
                store.write(lambda conn: conn.execute(insert, rows))
                done += 1
        except DiskFull as full:
            print(done, full.code, full.title)
        print(store.read(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM ui_state").scalar()))
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        store.write(lambda conn: conn.execute(insert, {"k": "after", "v": "y"}))
        store.close()
    """)
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=30, check=False
    )
    assert run.returncode == 0, run.stderr
    first, rows = run.stdout.splitlines()
    done, code, *title = first.split(" ")
    assert (code, " ".join(title)) == ("disk_full", "Disk penuh atau tidak bisa ditulis")
    assert int(done) > 3 and int(rows) == 3 * int(done)
    store = Store.open(str(path))
    assert store.verify() == []
    reader = store.reader()
    assert reader.pref("after") == "y" and reader.pref(f"{int(done) - 1}-2") and not reader.pref(f"{done}-0")
    reader.close()
    store.close()


def test_a_lock_that_stays_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MS", 50)
    store = Store.open(str(tmp_path / "pantau.db"))
    other = sqlite.connect(tmp_path / "pantau.db")
    other.execute("BEGIN IMMEDIATE")
    insert = text("INSERT INTO ui_state VALUES ('a', 'b')")
    with pytest.raises(LockedStore, match="in use"):
        store.write(lambda conn: conn.execute(insert))
    other.execute("ROLLBACK")
    store.write(lambda conn: conn.execute(insert))
    other.close()
    store.close()


@pytest.mark.parametrize("body", [b"order_id,status\n1,UNPAID\n" * 100, b"x"])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "pantau.db"
    path.write_bytes(body)
    with pytest.raises(CorruptStore, match=str(path)):
        Store.open(str(path))
    reader = Reader.open(str(path))
    with pytest.raises(CorruptStore):
        reader.schema_state()
    with pytest.raises(CorruptStore):
        reader.shops()
    assert path.read_bytes() == body


def test_damage_is_told_as_damage(tmp_path: Path) -> None:
    path = tmp_path / "pantau.db"
    store = Store.open(str(path))
    insert = text("INSERT INTO ui_state VALUES (:k, :v)")
    store.write(lambda conn: conn.execute(insert, [{"k": str(n), "v": "x" * 500} for n in range(500)]))
    store.close()
    body = bytearray(path.read_bytes())
    # The ends of the tables' pages; the schema on the first pages stays readable.
    for page in range(60, len(body) // 4096):
        body[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(body)
    reader = Reader.open(str(path))
    with pytest.raises(CorruptStore):
        for n in range(500):
            reader.pref(str(n))
    reader.close()


@pytest.mark.parametrize("url", ["{}/folder", "{}/file/pantau.db"])
def test_a_place_where_nothing_can_be_opened(tmp_path: Path, url: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotConnect):
        Store.open(url.format(tmp_path))


def test_bugs_are_not_dressed_up_as_circumstances() -> None:
    raw = sqlite.driver.connect(":memory:")
    with pytest.raises(sqlite.driver.Error) as caught:
        raw.execute("SELECT * FROM no_such_table")
    raw.close()
    assert explain(caught.value) is None
    assert explain(ValueError("x")) is None
