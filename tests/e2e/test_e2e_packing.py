"""The packing table in a real terminal, with keys as fast as a scanner's, and `pantau pack` as a script calls it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store import orders
from store.db import Store
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.times import HOUR, now_ms
from tests.e2e.monitor import Monitor
from tests.e2e.program import Pantau, words, write_config

SHOP = '[[shops]]\nname = "toko-contoh"\nkind = "file"\n'
TOP = '[packing]\npacker = "Sari"\n\n'
ORDER, RESI = "580000000000000001", "JP1234567890"
CANCELLED, TWICE = "JP3333333333", "580000000000000004"
SILENCE = 0.4
"""Seconds without a key, around one that a person means."""


def record(order_id: str, *parcels: tuple[str, str], status: str = "AWAITING_COLLECTION") -> OrderRecord:
    now = now_ms()
    return OrderRecord(
        order_id=order_id,
        status=status,
        raw_status=status,
        created_at=now - 5 * HOUR,
        updated_at=now - HOUR,
        scan_by=now + 20 * HOUR,
        items=(
            ItemRecord("17300", "Kaos Polos", 2, 68_000, None, "KP-HTM-L", "Hitam, L"),
            ItemRecord("17301", "Topi Trucker", 1, 30_000, None, "TP-NVY", "Navy"),
        ),
        packages=tuple(
            PackageRecord(package_id, "PROCESSING", "jnt", "J&T Express", None, number)
            for package_id, number in parcels
        ),
        note="tolong bubble wrap",
    )


@pytest.fixture
def pantau(tmp_path: Path) -> Pantau:
    """The program with parcels to pack, of a shop that is never asked."""
    program = Pantau(write_config(tmp_path, SHOP, TOP), {})
    program.data.mkdir(mode=0o700)
    some = [
        record(ORDER, ("11501", RESI)),
        record("580000000000000002", ("11502", "JP2222222222")),
        record("580000000000000003", ("11503", CANCELLED), status="CANCELLED"),
        record(TWICE, ("11504", "JP4444444441"), ("11505", "JP4444444442")),
    ]
    store = Store.open(str(program.data / "pantau.db"))
    store.write(lambda conn: orders.ingest(conn, orders.shop_pk(conn, "toko-contoh", "file"), some, now_ms()))
    store.close()
    return program


@pytest.fixture
def table(pantau: Pantau) -> Iterator[Monitor]:
    """The packing table in a terminal."""
    with Monitor.of(pantau, cols=100, rows=30) as monitor:
        monitor.until(lambda: "Topi" in monitor.text() or monitor.counts(), "the list appeared", 45)
        monitor.insist("B", lambda: words("packing.waiting") in monitor.text(), "the table opened")
        yield monitor


def scan(monitor: Monitor, code: str) -> None:
    monitor.send(code + "\r")


def press(monitor: Monitor, key: str) -> None:
    """As a person: nothing before it, nothing after it."""
    time.sleep(SILENCE)
    monitor.send(key)


@pytest.mark.pty
def test_a_parcel_packed_with_a_scanner_in_a_terminal(table: Monitor, pantau: Pantau) -> None:
    # While the program is still starting a scan is refused aloud.
    table.insist(
        RESI + "\r", lambda: words("packing.progress", done=0, wanted=3) in table.text(), "it opened"
    )
    table.until(lambda: "tolong bubble wrap" in table.text(), "the buyer's note is in sight")
    table.settle(0.3)
    rung = table.raw.count(7)
    for code in ("KP-HTM-L", "TP-NVY"):
        scan(table, code)
    table.until(lambda: words("packing.progress", done=2, wanted=3) in table.text(), "two things are in")
    table.settle(0.3)
    assert table.raw.count(7) == rung + 2, "one bell for each right thing"
    # A code that nobody knows and that holds every key of the screen.
    scan(table, "yfbowlc-YES")
    table.until(lambda: words("packing.stopped") in table.text(), "it stopped")
    table.until(lambda: table.raw.count(7) == rung + 5, "three bells more")
    scan(table, "y12345")
    table.until(lambda: words("packing.refused", code="y12345") in table.text(), "it still stands")
    press(table, "y")
    table.until(lambda: words("packing.progress", done=2, wanted=3) in table.text(), "it goes on")
    scan(table, "KP-HTM-L")
    table.until(lambda: words("packing.done", id=RESI) in table.text(), "it is packed")
    scan(table, CANCELLED)
    table.until(lambda: words("packing_stop.cancelled", order="580000000000000003") in table.text(), "a stop")
    day = pantau.json("pack", "--today")
    assert (day["packed"], day["packers"]) == (1, [{"packer": "Sari", "packed": 1}])
    assert day["stopped"] == 2


def test_a_script_packs_a_parcel(pantau: Pantau) -> None:
    first = pantau.json("pack", RESI, "--item", "KP-HTM-L")
    assert (first["package_id"], first["order_id"], first["tracking_number"]) == ("11501", ORDER, RESI)
    assert (first["outcome"], first["packer"], first["stops"]) == ("open", "Sari", [])
    assert [(one["sku_id"], one["wanted"], one["scanned"]) for one in first["items"]] == [
        ("17300", 2, 1), ("17301", 1, 0),
    ]  # fmt: skip
    last = pantau.json("pack", "jp 1234567890", "--item", "kp-htm-l", "--item", "17301", "--packer", "Budi")
    assert (last["outcome"], last["packer"]) == ("packed", "Sari"), "who began it packs it"
    again = pantau.json("pack", RESI, code=1)
    assert (again["outcome"], [stop["reason"] for stop in again["stops"]]) == ("stopped", ["packed"])


def test_a_script_finishes_without_scanning(pantau: Pantau) -> None:
    done = pantau.json("pack", RESI, "--finish", "--packer", "Budi")
    assert (done["outcome"], done["packer"]) == ("packed", "Budi")
    assert [one["by_hand"] for one in done["items"]] == [2, 1]
    day = pantau.json("pack", "--today")
    assert day["last"][0]["order_id"] == ORDER
    assert words("pack.today", packed=1, stopped=0) in pantau.run("pack", "--today").stdout


@pytest.mark.parametrize(
    ("arguments", "reason", "outcome"),
    [
        ((CANCELLED, "--finish"), "cancelled", "stopped"),
        (("NOBODY-1", "--finish"), "unknown", "stopped"),
        ((RESI, "--item", "8999999", "--finish"), "unknown_item", "open"),
        ((RESI, "--item", "TP-NVY", "--item", "TP-NVY"), "too_many", "open"),
        ((TWICE,), "several", "stopped"),
    ],
)
def test_a_stop_ends_with_one(pantau: Pantau, arguments: tuple[str, ...], reason: str, outcome: str) -> None:
    told: dict[str, Any] = pantau.json("pack", *arguments, code=1)
    assert told["stops"][-1]["reason"] == reason
    assert told["stops"][-1]["acknowledged_at"] is None
    assert told["outcome"] == outcome
    done = pantau.run("pack", *arguments, code=1)
    assert done.stderr.strip()


def test_a_second_call_goes_on_after_a_wrong_thing(pantau: Pantau) -> None:
    pantau.json("pack", RESI, "--item", "8999999", code=1)
    told = pantau.json("pack", RESI, "--finish")
    assert told["outcome"] == "packed"
    assert told["stops"][0]["acknowledged_at"] is not None


def test_more_things_than_belong_in_are_told(pantau: Pantau) -> None:
    items = ("KP-HTM-L", "KP-HTM-L", "TP-NVY", "TP-NVY")
    told = pantau.json("pack", RESI, *(word for item in items for word in ("--item", item)), code=1)
    assert (told["outcome"], told["stops"][-1]["reason"]) == ("packed", "too_many")


@pytest.mark.parametrize("arguments", [(), ("--today", RESI), (" ",), ("\x1b",)])
def test_a_wrong_call_is_told(pantau: Pantau, arguments: tuple[str, ...]) -> None:
    assert "--today" in pantau.run("pack", *arguments, code=2).stderr


def test_who_only_looks_packs_nothing(pantau: Pantau) -> None:
    pantau.environ["PANTAU_READ_ONLY"] = "true"
    pantau.run("pack", RESI, code=1)
    assert json.loads(pantau.run("pack", "--today", "--json").stdout)["packed"] == 0
