"""The sandbox lets sellers cancel and answer buyers' requests as the platform does, with its codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shop.sandbox import decisions, life
from shop.sandbox.facts import facts
from shop.sandbox.orders import Order
from shop.sandbox.world import World
from tests.shop.aftersales_kit import (
    BASE,
    CANCEL,
    DAY,
    OUT_OF_STOCK,
    asked,
    cancel,
    found,
    kinds,
    order_in,
    request_id,
    row_of,
    sellers,
    unstoppable,
)
from tests.shop.sandbox_kit import MONDAY, Client, connected, id_of, package_of, small_world


@pytest.fixture
def client() -> Iterator[Client]:
    with connected(small_world(400)) as it:
        yield it


@pytest.fixture
def world(client: Client) -> World:
    return client.sandbox.world


def test_a_seller_cancels_and_the_order_follows(client: Client, world: World) -> None:
    order = order_in(world, "AWAITING_SHIPMENT", lambda it: bool(it.paid))
    data = cancel(client, order)["data"]
    assert data == {
        "cancel_id": request_id(world, order, "own"),
        "cancel_status": "CANCELLATION_REQUEST_SUCCESS",
    }
    assert client.order(id_of(world, order))["status"] == "AWAITING_SHIPMENT"
    row = row_of(client, order)
    assert (row["cancel_status"], row["cancel_type"], row["role"]) == (
        "CANCELLATION_REQUEST_SUCCESS", "CANCEL", "SELLER",
    )  # fmt: skip
    assert client.ship(package_of(world, order))["data"]["errors"][0]["code"] == 21011042
    world.advance(life.STOPPING)
    shown = client.order(id_of(world, order))
    assert (shown["status"], shown["cancellation_initiator"]) == ("CANCELLED", "SELLER")
    assert shown["cancel_reason"] == "Stok habis"
    row = row_of(client, order)
    assert row["cancel_status"] == "CANCELLATION_REQUEST_COMPLETE"
    assert row["refund_amount"]["refund_total"] == str(world.facts(order).total)
    assert kinds(client) == ["cancel"]
    assert cancel(client, order)["code"] == 25001011
    assert kinds(client) == ["cancel"]


def test_the_goods_of_a_request_are_told_unit_by_unit(client: Client, world: World) -> None:
    def many(order: Order) -> bool:
        return sum(line.quantity for line in world.facts(order).lines) > 2

    order = order_in(world, "AWAITING_SHIPMENT", many)
    cancel(client, order)
    rows = row_of(client, order)["cancel_line_items"]
    units = [unit["id"] for unit in client.order(id_of(world, order))["line_items"]]
    assert [row["order_line_item_id"] for row in rows] == units
    assert len({row["cancel_line_item_id"] for row in rows}) == len(rows)


def test_nothing_is_paid_back_for_an_order_paid_at_the_door(client: Client, world: World) -> None:
    order = order_in(world, "AWAITING_SHIPMENT", lambda it: world.facts(it).cod)
    cancel(client, order)
    assert row_of(client, order)["refund_amount"]["refund_total"] == "0"


def some_order(case: str) -> tuple[World, Order]:
    match case:
        case "platform's":
            return found("AWAITING_SHIPMENT", lambda world, order: not sellers(world, order))
        case "on its way, unseen":
            return unstoppable()
        case "risky":
            return found(
                "AWAITING_SHIPMENT",
                lambda world, order: (
                    sellers(world, order) and world.pace.chance(order, decisions.RISK) < 0.004
                ),
            )
    world = small_world(400)
    return world, asked(world) if case == "asked" else order_in(world, case)


@pytest.mark.parametrize(
    ("case", "reason", "code"),
    [
        ("AWAITING_SHIPMENT", "no_such_reason", 25001014),
        ("AWAITING_SHIPMENT", "ecom_order_to_ship_canceled_reason_better_price", 25001015),
        ("AWAITING_SHIPMENT", "seller_cancel_paid_reason_address_not_deliver", 25001020),
        ("AWAITING_SHIPMENT", "seller_cancel_unpaid_reason_out_of_stock", 25001021),
        ("UNPAID", OUT_OF_STOCK, 25001021),
        ("UNPAID", "seller_cancel_unpaid_reason_wrong_price", 0),
        ("ON_HOLD", "seller_cancel_reason_wrong_price", 0),
        ("AWAITING_COLLECTION", OUT_OF_STOCK, 0),
        ("IN_TRANSIT", OUT_OF_STOCK, 25001045),
        ("on its way, unseen", OUT_OF_STOCK, 25001045),
        ("DELIVERED", OUT_OF_STOCK, 25001051),
        ("COMPLETED", OUT_OF_STOCK, 25001051),
        ("CANCELLED", OUT_OF_STOCK, 25001011),
        ("asked", OUT_OF_STOCK, 25001011),
        ("platform's", OUT_OF_STOCK, 25011026),
        ("risky", OUT_OF_STOCK, 25001046),
    ],
)
def test_what_may_be_cancelled_and_why(case: str, reason: str, code: int) -> None:
    world, order = some_order(case)
    with connected(world) as client:
        assert cancel(client, order, reason)["code"] == code
        assert kinds(client) == ["cancel"] * (code == 0)


def test_a_lock_gives_way_the_second_time() -> None:
    world, order = found(
        "AWAITING_SHIPMENT", lambda world, order: sellers(world, order) and decisions.locks(world.pace, order)
    )
    with connected(world) as client:
        assert [cancel(client, order)["code"] for _ in range(3)] == [25001028, 0, 25001011]
        assert kinds(client) == ["cancel"]


def test_only_whole_orders_are_cancelled(client: Client, world: World) -> None:
    order = order_in(world, "AWAITING_SHIPMENT", lambda it: world.facts(it).lines[0].quantity > 1)
    units = [{"sku_id": line.sku.sku_id, "quantity": line.quantity} for line in world.facts(order).lines]
    part = [dict(units[0], quantity=1), *units[1:]]
    assert cancel(client, order, skus=part)["code"] == 25005011
    assert cancel(client, order, skus=[{"sku_id": "1", "quantity": 1}])["code"] == 25005010
    assert cancel(client, order, order_line_item_ids=["1"])["code"] == 25005010
    assert cancel(client, order, skus=units)["code"] == 0


@pytest.mark.parametrize(
    "body",
    [{}, {"order_id": "1"}, {"order_id": 1, "cancel_reason": "x"}, {"order_id": "1", "cancel_reason": None},
     {"order_id": "1", "cancel_reason": "x", "odd": 1}],
)  # fmt: skip
def test_a_malformed_cancel_call(client: Client, body: dict[str, Any]) -> None:
    assert client.post(CANCEL, body)["code"] == 36009004


def test_strangers_and_strange_parameters(client: Client) -> None:
    body = {"order_id": "580000000000000001", "cancel_reason": OUT_OF_STOCK}
    assert client.post(CANCEL, body)["code"] == 25020005
    assert client.post(CANCEL, body, {"idempotency_key": "k"})["code"] == 36009004
    assert client.post(f"{BASE}/202309/cancellations/403500000000001/approve")["code"] == 25007006


# -- moods -----------------------------------------------------------------------------------------------------


def test_some_buyers_cancel_at_once_and_some_ask_after_the_label() -> None:
    labelled = at_once = asking = 0
    for seed in range(1, 7):
        world = small_world(2_000, seed=seed)
        waiting = [order for order in world if order.status == "AWAITING_COLLECTION" and not order.ask_status]
        world.advance(DAY)
        labelled += len(waiting)
        at_once += sum(order.cancel_by == "BUYER" and not order.asked for order in waiting)
        asking += sum(bool(order.asked) for order in waiting)
    assert 0.002 < at_once / labelled < 0.04
    assert 0.01 < asking / labelled < 0.1


def test_buyers_of_a_sellers_own_courier_ask_after_the_first_hour() -> None:
    pace = small_world(0).pace
    coming = []
    for serial in range(1, 8_000):
        if facts(pace.key, serial).shipping_type != "SELLER":
            continue
        order = Order(serial, MONDAY, MONDAY, "AWAITING_SHIPMENT", paid=MONDAY, released=MONDAY)
        if (event := life.next_event(pace, order)) is not None:
            coming.append(event)
    assert any(event.event is life.Event.BUYER_ASKS for event in coming)
    assert all(event.at <= MONDAY + life.FREE for event in coming if event.event is life.Event.BUYER_CANCELS)
