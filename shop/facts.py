"""What the client hands out: plain values with our units (epoch ms, whole money), nothing of the wire."""

from __future__ import annotations

import msgspec

from store.records import OrderRecord, RejectedRecord, RequestRecord


class OrderPage(msgspec.Struct, frozen=True):
    """A page of orders. `next_token` None: this was the last page."""

    records: list[OrderRecord]
    rejected: list[RejectedRecord]
    next_token: str | None = None
    total: int | None = None
    """All matches, as the platform counts them now; may change between pages."""
    named: bool = True
    """False: empty by silence, neither a list nor a total came. No reason to move a watermark."""
    server_time_ms: int | None = None


class RequestPage(msgspec.Struct, frozen=True):
    """A page of cancellations or returns."""

    records: list[RequestRecord]
    rejected: list[RejectedRecord]
    next_token: str | None = None
    total: int | None = None
    named: bool = True
    server_time_ms: int | None = None


class Slot(msgspec.Struct, frozen=True):
    """A pick-up slot, epoch ms."""

    start: int
    end: int
    available: bool = True


class PackageFacts(msgspec.Struct, frozen=True):
    """A package as the platform tells it now: the evidence the outbox reads."""

    package_id: str
    status: str
    """TO_FULFILL, PROCESSING, FULFILLING, COMPLETED, CANCELLED, or a newer word; empty when not told."""
    sub_status: str | None = None
    tracking_number: str | None = None
    provider: str | None = None
    provider_id: str | None = None
    courier: str | None = None
    """Our code of `provider`."""
    shipping_type: str | None = None
    handover: str | None = None
    slot: Slot | None = None
    order_ids: tuple[str, ...] = ()
    updated_at: int | None = None


class PackagePage(msgspec.Struct, frozen=True):
    """A page of packages."""

    packages: list[PackageFacts]
    rejected: list[RejectedRecord]
    next_token: str | None = None
    total: int | None = None
    named: bool = True
    server_time_ms: int | None = None


class TimeSlots(msgspec.Struct, frozen=True):
    """How a package may be handed over."""

    can_pickup: bool
    can_drop_off: bool
    slots: tuple[Slot, ...] = ()


class RawTrack(msgspec.Struct, frozen=True):
    """One row of the platform's tracking, as it came; the text may hold line breaks."""

    description: str
    update_time_ms: int | None = None
    action_code: int | None = None


class AuthorizedShop(msgspec.Struct, frozen=True):
    """A shop the seller let the app see."""

    shop_id: str
    name: str
    region: str | None
    seller_type: str | None
    cipher: str

    def __repr__(self) -> str:
        return f"AuthorizedShop({self.shop_id}, {self.region})"


class StockFact(msgspec.Struct, frozen=True):
    """Stock of one SKU over all warehouses; on hand is the sum of the two."""

    sku_id: str
    product_id: str | None
    seller_sku: str | None
    available: int
    committed: int
