"""The columns of Seller Center's order export: names, grain, the layouts that were seen, the files that are not it.

Source: public parsers of Indonesian exports 2022-2026; the layouts differ in their columns, never in their names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from shop.files.facts import Broken
from shop.files.guard import unguard

ORDER_HEAD: Final = (
    "Order ID", "Order Status", "Order Substatus", "Cancelation/Return Type", "Normal or Pre-order",
)  # fmt: skip
LINE: Final = (
    "SKU ID", "Seller SKU", "Product Name", "Variation", "Quantity", "Sku Quantity of return",
    "SKU Unit Original Price", "SKU Subtotal Before Discount", "SKU Platform Discount", "SKU Seller Discount",
    "SKU Subtotal After Discount",
)  # fmt: skip
"""Told of each row; everything else is told of the order, except for LOOSE."""
_MONEY: Final = (
    "Shipping Fee After Discount", "Original Shipping Fee", "Shipping Fee Seller Discount",
    "Shipping Fee Platform Discount", "Distance Shipping Fee", "Distance Fee", "Order Refund Amount",
    "Payment platform discount", "Buyer Service Fee", "Handling Fee", "Shipping Insurance", "Item Insurance",
    "Order Amount",
)  # fmt: skip
TIMES: Final = (
    "Created Time", "Paid Time", "RTS Time", "Shipped Time", "Delivered Time", "Cancelled Time",
)  # fmt: skip
_REST: Final = (
    "Cancel By", "Cancel Reason", "Fulfillment Type", "Warehouse Name", "Tracking ID", "Delivery Option",
    "Shipping Provider Name", "Buyer Message", "Buyer Username", "Recipient", "Phone #", "Zipcode", "Country",
    "Province", "Regency and City", "Districts", "Villages", "Detail Address", "Additional address information",
    "Payment Method", "Weight(kg)", "Product Category", "Package ID", "Purchase Channel", "Seller Note",
    "Checked Status", "Checked Marked by", "Tokopedia Invoice Number",
)  # fmt: skip
L63: Final = (*ORDER_HEAD, *LINE, *_MONEY, *TIMES, *_REST)
L65: Final = (*L63, "Order Channel", "Creator Handle")
"""Today's layout, in the file's order; what an export writes."""
_LATER: Final = frozenset(
    {
        "Distance Shipping Fee", "Distance Fee", "Handling Fee", "Shipping Insurance", "Item Insurance",
        "Purchase Channel", "Tokopedia Invoice Number", "Order Refund Amount",
    }
)  # fmt: skip
_AFTER: Final = {"Buyer Service Fee": "Taxes", "Order Amount": "Order Refund Amount"}
L57: Final = tuple(
    name
    for column in L63
    if column not in _LATER
    for name in (column, *([_AFTER[column]] if column in _AFTER else []))
)
"""The layout of about 2022-2023."""
LAYOUTS: Final = {"L65": L65, "L63": L63, "L57": L57}
KNOWN: Final = frozenset({*L65, *L57})
LOOSE: Final = frozenset({"Weight(kg)", "Product Category"})
"""Whose grain nobody settled: two rows of an order may differ here."""
TABBED: Final = frozenset(
    {"Order ID", "SKU ID", *TIMES, "Zipcode", "Package ID"}
)  # fmt: skip
"""Values that end with a tab in the CSV, so that a spreadsheet leaves them alone."""
PANTAU: Final = "Pantau"
"""Our own column: JSON of the fields that the platform's columns cannot say."""
OWN: Final = (PANTAU, *(f"{PANTAU} {number}" for number in range(2, 10)))
"""And where it goes on, when a cell cannot hold all of it."""
MASKED: Final = "Pantau masked"
"""Ends the header of an export that hides buyers: reading it must not make us forget them."""
REQUIRED: Final = ("Order ID", "Order Status", "Product Name", "Quantity", "Created Time")
SKU: Final = ("SKU ID", "Seller SKU")
"""One of these is needed as well."""

_FOLDED: Final = {name.casefold(): name for name in (*KNOWN, *OWN, MASKED)}
_FOREIGN: Final = frozenset(
    {"state", "address line 1", "address line 2", "delivery instruction", "buyer nickname"}
)
_SETTLEMENT: Final = frozenset(
    {"order/adjustment id", "total settlement amount", "settlement amount", "order settled time"}
)
_DESCRIBED: Final = "platform unique order id."


def names(header: Sequence[str]) -> Mapping[str, int]:
    """Where each column is, by the name the table above gives it, or by its own. The first of a name counts."""
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        told = unguard(" ".join(cell.split()))
        if told:
            found.setdefault(_FOLDED.get(told.casefold(), told), place)
    return found


def unknown(columns: Mapping[str, int]) -> tuple[str, ...]:
    """Columns nobody here knows, in the file's order."""
    return tuple(name for name in columns if name not in KNOWN and name not in OWN and name != MASKED)


def layout_of(columns: Mapping[str, int]) -> str:
    """`L65`, `L63`, `L57`, `pantau` or `other`."""
    if PANTAU in columns or MASKED in columns:
        return "pantau"
    return next((name for name, told in LAYOUTS.items() if set(told) == set(columns)), "other")


def check(header: Sequence[str], columns: Mapping[str, int]) -> None:
    """Raises Broken for a header that is not that of an Indonesian order export, and says what it is instead."""
    folded = {name.casefold() for name in columns}
    if folded & _SETTLEMENT:
        raise Broken("settlement", row=1, value=next(iter(folded & _SETTLEMENT)))
    if header and header[0].strip().casefold() == _DESCRIBED:
        raise Broken("description_as_header", row=1, value=header[0])
    missing = [name for name in REQUIRED if name not in columns]
    if not missing and not any(name in columns for name in SKU):
        missing = ["SKU ID"]
    if missing and len(missing) == len(REQUIRED):
        raise Broken("not_a_table", row=1, value=" | ".join(header[:6]))
    if missing:
        raise Broken("no_column", row=1, column=missing[0])
    if "Province" not in columns and (odd := folded & _FOREIGN):
        raise Broken("other_country", row=1, value=sorted(odd)[0])
