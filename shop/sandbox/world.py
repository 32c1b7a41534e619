"""The shop itself: its orders, what happens to them as time passes, and what the seller may do to them.

Deterministic: the same seed, start and advances give the same orders to the byte. Time passes in `tick`,
which every request calls first; nothing is scanned, the next events wait in a heap.
"""

from __future__ import annotations

import heapq
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from shop.sandbox import bundles, kin, life, repack
from shop.sandbox.bundles import Parcel
from shop.sandbox.clock import SandboxClock
from shop.sandbox.draw import mix
from shop.sandbox.facts import Facts, facts
from shop.sandbox.history import populate
from shop.sandbox.index import Index
from shop.sandbox.ledger import Effect, Ledger
from shop.sandbox.life import Event
from shop.sandbox.orders import Numbers, Order
from shop.sandbox.pace import Pace
from shop.sandbox.parcels import ScriptedParcel, script
from shop.sandbox.registry import Registry
from shop.sandbox.shipping import SHIPPED, Refusal, ShipItem, must_split, why_not
from shop.sandbox.stock import CLAIMING, Shelves
from shop.sandbox.visitors import Visitors

REMEMBERED: Final = 600.0
"""Seconds of old versions kept for stale reads."""


class World:
    """One shop. Every public method may be called from any thread."""

    def __init__(
        self, seed: int = 1, orders: int = 0, rate: float = 0.0, clock: SandboxClock | None = None
    ) -> None:
        """`orders` to begin with, `rate` new ones a minute; without a clock, time stands still."""
        self.seed = seed
        self.clock = clock or SandboxClock.manual()
        self.lock = threading.RLock()
        self.numbers = Numbers(seed)
        self.key = mix(seed, 0x5EED)
        self.shelves = Shelves(self.clock.wall)
        self.ledger = Ledger()
        self.duplicate_guard = True
        """Off: a write that was executed before is executed again and counted, so that tests can see doubles."""
        self.must_split = False
        """On: phones and tablets have to travel in packages of their own."""
        self.started = int(self.clock.now())
        self.pace = Pace(self.key, self.started, self.clock.speed, self.numbers)
        self._orders: list[Order] = populate(self.pace, orders)
        self._index = Index()
        self._index.fill([(o.serial, o.created, o.updated, o.status) for o in self._orders])
        self._heap: list[tuple[int, int, int, Event]] = []
        self._past: deque[tuple[float, int, Order | None]] = deque()
        self.registry = Registry(self.numbers)
        self._families: list[int] = []
        self._families_of = 0
        self._shipped_at: dict[str, float] = {}
        self._visitors = Visitors(self.key, self.started, rate)
        for order in self._orders:
            if order.status in CLAIMING:
                self.shelves.claim(self.facts(order), fresh=False)
            self._plan(order)

    def now(self) -> int:
        """The shop's time in whole seconds."""
        return int(self.clock.now())

    def advance(self, seconds: float) -> None:
        """Let the shop's time jump ahead and everything in between happen."""
        with self.lock:
            self.clock.advance(seconds)
            self.tick()

    def tick(self) -> None:
        """Let everything happen that is due by now, in order."""
        with self.lock:
            now = self.now()
            while True:
                arrival = self._visitors.next_at
                event = self._heap[0][0] if self._heap else None
                if arrival is not None and arrival <= now and (event is None or arrival <= event):
                    self._arrive(int(arrival))
                    self._visitors.pass_by()
                elif event is not None and event <= now:
                    at, serial, version, kind = heapq.heappop(self._heap)
                    order = self._orders[serial - 1]
                    if order.version == version:
                        with _Change(self, order):
                            life.happen(self.pace, order, kind, at)
                else:
                    return

    def _arrive(self, at: int) -> None:
        order = life.born(self.pace, len(self._orders) + 1, at)
        self._remember(order.serial, None)
        self._orders.append(order)
        self._index.add(order.serial, order.created, order.updated, order.status)
        if order.status in CLAIMING:
            self.shelves.claim(self.facts(order), fresh=True)
        self._plan(order)

    def _plan(self, order: Order) -> None:
        coming = life.next_event(self.pace, order)
        if coming is not None:
            heapq.heappush(self._heap, (coming.at, order.serial, order.version, coming.event))

    def _remember(self, serial: int, before: Order | None) -> None:
        wall = self.clock.wall()
        while self._past and self._past[0][0] < wall - REMEMBERED:
            self._past.popleft()
        self._past.append((wall, serial, before))

    @property
    def effects(self) -> list[Effect]:
        """Every executed write, oldest first."""
        return self.ledger.effects

    @property
    def index(self) -> Index:
        """The sorted keys; only under `lock`."""
        return self._index

    def __len__(self) -> int:
        return len(self._orders)

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders)

    def facts(self, order: Order) -> Facts:
        """What never changes about an order."""
        return facts(self.key, order.serial)

    def at(self, serial: int) -> Order:
        """An order by its serial."""
        return self._orders[serial - 1]

    def order(self, order_id: str) -> Order | None:
        """An order by the platform's id; None when there is none."""
        serial = self.numbers.serial(order_id)
        return self._orders[serial - 1] if serial is not None and 0 < serial <= len(self._orders) else None

    def package_ids(self, order: Order) -> list[str]:
        """The ids of an order's packages, one for each place."""
        return bundles.package_ids(self.numbers, order)

    def package(self, package_id: str, stale: Mapping[int, Order | None] | None = None) -> Parcel | None:
        """A package as it is, or as a lagging replica (`stale`) believes it to be.

        It exists once its order is paid or pays at the door, until its goods are packed otherwise.
        """
        held: list[tuple[Order, int]] = []
        for serial in self.registry.holders(package_id):
            order = self._orders[serial - 1] if 0 < serial <= len(self._orders) else None
            if stale and serial in stale:
                order = stale[serial]
            if order is None or not order.payable:
                continue
            ids = self.package_ids(order)
            if package_id in ids:
                held.append((order, ids.index(package_id)))
        if not held:
            return None
        living = tuple(order for order, _ in held if order.status != "CANCELLED")
        return Parcel(package_id, living or tuple(order for order, _ in held), held[0][1])

    def families(self) -> list[int]:
        """The first orders of buyers who placed several, upwards; under `lock`."""
        for serial in range(self._families_of + 1, len(self._orders) + 1):
            if len(kin.family(self.key, serial)) > 1 and kin.lead(self.key, serial) == serial:
                self._families.append(serial)
        self._families_of = len(self._orders)
        return self._families

    def parcel(self, tracking_number: str) -> ScriptedParcel | None:
        """What a courier would say about a tracking number now; None when no courier has heard of it."""
        with self.lock:
            self.tick()
            found = self.package(self.registry.tracked(tracking_number) or "")
            if found is None or found.shipment is None or found.shipment.tracking_number != tracking_number:
                return None
            return script(self.pace, found.first, found.shipment, self.now())

    def shipped_at(self, package_id: str) -> float | None:
        """Wall time of a shipment arranged since the sandbox started; None for older ones."""
        return self._shipped_at.get(package_id)

    def lagging(self, seconds: float) -> dict[int, Order | None]:
        """The orders that changed in the last wall seconds, as they were before; None: not yet there."""
        since = self.clock.wall() - seconds
        stale: dict[int, Order | None] = {}
        for at, serial, before in reversed(self._past):
            if at < since:
                break
            stale[serial] = before
        return stale

    def census(self) -> dict[str, int]:
        """How many orders are in each status."""
        with self.lock:
            self.tick()
            return dict(sorted(Counter(order.status for order in self._orders).items()))

    def ship(self, item: ShipItem, request_id: str) -> Refusal | None:
        """Arrange the shipment of a package; None when it was done. Every execution is an Effect."""
        with self.lock:
            self.tick()
            now = self.now()
            parcel = self.package(item.package_id)
            if parcel is None:
                return Refusal.unknown()
            refusal = self._why_not_ship(parcel, item, now)
            if refusal is not None and (self.duplicate_guard or refusal.code != SHIPPED):
                return refusal
            if parcel.shipment is None:
                self._arrange(parcel, item, now)
            self._shipped_at.setdefault(item.package_id, self.clock.wall())
            mates, package_id = parcel.orders[1:], item.package_id
            self.executed("ship", package_id, parcel.first, request_id, package_id=package_id, mates=mates)
            return None

    def _why_not_ship(self, parcel: Parcel, item: ShipItem, now: int) -> Refusal | None:
        for order in parcel.orders:
            refusal = why_not(self.facts(order), order, parcel.place, item, now)
            if refusal is None and self.must_split:
                refusal = must_split(self.facts(order), order, parcel.place)
            if refusal is not None:
                return refusal
        own = item.self_shipment
        if own is not None and self.registry.brought(own.tracking_number) not in (None, item.package_id):
            return Refusal(21034012, "The tracking number has been used for another package.")
        return None

    def _arrange(self, parcel: Parcel, item: ShipItem, now: int) -> None:
        courier = self.facts(parcel.first).courier
        own = item.own_shipment()
        if own is not None:
            self.registry.bring(own[1], parcel.package_id)
        elif (number := self.registry.tracking_number(parcel.package_id, courier)) is not None:
            own = courier, number
        for order in parcel.orders:
            with _Change(self, order):
                life.arrange(self.pace, order, parcel.place, now, item.handover_method, item.slot, own)
                order.updated = max(order.updated, now)
                order.version += 1

    def changing(self, order: Order) -> _Change:
        """A context in which an order may be changed; under `lock`. Raise `version` when its future changed."""
        return _Change(self, order)

    def executed(
        self,
        kind: str,
        target: str,
        order: Order,
        request_id: str,
        *,
        package_id: str = "",
        mates: Sequence[Order] = (),
    ) -> None:
        """Put a write that was really executed on record; `mates` are further orders of it. Under `lock`."""
        ids = [self.numbers.order_id(one.serial) for one in (order, *mates)]
        self.ledger.add(kind, target, ids, request_id, self.clock.wall(), package_id)

    def touch(self, order: Order) -> None:
        """Move an order's update time to now without changing anything else, as the platform does at whim."""
        with self.lock, _Change(self, order):
            order.updated = max(order.updated + 1, self.now())


class _Change:
    """One change of an order: index, shelves, old versions and plans follow it."""

    def __init__(self, world: World, order: Order) -> None:
        self._world, self._order = world, order

    def __enter__(self) -> None:
        self._before = self._order.copy()
        self._world._remember(self._order.serial, self._before)

    def __exit__(self, *_: object) -> None:
        world, before, order = self._world, self._before, self._order
        world._index.remove(before.serial, before.created, before.updated, before.status)
        world._index.add(order.serial, order.created, order.updated, order.status)
        was, is_now = before.status in CLAIMING, order.status in CLAIMING
        if is_now and not was:
            world.shelves.claim(world.facts(order), fresh=True)
        elif was and not is_now:
            world.shelves.release(world.facts(order), back=order.status == "CANCELLED")
        if order.version != before.version:
            world._plan(order)
        if order.status == "CANCELLED" != before.status and order.combined and order.shipments == (None,):
            repack.part(world, order)
