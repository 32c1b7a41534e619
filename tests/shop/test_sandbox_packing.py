"""Whatever a seller does to packages: every unit lies in exactly one, and no package id is given twice."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shop.sandbox import bundles, kin, life, repack, shapes
from shop.sandbox.orders import Order
from shop.sandbox.shipping import ShipItem
from shop.sandbox.world import World
from tests.shop.parcels_kit import families, splittable
from tests.shop.sandbox_kit import shippable, small_world

HOUR = 3_600
Moves = list[tuple[str, int, int]]
moves = st.lists(
    st.tuples(
        st.sampled_from(("split", "combine", "uncombine", "ship", "cancel", "advance")),
        st.integers(0, 40),
        st.integers(0, 5),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(moves=moves, seed=st.integers(1, 3))
def test_every_unit_lies_in_one_package_and_no_id_comes_back(moves: Moves, seed: int) -> None:
    world = small_world(150, seed=seed)
    toys = [*splittable(world), *(order for orders in families(world) for order in orders)]
    toys += [shippable(world)]
    toys = list({order.serial: order for order in toys}.values())
    gone: set[str] = set()
    before = check(world, toys)
    for move in moves:
        play(world, toys, *move)
        now = check(world, toys)
        gone |= before - now
        assert not gone & now, "an id came back"
        assert all(world.package(package_id) is None for package_id in gone)
        before = now


def play(world: World, toys: list[Order], move: str, which: int, how: int) -> None:
    """One move; the platform may well refuse it."""
    order = toys[which % len(toys)]
    numbers, known = world.numbers, world.facts(order)
    package_id = world.package_ids(order)[how % len(order.shipments)]
    with world.lock:
        match move:
            case "split":
                skus = list(dict.fromkeys(line.sku.sku_id for line in known.lines))
                groups: list[list[str]] = [[] for _ in skus[: 2 + how % 3]]
                for unit, index in bundles.units(numbers, known, order):
                    groups[skus.index(known.lines[index].sku.sku_id) % len(groups)].append(unit)
                repack.split(world, numbers.order_id(order.serial), groups, "r")
            case "combine":
                repack.combine(world, numbers.set_id(kin.lead(world.key, order.serial)), [], "r")
            case "uncombine":
                inside = world.package(package_id)
                ids = [numbers.order_id(one.serial) for one in inside.orders][: how % 4] if inside else []
                repack.uncombine(world, package_id, ids, "r")
            case "ship":
                world.ship(ShipItem(package_id), "r")
            case "cancel" if order.status in (
                "AWAITING_SHIPMENT",
                "AWAITING_COLLECTION",
                "PARTIALLY_SHIPPING",
            ):
                with world.changing(order):
                    life.cancel(order, "SELLER", "x", world.now())
                    order.version += 1
            case "advance":
                world.advance(how * HOUR)


def check(world: World, toys: list[Order]) -> set[str]:
    """The ids of all packages; every unit lies in exactly one that agrees about it."""
    packages = {package_id for order in toys for package_id in world.package_ids(order)}
    lies: dict[str, list[str]] = {}
    for package_id in packages:
        parcel = world.package(package_id)
        assert parcel is not None
        told = shapes.package_json(world, parcel)
        assert len({order.status == "CANCELLED" for order in parcel.orders}) == 1
        assert len({order.shipments[parcel.place] for order in parcel.orders}) == 1
        for unit in told["order_line_item_ids"]:
            lies.setdefault(unit, []).append(package_id)
    for order in toys:
        for item in shapes.order_json(world, order)["line_items"]:
            if order.status == "CANCELLED":
                assert len(lies.get(item["id"], [])) <= 1
            else:
                assert lies[item["id"]] == [item["package_id"]]
    return packages
