"""What is kept of a request besides its clock: goods and money, the buyer's proof, the answers that are open.

Encoded as JSON in the columns `detail`, `proof` and `options` of `requests`: nobody ever searches in them. No
SQLAlchemy: the screens read them. Foreign text is raw; `clean()` it at the border. Source: Partner Center,
returns and cancellations search 202602, return records 202309, decision eligibility 202601.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec


class RequestLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """Units of one SKU that the request is about."""

    sku_id: str
    name: str
    quantity: int = 1
    variation: str | None = None
    seller_sku: str | None = None
    amount: int | None = None
    """What would be paid back for these units."""


class RequestDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the search told besides the columns of `requests`."""

    wire_type: str | None = None
    """`BUYER_CANCEL`, `CANCEL`, `REFUND`, `RETURN_AND_REFUND`, `REPLACEMENT`, as the platform spells it."""
    role: str | None = None
    """Who asked: BUYER, SELLER, OPERATOR or SYSTEM."""
    lines: tuple[RequestLine, ...] = ()
    currency: str = "IDR"
    subtotal: int | None = None
    shipping_fee: int | None = None
    service_fee: int | None = None
    shipment_type: str | None = None
    """PLATFORM or BUYER_ARRANGE: how the goods come back."""
    handover: str | None = None
    tracking_number: str | None = None
    """Of the parcel on its way back."""
    courier_name: str | None = None
    keep_item: bool = False
    """The buyer may keep the goods."""
    quick_refund: bool = False
    """The platform has paid already: the parcel cannot be refused."""
    arbitration: str | None = None
    """IN_PROGRESS, SUPPORT_BUYER, SUPPORT_SELLER, CLOSED; None: the platform does not judge it."""
    offered: int | None = None
    """A partial refund that was offered."""


class Picture(msgspec.Struct, frozen=True, omit_defaults=True):
    """A link to a proof; it is shown and copied, never opened by itself."""

    url: str
    kind: str = "image"
    """`image` or `video`."""


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of a request's history at the platform."""

    at: int | None
    role: str | None = None
    event: str | None = None
    text: str | None = None
    """What the platform says happened."""
    reason: str | None = None
    note: str | None = None
    """What the person wrote."""
    pictures: tuple[Picture, ...] = ()


class Proof(msgspec.Struct, frozen=True, omit_defaults=True):
    """The history of a request at the platform, oldest first."""

    records: tuple[Record, ...] = ()


class Reason(msgspec.Struct, frozen=True):
    """A reason the platform accepts: its key, and its words in the seller's language."""

    name: str
    text: str


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer: `APPROVE_REQUEST_CANCEL`, `REJECT_REFUND`, ... and whether the platform takes it now."""

    name: str
    eligible: bool = True
    code: int | None = None
    why_not: str | None = None
    reasons: tuple[Reason, ...] = ()
    """For a rejection: what may be said."""


class Answers(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answers a request may be given, as the platform offered them."""

    decisions: tuple[Decision, ...] = ()


T = TypeVar("T", bound=msgspec.Struct)


def encode(facts: msgspec.Struct) -> str:
    """As it stands in the column."""
    return msgspec.json.encode(facts).decode()


def decode(text: str | None, kind: type[T]) -> T | None:
    """What a column holds; None for nothing, and for what a newer version may have written."""
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError:
        return None
