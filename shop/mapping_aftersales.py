"""Wire -> values, for what buyers ask. Pure; raises Unmappable like shop/mapping.py.

Who asks for what and until when must be understood, or the request is rejected. Its goods, amounts and
pictures may be odd: then they are missing, and the request stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from shop.mapping import Unmappable, identifier, millis, money, text
from shop.wire import aftersales as wire
from shop.wire.loose import BROKEN
from store.records import RequestRecord
from store.request_facts import Decision, Picture, Reason, Record, RequestDetail, RequestLine, encode

Json = bytes | msgspec.Raw
RETURN_KINDS = {"REFUND": "refund", "RETURN_AND_REFUND": "return", "REPLACEMENT": "replacement"}
_LINK_STARTS = ("https://", "http://")


def cancellation(raw: Json) -> RequestRecord:
    """A request to cancel; `next_action` is set while the seller has to answer."""
    core = wire.decode_cancellation(raw)
    return _request(
        core,
        request_id=identifier(core.cancel_id, "cancel_id"),
        kind="cancel",
        status=core.cancel_status,
        reason=core.cancel_reason,
        reason_text=core.cancel_reason_text,
        detail=_detail(core.cancel_type, _more(raw)),
    )


def return_request(raw: Json) -> RequestRecord:
    """A return, refund or replacement; a type nobody knows yet counts as a return."""
    core = wire.decode_return(raw)
    return _request(
        core,
        request_id=identifier(core.return_id, "return_id"),
        kind=RETURN_KINDS.get(core.return_type or "", "return"),
        status=core.return_status,
        reason=core.return_reason,
        reason_text=core.return_reason_text,
        detail=_detail(core.return_type, _more(raw)),
    )


def record(raw: Json) -> Record:
    """One step of a return's history; pictures that cannot be read are left out."""
    step = wire.decode_step(raw)
    try:
        proofs = wire.decode_proofs(raw)
    except BROKEN:
        proofs = wire.Proofs()
    return Record(
        at=_moment(step.create_time),
        role=text(step.role),
        event=text(step.event),
        text=text(step.description),
        reason=text(step.reason_text),
        note=text(step.note),
        pictures=(*_pictures(proofs.images, "image"), *_pictures(proofs.videos, "video")),
    )


def reason(raw: Json) -> Reason:
    """A reason with its words; raises Unmappable without a key: nobody could send it back."""
    return _reason(wire.decode_reason(raw))


def decision(raw: Json) -> Decision:
    """Whether one answer is taken now. Only a plain yes counts as one."""
    found = wire.decode_decision(raw)
    name = text(found.decision)
    if name is None:
        raise Unmappable("no decision")
    return Decision(
        name=name,
        eligible=found.eligible is True,
        code=found.ineligible_code or None,
        why_not=text(found.ineligible_reason),
        reasons=tuple(_reason(one) for one in found.available_reject_reasons or () if one.name),
    )


def cancel_reasons(found: wire.Eligibility) -> list[str]:
    """The keys with which the whole order may be cancelled now, in the platform's sequence.

    Empty when one SKU may not: only whole orders are cancelled in Indonesia.
    """
    common: list[str] | None = None
    for sku in found.sku_eligibility or ():
        lines = [line for line in sku.line_item_eligibility or () if line.request_type == "CANCEL"]
        for line in lines:
            names = line.available_reason_names or [] if line.eligible else []
            common = list(names) if common is None else [name for name in common if name in names]
        if not lines:
            return []
    return [name for name in common or () if text(name)]


def refund_total(found: wire.Calculated) -> int | None:
    """What the buyer would get back, whole units; None when it is not told."""
    amounts = found.order_refund_amount
    return _amount(amounts.refund_total) if amounts else None


def _request(
    core: wire.Cancellation | wire.Return,
    *,
    request_id: str,
    kind: str,
    status: str | None,
    reason: str | None,
    reason_text: str | None,
    detail: RequestDetail,
) -> RequestRecord:
    created = millis(core.create_time) or millis(core.update_time)
    if created is None:
        raise Unmappable("no create_time")
    actions = [action for action in core.seller_next_action_response or () if action.action]
    first = min(actions, key=lambda action: action.deadline or 2**62, default=None)
    return RequestRecord(
        request_id=request_id,
        order_id=identifier(core.order_id, "order_id"),
        kind=kind,
        status=text(status) or "",
        created_at=created,
        updated_at=millis(core.update_time) or created,
        reason=text(reason),
        reason_text=text(reason_text),
        amount=money(core.refund_amount.refund_total) if core.refund_amount else None,
        next_action=text(first.action) if first else None,
        deadline_at=millis(first.deadline) if first else None,
        detail=encode(detail),
    )


def _more(raw: Json) -> wire.More:
    try:
        return wire.decode_more(raw)
    except BROKEN:
        return wire.More()


def _detail(wire_type: str | None, more: wire.More) -> RequestDetail:
    amounts = more.refund_amount or wire.Amounts()
    offer = more.partial_refund or wire.Offer()
    return RequestDetail(
        wire_type=text(wire_type),
        role=text(more.role),
        lines=_lines(more.cancel_line_items or more.return_line_items or ()),
        currency=text(amounts.currency) or "IDR",
        subtotal=_amount(amounts.refund_subtotal),
        shipping_fee=_amount(amounts.refund_shipping_fee),
        service_fee=_amount(amounts.buyer_service_fee),
        shipment_type=text(more.shipment_type),
        handover=text(more.handover_method),
        tracking_number=text(more.return_tracking_number),
        courier_name=text(more.return_provider_name),
        keep_item=more.can_buyer_keep_item is True,
        quick_refund=more.is_quick_refund is True,
        arbitration=text(more.arbitration_status),
        offered=_amount(offer.amount),
    )


def _lines(units: Sequence[wire.Goods]) -> tuple[RequestLine, ...]:
    """One line per SKU: the wire has an entry per unit."""
    groups: dict[str, list[wire.Goods]] = {}
    for unit in units:
        sku = text(unit.sku_id) or text(unit.seller_sku) or text(unit.product_name) or ""
        groups.setdefault(sku, []).append(unit)
    return tuple(
        RequestLine(
            sku_id=sku,
            name=text(same[0].product_name) or "",
            quantity=len(same),
            variation=text(same[0].sku_name),
            seller_sku=text(same[0].seller_sku),
            amount=_total(same),
        )
        for sku, same in groups.items()
    )


def _total(units: Sequence[wire.Goods]) -> int | None:
    """The sum over the units; None when one of them has no amount, for a part is no sum."""
    amounts = [_amount(unit.refund_amount.refund_total) if unit.refund_amount else None for unit in units]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _amount(value: str | None) -> int | None:
    try:
        return money(value)
    except Unmappable:
        return None


def _moment(seconds: int | None) -> int | None:
    try:
        return millis(seconds)
    except Unmappable:
        return None


def _reason(found: wire.Reason) -> Reason:
    name = text(found.name)
    if name is None:
        raise Unmappable("no reason name")
    return Reason(name, text(found.text) or name)


def _pictures(links: Sequence[wire.Link] | None, kind: str) -> Iterable[Picture]:
    """Only web addresses: people copy them into a browser, and a buyer chose what stands there."""
    urls = (text(link.url) for link in links or ())
    return (Picture(url, kind) for url in urls if url and url.lower().startswith(_LINK_STARTS))
