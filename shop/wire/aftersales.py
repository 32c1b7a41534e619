"""Cancellations and returns (return_refund 202602). Times in epoch seconds."""

from __future__ import annotations

import msgspec

from shop.wire.loose import decoder


class NextAction(msgspec.Struct):
    """What the platform waits for from the seller, and until when."""

    action: str | None = None
    deadline: int | None = None


class Refund(msgspec.Struct):
    """Decimal strings."""

    refund_total: str | None = None


class Cancellation(msgspec.Struct):
    """`cancel_type` CANCEL (seller or system) or BUYER_CANCEL."""

    cancel_id: str | None = None
    order_id: str | None = None
    cancel_type: str | None = None
    cancel_status: str | None = None
    cancel_reason: str | None = None
    cancel_reason_text: str | None = None
    create_time: int | None = None
    update_time: int | None = None
    seller_next_action_response: list[NextAction] | None = None
    refund_amount: Refund | None = None


class Return(msgspec.Struct):
    """`return_type` REFUND, RETURN_AND_REFUND or REPLACEMENT."""

    return_id: str | None = None
    order_id: str | None = None
    return_type: str | None = None
    return_status: str | None = None
    return_reason: str | None = None
    return_reason_text: str | None = None
    create_time: int | None = None
    update_time: int | None = None
    seller_next_action_response: list[NextAction] | None = None
    refund_amount: Refund | None = None


decode_cancellation = decoder(Cancellation)
decode_return = decoder(Return)
