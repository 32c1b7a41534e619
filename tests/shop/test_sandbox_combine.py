"""The fake platform combines a buyer's orders, and takes them apart; the client reads what it tells."""

from __future__ import annotations

import httpx
import msgspec
import pytest

from shop import parcel_writes
from shop.errors import Kind, Refused
from shop.sandbox import kin, life
from shop.sandbox.orders import Order
from shop.sandbox.world import World
from tests.shop.parcels_kit import Shop, families, opened
from tests.shop.sandbox_kit import shippable, small_world

HOUR = 3_600


def a_family(world: World, size: int = 2, kind: str = "TIKTOK") -> list[Order]:
    return next(orders for orders in families(world, size) if world.facts(orders[0]).shipping_type == kind)


def set_of(world: World, orders: list[Order]) -> tuple[str, list[str]]:
    ids = [world.numbers.order_id(order.serial) for order in orders]
    return world.numbers.set_id(kin.lead(world.key, orders[0].serial)), ids


async def combined(shop: Shop, orders: list[Order]) -> str:
    """The package they are in after this."""
    name, ids = set_of(shop.world, orders)
    verdicts = parcel_writes.parse_combine(await shop.send(parcel_writes.combine([(name, ids)])), [name])
    assert verdicts[name].kind is Kind.DONE
    (package,) = {package for order in orders for package in await shop.packages(order)}
    return package


async def test_buyers_who_order_twice_are_offered() -> None:
    world = small_world(600, seed=1)
    wanted = {tuple(set_of(world, orders)[1]) for orders in families(world)}
    async with opened(world) as shop:
        found, token = [], None
        while True:
            page = await shop.client.combinable(page_token=token, page_size=2)
            assert page.total == len(wanted) and len(page.groups) <= 2 and not page.rejected
            found += page.groups
            token = page.next_token
            if token is None:
                break
        assert {group.order_ids for group in found} == wanted and len(found) == len(wanted) > 2
        soon = 0
        for group in found:
            detail = await shop.client.order_detail(group.order_ids)
            assert (
                len({(order.buyer_id, order.address, order.shipping_type) for order in detail.records}) == 1
            )
            times = [order.created_at for order in detail.records]
            soon += max(times) - min(times) <= HOUR * 1_000
        assert soon > len(found) * 0.7, "some come back later"
        for size in ("0", "51", "x", ""):
            draft = msgspec.structs.replace(
                parcel_writes.combine([("1", ["1", "2"])]), method="GET", body=None,
                path="/fulfillment/202309/combinable_packages/search", query={"page_size": size},
            )  # fmt: skip
            assert await shop.code(draft) == 36009004


async def test_a_small_shop_has_something_to_combine() -> None:
    assert sum(any(families(small_world(400, seed=seed))) for seed in range(1, 9)) >= 7


async def test_combined_orders_share_package_number_and_label() -> None:
    world = small_world(600, seed=1)
    orders = a_family(world, 3)
    ids = [world.numbers.order_id(order.serial) for order in orders]
    async with opened(world) as shop:
        old = [package for order in orders for package in await shop.packages(order)]
        package_id = await combined(shop, orders)
        assert package_id not in old
        for gone in old:
            with pytest.raises(Refused):
                await shop.client.package_detail(gone)
        facts = await shop.client.package_detail(package_id)
        lines = [line.line_id for order_id in ids for line in await shop.client.order_lines(order_id)]
        assert (facts.split_combine, list(facts.order_ids), list(facts.line_ids)) == ("COMBINE", ids, lines)
        assert (await shop.ship(package_id)).kind is Kind.DONE
        assert {order.status for order in orders} == {"AWAITING_COLLECTION"}
        detail = await shop.client.order_detail(ids)
        numbers = {package.tracking_number for order in detail.records for package in order.packages}
        (number,) = numbers
        parcel = world.parcel(number or "")
        assert parcel is not None
        label = httpx.get(await shop.client.document(package_id), trust_env=False).content
        assert all(text.encode() in label for text in (*ids, number or "-", package_id))
        assert shop.effects() == [("combine", 1), ("ship", 1)]
        assert world.effects[1].order_id == "+".join(ids)
        listed = await shop.client.search_packages(update_ge=0, status="PROCESSING")
        while listed.next_token and package_id not in [one.package_id for one in listed.packages]:
            listed = await shop.client.search_packages(
                update_ge=0, status="PROCESSING", page_token=listed.next_token
            )
        (row,) = [one for one in listed.packages if one.package_id == package_id]
        assert list(row.order_ids) == ids


async def test_a_combined_parcel_travels_as_one() -> None:
    world = small_world(600, seed=1)
    parcels = [orders for orders in families(world) if world.facts(orders[0]).shipping_type == "TIKTOK"]
    async with opened(world) as shop:
        for orders in parcels:
            assert (await shop.ship(await combined(shop, orders))).kind is Kind.DONE
    arrived = 0
    for _ in range(20 * 4):
        world.advance(6 * HOUR)
    for orders in parcels:
        travelled = [order for order in orders if order.collected]
        assert len({(order.collected, order.delivered) for order in travelled}) <= 1
        arrived += len(travelled) > 1 and bool(travelled[0].delivered)
    assert arrived > 3


async def test_failures_stand_beside_code_zero() -> None:
    world = small_world(900)
    first, second = [orders for orders in families(world) if len(orders) == 2][:2]
    good, bad_id = set_of(world, first), world.numbers.set_id(second[0].serial)
    stranger = world.numbers.order_id(shippable(world).serial)
    async with opened(world) as shop:
        cases = [
            ((bad_id, [shop.id_of(second[0]), stranger]), 21011031),
            ((bad_id, [shop.id_of(second[0]), "580000000000000000"]), 21011028),
            (("1160", [shop.id_of(one) for one in second]), 21011031),
        ]
        for case, code in cases:
            reply = await shop.send(parcel_writes.combine([case, good] if case is cases[0][0] else [case]))
            verdicts = parcel_writes.parse_combine(reply, [case[0], good[0]])
            assert (verdicts[case[0]].kind, verdicts[case[0]].code) == (Kind.REFUSED, code)
            assert verdicts[good[0]].kind is Kind.DONE
        again = parcel_writes.parse_combine(await shop.send(parcel_writes.combine([good])), [good[0]])
        assert again[good[0]].code == 21011031
        assert shop.effects() == [("combine", 1)]


async def test_taking_apart_gives_everybody_a_package() -> None:
    world = small_world(600, seed=1)
    orders = a_family(world, 3)
    async with opened(world) as shop:
        package_id = await combined(shop, orders)
        stranger = parcel_writes.uncombine(package_id, ["580000000000000000"])
        assert await shop.code(stranger) == 21011029
        one = parcel_writes.uncombine(package_id, [shop.id_of(orders[2])])
        assert await shop.code(one) == 0
        assert (await shop.client.package_detail(package_id)).order_ids == tuple(map(shop.id_of, orders[:2]))
        (alone,) = await shop.packages(orders[2])
        assert (await shop.client.package_detail(alone)).split_combine == "DEFAULT"
        assert await shop.code(parcel_writes.uncombine(alone, [shop.id_of(orders[2])])) == 21011035
        assert await shop.code(parcel_writes.uncombine(package_id, [shop.id_of(orders[0])])) == 0
        assert await shop.code(parcel_writes.uncombine(package_id, [shop.id_of(orders[1])])) == 21011001
        packages = [package for order in orders for package in await shop.packages(order)]
        assert len(set(packages)) == 3 and package_id not in packages
        again = await combined(shop, orders)
        assert again not in {package_id, *packages}
        assert shop.effects() == [("combine", 1), ("uncombine", 1), ("uncombine", 1), ("combine", 1)]


async def test_nothing_is_taken_apart_after_shipping() -> None:
    world = small_world(600, seed=1)
    orders = a_family(world)
    async with opened(world) as shop:
        package_id = await combined(shop, orders)
        await shop.ship(package_id)
        assert await shop.code(parcel_writes.uncombine(package_id, [shop.id_of(orders[0])])) == 21011005


async def test_one_request_holds_the_whole_package() -> None:
    world = small_world(600, seed=1)
    orders = a_family(world)
    async with opened(world) as shop:
        package_id = await combined(shop, orders)
        with world.lock, world.changing(orders[1]):
            life.happen(world.pace, orders[1], life.Event.BUYER_ASKS, world.now())
        assert (await shop.ship(package_id)).code == 21008044
        assert [order.shipments for order in orders] == [(None,), (None,)]


async def test_a_cancelled_order_takes_the_package_apart() -> None:
    world = small_world(600, seed=1)
    orders = a_family(world, 3)
    async with opened(world) as shop:
        package_id = await combined(shop, orders)
        with world.lock, world.changing(orders[0]):
            life.cancel(orders[0], "SELLER", "seller_cancel_reason_out_of_stock", world.now())
        with pytest.raises(Refused):
            await shop.client.package_detail(package_id)
        packages = [package for order in orders for package in await shop.packages(order)]
        assert len(set(packages)) == 3
        assert (await shop.ship(packages[1])).kind is Kind.DONE
        assert (await shop.ship(packages[0])).code == 21011041
        assert [order.status for order in orders] == ["CANCELLED", "AWAITING_COLLECTION", "AWAITING_SHIPMENT"]


async def test_a_cancelled_order_leaves_a_parcel_that_is_packed() -> None:
    world = small_world(600, seed=1)
    orders = a_family(world, 3)
    async with opened(world) as shop:
        package_id = await combined(shop, orders)
        await shop.ship(package_id)
        with world.lock, world.changing(orders[0]):
            life.cancel(orders[0], "BUYER", "x", world.now())
        facts = await shop.client.package_detail(package_id)
        assert (facts.status, facts.order_ids) == ("PROCESSING", tuple(map(shop.id_of, orders[1:])))


async def test_orders_of_one_call_are_two_to_twenty_different_ones() -> None:
    world = small_world(600, seed=1)
    name, ids = set_of(world, a_family(world))
    async with opened(world) as shop:
        draft = parcel_writes.combine([(name, ids)])
        for wrong in ([ids[0]], [ids[0], ids[0]], [str(number) for number in range(21)]):
            body = msgspec.json.encode({"combinable_packages": [{"id": name, "order_ids": wrong}]})
            assert await shop.code(msgspec.structs.replace(draft, body=body)) == 36009004
        assert (
            await shop.code(msgspec.structs.replace(draft, body=b'{"combinable_packages": []}')) == 36009004
        )
        whole = msgspec.json.encode({"combinable_packages": [{"id": name}]})
        assert await shop.code(msgspec.structs.replace(draft, body=whole)) == 0
        assert shop.effects() == [("combine", 1)]


async def test_without_the_guard_a_second_combination_is_a_double() -> None:
    world = small_world(600, seed=1)
    orders = a_family(world)
    async with opened(world, "no-duplicate-guard") as shop:
        first = await combined(shop, orders)
        assert await combined(shop, orders) != first
        assert shop.effects() == [("combine", 1), ("combine", 2)]
