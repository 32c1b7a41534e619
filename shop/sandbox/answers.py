"""The endpoints that cancel an order and answer what buyers ask. Each execution is an Effect of the world."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from shop.sandbox import life, returns
from shop.sandbox.decisions import (
    APPROVALS,
    OFFER,
    REJECTIONS,
    RUNNING,
    locks,
    refusals,
    why_not_cancel,
    why_not_cancellation,
    why_not_reason,
    why_not_return,
)
from shop.sandbox.gate import Call, bad
from shop.sandbox.orders import Order, Return
from shop.sandbox.platform import Platform, RefusedError, body_as
from shop.sandbox.shipping import Refusal

Json = dict[str, Any]
UNKNOWN: Final = 25007006
_SHARED: Final = frozenset({"app_key", "sign", "timestamp", "shop_cipher", "access_token"})


class SkuCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Units of a SKU."""

    sku_id: str
    quantity: int


class CancelBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of the cancel call. The lists are for countries where parts can be cancelled."""

    order_id: str
    cancel_reason: str
    skus: list[SkuCount] = []
    order_line_item_ids: list[str] = []
    order_line_list: list[dict[str, str]] = []


class Image(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A proof that was uploaded before."""

    image_id: str
    mime_type: str = ""
    height: int = 0
    width: int = 0


class RejectBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a rejected cancellation."""

    reject_reason: str
    comment: str = ""
    images: list[Image] = []


class Money(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A partial refund."""

    currency: str
    amount: str


class ApproveReturn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of an approved return."""

    decision: str
    buyer_keep_item: bool = False
    partial_refund: Money | None = None


class RejectReturn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a rejected return."""

    decision: str
    reject_reason: str
    comment: str = ""
    images: list[Image] = []


def only(call: Call, *names: str) -> None:
    """Raises DeniedError for a query parameter the endpoint does not have."""
    strange = sorted(set(call.query) - _SHARED - set(names))
    if strange:
        raise bad(f"Unexpected parameter: {strange[0]}.")


def cancel(platform: Platform, call: Call) -> Json:
    """POST /return_refund/{202602,202309}/cancellations: accepted now, CANCELLED a little later."""
    only(call)
    body = body_as(call, CancelBody)
    world = platform.world
    order = world.order(body.order_id)
    if order is None:
        raise RefusedError(Refusal(25020005, "The order does not belong to the seller."))
    data = {"cancel_id": world.numbers.request_id(order.serial, "own"), "cancel_status": life.GRANTED}
    refusal = why_not_cancel(world.pace, order, world.facts(order))
    if refusal is not None and refusal.code == RUNNING and _ours(order) and not world.duplicate_guard:
        world.executed("cancel", body.order_id, order, call.request_id)
        return data
    refusal = refusal or _only_whole(platform, order, body) or why_not_reason(order, body.cancel_reason)
    if refusal is None and locks(world.pace, order) and platform.first(f"cancel {body.order_id}"):
        refusal = Refusal(25001028, "The order is locked by another operation, please retry.")
    if refusal is not None:
        raise RefusedError(refusal)
    with world.changing(order):
        life.accept_cancel(order, "SELLER", body.cancel_reason, world.now())
        _changed(order, world.now())
    world.executed("cancel", body.order_id, order, call.request_id)
    return data


def _ours(order: Order) -> bool:
    return order.cancel_by == "SELLER"


def _only_whole(platform: Platform, order: Order, body: CancelBody) -> Refusal | None:
    """Naming all goods of the order is the same as naming none; naming a part is refused."""
    if body.order_line_item_ids or body.order_line_list:
        return Refusal(25005010, "Cancelling order line items is not supported in this region.")
    wanted = {sku.sku_id: sku.quantity for sku in body.skus}
    whole = {line.sku.sku_id: line.quantity for line in platform.world.facts(order).lines}
    if body.skus and set(wanted) != set(whole):
        return Refusal(25005010, "The order line items do not match the order.")
    return Refusal(25005011, "Partial cancellation is not supported.") if wanted not in ({}, whole) else None


def approve_cancellation(platform: Platform, call: Call) -> Json:
    """POST /return_refund/202309/cancellations/{id}/approve; it takes no body."""
    if call.body.strip() not in (b"", b"{}"):
        raise bad("Invalid request body: none is expected.")
    return _answer_cancellation(platform, call, "APPROVE_REQUEST_CANCEL")


def reject_cancellation(platform: Platform, call: Call) -> Json:
    """POST /return_refund/202309/cancellations/{id}/reject."""
    body_as(call, RejectBody)
    return _answer_cancellation(platform, call, "REJECT_REQUEST_CANCEL")


def _answer_cancellation(platform: Platform, call: Call, decision: str) -> Json:
    only(call, "idempotency_key")
    world = platform.world
    order = requested(platform, call.args[0], "cancel", "own")
    if _repeated(platform, call, order, decision):
        return {}
    refusal = why_not_cancellation(world.pace, order, decision)
    if refusal is None and decision == "REJECT_REQUEST_CANCEL":
        refusal = _why_not_said(decision, order.status, body_as(call, RejectBody).reject_reason)
    if refusal is not None:
        raise RefusedError(refusal)
    with world.changing(order):
        if decision == "APPROVE_REQUEST_CANCEL":
            life.accept_cancel(order, "BUYER", order.cancel_key, world.now())
        else:
            life.close_request(order, world.now())
        _changed(order, world.now())
    _executed(platform, call, order, decision)
    return {}


def approve_return(platform: Platform, call: Call) -> Json:
    """POST /return_refund/202309/returns/{id}/approve."""
    body = body_as(call, ApproveReturn)
    if body.decision not in APPROVALS:
        raise bad("Invalid parameter decision.")
    if (body.decision == OFFER) is (body.partial_refund is None):
        raise bad(f"Invalid parameter partial_refund: it belongs to {OFFER}.")
    return _answer_return(platform, call, body)


def reject_return(platform: Platform, call: Call) -> Json:
    """POST /return_refund/202309/returns/{id}/reject."""
    body = body_as(call, RejectReturn)
    if body.decision not in REJECTIONS:
        raise bad("Invalid parameter decision.")
    return _answer_return(platform, call, body)


def _answer_return(platform: Platform, call: Call, body: ApproveReturn | RejectReturn) -> Json:
    only(call, "idempotency_key")
    world = platform.world
    order = requested(platform, call.args[0], "return")
    back = _returned(order)
    if _repeated(platform, call, order, body.decision):
        return {}
    amount = _rupiah(body.partial_refund) if isinstance(body, ApproveReturn) and body.partial_refund else 0
    refusal = why_not_return(world.facts(order), back, body.decision, amount)
    if refusal is None and isinstance(body, RejectReturn):
        refusal = _why_not_said(body.decision, order.status, body.reject_reason)
    if refusal is not None:
        raise RefusedError(refusal)
    with world.changing(order):
        if isinstance(body, RejectReturn):
            order.returned = returns.decide(
                back, body.decision, world.now(), reason=body.reject_reason, note=body.comment
            )
        else:
            order.returned = returns.decide(
                back, body.decision, world.now(), amount=amount, keep=body.buyer_keep_item
            )
        _changed(order, world.now())
    _executed(platform, call, order, body.decision)
    return {}


def requested(platform: Platform, request_id: str, *kinds: str) -> Order:
    """The order behind a request that exists; refuses any other id. `kinds`: see Numbers.request_id."""
    found = platform.world.numbers.request(request_id)
    if found is not None and found[1] in kinds and 0 < found[0] <= len(platform.world):
        order = platform.world.at(found[0])
        exists = {
            "return": order.returned is not None,
            "cancel": bool(order.asked) or order.cancel_by == "BUYER",
            "own": order.cancel_by in ("SELLER", "SYSTEM"),
        }
        if exists[found[1]]:
            return order
    raise RefusedError(Refusal(UNKNOWN, "The request was not found."))


def _returned(order: Order) -> Return:
    if order.returned is None:
        raise RefusedError(Refusal(UNKNOWN, "The request was not found."))
    return order.returned


def _why_not_said(decision: str, status: str, reason: str) -> Refusal | None:
    if reason in dict(refusals(decision, status)):
        return None
    if any(reason in dict(refusals(other, "AWAITING_COLLECTION")) for other in (*REJECTIONS, decision)):
        return Refusal(25001021, "The reason does not match the request.")
    return Refusal(25001014, "The reason does not exist.")


def _rupiah(money: Money) -> int:
    """Whole rupiah; 0, which nobody can offer, for another currency or for what is no whole amount."""
    whole, _, rest = money.amount.partition(".")
    if money.currency != "IDR" or not (whole.isascii() and whole.isdigit()) or rest.strip("0"):
        return 0
    return int(whole[:15])


def _changed(order: Order, now: int) -> None:
    order.updated = max(order.updated, now)
    order.version += 1


def _repeated(platform: Platform, call: Call, order: Order, decision: str) -> bool:
    if not platform.keys.repeated(call):
        return False
    if not platform.world.duplicate_guard:
        _executed(platform, call, order, decision)
    return True


def _executed(platform: Platform, call: Call, order: Order, decision: str) -> None:
    platform.keys.executed(call)
    kind = "approve" if decision in APPROVALS or decision.startswith("APPROVE") else "reject"
    platform.world.executed(kind, f"{call.args[0]}:{decision}", order, call.request_id)
