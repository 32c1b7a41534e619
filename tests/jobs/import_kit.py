"""What the tests of reading Seller Center files share: settings, files, and what the store then says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import text

from jobs.config.settings import Settings, load
from store.db import Store
from tests.shop.files_kit import Row, csv_bytes, row

SHOP = "toko"


def settings_of(folder: Path, *, watch: str = "") -> Settings:
    """The settings of a seller with one file shop, from a file in that folder."""
    path = folder / "config.toml"
    watched = f'watch_dir = "{watch}"\n' if watch else ""
    path.write_text(f'[[shops]]\nname = "{SHOP}"\nkind = "file"\n{watched}')
    return load(path, {"PANTAU_DATA_DIR": str(folder / "data")}, {})


def put(path: Path, rows: Sequence[Row], **how: Any) -> Path:
    """Write an export as CSV."""
    path.write_bytes(csv_bytes(rows, **how))
    return path


def many(count: int, **cells: Any) -> list[Row]:
    """So many orders of one line."""
    return [row(one, **cells) for one in range(1, count + 1)]


def table(store: Store, statement: str) -> list[tuple[Any, ...]]:
    """Rows of a question in SQL."""
    return [tuple(found) for found in store.read(lambda conn: conn.execute(text(statement)).all())]


def everything(store: Store) -> bytes:
    """What the store says of all orders, without our own clocks and numbers."""
    statement = (
        "SELECT o.order_id, o.status, o.updated_at, o.scan_by, o.total, o.body_hash, f.stamp, f.extra"
        " FROM orders o JOIN file_orders f ON f.order_pk = o.id ORDER BY o.order_id"
    )
    return msgspec.msgpack.encode([[*map(_plain, found)] for found in table(store, statement)])


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
