"""A parcel's journey: one script per package, told by the platform and by the courier in their own words.

`ScriptedParcel` is what a fake courier needs to answer (jobs/sandbox.py hands it over). Nothing is stored: the
script follows from the order's times, so what was told once is told again.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from shop.sandbox import life
from shop.sandbox.data import COURIERS
from shop.sandbox.draw import unit
from shop.sandbox.facts import Line, facts
from shop.sandbox.life import Event
from shop.sandbox.orders import Order, Shipment
from shop.sandbox.pace import Pace
from shop.sandbox.phrases import HUBS, phrase

ORIGIN = "BANDUNG"
_TROUBLE = 301


class Step(StrEnum):
    """What can be told about a parcel."""

    LABEL = "label"
    PICKED_UP = "picked_up"
    AT_ORIGIN = "at_origin"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    AT_STATION = "at_station"
    OUT = "out"
    FAILED = "failed"
    DELIVERED = "delivered"
    REFUSED = "refused"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"


class ParcelEvent(msgspec.Struct, frozen=True):
    """One row of the journey in the courier's words; `at` is epoch milliseconds."""

    at: int
    step: Step
    text: str
    location: str


class ScriptedParcel(msgspec.Struct, frozen=True):
    """Everything a courier knows about one parcel at one moment. Events run oldest first."""

    tracking_number: str
    courier: str
    """Our courier code."""
    courier_name: str
    service: str
    shipper: str
    receiver: str
    phone_tail: str
    """The last five digits of the receiver's phone, which some couriers ask for."""
    origin: str
    destination: str
    grams: int
    events: tuple[ParcelEvent, ...]

    @property
    def last(self) -> Step:
        """Where the parcel is."""
        return self.events[-1].step


# Shares of the way from the courier's scan to the end.
_HOME = (
    (0.0, Step.PICKED_UP),
    (0.08, Step.AT_ORIGIN),
    (0.2, Step.DEPARTED),
    (0.6, Step.ARRIVED),
    (0.78, Step.AT_STATION),
)
_ENDINGS = {
    Event.DELIVER: (*_HOME, (0.9, Step.OUT), (1.0, Step.DELIVERED)),
    Event.LOSE: (*_HOME[:4], (1.0, Step.LOST)),
    Event.SEND_BACK: (
        *((share * 0.5, step) for share, step in _HOME),
        (0.45, Step.OUT),
        (0.48, Step.REFUSED),
        (0.55, Step.RETURNING),
        (1.0, Step.RETURNED),
    ),
}  # fmt: skip
_SECOND_ATTEMPT = (*_HOME, (0.82, Step.OUT), (0.88, Step.FAILED), (0.95, Step.OUT), (1.0, Step.DELIVERED))


def journey(pace: Pace, order: Order, shipment: Shipment, now: int) -> list[tuple[int, Step]]:
    """What has happened to the package by now, oldest first, epoch seconds."""
    rows = [(shipment.at, Step.LABEL)]
    if not order.collected:
        if order.cancelled:
            rows.append((order.cancelled, Step.CANCELLED))
        return rows
    end, ending = _end(pace, order)
    way = _ENDINGS[ending]
    if ending is Event.DELIVER and unit(pace.key, order.fate, _TROUBLE) < 0.12:
        way = _SECOND_ATTEMPT
    rows.extend((order.collected + int((end - order.collected) * share), step) for share, step in way)
    return [row for row in rows if row[0] <= now]


def _end(pace: Pace, order: Order) -> tuple[int, Event]:
    if order.delivered:
        return order.delivered, Event.DELIVER
    if order.cancelled:
        return order.cancelled, Event.LOSE if order.cancel_key == "package_lost" else Event.SEND_BACK
    coming = life.next_event(pace, order)
    return (order.collected, Event.DELIVER) if coming is None else coming


def script(pace: Pace, order: Order, shipment: Shipment, now: int) -> ScriptedParcel:
    """The parcel as its courier tells it."""
    known = facts(pace.key, order.serial)
    courier = COURIERS[shipment.provider]
    destination = known.city.name.removeprefix("Kota ").removeprefix("Kabupaten ").upper()
    events = []
    for at, step in journey(pace, order, shipment, now):
        place = ORIGIN if step in _AT_HOME else destination
        words = {
            "place": place,
            "origin": ORIGIN,
            "destination": destination,
            "hub": HUBS[order.fate % len(HUBS)],
            "name": known.buyer.replace("*", "").strip() or "PENERIMA",
            "rider": RIDERS[order.fate % len(RIDERS)],
        }
        events.append(ParcelEvent(at * 1000, step, phrase(courier.code, step, words), place))
    return ScriptedParcel(
        tracking_number=shipment.tracking_number,
        courier=courier.code,
        courier_name=courier.name,
        service="REG",
        shipper="TOKO CONTOH",
        receiver=known.buyer,
        phone_tail=known.phone_tail,
        origin=ORIGIN,
        destination=destination,
        grams=grams(known.lines),
        events=tuple(events),
    )


_AT_HOME = frozenset(
    {Step.LABEL, Step.PICKED_UP, Step.AT_ORIGIN, Step.DEPARTED, Step.RETURNED, Step.CANCELLED}
)
RIDERS = ("ASEP", "UJANG", "DEDEN", "YAYAN", "RUDI", "SLAMET")


def grams(goods: Iterable[Line]) -> int:
    """What they weigh altogether."""
    return sum(line.product.grams * line.quantity for line in goods)
