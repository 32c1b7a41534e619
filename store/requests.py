"""Cancellations, returns and refunds: what a buyer asks and the clock on our answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, bindparam, select

from store import changes
from store.bulk import insert_rows, one_writer, table_of, update_rows
from store.derived import Waiting, is_open, refresh, waiting
from store.models import Order, Request
from store.records import RequestRecord

_REQUESTS = table_of(Request)
_ORDERS = table_of(Order)
_TOLD: Final = RequestRecord.__struct_fields__
_ORPHANS: Final = select(_REQUESTS.c.id, _REQUESTS.c.order_id).where(
    _REQUESTS.c.order_pk.is_(None), _REQUESTS.c.shop_id == bindparam("shop")
)
"""Built once: every page of orders asks it."""


class Taken(msgspec.Struct):
    """What a page of requests did."""

    seen: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    stale: int = 0


def upsert(conn: Connection, shop_id: int, records: Sequence[RequestRecord], now: int) -> Taken:
    """Store requests and let their orders know: `returns_at`, `cancel_requested`, the action tab.

    The newer `updated_at` wins; at an equal one the later answer does, since requests have no detail read.
    A request may come before its order (`adopt` joins them).
    """
    one_writer(conn)
    newest: dict[str, RequestRecord] = {}
    for record in records:
        other = newest.get(record.request_id)
        if other is None or other.updated_at <= record.updated_at:
            newest[record.request_id] = record
    result = Taken(seen=len(newest))
    stored = select(_REQUESTS).where(_REQUESTS.c.shop_id == shop_id, _REQUESTS.c.request_id.in_(newest))
    known = {row.request_id: row for row in conn.execute(stored)}
    pks = _orders_of(conn, shop_id, {record.order_id for record in newest.values()})
    inserts, updates, rows = [], [], []
    touched: set[int | None] = set()
    closed: set[int | None] = set()
    for record in newest.values():
        old, pk = known.get(record.request_id), pks.get(record.order_id)
        values = msgspec.structs.astuple(record)
        if old is not None and old.updated_at > record.updated_at:
            result.stale += 1
            continue
        if old is not None and values == tuple(getattr(old, name) for name in _TOLD):
            result.unchanged += 1
            continue
        touched.add(pk)
        about = changes.detail(request_id=record.request_id, kind=record.kind)
        at = (now, shop_id, pk, record.order_id)
        if old is None:
            result.new += 1
            inserts.append((shop_id, pk, *values))
            rows.append((*at, "request.new", None, record.status, about, "platform"))
        else:
            result.changed += 1
            updates.append((pk, *values, old.id))
            if is_open(old.status, old.next_action) and not is_open(record.status, record.next_action):
                closed.add(pk)
            if old.status != record.status:
                rows.append((*at, "request.status", old.status, record.status, about, "platform"))
    insert_rows(conn, _REQUESTS, ("shop_id", "order_pk", *_TOLD), inserts)
    update_rows(conn, _REQUESTS, ("order_pk", *_TOLD), ("id",), updates)
    changes.append(conn, rows)
    _tell_orders(conn, {pk for pk in touched if pk is not None}, closed, now)
    return result


def adopt(conn: Connection, shop_id: int, orders: Mapping[str, int]) -> dict[int, Waiting]:
    """Join requests that were here first to orders that just came; the answer is as of `derived.waiting`."""
    orphans = conn.execute(_ORPHANS, {"shop": shop_id})
    joined = {row.id: orders[row.order_id] for row in orphans if row.order_id in orders}
    if not joined:
        return {}
    update_rows(conn, _REQUESTS, ("order_pk",), ("id",), [(pk, request) for request, pk in joined.items()])
    return waiting(conn, set(joined.values()))


def _tell_orders(conn: Connection, pks: set[int], closed: set[int | None], now: int) -> None:
    """Raise `cancel_requested` while a cancellation waits; lower it when the last one we knew of is answered.

    An order whose own body says so without any request here keeps its mark: the body is then the newer fact.
    """
    if not pks:
        return
    asked = waiting(conn, pks)
    columns = (_ORDERS.c.id, _ORDERS.c.shop_id, _ORDERS.c.order_id, _ORDERS.c.cancel_requested)
    marks, rows = [], []
    for pk, shop_id, order_id, marked in conn.execute(select(*columns).where(_ORDERS.c.id.in_(pks))):
        wanted = pk in asked and asked[pk].cancel
        if wanted and not marked:
            rows.append((now, shop_id, pk, order_id, "order.cancel_requested", None, None, None, "platform"))
        if wanted != marked and (wanted or pk in closed):
            marks.append((wanted, pk))
    update_rows(conn, _ORDERS, ("cancel_requested",), ("id",), marks)
    changes.append(conn, rows)
    refresh(conn, pks)


def _orders_of(conn: Connection, shop_id: int, order_ids: set[str]) -> dict[str, int]:
    query = select(_ORDERS.c.order_id, _ORDERS.c.id)
    query = query.where(_ORDERS.c.shop_id == shop_id, _ORDERS.c.order_id.in_(order_ids))
    return {row.order_id: row.id for row in conn.execute(query)}
