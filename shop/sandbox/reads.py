"""The endpoints that only read: shops, orders, packages, tracking, requests, warehouses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec

from shop.sandbox import aftersales, shapes
from shop.sandbox.data import SHOP_ID
from shop.sandbox.gate import Call, bad
from shop.sandbox.index import SERIALS, SHIFT
from shop.sandbox.orders import Order
from shop.sandbox.platform import Platform, RefusedError, body_as, sorting
from shop.sandbox.search import BadTokenError, OrderFilter, Stale, find_orders, paged, seen
from shop.sandbox.shipping import Refusal, open_slots, slots
from store.status import OrderStatus

Json = dict[str, Any]
MAX_IDS: Final = 50
_PLACE: Final = 3
"""Bits for the packages of one order in a sort key: no order has more than eight kinds of goods."""
_STATUSES: Final = frozenset(status.value for status in OrderStatus) - {"UNKNOWN"}
_PACKAGE_STATUSES: Final = frozenset({"PROCESSING", "FULFILLING", "COMPLETED", "CANCELLED"})


class PackageFilter(msgspec.Struct, frozen=True):
    """Body of the package search. There is no filter for packages that wait for the seller."""

    package_status: str | None = None
    create_time_ge: int | None = None
    create_time_lt: int | None = None
    update_time_ge: int | None = None
    update_time_lt: int | None = None


def authorized_shops(platform: Platform, _call: Call) -> Json:
    """GET /authorization/202309/shops: where the cipher comes from."""
    shop = {
        "id": SHOP_ID,
        "name": platform.account.shop_name,
        "region": "ID",
        "seller_type": "LOCAL",
        "cipher": platform.account.cipher,
        "code": "IDLCSANDBOX",
    }
    return {"shops": [shop]}


def search_orders(platform: Platform, call: Call) -> Json:
    """POST /order/202309/orders/search."""
    how = sorting(call, sizes=range(1, 101), default=None)
    wanted = body_as(call, OrderFilter)
    if wanted.order_status is not None and wanted.order_status not in _STATUSES:
        raise bad("Invalid order_status.")
    world, stale = platform.world, platform.stale()
    try:
        orders, page = find_orders(world, wanted, how, call.query.get("page_token", ""), stale)
    except BadTokenError as error:
        raise bad(f"Invalid parameter: {error}") from None
    platform.drift(page)
    rows = platform.spoil(call.path, [shapes.order_json(world, order) for order in orders])
    # `orders` is missing, not empty, when there is nothing.
    return {"next_page_token": page.next_token, "total_count": page.total} | (
        {"orders": rows} if rows else {}
    )


def order_detail(platform: Platform, call: Call) -> Json:
    """GET /order/202507/orders and its older version; unknown ids are left out of the answer."""
    ids = [order_id for order_id in call.query.get("ids", "").split(",") if order_id]
    if not 0 < len(ids) <= MAX_IDS:
        raise bad(f"Invalid parameter ids: 1 to {MAX_IDS} order ids are needed.")
    found = (platform.order(order_id) for order_id in dict.fromkeys(ids))
    rows = [shapes.order_json(platform.world, order) for order in found if order is not None]
    return {"orders": platform.spoil(call.path, rows)} if rows else {}


def search_packages(platform: Platform, call: Call) -> Json:
    """POST /fulfillment/202309/packages/search; default order is newest first here."""
    how = sorting(
        call, sizes=range(1, 51), default=None, fields=("create_time", "update_time", "order_pay_time")
    )
    if "sort_order" not in call.query:
        how = how._replace(descending=True)
    wanted = body_as(call, PackageFilter)
    if wanted.package_status is not None and wanted.package_status not in _PACKAGE_STATUSES:
        raise bad("Invalid package_status.")
    world, stale = platform.world, platform.stale()
    times: dict[str, Callable[[Order], int]] = {
        "create_time": _made,
        "update_time": lambda order: order.updated,
        "order_pay_time": lambda order: order.paid,
    }
    keys = []
    for order in _changed(platform, wanted, stale):
        if not order.payable or not _within(wanted, _made(order), order.updated):
            continue
        for place in range(len(order.shipments)):
            if wanted.package_status in (None, shapes.package_status(order, place)) and (
                not order.combined or _speaks(platform, order)
            ):
                keys.append((times[how.field](order) << SHIFT + _PLACE) | order.serial << _PLACE | place)
    keys.sort()
    try:
        token = call.query.get("page_token", "")
        page = paged(keys, 0, len(keys), how, token, f"packages {how.field} {how.descending} {wanted!r}")
    except BadTokenError as error:
        raise bad(f"Invalid parameter: {error}") from None
    rows = []
    for key in page.keys:
        if (listed := seen(world, key >> _PLACE & SERIALS, stale)) is not None:
            package_id = world.package_ids(listed)[key & (1 << _PLACE) - 1]
            rows.append(shapes.package_row(world, platform.package(package_id)))
    return {"next_page_token": page.next_token, "total_count": page.total} | (
        {"packages": rows} if rows else {}
    )


def _changed(platform: Platform, wanted: PackageFilter, stale: Stale) -> Iterator[Order]:
    """The orders that may match; a window of changes costs the window and not the shop."""
    index = platform.world.index
    serials: Iterable[int] = range(1, len(platform.world) + 1)
    if not stale:
        low, high = index.bounds("update_time", "", wanted.update_time_ge, wanted.update_time_lt)
        serials = (key & SERIALS for key in index.keys("update_time")[low:high])
    found = (seen(platform.world, serial, stale) for serial in serials)
    return (order for order in found if order is not None)


def _made(order: Order) -> int:
    """When its packages came to be."""
    return order.created if order.packing is None else order.packing.at


def _speaks(platform: Platform, order: Order) -> bool:
    """Whether a combined package is listed under this order: once, not once for each."""
    return platform.package(platform.world.package_ids(order)[0]).first.serial == order.serial


def _within(wanted: PackageFilter, created: int, updated: int) -> bool:
    return (
        (wanted.create_time_ge is None or created >= wanted.create_time_ge)
        and (wanted.create_time_lt is None or created < wanted.create_time_lt)
        and (wanted.update_time_ge is None or updated >= wanted.update_time_ge)
        and (wanted.update_time_lt is None or updated < wanted.update_time_lt)
    )


def package_detail(platform: Platform, call: Call) -> Json:
    """GET /fulfillment/202309/packages/{id}."""
    return shapes.package_json(platform.world, platform.package(call.args[0]))


def time_slots(platform: Platform, call: Call) -> Json:
    """GET .../handover_time_slots; the flag is really spelled `avaliable`."""
    platform.package(call.args[0])
    now = platform.world.now()
    still = open_slots(now)
    rows = [{"start_time": slot[0], "end_time": slot[1], "avaliable": slot in still} for slot in slots(now)]
    return {"can_pickup": True, "can_drop_off": True, "drop_off_point_url": "", "pickup_slots": rows}


def tracking(platform: Platform, call: Call) -> Json:
    """GET /fulfillment/202309/orders/{id}/tracking."""
    order = platform.order(call.args[0])
    if order is None:
        raise RefusedError(Refusal(21008111, "The order does not belong to the seller."))
    return {"tracking": aftersales.tracking_json(platform.world, order, platform.world.now())}


def warehouses(_platform: Platform, _call: Call) -> Json:
    """GET /logistics/202309/warehouses."""
    return {"warehouses": aftersales.warehouses_json()}
