"""Parcels: what a look found, and what the list shows of it. Whose turn a look is: store/turns.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from types import SimpleNamespace
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select, update

from store import changes, search
from store.bulk import one_writer, table_of, update_rows
from store.derived import refresh
from store.flatten import lead
from store.journeys import Event, event_key, store_events
from store.models import Order, Package
from store.turns import REFRESH_GAP, Due, Refresh, due, refresh_now, schedule, wanted

__all__ = (
    "ARRIVED", "REFRESH_GAP", "Due", "Event", "Finding", "Refresh", "apply_findings", "apply_tracking",
    "denormalise", "due", "event_key", "refresh_now", "schedule", "set_number", "wanted",
)  # fmt: skip

_ORDERS = table_of(Order)
_PACKAGES = table_of(Package)

ARRIVED: Final = frozenset({"delivered", "returned", "cancelled"})
"""Words of couriers.base.TERMINAL, which this layer may not import: nothing more happens to the parcel."""

_CORRECTS: Final = {
    "delivered": ("returning", "returned", "delivery_failed"),
    "cancelled": (
        *("picked_up", "in_transit", "out_for_delivery", "delivery_failed", "exception"),
        *("delivered", "returning", "returned"),
    ),
}
"""What a later answer may make of a parcel that had arrived, as in couriers/status.py: it went back, the courier
corrected itself, or it was collected after all."""
_TROUBLE: Final = frozenset({"exception", "delivery_failed", "returning"})
_TOLD: Final = (
    "tracking_status", "tracking_reason", "tracking_source", "last_event_at", "delivered_at",
)  # fmt: skip
_LOOKED: Final = (*_TOLD, "checked_at", "due_at")
_CHUNK: Final = 500
"""Values in one IN list: both databases cap them, SQLite lowest."""


class Finding(msgspec.Struct, frozen=True):
    """What a look found: the answer of a source about parcels of one order."""

    order_pk: int
    tracking_number: str | None
    """Which parcels; None: all of the order, for the platform tells journeys by order."""
    status: str
    reason: str | None
    events: Sequence[Event]
    source: str
    delivered_at: int | None
    due_at: int | None
    """When to look again."""


def set_number(conn: Connection, shop_id: int, package_id: str, tracking_number: str) -> None:
    """A number learnt after shipping; a combined parcel gives it to each of its orders."""
    here = (_PACKAGES.c.shop_id == shop_id) & (_PACKAGES.c.package_id == package_id)
    other = _PACKAGES.c.tracking_number.is_distinct_from(tracking_number)
    edit = update(_PACKAGES).where(here, other).values(tracking_number=tracking_number)
    for pk in sorted(conn.execute(edit.returning(_PACKAGES.c.order_pk)).scalars()):
        denormalise(conn, [pk])
        search.refresh(conn, pk)


def apply_tracking(
    conn: Connection,
    order_pk: int,
    tracking_number: str | None,
    result_status: str,
    reason: str | None,
    events: Sequence[Event],
    source: str,
    delivered_at: int | None,
    now: int,
    due_at: int | None,
) -> bool:
    """`apply_findings` for a single one."""
    found = Finding(order_pk, tracking_number, result_status, reason, events, source, delivered_at, due_at)
    return apply_findings(conn, [found], now)[0]


def apply_findings(conn: Connection, findings: Sequence[Finding], now: int) -> list[bool]:
    """Store what looks found; for each, whether the status of a parcel really changed.

    An event told twice is stored once. The status stays when the answer is `unknown`, when its newest event is
    older than what we know from elsewhere, and when the parcel has arrived, unless a later event says that it
    is on its way back. A source whose clock runs ahead cannot make the others look old.
    """
    one_writer(conn)
    store_events(conn, findings)
    parcels = _parcels(conn, {finding.order_pk for finding in findings})
    told: list[tuple[Any, ...]] = []
    answers: list[bool] = []
    looked: dict[tuple[int, str], SimpleNamespace] = {}
    moved: set[int] = set()
    for finding in findings:
        changed = False
        for parcel in parcels.get(finding.order_pk, ()):
            if finding.tracking_number in (None, parcel.tracking_number):
                before = copy(parcel)
                _update(parcel, finding, now)
                looked[finding.order_pk, parcel.package_id] = parcel
                if any(getattr(parcel, name) != getattr(before, name) for name in _TOLD):
                    moved.add(finding.order_pk)
                if parcel.tracking_status != before.tracking_status:
                    changed = True
                    told.append(_change(parcel, before.tracking_status, finding.reason, now))
        answers.append(changed)
    columns = (*_LOOKED, "misses", "wanted_at")
    rows = [(*(getattr(parcel, name) for name in _LOOKED), 0, None, *key) for key, parcel in looked.items()]
    update_rows(conn, _PACKAGES, columns, ("order_pk", "package_id"), rows)
    changes.append(conn, told)
    _speak(conn, sorted(moved), parcels)
    return answers


def denormalise(conn: Connection, order_pks: Sequence[int]) -> None:
    """Write what the list shows of parcels: the first one's courier and number, the most worrying status."""
    _speak(conn, order_pks, _parcels(conn, order_pks))


def _speak(conn: Connection, order_pks: Sequence[int], found: Mapping[int, list[SimpleNamespace]]) -> None:
    rows = []
    for pk in order_pks:
        parcels = found.get(pk, [])
        first = lead(parcels)
        speaking = next((p for p in parcels if p.tracking_status in _TROUBLE), first)
        moved = max((p.last_event_at for p in parcels if p.last_event_at is not None), default=None)
        spoken = [getattr(first, name, None) for name in ("courier", "courier_name", "tracking_number")]
        rows.append((*spoken, getattr(speaking, "tracking_status", None), moved, pk))
    columns = ("courier", "courier_name", "tracking_number", "tracking_status", "last_event_at")
    update_rows(conn, _ORDERS, columns, ("id",), rows)
    refresh(conn, order_pks)


def _parcels(conn: Connection, order_pks: Iterable[int]) -> dict[int, list[SimpleNamespace]]:
    """The parcels of these orders, with their orders' ids, as they are now."""
    pks = sorted(set(order_pks))
    found: dict[int, list[SimpleNamespace]] = {}
    for start in range(0, len(pks), _CHUNK):
        query = select(_PACKAGES, _ORDERS.c.order_id).join(_ORDERS, _ORDERS.c.id == _PACKAGES.c.order_pk)
        query = query.where(_PACKAGES.c.order_pk.in_(pks[start : start + _CHUNK]))
        for row in conn.execute(query.order_by(_PACKAGES.c.order_pk, _PACKAGES.c.package_id)):
            found.setdefault(row.order_pk, []).append(SimpleNamespace(**row._mapping))
    return found


def _update(parcel: SimpleNamespace, finding: Finding, now: int) -> None:
    """What is known of a parcel after a finding."""
    newest = max((at for event in finding.events if (at := event.at) is not None and at <= now), default=None)
    replaces = _replaces(parcel, finding, newest)
    parcel.checked_at, parcel.due_at = now, finding.due_at
    if newest is not None:
        parcel.last_event_at = max(newest, parcel.last_event_at or newest)
    if replaces:
        # Plain text: an enum would be stored by its name on PostgreSQL.
        parcel.tracking_status, parcel.tracking_reason = str(finding.status), finding.reason
        parcel.tracking_source = finding.source
        if finding.delivered_at is not None or finding.status in _CORRECTS["delivered"]:
            parcel.delivered_at = finding.delivered_at
    if parcel.tracking_status in ARRIVED:
        parcel.due_at = None


def _replaces(parcel: SimpleNamespace, finding: Finding, newest: int | None) -> bool:
    known, moved_at, status = parcel.tracking_status, parcel.last_event_at, finding.status
    if status == "unknown":
        return known is None
    in_time = newest is None or moved_at is None or newest >= moved_at
    if known in ARRIVED:
        if status == known:
            return True
        # A second source that has missed the arrival may still tell of what was before it.
        dated = newest is not None or finding.source == parcel.tracking_source
        return status in _CORRECTS.get(known, ()) and in_time and dated
    return in_time


def _change(parcel: SimpleNamespace, old: str | None, reason: str | None, now: int) -> tuple[Any, ...]:
    about = changes.detail(
        package_id=parcel.package_id, tracking_number=parcel.tracking_number, reason=reason
    )
    at = (now, parcel.shop_id, parcel.order_pk, parcel.order_id)
    return (*at, "package.tracking", old, parcel.tracking_status, about, "job")
