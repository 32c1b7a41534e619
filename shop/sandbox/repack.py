"""Splitting, combining and taking apart: what the platform allows, and what it does to the goods.

Every new package has a new id and the old one is no more; that splitting does so on the platform, too, is not
verified. Everything here runs under the world's lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from shop.sandbox import bundles, kin
from shop.sandbox.facts import Facts
from shop.sandbox.gate import bad
from shop.sandbox.life import PENDING
from shop.sandbox.orders import Order, Packing
from shop.sandbox.shipping import Refusal

if TYPE_CHECKING:
    from shop.sandbox.world import World

LARGEST: Final = 20
"""Orders under one tracking number."""
Laid = tuple[str, list[Order]]
"""A package's id and the orders in it."""


def lay(world: World, orders: Sequence[Order], places: Sequence[Sequence[int]]) -> list[str]:
    """Put the goods of orders into new packages, which several orders share; the new ids.

    For each order `places` tells the place of each of its lines.
    """
    serials = [order.serial for order in orders]
    numbers = tuple(world.registry.make(*serials) for _ in range(max(places[0]) + 1))
    lead = serials[0] if len(orders) > 1 else 0
    for order, lies in zip(orders, places, strict=True):
        with world.changing(order):
            order.packing = Packing(numbers, tuple(lies), world.now(), lead)
            order.shipments = (None,) * len(numbers)
            order.updated = max(order.updated, world.now())
    return [world.numbers.made_id(number) for number in numbers]


def together(world: World, orders: Sequence[Order]) -> str:
    """Put all goods of orders into one new package; its id."""
    return lay(world, orders, [(0,) * len(world.facts(order).lines) for order in orders])[0]


def part(world: World, order: Order) -> None:
    """One order of a combined package has ended before it was shipped: the others go on alone."""
    parcel = world.package(world.package_ids(order)[0])
    for one in (*(parcel.orders if parcel else ()), order):
        if one.combined:
            together(world, [one])


def why_not_split(known: Facts, order: Order) -> Refusal | None:
    """Why the goods of an order cannot travel apart; None when they can."""
    if order.status == "CANCELLED":
        return Refusal(21011041, "The order has been cancelled.")
    if order.ask_status == PENDING or order.accepted:
        return Refusal(21011007, "The order has a pending cancellation request.")
    if known.fulfillment_type != "FULFILLMENT_BY_SELLER":
        return Refusal(21008025, "The package is fulfilled by the platform.")
    if order.status == "ON_HOLD":
        return Refusal(21011044, "The order is in the on-hold period.")
    if order.status != "AWAITING_SHIPMENT":
        return Refusal(21011005, "Only an order that waits for shipment can be split.")
    if order.combined:
        return Refusal(21011035, "The order is in a combined package.")
    if len({line.sku.sku_id for line in known.lines}) < 2:
        return Refusal(21011035, "The order has a single SKU and cannot be split.")
    return Refusal(21011035, "The order has been split.") if len(order.shipments) > 1 else None


def split(
    world: World, order_id: str, groups: Sequence[Sequence[str]], request_id: str
) -> list[str] | Refusal:
    """Split an order by groups of line ids; the new packages, one for each group. Raises DeniedError."""
    order = world.order(order_id)
    if order is None:
        return Refusal(21008111, "The order does not belong to the seller.")
    known = world.facts(order)
    refusal = why_not_split(known, order)
    again = order.status == "AWAITING_SHIPMENT" and len(order.shipments) > 1 and not world.duplicate_guard
    if refusal is not None and not again:
        return refusal
    lies = _places(dict(bundles.units(world.numbers, known, order)), known, groups)
    if isinstance(lies, Refusal):
        return lies
    made = lay(world, [order], [lies])
    world.executed("split", order_id, order, request_id)
    return made


def _places(
    lines: Mapping[str, int], known: Facts, groups: Sequence[Sequence[str]]
) -> tuple[int, ...] | Refusal:
    """The place of each line; `lines` tells for each unit which line it is of."""
    named = [unit for group in groups for unit in group]
    if not set(named) <= set(lines) or len(set(named)) != len(named):
        raise bad("Invalid parameter order_line_item_ids: unknown or repeated.")
    homes: dict[str, set[int]] = {}
    for place, group in enumerate(groups):
        for unit in group:
            homes.setdefault(known.lines[lines[unit]].sku.sku_id, set()).add(place)
    if len(named) != len(lines) or any(len(places) > 1 for places in homes.values()):
        return Refusal(21011005, "Every SKU must be in exactly one group with all its units.")
    return tuple(min(homes[line.sku.sku_id]) for line in known.lines)


def combinable(world: World, first: int, stale: Mapping[int, Order | None] | None = None) -> list[Order]:
    """The orders of a family (`first` is its first serial) that could share a package now."""
    orders = (
        (stale or {}).get(serial, world.at(serial))
        for serial in kin.family(world.key, first)
        if serial <= len(world)
    )
    return [order for order in orders if order is not None and _joins(world.facts(order), order)]


def _joins(known: Facts, order: Order) -> bool:
    return (
        order.status == "AWAITING_SHIPMENT"
        and order.shipments == (None,)
        and order.ask_status != PENDING
        and not order.accepted
        and not order.combined
        and known.fulfillment_type == "FULFILLMENT_BY_SELLER"
    )


def combine(world: World, set_id: str, order_ids: Sequence[str], request_id: str) -> Laid | Refusal:
    """Put orders of a set into one package; without ids, all that the set has now."""
    stranger = Refusal(21011031, "The order is not in the combinable package.")
    first = world.numbers.set_lead(set_id)
    if first is None or first not in world.families():
        return stranger
    named = [world.order(order_id) for order_id in order_ids]
    orders = [order for order in named if order is not None] if named else combinable(world, first)
    if len(orders) < len(named):
        return Refusal(21011028, "The order does not belong to the seller.")
    free = combinable(world, first)
    if len(orders) < 2 or not (all(order in free for order in orders) or _again(world, orders)):
        return stranger
    made = together(world, orders)
    world.executed(
        "combine", _joined(world, orders), orders[0], request_id, package_id=made, mates=orders[1:]
    )
    return made, orders


def _again(world: World, orders: Sequence[Order]) -> bool:
    """Whether these very orders are combined already and the world is one that does everything twice."""
    packed = {order.packing for order in orders if order.combined and order.shipments == (None,)}
    numbers = {packing.numbers for packing in packed if packing is not None}
    return not world.duplicate_guard and len(numbers) == 1 and all(order.combined for order in orders)


def _joined(world: World, orders: Sequence[Order]) -> str:
    return "+".join(sorted(world.numbers.order_id(order.serial) for order in orders))


def uncombine(
    world: World, package_id: str, order_ids: Sequence[str], request_id: str
) -> list[Laid] | Refusal:
    """Take orders out of a combined package, each into one of its own; without ids, all of them.

    A single order that is left behind gets a new package as well; several keep the old one.
    """
    parcel = world.package(package_id)
    if parcel is None:
        return Refusal.unknown()
    if not parcel.combined:
        return Refusal(21011035, "The package is not a combined package.")
    if parcel.shipment is not None or parcel.first.status != "AWAITING_SHIPMENT":
        return Refusal(21011005, "The package has been shipped and cannot be uncombined.")
    inside = {world.numbers.order_id(order.serial): order for order in parcel.orders}
    if not set(order_ids) <= set(inside):
        return Refusal(21011029, "The order is not in the package.")
    leaving = [order for order_id, order in inside.items() if order_id in order_ids or not order_ids]
    staying = [order for order in parcel.orders if order not in leaving]
    if len(staying) == 1:
        leaving, staying = list(parcel.orders), []
    holders = [world.at(serial) for serial in world.registry.holders(package_id)]
    laid: list[Laid] = [(together(world, [order]), [order]) for order in leaving]
    target = f"{package_id}:{_joined(world, leaving)}"
    world.executed("uncombine", target, leaving[0], request_id, package_id=package_id, mates=leaving[1:])
    world.ledger.undone("combine", _joined(world, holders))
    return [*laid, (package_id, staying)] if staying else laid
