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
decode_slots = decoder(TimeSlots)
decode_track = decoder(Track)
decode_document = decoder(Document)
