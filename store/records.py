"""What a source (Open API, export file) hands to the store: one order with its items and packages.

Sources map their own wire to these; the store knows nothing of any wire. Times are epoch milliseconds UTC,
money whole units, ids text, foreign text raw but without NUL. Defaults are left out of the encoded form,
whose hash tells whether an order changed: a field that a later version adds then makes no stored order look
changed.
"""

from __future__ import annotations

from typing import Final

import msgspec

CLOCKS: Final = ("arrange_by", "scan_by", "deadline_source")
"""Fields of an order that rules work out where the platform does not tell them."""


class ItemRecord(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Units of one SKU at one price; `quantity` counts the platform's per-unit lines."""

    sku_id: str
    name: str
    quantity: int
    unit_price: int
    product_id: str | None = None
    seller_sku: str | None = None
    variation: str | None = None
    is_gift: bool = False


class PackageRecord(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A parcel as the order names it; most fields come later, with the shipment."""

    package_id: str
    status: str | None = None
    courier: str | None = None
    courier_name: str | None = None
    provider_id: str | None = None
    tracking_number: str | None = None


class OrderRecord(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One order as a source tells it now. See store.models.Order for the meaning of each field."""

    order_id: str
    status: str
    raw_status: str
    created_at: int
    updated_at: int
    items: tuple[ItemRecord, ...] = ()
    packages: tuple[PackageRecord, ...] = ()
    channel: str = "TIKTOK_SHOP"
    paid_at: int | None = None
    arrange_by: int | None = None
    scan_by: int | None = None
    deadline_source: str | None = None
    cancel_at: int | None = None
    shipped_at: int | None = None
    collected_at: int | None = None
    delivered_at: int | None = None
    cod: bool = False
    cancel_requested: bool = False
    cancel_reason: str | None = None
    fulfillment_type: str | None = None
    shipping_type: str | None = None
    delivery_option: str | None = None
    priority: int | None = None
    buyer: str | None = None
    buyer_id: str | None = None
    city: str | None = None
    province: str | None = None
    address: str | None = None
    phone: str | None = None
    note: str | None = None
    seller_note: str | None = None
    payment_method: str | None = None
    total: int = 0
    subtotal: int | None = None
    shipping_fee: int | None = None
    currency: str = "IDR"


class RejectedRecord(msgspec.Struct, frozen=True):
    """One thing that could not be understood, with what it was and why."""

    source: str
    reason: str
    raw: bytes
    ref: str | None = None


class RequestRecord(msgspec.Struct, frozen=True):
    """A cancellation, return or refund as a source tells it."""

    request_id: str
    order_id: str
    kind: str
    status: str
    created_at: int
    updated_at: int
    reason: str | None = None
    reason_text: str | None = None
    amount: int | None = None
    next_action: str | None = None
    deadline_at: int | None = None
    detail: str | None = None
    """JSON of store.request_facts.RequestDetail."""
