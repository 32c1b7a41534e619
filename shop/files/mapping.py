"""The rows of one order, as the file has them -> OrderRecord. Pure; raises a Refused naming the cell at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeVar

import msgspec

from shop.couriers_map import courier_code
from shop.files import cells
from shop.files.guard import unguard
from shop.files.layout import OWN, PANTAU, TIMES
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
_MOST: Final = 2**63
"""A store holds no greater number."""
_OF_ORDER: Final = (
    "Order Status", "Order Substatus", *TIMES, "Purchase Channel", "Cancel Reason", "Fulfillment Type",
    "Delivery Option", "Recipient", "Buyer Username", "Regency and City", "Province", "Detail Address", "Phone #",
    "Buyer Message", "Seller Note", "Payment Method", PANTAU,
)  # fmt: skip
"""Told of the order, and taken as they are or as a time."""
_OF_LINE: Final = (
    "SKU ID", "Seller SKU", "Product Name", "Variation", "Quantity", "SKU Unit Original Price",
)  # fmt: skip
OWN_PARCEL: Final = "file:"
"""Begins the id of a parcel that the file gives a number but no id."""
NOTHING: Final = ItemRecord("sku:-", "-", 1, 0, seller_sku="-")
"""What our own export names where an order has no items, since every order needs a row."""
MAPPED: Final = frozenset(
    {
        "Order ID", "Order Status", "Order Substatus", "SKU ID", "Seller SKU", "Product Name", "Variation",
        "Quantity", "SKU Unit Original Price", "Shipping Fee After Discount", "Order Amount", "Created Time",
        "Paid Time", "RTS Time", "Shipped Time", "Delivered Time", "Cancel Reason", "Fulfillment Type",
        "Tracking ID", "Delivery Option", "Buyer Message", "Phone #", "Province",
        "Regency and City", "Detail Address", "Payment Method", "Package ID", "Purchase Channel", "Seller Note",
        *OWN,
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

    def __init__(self, places: Mapping[str, int], *, swapped: bool = False) -> None:
        """`swapped`: the file's dates are mm/dd, see cells.doubted."""
        self.places = places
        self.moment = cells.doubted if swapped else cells.moment
        self._width = 1 + max(places.values(), default=0)
        # A column that the file lacks is the cell after its last one, which is always empty.
        self._of_order = itemgetter(*(places.get(name, -1) for name in _OF_ORDER))
        self._own = [name for name in OWN if name in places]
        self._of_line = itemgetter(*(places.get(name, -1) for name in _OF_LINE))

    def own(self, row: Sequence[str]) -> str:
        """The text that our own columns hold together."""
        return "".join([self.text(row, name) for name in self._own])

    def things(self, items: Iterable[ItemRecord]) -> tuple[ItemRecord, ...]:
        """What the rows of an order sell."""
        found = tuple(items)
        return () if found == (NOTHING,) and self._own else found

    def of_order(self, row: Sequence[str]) -> list[str]:
        """The cells of _OF_ORDER without the signs around them."""
        return self._plain(self._of_order, row)

    def of_line(self, row: Sequence[str]) -> list[str]:
        """The same of _OF_LINE."""
        return self._plain(self._of_line, row)

    def _plain(self, pick: Callable[[Sequence[str]], Iterable[str]], row: Sequence[str]) -> list[str]:
        lacking = self._width - len(row)
        told = [*map(str.strip, pick((*row, "") if lacking <= 0 else (*row, *[""] * (lacking + 1))))]
        if "'" in "".join(told):
            return [unguard(cell) if cell[:1] == "'" else cell for cell in told]
        return told

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

    def number(self, row: Sequence[str], name: str, *, order: bool = False, suspicious: bool) -> str:
        """A long number as text. Raises Refused for one that a spreadsheet has destroyed, or may have.

        A cell that kept the tab Seller Center puts at its end, and a file of our own, were never in danger.
        """
        told = self.text(row, name)
        if cells.sound(told):
            return told
        place = self.places.get(name, -1)
        if told and (PANTAU in self.places or row[place].endswith("\t")):
            check = cells.kept_identifier if order else cells.kept_code
        elif order:
            check = cells.suspected if suspicious else cells.identifier
        else:
            check = cells.suspected_code if suspicious else cells.code
        try:
            return check(told)
        except cells.BadCell as bad:
            raise Refused(bad.reason, name, told) from None


class Beside:
    """Picks the cells that are kept beside the record."""

    def __init__(self, pairs: Sequence[tuple[str, int]]) -> None:
        """`pairs`: name and place of each column."""
        self._names = [name for name, _ in pairs]
        self._places = [place for _, place in pairs]
        # itemgetter gives a bare cell for one place, and takes no fewer.
        self._pick = itemgetter(*self._places) if len(pairs) > 1 else None
        self._width = 1 + max(self._places, default=0)

    def of(self, row: Sequence[str]) -> dict[str, str]:
        """Those of the cells that hold something, by name."""
        if self._pick is not None and len(row) >= self._width:
            found = self._pick(row)
        else:
            found = tuple(row[place] if place < len(row) else "" for place in self._places)
        kept = {name: told for name, cell in zip(self._names, found, strict=True) if (told := cell.strip())}
        if "'" in "".join(found):
            return {name: unguard(told) if told[0] == "'" else told for name, told in kept.items()}
        return kept


def item_of(columns: Columns, row: Sequence[str], *, suspicious: bool) -> ItemRecord:
    """The thing a row sells. Raises Refused."""
    sku, seller_sku, name, variation, pieces, price = columns.of_line(row)
    if sku or not seller_sku:
        sku = columns.number(row, "SKU ID", suspicious=suspicious)
    if not name:
        raise Refused("missing", "Product Name", "")
    try:
        quantity, unit_price = cells.quantity(pieces), cells.money(price)
    except cells.BadCell:
        columns.parsed(row, "Quantity", cells.quantity)
        columns.parsed(row, "SKU Unit Original Price", cells.money)
        raise
    return ItemRecord(
        sku_id=sku or f"sku:{seller_sku}",
        name=name,
        quantity=quantity,
        unit_price=unit_price,
        seller_sku=seller_sku or None,
        variation=None if variation in ("", "Default") else variation,
    )


def record_of(columns: Columns, row: Sequence[str], *, suspicious: bool) -> OrderRecord:
    """The order that a row begins, without its items. Raises Refused."""
    (
        words, fine, created_at, paid_at, arranged_at, taken_at, delivered_at, cancelled_at, channel, reason,
        fulfilled, option, recipient, username, city, province, address, phone, note, seller_note, payment, own,
    ) = columns.of_order(row)  # fmt: skip
    if not words:
        raise Refused("missing", "Order Status", "")
    moment = columns.moment
    try:
        created, paid, arranged = moment(created_at), moment(paid_at), moment(arranged_at)
        taken, delivered, cancelled = moment(taken_at), moment(delivered_at), moment(cancelled_at)
    except cells.BadCell:
        for name in TIMES:
            columns.parsed(row, name, moment)
        raise
    if created is None:
        raise Refused("missing", "Created Time", "")
    status = status_of(words, fine, arranged is not None)
    record = OrderRecord(
        order_id=columns.number(row, "Order ID", order=True, suspicious=suspicious),
        status=status.value,
        raw_status=f"{words} / {fine}" if fine else words,
        created_at=created,
        updated_at=max(created, paid or 0, arranged or 0, taken or 0, delivered or 0, cancelled or 0),
        packages=_packages(columns, row, suspicious),
        channel=_CHANNELS.get(channel.casefold(), "TIKTOK_SHOP"),
        paid_at=paid,
        shipped_at=arranged,
        collected_at=taken,
        delivered_at=delivered,
        cod=payment.casefold() in _COD,
        cancel_reason=reason or None,
        fulfillment_type=_FULFILLED.get(fulfilled.casefold(), fulfilled) or None,
        delivery_option=option or None,
        buyer=recipient or username or None,
        city=city or None,
        province=province or None,
        address=address or None,
        phone=phone or None,
        note=note or None,
        seller_note=seller_note or None,
        payment_method=payment or None,
        total=columns.parsed(row, "Order Amount", cells.money),
        shipping_fee=_fee(columns, row),
    )
    return overridden(record, columns.own(row)) if own else record


def overridden(record: OrderRecord, told: str) -> OrderRecord:
    """The record with what our own column says instead. Raises Refused."""
    try:
        fields: dict[str, Any] = msgspec.json.decode(told, type=dict[str, Any])
        if not fields.keys() <= set(OrderRecord.__struct_fields__) - {"order_id"}:
            raise msgspec.ValidationError("no such field")
        made = msgspec.convert({**msgspec.to_builtins(record), **fields}, OrderRecord)
        if not _storable(fields):
            raise msgspec.ValidationError("no such value")
        return made
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError):
        raise Refused("pantau", PANTAU, told) from None


def _storable(told: Any) -> bool:
    """Whether a store can hold every value in it. It is not deep: a record was made of it."""
    if isinstance(told, str):
        return "\0" not in told
    if isinstance(told, dict):
        return all(map(_storable, told.values()))
    if isinstance(told, list):
        return all(map(_storable, told))
    return not isinstance(told, int) or abs(told) < _MOST


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
        parcel = columns.number(row, "Package ID", suspicious=suspicious)
    courier = columns.text(row, "Shipping Provider Name") or None
    return (
        PackageRecord(
            package_id=parcel,
            courier=courier_code(courier),
            courier_name=courier,
            tracking_number=number or None,
        ),
    )
