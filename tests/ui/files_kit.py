"""What the tests of the files' screen share: files that were read, as the background writes them down."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import insert

from store import changes, orders
from store.bulk import table_of
from store.db import Store
from store.models import FileImport, FileReject
from store.times import HOUR, MINUTE
from tests.ui.screen_kit import NOW, record

HEADER = ("Order ID", "Order Status", "Quantity", "Buyer Message")


def file_read(store: Store, **told: Any) -> int:
    """A file that was read for the shop of the tests; its row."""
    facts: dict[str, Any] = {
        "name": "pesanan-24-11.csv", "digest": "ab", "state": "done", "layout": "L65", "header": json.dumps(HEADER),
        "stamp": NOW - 3 * HOUR, "rows": 1_436, "orders": 956, "started_at": NOW - 2 * MINUTE,
        "ended_at": NOW - MINUTE, "requested_by": "seller",
    }  # fmt: skip

    def write(conn: Any) -> int:
        shop = orders.shop_pk(conn, "toko-contoh")
        made = conn.execute(insert(table_of(FileImport)).values(**({"shop_id": shop} | facts | told)))
        return int(made.inserted_primary_key[0])

    return store.write(write)


def rejected(store: Store, import_id: int, row: int, cells: Sequence[str] = (), **told: Any) -> None:
    """A row of it that was not used."""
    facts = {"column": "Quantity", "reason": "quantity", "value": "1,5"} | told
    kept = msgspec.msgpack.encode(list(cells))
    values = {"import_id": import_id, "row": row, "cells": kept, **facts}
    store.write(lambda conn: conn.execute(insert(table_of(FileReject)).values(**values)))


def happened(store: Store, import_id: int, number: int, kind: str, old: str | None, new: str | None) -> None:
    """What a file told of order `number` of the tests."""
    order_id = record(number).order_id

    def write(conn: Any) -> None:
        shop = orders.shop_pk(conn, "toko-contoh")
        pk = conn.exec_driver_sql(f"SELECT id FROM orders WHERE order_id = '{order_id}'").scalar_one()
        changes.append(conn, [(NOW, shop, pk, order_id, kind, old, new, None, f"file:{import_id}")])

    store.write(write)
