"""Parcels: when to look where they are, and what a look found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Final, Protocol

import msgspec
from sqlalchemy import Connection, select, update

from store import changes, search
from store.bulk import insert_into, one_writer, table_of
from store.derived import refresh
from store.flatten import lead
from store.models import Order, Package, TrackingEvent

_ORDERS = table_of(Order)
_PACKAGES = table_of(Package)
_EVENTS = table_of(TrackingEvent)

ARRIVED: Final = frozenset({"delivered", "returned", "cancelled"})
"""Words of couriers.base.TERMINAL, which this layer may not import: nothing more happens to the parcel."""
_WAY_BACK: Final = frozenset({"returning", "returned"})
_TROUBLE: Final = frozenset({"exception", "delivery_failed", "returning"})


class Event(Protocol):
    """What a parcel's journey is told in; couriers.base.TrackEvent is one."""

    @property
    def at(self) -> int | None: ...
    @property
    def status(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def location(self) -> str | None: ...
    @property
    def code(self) -> str | None: ...


class Due(msgspec.Struct, frozen=True):
    """A parcel to look for, with what a provider may ask about it."""

    order_pk: int
    shop_id: int
    order_id: str
    package_id: str
    tracking_number: str | None
    courier: str | None
    tracking_status: str | None
    last_event_at: int | None
    checked_at: int | None
    misses: int
    due_at: int
    phone: str | None
    order_status: str
    shipped_at: int | None


def due(conn: Connection, now: int, limit: int, shop_id: int | None = None) -> list[Due]:
    """The parcels whose look is due, longest waiting first."""
    of_order = {
        "order_id": _ORDERS.c.order_id, "phone": _ORDERS.c.phone,
        "order_status": _ORDERS.c.status, "shipped_at": _ORDERS.c.shipped_at,
    }  # fmt: skip
    columns = [of_order[name] if name in of_order else _PACKAGES.c[name] for name in Due.__struct_fields__]
    query = (
        select(*columns)
        .join(_ORDERS, _ORDERS.c.id == _PACKAGES.c.order_pk)
        .where(_PACKAGES.c.due_at <= now)
        .order_by(_PACKAGES.c.due_at)
        .limit(limit)
    )
    if shop_id is not None:
        query = query.where(_PACKAGES.c.shop_id == shop_id)
    return [Due(*row) for row in conn.execute(query)]


def schedule(
    conn: Connection, order_pk: int, package_id: str, *, due_at: int | None, now: int, missed: bool = False
) -> None:
    """Put the next look; `missed` counts a look that found nothing, otherwise the count starts again."""
    values: dict[str, Any] = {"due_at": due_at, "checked_at": now}
    values["misses"] = _PACKAGES.c.misses + 1 if missed else 0
    here = (_PACKAGES.c.order_pk == order_pk) & (_PACKAGES.c.package_id == package_id)
    conn.execute(update(_PACKAGES).where(here).values(values))


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
    """Store what a look found; whether the status of a parcel really changed.

    It concerns the order's parcels with this number; None means all of them (the platform tells journeys by
    order). An event told twice is stored once. The status stays when the answer is `unknown`, when its newest
    event is older than what we know from elsewhere, and when the parcel has arrived, unless it is on its way
    back.
    """
    one_writer(conn)
    _store_events(conn, order_pk, tracking_number, events, source)
    newest = max((event.at for event in events if event.at is not None), default=None)
    query = select(_PACKAGES).where(_PACKAGES.c.order_pk == order_pk).order_by(_PACKAGES.c.package_id)
    if tracking_number is not None:
        query = query.where(_PACKAGES.c.tracking_number == tracking_number)
    changed = False
    for parcel in conn.execute(query).all():
        values: dict[str, Any] = {"checked_at": now, "misses": 0, "due_at": due_at}
        if newest is not None:
            values["last_event_at"] = max(newest, parcel.last_event_at or newest)
        if _replaces(parcel, result_status, newest):
            values |= {"tracking_status": result_status, "tracking_reason": reason, "tracking_source": source}
            if delivered_at is not None:
                values["delivered_at"] = delivered_at
        status = values.get("tracking_status", parcel.tracking_status)
        if status in ARRIVED:
            values["due_at"] = None
        here = (_PACKAGES.c.order_pk == order_pk) & (_PACKAGES.c.package_id == parcel.package_id)
        conn.execute(update(_PACKAGES).where(here).values(values))
        if status != parcel.tracking_status:
            changed = True
            _tell(conn, parcel, status, reason, now)
    denormalise(conn, [order_pk])
    return changed


def denormalise(conn: Connection, order_pks: Sequence[int]) -> None:
    """Write what the list shows of parcels: the first one's courier and number, the most worrying status."""
    for pk in order_pks:
        parcels = conn.execute(select(_PACKAGES).where(_PACKAGES.c.order_pk == pk)).all()
        first = lead(parcels)
        speaking = next((p for p in parcels if p.tracking_status in _TROUBLE), first)
        spoken = {name: getattr(first, name, None) for name in ("courier", "courier_name", "tracking_number")}
        spoken["tracking_status"] = getattr(speaking, "tracking_status", None)
        moved = max((p.last_event_at for p in parcels if p.last_event_at is not None), default=None)
        conn.execute(update(_ORDERS).where(_ORDERS.c.id == pk).values(**spoken, last_event_at=moved))
    refresh(conn, order_pks)


def event_key(source: str, tracking_number: str | None, event: Event) -> str:
    """What makes two tellings one event: source, parcel, time, place, and the text without its spacing."""
    words = " ".join(event.text.split()).casefold()
    told = "\x1f".join((source, tracking_number or "", str(event.at), words, event.location or ""))
    return blake2b(told.encode(errors="replace"), digest_size=8).hexdigest()


def _replaces(parcel: Any, status: str, newest: int | None) -> bool:
    known = parcel.tracking_status
    if status == "unknown":
        return known is None
    if known in ARRIVED:
        return status == known or (status in _WAY_BACK and known != "returned")
    return newest is None or parcel.last_event_at is None or newest >= parcel.last_event_at


def _store_events(
    conn: Connection, order_pk: int, tracking_number: str | None, events: Iterable[Event], source: str
) -> None:
    rows = [
        {
            "order_pk": order_pk,
            "tracking_number": tracking_number,
            "key": event_key(source, tracking_number, event),
            "at": event.at,
            "status": str(event.status),
            "text": event.text.replace("\0", ""),
            "location": event.location,
            "code": event.code,
            "source": source,
        }
        for event in events
    ]
    if rows:
        add = insert_into(conn, _EVENTS)
        conn.execute(add.on_conflict_do_nothing(index_elements=["order_pk", "key"]), rows)


def _tell(conn: Connection, parcel: Any, status: str | None, reason: str | None, now: int) -> None:
    order_id = conn.execute(select(_ORDERS.c.order_id).where(_ORDERS.c.id == parcel.order_pk)).scalar_one()
    about = changes.detail(
        package_id=parcel.package_id, tracking_number=parcel.tracking_number, reason=reason
    )
    at = (now, parcel.shop_id, parcel.order_pk, order_id)
    changes.append(conn, [(*at, "package.tracking", parcel.tracking_status, status, about, "job")])
