"""Reading a Seller Center file into the store by another program: whole, again, broken, stopped, twice at once."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest

from jobs.config.keys import DeadlineSettings
from jobs.files import child, reading
from jobs.files.importer import import_file
from jobs.files.outcome import Outcome, Progress
from shop.files.facts import Broken, Head, Piece
from store.db import Store
from tests.jobs.import_kit import everything, many, put, settings_of, table
from tests.shop.files_kit import csv_bytes, row, xlsx_bytes


async def bring(
    store: Store, folder: Path, path: Path, stop: threading.Event | None = None, at: int = 0
) -> Outcome:
    """Read a file; `stop` is set as soon as so many orders are in."""
    settings = settings_of(folder)

    def progress(told: Progress) -> None:
        if stop is not None and told.orders >= at:
            stop.set()

    return await import_file(
        store, settings, settings.shops[0], path, by="test", progress=progress, stop=stop
    )


def sums(outcome: Outcome) -> tuple[int, int, int, int, int]:
    """rows, orders, new, changed, unchanged."""
    return outcome.rows, outcome.orders, outcome.new, outcome.changed, outcome.unchanged


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_file_becomes_orders(store: Store, tmp_path: Path, kind: str) -> None:
    rows = [row(1, 1), row(1, 2), row(2, state="collection"), row(3, state="cancelled")]
    path = tmp_path / f"pesanan.{kind}"
    path.write_bytes(csv_bytes(rows) if kind == "csv" else xlsx_bytes(rows))
    outcome = await bring(store, tmp_path, path)
    assert (outcome.state, sums(outcome), outcome.rejected) == ("done", (4, 3, 3, 0, 0), ())
    found = table(store, "SELECT status, scan_by IS NULL, deadline_source FROM orders ORDER BY order_id")
    assert [(one[0], bool(one[1]), one[2]) for one in found] == [
        ("AWAITING_SHIPMENT", False, "dispatch"),
        ("AWAITING_COLLECTION", False, "dispatch"),
        ("CANCELLED", True, None),
    ]
    before = everything(store)
    assert sums(await bring(store, tmp_path, path)) == (4, 3, 0, 0, 3)
    assert everything(store) == before


async def test_what_a_newer_file_says_is_told(store: Store, tmp_path: Path) -> None:
    await bring(store, tmp_path, put(tmp_path / "a.csv", many(4)))
    newer = [row(1, state="cancelled"), row(2, state="collection"), row(4)]
    outcome = await bring(store, tmp_path, put(tmp_path / "b.csv", newer))
    assert sums(outcome) == (3, 3, 0, 2, 1)
    assert outcome.cancelled == ("580000000000000001",)
    assert outcome.gone == ("580000000000000003",)
    older = await bring(store, tmp_path, put(tmp_path / "a2.csv", many(3)))
    assert (sums(older), older.gone) == ((3, 3, 0, 0, 3), ())


async def test_a_bad_row_costs_only_itself(store: Store, tmp_path: Path) -> None:
    rows = [row(1), row(2, Quantity="banyak"), row(3)]
    outcome = await bring(store, tmp_path, put(tmp_path / "a.csv", rows))
    assert sums(outcome) == (3, 2, 2, 0, 0)
    assert [(one.row, one.column, one.reason, one.value) for one in outcome.rejected] == [
        (3, "Quantity", "quantity", "banyak")
    ]
    reader = store.reader()
    assert outcome.import_id is not None
    assert reader.rejects(outcome.import_id)[0].cells[0].strip() == "580000000000000002"
    reader.close()


async def test_a_broken_file_costs_nothing(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"Nama,Umur\nBudi,3\n")
    outcome = await bring(store, tmp_path, path)
    assert outcome.state == "failed" and outcome.problem and outcome.flawed
    assert table(store, "SELECT count(*) FROM orders") == [(0,)]
    assert table(store, "SELECT kind FROM changes") == [("file.failed",)]


async def test_a_file_that_is_not_there(store: Store, tmp_path: Path) -> None:
    outcome = await bring(store, tmp_path, tmp_path / "none.csv")
    assert (outcome.state, outcome.problem, outcome.import_id) == ("failed", "no_file", None)


async def test_a_person_stops_it_and_takes_it_up_again(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", many(1_700))
    outcome = await bring(store, tmp_path, path, threading.Event(), 500)
    assert outcome.state == "stopped" and 500 <= outcome.orders < 1_700
    assert table(store, "SELECT count(*) FROM orders") == [(outcome.orders,)]
    again = await bring(store, tmp_path, path)
    assert (again.state, again.import_id, sums(again)) == (
        "done",
        outcome.import_id,
        (1_700, 1_700, 1_700, 0, 0),
    )


async def test_two_who_read_the_same_file_at_once(store_url: str, tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", many(1_200))
    stores = [Store.open(store_url) for _ in range(2)]
    try:
        outcomes = await asyncio.gather(*(bring(one, tmp_path, path) for one in stores))
        assert table(stores[0], "SELECT count(*) FROM orders") == [(1_200,)]
        assert table(stores[0], "SELECT count(*) FROM changes WHERE kind = 'order.new'") == [(1_200,)]
        for outcome in outcomes:
            assert outcome.state == "done" and outcome.new + outcome.unchanged == outcome.orders == 1_200
    finally:
        for one in stores:
            one.close()


async def test_the_other_program_waits_for_us(tmp_path: Path) -> None:
    """It may not run ahead: most of a large file is still to be parsed while its first chunk is in hand."""
    path = put(tmp_path / "a.csv", many(6_000))
    got: list[list[Piece]] = []
    pieces = reading.read(path, DeadlineSettings())
    async for some in pieces:
        got.append(some)
        if len(got) == 2:
            break
    assert isinstance(got[0][0], Head) and len(got[1]) == child.ORDERS
    await pieces.aclose()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of POSIX")
async def test_what_costs_too_much_is_given_up(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", many(3_000))
    with pytest.raises(Broken, match=r"broken|too_big"):
        async for _ in reading.read(path, DeadlineSettings(), memory=16 * 1024 * 1024):
            pass
    with pytest.raises(Broken, match="too_slow"):
        async for _ in reading.read(path, DeadlineSettings(), patience=0.0):
            pass


async def test_a_reader_that_dies_is_a_broken_file(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = tmp_path / "dying.py"
    dying.write_text("import os\nos.write(1, b'\\0\\0\\0\\7abc')\nos._exit(9)\n")
    monkeypatch.setattr(child, "__file__", str(dying))
    outcome = await bring(store, tmp_path, put(tmp_path / "a.csv", many(2)))
    assert (outcome.state, outcome.problem) == ("failed", "broken")
