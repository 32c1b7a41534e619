"""Parcels as the packing table meets them: found by what is scanned, with their orders, contents and past."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, func, select, tuple_

from store import actions
from store.bulk import table_of
from store.models import Item, Manifest, ManifestParcel, Order, Package, Packing, Shop
from store.packing_facts import OPEN, PACKED, Contents, Line, Parcel, Part, Past, contents_of
from store.status import Tab

_PACKINGS: Final = table_of(Packing)
_PACKAGES: Final = table_of(Package)
_ORDERS: Final = table_of(Order)
_ITEMS: Final = table_of(Item)
_SHOPS: Final = table_of(Shop)
_MANIFESTS: Final = table_of(Manifest)
_ON_MANIFEST: Final = table_of(ManifestParcel)

MOST_FOUND: Final = 60
"""Parcels looked at for one code: more than that share no number but by mistake."""
MOST_NUMBERS: Final = 5_000
"""Parcels awaiting collection, the most urgent first, whose numbers are compared in their other spellings."""
_GONE: Final = "CANCELLED"

Key = tuple[int, str]
"""Shop and package id."""


def find(conn: Connection, codes: Sequence[str]) -> list[Parcel]:
    """The parcels that one of these texts names: by tracking number, package id or order id."""
    if not codes:
        return []
    named = _PACKAGES.c.tracking_number.in_(codes)
    keys = set(_keys(conn, select(_PACKAGES.c.shop_id, _PACKAGES.c.package_id).where(named)))
    shops = conn.execute(select(_SHOPS.c.id)).scalars().all()
    by_id = (_PACKAGES.c.shop_id.in_(shops), _PACKAGES.c.package_id.in_(codes))
    keys.update(_keys(conn, select(_PACKAGES.c.shop_id, _PACKAGES.c.package_id).where(*by_id)))
    orders = select(_ORDERS.c.id).where(_ORDERS.c.shop_id.in_(shops), _ORDERS.c.order_id.in_(codes))
    of_orders = select(_PACKAGES.c.shop_id, _PACKAGES.c.package_id).where(_PACKAGES.c.order_pk.in_(orders))
    keys.update(_keys(conn, of_orders))
    return parcels(conn, sorted(keys)[:MOST_FOUND])


def open_numbers(conn: Connection) -> Iterable[tuple[Key, str]]:
    """The tracking numbers of parcels that wait to be collected, as they are spelled here."""
    query = (
        select(_PACKAGES.c.shop_id, _PACKAGES.c.package_id, _PACKAGES.c.tracking_number)
        .join(_ORDERS, _ORDERS.c.id == _PACKAGES.c.order_pk)
        .where(_ORDERS.c.tab == int(Tab.COLLECTION), _PACKAGES.c.tracking_number.is_not(None))
        .order_by(_ORDERS.c.sort_at, _ORDERS.c.id)
        .limit(MOST_NUMBERS)
    )
    for shop_id, package_id, number in conn.execute(query):
        yield (shop_id, package_id), number


def product(conn: Connection, shop_id: int, codes: Sequence[str]) -> dict[str, str | int] | None:
    """The goods of a shop that a SKU id or a seller's SKU names, as they were sold last: `name`, `variation`,
    `sku`. It walks the items of the shop: only for what was scanned wrongly."""
    own = func.lower(_ITEMS.c.seller_sku).in_([code.lower() for code in codes])
    query = (
        select(_ITEMS.c.name, _ITEMS.c.variation, _ITEMS.c.seller_sku, _ITEMS.c.sku_id)
        .join(_ORDERS, _ORDERS.c.id == _ITEMS.c.order_pk)
        .where(_ORDERS.c.shop_id == shop_id, _ITEMS.c.sku_id.in_(codes) | own)
        .order_by(_ITEMS.c.order_pk.desc())
        .limit(1)
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    return {"name": row.name, "variation": row.variation or "", "sku": row.seller_sku or row.sku_id}


def parcels(conn: Connection, keys: Sequence[Key]) -> list[Parcel]:
    """These parcels, each with all its orders."""
    if not keys:
        return []
    both = tuple_(_PACKAGES.c.shop_id, _PACKAGES.c.package_id).in_(keys)
    facts = ("order_id", "status", "raw_status", "cancel_requested", "returns_at", "note", "buyer")
    query = (
        select(
            _PACKAGES, _SHOPS.c.name.label("shop"), *(_ORDERS.c[name].label(f"of_{name}") for name in facts)
        )
        .join(_ORDERS, _ORDERS.c.id == _PACKAGES.c.order_pk)
        .join(_SHOPS, _SHOPS.c.id == _PACKAGES.c.shop_id)
        .where(both)
        .order_by(_PACKAGES.c.order_pk)
    )
    rows: dict[Key, list[Any]] = {}
    for row in conn.execute(query):
        rows.setdefault((row.shop_id, row.package_id), []).append(row)
    pks = sorted({row.order_pk for some in rows.values() for row in some})
    counts, ours = _parcels_of(conn, pks), actions.ending(conn, pks)
    found = {key: _parcel(some, facts, counts, ours) for key, some in rows.items()}
    return [found[key] for key in keys if key in found]


def past(conn: Connection, keys: Sequence[Key]) -> dict[Key, Past]:
    """What happened to these parcels at this table and at the hand-over; each key has an answer."""
    found = {key: Past() for key in keys}
    if not keys:
        return found
    here = tuple_(_PACKINGS.c.shop_id, _PACKINGS.c.package_id).in_(keys)
    columns = [_PACKINGS.c[name] for name in ("id", "shop_id", "package_id", "packer", "done_at", "outcome")]
    packed: dict[Key, Any] = {}
    begun: dict[Key, int] = {}
    for row in conn.execute(
        select(*columns).where(here, _PACKINGS.c.outcome.in_((OPEN, PACKED))).order_by(_PACKINGS.c.id)
    ):
        key = (row.shop_id, row.package_id)
        if row.outcome == PACKED:
            packed[key] = row
        else:
            begun[key] = row.id
    manifests = _manifests(conn, keys)
    for key in found:
        last = packed.get(key)
        found[key] = Past(
            packed_at=None if last is None else last.done_at,
            packer=None if last is None else last.packer,
            open_id=begun.get(key),
            manifest=manifests.get(key),
        )
    return found


def contents(conn: Connection, parcel: Parcel) -> Contents:
    """What belongs into a parcel: every item of its orders, less what other parcels of a split order hold."""
    pks = [part.pk for part in parcel.parts]
    numbers = {part.pk: part.order_id for part in parcel.parts}
    taken = _taken(conn, parcel)
    lines = []
    query = select(_ITEMS).where(_ITEMS.c.order_pk.in_(pks)).order_by(_ITEMS.c.order_pk, _ITEMS.c.line)
    for row in conn.execute(query):
        wanted = row.quantity - taken.get((row.order_pk, row.line), 0)
        if wanted > 0:
            lines.append(
                Line(
                    row.order_pk, numbers[row.order_pk], row.line, row.sku_id, row.name, wanted,
                    seller_sku=row.seller_sku, variation=row.variation, is_gift=bool(row.is_gift),
                )
            )  # fmt: skip
    most = max((part.parcels for part in parcel.parts), default=1)
    return Contents(tuple(lines), shared=most if most > 1 else 0)


def _keys(conn: Connection, query: Any) -> Iterable[Key]:
    return ((row.shop_id, row.package_id) for row in conn.execute(query.limit(MOST_FOUND)))


def _parcels_of(conn: Connection, pks: Iterable[int]) -> dict[int, int]:
    """Parcels of each order, without the cancelled ones."""
    alive = func.coalesce(_PACKAGES.c.status, "") != _GONE
    query = select(_PACKAGES.c.order_pk, func.count().label("n")).where(
        _PACKAGES.c.order_pk.in_(sorted(pks)), alive
    )
    return {row.order_pk: row.n for row in conn.execute(query.group_by(_PACKAGES.c.order_pk))}


def _parcel(
    rows: Sequence[Any], facts: Sequence[str], counts: Mapping[int, int], ours: Container[int]
) -> Parcel:
    first = rows[0]
    parts = []
    for row in rows:
        told = {name: getattr(row, f"of_{name}") for name in facts}
        told["cancel_requested"] = bool(told["cancel_requested"])
        parts.append(
            Part(
                pk=row.order_pk, parcels=counts.get(row.order_pk, 0), cancelling=row.order_pk in ours, **told
            )
        )
    return Parcel(
        first.shop_id, first.shop, first.package_id, first.status, first.courier, first.courier_name,
        first.tracking_number, first.tracking_status, tuple(parts),
    )  # fmt: skip


def _taken(conn: Connection, parcel: Parcel) -> dict[tuple[int, int], int]:
    """Units of each order line that other parcels of the same orders were packed with."""
    split = [part.pk for part in parcel.parts if part.parcels > 1]
    if not split:
        return {}
    query = select(_PACKINGS.c.package_id, _PACKINGS.c["items"]).where(
        _PACKINGS.c.order_pk.in_(split),
        _PACKINGS.c.package_id != parcel.package_id,
        _PACKINGS.c.outcome == PACKED,
    )
    # A box that was opened once more and packed again holds what it held at last.
    newest = {row.package_id: row._mapping["items"] for row in conn.execute(query.order_by(_PACKINGS.c.id))}
    taken: dict[tuple[int, int], int] = {}
    for text in newest.values():
        for line in contents_of(text).lines:
            key = (line.order_pk, line.line)
            taken[key] = taken.get(key, 0) + line.scanned + line.by_hand
    return taken


def _manifests(conn: Connection, keys: Sequence[Key]) -> dict[Key, str]:
    here = tuple_(_ON_MANIFEST.c.shop_id, _ON_MANIFEST.c.package_id).in_(keys)
    query = (
        select(_ON_MANIFEST.c.shop_id, _ON_MANIFEST.c.package_id, _MANIFESTS.c.number)
        .join(_MANIFESTS, _MANIFESTS.c.id == _ON_MANIFEST.c.manifest_id)
        .where(here, _ON_MANIFEST.c.state.in_(("checking", "on")))
    )
    return {(row.shop_id, row.package_id): row.number for row in conn.execute(query)}
