"""What the rules of the hand-over need to know of parcels, read from the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, func, select

from couriers.awb import normalise
from jobs.handover.rules import Parcel, ParcelOrder
from store import actions
from store.bulk import table_of
from store.derived import waiting
from store.models import Action, Order, Package, Packing, Shop
from store.reading.manifests import courier_of
from store.status import Tab
from store.times import DAY, jakarta_day_part

_ORDERS: Final = table_of(Order)
_PACKAGES: Final = table_of(Package)
_SHOPS: Final = table_of(Shop)
_ACTIONS: Final = table_of(Action)
_PACKINGS: Final = table_of(Packing)
_CHUNK: Final = 500
"""Values in one IN list: both databases cap them, SQLite lowest."""
_UNFINISHED: Final = ("queued", "sending", "unknown", "needs_person", "done")
"""States of our own cancellation after which nobody should hand the parcel over."""
_OPEN_TABS: Final = (int(Tab.TO_SHIP), int(Tab.COLLECTION))


def numbers(code: str) -> list[str]:
    """What a code can stand for, the likeliest first: as it is, as couriers write it, and without the `-` that
    people put into numbers they type."""
    number = normalise(code)
    return list(dict.fromkeys(filter(None, (code.strip(), number, number.replace("-", "")))))


def find(conn: Connection, code: str) -> list[tuple[int, str]]:
    """The parcels a code can mean, as (shop, package); more than one only when nothing tells them apart."""
    exact = {code.strip(), normalise(code)} - {""}
    return _find(conn, exact) or _find(conn, set(numbers(code)) - exact)


def _find(conn: Connection, exact: set[str]) -> list[tuple[int, str]]:
    if not exact:
        return []
    key = (_PACKAGES.c.shop_id, _PACKAGES.c.package_id)
    orders = select(_ORDERS.c.id).where(_ORDERS.c.order_id.in_(exact))
    shops = select(_SHOPS.c.id)
    for where in (
        _PACKAGES.c.tracking_number.in_(exact),
        _PACKAGES.c.shop_id.in_(shops) & _PACKAGES.c.package_id.in_(exact),
        _PACKAGES.c.order_pk.in_(orders.where(_ORDERS.c.shop_id.in_(shops))),
    ):
        query = select(*key, _ORDERS.c.tab, _ORDERS.c.created_at).join(
            _ORDERS, _ORDERS.c.id == _PACKAGES.c.order_pk
        )
        rows = conn.execute(query.where(where)).all()
        if rows:
            # Couriers use numbers again after years, and a parcel may be known from two shops' files: what
            # waits for its courier is meant.
            waits = [row for row in rows if row.tab in _OPEN_TABS] or rows
            return list(dict.fromkeys((row.shop_id, row.package_id) for row in waits))
    return []


def parcels(conn: Connection, keys: Sequence[tuple[int, str]], now: int) -> dict[tuple[int, str], Parcel]:
    """Parcels with all their orders by (shop, package id); one that is gone is not in the answer."""
    wanted = set(keys)
    rows: dict[tuple[int, str], list[Any]] = {}
    for ids in _chunks([package_id for _, package_id in keys]):
        query = (
            select(
                _PACKAGES,
                _ORDERS.c.order_id,
                _ORDERS.c.status.label("order_status"),
                *(_ORDERS.c[name] for name in ("cancel_requested", "shipping_type", "packages")),
                _SHOPS.c.kind,
            )
            .join(_ORDERS, _ORDERS.c.id == _PACKAGES.c.order_pk)
            .join(_SHOPS, _SHOPS.c.id == _PACKAGES.c.shop_id)
            .where(_PACKAGES.c.shop_id.in_({shop for shop, _ in wanted}), _PACKAGES.c.package_id.in_(ids))
            .order_by(_PACKAGES.c.order_pk)
        )
        for row in conn.execute(query):
            if (key := (row.shop_id, row.package_id)) in wanted:
                rows.setdefault(key, []).append(row)
    pks = {row.order_pk for some in rows.values() for row in some}
    back = {
        pk for some in _chunks(sorted(pks)) for pk, asked in waiting(conn, some).items() if asked.returns_at
    }
    ours, packed = set(actions.ending(conn, sorted(pks))), _packed(conn, sorted(wanted), now)
    return {key: _parcel(some, back, ours, key in packed) for key, some in rows.items()}


def _parcel(rows: Sequence[Any], back: set[int], ours: set[int], packed: bool) -> Parcel:
    first = rows[0]
    orders = tuple(
        ParcelOrder(
            pk=row.order_pk,
            order_id=row.order_id,
            status=row.order_status,
            cancel_requested=bool(row.cancel_requested),
            return_open=row.order_pk in back,
            cancelling=row.order_pk in ours,
            own_courier=row.shipping_type == "SELLER",
            packages=row.packages,
        )
        for row in rows
    )
    return Parcel(
        shop_id=first.shop_id,
        has_platform=first.kind == "tiktok",
        package_id=first.package_id,
        tracking_number=first.tracking_number or "",
        courier=courier_of(first.courier, first.courier_name),
        courier_name=first.courier_name,
        status=first.status,
        tracking_status=first.tracking_status,
        orders=orders,
        packed=packed,
    )


def _packed(conn: Connection, keys: Sequence[tuple[int, str]], now: int) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    for ids in _chunks([package_id for _, package_id in keys]):
        query = select(_PACKINGS.c.shop_id, _PACKINGS.c.package_id).where(
            _PACKINGS.c.shop_id.in_({shop for shop, _ in keys}),
            _PACKINGS.c.package_id.in_(ids),
            _PACKINGS.c.outcome == "packed",
        )
        found |= {(row.shop_id, row.package_id) for row in conn.execute(query)}
    return found


def table_used(conn: Connection, now: int) -> bool:
    """Whether anything was packed at the table today: only then an unpacked parcel is odd."""
    midnight = now - round(jakarta_day_part(now) * DAY)
    newest = conn.execute(
        select(func.max(_PACKINGS.c.id)).where(_PACKINGS.c.outcome == "packed")
    ).scalar_one()
    if newest is None:
        return False
    begun: int = conn.execute(select(_PACKINGS.c.begun_at).where(_PACKINGS.c.id == newest)).scalar_one()
    return begun >= midnight


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
