"""What the platform would take: reasons, decisions, amounts; and a return's history with the buyer's proof."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from shop.sandbox import aftersales, life
from shop.sandbox.answers import UNKNOWN, SkuCount, only, requested
from shop.sandbox.decisions import (
    CHECKABLE,
    PAID_REASONS,
    REJECTIONS,
    cancel_reasons,
    refusals,
    why_not_cancel,
    why_not_cancellation,
    why_not_reason,
    why_not_return,
)
from shop.sandbox.gate import Call, bad
from shop.sandbox.orders import Order, Step
from shop.sandbox.platform import Platform, RefusedError, body_as
from shop.sandbox.search import seen
from shop.sandbox.shipping import Refusal

Json = dict[str, Any]
_REQUEST_TYPES: Final = ("CANCEL", "REFUND", "RETURN_AND_REFUND")
_LINKS: Final = "https://bukti.sandbox.example"
"""Invented: the reserved domain never leads anywhere."""
_SAYS: Final = {
    "BUYER_APPLY": "Pembeli mengajukan permintaan",
    "BUYER_CANCEL": "Pembeli menarik permintaannya",
    "BUYER_SHIP": "Pembeli mengirim barang kembali",
    "BUYER_ACCEPT_OFFER": "Pembeli menerima pengembalian dana sebagian",
    "BUYER_REFUSE_OFFER": "Pembeli menolak pengembalian dana sebagian",
    "BUYER_APPEAL": "Pembeli meminta platform memutuskan",
    "PACKAGE_ARRIVED": "Paket retur telah tiba di gudang",
    "SYSTEM_APPROVE": "Disetujui otomatis karena penjual tidak menjawab",
    "SHIP_TIMEOUT": "Ditutup karena pembeli tidak mengirim barang",
    "SUPPORT_BUYER": "Platform memutuskan untuk pembeli",
    "SUPPORT_SELLER": "Platform memutuskan untuk penjual",
    "REFUNDED": "Dana telah dikembalikan",
    "CLOSE": "Permintaan ditutup",
    "OFFER_PARTIAL_REFUND": "Penjual menawarkan pengembalian dana sebagian",
    "DIRECT_REFUND": "Penjual mengembalikan dana tanpa retur",
    "ISSUE_REPLACEMENT_REFUND": "Penjual mengembalikan dana sebagai ganti barang",
}


class CalculateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of the refund calculation."""

    order_id: str
    request_type: str
    reason_name: str
    shipment_type: str = ""
    handover_method: str = ""
    order_line_item_ids: list[str] = []
    skus: list[SkuCount] = []
    order_line_list: list[dict[str, str]] = []


def reject_reasons(platform: Platform, call: Call) -> Json:
    """GET /return_refund/202309/reject_reasons: what may be said to this request now."""
    only(call, "locale", "return_or_cancel_id")
    order, back = _request(platform, call)
    decisions = sorted(REJECTIONS) if back else ["REJECT_REQUEST_CANCEL"]
    fitting = [name for name in decisions if _why_not(platform, order, name, back=back) is None]
    reasons = [reason for name in fitting for reason in refusals(name, order.status)]
    return {"reasons": _worded(reasons)}


def decision_eligibility(platform: Platform, call: Call) -> Json:
    """GET /return_refund/202601/decision_eligibility."""
    only(call, "locale", "return_or_cancel_id", "check_decisions")
    wanted = [name for name in call.query.get("check_decisions", "").split(",") if name] or CHECKABLE
    if not set(CHECKABLE).issuperset(wanted):
        raise bad("Invalid parameter check_decisions.")
    order, back = _request(platform, call)
    rows = []
    for name in wanted:
        refusal = _why_not(platform, order, name, back=back)
        row: Json = {"decision": name, "eligible": refusal is None}
        if refusal is not None:
            row |= {"ineligible_code": refusal.code, "ineligible_reason": refusal.message}
        elif reasons := refusals(name, order.status):
            row["available_reject_reasons"] = _worded(reasons)
        rows.append(row)
    return {"decisions": rows}


def aftersale_eligibility(platform: Platform, call: Call) -> Json:
    """GET /return_refund/202602/orders/{id}/aftersale_eligibility, for the seller's cancellation."""
    only(call, "initiate_aftersale_user", "request_types")
    wanted = [kind for kind in call.query.get("request_types", "").split(",") if kind] or ["CANCEL"]
    if call.query.get("initiate_aftersale_user", "SELLER") not in ("SELLER", "BUYER"):
        raise bad("Invalid parameter initiate_aftersale_user.")
    if not set(_REQUEST_TYPES).issuperset(wanted):
        raise bad("Invalid parameter request_types.")
    order = _order(platform, call.args[0])
    rows: list[Json] = []
    for kind in wanted:
        refusal = _why_not_start(platform, order, kind)
        row: Json = {"request_type": kind, "eligible": refusal is None}
        if refusal is not None:
            row |= {"ineligible_code": refusal.code, "ineligible_reason": refusal.message}
        else:
            row["available_reason_names"] = list(cancel_reasons(order) if kind == "CANCEL" else PAID_REASONS)
        rows.append(row)
    known = platform.world.facts(order)
    skus = dict.fromkeys(line.sku.sku_id for line in known.lines)
    return {"sku_eligibility": [{"sku_id": sku, "line_item_eligibility": rows} for sku in skus]}


def calculate(platform: Platform, call: Call) -> Json:
    """POST /return_refund/202602/refunds/calculate: what the buyer would get back for the whole order."""
    only(call)
    body = body_as(call, CalculateBody)
    if body.request_type not in _REQUEST_TYPES:
        raise bad("Invalid parameter request_type.")
    order = _order(platform, body.order_id)
    refusal = _why_not_start(platform, order, body.request_type)
    if refusal is None and body.request_type == "CANCEL":
        refusal = why_not_reason(order, body.reason_name)
    if refusal is not None:
        raise RefusedError(refusal)
    paid = bool(order.paid or order.delivered)
    return {"order_refund_amount": aftersales.refund(platform.world.facts(order), paid=paid)}


def records(platform: Platform, call: Call) -> Json:
    """GET /return_refund/202309/returns/{id}/records, newest first."""
    only(call, "locale")
    order = _now(platform, requested(platform, call.args[0], "return"))
    back = order.returned
    if back is None:
        raise RefusedError(Refusal(UNKNOWN, "The request was not found."))
    rows = [_record(call.args[0], number, said) for number, said in enumerate(back.steps)]
    return {"records": rows[::-1]}


def _record(return_id: str, number: int, said: Step) -> Json:
    verb = said.event.partition("_")[0]
    usual = "Penjual menolak" if verb == "REJECT" else "Penjual menyetujui"
    row: Json = {
        "event": said.event,
        "role": said.role,
        "description": _SAYS.get(said.event, usual),
        "create_time": said.at,
    }
    if said.reason:
        row["reason_text"] = life.REASON_TEXTS.get(said.reason, said.reason)
    if said.note:
        row["note"] = said.note
    if said.event == "BUYER_APPLY":
        base = f"{_LINKS}/{return_id}"
        size = {"width": 720, "height": 1280}
        row["images"] = [{"url": f"{base}/{place}.jpg", **size} for place in range(1, 2 + int(return_id) % 3)]
        if int(return_id) % 2:
            film = {"url": f"{base}/1.mp4", "cover": f"{base}/1-cover.jpg", "duration_millis": 14_000}
            row["videos"] = [film | size]
    return row


def _request(platform: Platform, call: Call) -> tuple[Order, bool]:
    """The order of `return_or_cancel_id` as reads see it, and whether that is its return."""
    request_id = call.query.get("return_or_cancel_id", "")
    if not request_id:
        raise bad("Invalid parameter: return_or_cancel_id is missing.")
    order = requested(platform, request_id, "return", "cancel", "own")
    found = platform.world.numbers.request(request_id)
    return _now(platform, order), found is not None and found[1] == "return"


def _now(platform: Platform, order: Order) -> Order:
    """The order as a read sees it, which may lag."""
    found = seen(platform.world, order.serial, platform.stale())
    if found is None:
        raise RefusedError(Refusal(UNKNOWN, "The request was not found."))
    return found


def _why_not(platform: Platform, order: Order, decision: str, *, back: bool) -> Refusal | None:
    if not back:
        return why_not_cancellation(platform.world.pace, order, decision)
    if order.returned is None:
        return Refusal(UNKNOWN, "The request was not found.")
    return why_not_return(platform.world.facts(order), order.returned, decision)


def _order(platform: Platform, order_id: str) -> Order:
    order = platform.order(order_id)
    if order is None:
        raise RefusedError(Refusal(25020005, "The order does not belong to the seller."))
    return order


def _why_not_start(platform: Platform, order: Order, kind: str) -> Refusal | None:
    if kind == "CANCEL":
        return why_not_cancel(platform.world.pace, order, platform.world.facts(order))
    if order.status not in ("DELIVERED", "COMPLETED") or order.returned is not None:
        return Refusal(25001003, "The order is in a status that allows no return.")
    return None


def _worded(reasons: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> list[Json]:
    return [{"name": name, "text": text} for name, text in dict.fromkeys(reasons)]
