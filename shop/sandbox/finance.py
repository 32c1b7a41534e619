"""The books: which order is settled when, what is taken off, and the daily statements of it.

An order is ready three days after its delivery, one of Tokopedia once it is completed, one with a return once that
is over; the next cut (00:00 UTC) takes it into a statement, and a statement that was cut never changes. With a
faster shop (`speed`) its days are shorter, and so are the ways between two cuts.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from shop.sandbox import returns
from shop.sandbox.deadlines import DAY
from shop.sandbox.draw import unit
from shop.sandbox.orders import Order
from shop.sandbox.world import World

EXPRESS: Final = 3 * DAY
HISTORY: Final = 40
"""Days of statements there are when the shop opens."""
PAID_AFTER: Final = DAY // 4
"""How long a payment is under way."""
ORDER_FEE: Final = 1_250
# Shares of the revenue, per mille.
_COMMISSION, _DYNAMIC, _AFFILIATE = 45, 40, 100
# Purposes of chance; far from those of life.py and returns.py.
_ODD, _SIZE, _FAILS = range(2_000, 2_003)
_ODDITIES: Final = ((0.03, "shipping"), (0.05, "affiliate"), (0.06, "adjustment"))
"""Chances, one on top of the other, of a deduction that is not usual."""
_HELD_UP: Final = 0.985
"""Chance from which on an order is forgotten: delivered, and in no statement."""


class Entry(NamedTuple):
    """One transaction. Amounts in whole rupiah, charges negative."""

    serial: int
    kind: str
    revenue: dict[str, int]
    shipping: dict[str, int]
    fees: dict[str, int]
    adjustment: int = 0

    @property
    def settlement(self) -> int:
        """What is left."""
        return (
            sum(map(sum, (self.revenue.values(), self.shipping.values(), self.fees.values())))
            + self.adjustment
        )


class Cut(NamedTuple):
    """One statement."""

    number: int
    """The day it was cut, counted from the epoch in the shop's own days."""
    at: int
    entries: tuple[Entry, ...]


class Books:
    """What was settled. Only under the world's lock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._done = world.started // DAY - HISTORY
        """The last day that was cut."""
        self._first = self._done
        self._booked: set[int] = set()
        self._refunded: set[int] = set()
        self._cuts: dict[int, Cut] = {}
        self._of_order: dict[int, list[tuple[int, Entry]]] = {}

    @property
    def cuts(self) -> dict[int, Cut]:
        """Every statement with something in it, by day, as of now."""
        self._catch_up()
        return self._cuts

    def of_order(self, order: Order) -> list[tuple[int, Entry]]:
        """(day of its statement, transaction) of one order."""
        self._catch_up()
        return self._of_order.get(order.serial, [])

    def unsettled(self) -> list[Order]:
        """Delivered orders that are in no statement."""
        self._catch_up()
        return [
            order
            for order in self._world
            if order.delivered
            and order.status in ("DELIVERED", "COMPLETED")
            and order.serial not in self._booked
        ]

    def status(self, cut: Cut) -> tuple[str, int]:
        """(payment status, when it was paid or 0) of a statement now."""
        paid = self._world.pace.after(cut.at, PAID_AFTER)
        if unit(self._world.key, cut.number, _FAILS) < 0.02:
            return "FAILED", 0
        return ("PAID", paid) if paid <= self._world.now() else ("PROCESSING", 0)

    def reason(self, order: Order) -> str:
        """Why an order is in no statement yet; the platform does not publish its words."""
        if order.returned is not None and order.returned.status not in returns.OVER:
            return "RETURN_IN_PROGRESS"
        return "UNDER_REVIEW" if self._luck(order, _ODD) >= _HELD_UP else "WAITING_FOR_SETTLEMENT_TIME"

    def entry(self, order: Order) -> Entry:
        """What is settled, or will be, for an order."""
        known = self._world.facts(order)
        goods = sum(line.original_price * line.quantity for line in known.lines)
        off = sum(line.seller_discount * line.quantity for line in known.lines)
        back = _given_back(order, goods - off)
        revenue = {
            "subtotal_before_discount_amount": goods,
            "seller_discount_amount": -off,
            "refund_subtotal_before_discount_amount": -back,
        }
        left = goods - off - back
        shipping = {
            "actual_shipping_fee_amount": -known.shipping_fee,
            "shipping_fee_discount_amount": known.shipping_discount,
            "customer_paid_shipping_fee_amount": known.shipping_fee - known.shipping_discount,
        }
        fees = {
            "platform_commission_amount": -(left * _COMMISSION // 1_000),
            "dynamic_commission_amount": -(left * _DYNAMIC // 1_000),
            # Not in the documentation: fees get new names often.
            "order_processing_fee_amount": -ORDER_FEE,
        }
        odd = self._oddity(order)
        if odd == "shipping":
            # The parcel was heavier than the seller said.
            shipping["actual_shipping_fee_amount"] -= 3_000 + 1_000 * int(12 * self._luck(order, _SIZE))
        elif odd == "affiliate":
            fees["affiliate_commission_amount"] = -(left * _AFFILIATE // 1_000)
        return Entry(order.serial, "ORDER", revenue, shipping, fees)

    def _catch_up(self) -> None:
        """Cut every statement that is due."""
        day = self._day(self._world.now())
        if day <= self._done:
            return
        found: dict[int, list[Entry]] = {}
        for order in self._world:
            if not order.delivered:
                continue
            if order.serial not in self._booked:
                ready = self._ready(order)
                number = day + 1 if ready is None else max(self._day(ready) + 1, self._first)
                if number > day:
                    continue
                self._booked.add(order.serial)
                if order.returned is not None:
                    self._refunded.add(order.serial)
                number = max(number, self._done + 1) if number > self._first else self._first
                entry = self.entry(order)
                found.setdefault(number, []).append(entry)
                if self._oddity(order) == "adjustment":
                    found[number].append(Entry(order.serial, "ADJUSTMENT", {}, {}, {}, -5_000))
            elif order.serial not in self._refunded and _given_back(order, 1):
                # Refunded after it was settled: taken off the next statement.
                self._refunded.add(order.serial)
                back = _given_back(order, self._world.facts(order).subtotal)
                found.setdefault(day, []).append(Entry(order.serial, "ADJUSTMENT", {}, {}, {}, -back))
        for number, entries in found.items():
            if number > self._first:  # what is older was paid before anybody looked
                self._cuts[number] = Cut(number, self._time(number), tuple(entries))
                for entry in entries:
                    self._of_order.setdefault(entry.serial, []).append((number, entry))
        self._done = day

    def _ready(self, order: Order) -> int | None:
        """When an order may be settled; None: not yet known."""
        if order.status not in ("DELIVERED", "COMPLETED"):
            return None
        if order.returned is not None:
            return order.returned.since if order.returned.status in returns.OVER else None
        if self._luck(order, _ODD) >= _HELD_UP:
            return None
        if self._world.facts(order).tokopedia:
            return order.completed or None
        return self._world.pace.after(order.delivered, EXPRESS)

    def _day(self, at: int) -> int:
        """The day a moment lies in, in days of the shop."""
        start, speed = self._world.pace.start, self._world.pace.speed
        life = at if at <= start else start + (at - start) * speed
        return int(life // DAY)

    def _time(self, number: int) -> int:
        """The moment a day begins."""
        start, speed = self._world.pace.start, self._world.pace.speed
        life = number * DAY
        return life if life <= start else int(start + (life - start) / speed)

    def _oddity(self, order: Order) -> str:
        luck = self._luck(order, _ODD)
        return next((name for chance, name in _ODDITIES if luck < chance), "")

    def _luck(self, order: Order, purpose: int) -> float:
        return self._world.pace.chance(order, purpose)


def _given_back(order: Order, goods: int) -> int:
    """Rupiah that a buyer got back, of goods worth so much."""
    back = order.returned
    if back is None or back.status not in (returns.COMPLETE, returns.SWAP_REFUNDED):
        return 0
    return min(back.offered or goods, goods)
