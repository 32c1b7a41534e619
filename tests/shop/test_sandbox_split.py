"""The fake platform splits orders by SKU, once, before they are shipped; the client reads what it tells."""

from __future__ import annotations

import msgspec
import pytest

from shop import parcel_writes
from shop.errors import Kind, Refused
from shop.sandbox.data import PHONES, TABLETS
from shop.sandbox.orders import Order
from shop.sandbox.world import World
from shop.writes import parse_write
from tests.shop.parcels_kit import families, opened, splittable
from tests.shop.sandbox_kit import id_of, package_of, shippable, small_world, some


def two_skus(world: World) -> Order:
    return next(splittable(world))


async def test_a_split_makes_a_package_for_each_group() -> None:
    world = small_world(300)
    order = two_skus(world)
    async with opened(world) as shop:
        (old,) = await shop.packages(order)
        groups = await shop.groups(order)
        reply = await shop.send(parcel_writes.split(shop.id_of(order), groups))
        made = parcel_writes.parse_split(reply)
        assert parse_write(reply).kind is Kind.DONE
        assert set(made) == {name for name, _ in groups} and len(set(made.values())) == len(groups)
        assert await shop.packages(order) == list(made.values())
        for name, lines in groups:
            package = await shop.client.package_detail(made[name])
            assert sorted(package.line_ids) == sorted(lines)
            assert (package.split_combine, package.order_ids) == ("SPLIT", (shop.id_of(order),))
        lies = {line.line_id: line.package_id for line in await shop.client.order_lines(shop.id_of(order))}
        assert lies == {line: made[name] for name, lines in groups for line in lines}
        with pytest.raises(Refused) as gone:
            await shop.client.package_detail(old)
        assert gone.value.code == 21011001
        assert shop.effects() == [("split", 1)]


async def test_each_part_is_shipped_on_its_own() -> None:
    world = small_world(300)
    order = two_skus(world)
    async with opened(world) as shop:
        reply = await shop.send(parcel_writes.split(shop.id_of(order), await shop.groups(order)))
        packages = list(parcel_writes.parse_split(reply).values())
        numbers = set()
        for package_id in packages:
            assert order.status in ("AWAITING_SHIPMENT", "PARTIALLY_SHIPPING")
            assert (await shop.ship(package_id)).kind is Kind.DONE
            facts = await shop.client.package_detail(package_id)
            numbers.add(facts.tracking_number)
            parcel = world.parcel(facts.tracking_number or "")
            assert parcel is not None and parcel.courier == facts.courier
        assert order.status == "AWAITING_COLLECTION"
        assert len(numbers) == len(packages)
        assert await shop.code(parcel_writes.split(shop.id_of(order), await shop.groups(order))) == 21011005


async def test_units_of_a_sku_stay_together_and_every_unit_is_named() -> None:
    world = small_world(600)
    order = next(
        order
        for order in splittable(world)
        if any(line.quantity > 1 and not line.gift for line in world.facts(order).lines)
    )
    async with opened(world) as shop:
        order_id = shop.id_of(order)
        groups = await shop.groups(order)
        many = next(lines for _, lines in groups if len(lines) > 1)
        rest = [line for _, lines in groups for line in lines if line != many[0]]
        assert await shop.code(parcel_writes.split(order_id, [("a", many[:1]), ("b", rest)])) == 21011005
        assert await shop.code(parcel_writes.split(order_id, [("a", many[:1]), ("b", many[1:])])) == 21011005
        strange = parcel_writes.split(order_id, [*groups, ("z", ["576000000000000000"])])
        assert await shop.code(strange) == 36009004
        assert shop.effects() == []


async def test_what_cannot_be_split_has_the_platforms_number() -> None:
    world = small_world(600)
    two, family = two_skus(world), next(families(world))
    cases: dict[str, int] = {
        "580000000000000000": 21008111,
        id_of(world, some(world, "UNPAID")): 21011005,
        id_of(world, some(world, "ON_HOLD")): 21011044,
        id_of(world, some(world, "CANCELLED")): 21011041,
        id_of(world, some(world, "IN_TRANSIT", fulfillment_type="FULFILLMENT_BY_SELLER")): 21011005,
        id_of(world, some(world, "AWAITING_SHIPMENT", ask_status="CANCELLATION_REQUEST_PENDING")): 21011007,
        id_of(world, some(world, "AWAITING_SHIPMENT", packages=2, ask_status="",
                          fulfillment_type="FULFILLMENT_BY_SELLER")): 21011035,
    }  # fmt: skip
    async with opened(world) as shop:
        for order_id, code in cases.items():
            assert await shop.code(parcel_writes.split(order_id, [("a", ["1"]), ("b", ["2"])])) == code, (
                order_id
            )
        combined = parcel_writes.combine(
            [(world.numbers.set_id(family[0].serial), [*map(shop.id_of, family)])]
        )
        assert await shop.code(combined) == 0
        for order in (shippable(world), family[0]):
            lines = [line.line_id for line in await shop.client.order_lines(shop.id_of(order))]
            if len({line.sku.sku_id for line in world.facts(order).lines}) == 1:
                twice = [("a", lines), ("b", ["576000000000000000"])]
                assert await shop.code(parcel_writes.split(shop.id_of(order), twice)) == 21011035
        split = parcel_writes.split(shop.id_of(two), await shop.groups(two))
        assert [await shop.code(split), await shop.code(split)] == [0, 21011035]


async def test_attributes_tell_what_the_call_would() -> None:
    world = small_world(600)
    two = two_skus(world)
    one = next(order for order in world if order.status == "AWAITING_SHIPMENT" and single(world, order))
    late = some(world, "DELIVERED")
    async with opened(world) as shop:
        ids = [shop.id_of(order) for order in (two, one, late)]
        told = await shop.client.split_attributes([*ids, "580000000000000000"])
        assert [(fact.order_id, fact.can_split, fact.must_split) for fact in told] == [
            (ids[0], True, False),
            (ids[1], False, False),
            (ids[2], False, False),
        ]
        assert told[0].reason is None and told[1].reason and told[2].reason


def single(world: World, order: Order) -> bool:
    return len(world.facts(order).lines) == 1


async def test_phones_travel_alone_where_they_have_to() -> None:
    world, order = with_a_phone()
    async with opened(world, "must-split") as shop:
        (fact,) = await shop.client.split_attributes([shop.id_of(order)])
        assert fact.can_split and fact.must_split
        (package_id,) = await shop.packages(order)
        refused = await shop.ship(package_id)
        assert (refused.kind, refused.code) in ((Kind.REFUSED, 11006013), (Kind.REFUSED, 11006014))
        reply = await shop.send(parcel_writes.split(shop.id_of(order), await shop.groups(order)))
        for made in parcel_writes.parse_split(reply).values():
            assert (await shop.ship(made)).kind is Kind.DONE


def with_a_phone() -> tuple[World, Order]:
    for seed in range(1, 20):
        world = small_world(400, seed=seed)
        for order in splittable(world):
            lines = world.facts(order).lines
            codes = {line.product.code for line in lines}
            if len(codes) == len(lines) and codes & (PHONES | TABLETS) and not codes <= PHONES | TABLETS:
                return world, order
    raise LookupError


async def test_malformed_splits_are_refused_at_the_door() -> None:
    world = small_world(300)
    order = two_skus(world)
    async with opened(world) as shop:
        (first, a), (second, b), *rest = await shop.groups(order)
        bodies = [
            {"splittable_groups": [{"id": first, "order_line_item_ids": a + b}]},
            {
                "splittable_groups": [
                    {"id": "x", "order_line_item_ids": a},
                    {"id": "x", "order_line_item_ids": b},
                ]
            },
            {"splittable_groups": [{"id": first, "order_line_item_ids": a}, {"id": second}]},
            {"splittable_groups": [], "unknown": 1},
            {},
        ]
        draft = parcel_writes.split(shop.id_of(order), [(first, a), (second, b), *rest])
        for body in bodies:
            wrong = msgspec.structs.replace(draft, body=msgspec.json.encode(body))
            assert await shop.code(wrong) == 36009004, body
        wrong = msgspec.structs.replace(draft, query={"note": "1"})
        assert await shop.code(wrong) == 36009004
        assert shop.effects() == []


async def test_an_answer_that_is_lost_after_the_split_leaves_an_effect() -> None:
    world = small_world(300)
    order = two_skus(world)
    async with opened(world, "500-after@/fulfillment/202309/orders*1") as shop:
        draft = parcel_writes.split(shop.id_of(order), await shop.groups(order))
        reply = await shop.send(draft)
        assert parse_write(reply).kind is Kind.UNKNOWN
        assert parcel_writes.parse_split(reply) == {}
        assert shop.effects() == [("split", 1)]
        assert len(await shop.packages(order)) > 1


async def test_without_the_guard_a_second_split_is_a_double() -> None:
    world = small_world(300)
    order = two_skus(world)
    async with opened(world, "no-duplicate-guard") as shop:
        draft = parcel_writes.split(shop.id_of(order), await shop.groups(order))
        first = parcel_writes.parse_split(await shop.send(draft))
        second = parcel_writes.parse_split(await shop.send(draft))
        assert not set(first.values()) & set(second.values())
        assert shop.effects() == [("split", 1), ("split", 2)]


async def test_a_replica_that_lags_still_knows_the_old_package() -> None:
    world = small_world(300)
    order = two_skus(world)
    old = package_of(world, order)
    async with opened(world, "stale-reads:600s") as shop:
        draft = parcel_writes.split(shop.id_of(order), await shop.groups(order))
        made = parcel_writes.parse_split(await shop.send(draft))
        assert await shop.packages(order) == [old]
        assert (await shop.client.package_detail(old)).status == "TO_FULFILL"
        with pytest.raises(Refused):
            await shop.client.package_detail(next(iter(made.values())))
        shop.sandbox.platform.faults.set("")
        assert await shop.packages(order) == list(made.values())
        with pytest.raises(Refused):
            await shop.client.package_detail(old)
