"""How far an order's goods are: arranged, label printed, packed, handed over. Asked before an order is cancelled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from enum import IntEnum
from typing import Final

import msgspec
from sqlalchemy import Connection, func, select

from store.bulk import table_of
from store.models import Label, Manifest, ManifestParcel, Package, Packing

_PACKAGES: Final = table_of(Package)
_LABELS: Final = table_of(Label)
_PACKINGS: Final = table_of(Packing)
_ON: Final = table_of(ManifestParcel)
_MANIFESTS: Final = table_of(Manifest)
_ARRANGED: Final = frozenset({"PROCESSING", "FULFILLING", "COMPLETED"})
_TAKEN: Final = frozenset({"picked_up", "in_transit", "out_for_delivery", "delivered"})
"""Words of couriers.base.TrackingStatus of a parcel that the courier has."""


class Step(IntEnum):
    """The furthest step a parcel has taken."""

    OPEN = 0
    ARRANGED = 1
    PRINTED = 2
    PACKED = 3
    HANDED_OVER = 4
    """On a manifest of ours: it lies ready for the courier, or he has it."""
    WITH_COURIER = 5
    """The courier has scanned it."""


class ParcelStep(msgspec.Struct, frozen=True):
    """One parcel of an order."""

    package_id: str
    step: Step
    tracking_number: str | None = None
    printed_at: int | None = None
    packed_at: int | None = None
    manifest: str | None = None
    """The number of the manifest it stands on."""


def parcel_steps(conn: Connection, pks: Sequence[int]) -> dict[int, tuple[ParcelStep, ...]]:
    """The parcels of these orders (row ids; not more than fit one IN list) that were not cancelled."""
    packages = conn.execute(
        select(_PACKAGES).where(_PACKAGES.c.order_pk.in_(pks)).order_by(_PACKAGES.c.package_id)
    ).all()
    ids = {row.package_id for row in packages}
    printed = {
        (row.shop_id, row.package_id): row.at
        for row in conn.execute(
            select(_LABELS.c.shop_id, _LABELS.c.package_id, func.max(_LABELS.c.printed_at).label("at"))
            .where(_LABELS.c.package_id.in_(ids), _LABELS.c.prints > 0)
            .group_by(_LABELS.c.shop_id, _LABELS.c.package_id)
        )
    }
    packed = {
        (row.order_pk, row.package_id): row.at
        for row in conn.execute(
            select(_PACKINGS.c.order_pk, _PACKINGS.c.package_id, func.max(_PACKINGS.c.done_at).label("at"))
            .where(_PACKINGS.c.order_pk.in_(pks), _PACKINGS.c.outcome == "packed")
            .group_by(_PACKINGS.c.order_pk, _PACKINGS.c.package_id)
        )
    }
    handed = {
        (row.order_pk, row.package_id): row.number
        for row in conn.execute(
            select(_ON.c.order_pk, _ON.c.package_id, _MANIFESTS.c.number)
            .join(_MANIFESTS, _MANIFESTS.c.id == _ON.c.manifest_id)
            .where(_ON.c.order_pk.in_(pks), _ON.c.state == "on")
            .order_by(_ON.c.scanned_at)
        )
    }
    found: dict[int, list[ParcelStep]] = defaultdict(list)
    for row in packages:
        if (row.status or "").upper() == "CANCELLED":
            continue
        label = (row.shop_id, row.package_id)
        parcel = (row.order_pk, row.package_id)
        taken = (row.tracking_status or "") in _TAKEN or (row.status or "").upper() in (
            "FULFILLING",
            "COMPLETED",
        )
        arranged = (row.status or "").upper() in _ARRANGED or row.tracking_number is not None
        step = max(
            Step.WITH_COURIER if taken else Step.OPEN,
            Step.HANDED_OVER if parcel in handed else Step.OPEN,
            Step.PACKED if parcel in packed else Step.OPEN,
            Step.PRINTED if label in printed else Step.OPEN,
            Step.ARRANGED if arranged else Step.OPEN,
        )
        found[row.order_pk].append(
            ParcelStep(
                row.package_id,
                step,
                row.tracking_number,
                printed.get(label),
                packed.get(parcel),
                handed.get(parcel),
            )
        )
    return {pk: tuple(steps) for pk, steps in found.items()}
