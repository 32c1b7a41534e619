"""The fake shop lives: every order runs through the platform's states, the same way for the same seed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from shop.sandbox import life, pace, shapes
from shop.sandbox.clock import SandboxClock
from shop.sandbox.data import PRODUCTS
from shop.sandbox.deadlines import deadlines, dispatch_day
from shop.sandbox.orders import Numbers, Order
from shop.sandbox.shipping import ShipItem
from shop.sandbox.world import World
from store.status import OrderStatus
from tests.shop.sandbox_kit import MONDAY, package_of, shippable, small_world

HOUR = 3_600
DAY = 24 * HOUR
WIB = ZoneInfo("Asia/Jakarta")
STATUSES = {status.value for status in OrderStatus} - {"UNKNOWN", "PARTIALLY_SHIPPING"}


def wire(world: World) -> bytes:
    return msgspec.json.encode([shapes.order_json(world, order) for order in world])


def wib(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=WIB).timestamp())


def test_a_new_shop_has_orders_in_every_state() -> None:
    world = small_world(60)
    assert len(world) == 60
    assert set(world.census()) >= STATUSES


@pytest.mark.parametrize("orders", [0, 1, 5, 8])
def test_a_small_shop_has_exactly_as_many_orders_as_asked(orders: int) -> None:
    assert sum(small_world(orders).census().values()) == orders


def test_pasts_fit_together() -> None:
    for order in small_world(400):
        steps = [
            order.created,
            order.paid,
            order.released,
            order.shipped,
            order.collected,
            order.delivered,
            order.completed or order.cancelled,
        ]
        happened = [at for at in steps if at]
        assert happened == sorted(happened), order
        assert order.updated == max(*happened, order.asked) or order.returned or order.shipments != (None,)
        assert max(happened) < MONDAY


def test_same_seed_and_advances_give_the_same_bytes() -> None:
    one, two, other = (small_world(80, seed=seed, rate=0.4) for seed in (5, 5, 6))
    for world, steps in (
        (one, [HOUR, 5 * HOUR, DAY]),
        (two, [DAY, 4 * HOUR, 2 * HOUR]),
        (other, [DAY + 6 * HOUR]),
    ):
        for step in steps:
            world.advance(step)
    assert len(one) > 400
    assert wire(one) == wire(two)
    assert wire(one) != wire(other)


def test_an_order_of_its_own_runs_through_its_whole_life() -> None:
    """Placed, paid, held, released, scanned, delivered, completed: the world does all but the shipping."""
    world = small_world(0, rate=0.05)
    history: dict[int, list[str]] = {}
    for _ in range(24 * 12):
        world.advance(HOUR)
        for order in list(world)[:60]:
            steps = history.setdefault(order.serial, [])
            if not steps or steps[-1] != order.status:
                steps.append(order.status)
            if order.status in ("AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"):
                for place in range(len(order.shipments)):
                    world.ship(ShipItem(package_of(world, order, place)), "r")
    ways = [tuple(steps) for steps in history.values()]
    assert any(way[-4:] == ("AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED") for way in ways)
    assert any("ON_HOLD" in way for way in ways)
    rank = {status.value: place for place, status in enumerate(OrderStatus)}
    for way in ways:
        assert list(way) == sorted(way, key=rank.__getitem__), "no order runs backwards"


def test_the_hold_lasts_one_hour() -> None:
    world = small_world(60)
    order = next(order for order in world if order.status == "ON_HOLD" and not cancels_soon(world, order))
    begun = order.paid or order.created
    world.advance(begun + HOUR - 2 - world.now())
    assert order.status == "ON_HOLD"
    world.advance(3)
    assert order.status == "AWAITING_SHIPMENT"


def cancels_soon(world: World, order: Order) -> bool:
    coming = life.next_event(world.pace, order)
    return coming is not None and coming.event is life.Event.BUYER_CANCELS


def test_a_faster_shop_shortens_people_but_moves_no_deadline() -> None:
    slow, fast = small_world(60), small_world(60, speed=60)
    held = [order.serial for order in slow if order.status == "ON_HOLD"]
    due = [deadline_of(fast, serial) for serial in held]
    for world in (slow, fast):
        world.advance(62)
    assert all(fast.at(serial).status != "ON_HOLD" for serial in held)
    assert any(slow.at(serial).status == "ON_HOLD" for serial in held)
    assert [deadline_of(fast, serial) for serial in held] == due


def deadline_of(world: World, serial: int) -> int:
    return int(shapes.order_json(world, world.at(serial))["tts_sla_time"])


def test_what_nobody_ships_is_cancelled_when_due() -> None:
    world = small_world(200)
    waiting = [order for order in world if order.status == "AWAITING_SHIPMENT"]
    world.advance(6 * DAY)
    silent = [order for order in waiting if order.cancel_key == "system_cancel_order_reason_shipping_timeout"]
    assert silent
    for order in silent:
        due = deadlines(order.created, world.facts(order).priority).shipping_due_time
        assert order.cancelled == due
    assert all(
        order.status == "CANCELLED" or world.facts(order).fulfillment_type != "FULFILLMENT_BY_SELLER"
        for order in waiting
    )


def test_an_unanswered_request_is_granted_after_two_days() -> None:
    world = small_world(400)
    order = next(
        order
        for order in world
        if order.ask_status == life.PENDING
        and life.next_event(world.pace, order) == (order.asked + pace.REVIEW, life.Event.REVIEW_LAPSES)
    )
    world.advance(order.asked + pace.REVIEW - world.now() - 1)
    assert order.ask_status == life.PENDING
    world.advance(1)
    assert (order.status, order.cancel_by, order.ask_status) == ("CANCELLED", "BUYER", life.ACCEPTED)


@pytest.mark.parametrize(
    ("placed", "by"),
    [
        ("2026-11-23 11:59:59", "2026-11-23"),
        ("2026-11-23 12:00:00", "2026-11-23"),
        ("2026-11-23 12:00:01", "2026-11-24"),
        ("2026-11-27 11:00:00", "2026-11-27"),
        ("2026-11-27 15:00:00", "2026-11-30"),
        ("2026-11-28 08:00:00", "2026-11-30"),
        ("2026-11-29 23:30:00", "2026-11-30"),
        ("2026-12-24 13:00:00", "2026-12-28"),
    ],
)
def test_the_noon_rule(placed: str, by: str) -> None:
    end = deadlines(wib(placed), 600).tts_sla_time
    assert datetime.fromtimestamp(end, WIB).isoformat(sep=" ") == f"{by} 23:59:59+07:00"
    assert dispatch_day(wib(placed)) == dispatch_day(end - 12 * HOUR - 1)


def test_goods_are_claimed_from_payment_to_scan_and_freed_by_a_cancellation() -> None:
    world = small_world(60)
    order = shippable(world)
    sku = world.facts(order).lines[0].sku.sku_id
    committed = world.shelves.committed[sku]
    world.ship(ShipItem(package_of(world, order)), "r")
    assert world.shelves.committed[sku] == committed
    world.advance(20 * DAY)
    assert set(world.shelves.committed.values()) == {0}
    assert all(units >= 0 for units in world.shelves.available.values())


def test_buyers_come_at_the_rate_and_in_bursts() -> None:
    world = small_world(0, rate=60)
    world.advance(HOUR)
    assert 3_000 < len(world) < 4_200
    minutes = [0] * 60
    for order in world:
        minutes[(order.created - MONDAY) // 60] += 1
    assert max(minutes) > 2 * min(minutes)


def test_time_stands_still_until_advanced_and_never_runs_back() -> None:
    world = small_world(60, rate=1_000)
    before = wire(world)
    world.tick()
    assert wire(world) == before
    with pytest.raises(ValueError, match="backwards"):
        world.advance(-1)


def test_a_real_clock_runs_with_the_wall() -> None:
    wall = [1_000_000.0]
    clock = SandboxClock(wall=lambda: wall[0])
    world = World(1, 0, 60, clock)
    assert len(world) == 0
    wall[0] += 120
    world.tick()
    assert len(world) > 50
    assert all(order.updated <= wall[0] for order in world)
    with pytest.raises(ValueError, match="positive"):
        SandboxClock(speed=0)


def test_numbers_can_be_read_back_and_strangers_cannot() -> None:
    numbers = Numbers(9)
    for serial in (1, 77, 99_999):
        assert numbers.serial(numbers.order_id(serial)) == serial
        assert numbers.package(numbers.package_id(serial, 1)) == (serial, 1)
        assert numbers.tracked(numbers.tracking_number(serial, 1, 3)) == numbers.package_id(serial, 1)
        assert numbers.made(numbers.made_id(serial)) == serial
        assert numbers.tracked(numbers.made_tracking(serial, 3)) == numbers.made_id(serial)
    assert Numbers(10).order_id(1) != numbers.order_id(1)
    for stranger in ("", "abc", "580", "٥٨٠", "9" * 30):
        assert numbers.serial(stranger) is None


def test_the_catalogue_has_forty_products_with_stock() -> None:
    assert len(PRODUCTS) == 40
    skus = [sku for product in PRODUCTS for sku in product.skus]
    assert len({sku.sku_id for sku in skus}) == len({sku.seller_sku for sku in skus}) == len(skus)
    assert all(sku.price >= 10_000 and sku.variation and sku.stock > 0 for sku in skus)


def test_an_old_version_is_a_copy_of_its_own() -> None:
    order = Order(1, 2, 3, "UNPAID")
    old = order.copy()
    order.status = "ON_HOLD"
    assert old.status == "UNPAID"
