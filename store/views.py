"""Frozen rows that the screen and the command line read. No SQLAlchemy: the first paint must not wait for it."""

from __future__ import annotations

from typing import Final

import msgspec

from store.request_facts import Answers, Proof, RequestDetail
from store.status import Tab


class Key(msgspec.Struct, frozen=True, order=True):
    """Where an order stands in a tab's order: the sort value, then the row's id."""

    sort: int
    pk: int


class View(msgspec.Struct, frozen=True):
    """What a list shows: a tab, a sort, and filters. Hashable: caches use it as a key."""

    tab: Tab
    sort: str = "urgent"
    """`urgent` (the tab's own order) or `newest`."""
    chips: frozenset[str] = frozenset()
    """Filters, all must hold: `new`, `confirmed`, `cod`, `note`, `cancel`, `tokopedia`, `multi`, `failed`, `due24`,
    `tag:<tag>`."""
    shop_id: int | None = None


class OrderRow(msgspec.Struct, frozen=True):
    """One line of the list. Times in epoch ms, money in whole units, text raw (clean() it at the border)."""

    pk: int
    key: Key
    """Its place in the view it was read for."""
    shop_id: int
    order_id: str
    channel: str
    status: str
    raw_status: str
    created_at: int
    paid_at: int | None
    updated_at: int
    arrange_by: int | None
    scan_by: int | None
    buyer: str | None
    city: str | None
    summary: str
    units: int
    total: int
    currency: str
    courier: str | None
    courier_name: str | None
    tracking_number: str | None
    tracking_status: str | None
    last_event_at: int | None
    packages: int
    cod: bool
    cancel_requested: bool
    note: str | None
    note_seen_at: int | None
    confirmed_at: int | None
    action_state: str | None
    attention_at: int | None
    attention: str | None
    returns_at: int | None = None
    """Of an order with a return or refund: until when we have to answer, or its last change (`attention` tells)."""
    tags: str = ""
    """The seller's own, comma-separated."""
    chat_by: int | None = None
    """Until when its buyer waits for an answer in the chat."""


class ItemRow(msgspec.Struct, frozen=True):
    """One SKU of an order; `on_hand` and `free` are None while the stock is unknown."""

    line: int
    sku_id: str
    product_id: str | None
    seller_sku: str | None
    name: str
    variation: str | None
    quantity: int
    unit_price: int
    is_gift: bool
    on_hand: int | None = None
    free: int | None = None
    """On hand less everything that open orders need, this one included; below zero somebody goes without."""


class PackageRow(msgspec.Struct, frozen=True):
    """One parcel of an order."""

    package_id: str
    status: str | None
    courier: str | None
    courier_name: str | None
    tracking_number: str | None
    tracking_status: str | None
    tracking_reason: str | None
    tracking_source: str | None
    last_event_at: int | None
    delivered_at: int | None
    checked_at: int | None


class EventRow(msgspec.Struct, frozen=True):
    """One step of the journey, newest first in lists."""

    at: int | None
    status: str
    text: str
    location: str | None
    code: str | None
    source: str
    tracking_number: str | None


BY_HAND: Final = frozenset({"by_hand", "ticked", "still_to_ship"})
"""Reasons of a queued action that a person carries out in Seller Center: to be done, said to be done, and said to be
done while a newer file tells otherwise."""


class ActionRow(msgspec.Struct, frozen=True):
    """One row of the outbox, as `pantau actions --json` prints it."""

    id: int
    shop_id: int
    kind: str
    order_pk: int | None
    order_id: str
    package_id: str | None
    batch_id: str | None
    state: str
    code: int | None
    reason: str | None
    attempts: int
    due_at: int
    requested_by: str
    requested_at: int
    done_at: int | None
    target: str = ""
    """What it is about, as its kind spells it (jobs/outbox/kinds/)."""
    params: str = "{}"
    """JSON object, as queued."""

    @property
    def by_hand(self) -> bool:
        """Whether a person does it in Seller Center, so that no sender will ever move it (jobs/files/by_hand.py)."""
        return self.state == "queued" and self.reason in BY_HAND


class ChangeRow(msgspec.Struct, frozen=True):
    """One row of the feed."""

    seq: int
    at: int
    shop_id: int | None
    order_pk: int | None
    order_id: str | None
    kind: str
    old: str | None
    new: str | None
    detail: str | None
    actor: str


class OrderDetail(msgspec.Struct, frozen=True):
    """Everything about one order, for the pane, the detail screen and `pantau order`."""

    row: OrderRow
    shop: str
    province: str | None
    address: str | None
    phone: str | None
    seller_note: str | None
    payment_method: str | None
    subtotal: int | None
    shipping_fee: int | None
    deadline_source: str | None
    cancel_at: int | None
    shipped_at: int | None
    collected_at: int | None
    delivered_at: int | None
    cancel_reason: str | None
    fulfillment_type: str | None
    shipping_type: str | None
    delivery_option: str | None
    confirmed_by: str | None
    tags: tuple[str, ...]
    items: tuple[ItemRow, ...]
    parcels: tuple[PackageRow, ...]
    events: tuple[EventRow, ...] = ()
    actions: tuple[ActionRow, ...] = ()
    history: tuple[ChangeRow, ...] = ()
    own_note: str = ""
    """The seller's own note (store/desk.py), empty when there is none; `seller_note` is the platform's."""


class TabCountRow(msgspec.Struct, frozen=True):
    """What a tab's label says."""

    tab: Tab
    n: int
    worst_at: int | None
    """The nearest deadline in it; None where no clock runs or the tab is empty."""


class RequestRow(msgspec.Struct, frozen=True):
    """A buyer's cancellation, return or refund with its order; text raw (clean() it at the border)."""

    pk: int
    shop_id: int
    shop: str
    request_id: str
    order_pk: int | None
    """None: the order has not come yet, and everything about it below is None."""
    order_id: str
    kind: str
    """`cancel`, `return`, `refund` or `replacement`."""
    status: str
    reason: str | None
    reason_text: str | None
    amount: int | None
    next_action: str | None
    """What the platform waits for from us; None: nothing."""
    deadline_at: int | None
    """The platform's own; jobs/aftersales/clocks.py knows one for requests without."""
    created_at: int
    updated_at: int
    looked_at: int | None
    """When proof and answers were read; None: not yet."""
    order_status: str | None
    buyer: str | None
    summary: str | None
    total: int | None
    payment_method: str | None
    cod: bool
    shipped_at: int | None
    collected_at: int | None
    delivered_at: int | None
    detail: RequestDetail = RequestDetail()
    proof: Proof | None = None
    options: Answers | None = None


class HealthRow(msgspec.Struct, frozen=True):
    """State of one job for one shop."""

    job: str
    shop: str
    last_ok_at: int | None
    failing_since: int | None
    problem: str | None
    detail: str | None
    next_at: int | None


class ProviderRow(msgspec.Struct, frozen=True):
    """How one source of tracking fares today."""

    provider: str
    asked_today: int
    """Questions since midnight in Jakarta, all seats together."""
    per_day: int | None
    """Questions its quota allows a day; None: none is known."""
    problem: str | None
    """A stable code the screen words; `quota_near` is a warning, not a failure."""
    since: int | None
    """Since when it fails; None: it does not."""
    until: int | None
    """Until when it is left alone."""
    unknown_texts: int
    """Different phrases of it whose meaning nobody knows."""


class UnknownTextRow(msgspec.Struct, frozen=True):
    """One phrase whose meaning nobody knows; numbers and what stood in brackets are masked."""

    provider: str
    courier: str
    text: str
    seen: int
    first_seen: int
    last_seen: int


class RejectedRow(msgspec.Struct, frozen=True):
    """Something that could not be understood and was kept; what it was stays in the store."""

    at: int
    shop: str | None
    source: str
    ref: str | None
    """Its id, when at least that could be read."""
    reason: str
    """In English, without anything foreign but names of fields."""


class ShopRow(msgspec.Struct, frozen=True):
    """A shop we watch."""

    id: int
    name: str
    kind: str
    title: str | None


class Today(msgspec.Struct, frozen=True):
    """The day so far, in the shop's zone."""

    new: int
    shipped: int


class PackingRow(msgspec.Struct, frozen=True):
    """One parcel on the packing table, as evidence; times in epoch ms."""

    id: int
    package_id: str
    order_id: str
    tracking_number: str | None
    packer: str
    begun_at: int
    done_at: int | None
    outcome: str
    """`open`, `packed`, `aborted` or `stopped`."""
    wanted: int
    """Units that belonged in."""
    scanned: int
    by_hand: int
    """Units nobody scanned, but a person vouched for."""
    stops: tuple[str, ...]
    """Reasons of its hard stops, the oldest first."""


class PackedRow(msgspec.Struct, frozen=True):
    """A parcel that was packed, in one line."""

    order_id: str
    tracking_number: str | None
    packer: str
    at: int


class PackingDay(msgspec.Struct, frozen=True):
    """A day at the packing table."""

    packed: int
    stopped: int
    """Hard stops, of parcels that were packed in the end too."""
    packers: tuple[tuple[str, int], ...]
    """Parcels of each packer, most first."""
    median_ms: int | None
    """How long a parcel takes; None while none was packed."""
    last: tuple[PackedRow, ...]
    """The last ones, the newest first."""
