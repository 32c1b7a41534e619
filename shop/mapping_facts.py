"""Wire -> values, for everything that is not an order. Pure; raises Unmappable like shop/mapping.py."""

from __future__ import annotations

from shop.couriers_map import courier_code
from shop.facts import AuthorizedShop, PackageFacts, RawTrack, Slot, StockFact, TimeSlots
from shop.mapping import Unmappable, identifier, millis, money, text
from shop.wire import account, aftersales, fulfillment
from store.records import RequestRecord

_RETURN_KINDS = {"REFUND": "refund", "RETURN_AND_REFUND": "return", "REPLACEMENT": "replacement"}


def package_facts(package: fulfillment.Package) -> PackageFacts:
    """Package search and package detail name the same things differently."""
    provider = text(package.shipping_provider_name)
    return PackageFacts(
        package_id=identifier(package.package_id or package.id, "package id"),
        status=text(package.package_status) or text(package.status) or "",
        sub_status=text(package.package_sub_status),
        tracking_number=text(package.tracking_number),
        provider=provider,
        provider_id=text(package.shipping_provider_id),
        courier=courier_code(provider),
        shipping_type=text(package.shipping_type),
        handover=text(package.handover_method),
        slot=_slot(package.pickup_slot),
        order_ids=tuple(identifier(order.id, "order id") for order in package.orders or ()),
        updated_at=millis(package.update_time),
    )


def time_slots(wire: fulfillment.TimeSlots) -> TimeSlots:
    """Slots without a beginning or an end are left out."""
    slots = (_slot(slot) for slot in wire.pickup_slots or ())
    return TimeSlots(wire.can_pickup is True, wire.can_drop_off is True, tuple(filter(None, slots)))


def raw_track(track: fulfillment.Track) -> RawTrack:
    """A row without a usable time keeps its text."""
    at = track.update_time_millis
    return RawTrack(
        description=text(track.description) or "",
        update_time_ms=at if at and millis(at // 1_000) else None,
        action_code=track.action_code,
    )


def cancellation(wire: aftersales.Cancellation) -> RequestRecord:
    """A request to cancel; `next_action` is set while the seller has to answer."""
    return _request(
        wire,
        request_id=identifier(wire.cancel_id, "cancel_id"),
        kind="cancel",
        status=wire.cancel_status,
        reason=wire.cancel_reason,
        reason_text=wire.cancel_reason_text,
    )


def return_request(wire: aftersales.Return) -> RequestRecord:
    """A return, refund or replacement; a type nobody knows yet counts as a return."""
    return _request(
        wire,
        request_id=identifier(wire.return_id, "return_id"),
        kind=_RETURN_KINDS.get(wire.return_type or "", "return"),
        status=wire.return_status,
        reason=wire.return_reason,
        reason_text=wire.return_reason_text,
    )


def authorized_shop(shop: account.Shop) -> AuthorizedShop:
    """Raises Unmappable without a cipher: no call could be made for it."""
    return AuthorizedShop(
        shop_id=identifier(shop.id, "shop id"),
        name=text(shop.name) or "",
        region=text(shop.region),
        seller_type=text(shop.seller_type),
        cipher=identifier(shop.cipher, "cipher"),
    )


def stock_facts(product: account.Inventory) -> list[StockFact]:
    """The SKUs of one product."""
    return [
        StockFact(
            sku_id=identifier(sku.id, "sku id"),
            product_id=text(product.product_id),
            seller_sku=text(sku.seller_sku),
            available=sku.total_available_quantity or 0,
            committed=sku.total_committed_quantity or 0,
        )
        for sku in product.skus or ()
    ]


def _request(
    wire: aftersales.Cancellation | aftersales.Return,
    *,
    request_id: str,
    kind: str,
    status: str | None,
    reason: str | None,
    reason_text: str | None,
) -> RequestRecord:
    created = millis(wire.create_time) or millis(wire.update_time)
    if created is None:
        raise Unmappable("no create_time")
    actions = [action for action in wire.seller_next_action_response or () if action.action]
    first = min(actions, key=lambda action: action.deadline or 2**62, default=None)
    return RequestRecord(
        request_id=request_id,
        order_id=identifier(wire.order_id, "order_id"),
        kind=kind,
        status=text(status) or "",
        created_at=created,
        updated_at=millis(wire.update_time) or created,
        reason=text(reason),
        reason_text=text(reason_text),
        amount=money(wire.refund_amount.refund_total) if wire.refund_amount else None,
        next_action=text(first.action) if first else None,
        deadline_at=millis(first.deadline) if first else None,
    )


def _slot(slot: fulfillment.Slot | None) -> Slot | None:
    start, end = (millis(slot.start_time), millis(slot.end_time)) if slot else (None, None)
    if slot is None or start is None or end is None:
        return None
    return Slot(start, end, available=slot.avaliable is not False)
