"""Which orders may ship or be confirmed, and why the others are held back. Pure: facts in, a plan out.

The checks stop at the first reason, the hardest first: what the platform would refuse comes before what only
a careful person would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from store.status import HOLD, SHIPPABLE, OrderStatus
from store.views import ActionRow

SOFT: Final = frozenset({"note_unseen", "short_stock", "cod_limit"})
"""Reasons a person may overrule; the others would be refused by the platform, or ship twice."""


class ShipChoice(msgspec.Struct, frozen=True):
    """How to hand over. Indonesian shops' warehouses decide that themselves, so all of it is optional."""

    handover: str | None = None
    """`PICKUP` or `DROP_OFF`."""
    slot_start: int | None = None
    """Start of a pick-up slot the platform offers, epoch ms."""
    courier: str | None = None
    """The platform's provider id, for orders the seller ships."""
    tracking_number: str | None = None
    """The seller's own tracking number, for orders the seller ships."""

    def params(self) -> dict[str, Any]:
        """What the action's row carries: only what was chosen."""
        return {key: value for key, value in msgspec.structs.asdict(self).items() if value is not None}


class ShipLine(msgspec.Struct, frozen=True):
    """One package that would ship."""

    pk: int
    shop_id: int
    order_id: str
    package_id: str | None
    """None in a shop without API whose file has not named a package yet: the line stands for the whole order."""
    courier: str | None
    courier_name: str | None
    buyer: str | None = None
    summary: str = ""
    """The items in one line."""
    by_hand: bool = False
    """Whether a person arranges it in Seller Center, because the shop has no API (jobs/files/by_hand.py)."""


class Held(msgspec.Struct, frozen=True):
    """An order held back: a stable reason, and what a sentence about it needs."""

    pk: int
    order_id: str
    reason: str
    params: dict[str, int | str]
    package_id: str | None = None
    lines: tuple[ShipLine, ...] = ()
    """What would ship if the reason were overruled; empty when it cannot be."""

    @property
    def soft(self) -> bool:
        """Whether a person may overrule it."""
        return self.reason in SOFT


class ShipPlan(msgspec.Struct, frozen=True):
    """What pressing `y` would do."""

    ok: tuple[ShipLine, ...]
    held: tuple[Held, ...]
    couriers: tuple[tuple[str, int], ...]
    """Packages per courier name, most first; an empty name stands for "not known yet"."""
    choice: ShipChoice = ShipChoice()

    @property
    def lines(self) -> tuple[ShipLine, ...]:
        """Every package that would ship, were all that may be overruled overruled."""
        return (*self.ok, *(line for held in self.held for line in held.lines))

    @property
    def orders(self) -> int:
        """Orders that would ship."""
        return len({line.pk for line in self.ok})


class ConfirmPlan(msgspec.Struct, frozen=True):
    """What confirming would do."""

    ok: tuple[int, ...]
    held: tuple[Held, ...]


class Parcel(msgspec.Struct, frozen=True):
    """A package of a candidate, with the live action that stands in the way, if any."""

    package_id: str
    status: str | None = None
    courier: str | None = None
    courier_name: str | None = None
    live: ActionRow | None = None


class Candidate(msgspec.Struct, frozen=True):
    """All that the checks need to know of one order."""

    pk: int
    shop_id: int
    shop_kind: str
    order_id: str
    status: str
    raw_status: str = ""
    """The platform's own word, the only thing known of a status that is new to us."""
    buyer: str | None = None
    summary: str = ""
    note: str | None = None
    note_seen_at: int | None = None
    confirmed_at: int | None = None
    cancel_requested: bool = False
    cancel_at: int | None = None
    cod: bool = False
    total: int = 0
    fulfillment_type: str | None = None
    shipping_type: str | None = None
    tags: str = ""
    """Comma-separated, as stored."""
    parcels: tuple[Parcel, ...] = ()
    ending: ActionRow | None = None
    """A wish of ours that cancels it, under way or carried out."""
    whole: ActionRow | None = None
    """In a shop without API: a live action that stands for all of its parcels, named by a file or not."""

    @property
    def by_hand(self) -> bool:
        """Whether its shop has no API, so that a person arranges the shipment in Seller Center."""
        return self.shop_kind != "tiktok"


class Need(msgspec.Struct, frozen=True):
    """A SKU that an order would go without."""

    name: str
    needed: int
    free: int


def ship_plan(
    candidates: Sequence[Candidate],
    needs: Mapping[int, Need],
    choice: ShipChoice,
    *,
    now: int,
    cod_limit: int | None,
) -> ShipPlan:
    """Sort candidates into what ships and what is held. `needs` names the first short SKU of an order pk."""
    ok: list[ShipLine] = []
    held: list[Held] = []
    for order in candidates:
        lines = _lines(order)
        why = (
            _hard(order)
            or _live(order, lines)
            or _unfit(order, choice, now)
            or _soft(order, needs, cod_limit)
        )
        reason, params = why or ("", {})
        if not reason:
            ok += lines
            continue
        parcel = order.parcels[0].package_id if len(order.parcels) == 1 else None
        held.append(Held(order.pk, order.order_id, reason, params, parcel, lines if reason in SOFT else ()))
    couriers = Counter(line.courier_name or line.courier or "" for line in ok)
    return ShipPlan(tuple(ok), tuple(held), tuple(couriers.most_common()), choice)


def confirm_plan(
    candidates: Sequence[Candidate], needs: Mapping[int, Need], *, note_read: bool = False
) -> ConfirmPlan:
    """Which orders a confirmation fits: to ship, nothing open against them, note read, stock there.

    `note_read`: whoever asks named the orders one by one, and has looked at their notes.
    """
    ok: list[int] = []
    held: list[Held] = []
    for order in candidates:
        reason, params = _stands(order) or _soft(order, needs, None, note_read) or ("", {})
        if reason:
            held.append(Held(order.pk, order.order_id, reason, params))
        else:
            ok.append(order.pk)
    return ConfirmPlan(tuple(ok), tuple(held))


_Reason = tuple[str, dict[str, int | str]]
_SELLER_SHIPS: Final = "FULFILLMENT_BY_SELLER"
SELLER_COURIER: Final = "SELLER"
"""`shipping_type` of an order that the seller gives to a courier of his own."""


def _lines(order: Candidate) -> tuple[ShipLine, ...]:
    """What is left to ship of an order. A file need not name a package: then the order itself is the line."""
    if order.whole is not None:
        return ()
    if order.by_hand and not order.parcels:
        return (_line(order, None),)
    return tuple(_line(order, parcel) for parcel in order.parcels if _open(parcel) and parcel.live is None)


def _line(order: Candidate, parcel: Parcel | None) -> ShipLine:
    package_id, courier, name = (
        (None, None, None) if parcel is None else (parcel.package_id, parcel.courier, parcel.courier_name)
    )
    return ShipLine(
        order.pk, order.shop_id, order.order_id, package_id, courier, name,
        order.buyer, order.summary, order.by_hand,
    )  # fmt: skip


def _open(parcel: Parcel) -> bool:
    # The documentation prints the word with a blank, the platform sends an underscore.
    return (parcel.status or "TO_FULFILL").replace(" ", "_").upper() == "TO_FULFILL"


def _stands(order: Candidate) -> _Reason | None:
    if order.status == OrderStatus.ON_HOLD:
        return "on_hold", {}
    if order.status not in SHIPPABLE:
        raw = {"raw": order.raw_status} if order.status == OrderStatus.UNKNOWN else {}
        return "status", {"status": order.status, **raw}
    if order.ending is not None:
        return "cancelling", {"state": order.ending.state, "by": order.ending.requested_by}
    if order.cancel_requested:
        return "cancel_request", {} if order.cancel_at is None else {"until": order.cancel_at}
    if HOLD in order.tags.split(","):
        return "held", {}
    return None


def _hard(order: Candidate) -> _Reason | None:
    if reason := _stands(order):
        return reason
    if (order.fulfillment_type or _SELLER_SHIPS) != _SELLER_SHIPS:
        return "platform_ships", {"by": order.fulfillment_type or ""}
    if not order.parcels and not order.by_hand:
        return "no_package", {}
    return None


def _unfit(order: Candidate, choice: ShipChoice, now: int) -> _Reason | None:
    """What is wrong with the hand-over; of no interest where nothing is left to hand over."""
    if order.by_hand:
        return None  # Seller Center asks for what it needs
    if order.shipping_type == SELLER_COURIER and choice.tracking_number is None:
        return "needs_tracking_number", {}
    if choice.slot_start is not None and choice.slot_start <= now:
        return "slot_past", {"start": choice.slot_start}
    return None


def _live(order: Candidate, lines: Sequence[ShipLine]) -> _Reason | None:
    if lines:
        return None
    for live in (order.whole, *(parcel.live for parcel in order.parcels)):
        if live is not None:
            return "action_live", {"state": live.state, "by": live.requested_by, "at": live.requested_at}
    return "already_arranged", {}


def _soft(
    order: Candidate, needs: Mapping[int, Need], cod_limit: int | None, note_read: bool = False
) -> _Reason | None:
    if order.note and order.note_seen_at is None and not note_read:
        return "note_unseen", {"note": order.note}
    if need := needs.get(order.pk):
        return "short_stock", {"name": need.name, "needed": need.needed, "free": need.free}
    if cod_limit is not None and order.cod and order.total > cod_limit:
        return "cod_limit", {"total": order.total, "limit": cod_limit}
    return None
