"""Wire -> values, for packages, tracking, stock and shops. Pure; raises Unmappable like shop/mapping.py."""

from __future__ import annotations

from shop.couriers_map import courier_code
from shop.facts import (
    AuthorizedShop,
    Combinable,
    DeliveryOption,
    OrderLine,
    PackageFacts,
    ProviderFact,
    RawTrack,
    Slot,
    SplitFacts,
    StockFact,
    TimeSlots,
    Warehouse,
)
from shop.mapping import identifier, millis, text
from shop.wire import account, fulfillment, logistics
from shop.wire import orders as wire_orders


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
        line_ids=tuple(identifier(line, "line id") for line in package.order_line_item_ids or ()),
        split_combine=text(package.split_and_combine_tag),
    )


def split_facts(attribute: fulfillment.SplitAttribute) -> SplitFacts:
    """What is not told is not allowed."""
    return SplitFacts(
        order_id=identifier(attribute.order_id, "order id"),
        can_split=attribute.can_split is True,
        reason=text(attribute.reason),
        must_split=attribute.must_split is True,
    )


def combinable(group: fulfillment.Combinable) -> Combinable:
    """Raises Unmappable for a set without a name: it could not be asked for."""
    return Combinable(
        id=identifier(group.id, "combinable id"),
        order_ids=tuple(identifier(order_id, "order id") for order_id in group.order_ids or ()),
    )


def order_lines(order: wire_orders.OrderLines) -> tuple[str, list[OrderLine]]:
    """The order's id and its units. Raises Unmappable when one has no id: no split could name it."""
    lines = [
        OrderLine(identifier(line.id, "line id"), text(line.sku_id) or "", text(line.package_id))
        for line in order.line_items or ()
    ]
    return identifier(order.id, "id"), lines


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


def authorized_shop(shop: account.Shop) -> AuthorizedShop:
    """Raises Unmappable without a cipher: no call could be made for it."""
    return AuthorizedShop(
        shop_id=identifier(shop.id, "shop id"),
        name=text(shop.name) or "",
        region=text(shop.region),
        seller_type=text(shop.seller_type),
        cipher=identifier(shop.cipher, "cipher"),
    )


def warehouse(wire: logistics.Warehouse) -> Warehouse:
    """A warehouse whose state is not told counts as open."""
    return Warehouse(
        warehouse_id=identifier(wire.id, "warehouse id"),
        name=text(wire.name) or "",
        kind=text(wire.type),
        enabled=wire.effect_status in (None, "", "ENABLED"),
        default=wire.is_default is True,
    )


def delivery_option(wire: logistics.DeliveryOption) -> DeliveryOption:
    """Raises Unmappable without an id."""
    return DeliveryOption(
        option_id=identifier(wire.id, "delivery option id"),
        name=text(wire.name) or "",
        kind=text(wire.type),
        platforms=tuple(wire.platform or ()),
    )


def provider(wire: logistics.Provider) -> ProviderFact:
    """Raises Unmappable without an id."""
    name = text(wire.name) or ""
    return ProviderFact(identifier(wire.id, "provider id"), name, courier_code(name))


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


def _slot(slot: fulfillment.Slot | None) -> Slot | None:
    start, end = (millis(slot.start_time), millis(slot.end_time)) if slot else (None, None)
    if slot is None or start is None or end is None:
        return None
    return Slot(start, end, available=slot.avaliable is not False)
