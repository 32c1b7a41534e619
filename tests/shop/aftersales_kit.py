"""What the tests of cancellations and returns share: orders in the wanted state, and the calls by their paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from shop.sandbox import decisions, life, returns
from shop.sandbox.life import Event
from shop.sandbox.orders import Order
from shop.sandbox.world import World
from tests.shop.sandbox_kit import Client, Json, small_world

BASE = "/return_refund"
CANCEL = f"{BASE}/202602/cancellations"
OUT_OF_STOCK = "seller_cancel_reason_out_of_stock"
PACKED = "seller_reject_apply_product_has_been_packed"
NO_PROOF = "seller_reject_return_no_proof"
EMPTY = "seller_reject_parcel_empty"
DAY = 86_400


def orders(world: World, status: str, fits: Callable[[Order], bool] = lambda order: True) -> Iterator[Order]:
    """Orders of the seller in a status that nobody has asked anything about and no mood stands in the way of."""
    for order in world:
        known = world.facts(order)
        if (
            order.status == status
            and known.fulfillment_type == "FULFILLMENT_BY_SELLER"
            and not order.ask_status
            and order.returned is None
            and not decisions.locks(world.pace, order)
            and not decisions.unstoppable(world.pace, order)
            and world.pace.chance(order, decisions.RISK) >= 0.004
            and fits(order)
        ):
            yield order


def order_in(world: World, status: str, fits: Callable[[Order], bool] = lambda order: True) -> Order:
    """The first of `orders`."""
    return next(orders(world, status, fits))


def changed(world: World, order: Order, change: Callable[[Order], None]) -> Order:
    """Change an order as the world itself would."""
    with world.lock, world.changing(order):
        change(order)
        order.version += 1
    return order


def asked(world: World, status: str = "AWAITING_COLLECTION") -> Order:
    """An order whose buyer has just asked to cancel it."""
    order = order_in(world, status)
    return changed(world, order, lambda it: life.happen(world.pace, it, Event.BUYER_ASKS, world.now()))


def returned(world: World, kind: str = returns.RETURN, **fields: Any) -> Order:
    """An order whose buyer has just asked for a return of this kind; `fields` of Return as wanted."""

    def ask(order: Order) -> None:
        life.happen(world.pace, order, Event.RETURN_ASK, world.now())
        assert order.returned is not None
        status = returns.SWAP_PENDING if kind == returns.SWAP else returns.PENDING
        wanted: dict[str, Any] = {"kind": kind, "status": status, "quick": False, "keep": False} | fields
        order.returned = replace(order.returned, **wanted)

    return changed(world, order_in(world, "DELIVERED"), ask)


def arrived(world: World, **fields: Any) -> Order:
    """A return whose goods the seller has to check."""
    deadline = world.now() + 2 * DAY
    return returned(world, status=returns.SHIPPED, deadline=deadline, **fields)


def request_id(world: World, order: Order, kind: str = "cancel") -> str:
    """The platform's number of a request."""
    return world.numbers.request_id(order.serial, kind)


def cancel(client: Client, order: Order, reason: str = OUT_OF_STOCK, **body: Any) -> Json:
    """The seller cancels."""
    order_id = client.sandbox.world.numbers.order_id(order.serial)
    return client.post(CANCEL, {"order_id": order_id, "cancel_reason": reason} | body)


def answer(client: Client, order: Order, yes: bool, key: str = "", **body: Any) -> Json:
    """The seller answers a request to cancel."""
    number = request_id(client.sandbox.world, order)
    path = f"{BASE}/202309/cancellations/{number}/{'approve' if yes else 'reject'}"
    return client.post(path, body, {"idempotency_key": key} if key else None)


def decide(client: Client, order: Order, decision: str, key: str = "", **body: Any) -> Json:
    """The seller answers a return."""
    number = request_id(client.sandbox.world, order, "return")
    verb = "reject" if decision.startswith("REJECT") else "approve"
    path = f"{BASE}/202309/returns/{number}/{verb}"
    return client.post(path, {"decision": decision} | body, {"idempotency_key": key} if key else None)


def row_of(client: Client, order: Order, noun: str = "cancellations") -> Json:
    """The request of an order as the search tells it."""
    order_id = client.sandbox.world.numbers.order_id(order.serial)
    page = client.post(f"{BASE}/202602/{noun}/search", {"order_ids": [order_id]}, {"page_size": "10"})
    key = "cancellations" if noun == "cancellations" else "return_orders"
    (row,) = page["data"][key]
    return row  # type: ignore[no-any-return]


def kinds(client: Client) -> list[str]:
    """What was really executed."""
    return [effect.kind for effect in client.sandbox.world.effects]


def found(status: str, fits: Callable[[World, Order], bool]) -> tuple[World, Order]:
    """A shop with an order of a rare mood."""
    for seed in range(1, 60):
        world = small_world(400, seed=seed)
        for order in world:
            if order.status == status and not order.ask_status and fits(world, order):
                return world, order
    raise LookupError(status)


def sellers(world: World, order: Order) -> bool:
    """Whether the seller ships the order."""
    return world.facts(order).fulfillment_type == "FULFILLMENT_BY_SELLER"


def unstoppable() -> tuple[World, Order]:
    """A shop with an order whose parcel the courier has, unseen."""
    return found(
        "AWAITING_COLLECTION",
        lambda world, order: sellers(world, order) and decisions.unstoppable(world.pace, order),
    )
