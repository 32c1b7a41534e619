"""Packages, slots, documents and tracking (fulfillment 202309). Times in epoch seconds unless said."""

from __future__ import annotations

import msgspec

from shop.wire.loose import decoder


class Slot(msgspec.Struct):
    """A pick-up slot; the flag's name is misspelt on the wire."""

    start_time: int | None = None
    end_time: int | None = None
    avaliable: bool | None = None


class OrderRef(msgspec.Struct):
    """An order of a package."""

    id: str | None = None


class Package(msgspec.Struct):
    """Package search says `id` and `status` where package detail says `package_id` and `package_status`."""

    id: str | None = None
    package_id: str | None = None
    status: str | None = None
    package_status: str | None = None
    package_sub_status: str | None = None
    tracking_number: str | None = None
    shipping_provider_name: str | None = None
    shipping_provider_id: str | None = None
    shipping_type: str | None = None
    handover_method: str | None = None
    pickup_slot: Slot | None = None
    create_time: int | None = None
    update_time: int | None = None
    orders: list[OrderRef] | None = None
    order_line_item_ids: list[str] | None = None
    split_and_combine_tag: str | None = None


class SplitAttribute(msgspec.Struct):
    """GET .../orders/split_attributes: one order."""

    order_id: str | None = None
    can_split: bool | None = None
    reason: str | None = None
    must_split: bool | None = None


class Part(msgspec.Struct):
    """A new package of a split order, beside the name the caller gave its group."""

    splittable_group_id: str | None = None
    id: str | None = None


class Parts(msgspec.Struct):
    """POST .../orders/{id}/split."""

    packages: list[Part] | None = None


class Combinable(msgspec.Struct):
    """GET .../combinable_packages/search: orders that could travel together."""

    id: str | None = None
    order_ids: list[str] | None = None


class TimeSlots(msgspec.Struct):
    """GET .../handover_time_slots."""

    can_pickup: bool | None = None
    can_drop_off: bool | None = None
    pickup_slots: list[Slot] | None = None


class Track(msgspec.Struct):
    """One row of the platform's own tracking; milliseconds, and code missing in older answers."""

    description: str | None = None
    update_time_millis: int | None = None
    action_code: int | None = None


class Document(msgspec.Struct):
    """GET .../shipping_documents: a link that needs no headers and lives 24 hours."""

    doc_url: str | None = None


decode_package = decoder(Package)
decode_split = decoder(SplitAttribute)
decode_parts = decoder(Parts)
decode_combinable = decoder(Combinable)
decode_slots = decoder(TimeSlots)
decode_track = decoder(Track)
decode_document = decoder(Document)
