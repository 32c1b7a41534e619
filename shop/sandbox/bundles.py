"""Where the goods of an order lie: which line in which package, under which ids. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shop.sandbox.facts import Facts, Line
from shop.sandbox.orders import Numbers, Order, Shipment


class Parcel(NamedTuple):
    """A package as it is now."""

    package_id: str
    orders: tuple[Order, ...]
    """Those whose goods lie in it; cancelled ones only when no other is left."""
    place: int
    """Which of its order's packages it is."""

    @property
    def first(self) -> Order:
        """The order that speaks for it."""
        return self.orders[0]

    @property
    def shipment(self) -> Shipment | None:
        """What the ship call made of it."""
        return self.first.shipments[self.place]

    @property
    def combined(self) -> bool:
        """Whether it was made of several orders."""
        return self.first.combined


def package_ids(numbers: Numbers, order: Order) -> list[str]:
    """The ids of an order's packages, one for each place."""
    if order.packing is not None:
        return [numbers.made_id(number) for number in order.packing.numbers]
    return [numbers.package_id(order.serial, place) for place in range(len(order.shipments))]


def places(known: Facts, order: Order) -> tuple[int, ...]:
    """For each line the place of its units; lines of one SKU lie together."""
    if order.packing is not None:
        return order.packing.places
    count = len(order.shipments)
    if count == 1:
        return (0,) * len(known.lines)
    skus = [line.sku.sku_id for line in known.lines]
    return tuple(skus.index(sku) % count for sku in skus)


def inside(known: Facts, order: Order, place: int) -> list[Line]:
    """The lines in one of an order's packages."""
    return [line for line, at in zip(known.lines, places(known, order), strict=True) if at == place]


def units(numbers: Numbers, known: Facts, order: Order) -> Iterator[tuple[str, int]]:
    """(line item id, index of the line) of every unit, as the order lists them."""
    unit = 0
    for index, line in enumerate(known.lines):
        for _ in range(line.quantity):
            yield numbers.line_id(order.serial, unit), index
            unit += 1


def line_ids(numbers: Numbers, known: Facts, order: Order, place: int) -> list[str]:
    """The units in one of an order's packages."""
    lies = places(known, order)
    return [unit for unit, index in units(numbers, known, order) if lies[index] == place]
