"""The shop as it is when the sandbox starts: orders in every state, with pasts that fit together.

Each order is walked back from the state it is to be in: somebody delivered it then, so it was scanned before,
arranged before that, and so on. From its present state on, life.py takes over.
"""

from __future__ import annotations

from shop.sandbox import kin, life, returns
from shop.sandbox.deadlines import DAY, HOUR
from shop.sandbox.draw import unit
from shop.sandbox.facts import facts
from shop.sandbox.life import Event
from shop.sandbox.orders import Order
from shop.sandbox.pace import Pace

_SHARES = (
    ("AWAITING_SHIPMENT", 0.14),
    ("COMPLETED", 0.46),
    ("IN_TRANSIT", 0.12),
    ("AWAITING_COLLECTION", 0.08),
    ("DELIVERED", 0.09),
    ("CANCELLED", 0.07),
    ("UNPAID", 0.02),
    ("ON_HOLD", 0.02),
)
# How long an order has been in its state, at most.
_AGES = {
    "UNPAID": 2 * HOUR,
    "ON_HOLD": HOUR,
    "AWAITING_SHIPMENT": 34 * HOUR,
    "AWAITING_COLLECTION": 16 * HOUR,
    "IN_TRANSIT": 3 * DAY,
    "DELIVERED": 3 * DAY,
    "COMPLETED": 24 * DAY,
    "CANCELLED": 24 * DAY,
}
# What has happened to the returns that are open when the shop opens, one after the other.
_RETURNS: tuple[tuple[str, ...], ...] = (
    (),
    ("APPROVE_RETURN", "", ""),
    ("REJECT_RETURN",),
    ("APPROVE_RETURN", ""),
    (),
    ("APPROVE_RETURN",),
)
_AGE, _STAGE, _SCATTER, _WALK = 101, 102, 103, 110


def populate(pace: Pace, count: int) -> list[Order]:
    """`count` orders in the states of `_SHARES`, serials from 1, each with its whole past."""
    statuses = _statuses(pace.key, count)
    orders = [_made(pace, serial, statuses[serial]) for serial in range(1, count + 1)]
    _stir(pace, orders)
    return orders


def _statuses(key: int, count: int) -> dict[int, str]:
    """Serial -> state, in exact shares; from eight orders on every state occurs."""
    wanted = {status: int(share * count) or int(count >= len(_SHARES)) for status, share in _SHARES}
    wanted["AWAITING_SHIPMENT"] += count - sum(wanted.values())
    chosen: dict[int, str] = {}
    left = []
    for serial in sorted(range(1, count + 1), key=lambda serial: _scattered(key, serial)):
        # Two states do not suit every buyer: who pays at the door is never unpaid, not all may regret.
        if wanted["UNPAID"] and not facts(key, serial).cod:
            status = "UNPAID"
        elif wanted["ON_HOLD"] and facts(key, serial).on_hold:
            status = "ON_HOLD"
        else:
            left.append(serial)
            continue
        chosen[serial] = status
        wanted[status] -= 1
    others = (status for status, number in wanted.items() for _ in range(number))
    return chosen | dict(zip(left, others, strict=False))


def _scattered(key: int, serial: int) -> float:
    """Where an order stands when states are given out; one buyer's orders side by side.

    They stand near the front, among those that wait: a small shop, too, has something to combine.
    """
    family = kin.family(key, serial)
    place = unit(key, family.start, _SCATTER)
    return place if len(family) == 1 else place * 0.4


def _stir(pace: Pace, orders: list[Order]) -> None:
    """Requests, returns and half-shipped orders that are open when the shop opens."""
    seen: dict[str, int] = {}
    for order in orders:
        nth = seen[order.status] = seen.get(order.status, -1) + 1
        middle = (order.updated + pace.start) // 2
        if order.status == "AWAITING_SHIPMENT" and len(order.shipments) > 1 and nth % 3 == 0:
            life.arrange(pace, order, 0, middle)
            order.updated = middle
        elif (order.status, nth % 12) in (("AWAITING_SHIPMENT", 5), ("AWAITING_COLLECTION", 3)):
            life.happen(pace, order, Event.BUYER_ASKS, middle)
        elif order.status == "DELIVERED" and nth % 5 == 1:
            _send_back(pace, order, middle, _RETURNS[nth // 5 % len(_RETURNS)])


def _send_back(pace: Pace, order: Order, since: int, steps: tuple[str, ...]) -> None:
    """A return that has come some way: decisions of the seller, and "" for what comes by itself."""
    life.happen(pace, order, Event.RETURN_ASK, since)
    for number, decision in enumerate(steps, start=1):
        at = since + number * (pace.start - since) // (len(steps) + 1)
        back = order.returned
        if back is None or back.kind == returns.SWAP or returns.coming(pace, order, back) is None:
            return
        if decision and back.kind == returns.REFUND:
            decision = decision.replace("_RETURN", "_REFUND")
        moved = returns.decide(back, decision, at) if decision else returns.step(pace, order, back, at)
        order.returned, order.updated = moved, at
        order.version += 1


def _made(pace: Pace, serial: int, status: str) -> Order:
    """An order in the state; its past is moved up until its next event lies in the future."""
    lead = kin.lead(pace.key, serial)
    since = pace.start - int(unit(pace.key, lead, _AGE) * _AGES[status]) - 1
    since = min(pace.start - 1, since + (serial - lead) * kin.APART)
    order = _walked(pace, serial, status, since)
    for _ in range(3):
        coming = life.next_event(pace, order)
        if coming is None or coming.at > pace.start:
            return order
        since = min(pace.start - 1, since + pace.start - coming.at + 600)
        order = _walked(pace, serial, status, since)
    return order


def _walked(pace: Pace, serial: int, status: str, since: int) -> Order:
    known = facts(pace.key, serial)
    lead = kin.lead(pace.key, serial)
    steps = iter(unit(pace.key, lead, _WALK + step) for step in range(8))
    order = Order(serial, since, since, status, shipments=(None,) * known.packages)
    stage = status
    if status == "CANCELLED":
        # Before payment, before shipping, after shipping, on the way.
        stage = ("UNPAID", "AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT")[
            int(unit(pace.key, serial, _STAGE) ** 1.5 * 4)
        ]
        if stage == "UNPAID" and known.cod:
            stage = "AWAITING_SHIPMENT"
        order.cancelled = since
        since -= int((0.5 + next(steps)) * 3 * HOUR)
    if stage == "COMPLETED":
        order.completed = since
        since -= 3 * DAY
        stage = "DELIVERED"
    if stage == "DELIVERED":
        order.delivered = since
        since -= int(known.city.days * (0.75 + 0.6 * next(steps)) * DAY)
        stage = "IN_TRANSIT"
    if stage == "IN_TRANSIT":
        order.collected = since
        since -= int((1 + 9 * next(steps)) * HOUR)
        stage = "AWAITING_COLLECTION"
    if stage == "AWAITING_COLLECTION":
        arranged = since
        since -= int((0.3 + 7 * next(steps)) * HOUR)
        for place in range(known.packages):
            life.arrange(pace, order, place, arranged)
        stage = "AWAITING_SHIPMENT"
    if stage == "AWAITING_SHIPMENT":
        order.released = since
        if known.on_hold:
            since -= life.HOLD
        stage = "ON_HOLD"
    order.created = since
    if stage == "ON_HOLD" and not known.cod:
        order.paid = since
        order.created = since - 60 - int(next(steps) ** 3 * 2 * HOUR)
    order.status = status
    if status == "CANCELLED":
        _explain(pace, order)
    return order


def _explain(pace: Pace, order: Order) -> None:
    """Give a cancellation of the past the author and the reason that fit its stage."""
    if order.collected:
        event = Event.SEND_BACK
    elif order.released and unit(pace.key, order.serial, _AGE) < 0.8:
        event = Event.BUYER_CANCELS
    elif order.shipped:
        event = Event.COLLECTION_DUE
    elif order.released:
        event = Event.SHIPPING_DUE
    else:
        event = Event.PAY_TIMEOUT
    life.happen(pace, order, event, order.cancelled)
