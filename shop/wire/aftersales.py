"""Cancellations and returns (return_refund 202602, 202601, 202309). Times in epoch seconds, money as text.

What a request is and when it is due stands apart from its goods and its proof: the second may be odd, and the
clock must still tick.
"""

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


class Amounts(msgspec.Struct):
    """What is paid back, in parts."""

    currency: str | None = None
    refund_total: str | None = None
    refund_subtotal: str | None = None
    refund_shipping_fee: str | None = None
    buyer_service_fee: str | None = None


class Goods(msgspec.Struct):
    """One unit a request is about; `sku_name` is the variation."""

    sku_id: str | None = None
    sku_name: str | None = None
    product_name: str | None = None
    seller_sku: str | None = None
    refund_amount: Amounts | None = None


class Offer(msgspec.Struct):
    """A partial refund."""

    currency: str | None = None
    amount: str | None = None


class More(msgspec.Struct):
    """The rest of a cancellation or a return; neither has the fields of the other."""

    role: str | None = None
    cancel_line_items: list[Goods] | None = None
    return_line_items: list[Goods] | None = None
    refund_amount: Amounts | None = None
    shipment_type: str | None = None
    handover_method: str | None = None
    return_tracking_number: str | None = None
    return_provider_name: str | None = None
    can_buyer_keep_item: bool | None = None
    is_quick_refund: bool | None = None
    arbitration_status: str | None = None
    partial_refund: Offer | None = None


class Step(msgspec.Struct):
    """One row of a return's history, without its pictures."""

    event: str | None = None
    role: str | None = None
    description: str | None = None
    reason_text: str | None = None
    note: str | None = None
    create_time: int | None = None


class Link(msgspec.Struct):
    """A picture or a film."""

    url: str | None = None


class Proofs(msgspec.Struct):
    """The pictures and films of a row."""

    images: list[Link] | None = None
    videos: list[Link] | None = None


class Reason(msgspec.Struct):
    """A reason the platform takes; `text` is in the language that was asked for."""

    name: str | None = None
    text: str | None = None


class Decision(msgspec.Struct):
    """Whether one answer is taken now."""

    decision: str | None = None
    eligible: bool | None = None
    ineligible_code: int | None = None
    ineligible_reason: str | None = None
    available_reject_reasons: list[Reason] | None = None


class LineEligibility(msgspec.Struct):
    """What may be asked for some units of a SKU."""

    request_type: str | None = None
    eligible: bool | None = None
    ineligible_code: int | None = None
    ineligible_reason: str | None = None
    available_reason_names: list[str] | None = None


class SkuEligibility(msgspec.Struct):
    """What may be asked for a SKU."""

    sku_id: str | None = None
    line_item_eligibility: list[LineEligibility] | None = None


class Eligibility(msgspec.Struct):
    """All SKUs of an order. Read as a whole: one that cannot be read may be the one that says no."""

    sku_eligibility: list[SkuEligibility] | None = None


class Calculated(msgspec.Struct):
    """What cancelling would pay back."""

    order_refund_amount: Amounts | None = None


decode_cancellation = decoder(Cancellation)
decode_return = decoder(Return)
decode_more = decoder(More)
decode_step = decoder(Step)
decode_proofs = decoder(Proofs)
decode_reason = decoder(Reason)
decode_decision = decoder(Decision)
decode_eligibility = decoder(Eligibility)
decode_calculated = decoder(Calculated)
