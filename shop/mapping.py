"""Wire -> the store's records. Pure; raises Unmappable for what cannot be stored truthfully.

Units change here and nowhere else: epoch seconds become milliseconds, decimal strings whole units of their
currency. Foreign text stays raw, less NUL, which PostgreSQL refuses.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from shop.couriers_map import courier_code
from shop.wire import orders as wire
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.status import parse_status

_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?\Z")
_ID: Final = re.compile(r"[!-~]{1,64}\Z")
_LATEST: Final = 253_402_300_799
"""9999-12-31 in epoch seconds: beyond it neither Python nor the screen has a date."""


class Unmappable(ValueError):
    """Why a thing cannot become a record; the text names the field and quotes no foreign text."""


def order_record(order: wire.Order) -> OrderRecord:
    """One order. Raises Unmappable without a usable id or time, or with money that is no number."""
    created = millis(order.create_time) or millis(order.update_time)
    if created is None:
        raise Unmappable("no create_time")
    payment = order.payment or wire.Payment()
    address = order.recipient_address or wire.Address()
    city, province = _districts(address.district_info)
    lines = order.line_items or ()
    arrange_by = millis(order.rts_sla_time) or millis(order.shipping_due_time)
    scan_by = millis(order.tts_sla_time) or millis(order.collection_due_time)
    return OrderRecord(
        order_id=identifier(order.id, "id"),
        status=parse_status(order.status).value,
        raw_status=text(order.status) or "",
        created_at=created,
        updated_at=millis(order.update_time) or created,
        items=_items(lines),
        packages=_packages(order, lines),
        channel=text(order.commerce_platform) or "TIKTOK_SHOP",
        paid_at=millis(order.paid_time),
        arrange_by=arrange_by,
        scan_by=scan_by,
        deadline_source="platform" if arrange_by or scan_by else None,
        cancel_at=millis(order.cancel_time),
        shipped_at=millis(order.rts_time),
        collected_at=millis(order.collection_time),
        delivered_at=millis(order.delivery_time),
        cod=order.is_cod is True,
        cancel_requested=order.is_buyer_request_cancel is True,
        cancel_reason=text(order.cancel_reason),
        fulfillment_type=text(order.fulfillment_type),
        shipping_type=text(order.shipping_type),
        delivery_option=text(order.delivery_option_name),
        priority=_small(order.fulfillment_priority_level),
        buyer=text(address.name),
        buyer_id=text(order.user_id),
        city=city,
        province=province,
        address=text(address.full_address) or text(address.address_detail),
        phone=text(address.phone_number),
        note=text(order.buyer_message),
        seller_note=text(order.seller_note),
        payment_method=text(order.payment_method_name),
        total=money(payment.total_amount) or 0,
        subtotal=money(payment.sub_total),
        shipping_fee=money(payment.shipping_fee),
        currency=text(payment.currency) or "IDR",
    )


def text(value: str | None) -> str | None:
    """Foreign text as it came, without NUL; empty is None."""
    if not value:
        return None
    return (value.replace("\x00", "") or None) if "\x00" in value else value


def identifier(value: str | None, name: str) -> str:
    """An id of the platform. Raises Unmappable for one that no URL, file name or terminal should ever see."""
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


def _items(lines: list[wire.Line] | tuple[()]) -> tuple[ItemRecord, ...]:
    """One line per (sku, sale price), gifts apart: the wire has one entry per unit."""
    groups: dict[tuple[str, int, bool], list[wire.Line]] = {}
    for line in lines:
        gift = line.is_gift is True
        sku = text(line.sku_id) or text(line.product_id) or text(line.seller_sku) or ""
        groups.setdefault((sku, 0 if gift else _sale_price(line), gift), []).append(line)
    return tuple(
        ItemRecord(
            sku_id=sku,
            name=text(units[0].product_name) or "",
            quantity=len(units),
            unit_price=price,
            product_id=text(units[0].product_id),
            seller_sku=text(units[0].seller_sku),
            variation=text(units[0].sku_name),
            is_gift=gift,
        )
        for (sku, price, gift), units in groups.items()
    )


def _sale_price(line: wire.Line) -> int:
    price = money(line.sale_price)
    if price is not None:
        return price
    discounts = (money(line.seller_discount) or 0) + (money(line.platform_discount) or 0)
    return (money(line.original_price) or 0) - discounts


def _packages(order: wire.Order, lines: list[wire.Line] | tuple[()]) -> tuple[PackageRecord, ...]:
    """The parcels, in the order's own sequence; what a line knows of its parcel beats what the order says."""
    known: dict[str, wire.Line | None] = {
        identifier(package.id, "package id"): None for package in order.packages or () if package.id
    }
    for line in lines:
        if line.package_id and known.get(line.package_id) is None:
            known[identifier(line.package_id, "package_id")] = line
    alone = len(known) == 1
    return tuple(_package(order, package_id, line, alone) for package_id, line in known.items())


def _package(order: wire.Order, package_id: str, line: wire.Line | None, alone: bool) -> PackageRecord:
    name = text((line and line.shipping_provider_name) or order.shipping_provider)
    # The order has room for one tracking number: with several parcels nobody knows whose it is.
    number = (line and line.tracking_number) or (order.tracking_number if alone else None)
    return PackageRecord(
        package_id=package_id,
        status=text(line.package_status) if line else None,
        courier=courier_code(name),
        courier_name=name,
        provider_id=text((line and line.shipping_provider_id) or order.shipping_provider_id),
        tracking_number=text(number),
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


def _small(value: int | None) -> int | None:
    """A number for an INTEGER column; PostgreSQL's has 32 bits."""
    return value if value is not None and -(2**31) <= value < 2**31 else None
