"""What the sandbox remembers of an order, and how its numbers are made. All times are epoch seconds.

Everything that never changes (buyer, items, courier) is not remembered but drawn again (facts.py).
"""

from __future__ import annotations

import copy
from typing import NamedTuple

import msgspec

from shop.sandbox.data import COURIERS

SPLIT_LIMIT = 4
"""Package numbers set aside for each order; packages that are made later are numbered on their own."""

_ORDER_BASE = 580_000_000_000_000_000
_PACKAGE_BASE = 1_150_000_000_000_000_000
_MADE_BASE = 1_151_000_000_000_000_000
_SET_BASE = 1_160_000_000_000_000_000
_LINE_BASE = 576_000_000_000_000_000
_DIGITS = 10**12
_TRACKING_DIGITS = 10**10
# Odd and no multiple of five, so each has an inverse: numbers look like chance and can still be read back.
_STRIDE = 618_033_988_749
_TRACKING_STRIDE = 2_718_281_829
_MADE_PARCELS = 3_000_000_000
_WAY_BACK = 8_000_000_000
_REQUESTS = {"own": "4034", "cancel": "4035", "return": "4036"}


class Shipment(msgspec.Struct, frozen=True):
    """What the ship call made of one package."""

    at: int
    tracking_number: str
    provider: int
    """Index into data.COURIERS; the seller's own courier may differ from the order's."""
    handover: str = "PICKUP"
    slot: tuple[int, int] | None = None
    corrected: int = 0
    """How often the seller has changed its number."""


class Packing(msgspec.Struct, frozen=True):
    """How an order's goods lie since somebody repacked them."""

    numbers: tuple[int, ...]
    """Its packages by their numbers in registry.py, one for each place."""
    places: tuple[int, ...]
    """For each line of the order the place of its units."""
    at: int
    lead: int = 0
    """Serial of the order whose luck a combined parcel shares; 0: the parcels hold this order alone."""


class Step(NamedTuple):
    """Something that happened to a return, and who did it (BUYER, SELLER, OPERATOR or SYSTEM)."""

    at: int
    role: str
    event: str
    reason: str = ""
    note: str = ""


class Return(msgspec.Struct, frozen=True):
    """A buyer's return or refund and the state it is in (returns.py moves it)."""

    kind: str
    status: str
    asked: int
    since: int
    deadline: int | None
    """When the platform decides for a silent seller; None: the seller owes nothing."""
    tracking_number: str = ""
    """Of the parcel on its way back."""
    offered: int = 0
    """The partial refund that was offered, whole rupiah."""
    offer_refused: bool = False
    keep: bool = False
    """The buyer keeps the goods."""
    quick: bool = False
    """The platform has paid already."""
    arbitration: str = ""
    steps: tuple[Step, ...] = ()


class Order(msgspec.Struct):
    """The changing part of an order; 0 means "has not happened"."""

    serial: int
    created: int
    updated: int
    status: str
    paid: int = 0
    released: int = 0
    """When it became AWAITING_SHIPMENT."""
    shipped: int = 0
    collected: int = 0
    delivered: int = 0
    completed: int = 0
    cancelled: int = 0
    cancel_key: str = ""
    cancel_by: str = ""
    asked: int = 0
    """When the buyer asked for a cancellation the seller has to review."""
    ask_status: str = ""
    answered: int = 0
    """When that request was withdrawn or refused."""
    accepted: int = 0
    """When the platform accepted a cancellation; the order turns CANCELLED a little later."""
    shipments: tuple[Shipment | None, ...] = (None,)
    """One place per package, in the order of their ids."""
    packing: Packing | None = None
    """Where the goods lie; None: as drawn (bundles.py knows both)."""
    returned: Return | None = None
    version: int = 0
    """Counts changes; an event planned for an older version is void."""

    @property
    def payable(self) -> bool:
        """Whether it ever left UNPAID; only then has it packages."""
        return self.status != "UNPAID" and not (self.cancelled and not self.paid and not self.released)

    @property
    def combined(self) -> bool:
        """Whether its goods travel with those of other orders."""
        return self.packing is not None and self.packing.lead != 0

    @property
    def fate(self) -> int:
        """The serial that chance on the way goes by: parcels are lucky as a whole."""
        return self.packing.lead if self.packing is not None and self.packing.lead else self.serial

    def copy(self) -> Order:
        """As it is now; the parts are immutable."""
        return copy.copy(self)


class Numbers:
    """The ids of one world: dense serials inside, scattered decimal strings outside."""

    def __init__(self, seed: int) -> None:
        self._shift = seed * 1_000_003 % _DIGITS

    def order_id(self, serial: int) -> str:
        """18 digits, as the platform's."""
        return str(_ORDER_BASE + (serial * _STRIDE + self._shift) % _DIGITS)

    def serial(self, order_id: str) -> int | None:
        """The serial behind an order id; None when it cannot be one. It may still be a stranger's."""
        return self._back(order_id, _ORDER_BASE)

    def package_id(self, serial: int, place: int) -> str:
        """19 digits; `place` counts the packages of an order from 0."""
        return str(_PACKAGE_BASE + ((serial * SPLIT_LIMIT + place) * _STRIDE + self._shift) % _DIGITS)

    def package(self, package_id: str) -> tuple[int, int] | None:
        """(serial, place) behind a package id; None when it cannot be one."""
        number = self._back(package_id, _PACKAGE_BASE)
        return None if number is None else divmod(number, SPLIT_LIMIT)

    def made_id(self, number: int) -> str:
        """The id of a package that was made by splitting or combining; `number` counts them all."""
        return str(_MADE_BASE + (number * _STRIDE + self._shift) % _DIGITS)

    def made(self, package_id: str) -> int | None:
        """The number behind such an id; None when it cannot be one."""
        return self._back(package_id, _MADE_BASE)

    def set_id(self, serial: int) -> str:
        """The name of a set of orders that can be combined, after its first."""
        return str(_SET_BASE + (serial * _STRIDE + self._shift) % _DIGITS)

    def set_lead(self, set_id: str) -> int | None:
        """The serial behind such a name; None when it cannot be one."""
        return self._back(set_id, _SET_BASE)

    def line_id(self, serial: int, line: int) -> str:
        """18 digits for one unit of an order."""
        return str(_LINE_BASE + ((serial * 64 + line) * _STRIDE + self._shift) % _DIGITS)

    def request_id(self, serial: int, kind: str) -> str:
        """The number of an order's `cancel` (asked for by the buyer), `own` (by anybody else) or `return`."""
        return f"{_REQUESTS[kind]}{(serial * _STRIDE + self._shift) % _DIGITS:015d}"

    def request(self, request_id: str) -> tuple[int, str] | None:
        """(serial, kind) behind a request id; None when it cannot be one."""
        kinds = {prefix: kind for kind, prefix in _REQUESTS.items()}
        kind = kinds.get(request_id[:4])
        serial = self._back(request_id[4:], 0) if len(request_id) == 19 else None
        return None if kind is None or serial is None else (serial, kind)

    def return_number(self, serial: int, provider: int) -> str:
        """The tracking number of goods on their way back; none that a parcel to a buyer could have."""
        return self._tracking(_WAY_BACK + serial, provider)

    def tracking_number(self, serial: int, place: int, provider: int) -> str:
        """A number in the courier's own shape; its last ten digits tell the package."""
        return self._tracking(serial * SPLIT_LIMIT + place, provider)

    def made_tracking(self, number: int, provider: int) -> str:
        """The tracking number of a package that was made later."""
        return self._tracking(_MADE_PARCELS + number, provider)

    def tracked(self, tracking_number: str) -> str | None:
        """The package a number of ours would belong to; the caller compares the whole number."""
        digits = tracking_number[-10:]
        if len(digits) < 10 or not _is_number(digits):
            return None
        inverse = pow(_TRACKING_STRIDE, -1, _TRACKING_DIGITS)
        parcel = (int(digits) - self._shift) * inverse % _TRACKING_DIGITS
        if parcel >= _MADE_PARCELS:
            return self.made_id(parcel - _MADE_PARCELS)
        return self.package_id(*divmod(parcel, SPLIT_LIMIT))

    def _tracking(self, parcel: int, provider: int) -> str:
        digits = (parcel * _TRACKING_STRIDE + self._shift) % _TRACKING_DIGITS
        return COURIERS[provider].pattern.format(digits)

    def _back(self, text: str, base: int) -> int | None:
        if len(text) > 19 or not _is_number(text):
            return None
        number = int(text) - base
        if not 0 <= number < _DIGITS:
            return None
        return (number - self._shift) * pow(_STRIDE, -1, _DIGITS) % _DIGITS


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
