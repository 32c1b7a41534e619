"""The endpoints that decide which goods travel together and by whose courier (fulfillment and logistics 202309)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from shop.sandbox import own_courier, repack
from shop.sandbox.answers import only
from shop.sandbox.data import COURIERS, WAREHOUSE_ID
from shop.sandbox.facts import OPTIONS, SELLER_OPTION, Facts
from shop.sandbox.gate import Call, bad
from shop.sandbox.orders import Order
from shop.sandbox.platform import Platform, RefusedError, body_as, sorting
from shop.sandbox.search import BadTokenError, paged
from shop.sandbox.shipping import Refusal, SelfShipment, must_split

Json = dict[str, Any]
MAX_ORDERS: Final = 50


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines that are to travel together, under a name of the caller's."""

    id: str
    order_line_item_ids: list[str]


class SplitBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of the split call. The second list is for combined listings."""

    splittable_groups: list[Group]
    splittable_groups_v2: list[dict[str, Any]] = []


class Set(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Orders of a set that the search offered; without ids, all of it."""

    id: str
    order_ids: list[str] = []


class CombineBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of the combine call."""

    combinable_packages: list[Set]


class UncombineBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of the uncombine call."""

    order_ids: list[str] = []


def split_attributes(platform: Platform, call: Call) -> Json:
    """GET /fulfillment/202309/orders/split_attributes; unknown ids are left out of the answer."""
    only(call, "order_ids")
    ids = [order_id for order_id in call.query.get("order_ids", "").split(",") if order_id]
    if not 0 < len(ids) <= MAX_ORDERS:
        raise bad(f"Invalid parameter order_ids: 1 to {MAX_ORDERS} order ids are needed.")
    found = (platform.order(order_id) for order_id in dict.fromkeys(ids))
    return {"split_attributes": [_attribute(platform, order) for order in found if order is not None]}


def _attribute(platform: Platform, order: Order) -> Json:
    world = platform.world
    known = world.facts(order)
    refusal = repack.why_not_split(known, order)
    body: Json = {
        "order_id": world.numbers.order_id(order.serial),
        "can_split": refusal is None,
        "must_split": refusal is None and world.must_split and _must(known, order),
    }
    if refusal is not None:
        body["reason"] = refusal.message
    if body["must_split"]:
        reason = {"type": "CATEGORY_ITEM_LIMITATION", "category_id": "601450", "max_count": "1"}
        body["must_split_reasons"] = [reason]
    return body


def _must(known: Facts, order: Order) -> bool:
    return any(must_split(known, order, place) for place in range(len(order.shipments)))


def split(platform: Platform, call: Call) -> Json:
    """POST /fulfillment/202309/orders/{id}/split."""
    only(call)
    groups = body_as(call, SplitBody).splittable_groups
    names = [group.id for group in groups]
    if len(groups) < 2 or not all(group.order_line_item_ids and group.id for group in groups):
        raise bad("Invalid parameter splittable_groups: at least two with lines are needed.")
    if len(set(names)) != len(names):
        raise bad("Invalid parameter splittable_groups: an id comes twice.")
    lines = [group.order_line_item_ids for group in groups]
    made = _done(repack.split(platform.world, call.args[0], lines, call.request_id))
    return {
        "packages": [
            {"splittable_group_id": name, "id": package_id}
            for name, package_id in zip(names, made, strict=True)
        ]
    }


def search_combinable(platform: Platform, call: Call) -> Json:
    """GET /fulfillment/202309/combinable_packages/search."""
    only(call, "page_size", "page_token")
    how = sorting(call, sizes=range(1, 51), default=None)
    world, stale = platform.world, platform.stale()
    sets = {
        first: orders
        for first in world.families()
        if len(orders := repack.combinable(world, first, stale)) > 1
    }
    keys = list(sets)
    try:
        page = paged(
            keys, 0, len(keys), how._replace(descending=False), call.query.get("page_token", ""), "combinable"
        )
    except BadTokenError as error:
        raise bad(f"Invalid parameter: {error}") from None
    rows = [
        {"id": world.numbers.set_id(first), "order_ids": _ids(platform, sets[first])} for first in page.keys
    ]
    return {"next_page_token": page.next_token, "total_count": page.total} | (
        {"combinable_packages": rows} if rows else {}
    )


def combine(platform: Platform, call: Call) -> Json:
    """POST /fulfillment/202309/packages/combine: code 0, and one error for each set that failed."""
    only(call)
    sets = body_as(call, CombineBody).combinable_packages
    if not sets:
        raise bad("Invalid parameter combinable_packages: at least one is needed.")
    for one in sets:
        if one.order_ids and not 2 <= len(set(one.order_ids)) == len(one.order_ids) <= repack.LARGEST:
            raise bad(f"Invalid parameter order_ids: 2 to {repack.LARGEST} different orders are needed.")
    packages, errors = [], []
    for one in sets:
        made = repack.combine(platform.world, one.id, one.order_ids, call.request_id)
        if isinstance(made, Refusal):
            errors.append({"code": made.code, "message": made.message, "detail": {"package_id": one.id}})
        else:
            packages.append({"id": made[0], "order_ids": _ids(platform, made[1])})
    lists = {"packages": packages, "errors": errors}
    return {name: rows for name, rows in lists.items() if rows}


def uncombine(platform: Platform, call: Call) -> Json:
    """POST /fulfillment/202309/packages/{id}/uncombine."""
    only(call)
    ids = body_as(call, UncombineBody).order_ids
    laid = _done(repack.uncombine(platform.world, call.args[0], ids, call.request_id))
    return {
        "packages": [{"id": package_id, "order_ids": _ids(platform, orders)} for package_id, orders in laid]
    }


def correct_package(platform: Platform, call: Call) -> Json:
    """POST /fulfillment/202309/packages/{id}/shipping_info/update."""
    only(call)
    wanted = body_as(call, SelfShipment)
    parcel = platform.world.package(call.args[0])
    refusal = (
        own_courier.correct(platform.world, parcel, wanted, call.request_id) if parcel else Refusal.unknown()
    )
    if refusal is not None:
        raise RefusedError(refusal)
    return {}


def correct_order(platform: Platform, call: Call) -> Json:
    """POST /fulfillment/202309/orders/{id}/shipping_info/update: for orders that travel in one package."""
    only(call)
    world, wanted = platform.world, body_as(call, SelfShipment)
    order = world.order(call.args[0])
    if order is None or not order.payable:
        raise RefusedError(Refusal(21008111, "The order does not belong to the seller."))
    ids = world.package_ids(order)
    if len(ids) > 1:
        raise RefusedError(Refusal(21011035, "The order has been split: update its packages."))
    parcel = world.package(ids[0])
    refusal = own_courier.correct(world, parcel, wanted, call.request_id) if parcel else Refusal.unknown()
    if refusal is not None:
        code = 21011052 if refusal.code == own_courier.USED_UP else refusal.code
        raise RefusedError(Refusal(code, refusal.message))
    return {}


def delivery_options(_platform: Platform, call: Call) -> Json:
    """GET /logistics/202309/warehouses/{id}/delivery_options; the return warehouse sends nothing."""
    only(call, "scope")
    if call.query.get("scope", "WAREHOUSE") not in ("WAREHOUSE", "PRODUCT"):
        raise bad("Invalid parameter scope.")
    if call.args[0] != WAREHOUSE_ID:
        return {}
    kinds = {"Economy Shipping": "ECONOMY", "Next Day": "EXPRESS", "Same Day": "EXPRESS"}
    options = [(option_id, name, kinds.get(name, "STANDARD")) for _, option_id, name in OPTIONS]
    options.append((*SELLER_OPTION[1:], "SEND_BY_SELLER"))
    return {
        "delivery_options": [
            {
                "id": option_id,
                "name": name,
                "type": kind,
                "description": "",
                "platform": ["TIKTOK_SHOP", "TOKOPEDIA"],
                "dimension_limit": {"max_height": 100, "max_length": 100, "max_width": 100, "unit": "CM"},
                "weight_limit": {"max_weight": 50_000, "min_weight": 1, "unit": "GRAM"},
            }
            for option_id, name, kind in options
        ]
    }


def shipping_providers(_platform: Platform, call: Call) -> Json:
    """GET /logistics/202309/delivery_options/{id}/shipping_providers: the couriers a seller may name."""
    only(call, "warehouse_region", "buyer_region")
    if call.args[0] in {option_id for _, option_id, _ in OPTIONS}:
        raise RefusedError(Refusal(21008117, "The delivery option is shipped by the platform."))
    if call.args[0] != SELLER_OPTION[1]:
        raise RefusedError(Refusal(21008116, "The delivery option is not subscribed."))
    return {"shipping_providers": [{"id": courier.provider_id, "name": courier.name} for courier in COURIERS]}


def _done(made: list[Any] | Refusal) -> list[Any]:
    if isinstance(made, Refusal):
        raise RefusedError(made)
    return made


def _ids(platform: Platform, orders: list[Order]) -> list[str]:
    return [platform.world.numbers.order_id(order.serial) for order in orders]
