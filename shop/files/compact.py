"""The short list: what a person wants to see of an order, one row each. Nobody reads it back. Pure."""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from shop.files.statuses import words_of
from store.flatten import lead
from store.records import OrderRecord
from store.times import to_datetime

HEADER: Final = (
    "Nomor pesanan", "Status", "Batas waktu", "Pembeli", "Kota", "Barang", "Jumlah", "Total", "Kurir", "Resi",
)  # fmt: skip
TABBED: Final = tuple(name in ("Nomor pesanan", "Resi") for name in HEADER)
"""Numbers that a spreadsheet would round."""


def line(record: OrderRecord, language: str, zone: tzinfo, *, from_file: bool) -> list[str]:
    """The cells of an order, as they are: not guarded. The nearer of its two clocks is its deadline."""
    parcel = lead(record.packages)
    clocks = [at for at in (record.arrange_by, record.scan_by) if at is not None]
    status, fine = words_of(record.status, language)
    things = [
        f"{item.quantity}x {item.name}{f' ({item.variation})' if item.variation else ''}"
        for item in record.items
    ]
    return [
        record.order_id,
        record.raw_status.rpartition(" / ")[2] if from_file else fine or status,
        f"{to_datetime(min(clocks), zone):%d/%m/%Y %H:%M}" if clocks else "",
        record.buyer or "",
        record.city or "",
        "; ".join(things),
        str(sum(item.quantity for item in record.items)),
        str(record.total),
        (parcel.courier_name or parcel.courier or "") if parcel else "",
        (parcel.tracking_number or "") if parcel else "",
    ]
