"""The rows of one order, as the file has them -> OrderRecord. Pure; raises a Refused naming the cell at fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from shop.couriers_map import courier_code
from shop.files import cells
from shop.files.guard import unguard
from shop.files.layout import PANTAU
from shop.files.statuses import status_of
from store.records import ItemRecord, OrderRecord, PackageRecord

T = TypeVar("T")
_COD: Final = frozenset({"bayar di tempat", "cash on delivery", "cod"})
_FULFILLED: Final = {
    "fulfillment by seller": "FULFILLMENT_BY_SELLER",
    "fulfillment by platform": "FULFILLMENT_BY_TIKTOK",
    "fulfillment by tiktok": "FULFILLMENT_BY_TIKTOK",
}
_CHANNELS: Final = {"tokopedia": "TOKOPEDIA"}
OWN_PARCEL: Final = "file:"
"""Begins the id of a parcel that the file gives a number but no id."""
MAPPED: Final = frozenset(
    {
        "Order ID", "Order Status", "Order Substatus", "SKU ID", "Seller SKU", "Product Name", "Variation",
        "Quantity", "SKU Unit Original Price", "Shipping Fee After Discount", "Order Amount", "Created Time",
        "Paid Time", "RTS Time", "Shipped Time", "Delivered Time", "Cancel Reason", "Fulfillment Type",
        "Tracking ID", "Delivery Option", "Shipping Provider Name", "Buyer Message", "Phone #", "Province",
        "Regency and City", "Detail Address", "Payment Method", "Package ID", "Purchase Channel", "Seller Note",
        PANTAU,
    }
)  # fmt: skip
"""Columns whose whole content is in the record; every other one is kept beside it."""


class Refused(Exception):
    """A row that is not used: its cell at fault."""

    def __init__(self, reason: str, column: str, value: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.value = value


class Columns:
    """Where the file has each column."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self.places = places

    def text(self, row: Sequence[str], name: str) -> str:
        """The cell without the signs around it; empty where there is none."""
        try:
            told = row[self.places[name]].strip()
        except LookupError:
            return ""
        return unguard(told) if told[:1] == "'" else told

    def parsed(self, row: Sequence[str], name: str, parse: Callable[[str], T]) -> T:
        """The cell as a value. Raises Refused."""
        told = self.text(row, name)
        try:
            return parse(told)
        except cells.BadCell as bad:
            raise Refused(bad.reason, name, told) from None

    def beside(self, row: Sequence[str], pairs: Sequence[tuple[str, int]]) -> dict[str, str]:
        """Those of the named cells that hold something."""
        width = len(row)
        return {
            name: unguard(told) for name, place in pairs if place < width and (told := row[place].strip())
        }


def item_of(columns: Columns, row: Sequence[str], *, suspicious: bool) -> ItemRecord:
    """The thing a row sells. Raises Refused."""
    text, parsed = columns.text, columns.parsed
    seller_sku = text(row, "Seller SKU") or None
    sku = text(row, "SKU ID")
    if sku or seller_sku is None:
        sku = parsed(row, "SKU ID", cells.suspected if suspicious else cells.identifier)
    name = text(row, "Product Name")
    if not name:
        raise Refused("missing", "Product Name", "")
    variation = text(row, "Variation")
    return ItemRecord(
        sku_id=sku or f"sku:{seller_sku}",
        name=name,
        quantity=parsed(row, "Quantity", cells.quantity),
        unit_price=parsed(row, "SKU Unit Original Price", cells.money),
        seller_sku=seller_sku,
        variation=None if variation in ("", "Default") else variation,
    )


def record_of(columns: Columns, row: Sequence[str], *, suspicious: bool) -> OrderRecord:
    """The order that a row begins, without its items. Raises Refused."""
    text, parsed = columns.text, columns.parsed
    whole = cells.suspected if suspicious else cells.identifier
    words, fine = text(row, "Order Status"), text(row, "Order Substatus")
    if not words:
        raise Refused("missing", "Order Status", "")
    created = parsed(row, "Created Time", cells.moment)
    if created is None:
        raise Refused("missing", "Created Time", "")
    paid = parsed(row, "Paid Time", cells.moment)
    arranged = parsed(row, "RTS Time", cells.moment)
    taken = parsed(row, "Shipped Time", cells.moment)
    delivered = parsed(row, "Delivered Time", cells.moment)
    cancelled = parsed(row, "Cancelled Time", cells.moment)
    payment = text(row, "Payment Method")
    fulfilled = text(row, "Fulfillment Type")
    status = status_of(words, fine, arranged is not None)
    record = OrderRecord(
        order_id=parsed(row, "Order ID", whole),
        status=status.value,
        raw_status=f"{words} / {fine}" if fine else words,
        created_at=created,
        updated_at=max(at for at in (created, paid, arranged, taken, delivered, cancelled) if at is not None),
        packages=_packages(columns, row, suspicious),
        channel=_CHANNELS.get(text(row, "Purchase Channel").casefold(), "TIKTOK_SHOP"),
        paid_at=paid,
        shipped_at=arranged,
        collected_at=taken,
        delivered_at=delivered,
        cod=payment.casefold() in _COD,
        cancel_reason=text(row, "Cancel Reason") or None,
        fulfillment_type=_FULFILLED.get(fulfilled.casefold(), fulfilled) or None,
        delivery_option=text(row, "Delivery Option") or None,
        buyer=text(row, "Recipient") or text(row, "Buyer Username") or None,
        city=text(row, "Regency and City") or None,
        province=text(row, "Province") or None,
        address=text(row, "Detail Address") or None,
        phone=text(row, "Phone #") or None,
        note=text(row, "Buyer Message") or None,
        seller_note=text(row, "Seller Note") or None,
        payment_method=payment or None,
        total=parsed(row, "Order Amount", cells.money),
        shipping_fee=_fee(columns, row),
    )
    own = text(row, PANTAU)
    return overridden(record, own) if own else record


def overridden(record: OrderRecord, told: str) -> OrderRecord:
    """The record with what our own column says instead. Raises Refused."""
    try:
        fields: dict[str, Any] = msgspec.json.decode(told, type=dict[str, Any])
        if not fields.keys() <= set(OrderRecord.__struct_fields__) - {"order_id"}:
            raise msgspec.ValidationError("no such field")
        return msgspec.convert({**msgspec.to_builtins(record), **fields}, OrderRecord)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise Refused("pantau", PANTAU, told) from None


def _fee(columns: Columns, row: Sequence[str]) -> int | None:
    name = "Shipping Fee After Discount"
    return columns.parsed(row, name, cells.money) if columns.text(row, name) else None


def _packages(columns: Columns, row: Sequence[str], suspicious: bool) -> tuple[PackageRecord, ...]:
    number = columns.parsed(row, "Tracking ID", cells.number)
    told = columns.text(row, "Package ID")
    if not told and not number:
        return ()
    parcel = f"{OWN_PARCEL}{number}"
    if told:
        parcel = columns.parsed(row, "Package ID", cells.suspected if suspicious else cells.identifier)
    courier = columns.text(row, "Shipping Provider Name") or None
    return (
        PackageRecord(
            package_id=parcel,
            courier=courier_code(courier),
            courier_name=courier,
            tracking_number=number or None,
        ),
    )
