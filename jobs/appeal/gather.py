"""Everything an appeal rests on, read in one snapshot and told as JSON (docs/desk.md describes its fields).

It goes to the platform, so of the buyer it holds what the platform shows itself: the masked name, city and
province, no address and no phone. The seller's own notes and tags stay at home.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final

import msgspec

from store import __version__
from store.times import DAY, to_iso
from store.views import ActionRow, ChangeRow, EventRow, OrderDetail, PackageRow, PackingRow, RequestRow

if TYPE_CHECKING:
    from store.reader import Reader
    from store.reading.desk import RuleSaid, SaidRow
    from store.reading.manifests import HandedRow, ManifestRow

FORMAT: Final = "pantau-appeal/1"
"""First line of every file: its shape."""
PRIVATE: Final = frozenset({"order.noted", "order.tagged"})
"""Changes that are nobody's business but the seller's."""
BEFORE: Final = DAY
"""Messages from so long before the order belong to it: questions before buying."""

Json = dict[str, Any]


class Appeal(msgspec.Struct, frozen=True):
    """A told order: the document, its bytes, and what those bytes are known by."""

    order_id: str
    document: Json
    data: bytes
    sha256: str


def gather(reader: Reader, pk: int, now: int, zone: tzinfo) -> Appeal | None:
    """The appeal of an order as it stands now (epoch ms), times in `zone`; None: there is no such order.

    The same facts at the same time give the same bytes.
    """
    with reader.together():
        detail = reader.detail(pk)
        if detail is None:
            return None
        handed = reader.manifests_of(pk)
        manifests = {one.manifest_id: reader.manifest_of_id(one.manifest_id) for one in handed}
        document = told(
            detail,
            reader.packings(pk),
            [(one, manifests[one.manifest_id]) for one in handed],
            reader.messages_about(pk, detail.row.created_at - BEFORE),
            reader.requests(pk, open_only=False),
            reader.rules_about(pk),
            now,
            zone,
        )
    data = msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
    return Appeal(detail.row.order_id, document, data, hashlib.sha256(data).hexdigest())


def told(
    detail: OrderDetail,
    packings: Sequence[PackingRow],
    handed: Sequence[tuple[HandedRow, ManifestRow | None]],
    messages: Sequence[SaidRow],
    requests: Sequence[RequestRow],
    rules: Sequence[RuleSaid],
    now: int,
    zone: tzinfo,
) -> Json:
    """The document. Lists run from the oldest to the newest. Pure."""
    from jobs.paper.manifest import masked  # the drawing library is heavy

    row = detail.row

    def iso(ms: int | None) -> str | None:
        return to_iso(ms, zone)

    return {
        "format": FORMAT,
        "made_at": iso(now),
        "made_by": f"pantau {__version__}",
        "order": {
            "order_id": row.order_id,
            "shop": detail.shop,
            "channel": row.channel,
            "status": row.status,
            "raw_status": row.raw_status,
            "created_at": iso(row.created_at),
            "paid_at": iso(row.paid_at),
            "confirmed_at": iso(row.confirmed_at),
            "shipped_at": iso(detail.shipped_at),
            "collected_at": iso(detail.collected_at),
            "delivered_at": iso(detail.delivered_at),
            "buyer": masked(row.buyer) or None,
            "city": row.city,
            "province": detail.province,
            "note": row.note,
            "cod": row.cod,
            "total": row.total,
            "currency": row.currency,
            "cancel_requested": row.cancel_requested,
            "cancel_reason": detail.cancel_reason,
        },
        "deadlines": {
            "arrange_by": iso(row.arrange_by),
            "scan_by": iso(row.scan_by),
            "cancel_at": iso(detail.cancel_at),
            "source": detail.deadline_source,
        },
        "items": [
            {
                "sku_id": item.sku_id,
                "seller_sku": item.seller_sku,
                "name": item.name,
                "variation": item.variation,
                "quantity": item.quantity,
                "unit_price": item.unit_price,
            }
            for item in detail.items
        ],
        "packages": [_package(parcel, zone) for parcel in detail.parcels],
        "scans": [_scan(event, zone) for event in reversed(detail.events)],
        "packing": [_packing(one, zone) for one in reversed(packings)],
        "handover": [_handed(one, manifest, zone) for one, manifest in reversed(handed)],
        "messages": [
            {"at": iso(one.at), "role": one.role, "kind": one.kind, "text": one.text} for one in messages
        ],
        "requests": [_request(one, zone) for one in requests],
        "actions": [_action(one, zone) for one in reversed(detail.actions)],
        "rules": [
            {"at": iso(one.at), "rule": one.rule, "verdict": one.verdict, "why": _why(one.why)}
            for one in rules
        ],
        "history": [_change(one, zone) for one in reversed(detail.history) if one.kind not in PRIVATE],
    }


def _package(parcel: PackageRow, zone: tzinfo) -> Json:
    return {
        "package_id": parcel.package_id,
        "status": parcel.status,
        "courier": parcel.courier,
        "courier_name": parcel.courier_name,
        "tracking_number": parcel.tracking_number,
        "tracking_status": parcel.tracking_status,
        "tracking_source": parcel.tracking_source,
        "last_event_at": to_iso(parcel.last_event_at, zone),
        "delivered_at": to_iso(parcel.delivered_at, zone),
        "checked_at": to_iso(parcel.checked_at, zone),
    }


def _scan(event: EventRow, zone: tzinfo) -> Json:
    return {
        "at": to_iso(event.at, zone),
        "status": event.status,
        "text": event.text,
        "location": event.location,
        "code": event.code,
        "source": event.source,
        "tracking_number": event.tracking_number,
    }


def _packing(one: PackingRow, zone: tzinfo) -> Json:
    return {
        "package_id": one.package_id,
        "tracking_number": one.tracking_number,
        "packer": one.packer,
        "begun_at": to_iso(one.begun_at, zone),
        "done_at": to_iso(one.done_at, zone),
        "outcome": one.outcome,
        "units": one.wanted,
        "scanned": one.scanned,
        "by_hand": one.by_hand,
        "stops": list(one.stops),
    }


def _handed(one: HandedRow, manifest: ManifestRow | None, zone: tzinfo) -> Json:
    from jobs.paper.totals import qr_text

    return {
        "manifest": one.number,
        "courier": one.courier,
        "courier_name": one.courier_name,
        "package_id": one.package_id,
        "tracking_number": one.tracking_number,
        "state": one.state,
        "reason": one.reason,
        "scanned_at": to_iso(one.scanned_at, zone),
        "scanned_by": one.scanned_by,
        "checked_at": to_iso(one.checked_at, zone),
        "closed_at": to_iso(one.closed_at, zone),
        "received_by": one.received_by,
        "parcels": None if manifest is None else manifest.on,
        "digest": one.digest,
        "qr": (qr_text(manifest) or None) if manifest is not None else None,
    }


def _request(one: RequestRow, zone: tzinfo) -> Json:
    return {
        "request_id": one.request_id,
        "kind": one.kind,
        "status": one.status,
        "reason": one.reason,
        "reason_text": one.reason_text,
        "amount": one.amount,
        "created_at": to_iso(one.created_at, zone),
        "updated_at": to_iso(one.updated_at, zone),
        "deadline_at": to_iso(one.deadline_at, zone),
    }


def _action(one: ActionRow, zone: tzinfo) -> Json:
    return {
        "id": one.id,
        "kind": one.kind,
        "package_id": one.package_id,
        "state": one.state,
        "code": one.code,
        "reason": one.reason,
        "attempts": one.attempts,
        "requested_by": one.requested_by,
        "requested_at": to_iso(one.requested_at, zone),
        "done_at": to_iso(one.done_at, zone),
    }


def _change(one: ChangeRow, zone: tzinfo) -> Json:
    return {
        "at": to_iso(one.at, zone),
        "kind": one.kind,
        "old": one.old,
        "new": one.new,
        "actor": one.actor,
    }


def _why(stored: str) -> object:
    try:
        return msgspec.json.decode(stored)
    except (msgspec.DecodeError, UnicodeError):
        return None
