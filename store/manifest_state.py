"""Which parcels stand on which manifest now, asked within a transaction; store/manifests.py changes it."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import Connection, and_, or_, select

from store.bulk import table_of
from store.models import Manifest, ManifestParcel

_MANIFESTS = table_of(Manifest)
_PARCELS = table_of(ManifestParcel)

LIVE: Final = ("on", "checking")
"""States of a parcel that stands on a manifest."""


class Standing(msgspec.Struct, frozen=True):
    """The manifest a parcel stands on."""

    manifest_id: int
    number: str
    scanned_at: int
    closed_at: int | None
    courier: str
    """The courier the manifest is for."""
    courier_name: str | None


class Unsettled(msgspec.Struct, frozen=True):
    """A parcel on an open manifest whose order should be looked at again."""

    manifest_id: int
    courier: str
    shop_id: int
    package_id: str
    order_pk: int
    order_id: str
    state: str
    checked_at: int | None


def open_id(conn: Connection, courier: str) -> int | None:
    """The open manifest of a courier; of several the newest."""
    query = select(_MANIFESTS.c.id).where(_MANIFESTS.c.courier == courier, _MANIFESTS.c.closed_at.is_(None))
    return conn.execute(query.order_by(_MANIFESTS.c.id.desc()).limit(1)).scalar_one_or_none()


def standing(conn: Connection, shop_id: int, package_id: str) -> Standing | None:
    """The manifest a parcel stands on; of several the newest."""
    query = (
        select(
            *(_MANIFESTS.c.id, _MANIFESTS.c.number, _PARCELS.c.scanned_at),
            *(_MANIFESTS.c.closed_at, _MANIFESTS.c.courier, _MANIFESTS.c.courier_name),
        )
        .join(_MANIFESTS, _MANIFESTS.c.id == _PARCELS.c.manifest_id)
        .where(_PARCELS.c.shop_id == shop_id, _PARCELS.c.package_id == package_id, _PARCELS.c.state.in_(LIVE))
        .order_by(_MANIFESTS.c.id.desc())
        .limit(1)
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else Standing(*row)


def unsettled(conn: Connection, older_than: int) -> list[Unsettled]:
    """Every parcel that waits for its check, and those `on` whose last one was before `older_than`; of shops
    without a platform none."""
    asks = and_(
        _PARCELS.c.state == "on",
        _PARCELS.c.reason.is_distinct_from("no_platform"),
        or_(_PARCELS.c.checked_at.is_(None), _PARCELS.c.checked_at < older_than),
    )
    return _standing_on_open(conn, or_(_PARCELS.c.state == "checking", asks))


def live(conn: Connection, manifest_id: int | None = None) -> list[Unsettled]:
    """Every parcel that stands on an open manifest, or on this one."""
    here = _PARCELS.c.state.in_(LIVE)
    return _standing_on_open(
        conn, here if manifest_id is None else here & (_PARCELS.c.manifest_id == manifest_id)
    )


def _standing_on_open(conn: Connection, where: Any) -> list[Unsettled]:
    names = ("manifest_id", "shop_id", "package_id", "order_pk", "order_id", "state", "checked_at")
    query = (
        select(_MANIFESTS.c.courier, *(_PARCELS.c[name] for name in names))
        .join(_MANIFESTS, _MANIFESTS.c.id == _PARCELS.c.manifest_id)
        .where(_MANIFESTS.c.closed_at.is_(None), where)
        .order_by(_PARCELS.c.scanned_at, _PARCELS.c.package_id)
    )
    return [Unsettled(**row._mapping) for row in conn.execute(query)]
