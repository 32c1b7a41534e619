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
    line_ids: tuple[str, ...] = ()
    """The units in it, of all its orders."""
    split_combine: str | None = None
    """DEFAULT, SPLIT (one of several of an order) or COMBINE (several orders in one); None when not told."""


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


class SplitFacts(msgspec.Struct, frozen=True):
    """Whether an order's goods may, or have to, travel in several packages."""

    order_id: str
    can_split: bool
    reason: str | None = None
    """Why not, in the platform's words."""
    must_split: bool = False


class Combinable(msgspec.Struct, frozen=True):
    """Orders the platform would put into one parcel. `id` names the set, it is no package's id."""

    id: str
    order_ids: tuple[str, ...]


class CombinablePage(msgspec.Struct, frozen=True):
    """A page of sets of orders."""

    groups: list[Combinable]
    rejected: list[RejectedRecord]
    next_token: str | None = None
    total: int | None = None
    named: bool = True
    server_time_ms: int | None = None


class OrderLine(msgspec.Struct, frozen=True):
    """One unit of an order and the package it lies in; None: in none yet."""

    line_id: str
    sku_id: str
    package_id: str | None = None


class Warehouse(msgspec.Struct, frozen=True):
    """A place the shop's goods leave from, or come back to."""

    warehouse_id: str
    name: str
    kind: str | None = None
    """SALES_WAREHOUSE or RETURN_WAREHOUSE."""
    enabled: bool = True
    default: bool = False


class DeliveryOption(msgspec.Struct, frozen=True):
    """A way parcels can leave a warehouse."""

    option_id: str
    name: str
    kind: str | None = None
    """STANDARD, EXPRESS, ECONOMY or SEND_BY_SELLER."""
    platforms: tuple[str, ...] = ()
    """TIKTOK_SHOP, TOKOPEDIA."""

    @property
    def by_seller(self) -> bool:
        """Whether the seller brings courier and number; only then it has providers to name."""
        return self.kind == "SEND_BY_SELLER"


class ProviderFact(msgspec.Struct, frozen=True):
    """A courier the seller may name; `courier` is our code of its name, where it is known."""

    provider_id: str
    name: str
    courier: str | None = None


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
