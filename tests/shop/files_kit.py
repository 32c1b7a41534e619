"""Composes Seller Center export files after the reference: all layouts, both languages, CSV and XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

import xlsxwriter

from shop.files.layout import L65, LAYOUTS, TABBED

WORDS: Final = {
    "id": {
        "unpaid": ("Belum dibayar", "Belum dibayar"),
        "to_ship": ("Perlu dikirim", "Menunggu pengiriman"),
        "collection": ("Perlu dikirim", "Menunggu pengambilan"),
        "transit": ("Dikirim", "Sedang transit"),
        "delivered": ("Dikirim", "Terkirim"),
        "done": ("Selesai", "Selesai"),
        "cancelled": ("Dibatalkan", "Dibatalkan"),
    },
    "en": {
        "unpaid": ("Unpaid", "Unpaid"),
        "to_ship": ("To ship", "Awaiting shipment"),
        "collection": ("To ship", "Awaiting collection"),
        "transit": ("Shipped", "In transit"),
        "delivered": ("Shipped", "Delivered"),
        "done": ("Completed", "Completed"),
        "cancelled": ("Canceled", "Canceled"),
    },
}
"""(Order Status, Order Substatus) by language and state."""
_DESCRIBED: Final = {
    "Order ID": "Platform unique order ID.", "Order Status": "Current order status.",
    "Seller SKU": "Seller sku input by the seller in the product system.", "Variation": "Platform SKU variation",
    "Quantity": "SKU sold quantity in the order.", "Created Time": "Order created time.",
    "Paid Time": "Order paid time.", "Tracking ID": "The order's tracking number.",
}  # fmt: skip

Row = dict[str, str]


def columns(layout: str = "L65") -> tuple[str, ...]:
    """The column names of a layout in the file's order."""
    return LAYOUTS[layout]


def row(order: int = 1, sku: int = 1, *, state: str = "to_ship", language: str = "id", **cells: Any) -> Row:
    """One row. Cells by column name; blanks in a name may be underscores (`Order_Amount=1`)."""
    status, substatus = WORDS[language][state]
    known = {name.replace(" ", "_"): name for name in L65}
    told: Row = dict.fromkeys(L65, "")
    arranged = state in ("collection", "transit", "delivered", "done")
    told |= {
        "Order ID": f"58{order:016d}", "Order Status": status, "Order Substatus": substatus,
        "Normal or Pre-order": "Normal", "SKU ID": f"173{sku:016d}", "Seller SKU": f"SKU-{sku}",
        "Product Name": f"Produk {sku} | kata kunci", "Variation": "Hitam", "Quantity": "1",
        "Sku Quantity of return": "0", "SKU Unit Original Price": "52000",
        "SKU Subtotal Before Discount": "52000", "SKU Platform Discount": "0", "SKU Seller Discount": "2000",
        "SKU Subtotal After Discount": "50000", "Shipping Fee After Discount": "9000",
        "Original Shipping Fee": "9000", "Order Refund Amount": "0", "Order Amount": "59000",
        "Created Time": "06/10/2026 07:00:00", "Paid Time": "06/10/2026 07:01:00",
        "RTS Time": "06/10/2026 08:00:00" if arranged else "",
        "Shipped Time": "06/10/2026 15:00:00" if state in ("transit", "delivered", "done") else "",
        "Delivered Time": "08/10/2026 10:00:00" if state in ("delivered", "done") else "",
        "Cancelled Time": "06/10/2026 09:00:00" if state == "cancelled" else "",
        "Fulfillment Type": "Fulfillment by seller", "Warehouse Name": "Gudang A",
        "Tracking ID": f"JY{order:010d}" if arranged else "",
        "Delivery Option": "Reguler", "Shipping Provider Name": "J&T Express",
        "Buyer Username": "c***xyz", "Recipient": "B*** S***", "Phone #": "(+62)812****1234",
        "Zipcode": "40111", "Country": "Indonesia", "Province": "Jawa Barat", "Regency and City": "Kota Bandung",
        "Districts": "Coblong", "Villages": "Dago", "Detail Address": "Jl. ***", "Payment Method": "DANA",
        "Weight(kg)": "0.2", "Product Category": "Pakaian",
        "Package ID": f"115{order:016d}" if arranged else "", "Purchase Channel": "TikTok",
        "Order Channel": "LIVE",
    }  # fmt: skip
    return told | {known.get(name, name): str(value) for name, value in cells.items()}


def table(rows: Sequence[Row], layout: str = "L65", *, described: bool = False) -> list[list[str]]:
    """Header and rows as cells; a name that no layout has becomes a column at the end."""
    names = [*columns(layout)]
    names += dict.fromkeys(name for told in rows for name in told if name not in L65 and name not in names)
    head = [names, *([[_DESCRIBED.get(name, "The order's value.") for name in names]] if described else [])]
    return [*head, *([told.get(name, "") for name in names] for told in rows)]


def csv_bytes(
    rows: Sequence[Row],
    layout: str = "L65",
    *,
    sep: str = ",",
    bom: bool = True,
    tabs: bool = True,
    described: bool = False,
) -> bytes:
    """A CSV as Seller Center writes it, or as a spreadsheet saves it again (`sep=";"`, `tabs=False`)."""
    names, *data = table(rows, layout, described=described)
    if tabs:
        data = [
            [cell + "\t" if name in TABBED else cell for name, cell in zip(names, one, strict=True)]
            for one in data
        ]
    text = io.StringIO()
    csv.writer(text, delimiter=sep, lineterminator="\n").writerows([names, *data])
    return ("\ufeff" if bom else "").encode() + text.getvalue().encode()


def xlsx_bytes(rows: Sequence[Row], layout: str = "L65", *, described: bool = True) -> bytes:
    """An XLSX as Seller Center writes it: text cells, sheet OrderSKUList, a row of descriptions."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    )
    sheet = book.add_worksheet("OrderSKUList")
    for number, cells in enumerate(table(rows, layout, described=described)):
        for place, cell in enumerate(cells):
            sheet.write_string(number, place, cell)
    book.close()
    return out.getvalue()
