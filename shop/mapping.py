"""Wire -> the store's records. Pure; raises Unmappable for what cannot be stored truthfully.

Units change here and nowhere else: epoch seconds become milliseconds, decimal strings whole units of their
currency. Foreign text stays raw, less NUL, which PostgreSQL refuses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from shop.couriers_map import courier_code
from shop.wire import orders as wire
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.status import parse_status

_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?\Z")
_ID: Final = re.compile(r"[!-~]{1,64}\Z")
_LATEST: Final = 253_402_300_799
"""9999-12-31 in epoch seconds: beyond it neither Python nor the screen has a date."""

_NO_PAYMENT: Final = wire.Payment()
_NO_ADDRESS: Final = wire.Address()
_NO_LINE: Final = wire.Line()


class Unmappable(ValueError):
    """Why a thing cannot become a record; the text names the field and quotes no foreign text."""


def order_record(order: wire.Order) -> OrderRecord:
    """One order. Raises Unmappable without a usable id or time, or with money that is no number."""
    created = millis(order.create_time) or millis(order.update_time)
    if created is None:
        raise Unmappable("no create_time")
    payment = order.payment or _NO_PAYMENT
    address = order.recipient_address or _NO_ADDRESS
    city, province = _districts(address.district_info)
    lines = order.line_items or ()
    arrange_by = millis(order.rts_sla_time) or millis(order.shipping_due_time)
    scan_by = millis(order.tts_sla_time) or millis(order.collection_due_time)
    # By place, as all records here, in the order of their fields: names cost four times as much.
    return OrderRecord(
        identifier(order.id, "id"),
        _status(order.status),
        text(order.status) or "",
        created,
        millis(order.update_time) or created,
        _items(lines),
        _packages(order, lines),
        text(order.commerce_platform) or "TIKTOK_SHOP",
        millis(order.paid_time),
        arrange_by,
        scan_by,
        "platform" if arrange_by or scan_by else None,
        millis(order.cancel_time),
        millis(order.rts_time),
        millis(order.collection_time),
        millis(order.delivery_time),
        order.is_cod is True,
        order.is_buyer_request_cancel is True,
        text(order.cancel_reason),
        text(order.fulfillment_type),
        text(order.shipping_type),
        text(order.delivery_option_name),
        _small(order.fulfillment_priority_level),
        text(address.name),
        text(order.user_id),
        city,
        province,
        text(address.full_address) or text(address.address_detail),
        text(address.phone_number),
        text(order.buyer_message),
        text(order.seller_note),
        text(order.payment_method_name),
        money(payment.total_amount) or 0,
        money(payment.sub_total),
        money(payment.shipping_fee),
        text(payment.currency) or "IDR",
    )


def text(value: str | None) -> str | None:
    """Foreign text as it came, without NUL; empty is None."""
    if not value:
        return None
    return (value.replace("\x00", "") or None) if "\x00" in value else value


def identifier(value: str | None, name: str) -> str:
    """An id of the platform. Raises Unmappable for one that no URL, file name or terminal should ever see."""
    if value and value.isdigit() and value.isascii() and len(value) <= 64:
        return value  # what all of them are so far, and a fifth of the pattern's price
    if not value or not _ID.match(value):
        raise Unmappable(f"no usable {name}")
    return value


def millis(seconds: int | None) -> int | None:
    """Epoch milliseconds of epoch seconds; 0 means "not set". Raises Unmappable outside years 1970-9999."""
    if not seconds:
        return None
    if not 0 < seconds <= _LATEST:
        raise Unmappable("a time is out of range")
    return seconds * 1_000


def money(value: str | None) -> int | None:
    """Whole units of "136000" or "136000.00". Raises Unmappable for what is no plain decimal number."""
    if not value:
        return None
    if len(value) <= 15 and value.isascii() and value.isdigit():
        return int(value)
    if not _AMOUNT.match(value):
        raise Unmappable("an amount is no number")
    return int(Decimal(value).to_integral_value(ROUND_HALF_UP))


_price: Final = lru_cache(maxsize=1_024)(money)
"""A shop has few prices, and every unit of every order tells one."""


def _items(lines: Sequence[wire.Line]) -> tuple[ItemRecord, ...]:
    """One line per (sku, sale price), gifts apart: the wire has one entry per unit."""
    groups: dict[tuple[str, int, bool], list[wire.Line]] = {}
    for line in lines:
        gift = line.is_gift is True
        sku = text(line.sku_id) or text(line.product_id) or text(line.seller_sku) or ""
        groups.setdefault((sku, 0 if gift else _sale_price(line), gift), []).append(line)
    return tuple([_item(key, units[0], len(units)) for key, units in groups.items()])


def _item(key: tuple[str, int, bool], line: wire.Line, quantity: int) -> ItemRecord:
    sku, price, gift = key
    return ItemRecord(
        sku,
        text(line.product_name) or "",
        quantity,
        price,
        text(line.product_id),
        text(line.seller_sku),
        text(line.sku_name),
        gift,
    )


def _sale_price(line: wire.Line) -> int:
    price = _price(line.sale_price)
    if price is not None:
        return price
    discounts = (money(line.seller_discount) or 0) + (money(line.platform_discount) or 0)
    return (money(line.original_price) or 0) - discounts


def _packages(order: wire.Order, lines: Sequence[wire.Line]) -> tuple[PackageRecord, ...]:
    """The parcels, in the order's own sequence; what a line knows of its parcel beats what the order says."""
    known: dict[str, wire.Line] = {}
    for package in order.packages or ():
        if package.id:
            known[identifier(package.id, "package id")] = _NO_LINE
    for line in lines:
        if line.package_id and known.get(line.package_id, _NO_LINE) is _NO_LINE:
            known[identifier(line.package_id, "package_id")] = line
    alone = len(known) == 1
    return tuple([_package(order, package_id, line, alone) for package_id, line in known.items()])


def _package(order: wire.Order, package_id: str, line: wire.Line, alone: bool) -> PackageRecord:
    name = text(line.shipping_provider_name or order.shipping_provider)
    # The order has room for one tracking number: with several parcels nobody knows whose it is.
    number = line.tracking_number or (order.tracking_number if alone else None)
    return PackageRecord(
        package_id,
        text(line.package_status),
        courier_code(name),
        name,
        text(line.shipping_provider_id or order.shipping_provider_id),
        text(number),
    )


def _districts(levels: list[wire.District] | None) -> tuple[str | None, str | None]:
    """City (L2) and province (L1)."""
    city = province = None
    for level in levels or ():
        if level.address_level == "L2":
            city = text(level.address_name)
        elif level.address_level == "L1":
            province = text(level.address_name)
    return city, province


@lru_cache(maxsize=256)
def _status(word: str | None) -> str:
    return parse_status(word).value


def _small(value: int | None) -> int | None:
    """A number for an INTEGER column; PostgreSQL's has 32 bits."""
    return value if value is not None and -(2**31) <= value < 2**31 else None
