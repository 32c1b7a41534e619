"""Exports of Seller Center of any size to measure on: 65 columns, 1.15 rows an order, texts as sellers write them.

The same for the same seed; written row by row, so that a large one needs no more memory than a small one.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import xlsxwriter

from shop.files.layout import L65, TABBED

LINES: Final = (0.87, 0.11, 0.02)
"""How often an order has one, two, three rows: 1.15 on average."""
FIRST: Final = datetime(2026, 4, 1, 6, 0)
"""The first order's moment, WIB."""
_STATES: Final = (
    ("Belum dibayar", "Belum dibayar", 1), ("Perlu dikirim", "Menunggu pengiriman", 8),
    ("Perlu dikirim", "Menunggu pengambilan", 6), ("Dikirim", "Sedang transit", 9),
    ("Dikirim", "Terkirim", 6), ("Selesai", "Selesai", 62), ("Dibatalkan", "Dibatalkan", 8),
)  # fmt: skip
_PRODUCTS: Final = (
    "Kaos Polos Cotton Combed 30s Premium Pria Wanita | baju oblong unisex distro",
    "Topi Trucker Jaring Polos Dewasa | snapback baseball outdoor",
    "Masker 3D Duckbill 4 Ply Isi 50 Pcs | earloop tali karet",
    "Helm Bogo Retro Dewasa Kaca Datar SNI | kulit jok bludru",
    'Celana Cargo Panjang "Slim Fit" Ripstop | kantong samping, 6 saku',
    "Tas Selempang Pria Waterproof | sling bag anti maling USB port",
    "Gantungan Kunci Akrilik Custom Foto Bolak-balik | souvenir pernikahan murah",
)
_VARIATIONS: Final = ("Hitam, L", "Putih, M", "Navy", "Merah, XL", "Default", "honda", "Honda", "Doff, Isi 2")
_PLACES: Final = (
    ("40132", "Jawa Barat", "Kota Bandung", "Coblong", "Dago"),
    ("60293", "Jawa Timur", "Kota Surabaya", "Rungkut", "Kali Rungkut"),
    ("12190", "DKI Jakarta", "Jakarta Selatan", "Kebayoran Baru", "Senayan"),
    ("50275", "Jawa Tengah", "Kota Semarang", "Tembalang", "Tembalang"),
    ("20154", "Sumatera Utara", "Kota Medan", "Medan Baru", "Titi Rantai"),
)
_NOTES: Final = (
    "tolong bubble wrap ya kak",
    "warna boleh random",
    "kirim hari ini, untuk kado\njangan ada nota",
)
_COURIERS: Final = (
    ("J&T Express", "JY{:010d}", 87),
    ("SiCepat REG", "00{:010d}", 12),
    ("IDX", "TKP{:010d}", 1),
)
_PAYMENTS: Final = ("DANA", "Bayar di tempat", "GoPay", "BCA Virtual Account", "Kartu kredit/debit")
_CHANNELS: Final = (("LIVE", "kreator.contoh"), ("Videos", "ulasan.kita"), ("Product cards", ""))


def rows(count: int, seed: int = 5) -> Iterator[list[str]]:
    """So many rows in the file's order of columns; the rows of an order follow each other."""
    rng = random.Random(seed)
    made = number = 0
    while made < count:
        order = _order(rng, number)
        number += 1
        for _ in range(min(count - made, rng.choices((1, 2, 3), LINES)[0])):
            made += 1
            told = order | _line(rng)
            yield [told.get(name, "") for name in L65]


def write_csv(path: Path, count: int) -> Path:
    """As Seller Center writes it: BOM, comma, LF, ids and times ending in a tab."""
    tabbed = [name in TABBED for name in L65]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(L65)
        for row in rows(count):
            out.writerow([cell + "\t" if tab else cell for cell, tab in zip(row, tabbed, strict=True)])
    return path


def write_xlsx(path: Path, count: int) -> Path:
    """As Seller Center writes it: one sheet of texts, the second row describes the columns."""
    settings = {"constant_memory": False, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(path, settings) as book:
        sheet = book.add_worksheet("OrderSKUList")
        described = ["Platform unique order ID.", *("The order's value.",) * (len(L65) - 1)]
        for at, row in enumerate((list(L65), described, *rows(count))):
            for place, cell in enumerate(row):
                if cell:
                    sheet.write_string(at, place, cell)
    return path


def _order(rng: random.Random, number: int) -> dict[str, str]:
    """What all rows of an order tell."""
    status, substatus, _ = rng.choices(_STATES, [weight for *_, weight in _STATES])[0]
    created = FIRST + timedelta(seconds=150 * number + rng.randrange(150))
    paid = status != "Belum dibayar"
    arranged = paid and status != "Dibatalkan" and substatus != "Menunggu pengiriman"
    taken = arranged and substatus != "Menunggu pengambilan"
    zipcode, province, city, district, village = rng.choice(_PLACES)
    courier, form, _ = rng.choices(_COURIERS, [weight for *_, weight in _COURIERS])[0]
    channel, creator = rng.choice(_CHANNELS)
    tokopedia = rng.random() < 0.3
    fee = rng.randrange(14, 60) * 500
    return {
        "Order ID": f"58{3_141_592_653_589 + number * 7_919:015d}7",
        "Order Status": status,
        "Order Substatus": substatus,
        "Cancelation/Return Type": "Cancel" if status == "Dibatalkan" else "",
        "Normal or Pre-order": "Normal",
        "Shipping Fee After Discount": str(fee),
        "Original Shipping Fee": str(fee),
        **dict.fromkeys(_NOTHING, "0"),
        "Order Amount": str(rng.randrange(30, 900) * 500 + fee),
        "Created Time": _time(created),
        "Paid Time": _time(created + timedelta(seconds=70)) if paid else "",
        "RTS Time": _time(created + timedelta(hours=3)) if arranged else "",
        "Shipped Time": _time(created + timedelta(hours=11)) if taken else "",
        "Delivered Time": _time(created + timedelta(days=3)) if substatus in ("Terkirim", "Selesai") else "",
        "Cancelled Time": _time(created + timedelta(hours=2)) if status == "Dibatalkan" else "",
        "Cancel By": "Pembeli" if status == "Dibatalkan" else "",
        "Cancel Reason": "Ingin mengubah alamat pengiriman" if status == "Dibatalkan" else "",
        "Fulfillment Type": "Fulfillment by seller",
        "Warehouse Name": "Gudang Utama",
        "Tracking ID": form.format(rng.randrange(10**10)) if arranged else "",
        "Delivery Option": "Reguler",
        "Shipping Provider Name": courier,
        "Buyer Message": rng.choice(_NOTES) if rng.random() < 0.03 else "",
        "Buyer Username": rng.choice(("c***xyz", "r***01", "d***ayu", "s***a")),
        "Recipient": rng.choice(("B*** S***", "R***", "D*** A***", "N*** P***")),
        "Phone #": f"(+62)8{rng.randrange(10, 99)}****{rng.randrange(1_000, 9_999)}",
        "Zipcode": zipcode,
        "Country": "Indonesia",
        "Province": province,
        "Regency and City": city,
        "Districts": district,
        "Villages": village,
        "Detail Address": f"Jl. M*** No. {rng.randrange(1, 200)}, RT 0{rng.randrange(1, 9)}/RW 03, ***",
        "Payment Method": rng.choice(_PAYMENTS) if paid else "",
        "Package ID": f"115{2_718_281_828_459 + number * 6_007:015d}7" if arranged else "",
        "Purchase Channel": "Tokopedia" if tokopedia else "TikTok",
        "Tokopedia Invoice Number": f"INV/{created:%Y%m%d}/MPL/{4_000_000_000 + number}" if tokopedia else "",
        "Order Channel": channel,
        "Creator Handle": creator,
    }


_NOTHING: Final = (
    "Shipping Fee Seller Discount", "Shipping Fee Platform Discount", "Distance Shipping Fee", "Distance Fee",
    "Order Refund Amount", "Payment platform discount", "Buyer Service Fee", "Handling Fee",
    "Shipping Insurance", "Item Insurance",
)  # fmt: skip


def _line(rng: random.Random) -> dict[str, str]:
    """What one row sells."""
    price, pieces = rng.randrange(30, 400) * 500, 1 + (rng.random() < 0.15)
    sku = rng.randrange(500)
    return {
        "SKU ID": f"173{sku * 104_729 + 1_000_000_007:015d}1",
        "Seller SKU": f"SKU-{sku:03d}" if sku < 50 else "",
        "Product Name": _PRODUCTS[sku % len(_PRODUCTS)],
        "Variation": _VARIATIONS[sku % len(_VARIATIONS)],
        "Quantity": str(pieces),
        "Sku Quantity of return": "0",
        "SKU Unit Original Price": str(price),
        "SKU Subtotal Before Discount": str(price * pieces),
        "SKU Platform Discount": "0",
        "SKU Seller Discount": "1500",
        "SKU Subtotal After Discount": str(price * pieces - 1_500),
        "Weight(kg)": f"{rng.randrange(1, 20) / 10}",
        "Product Category": rng.choice(("Pakaian Pria", "Aksesoris", "Otomotif", "Kesehatan")),
    }


def _time(at: datetime) -> str:
    return f"{at:%d/%m/%Y %H:%M:%S}"
