"""Manifests as the screen, the command line and the paper read them, and the parcels that stand on none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from store.reading.base import Base

OTHER: Final = "other"
"""The courier of parcels of which nobody knows one."""
UNCHECKED: Final = frozenset({"unchecked", "no_platform"})
"""Why a parcel is on a manifest without the platform having said that it may go: a person took it all the
same, or its shop is read from files and has no platform to ask."""


class ManifestRow(msgspec.Struct, frozen=True):
    """One hand-over, with how many parcels stand on it in each state."""

    id: int
    number: str
    courier: str
    courier_name: str | None
    opened_at: int
    opened_by: str
    closed_at: int | None
    closed_by: str | None
    received_by: str | None
    digest: str | None
    on: int = 0
    checking: int = 0
    stopped: int = 0
    unchecked: int = 0
    """Of those `on`."""


class ParcelOrder(msgspec.Struct, frozen=True):
    """One of the orders in a parcel."""

    order_pk: int
    order_id: str
    cod: bool
    total: int
    currency: str


class ManifestParcelRow(msgspec.Struct, frozen=True):
    """A parcel on a manifest. What follows `checked_at` is of its order as it is known now."""

    manifest_id: int
    package_id: str
    shop_id: int
    order_pk: int
    order_id: str
    tracking_number: str
    scanned_at: int
    scanned_by: str
    state: str
    reason: str | None
    checked_at: int | None
    shop: str | None = None
    buyer: str | None = None
    city: str | None = None
    status: str | None = None
    cancel_requested: bool = False
    scan_by: int | None = None
    orders: tuple[ParcelOrder, ...] = ()
    """Everything in it; more than one: a combined parcel."""

    @property
    def unchecked(self) -> bool:
        """Whether it goes although the platform was not heard."""
        return self.state == "on" and self.reason in UNCHECKED


class HandedRow(msgspec.Struct, frozen=True):
    """A parcel of an order and the manifest it was scanned onto: what an appeal rests on."""

    manifest_id: int
    number: str
    courier: str
    courier_name: str | None
    closed_at: int | None
    received_by: str | None
    digest: str | None
    package_id: str
    tracking_number: str
    scanned_at: int
    scanned_by: str
    state: str
    reason: str | None
    checked_at: int | None


class WaitingRow(msgspec.Struct, frozen=True):
    """A parcel that waits for its courier and stands on no manifest."""

    shop_id: int
    package_id: str
    tracking_number: str | None
    order_pk: int
    order_id: str
    courier: str
    """As `courier_of` names it."""
    courier_name: str | None
    buyer: str | None
    city: str | None
    scan_by: int | None
    cancel_requested: bool
    """It must not be handed over as long as this holds."""


class CourierWaiting(msgspec.Struct, frozen=True):
    """What waits for one courier, the nearest scan deadline first."""

    courier: str
    courier_name: str | None
    parcels: tuple[WaitingRow, ...]


_MANIFEST: Final = ManifestRow.__struct_fields__[:10]
_PARCEL: Final = ManifestParcelRow.__struct_fields__[:11]
_COUNTS: Final = (
    "sum(CASE WHEN p.state = 'on' THEN 1 ELSE 0 END), sum(CASE WHEN p.state = 'checking' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN p.state = 'stopped' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN p.state = 'on' AND p.reason IN ('unchecked', 'no_platform') THEN 1 ELSE 0 END)"
)
_WAITING: Final = (
    "SELECT p.shop_id, p.package_id, p.tracking_number, o.id, o.order_id, p.courier, p.courier_name,"
    " o.buyer, o.city, o.scan_by, o.cancel_requested"
    " FROM orders o JOIN packages p ON p.order_pk = o.id WHERE {orders}"
    # What the platform itself keeps in its warehouse nobody hands over here.
    " AND coalesce(o.fulfillment_type, '') <> 'FULFILLMENT_BY_TIKTOK'"
    # The courier may say that it has the parcel before the platform does.
    " AND coalesce(p.tracking_status, 'unknown') IN ('unknown', 'pending')"
    " AND NOT EXISTS (SELECT 1 FROM manifest_parcels s JOIN manifests m ON m.id = s.manifest_id"
    " WHERE s.shop_id = p.shop_id AND s.package_id = p.package_id"
    " AND (s.state IN ('on', 'checking') OR (s.state = 'stopped' AND m.closed_at IS NULL)))"
)
_COLLECTION: Final = "o.tab = 4 AND coalesce(p.status, '') NOT IN ('FULFILLING', 'COMPLETED', 'CANCELLED')"
_PARTLY: Final = "o.tab = 3 AND o.status = 'PARTIALLY_SHIPPING' AND p.status = 'PROCESSING'"


def courier_of(code: str | None, name: str | None) -> str:
    """The courier a manifest is for: our code, or what a name nobody has a code for is made of."""
    letters = "".join(sign for sign in (code or name or "").lower() if sign.isascii() and sign.isalnum())
    return letters[:16] or OTHER


class Manifests(Base):
    """Hand-overs, open and past."""

    def manifests(
        self,
        *,
        courier: str | None = None,
        is_open: bool | None = None,
        since: int | None = None,
        limit: int = 200,
    ) -> list[ManifestRow]:
        """The newest first. `since` keeps those that are open or were closed at or after it (epoch ms)."""
        where, args = ["true"], list[Any]()
        if courier is not None:
            where.append("m.courier = ?")
            args.append(courier)
        if is_open is not None:
            where.append(f"m.closed_at IS {'' if is_open else 'NOT '}NULL")
        if since is not None:
            where.append("(m.closed_at IS NULL OR m.closed_at >= ?)")
            args.append(since)
        return self._manifests(" AND ".join(where), [*args, limit], "LIMIT ?")

    def manifest(self, number: str) -> ManifestRow | None:
        """One by what stands on its paper."""
        return next(iter(self._manifests("m.number = ?", [number])), None)

    def manifest_of_id(self, manifest_id: int) -> ManifestRow | None:
        """One by its row."""
        return next(iter(self._manifests("m.id = ?", [manifest_id])), None)

    def manifest_parcels(self, manifest_id: int) -> list[ManifestParcelRow]:
        """Everything scanned onto it that was not removed again, the newest scan first."""
        columns = ", ".join(f"p.{name}" for name in _PARCEL)
        found = self._query(
            f"SELECT {columns}, s.name, o.buyer, o.city, o.status, o.cancel_requested, o.scan_by"
            " FROM manifest_parcels p LEFT JOIN orders o ON o.id = p.order_pk"
            " LEFT JOIN shops s ON s.id = p.shop_id"
            " WHERE p.manifest_id = ? AND p.state <> 'removed' ORDER BY p.scanned_at DESC, p.package_id",
            (manifest_id,),
        )
        orders = self._orders_in(manifest_id)
        names = (*_PARCEL, "shop", "buyer", "city", "status", "cancel_requested", "scan_by")
        made = []
        for row in found:
            told: dict[str, Any] = dict(zip(names, row, strict=True))
            told["cancel_requested"] = bool(told["cancel_requested"])  # SQLite has no booleans
            made.append(ManifestParcelRow(**told, orders=orders.get((row[2], row[1]), ())))
        return made

    def manifests_of(self, order_pk: int) -> list[HandedRow]:
        """Where an order's parcels were scanned, the newest first; what was removed again is left out."""
        columns = ", ".join(
            f"{'m' if name in _OF_MANIFEST else 'p'}.{name}" for name in HandedRow.__struct_fields__[1:]
        )
        rows = self._query(
            f"SELECT m.id, {columns} FROM manifest_parcels p JOIN manifests m ON m.id = p.manifest_id"
            " WHERE p.state <> 'removed' AND (p.order_pk = ? OR EXISTS (SELECT 1 FROM packages k"
            " WHERE k.order_pk = ? AND k.shop_id = p.shop_id AND k.package_id = p.package_id))"
            " ORDER BY p.scanned_at DESC, m.id DESC",
            (order_pk, order_pk),
        )
        return [HandedRow(*row) for row in rows]

    def unmanifested(self) -> list[CourierWaiting]:
        """Parcels of orders awaiting collection that stand on no manifest, by courier; who has the nearest scan
        deadline comes first. It walks all of those orders: not for the screen's loop."""
        union = " UNION ALL ".join(_WAITING.format(orders=orders) for orders in (_COLLECTION, _PARTLY))
        found: dict[tuple[int, str], WaitingRow] = {}
        for shop_id, package_id, number, pk, order_id, code, name, *rest in self._query(union):
            row = WaitingRow(
                shop_id=shop_id,
                package_id=package_id,
                tracking_number=number,
                order_pk=pk,
                order_id=order_id,
                courier=courier_of(code, name),
                courier_name=name,
                buyer=rest[0],
                city=rest[1],
                scan_by=rest[2],
                cancel_requested=bool(rest[3]),
            )
            other = found.get((row.shop_id, row.package_id))
            # A combined parcel has a row per order; the order with the nearest deadline speaks for it.
            if other is None or _due(row) < _due(other):
                found[row.shop_id, row.package_id] = row
        return by_courier(found.values())

    def _manifests(self, where: str, args: Sequence[Any], tail: str = "") -> list[ManifestRow]:
        columns = ", ".join(f"m.{name}" for name in _MANIFEST)
        rows = self._query(
            f"SELECT {columns}, {_COUNTS} FROM manifests m LEFT JOIN manifest_parcels p ON p.manifest_id = m.id"
            f" WHERE {where} GROUP BY m.id ORDER BY m.opened_at DESC, m.id DESC {tail}",
            args,
        )
        return [ManifestRow(*row[:10], *(int(n or 0) for n in row[10:])) for row in rows]

    def _orders_in(self, manifest_id: int) -> dict[tuple[int, str], tuple[ParcelOrder, ...]]:
        rows = self._query(
            "SELECT k.shop_id, k.package_id, o.id, o.order_id, o.cod, o.total, o.currency"
            " FROM manifest_parcels p JOIN packages k ON k.shop_id = p.shop_id AND k.package_id = p.package_id"
            " JOIN orders o ON o.id = k.order_pk WHERE p.manifest_id = ? ORDER BY o.id",
            (manifest_id,),
        )
        found: dict[tuple[int, str], tuple[ParcelOrder, ...]] = {}
        for shop_id, package_id, pk, order_id, cod, total, currency in rows:
            one = ParcelOrder(pk, order_id, bool(cod), total, currency)
            found[shop_id, package_id] = (*found.get((shop_id, package_id), ()), one)
        return found


_OF_MANIFEST: Final = ("number", "courier", "courier_name", "closed_at", "received_by", "digest")


def by_courier(rows: Iterable[WaitingRow]) -> list[CourierWaiting]:
    """Grouped, each group and the groups themselves with the nearest deadline first."""
    groups: dict[str, list[WaitingRow]] = {}
    for row in sorted(rows, key=_due):
        groups.setdefault(row.courier, []).append(row)
    return [
        CourierWaiting(
            courier, next((row.courier_name for row in group if row.courier_name), None), tuple(group)
        )
        for courier, group in groups.items()
    ]


def _due(row: WaitingRow) -> tuple[bool, int, int, str]:
    return row.scan_by is None, row.scan_by or 0, row.order_pk, row.package_id
