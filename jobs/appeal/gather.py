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
from store.views import OrderDetail, PackingRow, RequestRow

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
        detail = reader.detail(pk, {})
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
    lists = {
        "items": [_pick(one, _ITEM, zone) for one in detail.items],
        "packages": [_pick(one, _PACKAGE, zone) for one in detail.parcels],
        "scans": [_pick(one, _SCAN, zone) for one in reversed(detail.events)],
        "packing": [_packing(one, zone) for one in reversed(packings)],
        "handover": [_handed(one, manifest, zone) for one, manifest in reversed(handed)],
        "messages": [_pick(one, _MESSAGE, zone) for one in messages],
        "requests": [_pick(one, _REQUEST, zone) for one in requests],
        "actions": [_pick(one, _ACTION, zone) for one in reversed(detail.actions)],
        "rules": [_pick(one, _RULE, zone) | {"why": _why(one.why)} for one in rules],
        "history": [_pick(one, _CHANGE, zone) for one in reversed(detail.history) if one.kind not in PRIVATE],
    }
    return {
        "format": FORMAT,
        "made_at": to_iso(now, zone),
        "made_by": f"pantau {__version__}",
        "order": {
            **_pick(row, _ORDER, zone),
            **_pick(detail, _DETAIL, zone),
            "buyer": masked(row.buyer) or None,
        },
        "deadlines": {
            "arrange_by": to_iso(row.arrange_by, zone),
            "scan_by": to_iso(row.scan_by, zone),
            "cancel_at": to_iso(detail.cancel_at, zone),
            "source": detail.deadline_source,
        },
        **lists,
        "empty": [name for name, rows in lists.items() if not rows],
    }


_ORDER: Final = (
    *(
        "order_id",
        "channel",
        "status",
        "raw_status",
        "created_at",
        "paid_at",
        "confirmed_at",
        "city",
        "note",
        "cod",
    ),
    *("total", "currency", "cancel_requested"),
)
_DETAIL: Final = ("shop", "shipped_at", "collected_at", "delivered_at", "province", "cancel_reason")
_ITEM: Final = ("sku_id", "seller_sku", "name", "variation", "quantity", "unit_price")
_PACKAGE: Final = (
    *(
        "package_id",
        "status",
        "courier",
        "courier_name",
        "tracking_number",
        "tracking_status",
        "tracking_source",
    ),
    *("last_event_at", "delivered_at", "checked_at"),
)
_SCAN: Final = ("at", "status", "text", "location", "code", "source", "tracking_number")
_PACKING: Final = (
    *("package_id", "tracking_number", "packer", "begun_at", "done_at", "outcome", "scanned", "by_hand"),
)
_HANDED: Final = (
    *(
        "courier",
        "courier_name",
        "package_id",
        "tracking_number",
        "state",
        "reason",
        "scanned_at",
        "scanned_by",
    ),
    *("checked_at", "closed_at", "received_by", "digest"),
)
_MESSAGE: Final = ("at", "role", "kind", "text")
_REQUEST: Final = (
    *(
        "request_id",
        "kind",
        "status",
        "reason",
        "reason_text",
        "amount",
        "created_at",
        "updated_at",
        "deadline_at",
    ),
)
_ACTION: Final = (
    *(
        "id",
        "kind",
        "package_id",
        "state",
        "code",
        "reason",
        "attempts",
        "requested_by",
        "requested_at",
        "done_at",
    ),
)
_RULE: Final = ("at", "rule", "verdict")
_CHANGE: Final = ("at", "kind", "old", "new", "actor")


def _pick(one: object, names: Sequence[str], zone: tzinfo) -> Json:
    """These fields of a row, its moments (`at`, `..._at`) as ISO 8601."""
    values = {name: getattr(one, name) for name in names}
    return {
        name: to_iso(value, zone) if name == "at" or name.endswith("_at") else value
        for name, value in values.items()
    }


def _packing(one: PackingRow, zone: tzinfo) -> Json:
    return {**_pick(one, _PACKING, zone), "units": one.wanted, "stops": list(one.stops)}


def _handed(one: HandedRow, manifest: ManifestRow | None, zone: tzinfo) -> Json:
    from jobs.paper.totals import qr_text

    return {
        "manifest": one.number,
        **_pick(one, _HANDED, zone),
        "parcels": None if manifest is None else manifest.on,
        "qr": (qr_text(manifest) or None) if manifest is not None else None,
    }


def _why(stored: str) -> object:
    try:
        return msgspec.json.decode(stored)
    except (msgspec.DecodeError, UnicodeError):
        return None
