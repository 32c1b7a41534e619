"""What files tell of buyers, and forgetting it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, func, select, update

from store.bulk import table_of, update_rows
from store.models import FileImport, FileOrder, FileReject

_IMPORTS: Final = table_of(FileImport)
_REJECTS: Final = table_of(FileReject)
_FILE_ORDERS: Final = table_of(FileOrder)
PERSONAL: Final = frozenset(
    {
        *("recipient", "buyer username", "buyer nickname", "phone #", "zipcode", "districts", "villages"),
        *("detail address", "address line 1", "address line 2", "additional address information"),
        *("delivery instruction", "buyer message"),
    }
)
"""Columns of a file, folded, that say who a buyer is or where he lives."""


def without_persons(extra: bytes) -> bytes:
    """The cells of an order without those that say who the buyer is."""
    if not extra:
        return extra
    told = msgspec.msgpack.decode(extra)
    kept = {
        "order": _impersonal(told.get("order", {})),
        "lines": [_impersonal(line) for line in told.get("lines", ())],
    }
    return msgspec.msgpack.encode(kept)


def _impersonal(cells: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in cells.items() if name.strip().casefold() not in PERSONAL}


def forget(conn: Connection, pks: Sequence[int]) -> None:
    """Take what is personal out of the cells of these orders."""
    query = select(_FILE_ORDERS.c.order_pk, _FILE_ORDERS.c.extra).where(_FILE_ORDERS.c.order_pk.in_(pks))
    rows = [(without_persons(bytes(row.extra)), row.order_pk) for row in conn.execute(query)]
    update_rows(conn, _FILE_ORDERS, ("extra",), ("order_pk",), rows)


def forget_refused(conn: Connection, before: int) -> None:
    """Empty the refused rows of files that were read before then: whose address stands in them nobody knows."""
    old = select(_IMPORTS.c.id).where(_IMPORTS.c.started_at < before)
    held = _REJECTS.c.import_id.in_(old) & (func.length(_REJECTS.c.cells) > 0)
    conn.execute(update(_REJECTS).where(held).values(cells=b"", value=""))
