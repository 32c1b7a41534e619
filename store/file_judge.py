"""Which of two files is right about an order, and what that changes in the store.

Whatever came last makes no difference: the greater (update time, rank of the status, whole or with a row lost, stamp of
the file, fingerprint) counts, and the cells that only files know go with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from store.bulk import insert_rows, rows_in, table_of, update_rows
from store.file_privacy import without_persons
from store.flatten import fingerprint
from store.ingest import Judged, put
from store.models import FileImport, FileOrder, Order
from store.records import CLOCKS, OrderRecord
from store.status import OrderStatus

_IMPORTS: Final = table_of(FileImport)
_FILE_ORDERS: Final = table_of(FileOrder)
_ORDERS: Final = table_of(Order)
_LINK: Final = ("order_pk", "shop_id", "import_id", "stamp", "whole", "extra")

_NAMED: Final = ("buyer", "phone", "address")
"""What the nightly sweep takes out of an order that ended long ago."""
_RANK: Final = {status.value: rank for rank, status in enumerate(OrderStatus)}
# A status of unknown words stands before the two endings: COMPLETED alone has no time of its own that would tell it
# from what was before, every other step has one.
_RANK[OrderStatus.UNKNOWN] = _RANK[OrderStatus.DELIVERED]
_KNOWN: Final = ("order_id", "id", "body_hash", "updated_at", "status", *CLOCKS, *_NAMED)
Key = tuple[int, int, bool, int, bytes]


class TakenIn(msgspec.Struct):
    """What one chunk did, in orders; all zero when another process had taken it."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


class FileTold(msgspec.Struct, frozen=True):
    """One order as a file tells it."""

    record: OrderRecord
    extra: bytes
    whole: bool = True


class Readings:
    """How old the files are that orders of this shop point to."""

    def __init__(self, conn: Connection, shop_id: int, import_id: int, stamp: int, digest: str) -> None:
        self.id = import_id
        self.stamp = stamp
        columns = (_IMPORTS.c.id, _IMPORTS.c.stamp, _IMPORTS.c.digest)
        self._age: dict[int, tuple[int, int]] = {}
        self.same: set[int] = set()
        """Readings of this very file."""
        for pk, told, other in conn.execute(select(*columns).where(_IMPORTS.c.shop_id == shop_id)):
            self._age[pk] = (told or 0, pk)
            if other == digest:
                self.same.add(pk)

    def newest(self, other: int) -> int:
        """Of this file and another one the newer; of equals that which was read last, of the same the first."""
        if other in self.same:
            return other
        return max(other, self.id, key=lambda pk: self._age.get(pk, (0, pk)))


def judge(
    conn: Connection, shop_id: int, files: Readings, orders: Sequence[FileTold], now: int, only_new: bool
) -> TakenIn:
    """Write what counts of a chunk. `only_new`: the shop's orders come from elsewhere, and are left alone."""
    incoming = {one.record.order_id: one for one in orders}
    rows = rows_in(conn, _ORDERS, _KNOWN, shop_id, "order_id", list(incoming))
    known = {row[0]: row[1:] for row in rows}
    pks = [row[0] for row in known.values()]
    links: dict[int, Any] = {}
    if pks and not only_new:
        told = conn.execute(
            select(*(_FILE_ORDERS.c[name] for name in _LINK)).where(_FILE_ORDERS.c.order_pk.in_(pks))
        )
        links = {row.order_pk: row for row in told}
    fresh: list[FileTold] = []
    newer: dict[int, Judged] = {}
    moved: list[tuple[Any, ...]] = []
    added: list[tuple[Any, ...]] = []
    for order_id, one in incoming.items():
        old = known.get(order_id)
        if old is None:
            fresh.append(one)
            continue
        if only_new:
            continue
        pk, body_hash, updated_at, status, *rest = old
        clocks, named = rest[: len(CLOCKS)], rest[len(CLOCKS) :]
        judged = fingerprint(one.record)
        link = links.get(pk)
        if link is None:
            # Known from elsewhere, when this shop had another kind: no file has had a word on it.
            if _key(one, files.stamp, judged) > (
                updated_at,
                _RANK.get(status, 0),
                True,
                0,
                bytes(body_hash),
            ):
                newer[pk] = judged
            added.append((pk, shop_id, files.id, files.stamp, one.whole, one.extra))
            continue
        kept = (updated_at, _RANK.get(status, 0), bool(link.whole), link.stamp, bytes(body_hash))
        told_now = _key(one, files.stamp, judged)
        # The same words read by other rules (a holiday was added): then the new reading is the right one.
        again = (
            kept[:-1] == told_now[:-1] and kept[-1] != told_now[-1] and _with(clocks, judged[0]) == kept[-1]
        )
        extra = one.extra
        if kept[-1] == told_now[-1] and _forgotten(named, judged[0]):
            extra = without_persons(extra)
        wins = again or (told_now, extra) > (kept, bytes(link.extra))
        if wins and kept[-1] != told_now[-1]:
            newer[pk] = judged
        before = (link.stamp, bool(link.whole), bytes(link.extra))
        after = (files.newest(link.import_id), *((files.stamp, one.whole, extra) if wins else before))
        if after != (link.import_id, *before):
            moved.append((*after, pk))
    made, really = put(conn, shop_id, [one.record for one in fresh], newer, now, f"file:{files.id}")
    added += [
        (pk, shop_id, files.id, files.stamp, one.whole, one.extra)
        for pk, one in zip(made, fresh, strict=True)
    ]
    insert_rows(conn, _FILE_ORDERS, _LINK, added)
    update_rows(conn, _FILE_ORDERS, ("import_id", "stamp", "whole", "extra"), ("order_pk",), moved)
    return TakenIn(len(fresh), len(really), len(orders) - len(fresh) - len(really))


def _key(told: FileTold, stamp: int, judged: Judged) -> Key:
    record, body_hash = judged
    return record.updated_at, _RANK.get(record.status, 0), told.whole, stamp, body_hash


def _with(clocks: Sequence[Any], record: OrderRecord) -> bytes:
    """The fingerprint that a record has with other deadlines."""
    return fingerprint(msgspec.structs.replace(record, **dict(zip(CLOCKS, clocks, strict=True))))[1]


def _forgotten(named: Sequence[Any], record: OrderRecord) -> bool:
    """Whether an order's buyer was known, and is not to be known any more."""
    told = (record.buyer, record.phone, record.address)
    return not any(named) and any(told)
