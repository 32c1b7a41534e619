"""The calls that change something at the platform, as drafts; and how their answers are read.

Drafts are signed by ShopClient.prepare and sent by ShopClient.send_prepared, one attempt each: what to do
after an unclear answer is for the outbox to decide, never for this layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from shop.errors import Verdict, classify, classify_packages
from shop.mapping import identifier
from shop.reply import Reply
from shop.requests import Draft, body_of

MAX_SHIP: Final = 50
"""Packages of one batch call; the platform documents no limit, production users send 50."""


class SelfShipment(msgspec.Struct, frozen=True):
    """The seller's own courier: required when `shipping_type` is SELLER, refused otherwise."""

    tracking_number: str
    provider_id: str


class PickupSlot(msgspec.Struct, frozen=True):
    """A slot of `ShopClient.time_slots`, epoch ms."""

    start: int
    end: int


class ShipItem(msgspec.Struct, frozen=True):
    """One package to arrange.

    `handover` (PICKUP or DROP_OFF) is ignored for local Indonesian shops since 2024-10-30, the warehouse's
    setting decides; a slot counts only with PICKUP, so it sets it.
    """

    package_id: str
    handover: str | None = None
    slot: PickupSlot | None = None
    self_shipment: SelfShipment | None = None


def ship(items: Sequence[ShipItem]) -> Draft:
    """Arrange shipment of 1-50 different packages (fulfillment 202309). Raises ValueError otherwise."""
    ids = [segment(item.package_id) for item in items]
    if not 1 <= len(ids) <= MAX_SHIP or len(set(ids)) != len(ids):
        raise ValueError(f"a ship call takes 1 to {MAX_SHIP} different packages")
    if len(items) == 1:
        path = f"/fulfillment/202309/packages/{ids[0]}/ship"
        return Draft("POST", path, body=body_of(_ship_body(items[0])))
    packages = [{"id": item.package_id, **_ship_body(item)} for item in items]
    return Draft("POST", "/fulfillment/202309/packages/ship", body=body_of({"packages": packages}))


def _ship_body(item: ShipItem) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if item.handover or item.slot:
        body["handover_method"] = "PICKUP" if item.slot else item.handover
    if item.slot:
        body["pickup_slot"] = {"start_time": item.slot.start // 1_000, "end_time": item.slot.end // 1_000}
    if own := item.self_shipment:
        body["self_shipment"] = {
            "tracking_number": own.tracking_number,
            "shipping_provider_id": own.provider_id,
        }
    return body


def parse_ship(reply: Reply, package_ids: Sequence[str]) -> dict[str, Verdict]:
    """What the answer to a ship call proves for each of its packages."""
    return classify_packages(reply, package_ids)


def parse_write(reply: Reply) -> Verdict:
    """What the answer to any other write proves."""
    return classify(reply)


def segment(value: str) -> str:
    """An id as a path segment. Raises Unmappable for anything that could change the path."""
    if not identifier(value, "id").isalnum():
        identifier(None, "id")
    return value
