"""What the last lines of a manifest say, and what its QR code holds: for paper, screen and command line. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from store.reading.manifests import ManifestParcelRow, ManifestRow, ParcelOrder


class Totals(msgspec.Struct, frozen=True):
    """What the last lines of a manifest say."""

    parcels: int
    orders: int
    unchecked: int
    cod: int
    """Orders paid to the courier."""
    cod_sum: int
    """Rupiah."""


def totals(parcels: Sequence[ManifestParcelRow]) -> Totals:
    """Counts over the parcels that are handed over; an order in several parcels is paid once."""
    given = [parcel for parcel in parcels if parcel.state == "on"]
    orders: dict[tuple[int, str], ParcelOrder | None] = {}
    for parcel in given:
        orders |= {(parcel.shop_id, parcel.order_id): None}
        orders |= {(parcel.shop_id, one.order_id): one for one in parcel.orders}
    cod = [one for one in orders.values() if one is not None and one.cod]
    return Totals(
        parcels=len(given),
        orders=len(orders),
        unchecked=sum(parcel.unchecked for parcel in given),
        cod=len(cod),
        cod_sum=sum(one.total for one in cod if one.currency == "IDR"),
    )


def qr_text(manifest: ManifestRow) -> str:
    """What the QR codes on paper and screen hold: number, count, digest. Empty while it is open."""
    # In capitals: a QR code stores those in two thirds of the room, so that it fits a terminal of 24 lines.
    return f"PANTAU {manifest.number} {manifest.on} {manifest.digest}".upper() if manifest.digest else ""
