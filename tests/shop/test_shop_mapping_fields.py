"""Every field of the platform's order in the field of ours that it is meant for."""

from __future__ import annotations

from typing import Any

from store.records import ItemRecord, OrderRecord, PackageRecord
from tests.shop.orders_kit import decode, page_of

TIMES = {
    "create_time": "created_at",
    "update_time": "updated_at",
    "paid_time": "paid_at",
    "rts_sla_time": "arrange_by",
    "tts_sla_time": "scan_by",
    "cancel_time": "cancel_at",
    "rts_time": "shipped_at",
    "collection_time": "collected_at",
    "delivery_time": "delivered_at",
}
"""Times of the platform and what they are called here."""
WORDS = {
    "cancel_reason": "cancel_reason",
    "fulfillment_type": "fulfillment_type",
    "shipping_type": "shipping_type",
    "delivery_option_name": "delivery_option",
    "user_id": "buyer_id",
    "buyer_message": "note",
    "seller_note": "seller_note",
    "payment_method_name": "payment_method",
}
"""The same for texts that are kept as they come."""


TOLD = {
    "id": "1",
    "status": "IN_TRANSIT",
    "commerce_platform": "channel",
    **{name: 1_000 + at for at, name in enumerate(TIMES)},
    "is_cod": True,
    "is_buyer_request_cancel": False,
    "fulfillment_priority_level": 7,
    **{name: name for name in WORDS},
    "payment": {"total_amount": "11", "sub_total": "12", "shipping_fee": "13", "currency": "currency"},
    "recipient_address": {
        "name": "buyer",
        "phone_number": "phone",
        "full_address": "address",
        "district_info": [
            {"address_level": "L2", "address_name": "city"},
            {"address_level": "L1", "address_name": "province"},
        ],
    },
    "packages": [{"id": "2"}],
    "line_items": [
        {
            "sku_id": "sku_id",
            "product_id": "product_id",
            "product_name": "name",
            "sku_name": "variation",
            "seller_sku": "seller_sku",
            "sale_price": "14",
            "is_gift": False,
            "package_id": "2",
            "package_status": "parcel",
            "shipping_provider_name": "SiCepat",
            "shipping_provider_id": "provider",
            "tracking_number": "number",
        }
    ],
}
"""An order whose every value says which of our fields it is meant for."""


def test_every_field_finds_its_place() -> None:
    """Records are filled by place, not by name: two fields of one type that changed places would go unseen."""
    (order,) = decode(page_of(TOLD)).records
    same: dict[str, Any] = {ours: theirs for theirs, ours in WORDS.items()}
    same |= {name: (1_000 + at) * 1_000 for at, name in enumerate(TIMES.values())}
    assert order == OrderRecord(
        order_id="1",
        status="IN_TRANSIT",
        raw_status="IN_TRANSIT",
        items=(
            ItemRecord(
                sku_id="sku_id",
                name="name",
                quantity=1,
                unit_price=14,
                product_id="product_id",
                seller_sku="seller_sku",
                variation="variation",
                is_gift=False,
            ),
        ),
        packages=(
            PackageRecord(
                package_id="2",
                status="parcel",
                courier="sicepat",
                courier_name="SiCepat",
                provider_id="provider",
                tracking_number="number",
            ),
        ),
        channel="channel",
        deadline_source="platform",
        cod=True,
        cancel_requested=False,
        priority=7,
        total=11,
        subtotal=12,
        shipping_fee=13,
        currency="currency",
        buyer="buyer",
        phone="phone",
        address="address",
        city="city",
        province="province",
        **same,
    )
