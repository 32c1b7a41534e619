"""Envelopes -> pages of values. An entry that cannot be understood is rejected with its bytes, alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import msgspec

from shop.facts import OrderPage
from shop.mapping import order_record
from shop.wire import orders as wire
from shop.wire.envelope import Unreadable
from shop.wire.listing import members, take_apart
from shop.wire.loose import BROKEN
from store.records import OrderRecord, RejectedRecord

log = logging.getLogger(__name__)

T = TypeVar("T")
Json = bytes | msgspec.Raw
Read = Callable[[Json], T]
"""Decodes and maps one entry; may raise any of BROKEN (Unmappable is a ValueError)."""


class Entries(NamedTuple, Generic[T]):
    """The first five fields of every page struct."""

    good: list[T]
    rejected: list[RejectedRecord]
    next_token: str | None
    total: int | None
    named: bool


def orders_page(data: bytes, server_time_ms: int | None, source: str = "orders") -> OrderPage:
    """A page of order search or order detail. Raises Unreadable when it is no page at all."""
    try:
        page = wire.decode_page(data)
        if page.orders is not None:
            # One by one: the parts of an order go where those of the one before just were, and a processor's
            # cache holds them. A page of them decoded at once does not fit, and takes half as long again.
            decode = wire.decode_documented
            records = [order_record(decode(raw)) for raw in page.orders]
            return OrderPage(
                records, [], page.next_page_token or None, page.total_count, True, server_time_ms
            )
    except BROKEN:
        pass  # At least one order is unusual: take the page apart to find out which.
    return OrderPage(*entries(data, "orders", read_order, source), server_time_ms)


def read_order(raw: Json) -> OrderRecord:
    """One order, leniently."""
    return order_record(wire.decode_order(raw))


def entries(data: bytes, key: str, read: Read[T], source: str) -> Entries[T]:
    """Everything a search answered. Raises Unreadable."""
    listing = take_apart(data, key)
    good, bad = _each(listing.entries, read, source)
    return Entries(good, bad, listing.next_token, listing.total, listing.named)


def listed(data: bytes, key: str, read: Read[T], source: str) -> tuple[list[T], list[RejectedRecord]]:
    """Values and rejects of a plain list that may be absent when it is empty. Raises Unreadable."""
    raw = members(data).get(key)
    try:
        items = msgspec.json.decode(raw, type=list[msgspec.Raw] | None) if raw is not None else None
    except BROKEN:
        raise Unreadable(f"data has no list of {key}") from None
    return _each(items or [], read, source)


def _each(raws: list[msgspec.Raw], read: Read[T], source: str) -> tuple[list[T], list[RejectedRecord]]:
    good: list[T] = []
    bad: list[RejectedRecord] = []
    for raw in raws:
        try:
            good.append(read(raw))
        except BROKEN as error:
            # The texts of these errors name types and places, never values.
            reason = f"{type(error).__name__}: {error}"[:200]
            bad.append(RejectedRecord(source, reason, bytes(raw), _ref(raw)))
    if bad:
        log.warning("%d of %d %s were rejected, first: %s", len(bad), len(raws), source, bad[0].reason)
    return good, bad


def _ref(raw: msgspec.Raw) -> str | None:
    """The id of something broken, when at least that can be read."""
    try:
        named = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        for key in ("id", "order_id", "package_id", "cancel_id", "return_id"):
            if key in named:
                value = msgspec.json.decode(named[key])
                return str(value)[:64] if isinstance(value, str | int) and value else None
    except BROKEN:
        pass
    return None
