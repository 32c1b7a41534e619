"""The columns of an order that follow from other tables, written again whenever one of those tables changes.

`action_state` follows from the outbox, `returns_at` from the requests, `attention` from both and the order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from store.attention import TAB, attention, patience, sort_at
from store.bulk import table_of
from store.complaints import not_received
from store.flatten import lead, summary
from store.models import Action, Order, Request
from store.records import OrderRecord, PackageRecord
from store.request_facts import RequestDetail, decode
from store.status import Tab

_ORDERS = table_of(Order)
_ACTIONS = table_of(Action)
_REQUESTS = table_of(Request)

_SEVERITY: Final = {"queued": 1, "sending": 2, "unknown": 3, "refused": 4, "needs_person": 5}
"""Action states that are unfinished or failed, mildest first; the others need no word on the order."""

_CLOSED: Final = ("COMPLETE", "CANCEL", "CANCELLED", "REJECT", "REFUND_SUCCESS")
"""How the platform's words for a finished request end (Return and Refund API 202602)."""

_NOT_BUYERS: Final = frozenset({"SELLER", "SYSTEM", "OPERATOR"})


class Waiting(msgspec.Struct):
    """What a buyer asked for on one order and is not finished."""

    cancel: bool = False
    """The buyer asks for a cancellation that is not through yet."""
    answer_since: int | None = None
    """Since when a return or refund waits for our answer."""
    returns_at: int | None = None
    """The nearest deadline of an open return or refund, or its last change where no clock runs."""
    disputed_at: int | None = None
    """Since when the buyer says that the parcel never came."""


def is_open(status: str, next_action: str | None) -> bool:
    """Whether a request still needs anybody."""
    return next_action is not None or not status.upper().endswith(_CLOSED)


def buyer_asks(next_action: str | None, detail: str | None) -> bool:
    """Whether a cancellation is the buyer's wish; the searches tell the seller's own and the system's as well.

    What waits for our answer always is. One whose detail nobody knows counts as the buyer's, so that its parcel
    is held back.
    """
    told = None if next_action is not None else decode(detail, RequestDetail)
    if told is None:
        return True
    if told.wire_type is not None:
        return told.wire_type.upper() != "CANCEL"
    return (told.role or "").upper() not in _NOT_BUYERS


def waiting(conn: Connection, pks: Collection[int]) -> dict[int, Waiting]:
    """The open requests of these orders; an order without any is not in the answer."""
    result: dict[int, Waiting] = {}
    columns = (
        *("order_pk", "kind", "status", "next_action", "deadline_at", "created_at", "updated_at"),
        *("reason", "reason_text", "detail"),
    )
    query = select(*(_REQUESTS.c[name] for name in columns)).where(_REQUESTS.c.order_pk.in_(pks))
    for row in conn.execute(query):
        if not is_open(row.status, row.next_action):
            continue
        if row.kind == "cancel" and not buyer_asks(row.next_action, row.detail):
            continue
        found = result.setdefault(row.order_pk, Waiting())
        if row.kind == "cancel":
            found.cancel = True
            continue
        found.returns_at = _earliest(found.returns_at, row.deadline_at or row.updated_at)
        if row.next_action is not None:
            found.answer_since = _earliest(found.answer_since, row.created_at)
        if not_received(row.reason, row.reason_text):
            found.disputed_at = _earliest(found.disputed_at, row.created_at)
    return result


def action_states(conn: Connection, pks: Collection[int]) -> dict[int, str]:
    """The worst unfinished or failed action of each order, judging each target by its newest row."""
    newest = (
        select(func.max(_ACTIONS.c.id))
        .where(_ACTIONS.c.order_pk.in_(pks))
        .group_by(_ACTIONS.c.order_pk, _ACTIONS.c.kind, _ACTIONS.c.target)
    )
    result: dict[int, str] = {}
    for pk, state in conn.execute(
        select(_ACTIONS.c.order_pk, _ACTIONS.c.state).where(_ACTIONS.c.id.in_(newest))
    ):
        if _SEVERITY.get(state, 0) > _SEVERITY.get(result.get(pk, ""), 0):
            result[pk] = state
    return result


def why_now(order: Any, action_state: str | None, asked: Waiting) -> tuple[int | None, str | None]:
    """The `attention_at` and `attention` of an order's row, with all that is known beside it."""
    disputed = [at for at in (order.disputed_at, asked.disputed_at) if at is not None]
    return attention(
        order.status,
        updated_at=order.updated_at,
        arrange_by=order.arrange_by,
        scan_by=order.scan_by,
        cancel_requested=order.cancel_requested,
        action_state=action_state,
        request_at=asked.answer_since,
        tracking_status=order.tracking_status,
        moved_at=order.last_event_at or order.collected_at,
        shipped_at=order.shipped_at,
        disputed_at=min(disputed, default=None),
        chat_by=order.chat_by,
        patience=patience(order.shop_id, order.courier, order.province, order.city),
    )


def derive(
    record: OrderRecord,
    body_hash: bytes,
    parcels: Sequence[PackageRecord],
    asked: Waiting,
    shop_id: int,
    moved_at: int | None,
    disputed_at: int | None,
    action_state: str | None = None,
    tracking_status: str | None = None,
    chat_by: int | None = None,
) -> tuple[Any, ...]:
    """The values of store.batch.DERIVED for an order as a source tells it."""
    first = parcels[0] if len(parcels) == 1 else lead(parcels)
    courier = courier_name = number = None
    if first is not None:
        courier, courier_name, number = first.courier, first.courier_name, first.tracking_number
    tab = TAB.get(record.status, Tab.ACTION.value)
    since, why = attention(
        record.status,
        updated_at=record.updated_at,
        arrange_by=record.arrange_by,
        scan_by=record.scan_by,
        cancel_requested=record.cancel_requested,
        action_state=action_state,
        request_at=asked.answer_since,
        tracking_status=tracking_status,
        moved_at=moved_at,
        shipped_at=record.shipped_at,
        disputed_at=disputed_at,
        chat_by=chat_by,
        patience=patience(shop_id, courier, record.province, record.city),
    )
    rank = sort_at(
        tab,
        created_at=record.created_at,
        updated_at=record.updated_at,
        arrange_by=record.arrange_by,
        scan_by=record.scan_by,
    )
    text, units = summary(record.items)
    spoken = (courier, courier_name, number)
    return (tab, rank, since, why, asked.returns_at, text, units, *spoken, len(parcels), body_hash)


def refresh(conn: Connection, pks: Iterable[int | None]) -> None:
    """Write the derived columns of these orders again; unknown ones and None are passed over."""
    wanted = {pk for pk in pks if pk is not None}
    if not wanted:
        return
    asked, acted = waiting(conn, wanted), action_states(conn, wanted)
    rows = []
    for order in conn.execute(select(_ORDERS).where(_ORDERS.c.id.in_(wanted))):
        open_requests = asked.get(order.id, Waiting())
        state = acted.get(order.id)
        since, why = why_now(order, state, open_requests)
        derived = (state, open_requests.returns_at, since, why)
        if derived != (order.action_state, order.returns_at, order.attention_at, order.attention):
            rows.append(
                dict(zip(("state", "returns", "since", "why"), derived, strict=True)) | {"pk": order.id}
            )
    if rows:
        conn.execute(
            update(_ORDERS)
            .where(_ORDERS.c.id == bindparam("pk"))
            .values(
                action_state=bindparam("state"),
                returns_at=bindparam("returns"),
                attention_at=bindparam("since"),
                attention=bindparam("why"),
            ),
            rows,
        )


def _earliest(one: int | None, other: int) -> int:
    return other if one is None else min(one, other)
