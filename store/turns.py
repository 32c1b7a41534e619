"""Whose turn it is to be looked for: what is due, what a person asked for, and when the next look is."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, case, func, select, update

from store.bulk import table_of
from store.models import Order, Package
from store.times import SECOND
from store.urgency import AT_THE_DOOR, HURRIED, MOVING, ON_THE_WAY, PAST, RESTING, SOON

_ORDERS: Final = table_of(Order)
_PACKAGES: Final = table_of(Package)

REFRESH_GAP: Final = 60 * SECOND
"""Between two looks a person asks for: sources refuse who asks too often, and parcels are not that fast."""
_OVER: Final = frozenset({"returned"})
"""Nothing more is to be learnt; what a courier calls delivered may be disputed, or go back, and what it calls
cancelled may be collected after all."""
_ON_ITS_WAY: Final = frozenset({"AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED"})
"""States of an order whose parcel a person may ask about."""


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
    wanted_at: int | None
    phone: str | None
    order_status: str
    shipped_at: int | None
    scan_by: int | None
    packages: int
    """How many parcels its order has: only then is it known whom the platform's rows are about."""


class Refresh(StrEnum):
    """What became of a person's wish to look at a parcel now."""

    ASKED = "asked"
    """It is the next one to be looked at."""
    TOO_SOON = "too_soon"
    """Somebody looked within REFRESH_GAP."""
    RESTS = "rests"
    """It has ended: returned or cancelled."""
    NOTHING = "nothing"
    """There is no such order, or no parcel of it is on its way."""


_OF_ORDER: Final = {
    "order_id": _ORDERS.c.order_id, "phone": _ORDERS.c.phone, "order_status": _ORDERS.c.status,
    "shipped_at": _ORDERS.c.shipped_at, "scan_by": _ORDERS.c.scan_by, "packages": _ORDERS.c.packages,
}  # fmt: skip
_DUE: Final = [
    (_OF_ORDER[name] if name in _OF_ORDER else _PACKAGES.c[name]).label(name)
    for name in Due.__struct_fields__
]
_JOINED: Final = _PACKAGES.join(_ORDERS, _ORDERS.c.id == _PACKAGES.c.order_pk)


def due(conn: Connection, now: int, limit: int, shop_id: int | None = None) -> list[Due]:
    """The parcels whose look is due, at most `limit` of each courier, in the order of their turns: first what
    a person asked for, then by store/urgency.py.

    The limit is a courier's own, so that many parcels whose only source rests never hide the others.
    """
    wish = case((_PACKAGES.c.wanted_at.is_not(None), 0), else_=1)
    late = (now - _PACKAGES.c.due_at) * 1_000 / _patience(now)
    turn = (wish, late.desc(), _PACKAGES.c.due_at)
    place = func.row_number().over(partition_by=_PACKAGES.c.courier, order_by=turn).label("place")
    query = select(*_DUE, wish.label("wish"), late.label("late"), place).select_from(_JOINED)
    query = query.where(_PACKAGES.c.due_at <= now)
    if shop_id is not None:
        query = query.where(_PACKAGES.c.shop_id == shop_id)
    found = query.subquery()
    columns = [found.c[name] for name in Due.__struct_fields__]
    first = select(*columns).where(found.c.place <= limit)
    first = first.order_by(found.c.wish, found.c.late.desc(), found.c.due_at)
    return [Due(*row) for row in conn.execute(first)]


def wanted(conn: Connection, limit: int = 50) -> list[Due]:
    """The parcels a person is waiting for, in the order they were asked for."""
    query = select(*_DUE).select_from(_JOINED).where(_PACKAGES.c.wanted_at.is_not(None))
    query = query.where(_PACKAGES.c.due_at.is_not(None)).order_by(_PACKAGES.c.wanted_at).limit(limit)
    return [Due(*row) for row in conn.execute(query)]


def schedule(
    conn: Connection,
    order_pk: int,
    package_id: str,
    *,
    due_at: int | None,
    now: int,
    missed: bool | None = False,
) -> None:
    """Put the next look; `missed` counts a look that found nothing, None leaves the count, otherwise it starts
    again."""
    values: dict[str, Any] = {"due_at": due_at, "checked_at": now, "wanted_at": None}
    if missed is not None:
        values["misses"] = _PACKAGES.c.misses + 1 if missed else 0
    here = (_PACKAGES.c.order_pk == order_pk) & (_PACKAGES.c.package_id == package_id)
    conn.execute(update(_PACKAGES).where(here).values(values))


def refresh_now(conn: Connection, order_pk: int, now: int) -> Refresh:
    """Make an order's parcels the next ones to be looked at, because a person asks; or why not."""
    rows = conn.execute(
        select(_PACKAGES.c.package_id, _PACKAGES.c.tracking_status, _PACKAGES.c.checked_at)
        .select_from(_JOINED)
        .where(_PACKAGES.c.order_pk == order_pk, _ORDERS.c.status.in_(_ON_ITS_WAY))
    ).all()
    if not rows:
        return Refresh.NOTHING
    open_ = [row for row in rows if row.tracking_status not in _OVER]
    if not open_:
        return Refresh.RESTS
    old = [row.package_id for row in open_ if row.checked_at is None or now - row.checked_at >= REFRESH_GAP]
    if not old:
        return Refresh.TOO_SOON
    here = (_PACKAGES.c.order_pk == order_pk) & _PACKAGES.c.package_id.in_(old)
    conn.execute(update(_PACKAGES).where(here).values(due_at=now, wanted_at=now))
    return Refresh.ASKED


def _patience(now: int) -> ColumnElement[int]:
    """store.urgency.patience in SQL."""
    status = _PACKAGES.c.tracking_status
    clock_runs = (_ORDERS.c.status == "AWAITING_COLLECTION") & _ORDERS.c.scan_by.between(
        now - PAST, now + SOON
    )
    return case(
        (status.in_(AT_THE_DOOR), HURRIED), (clock_runs, HURRIED), (status.in_(ON_THE_WAY), MOVING), else_=RESTING
    )  # fmt: skip
