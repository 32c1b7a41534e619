"""What happens to an order next, and what that does to it. Pure: no clock, no queue, no other orders.

`next_event` looks only at the order and at chance by name (draw.py), so it can be asked again at any time and
says the same. People and couriers take shorter in a faster shop; the platform's published deadlines do not
move, because the seller reads them on a real clock.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from shop.sandbox import data, returns
from shop.sandbox.deadlines import DAY, HOUR, deadlines
from shop.sandbox.facts import facts
from shop.sandbox.orders import Order, Shipment
from shop.sandbox.pace import REVIEW, Pace

UNPAID_LIFE = DAY
HOLD = HOUR
FREE = HOUR
"""How long buyers of a seller with a courier of its own cancel without asking."""
STOPPING = 3
"""Seconds from an accepted cancellation to the order that shows it."""

PENDING = "CANCELLATION_REQUEST_PENDING"
GRANTED = "CANCELLATION_REQUEST_SUCCESS"
WITHDRAWN = "CANCELLATION_REQUEST_CANCELLED"
ACCEPTED = "CANCELLATION_REQUEST_COMPLETE"


class Event(IntEnum):
    """What can happen without the seller."""

    PAY = 1
    PAY_TIMEOUT = 2
    RELEASE = 3
    BUYER_CANCELS = 4
    BUYER_ASKS = 5
    BUYER_WITHDRAWS = 6
    REVIEW_LAPSES = 7
    SHIPPING_DUE = 8
    SCAN = 9
    COLLECTION_DUE = 10
    DELIVER = 11
    LOSE = 12
    SEND_BACK = 13
    RETURN_ASK = 14
    RETURN_STEP = 15
    COMPLETE = 16
    PLATFORM_SHIPS = 17
    STOPPED = 18
    """A cancellation that was accepted takes effect."""


class Next(NamedTuple):
    """The next thing that happens to an order, epoch seconds."""

    at: int
    event: Event


# Purposes of chance; numbers, so that adding one changes no other.
_PAYS, _PAY_DELAY, _HOLD_CANCEL, _WAIT_CANCEL, _WAIT_ASK, _ASK_END = 1, 2, 3, 4, 5, 6
_SCANS, _SCAN_DELAY, _PACKED_ASK, _FATE, _TRAVEL, _RETURNS, _REASON, _PACKED_CANCEL = (*range(7, 13), 15, 16)


def next_event(pace: Pace, order: Order) -> Next | None:
    """What happens next if the seller does nothing; None at the end of the order's life."""
    if order.accepted and not order.cancelled:
        return Next(order.accepted + STOPPING, Event.STOPPED)
    plans = _PLANS.get(order.status)
    return min(plans(pace, order)) if plans else None


def _unpaid(pace: Pace, order: Order) -> list[Next]:
    if pace.chance(order, _PAYS) < 0.84:
        return [
            Next(pace.after(order.created, 60 + pace.chance(order, _PAY_DELAY) ** 3 * 3 * HOUR), Event.PAY)
        ]
    return [Next(pace.after(order.created, UNPAID_LIFE), Event.PAY_TIMEOUT)]


def _on_hold(pace: Pace, order: Order) -> list[Next]:
    since = order.paid or order.created
    plans = [Next(pace.after(since, HOLD), Event.RELEASE)]
    if (luck := pace.chance(order, _HOLD_CANCEL)) < 0.03:
        plans.append(Next(pace.after(since, luck / 0.03 * HOLD), Event.BUYER_CANCELS))
    return plans


def _waiting(pace: Pace, order: Order) -> list[Next]:
    due = deadlines(order.created, facts(pace.key, order.serial).priority).shipping_due_time
    plans = [Next(due, Event.SHIPPING_DUE)]
    if (luck := pace.chance(order, _WAIT_CANCEL)) < 0.03:
        plans.extend(_regret(pace, order, pace.after(order.released, (0.2 + luck / 0.03) * 20 * HOUR)))
    plans.extend(_review(pace, order, order.released, pace.chance(order, _WAIT_ASK) / 0.03, 12 * HOUR))
    if facts(pace.key, order.serial).fulfillment_type != "FULFILLMENT_BY_SELLER":
        plans.append(Next(pace.after(order.released, 5 * HOUR), Event.PLATFORM_SHIPS))
    return plans


def _packed(pace: Pace, order: Order) -> list[Next]:
    due = deadlines(order.created, facts(pace.key, order.serial).priority).collection_due_time
    plans = [Next(due, Event.COLLECTION_DUE)]
    if pace.fate(order, _SCANS) < 0.96 and order.ask_status != PENDING:
        wait = (1 + 9 * pace.fate(order, _SCAN_DELAY)) * HOUR
        plans.append(Next(pace.after(max(order.shipped, order.answered), wait), Event.SCAN))
    if (luck := pace.chance(order, _PACKED_CANCEL)) < 0.02:
        plans.extend(_regret(pace, order, pace.after(order.shipped, luck / 0.02 * 5 * HOUR)))
    plans.extend(_review(pace, order, order.shipped, pace.chance(order, _PACKED_ASK) / 0.05, 4 * HOUR))
    return plans


def _regret(pace: Pace, order: Order, at: int) -> list[Next]:
    """A buyer cancels at once; where the seller's own courier comes, only in the first hour without asking."""
    if facts(pace.key, order.serial).shipping_type != "SELLER" or at <= order.created + FREE:
        return [Next(at, Event.BUYER_CANCELS)]
    return [] if order.ask_status else [Next(at, Event.BUYER_ASKS)]


def _review(pace: Pace, order: Order, since: int, luck: float, spread: int) -> list[Next]:
    """A buyer of a pre-order or of perishable goods asks once (`luck` < 1: this one does), within `spread`.

    The buyer then withdraws, or the seller's silence is taken as consent.
    """
    if order.ask_status == PENDING:
        lapse = Next(order.asked + REVIEW, Event.REVIEW_LAPSES)
        if (end := pace.chance(order, _ASK_END)) < 0.3:
            return [lapse, Next(pace.after(order.asked, (1 + end / 0.3 * 20) * HOUR), Event.BUYER_WITHDRAWS)]
        return [lapse]
    if not order.ask_status and luck < 1:
        return [Next(pace.after(since, luck * spread), Event.BUYER_ASKS)]
    return []


def _travelling(pace: Pace, order: Order) -> list[Next]:
    known = facts(pace.key, order.serial)
    days = known.city.days * (0.75 + 0.6 * pace.fate(order, _TRAVEL))
    fate = pace.fate(order, _FATE)
    if fate < 0.006:
        return [Next(pace.after(order.collected, days * DAY + 4 * DAY), Event.LOSE)]
    if fate < (0.07 if known.cod else 0.012):
        return [Next(pace.after(order.collected, 2 * days * DAY + 3 * DAY), Event.SEND_BACK)]
    return [Next(pace.after(order.collected, days * DAY), Event.DELIVER)]


def _delivered(pace: Pace, order: Order) -> list[Next]:
    back = order.returned
    if back is None:
        plans = [Next(pace.after(order.delivered, 3 * DAY), Event.COMPLETE)]
        if (luck := pace.chance(order, _RETURNS)) < 0.045:
            plans.append(Next(pace.after(order.delivered, (0.1 + luck / 0.045 * 2) * DAY), Event.RETURN_ASK))
        return plans
    at = returns.coming(pace, order, back)
    if at is None:
        return [Next(pace.after(back.since, HOUR), Event.COMPLETE)]
    return [Next(at, Event.RETURN_STEP)]


_PLANS = {
    "UNPAID": _unpaid,
    "ON_HOLD": _on_hold,
    "AWAITING_SHIPMENT": _waiting,
    "PARTIALLY_SHIPPING": _waiting,
    "AWAITING_COLLECTION": _packed,
    "IN_TRANSIT": _travelling,
    "DELIVERED": _delivered,
}


def born(pace: Pace, serial: int, at: int) -> Order:
    """A buyer has just placed an order; cash on delivery needs no payment."""
    known = facts(pace.key, serial)
    order = Order(serial, at, at, "UNPAID", shipments=(None,) * known.packages)
    if known.cod:
        enter(pace, order, at)
    return order


def enter(pace: Pace, order: Order, at: int) -> None:
    """The order is payable for shipping: into the hour of remorse, or past it."""
    if facts(pace.key, order.serial).on_hold:
        order.status = "ON_HOLD"
    else:
        order.status, order.released = "AWAITING_SHIPMENT", at


def happen(pace: Pace, order: Order, event: Event, at: int) -> None:
    """Apply an event to the order, in place."""
    order.updated = max(order.updated, at)
    order.version += 1
    match event:
        case Event.PAY:
            order.paid = at
            enter(pace, order, at)
        case Event.RELEASE:
            order.status, order.released = "AWAITING_SHIPMENT", at
        case Event.BUYER_ASKS:
            order.asked, order.ask_status, order.cancel_key = at, PENDING, buyer_reason(pace, order)
        case Event.BUYER_WITHDRAWS:
            close_request(order, at)
        case Event.PLATFORM_SHIPS:
            for place in range(len(order.shipments)):
                arrange(pace, order, place, at)
        case Event.SCAN:
            order.status, order.collected = "IN_TRANSIT", at
        case Event.DELIVER:
            order.status, order.delivered = "DELIVERED", at
        case Event.COMPLETE:
            order.status, order.completed = "COMPLETED", at
        case Event.RETURN_ASK:
            order.returned = returns.opened(pace, order, at, return_reason(pace, order))
        case Event.RETURN_STEP if order.returned is not None:
            order.returned = returns.step(pace, order, order.returned, at)
        case Event.STOPPED:
            cancel(order, order.cancel_by, order.cancel_key, at)
        case Event.BUYER_CANCELS | Event.REVIEW_LAPSES:
            cancel(order, "BUYER", order.cancel_key or buyer_reason(pace, order), at)
        case _:
            cancel(order, "SYSTEM", _SYSTEM_REASONS[event], at)


_SYSTEM_REASONS = {
    Event.PAY_TIMEOUT: "system_cancel_unpaid_time_out",
    Event.SHIPPING_DUE: "system_cancel_order_reason_shipping_timeout",
    Event.COLLECTION_DUE: "system_cancel_order_untracked",
    Event.LOSE: "package_lost",
    Event.SEND_BACK: "returned_to_shipper_refused",
}
REASON_TEXTS = {
    **dict(data.BUYER_REASONS),
    **dict(data.RETURN_REASONS),
    **dict(data.SELLER_REASONS),
    "system_cancel_unpaid_time_out": "Pesanan tidak dibayar tepat waktu",
    "system_cancel_order_reason_shipping_timeout": "Penjual tidak mengatur pengiriman tepat waktu",
    "system_cancel_order_untracked": "Paket tidak diserahkan ke kurir tepat waktu",
    "package_lost": "Paket hilang",
    "returned_to_shipper_refused": "Paket ditolak penerima dan dikembalikan",
}


def arrange(
    pace: Pace,
    order: Order,
    place: int,
    at: int,
    handover: str = "PICKUP",
    slot: tuple[int, int] | None = None,
    own: tuple[int, str] | None = None,
) -> Shipment:
    """Arrange one package's shipment, in place; `own` is the seller's (courier index, tracking number)."""
    courier = facts(pace.key, order.serial).courier
    provider, number = own or (courier, pace.numbers.tracking_number(order.serial, place, courier))
    made = Shipment(at, number, provider, handover, slot)
    order.shipments = (*order.shipments[:place], made, *order.shipments[place + 1 :])
    if None in order.shipments:
        order.status = "PARTIALLY_SHIPPING"
    else:
        order.status, order.shipped = "AWAITING_COLLECTION", at
    return made


def cancel(order: Order, by: str, key: str, at: int) -> None:
    """The order ends here; `by` is BUYER, SELLER or SYSTEM."""
    order.status, order.cancelled, order.cancel_by, order.cancel_key = "CANCELLED", at, by, key
    if order.ask_status in (PENDING, GRANTED):
        order.ask_status = ACCEPTED


def close_request(order: Order, at: int) -> None:
    """The buyer's request is withdrawn or refused; the order goes on."""
    order.ask_status, order.cancel_key, order.answered = WITHDRAWN, "", at


def accept_cancel(order: Order, by: str, key: str, at: int) -> None:
    """The platform says yes to a cancellation; the order follows in a moment, and nothing else comes between."""
    order.accepted, order.cancel_by, order.cancel_key = at, by, key
    if order.ask_status == PENDING:
        order.ask_status = GRANTED


def buyer_reason(pace: Pace, order: Order) -> str:
    """Why this buyer would change their mind."""
    return data.BUYER_REASONS[int(pace.chance(order, _REASON) * len(data.BUYER_REASONS))][0]


def return_reason(pace: Pace, order: Order) -> str:
    """Why this buyer would send the goods back."""
    return data.RETURN_REASONS[int(pace.chance(order, _REASON) * len(data.RETURN_REASONS))][0]
