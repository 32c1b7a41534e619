"""OrderRecord -> the cells of a Seller Center export: what shop/files/mapping.py reads, the other way round. Pure.

Whatever those columns cannot say goes into one more, `Pantau`, as JSON of the fields that reading the row back
would not give. So an export can be read again, and says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

import msgspec

from shop.files.guard import guard, guarded
from shop.files.layout import L65, MASKED, OWN, TABBED
from shop.files.mapping import MAPPED, NOTHING, OWN_PARCEL, Columns, Refused, item_of, record_of
from shop.files.statuses import words_of
from shop.files.unsaid import told_beside
from store.records import CLOCKS, ItemRecord, OrderRecord
from store.times import DAY, SECOND, WIB_OFFSET

_EPOCH: Final = date(1970, 1, 1).toordinal()
_DAYS: Final = range(date(2000, 1, 1).toordinal() - _EPOCH, date(2100, 1, 1).toordinal() - _EPOCH)
_OF_DAY: Final = [f" {hour:02}:{minute:02}" for hour in range(24) for minute in range(60)]
_OF_MINUTE: Final = [f":{second:02}" for second in range(60)]
_FULFILLED: Final = {
    "FULFILLMENT_BY_SELLER": "Fulfillment by seller",
    "FULFILLMENT_BY_TIKTOK": "Fulfillment by platform",
}
_CHANNELS: Final = {"TOKOPEDIA": "Tokopedia", "TIKTOK_SHOP": "TikTok"}
_COD: Final = {"id": "Bayar di tempat", "en": "Cash on delivery"}
_AT: Final = {name: place for place, name in enumerate(L65)}
_OF_ORDER: Final = tuple(
    _AT[name]
    for name in (
        "Order ID", "Order Status", "Order Substatus", "Shipping Fee After Discount", "Order Amount",
        "Created Time", "Paid Time", "RTS Time", "Shipped Time", "Delivered Time", "Cancel Reason",
        "Fulfillment Type", "Delivery Option", "Buyer Message", "Phone #", "Province", "Regency and City",
        "Detail Address", "Payment Method", "Purchase Channel", "Seller Note",
    )
)  # fmt: skip
_OF_LINE: Final = tuple(
    _AT[name]
    for name in (
        "SKU ID", "Seller SKU", "Product Name", "Variation", "Quantity", "SKU Unit Original Price",
        "SKU Subtotal Before Discount",
    )
)  # fmt: skip
_PARCEL: Final = tuple(_AT[name] for name in ("Tracking ID", "Shipping Provider Name", "Package ID"))
_RECIPIENT: Final = _AT["Recipient"]
_SKU, _SELLER_SKU, _QUANTITY = _AT["SKU ID"], _AT["Seller SKU"], _AT["Quantity"]
_PREORDER: Final = _AT["Normal or Pre-order"]
_READABLE: Final = {
    "Order Status": "-", "Created Time": "01/01/2000 00:00:00", "Product Name": "-", "Quantity": "1",
}  # fmt: skip
"""What stands where the true value could not be read back, so that the row can be; `Pantau` has the true one."""
_MOST_PIECES: Final = 99_999

Again = Callable[[OrderRecord, bool], OrderRecord]
"""What whoever reads an order adds to it (deadlines by rule), and whether it is a pre-order."""


class NoRoom(Exception):
    """Columns that the header lacks: an order has something to say in them."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(*columns)
        self.columns = tuple(columns)


class Sheet:
    """Writes orders as rows under one header."""

    def __init__(
        self,
        language: str,
        *,
        unknown: Sequence[str] = (),
        own: int = 0,
        masked: bool = False,
        fit: Callable[[str], str] = str,
        again: Again = lambda record, preorder: record,
    ) -> None:
        """`unknown`: columns beyond those of today's layout. `own`: how many columns of our own. `masked`: the
        orders come without their buyers, and the header says so. `fit`: what a cell of
        the file can hold of a text."""
        self.header = (*L65, *unknown, *([MASKED] if masked else ()), *OWN[:own])
        self.tabbed = tuple(name in TABBED for name in self.header)
        self._language = language
        self._own = own
        self._fit = fit
        self._again = again
        self._places = {name: place for place, name in enumerate(self.header)}
        self._beside = {name: place for name, place in self._places.items() if name not in MAPPED}
        self._blank = [""] * len(self.header)
        self._columns = Columns(self._places)

    def rows(self, record: OrderRecord, beside: Mapping[str, Any]) -> list[list[str]]:
        """One row for each item, its cells guarded. `beside`: store.models.FileOrder.extra, or nothing for an order
        that no file told. Raises NoRoom."""
        base = self._order(record, beside)
        lines: Sequence[Mapping[str, str]] = beside.get("lines", ())
        if len(lines) != len(record.items):
            lines = ()
        made = []
        for number, item in enumerate(record.items or (NOTHING,)):
            row = base.copy()
            for place, text in zip(_OF_LINE, _item_cells(item), strict=True):
                row[place] = text
            if lines:
                self._add(row, lines[number])
            made.append(guarded(row, self._fit))
        own = self._unsaid(record, made)
        if len(own) > self._own:
            raise NoRoom(OWN[: len(own)])
        for row in made if own else ():
            row[-self._own :] = own + [""] * (self._own - len(own))
        return made

    def _order(self, record: OrderRecord, beside: Mapping[str, Any]) -> list[str]:
        row = self._blank.copy()
        for place, text in zip(_OF_ORDER, self._order_cells(record, bool(beside)), strict=True):
            row[place] = text
        cells: Mapping[str, str] = beside.get("order", {})
        if cells:
            self._add(row, cells)
        if not row[_RECIPIENT] and record.buyer and record.buyer != cells.get("Buyer Username"):
            row[_RECIPIENT] = record.buyer
        if record.packages:
            parcel = record.packages[0]
            number = parcel.tracking_number or ""
            told = "" if parcel.package_id == f"{OWN_PARCEL}{number}" else parcel.package_id
            for place, text in zip(_PARCEL, (number, parcel.courier_name or "", told), strict=True):
                row[place] = text
        return row

    def _order_cells(self, record: OrderRecord, from_file: bool) -> tuple[str, ...]:
        if from_file and record.raw_status != record.status:
            status, _, fine = record.raw_status.partition(" / ")
        else:
            status, fine = words_of(record.status, self._language)
        fulfilled = record.fulfillment_type or ""
        return (
            record.order_id,
            status,
            fine,
            "" if record.shipping_fee is None else str(record.shipping_fee),
            str(record.total),
            wib(record.created_at),
            wib(record.paid_at),
            wib(record.shipped_at),
            wib(record.collected_at),
            wib(record.delivered_at),
            record.cancel_reason or "",
            _FULFILLED.get(fulfilled, fulfilled),
            record.delivery_option or "",
            record.note or "",
            record.phone or "",
            record.province or "",
            record.city or "",
            record.address or "",
            record.payment_method or (_COD[self._language] if record.cod else ""),
            _CHANNELS.get(record.channel, record.channel),
            record.seller_note or "",
        )

    def _add(self, row: list[str], cells: Mapping[str, str]) -> None:
        """The cells that have no field of ours, where they belong."""
        places = self._beside
        try:
            for name, text in cells.items():
                row[places[name]] = text
        except KeyError:
            lacking = [name for name, text in cells.items() if text and name not in self._places]
            if lacking:
                raise NoRoom(lacking) from None
            self._add(row, {name: text for name, text in cells.items() if name in places})

    def _cell(self, text: str) -> str:
        return guard(self._fit(text))

    def _unsaid(self, record: OrderRecord, rows: list[list[str]]) -> list[str]:
        """What has to stand in the columns of OWN. Rows that could not be read back are mended on the way."""
        read = self._read(record, rows)
        if read is None:
            return []
        preorder = rows[0][_PREORDER].casefold().startswith("pre")
        if self._again(read, preorder) == record:
            return []
        fields = {
            name: value
            for name in record.__struct_fields__
            if name not in CLOCKS and (value := getattr(record, name)) != getattr(read, name)
        }
        if fields:
            read = msgspec.structs.replace(read, **fields)
        known = self._again(read, preorder)
        if any(getattr(known, name) != getattr(record, name) for name in CLOCKS):
            fields |= {name: value for name in CLOCKS if (value := getattr(record, name)) is not None}
        return told_beside(fields)

    def _read(self, record: OrderRecord, rows: list[list[str]]) -> OrderRecord | None:
        """The order as it is read from these rows; None where nothing helps, as with an order id that is none."""
        columns = self._columns
        items: dict[tuple[str, int], tuple[ItemRecord, list[str]]] = {}
        for number, row in enumerate(rows.copy()):
            while True:
                try:
                    item = item_of(columns, row, suspicious=False)
                    break
                except Refused as refused:
                    sku = record.items[number].sku_id if record.items else ""
                    if not self._mend_line(row, refused.column, sku):
                        return None
            first = items.setdefault((item.sku_id, item.unit_price), (item, row))
            if first[1] is not row:
                # A file has one row for each; of two the reader would refuse one.
                pieces = int(first[1][_QUANTITY]) + item.quantity
                first[1][_QUANTITY] = str(min(pieces, _MOST_PIECES))
                rows[:] = [one for one in rows if one is not row]
                items[item.sku_id, item.unit_price] = (
                    item_of(columns, first[1], suspicious=False), first[1],
                )  # fmt: skip
        while True:
            try:
                whole = record_of(columns, rows[0], suspicious=False)
                break
            except Refused as refused:
                place = self._places[refused.column]
                readable = _READABLE.get(refused.column, "")
                if refused.column == "Order ID" or rows[0][place] == readable:
                    return None
                for row in rows:
                    row[place] = readable
        return msgspec.structs.replace(whole, items=self._columns.things(item for item, _ in items.values()))

    def _mend_line(self, row: list[str], column: str, sku: str) -> bool:
        """Make the cell readable that was refused; whether that was possible."""
        before = row.copy()
        if column == "SKU ID":
            row[_SKU] = ""
            row[_SELLER_SKU] = (
                row[_SELLER_SKU] if row[_SELLER_SKU].strip() else self._cell(sku.strip()) or "-"
            )
        else:
            row[self._places[column]] = _READABLE.get(column, "")
        return row != before


def _item_cells(item: ItemRecord) -> tuple[str, ...]:
    return (
        "" if item.sku_id == f"sku:{item.seller_sku}" else item.sku_id,
        item.seller_sku or "",
        item.name,
        item.variation or "Default",
        str(item.quantity),
        str(item.unit_price),
        str(item.quantity * item.unit_price),
    )


def wib(at: int | None) -> str:
    """`dd/mm/yyyy hh:mm:ss` in Jakarta; empty for no time, or one that no export can name."""
    if at is None:
        return ""
    day, clock = divmod(at + WIB_OFFSET, DAY)
    if day not in _DAYS:
        return ""
    minutes, seconds = divmod(clock // SECOND, 60)
    return _day(day) + _OF_DAY[minutes] + _OF_MINUTE[seconds]


@lru_cache(maxsize=4_096)
def _day(number: int) -> str:
    return f"{date.fromordinal(number + _EPOCH):%d/%m/%Y}"
