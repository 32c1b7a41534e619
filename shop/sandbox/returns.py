"""The life of a return: what buyers, couriers and the platform do by themselves, and what a decision does.

Pure. As in life.py, `coming` looks only at the order and at chance by name. A silent seller has agreed.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from shop.sandbox.deadlines import DAY, HOUR, end_of_working_day
from shop.sandbox.facts import facts
from shop.sandbox.orders import Order, Return, Step
from shop.sandbox.pace import REVIEW, Pace

REFUND, RETURN, SWAP = "REFUND", "RETURN_AND_REFUND", "REPLACEMENT"
PENDING: Final = "RETURN_OR_REFUND_REQUEST_PENDING"
REJECTED: Final = "REFUND_OR_RETURN_REQUEST_REJECT"
TO_SHIP: Final = "AWAITING_BUYER_SHIP"
SHIPPED: Final = "BUYER_SHIPPED_ITEM"
PARCEL_REJECTED: Final = "REJECT_RECEIVE_PACKAGE"
GRANTED: Final = "RETURN_OR_REFUND_REQUEST_SUCCESS"
CLOSED: Final = "RETURN_OR_REFUND_REQUEST_CANCEL"
COMPLETE: Final = "RETURN_OR_REFUND_REQUEST_COMPLETE"
OFFERED: Final = "AWAITING_BUYER_RESPONSE"
SWAP_PENDING: Final = "REPLACEMENT_REQUEST_PENDING"
SWAP_REJECTED: Final = "REPLACEMENT_REQUEST_REJECT"
SWAP_REFUNDED: Final = "REPLACEMENT_REQUEST_REFUND_SUCCESS"
SWAP_CLOSED: Final = "REPLACEMENT_REQUEST_CANCEL"
SWAP_COMPLETE: Final = "REPLACEMENT_REQUEST_COMPLETE"
OVER: Final = frozenset({CLOSED, COMPLETE, SWAP_REJECTED, SWAP_REFUNDED, SWAP_CLOSED, SWAP_COMPLETE})
STATUSES: Final = OVER | {
    PENDING, REJECTED, TO_SHIP, SHIPPED, PARCEL_REJECTED, GRANTED, OFFERED, SWAP_PENDING,
}  # fmt: skip
JUDGING: Final = "IN_PROGRESS"
"""The platform decides: `arbitration` of a case that is with it."""

_SWAP_REVIEW = DAY
"""Replacements are answered within a day."""
_CHECK_DAYS = 2
"""Working days to check goods that came back."""
_SHIP_WITHIN = 5 * DAY
_ACTIONS = {
    REFUND: "SELLER_RESPOND_REFUND",
    RETURN: "SELLER_RESPOND_RETURN",
    SWAP: "SELLER_RESPOND_REPLACEMENT",
}
# Purposes of chance; far from those of life.py.
_KIND, _QUICK, _WITHDRAWS, _SHIPS, _ANSWERS, _APPEALS, _JUDGES, _PAYS, _NOTE = range(1_000, 1_009)
_NOTES = (
    "Barang datang pecah di bagian bawah, foto terlampir.",
    "Yang dikirim beda warna dari pesanan saya kak 😢",
    "Tidak sesuai deskripsi, bahannya tipis sekali.",
    "Sudah tidak butuh, masih tersegel.",
)


def opened(pace: Pace, order: Order, at: int, reason: str) -> Return:
    """A buyer asks for money, for money against the goods, or for other goods."""
    luck = pace.chance(order, _KIND)
    kind = REFUND if luck < 0.33 else SWAP if luck > 0.9 else RETURN
    note = _NOTES[int(pace.chance(order, _NOTE) * len(_NOTES))]
    return Return(
        kind,
        SWAP_PENDING if kind == SWAP else PENDING,
        at,
        at,
        at + (_SWAP_REVIEW if kind == SWAP else REVIEW),
        keep=kind == REFUND,
        quick=kind == RETURN and pace.chance(order, _QUICK) < 0.12,
        steps=(Step(at, "BUYER", "BUYER_APPLY", reason, note),),
    )


def action(back: Return) -> str | None:
    """What the platform waits for from the seller."""
    if back.deadline is None:
        return None
    return "SELLER_RESPOND_RECEIVE_PACKAGE" if back.status == SHIPPED else _ACTIONS[back.kind]


def coming(pace: Pace, order: Order, back: Return) -> int | None:
    """When the return moves by itself; None when it is over."""
    if back.deadline is not None:
        return min(back.deadline, _withdrawn_at(pace, order, back) or back.deadline)
    if back.status == SHIPPED:
        return pace.after(back.since, facts(pace.key, order.serial).city.days * DAY)
    if back.arbitration == JUDGING:
        return pace.after(back.since, 2 * DAY)
    waits = {
        TO_SHIP: _SHIP_WITHIN
        if _never_ships(pace, order, back)
        else (0.3 + _luck(pace, order, back, _SHIPS)) * DAY,
        OFFERED: (1 + 12 * _luck(pace, order, back, _ANSWERS)) * HOUR,
        REJECTED: DAY if not _appeals(pace, order, back) else 6 * HOUR,
        GRANTED: (0.5 + _luck(pace, order, back, _PAYS)) * DAY,
    }
    return pace.after(back.since, waits[back.status]) if back.status in waits else None


def step(pace: Pace, order: Order, back: Return, at: int) -> Return:
    """What happens at the time `coming` named."""
    match back.status:
        case _ if back.arbitration == JUDGING:
            return _judged(pace, order, back, at)
        case "RETURN_OR_REFUND_REQUEST_PENDING" | "REPLACEMENT_REQUEST_PENDING":
            if back.deadline is not None and at < back.deadline:
                closed = SWAP_CLOSED if back.kind == SWAP else CLOSED
                return _moved(back, closed, Step(at, "BUYER", "BUYER_CANCEL"))
            return _agreed(back, Step(at, "SYSTEM", "SYSTEM_APPROVE"))
        case "AWAITING_BUYER_SHIP" if _never_ships(pace, order, back):
            return _moved(back, CLOSED, Step(at, "SYSTEM", "SHIP_TIMEOUT"))
        case "AWAITING_BUYER_SHIP":
            number = pace.numbers.return_number(order.serial, facts(pace.key, order.serial).courier)
            return replace(_moved(back, SHIPPED, Step(at, "BUYER", "BUYER_SHIP")), tracking_number=number)
        case "BUYER_SHIPPED_ITEM" if back.deadline is None:
            arrived = _moved(back, SHIPPED, Step(at, "SYSTEM", "PACKAGE_ARRIVED"))
            return replace(arrived, deadline=end_of_working_day(at, _CHECK_DAYS))
        case "BUYER_SHIPPED_ITEM":
            return _moved(back, GRANTED, Step(at, "SYSTEM", "SYSTEM_APPROVE"))
        case "AWAITING_BUYER_RESPONSE" if _luck(pace, order, back, _ANSWERS) < 0.6:
            return _moved(back, GRANTED, Step(at, "BUYER", "BUYER_ACCEPT_OFFER"))
        case "AWAITING_BUYER_RESPONSE":
            again = _moved(back, PENDING, Step(at, "BUYER", "BUYER_REFUSE_OFFER"))
            return replace(again, deadline=at + REVIEW, offer_refused=True)
        case "REFUND_OR_RETURN_REQUEST_REJECT" if _appeals(pace, order, back):
            return replace(_moved(back, REJECTED, Step(at, "BUYER", "BUYER_APPEAL")), arbitration=JUDGING)
        case "REFUND_OR_RETURN_REQUEST_REJECT":
            return _moved(back, CLOSED, Step(at, "SYSTEM", "CLOSE"))
        case _:
            return _moved(back, COMPLETE, Step(at, "SYSTEM", "REFUNDED"))


def decide(
    back: Return,
    decision: str,
    at: int,
    *,
    reason: str = "",
    note: str = "",
    amount: int = 0,
    keep: bool = False,
) -> Return:
    """What a decision of the seller does; whether it may be taken, decisions.py has said before."""
    said = Step(at, "SELLER", decision, reason, note)
    match decision:
        case "OFFER_PARTIAL_REFUND":
            return replace(_moved(back, OFFERED, said), offered=amount)
        case "REJECT_REFUND" | "REJECT_RETURN":
            return _moved(back, REJECTED, said)
        case "REJECT_RECEIVED_PACKAGE":
            return replace(_moved(back, PARCEL_REJECTED, said), arbitration=JUDGING)
        case "REJECT_REPLACEMENT":
            return _moved(back, SWAP_REJECTED, said)
        case "ISSUE_REPLACEMENT_REFUND":
            return _moved(back, SWAP_REFUNDED, said)
        case "APPROVE_RETURN" if not keep:
            return _moved(back, TO_SHIP, said)
        case "APPROVE_REPLACEMENT":
            return _moved(back, SWAP_COMPLETE, said)
        case _:
            return replace(_moved(back, GRANTED, said), keep=keep or back.keep)


def _agreed(back: Return, said: Step) -> Return:
    status = {REFUND: GRANTED, RETURN: TO_SHIP, SWAP: SWAP_COMPLETE}[back.kind]
    return _moved(back, status, said)


def _judged(pace: Pace, order: Order, back: Return, at: int) -> Return:
    buyer = _luck(pace, order, back, _JUDGES) < 0.5
    side = "SUPPORT_BUYER" if buyer else "SUPPORT_SELLER"
    moved = _moved(back, GRANTED if buyer else CLOSED, Step(at, "OPERATOR", side))
    return replace(moved, arbitration=side)


def _moved(back: Return, status: str, said: Step) -> Return:
    return replace(back, status=status, since=said.at, deadline=None, steps=(*back.steps, said))


def _withdrawn_at(pace: Pace, order: Order, back: Return) -> int | None:
    """When the buyer thinks better of it, if that is before the deadline."""
    if back.deadline is None or back.status == SHIPPED:
        return None
    luck = _luck(pace, order, back, _WITHDRAWS)
    at = pace.after(back.since, (1 + luck / 0.12 * 30) * HOUR)
    return at if luck < 0.12 and at < back.deadline else None


def _never_ships(pace: Pace, order: Order, back: Return) -> bool:
    return _luck(pace, order, back, _SHIPS) > 0.92


def _appeals(pace: Pace, order: Order, back: Return) -> bool:
    return not back.arbitration and _luck(pace, order, back, _APPEALS) < 0.4


def _luck(pace: Pace, order: Order, back: Return, purpose: int) -> float:
    """Chance for one purpose, anew at each step of the return."""
    return pace.chance(order, purpose + 16 * len(back.steps))
