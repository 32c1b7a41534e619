"""Orders and packages as they look on the wire (Order API 202309/202507, Fulfillment API 202309).

True to the platform's habits: unset fields are left out, each unit is its own line item, money is text, a
cancelled order keeps an address whose every field is empty.
"""

from __future__ import annotations

from typing import Any

from shop.sandbox import bundles, parcels
from shop.sandbox.bundles import Parcel
from shop.sandbox.data import COURIERS, WAREHOUSE_ID
from shop.sandbox.deadlines import deadlines
from shop.sandbox.facts import Facts, Line
from shop.sandbox.life import PENDING, REASON_TEXTS, WITHDRAWN
from shop.sandbox.orders import Order, Shipment
from shop.sandbox.world import World

Json = dict[str, Any]

_PACKAGE_STATUS = {
    "IN_TRANSIT": "FULFILLING",
    "DELIVERED": "COMPLETED",
    "COMPLETED": "COMPLETED",
    "CANCELLED": "CANCELLED",
}
_SUB_STATUS = {
    "TO_FULFILL": "STOCKING",
    "PROCESSING": "RTS_success",
    "FULFILLING": "TTS",
    "COMPLETED": "Delivery",
}
_ADDRESS_LEVELS = (
    ("L0", "Country"),
    ("L1", "province"),
    ("L2", "city"),
    ("L3", "district"),
    ("L4", "village"),
)


def package_status(order: Order, place: int) -> str:
    """The platform's word for one package of an order."""
    waiting = "TO_FULFILL" if order.shipments[place] is None else "PROCESSING"
    return _PACKAGE_STATUS.get(order.status, waiting)


def order_json(world: World, order: Order) -> Json:
    """The full order object of search and detail."""
    known = world.facts(order)
    first = next((made for made in order.shipments if made is not None), None)
    courier = COURIERS[known.courier if first is None else first.provider]
    body: Json = {
        "id": world.numbers.order_id(order.serial),
        "status": order.status,
        "create_time": order.created,
        "update_time": order.updated,
        "fulfillment_priority_level": known.priority,
        "fulfillment_type": known.fulfillment_type,
        "shipping_type": known.shipping_type,
        "delivery_type": "HOME_DELIVERY",
        "delivery_option_id": known.option[0],
        "delivery_option_name": known.option[1],
        "shipping_provider": courier.name,
        "shipping_provider_id": courier.provider_id,
        "commerce_platform": "TOKOPEDIA" if known.tokopedia else "TIKTOK_SHOP",
        "is_cod": known.cod,
        "is_on_hold_order": known.on_hold,
        "is_buyer_request_cancel": order.ask_status == PENDING,
        "is_sample_order": False,
        "is_replacement_order": False,
        "has_updated_recipient_address": False,
        "payment_method_name": known.payment_method,
        "user_id": known.buyer_id,
        "warehouse_id": WAREHOUSE_ID,
        "payment": _payment(known),
        "line_items": _line_items(world, order, known),
    }
    # 0 and "" mean "not yet" here; the platform leaves such fields out.
    times = {
        "paid_time": order.paid,
        "rts_time": order.shipped,
        "collection_time": order.collected,
        "delivery_time": order.delivered,
        "cancel_time": order.cancelled,
        "request_cancel_time": order.asked if order.ask_status != WITHDRAWN else 0,
        "buyer_message": known.note,
        "seller_note": known.seller_note,
        "tracking_number": first.tracking_number if first is not None else "",
        "split_or_combine_tag": _TAGS.get(_tag(order), ""),
    }
    body.update({name: value for name, value in times.items() if value})
    if order.payable:
        body.update(deadlines(order.created, known.priority)._asdict())
        body["packages"] = [{"id": package_id} for package_id in world.package_ids(order)]
    if order.status not in ("UNPAID", "ON_HOLD"):
        body["recipient_address"] = address(known, erased=order.status == "CANCELLED")
    if order.cancelled:
        body["cancellation_initiator"] = order.cancel_by
        body["cancel_reason"] = REASON_TEXTS.get(order.cancel_key, order.cancel_key)
    return body


def _payment(known: Facts) -> Json:
    original = sum(line.original_price * line.quantity for line in known.lines)
    seller = sum(line.seller_discount * line.quantity for line in known.lines)
    platform = sum(line.platform_discount * line.quantity for line in known.lines)
    amounts = {
        "original_total_product_price": original,
        "seller_discount": seller,
        "platform_discount": platform,
        "sub_total": known.subtotal,
        "original_shipping_fee": known.shipping_fee,
        "shipping_fee_seller_discount": 0,
        "shipping_fee_platform_discount": known.shipping_discount,
        "shipping_fee": known.shipping_fee - known.shipping_discount,
        "tax": 0,
        "buyer_service_fee": known.service_fee,
        "total_amount": known.total,
    }
    return {"currency": "IDR"} | {name: str(amount) for name, amount in amounts.items()}


def _tag(order: Order) -> str:
    """Package detail's word; the order's own differs by a letter."""
    return "COMBINE" if order.combined else "SPLIT" if len(order.shipments) > 1 else "DEFAULT"


_TAGS = {"COMBINE": "COMBINED", "SPLIT": "SPLIT"}


def _line_items(world: World, order: Order, known: Facts) -> list[Json]:
    items: list[Json] = []
    # Lines do not know the hold nor a half-shipped order.
    plain = {"ON_HOLD": "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING": "AWAITING_SHIPMENT"}
    ids, lies = world.package_ids(order), bundles.places(known, order)
    for place, line in zip(lies, known.lines, strict=True):
        shipment = order.shipments[place]
        common = _line(line)
        common["display_status"] = plain.get(order.status, order.status)
        if order.payable:
            common["package_id"] = ids[place]
            common["package_status"] = package_status(order, place)
        if shipment is not None:
            common |= _carried(shipment)
        if order.cancelled:
            common["cancel_user"] = order.cancel_by
        for _ in range(line.quantity):
            items.append({"id": world.numbers.line_id(order.serial, len(items)), **common})
    return items


def _line(line: Line) -> Json:
    return {
        "product_id": line.product.product_id,
        "product_name": line.product.name,
        "sku_id": line.sku.sku_id,
        "sku_name": line.sku.variation,
        "seller_sku": line.sku.seller_sku,
        "original_price": str(line.original_price),
        "sale_price": str(line.sale_price),
        "seller_discount": str(line.seller_discount),
        "platform_discount": str(line.platform_discount),
        "currency": "IDR",
        "is_gift": line.gift,
    }


def _carried(shipment: Shipment) -> Json:
    courier = COURIERS[shipment.provider]
    return {
        "shipping_provider_id": courier.provider_id,
        "shipping_provider_name": courier.name,
        "tracking_number": shipment.tracking_number,
        "rts_time": shipment.at,
    }


def address(known: Facts, *, erased: bool = False) -> Json:
    """The masked recipient; `erased` as on cancelled orders."""
    city = known.city
    names = ("Indonesia", city.province, city.name, city.district, city.village)
    fields = {
        "name": known.buyer,
        "phone_number": known.phone,
        "region_code": "ID",
        "postal_code": city.postal_code,
        "full_address": f"Indonesia, {city.province}, {city.name}, {city.district}, ***",
        "address_detail": known.street,
    }
    if erased:
        return {**dict.fromkeys(fields, ""), "district_info": []}
    levels = [
        {"address_level": level, "address_level_name": title, "address_name": name}
        for (level, title), name in zip(_ADDRESS_LEVELS, names, strict=True)
    ]
    return {**fields, "district_info": levels}


def package_json(world: World, parcel: Parcel) -> Json:
    """Package detail (202309): here the fields are called `package_id` and `package_status`."""
    order, shipment = parcel.first, parcel.shipment
    known = world.facts(order)
    status = package_status(order, parcel.place)
    courier = COURIERS[known.courier if shipment is None else shipment.provider]
    goods = _goods(world, parcel)
    body: Json = {
        "package_id": parcel.package_id,
        "package_status": status,
        "split_and_combine_tag": _tag(order),
        "has_multi_skus": len({line.sku.sku_id for line in goods}) > 1,
        "note_tag": "BUYER_NOTED" if known.note else "BUYER_UNNOTED",
        "shipping_provider_name": courier.name,
        "shipping_provider_id": courier.provider_id,
        "shipping_type": known.shipping_type,
        "delivery_option_id": known.option[0],
        "delivery_option_name": known.option[1],
        **_contents(world, parcel),
        "weight": {"value": str(parcels.grams(goods)), "unit": "GRAM"},
        "recipient_address": address(known, erased=order.status == "CANCELLED"),
    }
    if status in _SUB_STATUS:
        body["package_sub_status"] = _SUB_STATUS[status]
    if shipment is not None:
        body["tracking_number"] = shipment.tracking_number
        body["handover_method"] = shipment.handover
        if shipment.slot is not None:
            body["pickup_slot"] = {"start_time": shipment.slot[0], "end_time": shipment.slot[1]}
    return body


def package_row(world: World, parcel: Parcel) -> Json:
    """One row of package search: the same facts under other names."""
    order, shipment = parcel.first, parcel.shipment
    courier = COURIERS[world.facts(order).courier if shipment is None else shipment.provider]
    return {
        "id": parcel.package_id,
        "status": package_status(order, parcel.place),
        "shipping_provider_name": courier.name,
        "shipping_provider_id": courier.provider_id,
        **_contents(world, parcel),
    } | ({} if shipment is None else {"tracking_number": shipment.tracking_number})


def _contents(world: World, parcel: Parcel) -> Json:
    """What lies in a package, and since when."""
    order = parcel.first
    return {
        "create_time": order.created if order.packing is None else order.packing.at,
        "update_time": order.updated,
        "order_line_item_ids": [
            unit
            for one in parcel.orders
            for unit in bundles.line_ids(world.numbers, world.facts(one), one, parcel.place)
        ],
        "orders": [{"id": world.numbers.order_id(one.serial)} for one in parcel.orders],
    }


def _goods(world: World, parcel: Parcel) -> list[Line]:
    return [line for one in parcel.orders for line in bundles.inside(world.facts(one), one, parcel.place)]
