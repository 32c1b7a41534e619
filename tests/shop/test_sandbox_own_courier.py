"""Parcels the seller sends: which couriers may be named, and how a wrong number is corrected, over real HTTP."""

from __future__ import annotations

import msgspec
import pytest

from shop import parcel_writes
from shop.errors import Kind, Refused
from shop.requests import Draft, body_of
from shop.sandbox import life
from shop.sandbox.data import COURIERS
from shop.sandbox.orders import Order
from shop.sandbox.own_courier import TIMES
from shop.sandbox.world import World
from shop.writes import SelfShipment
from tests.shop.parcels_kit import Shop, families, opened
from tests.shop.sandbox_kit import package_of, shippable, small_world, some

HOUR = 3_600
JNE, SICEPAT = COURIERS[1].provider_id, COURIERS[2].provider_id


@pytest.fixture
def world() -> World:
    return small_world(900, seed=5)


def mine(world: World, nth: int = 0) -> Order:
    """An order that waits for the seller's own courier."""
    found = [
        order
        for order in world
        if order.status == "AWAITING_SHIPMENT"
        and world.facts(order).shipping_type == "SELLER"
        and not order.ask_status
        and len(order.shipments) == 1
    ]
    return found[nth]


async def sent(shop: Shop, order: Order, number: str = "SAYA000001") -> str:
    """The package of an order after it was arranged under a number."""
    package_id = package_of(shop.world, order)
    assert (await shop.ship(package_id, SelfShipment(number, JNE))).kind is Kind.DONE
    return package_id


def by_order(order_id: str, number: str, provider: str = SICEPAT) -> Draft:
    body = body_of({"tracking_number": number, "shipping_provider_id": provider})
    return Draft("POST", f"/fulfillment/202309/orders/{order_id}/shipping_info/update", body=body)


async def test_about_two_in_a_hundred_orders_go_by_the_sellers_courier(world: World) -> None:
    async with opened(world) as shop:
        page = await shop.client.search_orders(create_ge=0)
        assert {record.shipping_type for record in page.records} == {"TIKTOK", "SELLER"}
    big = small_world(6_000)
    share = sum(big.facts(order).shipping_type == "SELLER" for order in big) / len(big)
    assert 0.013 < share < 0.03


async def test_the_couriers_to_name_are_behind_the_sellers_option(world: World) -> None:
    async with opened(world) as shop:
        warehouses = await shop.client.warehouses()
        sells = next(one for one in warehouses if one.kind == "SALES_WAREHOUSE")
        assert sells.default and sells.enabled
        options = await shop.client.delivery_options(sells.warehouse_id)
        (own,) = [option for option in options if option.by_seller]
        assert own.platforms == ("TIKTOK_SHOP", "TOKOPEDIA") and len(options) > 3
        providers = await shop.client.shipping_providers(own.option_id)
        assert {one.courier for one in providers} == {courier.code for courier in COURIERS}
        other = next(option for option in options if not option.by_seller)
        for option_id, code in ((other.option_id, 21008117), ("1", 21008116)):
            with pytest.raises(Refused) as refused:
                await shop.client.shipping_providers(option_id)
            assert refused.value.code == code
        takes_back = next(one for one in warehouses if one.kind == "RETURN_WAREHOUSE")
        assert await shop.client.delivery_options(takes_back.warehouse_id) == []


async def test_a_corrected_number_takes_the_place_of_the_wrong_one(world: World) -> None:
    order = mine(world)
    async with opened(world) as shop:
        package_id = await sent(shop, order)
        assert await shop.code(parcel_writes.correct_number(package_id, "BETUL00001", SICEPAT)) == 0
        facts = await shop.client.package_detail(package_id)
        assert (facts.tracking_number, facts.courier) == ("BETUL00001", "sicepat")
        detail = await shop.client.order_detail([shop.id_of(order)])
        assert detail.records[0].packages[0].tracking_number == "BETUL00001"
        assert world.parcel("SAYA000001") is None
        parcel = world.parcel("BETUL00001")
        assert parcel is not None and parcel.courier == "sicepat"
        assert shop.effects() == [("ship", 1), ("correct", 1)]
        assert world.effects[1].target == f"{package_id}:BETUL00001"


async def test_a_few_corrections_and_no_more(world: World) -> None:
    order = mine(world)
    async with opened(world) as shop:
        package_id = await sent(shop, order)
        codes = [
            await shop.code(parcel_writes.correct_number(package_id, f"NOMOR0000{number}", JNE))
            for number in range(TIMES + 1)
        ]
        assert codes == [0] * TIMES + [21011051]
        assert await shop.code(by_order(shop.id_of(order), "NOMOR00009")) == 21011052
        assert (await shop.client.package_detail(package_id)).tracking_number == f"NOMOR0000{TIMES - 1}"


async def test_only_within_72_hours_and_before_the_end(world: World) -> None:
    order, other = mine(world), mine(world, 1)
    async with opened(world) as shop:
        package_id, second = await sent(shop, order), await sent(shop, other, "SAYA000002")
        wrong = parcel_writes.correct_number(package_id, "BETUL00001", JNE)
        for one in (order, other):
            # Held back, or the couriers would have brought them by then.
            one.version += 1
        world.advance(72 * HOUR)
        assert await shop.code(wrong) == 0
        world.advance(1)
        assert await shop.code(wrong) == 21011050
        with world.lock, world.changing(other):
            life.happen(world.pace, other, life.Event.DELIVER, world.now())
        assert await shop.code(parcel_writes.correct_number(second, "BETUL00002", JNE)) == 21011030


async def test_every_refusal_of_a_correction_has_its_number(world: World) -> None:
    first, second, third = (mine(world, nth) for nth in range(3))
    packed = some(world, "AWAITING_COLLECTION", shipping_type="TIKTOK")
    async with opened(world) as shop:
        done, other = await sent(shop, first), await sent(shop, second, "SAYA000002")
        cases = [
            ("1150000000000000000", "BETUL00001", JNE, 21011001),
            (package_of(world, packed), "BETUL00001", JNE, 21011004),
            (package_of(world, third), "BETUL00001", JNE, 21011043),
            (done, "1", JNE, 21011022),
            (done, "BETUL00001", "1", 21011025),
            (done, "SAYA000002", JNE, 21034012),
        ]
        for package_id, number, provider, code in cases:
            draft = parcel_writes.correct_number(package_id, number, provider)
            assert await shop.code(draft) == code, (package_id, number)
        with world.lock, world.changing(first):
            life.happen(world.pace, first, life.Event.BUYER_ASKS, world.now())
        assert await shop.code(parcel_writes.correct_number(done, "BETUL00001", JNE)) == 21011007
        with world.lock, world.changing(second):
            life.cancel(second, "BUYER", "x", world.now())
        assert await shop.code(parcel_writes.correct_number(other, "BETUL00001", JNE)) == 21011041
        assert {kind for kind, _ in shop.effects()} == {"ship"}


async def test_a_number_serves_one_package(world: World) -> None:
    async with opened(world) as shop:
        await sent(shop, mine(world))
        again = await shop.ship(package_of(world, mine(world)), SelfShipment("SAYA000001", JNE))
        assert (again.kind, again.code) == (Kind.REFUSED, 21034012)


async def test_the_order_form_is_for_orders_in_one_package(world: World) -> None:
    order, split = mine(world), some(world, "AWAITING_COLLECTION", packages=2)
    async with opened(world) as shop:
        package_id = await sent(shop, order)
        assert await shop.code(by_order(shop.id_of(order), "BETUL00001")) == 0
        assert (await shop.client.package_detail(package_id)).tracking_number == "BETUL00001"
        assert await shop.code(by_order(shop.id_of(split), "BETUL00002")) == 21011035
        assert await shop.code(by_order("580000000000000000", "BETUL00002")) == 21008111
        assert await shop.code(by_order(shop.id_of(shippable(world)), "BETUL00002")) == 21011004
        strange = msgspec.structs.replace(by_order(shop.id_of(order), "x"), body=b"{}")
        assert await shop.code(strange) == 36009004


async def test_a_combined_parcel_of_ones_own_has_one_number() -> None:
    world, orders = own_family()
    ids = [world.numbers.order_id(order.serial) for order in orders]
    async with opened(world) as shop:
        page = await shop.client.combinable()
        (group,) = [group for group in page.groups if set(group.order_ids) == set(ids)]
        await shop.send(parcel_writes.combine([(group.id, ids)]))
        (package_id,) = await shop.packages(orders[0])
        assert (await shop.ship(package_id, SelfShipment("SAYA000001", JNE))).kind is Kind.DONE
        assert await shop.code(parcel_writes.correct_number(package_id, "BETUL00001", SICEPAT)) == 0
        detail = await shop.client.order_detail(ids)
        assert {record.packages[0].tracking_number for record in detail.records} == {"BETUL00001"}


def own_family() -> tuple[World, list[Order]]:
    for seed in range(1, 60):
        world = small_world(600, seed=seed)
        for orders in families(world):
            if world.facts(orders[0]).shipping_type == "SELLER":
                return world, orders
    raise LookupError


async def test_a_lost_answer_leaves_the_new_number(world: World) -> None:
    async with opened(world) as shop:
        package_id = await sent(shop, mine(world))
        shop.sandbox.platform.faults.set("internal-after@/fulfillment/202309/packages*1")
        draft = parcel_writes.correct_number(package_id, "BETUL00001", JNE)
        assert await shop.code(draft) == 36009003
        assert (await shop.client.package_detail(package_id)).tracking_number == "BETUL00001"
        assert await shop.code(draft) == 0
        assert shop.effects() == [("ship", 1), ("correct", 1), ("correct", 2)]
