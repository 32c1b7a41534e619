"""The endpoints that ship, and the papers that follow from it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Final

import msgspec

from shop.sandbox import shapes
from shop.sandbox.bundles import Parcel
from shop.sandbox.gate import Call, bad
from shop.sandbox.label import SIZES, label_of, pdf
from shop.sandbox.life import PENDING
from shop.sandbox.paper import png
from shop.sandbox.platform import Platform, RefusedError, body_as
from shop.sandbox.shipping import Refusal, ShipBatch, ShipBody, ShipItem

Json = dict[str, Any]
MAX_BATCH: Final = 50
LINK_LIFE: Final = 86_400
"""Wall seconds a document link works."""
_TYPES: Final = frozenset(
    {"SHIPPING_LABEL", "PACKING_SLIP", "SHIPPING_LABEL_AND_PACKING_SLIP", "SHIPPING_LABEL_PICTURE"}
)


def ship(platform: Platform, call: Call) -> Json:
    """POST /fulfillment/202309/packages/{id}/ship."""
    body = body_as(call, ShipBody)
    item = ShipItem(call.args[0], body.handover_method, body.pickup_slot, body.self_shipment)
    refusal = platform.world.ship(item, call.request_id)
    if refusal is not None:
        raise RefusedError(refusal)
    return {}


def batch_ship(platform: Platform, call: Call) -> Json:
    """POST /fulfillment/202309/packages/ship: code 0, and one error for each package that failed."""
    batch = body_as(call, ShipBatch)
    if not 0 < len(batch.packages) <= MAX_BATCH:
        raise bad(f"Invalid parameter packages: 1 to {MAX_BATCH} are needed.")
    errors = []
    for item in batch.packages:
        refusal = platform.world.ship(item, call.request_id)
        if refusal is not None:
            detail = {"package_id": item.package_id}
            errors.append({"code": refusal.code, "message": refusal.message, "detail": detail})
    return {"errors": errors} if errors else {}


def document(platform: Platform, call: Call) -> Json:
    """GET .../packages/{id}/shipping_documents: a link that needs no headers, good for a day."""
    kind = call.query.get("document_type", "")
    size = call.query.get("document_size", "A6")
    if kind not in _TYPES:
        raise bad("Invalid document_type.")
    if size not in SIZES or call.query.get("document_format", "PDF") != "PDF":
        raise bad("Invalid document_size or document_format.")
    parcel = platform.package(call.args[0])
    refusal = _no_document(platform, parcel)
    if refusal is not None:
        raise RefusedError(refusal)
    expires = int(platform.world.clock.wall()) + LINK_LIFE
    path = f"/documents/{call.args[0]}/{kind}/{size}"
    link = f"{call.base}{path}?expires={expires}&signature={_link_signature(platform, path, expires)}"
    shipment = parcel.shipment
    return {"doc_url": link, "tracking_number": "" if shipment is None else shipment.tracking_number}


def _no_document(platform: Platform, parcel: Parcel) -> Refusal | None:
    order = parcel.first
    known = platform.world.facts(order)
    if known.shipping_type != "TIKTOK":
        return Refusal(11034002, "The package is not shipped by platform logistics.")
    if known.fulfillment_type != "FULFILLMENT_BY_SELLER":
        return Refusal(21008043, "The package is fulfilled by the platform.")
    status = shapes.package_status(order, parcel.place)
    if status == "CANCELLED":
        return Refusal(21023059, "The package has been cancelled.")
    if status in ("FULFILLING", "COMPLETED"):
        return Refusal(21042102, "The package has already been picked up.")
    if status == "TO_FULFILL":
        return Refusal(21023035, "The shipment has not been arranged yet.")
    if any(one.ask_status == PENDING for one in parcel.orders):
        return Refusal(21021010, "An after-sale request is pending.")
    shipped_at = platform.world.shipped_at(parcel.package_id)
    if shipped_at is not None and platform.world.clock.wall() < shipped_at + platform.label_delay:
        return Refusal(11034037, "The shipping document is being generated, please try again later.")
    return None


def _link_signature(platform: Platform, path: str, expires: int) -> str:
    secret = platform.account.app_secret.encode()
    return hmac.new(secret, f"{path} {expires}".encode(), hashlib.sha256).hexdigest()[:32]


class Paper(msgspec.Struct, frozen=True):
    """A document as it is downloaded."""

    content_type: str
    content: bytes


def download(platform: Platform, path: str, query: dict[str, str]) -> Paper | None:
    """What a document link leads to; None for a link that is forged or too old."""
    expires = query.get("expires", "")
    if not (expires.isascii() and expires.isdigit()) or int(expires) <= platform.world.clock.wall():
        return None
    signature = _link_signature(platform, path, int(expires)).encode()
    if not hmac.compare_digest(signature, query.get("signature", "").encode()):
        return None
    package_id, kind, size = path.removeprefix("/documents/").split("/")
    found = platform.world.package(package_id)
    if found is None:
        return None
    if kind == "SHIPPING_LABEL_PICTURE":
        return Paper("image/png", png(200, 300))
    return Paper(
        "application/pdf", pdf(label_of(platform.world, found, platform.account.shop_name), kind, size)
    )
