"""The least that taking in a Seller Center file can cost: what bench/files.py measures the importer against.

Nothing is checked here, nothing compared, nothing kept for the search, the feed or the next file.
"""

from __future__ import annotations

import csv
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from shop.files.layout import L65

WIB: Final = timezone(timedelta(hours=7))
AT_ONCE: Final = 1_000
"""Orders of one executemany."""
_AT: Final = {name: place for place, name in enumerate(L65)}
_ORDER: Final = (
    "id", "shop_id", "order_id", "channel", "status", "raw_status", "tab", "sort_at", "created_at", "paid_at",
    "updated_at", "shipped_at", "collected_at", "delivered_at", "seen_at", "cod", "cancel_requested", "cancel_reason",
    "delivery_option", "buyer", "city", "province", "address", "phone", "note", "payment_method", "total", "currency",
    "summary", "units", "courier_name", "tracking_number", "packages", "tags", "body_hash",
)  # fmt: skip
_ITEM: Final = (
    "order_pk", "line", "sku_id", "seller_sku", "name", "variation", "quantity", "unit_price", "is_gift",
)  # fmt: skip
_PARCEL: Final = ("order_pk", "package_id", "shop_id", "courier_name", "tracking_number", "misses")
_TIMES: Final = ("Created Time", "Paid Time", "RTS Time", "Shipped Time", "Delivered Time")


def texts(source: str, target: str) -> dict[str, float]:
    """The file's columns as they are: one table of texts without an index, one transaction."""
    begun = time.perf_counter()
    with (
        closing(sqlite3.connect(target)) as conn,
        Path(source).open(encoding="utf-8-sig", newline="") as file,
    ):
        conn.execute("PRAGMA journal_mode = WAL")
        rows = csv.reader(file)
        names = ", ".join(f'"{name}"' for name in next(rows))
        conn.execute(f"CREATE TABLE export ({names})")
        add = f"INSERT INTO export VALUES ({', '.join('?' * (names.count(', ') + 1))})"
        for row in rows:
            conn.execute(add, row)
        conn.commit()
    return {"seconds": time.perf_counter() - begun}


def columns(source: str, target: str) -> dict[str, float]:
    """The program's own columns: orders, items and parcels with their types and indexes, one transaction."""
    from store.db import Store
    from store.sqlite import connect

    Store.open(f"sqlite:///{target}").close()
    begun = time.perf_counter()
    with closing(connect(Path(target))) as conn, Path(source).open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        conn.execute("BEGIN")
        conn.execute("INSERT INTO shops (id, name, kind) VALUES (1, 'bench', 'file')")
        for orders, items, parcels in _batches(rows):
            conn.executemany(_insert("orders", _ORDER), orders)
            conn.executemany(_insert("items", _ITEM), items)
            conn.executemany(_insert("packages", _PARCEL), parcels)
        conn.execute("COMMIT")
    return {"seconds": time.perf_counter() - begun}


def cells(source: str) -> dict[str, float]:
    """The bare read of an XLSX: every cell of its first sheet."""
    from python_calamine import CalamineWorkbook

    begun = time.perf_counter()
    found = CalamineWorkbook.from_path(source).get_sheet_by_index(0).to_python()
    assert len(found[0]) == len(L65)
    return {"seconds": time.perf_counter() - begun}


def _insert(table: str, names: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def _batches(rows: Iterator[list[str]]) -> Iterator[tuple[list[Any], list[Any], list[Any]]]:
    orders: list[Any] = []
    items: list[Any] = []
    parcels: list[Any] = []
    for pk, (_, lines) in enumerate(groupby(rows, itemgetter(_AT["Order ID"])), start=1):
        together = list(lines)
        row = [cell.strip() for cell in together[0]]
        orders.append(_order(pk, row, len(together)))
        for line, told in enumerate(together):
            items.append(_item(pk, line, told))
        number = row[_AT["Tracking ID"]] or None
        if parcel := row[_AT["Package ID"]] or number:
            parcels.append((pk, parcel, 1, row[_AT["Shipping Provider Name"]], number, 0))
        if len(orders) == AT_ONCE:
            yield orders, items, parcels
            orders, items, parcels = [], [], []
    yield orders, items, parcels


def _order(pk: int, row: list[str], lines: int) -> tuple[Any, ...]:
    created, paid, arranged, taken, delivered = (_moment(row[_AT[name]]) for name in _TIMES)
    status = row[_AT["Order Status"]]
    return (
        pk, 1, row[_AT["Order ID"]], row[_AT["Purchase Channel"]], status, status, 2, created, created, paid,
        delivered or taken or arranged or paid or created, arranged, taken, delivered, created, 0, 0,
        row[_AT["Cancel Reason"]], row[_AT["Delivery Option"]], row[_AT["Recipient"]], row[_AT["Regency and City"]],
        row[_AT["Province"]], row[_AT["Detail Address"]], row[_AT["Phone #"]], row[_AT["Buyer Message"]],
        row[_AT["Payment Method"]], int(row[_AT["Order Amount"]] or 0), "IDR", row[_AT["Product Name"]], lines,
        row[_AT["Shipping Provider Name"]], row[_AT["Tracking ID"]], 1, "", b"12345678",
    )  # fmt: skip


def _item(pk: int, line: int, row: list[str]) -> tuple[Any, ...]:
    sku, seller = row[_AT["SKU ID"]].strip(), row[_AT["Seller SKU"]]
    price, pieces = int(row[_AT["SKU Unit Original Price"]]), int(row[_AT["Quantity"]])
    return pk, line, sku, seller, row[_AT["Product Name"]], row[_AT["Variation"]], pieces, price, 0


def _moment(told: str) -> int | None:
    """Epoch ms of `dd/mm/yyyy HH:MM:SS`."""
    if not told:
        return None
    return int(datetime.strptime(told, "%d/%m/%Y %H:%M:%S").replace(tzinfo=WIB).timestamp()) * 1_000
