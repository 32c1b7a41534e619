"""The smallest client that the sandbox lets in, with every part of a request in the test's hands."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from shop.sandbox.clock import SandboxClock
from shop.sandbox.orders import Order
from shop.sandbox.platform import Platform
from shop.sandbox.server import Sandbox, running_sandbox
from shop.sandbox.world import World
from shop.signing import sign

MONDAY = 1_795_402_800
"""2026-11-23 10:00 WIB, a Monday."""
SEARCH = "/order/202309/orders/search"
DETAIL = "/order/202507/orders"
SHIP = "/fulfillment/202309/packages/ship"
SHOPS = "/authorization/202309/shops"
Json = dict[str, Any]


class Client:
    """Signs as the platform wants it; `call` lets a test spoil one part."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.given = sandbox.credentials
        self.http = httpx.Client(base_url=sandbox.url, trust_env=False, timeout=10)

    def query(self, extra: dict[str, str] | None = None, *, cipher: bool = True) -> dict[str, str]:
        """The common parameters, unsigned."""
        query = {"app_key": self.given.app_key, "timestamp": str(int(time.time()))}
        if cipher:
            query["shop_cipher"] = self.given.shop_cipher
        return query | (extra or {})

    def send(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send exactly this, signed unless the query brings its own signature."""
        signed = (
            query if "sign" in query else query | {"sign": sign(path, query, body, self.given.app_secret)}
        )
        wanted = {"x-tts-access-token": self.given.access_token, "content-type": "application/json"}
        return self.http.request(
            method, path, params=signed, content=body, headers=wanted | dict(headers or {})
        )

    def get(self, path: str, extra: dict[str, str] | None = None, *, cipher: bool = True) -> Json:
        """The envelope of a GET."""
        return _json(self.send("GET", path, self.query(extra, cipher=cipher)))

    def post(self, path: str, body: Json | None = None, extra: dict[str, str] | None = None) -> Json:
        """The envelope of a POST."""
        return _json(self.send("POST", path, self.query(extra), json.dumps(body or {}).encode()))

    def pages(
        self, body: Json | None = None, extra: Mapping[str, str] | None = None, size: int = 100
    ) -> Iterator[Json]:
        """The `data` of every page of an order search."""
        query = {"page_size": str(size), **(extra or {})}
        while True:
            page = self.post(SEARCH, body, query)
            assert page["code"] == 0, page
            yield page["data"]
            if not page["data"]["next_page_token"]:
                return
            query["page_token"] = page["data"]["next_page_token"]

    def orders(
        self, body: Json | None = None, extra: Mapping[str, str] | None = None, size: int = 100
    ) -> list[Json]:
        """All orders of a search."""
        return [order for page in self.pages(body, extra, size) for order in page.get("orders", [])]

    def ship(self, *package_ids: str, **item: Any) -> Json:
        """A batch ship."""
        return self.post(SHIP, {"packages": [{"id": package_id, **item} for package_id in package_ids]})

    def order(self, order_id: str) -> Json:
        """One order's detail."""
        return self.get(DETAIL, {"ids": order_id})["data"]["orders"][0]  # type: ignore[no-any-return]


def _json(reply: httpx.Response) -> Json:
    return reply.json()  # type: ignore[no-any-return]


@contextmanager
def connected(
    world: World | Platform | None = None, faults: str = "", label_delay: float = 0.0
) -> Iterator[Client]:
    """A running sandbox and a client of it."""
    with running_sandbox(world, faults=faults, label_delay=label_delay) as sandbox:
        client = Client(sandbox)
        try:
            yield client
        finally:
            client.http.close()


def small_world(
    orders: int = 60, *, seed: int = 7, rate: float = 0.0, start: float = MONDAY, speed: float = 1.0
) -> World:
    """A frozen shop."""
    return World(seed, orders, rate, SandboxClock.manual(start, speed=speed))


def some(world: World, status: str, **wanted: Any) -> Order:
    """An order in a status whose fields, or facts, are as wanted."""
    for order in world:
        facts = world.facts(order)
        if order.status == status and all(
            getattr(order if hasattr(order, name) else facts, name) == value for name, value in wanted.items()
        ):
            return order
    raise LookupError(f"no {status} order with {wanted}")


def shippable(world: World) -> Order:
    """An order the platform would let us ship at once."""
    return some(
        world,
        "AWAITING_SHIPMENT",
        shipping_type="TIKTOK",
        fulfillment_type="FULFILLMENT_BY_SELLER",
        ask_status="",
        packages=1,
    )


def package_of(world: World, order: Order, place: int = 0) -> str:
    """The id of one of an order's packages."""
    return world.package_ids(order)[place]


def id_of(world: World, order: Order) -> str:
    """The platform's id of an order."""
    return world.numbers.order_id(order.serial)
