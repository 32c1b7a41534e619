"""Cancellations, returns and refunds: what a buyer asks and the clock on our answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, or_, select, update

from store import changes
from store.bulk import insert_rows, one_writer, table_of, update_rows
from store.derived import Waiting, is_open, refresh, waiting
from store.models import Action, Order, Request
from store.records import RequestRecord
from store.request_facts import Answers, Proof, encode
from store.times import MINUTE, SECOND

_REQUESTS = table_of(Request)
_ORDERS = table_of(Order)
_ACTIONS = table_of(Action)
_TOLD: Final = RequestRecord.__struct_fields__
_ORPHANS: Final = select(_REQUESTS.c.id, _REQUESTS.c.order_id).where(
    _REQUESTS.c.order_pk.is_(None), _REQUESTS.c.shop_id == bindparam("shop")
)
"""Built once: every page of orders asks it."""
LOOK_AGAIN: Final = 15 * MINUTE
"""How long a request whose answers could not be read is left alone."""


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
                by = _answered_by(conn, pk, record.request_id) if old.next_action else None
                kind, actor = ("request.status", "platform") if by is None else ("request.answered", by)
                rows.append((*at, kind, old.status, record.status, about, actor))
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


class Unread(NamedTuple):
    """A request whose answers and proof have to be read."""

    pk: int
    request_id: str
    kind: str
    next_action: str
    updated_at: int
    """Of the state that a look begun now sees, or an older one."""


_UNREAD: Final = [_REQUESTS.c[name] for name in ("id", *Unread._fields[1:])]


def unread(conn: Connection, shop_id: int, now: int, limit: int) -> list[Unread]:
    """Requests that wait for our answer and were not looked at since they last changed, by deadline.

    `now` is the platform's time, as `updated_at` is. One whose answers could not be read comes again after
    LOOK_AGAIN, so that it does not keep the others from their turn.
    """
    table = _REQUESTS.c
    # The platform counts seconds: what changed within the second of the look may have come after it.
    due = or_(
        table.looked_at.is_(None),
        table.looked_at < table.updated_at + SECOND,
        table.options.is_(None) & (table.looked_at < now - LOOK_AGAIN),
    )
    query = select(*_UNREAD).where(table.shop_id == shop_id, table.next_action.is_not(None), due)
    soonest = query.order_by(table.deadline_at.is_(None), table.deadline_at, table.id).limit(limit)
    return [Unread(*row) for row in conn.execute(soonest)]


def waiting_ones(conn: Connection, shop_id: int, pks: Sequence[int]) -> list[Unread]:
    """Those of these requests (their row ids) of a shop that wait for our answer, looked at or not."""
    table = _REQUESTS.c
    query = select(*_UNREAD).where(
        table.shop_id == shop_id, table.next_action.is_not(None), table.id.in_(pks)
    )
    return [Unread(*row) for row in conn.execute(query.order_by(table.id))]


def looked(conn: Connection, pk: int, at: int, *, proof: Proof | None, options: Answers | None) -> None:
    """Keep what a look at a request found; None leaves what an earlier look found."""
    values: dict[str, object] = {"looked_at": at}
    if proof is not None:
        values["proof"] = encode(proof)
    if options is not None:
        values["options"] = encode(options)
    conn.execute(update(_REQUESTS).where(_REQUESTS.c.id == pk).values(**values))


def answered_from_here(conn: Connection, shop_id: int, order_ids: Sequence[str]) -> set[str]:
    """Those of these orders that were cancelled, or a request of which was answered, through our outbox."""
    pks = _orders_of(conn, shop_id, set(order_ids)).values()
    query = select(_ACTIONS.c.order_id).where(
        _ACTIONS.c.order_pk.in_(pks), _ACTIONS.c.kind.in_(("cancel", "approve", "reject"))
    )
    return set(conn.execute(query).scalars())


def _answered_by(conn: Connection, order_pk: int | None, request_id: str) -> str | None:
    """Who answered a request from here last; None when nobody did."""
    target = _ACTIONS.c.target.startswith(f"{request_id}:", autoescape=True)
    query = select(_ACTIONS.c.requested_by).where(
        _ACTIONS.c.order_pk == order_pk,
        _ACTIONS.c.kind.in_(("approve", "reject")),
        _ACTIONS.c.state.in_(("sending", "unknown", "done", "needs_person")),
        target,
    )
    found: str | None = conn.execute(query.order_by(_ACTIONS.c.id.desc()).limit(1)).scalar()
    return found


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
