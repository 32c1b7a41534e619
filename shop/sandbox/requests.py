"""The searches for cancellations and returns. As on the platform: 1-50 and 10-50 a page, oldest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from shop.sandbox import aftersales, life, returns
from shop.sandbox.gate import Call, bad
from shop.sandbox.index import SERIALS, SHIFT
from shop.sandbox.orders import Order
from shop.sandbox.platform import Platform, body_as, sorting
from shop.sandbox.search import BadTokenError, paged, seen
from shop.sandbox.world import World

Json = dict[str, Any]
_CANCEL_STATUSES: Final = frozenset({life.PENDING, life.GRANTED, life.ACCEPTED, life.WITHDRAWN})
_CANCEL_TYPES: Final = frozenset({"CANCEL", "BUYER_CANCEL"})
_RETURN_TYPES: Final = frozenset({returns.REFUND, returns.RETURN, returns.SWAP})
_ARBITRATIONS: Final = frozenset({"IN_PROGRESS", "SUPPORT_BUYER", "SUPPORT_SELLER", "CLOSED"})


class RequestFilter(msgspec.Struct, frozen=True):
    """Body of the cancellation and the return search."""

    cancel_ids: list[str] = []
    return_ids: list[str] = []
    order_ids: list[str] = []
    buyer_user_ids: list[str] = []
    cancel_types: list[str] = []
    cancel_status: list[str] = []
    return_types: list[str] = []
    return_status: list[str] = []
    arbitration_status: list[str] = []
    create_time_ge: int | None = None
    create_time_lt: int | None = None
    update_time_ge: int | None = None
    update_time_lt: int | None = None

    def covers(self, created: int, updated: int) -> bool:
        """Whether the times are inside the windows."""
        return (
            (self.create_time_ge is None or created >= self.create_time_ge)
            and (self.create_time_lt is None or created < self.create_time_lt)
            and (self.update_time_ge is None or updated >= self.update_time_ge)
            and (self.update_time_lt is None or updated < self.update_time_lt)
        )

    def names(self, world: World, order: Order) -> bool:
        """Whether the order and its buyer are among those asked for."""
        return (not self.order_ids or world.numbers.order_id(order.serial) in self.order_ids) and (
            not self.buyer_user_ids or world.facts(order).buyer_id in self.buyer_user_ids
        )


def search_cancellations(platform: Platform, call: Call) -> Json:
    """POST /return_refund/{202309,202602}/cancellations/search."""
    wanted = body_as(call, RequestFilter)
    # The filter's word for a withdrawn request differs from the answer's.
    statuses = [life.WITHDRAWN if s.endswith("_REQUEST_CANCEL") else s for s in wanted.cancel_status]
    _known("cancel_status", statuses, _CANCEL_STATUSES)
    _known("cancel_types", wanted.cancel_types, _CANCEL_TYPES)
    world = platform.world

    def times(order: Order) -> tuple[int, int] | None:
        found = aftersales.cancellation(order)
        if (
            found is None
            or (statuses and found.status not in statuses)
            or (wanted.cancel_types and found.kind not in wanted.cancel_types)
            or (wanted.cancel_ids and aftersales.cancel_id(world, order, found) not in wanted.cancel_ids)
            or not wanted.names(world, order)
            or not wanted.covers(found.created, found.updated)
        ):
            return None
        return found.created, found.updated

    return _page(platform, call, times, "cancellations", range(1, 51), aftersales.cancellation_json)


def search_returns(platform: Platform, call: Call) -> Json:
    """POST /return_refund/{202309,202602}/returns/search."""
    wanted = body_as(call, RequestFilter)
    _known("return_status", wanted.return_status, returns.STATUSES)
    _known("return_types", wanted.return_types, _RETURN_TYPES)
    _known("arbitration_status", wanted.arbitration_status, _ARBITRATIONS)
    world = platform.world

    def times(order: Order) -> tuple[int, int] | None:
        back = order.returned
        if (
            back is None
            or (wanted.return_status and back.status not in wanted.return_status)
            or (wanted.return_types and back.kind not in wanted.return_types)
            or (wanted.arbitration_status and back.arbitration not in wanted.arbitration_status)
            or (wanted.return_ids and aftersales.return_id(world, order) not in wanted.return_ids)
            or not wanted.names(world, order)
            or not wanted.covers(back.asked, back.since)
        ):
            return None
        return back.asked, back.since

    return _page(platform, call, times, "return_orders", range(10, 51), aftersales.return_json)


def _known(name: str, values: list[str], words: frozenset[str]) -> None:
    if not words.issuperset(values):
        raise bad(f"Invalid parameter {name}.")


def _page(
    platform: Platform,
    call: Call,
    times: Callable[[Order], tuple[int, int] | None],
    name: str,
    sizes: range,
    shape: Callable[[World, Order], Json],
) -> Json:
    """One page; `times` gives the (created, updated) of an order that matches."""
    how = sorting(call, sizes=sizes, default=10)
    world, stale = platform.world, platform.stale()
    place = 0 if how.field == "create_time" else 1
    orders = (stale.get(order.serial, order) for order in world) if stale else world
    keys = sorted(
        (found[place] << SHIFT) | order.serial
        for order in orders
        if order is not None and (found := times(order)) is not None
    )
    try:
        query = f"{name} {how.field} {how.descending} {call.body!r}"
        page = paged(keys, 0, len(keys), how, call.query.get("page_token", ""), query)
    except BadTokenError as error:
        raise bad(f"Invalid parameter: {error}") from None
    found_orders = (seen(world, key & SERIALS, stale) for key in page.keys)
    rows = [shape(world, order) for order in found_orders if order is not None]
    return {"next_page_token": page.next_token, "total_count": page.total} | ({name: rows} if rows else {})
