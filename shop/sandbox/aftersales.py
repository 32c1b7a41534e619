"""Cancellations, returns, tracking and warehouses as they look on the wire."""

from __future__ import annotations

from typing import Any, NamedTuple

from shop.sandbox import data, life, returns
from shop.sandbox.facts import Facts
from shop.sandbox.orders import Order
from shop.sandbox.pace import REVIEW
from shop.sandbox.parcels import journey
from shop.sandbox.phrases import HUBS, PLACED, PLATFORM
from shop.sandbox.world import World

Json = dict[str, Any]


class Cancellation(NamedTuple):
    """What can be told of an order's cancellation without its goods."""

    by_buyer: bool
    status: str
    created: int
    updated: int

    @property
    def kind(self) -> str:
        """The wire's `cancel_type`."""
        return "BUYER_CANCEL" if self.by_buyer else "CANCEL"


def cancellation(order: Order) -> Cancellation | None:
    """An order's cancellation or the request for one; None when nobody ever wanted it.

    A seller or the platform that cancels makes an entry of its own, which follows a request that was closed.
    """
    began = order.accepted or order.cancelled
    if began and order.cancel_by != "BUYER" and order.ask_status in ("", life.WITHDRAWN):
        status = life.ACCEPTED if order.cancelled else life.GRANTED
        return Cancellation(False, status, began, max(began, order.cancelled))
    if not order.asked and not began:
        return None
    return Cancellation(
        by_buyer=True,
        status=order.ask_status or life.ACCEPTED,
        created=order.asked or began,
        updated=max(order.cancelled, order.asked, order.accepted, order.answered),
    )


def cancel_id(world: World, order: Order, found: Cancellation) -> str:
    """The number of a cancellation."""
    return world.numbers.request_id(order.serial, "cancel" if found.by_buyer else "own")


def return_id(world: World, order: Order) -> str:
    """The number of an order's return."""
    return world.numbers.request_id(order.serial, "return")


def cancellation_json(world: World, order: Order) -> Json:
    """One row of the cancellation search (202602); only for an order that has a cancellation."""
    found = cancellation(order)
    if found is None:
        raise ValueError("this order has no cancellation")
    key = order.cancel_key or life.buyer_reason(world.pace, order)
    body: Json = {
        "cancel_id": cancel_id(world, order, found),
        "order_id": world.numbers.order_id(order.serial),
        "cancel_type": found.kind,
        "cancel_status": found.status,
        "role": "BUYER" if found.by_buyer else order.cancel_by,
        "cancel_reason": key,
        "cancel_reason_text": life.REASON_TEXTS.get(key, key),
        "create_time": found.created,
        "update_time": found.updated,
        "refund_amount": refund(world.facts(order), paid=bool(order.paid)),
        "cancel_line_items": _units(world, order, "cancel_line_item_id", paid=bool(order.paid)),
        "should_replenish_stock": True,
    }
    if found.status == life.PENDING:
        deadline = order.asked + REVIEW
        body["seller_next_action_response"] = [{"action": "SELLER_RESPOND_CANCEL", "deadline": deadline}]
    return body


def return_json(world: World, order: Order) -> Json:
    """One row of the return search (202602); only for an order that has a return."""
    back = order.returned
    if back is None:
        raise ValueError("this order has no return")
    key = life.return_reason(world.pace, order)
    known = world.facts(order)
    body: Json = {
        "return_id": return_id(world, order),
        "order_id": world.numbers.order_id(order.serial),
        "return_type": back.kind,
        "return_status": back.status,
        "role": "BUYER",
        "return_reason": key,
        "return_reason_text": life.REASON_TEXTS[key],
        "create_time": back.asked,
        "update_time": back.since,
        "refund_amount": refund(known, paid=True),
        "return_line_items": _units(world, order, "return_line_item_id", paid=True),
        "can_buyer_keep_item": back.keep,
        "is_quick_refund": back.quick,
        # A sentinel of the platform: no combined return.
        "combined_return_id": "0",
        "is_combined_return": False,
        "buyer_rejected_partial_refund": back.offer_refused,
    }
    if back.kind != returns.REFUND:
        body |= {
            "shipment_type": "PLATFORM",
            "handover_method": "DROP_OFF",
            "return_method": "PLATFORM_SHIPPED",
            "return_warehouse_address": {"full_address": data.RETURN_ADDRESS},
        }
    if back.tracking_number:
        courier = data.COURIERS[known.courier]
        body |= {
            "return_tracking_number": back.tracking_number,
            "return_provider_name": courier.name,
            "return_provider_id": courier.provider_id,
        }
    if back.offered:
        body["seller_proposed_return_type"] = "PARTIAL_REFUND"
        body["partial_refund"] = {"currency": "IDR", "amount": str(back.offered)}
    if back.arbitration:
        body["arbitration_status"] = back.arbitration
    if (action := returns.action(back)) is not None:
        body["seller_next_action_response"] = [{"action": action, "deadline": back.deadline}]
    return body


def refund(known: Facts, *, paid: bool) -> Json:
    """What the buyer gets back for the whole order; nothing when nothing was paid yet."""
    amounts = {
        "refund_total": known.total,
        "refund_subtotal": known.subtotal,
        "refund_shipping_fee": known.shipping_fee - known.shipping_discount,
        "refund_tax": 0,
        "buyer_service_fee": known.service_fee,
    }
    return {"currency": "IDR"} | {name: str(amount if paid else 0) for name, amount in amounts.items()}


def _units(world: World, order: Order, id_name: str, *, paid: bool) -> list[Json]:
    """One entry per unit, as everywhere on this wire."""
    units: list[Json] = []
    for line in world.facts(order).lines:
        price = str(line.sale_price if paid else 0)
        for _ in range(line.quantity):
            number = len(units)
            units.append(
                {
                    id_name: world.numbers.line_id(order.serial, 32 + number),
                    "order_line_item_id": world.numbers.line_id(order.serial, number),
                    "sku_id": line.sku.sku_id,
                    "sku_name": line.sku.variation,
                    "product_name": line.product.name,
                    "seller_sku": line.sku.seller_sku,
                    "refund_amount": {"currency": "IDR", "refund_total": price, "refund_subtotal": price},
                }
            )
    return units


def tracking_json(world: World, order: Order, now: int) -> list[Json]:
    """Order tracking: all packages mixed, newest first, in milliseconds."""
    rows = [(order.created, *PLACED)]
    for shipment in order.shipments:
        if shipment is not None:
            steps = journey(world.pace, order, shipment, now)
            rows.extend((at, *PLATFORM[step]) for at, step in steps)
    destination = world.facts(order).city.name
    rows.sort(key=lambda row: row[0])
    return [
        {
            "description": text.format(hub=HUBS[order.serial % len(HUBS)], destination=destination),
            "update_time_millis": at * 1000,
            "action_code": code,
        }
        for at, code, text in reversed(rows)
    ]


def warehouses_json() -> list[Json]:
    """One sales and one return warehouse; `distict` is the platform's own spelling."""
    place = {
        "region": "Indonesia",
        "state": "Jawa Barat",
        "city": "Kota Bandung",
        "distict": "Gedebage",
        "postal_code": "40294",
        "full_address": data.RETURN_ADDRESS,
        "region_code": "ID",
        "contact_person": "Toko Contoh",
    }
    kinds = (
        (data.WAREHOUSE_ID, "Gudang Utama", "SALES_WAREHOUSE", True),
        (data.RETURN_WAREHOUSE_ID, "Gudang Retur", "RETURN_WAREHOUSE", False),
    )
    return [
        {
            "id": warehouse_id,
            "name": name,
            "effect_status": "ENABLED",
            "type": kind,
            "sub_type": "DOMESTIC_WAREHOUSE",
            "is_default": default,
            "address": place,
        }
        for warehouse_id, name, kind, default in kinds
    ]
