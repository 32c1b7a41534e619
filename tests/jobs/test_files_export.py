"""Orders out of a store as a file: which, whole or not at all, noted, and the same again when it is read."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jobs.config.settings import Settings
from jobs.files import export as module
from jobs.files.export import Refused, Stopped, Wanted, export
from jobs.files.importer import import_file
from shop.files import csv_out, xlsx_out
from shop.files.layout import L65, PANTAU
from store import orders
from store.db import Store
from store.records import ItemRecord, OrderRecord
from store.status import Tab
from store.views import View
from tests.jobs.import_kit import SHOP, everything, many, put, settings_of, table
from tests.shop.files_kit import row
from tests.shop.test_files_sheet import cells_of, order

ENDINGS = pytest.mark.parametrize("ending", ["csv", "xlsx"])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    made = Store.open(str(tmp_path / "other.db"))
    yield made
    made.close()


def take(store: Store, settings: Settings, path: Path) -> Any:
    """Read a file, all of it."""
    told = asyncio.run(import_file(store, settings, settings.shops[0], path, by="test"))
    assert (told.state, told.rejected) == ("done", ()), told
    return told


def told(store: Store, *records: OrderRecord) -> None:
    """Orders as an API tells them."""

    def write(conn: Any) -> None:
        orders.ingest(conn, orders.shop_pk(conn, SHOP), records, 0, authoritative=True)

    store.write(write)


def records_of(store: Store) -> list[OrderRecord]:
    with closing(store.reader()) as reader:
        found = [record for record, _ in reader.records(reader.every_pk())]
    return sorted(found, key=lambda record: record.order_id)


def left(folder: Path) -> list[str]:
    """What lies in the folder besides settings and stores."""
    return sorted(
        one.name for one in folder.iterdir() if one.suffix in (".csv", ".xlsx") or one.name[0] == "."
    )


@ENDINGS
def test_a_file_shops_export_has_the_platforms_columns_and_changes_nothing(
    tmp_path: Path, store: Store, other: Store, settings: Settings, ending: str
) -> None:
    rows = [
        *many(5),
        row(6, 1, state="collection"),
        row(6, 2, state="collection"),
        row(7, Rak="B-2", state="done"),
    ]
    take(store, settings, put(tmp_path / "in.csv", rows))
    path = tmp_path / f"out.{ending}"
    written = export(store, settings, Wanted(path), by="cli")
    assert (written.orders, written.rows, written.columns) == (7, 8, (*L65, "Rak"))
    assert path.stat().st_mode & 0o777 == 0o600
    before = everything(store)
    again = take(store, settings, path)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 7)
    assert [one[:-2] for one in msgspec.msgpack.decode(everything(store))] == [
        one[:-2] for one in msgspec.msgpack.decode(before)
    ]
    take(other, settings, path)
    assert records_of(other) == records_of(store)


@ENDINGS
def test_what_the_api_told_comes_back_deadlines_included(
    tmp_path: Path, store: Store, other: Store, settings: Settings, ending: str
) -> None:
    things = (
        ItemRecord("1730000000000000001", "Kaos", 1, 10, "9"),
        ItemRecord("1730000000000000002", "=1", 3, 20),
    )
    told(
        store,
        order(1),
        order(2, items=things, note="'=x"),
        order(3, status="COMPLETED", raw_status="COMPLETED"),
    )
    path = tmp_path / f"out.{ending}"
    assert export(store, settings, Wanted(path), by="cli").columns == (*L65, PANTAU)
    assert take(other, settings, path).warnings == ()
    assert records_of(other) == records_of(store)
    assert take(store, settings, path).changed == 0


def test_a_mixed_store_begins_anew_with_the_columns_it_needs(
    tmp_path: Path, store: Store, settings: Settings
) -> None:
    take(store, settings, put(tmp_path / "in.csv", [row(1), row(2, Rak="B-2"), row(3, Lorong="7")]))
    told(store, order(9))
    written = export(store, settings, Wanted(tmp_path / "out.csv"), by="cli")
    assert written.orders == 4
    assert set(written.columns[65:]) == {"Rak", "Lorong", PANTAU}
    assert written.columns[-1] == PANTAU
    assert [one[PANTAU] == "" for one in cells_of(tmp_path / "out.csv")] == [True, True, True, False]


def test_which_orders(tmp_path: Path, store: Store, settings: Settings) -> None:
    rows = [row(1), row(2, state="done"), row(3, Recipient="Siti Zulaikha")]
    take(store, settings, put(tmp_path / "in.csv", rows))
    with closing(store.reader()) as reader:
        second = reader.find("580000000000000002")[0]
    path = tmp_path / "out.csv"

    def ids(**how: Any) -> set[int]:
        export(store, settings, Wanted(path, replace=True, **how), by="cli")
        return {int(one["Order ID"].strip()) % 1_000 for one in cells_of(path)}

    assert ids() == {1, 2, 3}
    assert ids(tab=Tab.TO_SHIP) == {1, 3}
    assert ids(view=View(Tab.COMPLETED)) == {2}
    assert ids(search="zulaikha") == {3}
    assert ids(pks=(second,)) == {2}
    assert ids(search="tidak ada") == ids(pks=()) == set()


def test_many_orders_are_read_page_by_page(
    tmp_path: Path, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store.reading import export as reading

    monkeypatch.setattr(reading, "PAGE", 7)
    take(store, settings, put(tmp_path / "in.csv", many(30)))
    choices: tuple[dict[str, Any], ...] = (
        {}, {"tab": Tab.TO_SHIP}, {"view": View(Tab.TO_SHIP, sort="newest")},
    )  # fmt: skip
    for number, how in enumerate(choices):
        path = tmp_path / f"{number}.csv"
        export(store, settings, Wanted(path, **how), by="cli")
        assert sorted(int(one["Order ID"].strip()) % 1_000 for one in cells_of(path)) == list(range(1, 31))


def test_masked_nothing_of_the_buyer_is_left(tmp_path: Path, store: Store, settings: Settings) -> None:
    buyer = {
        "Recipient": "Zulaikha Rahma", "Buyer Username": "zulaikha99", "Phone #": "(+62)81277776666",
        "Detail Address": "Jalan Kenanga 5", "Zipcode": "40999", "Villages": "Sukasari", "Districts": "Cidadap",
        "Additional address information": "pagar hijau", "Buyer Message": "WA 0812-7777-6666 ya", "Kontak": "Zul",
    }  # fmt: skip
    take(store, settings, put(tmp_path / "in.csv", [row(1) | buyer]))
    told(
        store, order(2, buyer="Zulaikha", address="Jalan Kenanga 5", buyer_id="id-zul", phone="081277776666")
    )
    for compact in (False, True):
        path = tmp_path / f"{compact}.csv"
        export(store, settings, Wanted(path, mask=True, compact=compact), by="cli")
        text = path.read_text("utf-8-sig")
        for secret in (
            "ulaikha",
            "7777",
            "Kenanga",
            "40999",
            "Sukasari",
            "Cidadap",
            "pagar",
            "Zul",
            "id-zul",
        ):
            assert secret not in text, secret
        assert "Z***" in text
        assert "Kota Bandung" in text


def test_the_short_list(tmp_path: Path, store: Store, settings: Settings) -> None:
    told(
        store,
        order(1, buyer="=cmd", items=(ItemRecord("1730000000000000001", "Kaos", 2, 10, variation="L"),)),
    )
    path = tmp_path / "out.csv"
    export(store, settings, Wanted(path, compact=True), by="cli")
    (one,) = cells_of(path)
    assert one == {
        "Nomor pesanan": "580000000000000001\t", "Status": "Menunggu pengiriman", "Batas waktu": "06/10/2026 08:00",
        "Pembeli": "'=cmd", "Kota": "Kota Bandung", "Barang": "2x Kaos (L)", "Jumlah": "2", "Total": "104000",
        "Kurir": "J&T Express", "Resi": "\t",
    }  # fmt: skip


def test_it_is_noted_who_took_what(tmp_path: Path, store: Store, settings: Settings) -> None:
    told(store, order(1))
    export(store, settings, Wanted(tmp_path / "out.csv", mask=True), by="seller")
    assert table(store, "SELECT kind, actor, detail FROM changes WHERE kind LIKE 'orders.%'") == [
        ("orders.exported", "seller", '{"name":"out.csv","orders":1,"masked":true}')
    ]


def test_never_over_a_file_that_is_there(tmp_path: Path, store: Store, settings: Settings) -> None:
    told(store, order(1))
    path = tmp_path / "out.csv"
    path.write_text("milik orang lain")
    with pytest.raises(Refused, match="exists"):
        export(store, settings, Wanted(path), by="cli")
    assert path.read_text() == "milik orang lain"
    export(store, settings, Wanted(path, replace=True), by="cli")
    assert len(cells_of(path)) == 1


@pytest.mark.parametrize("links", [True, False])
def test_nor_over_one_that_came_meanwhile(
    tmp_path: Path, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    told(store, order(1))
    if not links:

        def no_links(*_: Any) -> None:
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "out.csv"

    def somebody(done: int, total: int) -> None:
        path.write_text("lain")

    with pytest.raises(Refused, match="exists"):
        export(store, settings, Wanted(path), by="cli", progress=somebody)
    assert path.read_text() == "lain"
    assert left(tmp_path) == ["out.csv"]
    export(store, settings, Wanted(tmp_path / "other.csv"), by="cli")
    assert len(cells_of(tmp_path / "other.csv")) == 1


@ENDINGS
def test_a_full_disk_leaves_nothing(
    tmp_path: Path, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    told(store, order(1))

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="full") as caught:
        export(store, settings, Wanted(tmp_path / f"out.{ending}"), by="cli")
    assert caught.value.why == "No space left on device"
    assert left(tmp_path) == []
    assert table(store, "SELECT kind FROM changes WHERE kind LIKE 'orders.%'") == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@ENDINGS
@pytest.mark.parametrize("count", [1, 2_000])
def test_nor_does_one_that_fills_up_while_it_is_written(
    tmp_path: Path, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, ending: str, count: int
) -> None:
    told(store, *map(order, range(1, count + 1)))
    path, open_ = tmp_path / f"out.{ending}", os.open
    path.write_text("yang lama")

    def full(name: Any, flags: int, *mode: int, **how: Any) -> int:
        """As ever, but what is written to the new file the kernel refuses."""
        handle = open_(name, flags, *mode, **how)
        if Path(name).stem == "part":
            os.dup2(there := open_("/dev/full", os.O_RDWR), handle)
            os.close(there)
        return handle

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(Refused, match="full") as caught:
        export(store, settings, Wanted(path, replace=True), by="cli")
    assert caught.value.why == "No space left on device"
    assert left(tmp_path) == [path.name]
    assert path.read_text() == "yang lama"
    assert table(store, "SELECT kind FROM changes WHERE kind LIKE 'orders.%'") == []


def test_a_name_taken_on_a_full_stick_is_given_back(
    tmp_path: Path, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(store, order(1))

    def fails(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", fails)
    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(Refused, match="full"):
        export(store, settings, Wanted(tmp_path / "out.csv"), by="cli")
    assert left(tmp_path) == []


@ENDINGS
def test_a_column_that_a_file_named_like_a_formula_does_not_act(
    tmp_path: Path, store: Store, other: Store, settings: Settings, ending: str
) -> None:
    take(store, settings, put(tmp_path / "in.csv", [row(1) | {"=1+1": "x"}]))
    path = tmp_path / f"out.{ending}"
    assert export(store, settings, Wanted(path), by="cli").columns == (*L65, "=1+1")
    assert cells_of(path)[0]["'=1+1"] == "x"
    take(other, settings, path)
    again = tmp_path / f"again.{ending}"
    assert export(other, settings, Wanted(again), by="cli").columns == (*L65, "=1+1")


def test_a_sheet_that_needs_zip64_is_begun_anew_with_it(
    tmp_path: Path, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(store, *map(order, range(1, 300)))
    monkeypatch.setattr(xlsx_out, "LARGEST", 400_000)
    path = tmp_path / "out.xlsx"
    assert export(store, settings, Wanted(path), by="cli").rows == 299
    assert len(cells_of(path)) == 299
    assert left(tmp_path) == ["out.xlsx"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("out.txt", "wrong_name"),
        ("out", "wrong_name"),
        ("tidak/ada/out.csv", "no_folder"),
        ("d.csv", "is_folder"),
    ],
)
def test_what_cannot_be_written(
    tmp_path: Path, store: Store, settings: Settings, name: str, problem: str
) -> None:
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(Refused, match=problem):
        export(store, settings, Wanted(tmp_path / name), by="cli")


def test_every_error_of_the_system_has_a_code() -> None:
    assert module.refused(PermissionError(errno.EACCES, "Permission denied")).problem == "forbidden"
    assert module.refused(OSError(errno.EIO, "I/O error")).problem == "failed"
    assert module.refused(OSError("something")).why == "OSError"


@ENDINGS
def test_stopped_nothing_is_left(tmp_path: Path, store: Store, settings: Settings, ending: str) -> None:
    take(store, settings, put(tmp_path / "in.csv", many(300)))
    stop = threading.Event()

    def progress(done: int, total: int) -> None:
        assert total == 300
        if done:
            stop.set()

    with pytest.raises(Stopped):
        export(store, settings, Wanted(tmp_path / f"out.{ending}"), by="cli", progress=progress, stop=stop)
    assert left(tmp_path) == ["in.csv"]


def test_a_reader_that_fails_leaves_nothing(
    tmp_path: Path, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(store, order(1))
    monkeypatch.setattr(csv_out, "write", lambda *_: (_ for _ in ()).throw(RuntimeError("aus")))
    with pytest.raises(RuntimeError):
        export(store, settings, Wanted(tmp_path / "out.csv"), by="cli")
    assert left(tmp_path) == []
