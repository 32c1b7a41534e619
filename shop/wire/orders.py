"""Orders: POST /order/202309/orders/search and GET /order/202507/orders send the same object."""

from __future__ import annotations

import msgspec

from shop.wire.loose import decoder


class Package(msgspec.Struct, gc=False):
    """A parcel, by id only."""

    id: str | None = None


class Payment(msgspec.Struct, gc=False):
    """Decimal strings of the order's currency."""

    currency: str | None = None
    sub_total: str | None = None
    shipping_fee: str | None = None
    total_amount: str | None = None


class District(msgspec.Struct, gc=False):
    """One level of the address: L0 country, L1 province, L2 city, L3, L4; in no promised order."""

    address_level: str | None = None
    address_name: str | None = None


class Address(msgspec.Struct, gc=False):
    """Absent while UNPAID or ON_HOLD; on a cancelled order every string may be empty."""

    name: str | None = None
    phone_number: str | None = None
    full_address: str | None = None
    address_detail: str | None = None
    district_info: list[District] | None = None


class Line(msgspec.Struct, gc=False):
    """One unit of one SKU: there is no quantity. Here and in Order the fields stand as the sandbox writes them: a
    decoder that finds each member right after the last one need not search."""

    product_id: str | None = None
    product_name: str | None = None
    sku_id: str | None = None
    sku_name: str | None = None
    seller_sku: str | None = None
    original_price: str | None = None
    sale_price: str | None = None
    seller_discount: str | None = None
    platform_discount: str | None = None
    is_gift: bool | None = None
    package_id: str | None = None
    package_status: str | None = None
    shipping_provider_id: str | None = None
    shipping_provider_name: str | None = None
    tracking_number: str | None = None


class LineRef(msgspec.Struct, gc=False):
    """A line as far as it can be named and found; apart from Line, which every order of every page decodes."""

    id: str | None = None
    sku_id: str | None = None
    package_id: str | None = None


class OrderLines(msgspec.Struct, gc=False):
    """An order down to the names of its units."""

    id: str | None = None
    line_items: list[LineRef] | None = None


class Order(msgspec.Struct, gc=False):
    """Times in epoch seconds."""

    id: str | None = None
    status: str | None = None
    create_time: int | None = None
    update_time: int | None = None
    fulfillment_priority_level: int | None = None
    fulfillment_type: str | None = None
    shipping_type: str | None = None
    delivery_option_name: str | None = None
    shipping_provider: str | None = None
    shipping_provider_id: str | None = None
    commerce_platform: str | None = None
    is_cod: bool | None = None
    is_buyer_request_cancel: bool | None = None
    payment_method_name: str | None = None
    user_id: str | None = None
    payment: Payment | None = None
    line_items: list[Line] | None = None
    paid_time: int | None = None
    rts_time: int | None = None
    collection_time: int | None = None
    delivery_time: int | None = None
    cancel_time: int | None = None
    buyer_message: str | None = None
    seller_note: str | None = None
    tracking_number: str | None = None
    rts_sla_time: int | None = None
    tts_sla_time: int | None = None
    shipping_due_time: int | None = None
    collection_due_time: int | None = None
    packages: list[Package] | None = None
    recipient_address: Address | None = None
    cancel_reason: str | None = None


class OrdersData(msgspec.Struct, gc=False):
    """`data` of a good page; its orders are still as they came."""

    orders: list[msgspec.Raw] | None = None
    next_page_token: str | None = None
    total_count: int | None = None


decode_page = msgspec.json.Decoder(OrdersData).decode
decode_documented = msgspec.json.Decoder(Order).decode
"""An order at full speed; raises msgspec.ValidationError when it is not as documented."""
decode_order = decoder(Order)
decode_lines = decoder(OrderLines)
