"""What the tests of splitting, combining and own couriers share: a client of a sandbox, and orders that fit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from shop import writes
from shop.client import ShopClient
from shop.errors import Verdict
from shop.http import HttpSeam
from shop.reply import Reply
from shop.requests import Draft
from shop.sandbox import repack
from shop.sandbox.orders import Order
from shop.sandbox.server import Sandbox, running_sandbox
from shop.sandbox.world import World
from shop.writes import SelfShipment, ShipItem
from store.times import now_ms


class Shop(NamedTuple):
    """A seller at the fake platform."""

    client: ShopClient
    sandbox: Sandbox
    world: World

    async def send(self, draft: Draft) -> Reply:
        """One attempt."""
        return await self.client.send_prepared(self.client.prepare(draft, now_ms() // 1_000), 5.0)

    async def code(self, draft: Draft) -> int | None:
        """The platform's number for a write; 0 is done."""
        return writes.parse_write(await self.send(draft)).code

    async def ship(self, package_id: str, own: SelfShipment | None = None) -> Verdict:
        """Arrange one package."""
        reply = await self.send(writes.ship([ShipItem(package_id, self_shipment=own)]))
        return writes.parse_ship(reply, [package_id])[package_id]

    def id_of(self, order: Order) -> str:
        """The platform's id of an order."""
        return self.world.numbers.order_id(order.serial)

    async def groups(self, order: Order) -> list[tuple[str, list[str]]]:
        """A group for each SKU of an order, with the lines the platform tells."""
        found: dict[str, list[str]] = {}
        for line in await self.client.order_lines(self.id_of(order)):
            found.setdefault(line.sku_id, []).append(line.line_id)
        return [(f"g{number}", lines) for number, lines in enumerate(found.values())]

    async def packages(self, order: Order) -> list[str]:
        """The packages of an order, as its detail tells."""
        page = await self.client.order_detail([self.id_of(order)])
        return [package.package_id for package in page.records[0].packages]

    def effects(self) -> list[tuple[str, int]]:
        """What was really executed, and the how-manieth time for its target."""
        return [(effect.kind, effect.count) for effect in self.world.effects]


@asynccontextmanager
async def opened(world: World, faults: str = "") -> AsyncIterator[Shop]:
    """A running sandbox and a client of it."""
    with running_sandbox(world, faults=faults, label_delay=0.0) as sandbox:
        login = sandbox.credentials

        async def token(force: bool = False) -> str:
            return sandbox.credentials.access_token

        http = HttpSeam()
        client = ShopClient(
            http,
            api_base=sandbox.url,
            app_key=login.app_key,
            app_secret=login.app_secret,
            token=token,
            cipher=login.shop_cipher,
        )
        yield Shop(client, sandbox, world)
        await http.aclose()


def splittable(world: World, skus: int = 2) -> Iterator[Order]:
    """Orders with several SKUs that lie in one package and wait."""
    for order in world:
        known = world.facts(order)
        kinds = {line.sku.sku_id for line in known.lines}
        if len(kinds) >= skus and repack.why_not_split(known, order) is None:
            yield order


def families(world: World, size: int = 2) -> Iterator[list[Order]]:
    """Sets of orders that the platform would combine."""
    for first in world.families():
        orders = repack.combinable(world, first)
        if len(orders) >= size:
            yield orders
