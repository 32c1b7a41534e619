"""The platform as one object: shop, account and faults, and what its endpoints have in common."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec

from shop.sandbox.account import Account
from shop.sandbox.bundles import Parcel
from shop.sandbox.chats import Chats
from shop.sandbox.faults import Faults
from shop.sandbox.finance import Books
from shop.sandbox.gate import Call, bad
from shop.sandbox.index import FIELDS, SERIALS
from shop.sandbox.keys import Keys
from shop.sandbox.orders import Order
from shop.sandbox.search import Page, Sorting, Stale, seen
from shop.sandbox.shipping import Refusal
from shop.sandbox.world import World

Json = dict[str, Any]
T = TypeVar("T")
DRIFT: Final = 3
"""How many orders of a page move while `page-drift` is in force."""


class RefusedError(Exception):
    """A business refusal: HTTP 200 with a code."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class Platform:
    """One shop behind one app. `label_delay` is how many wall seconds a label takes after its shipment."""

    def __init__(
        self, world: World, *, faults: str = "", label_delay: float = 1.0, shop_name: str = "Toko Contoh"
    ) -> None:
        self.world = world
        self.chats = Chats(world)
        self.account = Account(world.seed, world.clock.wall, shop_name=shop_name)
        self.faults = Faults(faults, world.seed)
        self.obey()
        self.keys = Keys()
        self.books = Books(world)
        self._met: set[str] = set()
        self._label_delay = label_delay
        self._rng = random.Random(world.seed)
        self._lock = threading.Lock()
        self._requests = 0
        self.on_page: Callable[[Page], None] | None = None
        """Called with every page of orders before it is written, so that a test can move rows just then."""

    def obey(self) -> None:
        """Let the modes among the faults take effect."""
        self.world.duplicate_guard = self.faults.mode("no-duplicate-guard") is None
        self.world.must_split = self.faults.mode("must-split") is not None
        while self.faults.spend("expired-token"):
            self.account.expire()

    @property
    def label_delay(self) -> float:
        """Wall seconds from shipment to label."""
        slow = self.faults.mode("label-slow")
        return self._label_delay if slow is None else slow.seconds

    def request_id(self) -> str:
        """A fresh number for one request."""
        with self._lock:
            self._requests += 1
            count = self._requests
        stamp = datetime.fromtimestamp(self.world.clock.wall(), UTC)
        return f"{stamp:%Y%m%d%H%M%S}{count:018X}"

    def first(self, what: str) -> bool:
        """Whether this is asked for the first time; under the world's lock."""
        new = what not in self._met
        self._met.add(what)
        return new

    def stale(self) -> Stale:
        """What a lagging replica still believes; empty when reads do not lag."""
        lag = self.faults.mode("stale-reads")
        return {} if lag is None else self.world.lagging(lag.seconds)

    def order(self, order_id: str) -> Order | None:
        """An order as reads see it now."""
        order = self.world.order(order_id)
        return None if order is None else seen(self.world, order.serial, self.stale())

    def package(self, package_id: str) -> Parcel:
        """A package as reads see it now; refuses an unknown one."""
        found = self.world.package(package_id, self.stale())
        if found is None:
            raise RefusedError(Refusal.unknown())
        return found

    def drift(self, page: Page) -> None:
        """Move rows of a page if that fault is in force, and tell whoever wants to do so."""
        if self.on_page is not None:
            self.on_page(page)
        if page.keys and self.faults.mode("page-drift") is not None:
            for _ in range(DRIFT):
                place = page.keys[int(self._rng.random() * len(page.keys))]
                self.world.touch(self.world.at(place & SERIALS))

    def spoil(self, path: str, orders: list[Json]) -> list[Json]:
        """Break single orders of an answer if such a fault is in force."""
        return [self._spoiled(path, order) for order in orders]

    def _spoiled(self, path: str, order: Json) -> Json:
        name = self.faults.strike_order(path)
        if name == "unknown-status":
            return order | {"status": "AWAITING_MAGIC"}
        if name == "wrong-types":
            broken: tuple[Json, ...] = (
                {key: value for key, value in order.items() if key != "id"},
                order | {"create_time": "kemarin"},
                order | {"line_items": {"id": 1}, "payment": []},
                order | {"update_time": None, "packages": "1150000000000000001"},
            )
            return broken[int(self._rng.random() * len(broken))]
        return order


def body_as(call: Call, kind: type[T]) -> T:
    """The JSON body as a structure; an empty body is an empty object. Raises DeniedError."""
    try:
        return msgspec.json.decode(call.body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad(f"Invalid request body: {error}") from None


def sorting(
    call: Call,
    *,
    sizes: range,
    default: int | None,
    field: str = "create_time",
    fields: tuple[str, ...] = FIELDS,
) -> Sorting:
    """page_size, sort_field and sort_order of a search; without a default the page size is required."""
    text = call.query.get("page_size", "" if default is None else str(default))
    if not (text.isascii() and text.isdigit() and int(text) in sizes):
        raise bad(f"Invalid page_size: must be between {sizes.start} and {sizes.stop - 1}.")
    wanted = call.query.get("sort_field", field)
    if wanted not in fields:
        raise bad("Invalid sort_field.")
    # The documentation promises newest first; live traffic without parameters came oldest first.
    order = call.query.get("sort_order", "ASC")
    if order not in ("ASC", "DESC"):
        raise bad("Invalid sort_order.")
    return Sorting(wanted, order == "DESC", int(text))
