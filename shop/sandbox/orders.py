"""What the sandbox remembers of an order, and how its numbers are made. All times are epoch seconds.

Everything that never changes (buyer, items, courier) is not remembered but drawn again (facts.py).
"""

from __future__ import annotations

import copy

import msgspec

from shop.sandbox.data import COURIERS

SPLIT_LIMIT = 4
"""Package numbers set aside for each order."""

_ORDER_BASE = 580_000_000_000_000_000
_PACKAGE_BASE = 1_150_000_000_000_000_000
_LINE_BASE = 576_000_000_000_000_000
_DIGITS = 10**12
_TRACKING_DIGITS = 10**10
# Odd and no multiple of five, so each has an inverse: numbers look like chance and can still be read back.
_STRIDE = 618_033_988_749
_TRACKING_STRIDE = 2_718_281_829


class Shipment(msgspec.Struct, frozen=True):
    """What the ship call made of one package."""

    at: int
    tracking_number: str
    provider: int
    """Index into data.COURIERS; the seller's own courier may differ from the order's."""
    handover: str = "PICKUP"
    slot: tuple[int, int] | None = None


class Return(msgspec.Struct, frozen=True):
    """A buyer's return or refund and the state it is in."""

    kind: str
    status: str
    asked: int
    since: int
    deadline: int | None
    """When the platform decides for a silent seller; None: the seller owes nothing."""


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
    shipments: tuple[Shipment | None, ...] = (None,)
    """One place per package, in the order of their ids."""
    returned: Return | None = None
    version: int = 0
    """Counts changes; an event planned for an older version is void."""

    @property
    def payable(self) -> bool:
        """Whether it ever left UNPAID; only then has it packages."""
        return self.status != "UNPAID" and not (self.cancelled and not self.paid and not self.released)

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

    def line_id(self, serial: int, line: int) -> str:
        """18 digits for one unit of an order."""
        return str(_LINE_BASE + ((serial * 64 + line) * _STRIDE + self._shift) % _DIGITS)

    def request_id(self, serial: int, *, back: bool) -> str:
        """The number of an order's cancellation, or of its return (`back`)."""
        return f"40{'36' if back else '35'}{(serial * _STRIDE + self._shift) % _DIGITS:015d}"

    def tracking_number(self, serial: int, place: int, provider: int) -> str:
        """A number in the courier's own shape; its last ten digits tell the package."""
        digits = ((serial * SPLIT_LIMIT + place) * _TRACKING_STRIDE + self._shift) % _TRACKING_DIGITS
        return COURIERS[provider].pattern.format(digits)

    def tracked(self, tracking_number: str) -> tuple[int, int] | None:
        """(serial, place) a number of ours would belong to; the caller compares the whole number."""
        digits = tracking_number[-10:]
        if len(digits) < 10 or not _is_number(digits):
            return None
        inverse = pow(_TRACKING_STRIDE, -1, _TRACKING_DIGITS)
        return divmod((int(digits) - self._shift) * inverse % _TRACKING_DIGITS, SPLIT_LIMIT)

    def _back(self, text: str, base: int) -> int | None:
        if len(text) > 19 or not _is_number(text):
            return None
        number = int(text) - base
        if not 0 <= number < _DIGITS:
            return None
        return (number - self._shift) * pow(_STRIDE, -1, _DIGITS) % _DIGITS


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
