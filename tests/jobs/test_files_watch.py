"""The watched folder: read once when complete, whatever happens to the file; what is broken is told once."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

import pytest

from jobs.files import watch
from jobs.files.outcome import Outcome
from jobs.files.watch import Watcher, watchers
from jobs.once import run_once
from store.db import Store
from tests.jobs.import_kit import many, put, settings_of, table
from tests.shop.files_kit import csv_bytes, row, xlsx_bytes

LOOK = 0.02


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "LOOK", LOOK)
    # Where nobody can see who writes, these tests do not wait either; those about waiting say how long.
    monkeypatch.setattr(watch, "SETTLED", 0.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that is watched."""
    made = tmp_path / "unduhan"
    made.mkdir()
    return made


def watcher(store: Store, folder: Path) -> Watcher:
    """Of the shop's folder, as its settings name it: from where the settings lie."""
    settings = settings_of(folder.parent, watch=folder.name)
    return watchers(store, settings, lambda name: True)["toko"]


@asynccontextmanager
async def watching(store: Store, folder: Path) -> AsyncIterator[Watcher]:
    """Let it look until the end."""
    one = watcher(store, folder)
    running = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def until(store: Store, statement: str, expected: list[tuple[object, ...]]) -> None:
    """Wait until the store answers so."""
    end = time.monotonic() + 20
    while (found := table(store, statement)) != expected:
        assert time.monotonic() < end, found
        await asyncio.sleep(0.01)


async def looks(one: Watcher, count: int) -> None:
    """So many looks of our own."""
    for _ in range(count):
        await one.look()


IMPORTS = "SELECT name, state FROM file_imports ORDER BY id"
ORDERS = "SELECT count(*) FROM orders"


async def test_what_appears_is_read(store: Store, folder: Path) -> None:
    put(folder / "a.csv", many(2))
    async with watching(store, folder):
        await until(store, ORDERS, [(2,)])
        (folder / "b.xlsx").write_bytes(xlsx_bytes([row(3)]))
        await until(store, ORDERS, [(3,)])
    assert table(store, "SELECT shop, problem FROM job_health WHERE job = 'files'") == [("toko", None)]
    assert table(store, "SELECT requested_by FROM file_imports") == [("watch",)] * 2


async def test_it_is_read_once_whatever_becomes_of_it(store: Store, folder: Path) -> None:
    path = put(folder / "a.csv", many(2))
    one = watcher(store, folder)
    await looks(one, 3)
    path.rename(folder / "dipindah.csv")
    os.utime(folder / "dipindah.csv", (1, 1))
    (folder / "salinan.csv").write_bytes((folder / "dipindah.csv").read_bytes())
    await looks(one, 3)
    await looks(watcher(store, folder), 3)
    assert table(store, IMPORTS) == [("a.csv", "done")]


async def test_names_that_are_no_exports(store: Store, folder: Path) -> None:
    for name in (".~lock.a.csv#", "~$a.xlsx", "a.csv.part", "a.csv.crdownload", ".a.csv", "a.txt"):
        put(folder / name, many(1))
    (folder / "folder.csv").mkdir()
    await looks(watcher(store, folder), 3)
    assert table(store, IMPORTS) == []


async def test_a_file_that_grows_is_left_alone(store: Store, folder: Path) -> None:
    path = put(folder / "a.csv", many(1))
    one = watcher(store, folder)
    for number in range(2, 5):
        await one.look()
        put(path, many(number))
    assert table(store, IMPORTS) == []
    await looks(one, 2)
    assert table(store, ORDERS) == [(4,)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who writes")
async def test_a_file_somebody_writes_to_is_left_alone(store: Store, folder: Path) -> None:
    path = folder / "a.csv"
    one = watcher(store, folder)
    with path.open("wb") as writing:
        writing.write(csv_bytes(many(1)))
        writing.flush()
        await looks(one, 3)
        assert table(store, IMPORTS) == []
    await looks(one, 1)
    assert table(store, ORDERS) == [(1,)]


WRITER = """
import sys
path, text = sys.argv[1], sys.stdin.buffer
with open(path, "wb", buffering=0) as out:
    while part := text.read(int(text.readline() or 0)):
        out.write(part)
        print("more", flush=True)
print("closed", flush=True)
"""
"""Writes parts as they are handed to it (`<length>\\n<bytes>`), keeps the file open between them."""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who writes")
async def test_a_program_that_pauses_is_waited_for_and_no_longer(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file ends without a line's end; each part before the last one ends with one."""
    looked = asyncio.Condition()
    one = watcher(store, folder)
    look = one.look

    async def counted(alive: Any = None) -> list[Outcome]:
        found = await look()
        async with looked:
            looked.notify_all()
        return found

    async def looks_at_it(count: int) -> None:
        async with looked:
            for _ in range(count):
                await looked.wait()

    monkeypatch.setattr(one, "look", counted)
    lines = csv_bytes(many(3)).rstrip(b"\r\n").splitlines(keepends=True)
    other = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        WRITER,
        folder / "a.csv",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert other.stdin is not None and other.stdout is not None
    running = asyncio.create_task(one.run())
    try:
        for part in (b"".join(lines[:2]), b"".join(lines[2:])):
            other.stdin.write(b"%d\n%b" % (len(part), part))
            assert await other.stdout.readline() == b"more\n"
            await looks_at_it(5)
            assert table(store, IMPORTS) == [], "it is still open for writing"
        other.stdin.write(b"0\n")
        assert await other.stdout.readline() == b"closed\n"
        closed = time.monotonic()
        await until(store, IMPORTS, [("a.csv", "done")])
        # Two seconds are promised; a machine with other work may take longer, but not as long as one that does not
        # know who writes.
        assert time.monotonic() - closed < watch.QUIET
        assert table(store, ORDERS) == [(3,)]
    finally:
        running.cancel()
        other.stdin.close()
        await other.wait()


@pytest.mark.parametrize(
    ("name", "body"),
    [("a.csv", csv_bytes(many(2)).rstrip(b"\r\n")), ("a.xlsx", xlsx_bytes(many(2))[:-30]), ("b.csv", b"")],
)
@pytest.mark.parametrize("known", [True, False])
async def test_what_ends_in_the_middle_waits(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, body: bytes, known: bool
) -> None:
    """For a short while where it is known that nobody writes, for a long one where it is not."""
    (folder / name).write_bytes(body)
    monkeypatch.setattr(watch, "_written_to", lambda path, descriptor: False if known else None)
    monkeypatch.setattr(watch, "SETTLED" if known else "QUIET", 3_600.0)
    monkeypatch.setattr(watch, "QUIET" if known else "SETTLED", 0.0)
    one = watcher(store, folder)
    await looks(one, 3)
    assert table(store, IMPORTS) == []
    monkeypatch.setattr(watch, "SETTLED" if known else "QUIET", 0.0)
    await looks(one, 1)
    assert len(table(store, IMPORTS)) == 1


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
@pytest.mark.parametrize("known", [True, False])
async def test_a_whole_table_waits_only_where_nobody_sees_its_writer(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, known: bool
) -> None:
    (folder / name).write_bytes(csv_bytes(many(2)) if name == "a.csv" else xlsx_bytes(many(2)))
    monkeypatch.setattr(watch, "_written_to", lambda path, descriptor: False if known else None)
    monkeypatch.setattr(watch, "QUIET", 3_600.0)
    monkeypatch.setattr(watch, "SETTLED", 3_600.0)
    one = watcher(store, folder)
    await looks(one, 3)
    assert table(store, ORDERS) == [(2 if known else 0,)]
    monkeypatch.setattr(watch, "SETTLED", 0.0)
    await looks(one, 1)
    assert table(store, ORDERS) == [(2,)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who writes")
async def test_disks_of_other_computers_cannot_tell_who_writes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(folder / "a.csv", many(1))
    with path.open("rb") as source:
        assert watch._written_to(path, source.fileno()) is False
        monkeypatch.setattr(watch, "LOCAL", frozenset())
        assert watch._written_to(path, source.fileno()) is None


async def test_what_is_broken_is_told_once(store: Store, folder: Path) -> None:
    path = folder / "a.csv"
    path.write_bytes(b"Nama,Umur\nBudi,3\n")
    one = watcher(store, folder)
    await looks(one, 4)
    await looks(watcher(store, folder), 3)
    assert table(store, IMPORTS) == [("a.csv", "failed")]
    assert table(store, "SELECT count(*) FROM changes WHERE kind = 'file.failed'") == [(1,)]
    assert table(store, "SELECT problem FROM job_health") == [("bad_export",)]
    assert path.exists()
    path.unlink()
    await looks(one, 1)
    assert table(store, "SELECT problem FROM job_health") == [(None,)]


async def test_a_folder_that_is_not_there_is_a_problem_of_the_job(store: Store, folder: Path) -> None:
    folder.rmdir()
    async with watching(store, folder):
        await until(store, "SELECT problem FROM job_health", [("no_folder",)])
        folder.mkdir()
        put(folder / "a.csv", many(1))
        await until(store, ORDERS, [(1,)])
        await until(store, "SELECT problem FROM job_health", [(None,)])
        await until(store, IMPORTS, [("a.csv", "done")])


async def test_one_that_was_cut_short_goes_on_and_a_stopped_one_does_not(store: Store, folder: Path) -> None:
    put(folder / "a.csv", many(3))
    one = watcher(store, folder)
    await looks(one, 2)
    for state, after in (("running", "done"), ("stopped", "stopped")):
        store.write(lambda conn, now=state: conn.exec_driver_sql(f"UPDATE file_imports SET state = '{now}'"))  # type: ignore[misc]
        await looks(watcher(store, folder), 2)
        assert table(store, IMPORTS) == [("a.csv", after)]


def test_one_pass_reads_what_lies_there(tmp_path: Path, folder: Path) -> None:
    settings = settings_of(tmp_path, watch=folder.name)
    put(folder / "a.csv", [row(1), row(2, Quantity="x")])
    with closing(Store.open(settings.store_url)) as store:
        [shop] = run_once(settings, {}, store=store).as_json()["shops"]
        assert (shop["shop"], shop["orders_seen"], shop["orders_new"]) == ("toko", 1, 1)
        assert (shop["rejected"], shop["error"]) == (1, None)
        (folder / "b.csv").write_bytes(b"Nama,Umur\nBudi,3\n")
        report = run_once(settings, {}, store=store)
        assert report.failed and list(report.shops[0].problems) == ["files"]
