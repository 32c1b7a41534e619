"""What the fake shop sells, to whom, and who carries it. Invented; only the shapes are true."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from shop.sandbox.draw import Shares


class Sku(NamedTuple):
    """One variation of a product; prices in whole rupiah."""

    sku_id: str
    seller_sku: str
    variation: str
    price: int
    stock: int


class Product(NamedTuple):
    """A product with its variations; `grams` is the weight of one unit."""

    product_id: str
    name: str
    grams: int
    skus: tuple[Sku, ...]
    code: str = ""
    """How its SKUs' codes begin."""


class Courier(NamedTuple):
    """A courier as the platform names it. `code` is ours; `pattern` shapes tracking numbers (ids.py)."""

    code: str
    name: str
    provider_id: str
    pattern: str
    weight: float


class City(NamedTuple):
    """A place parcels go to; `days` is how long they usually travel from Bandung."""

    name: str
    province: str
    postal_code: str
    district: str
    village: str
    days: float


COURIERS = (
    Courier("jnt", "J&T Express", "6610000000000000001", "JP{:010d}", 34),
    Courier("jne", "JNE", "6610000000000000002", "TG{:010d}", 17),
    Courier("sicepat", "SiCepat Ekspres", "6610000000000000003", "00{:010d}", 14),
    Courier("anteraja", "AnterAja", "6610000000000000004", "1000{:010d}", 10),
    Courier("spx", "SPX Express", "6610000000000000005", "SPXID05{:010d}", 8),
    Courier("ninja", "Ninja Xpress", "6610000000000000006", "NLIDAP{:010d}", 7),
    Courier("idexpress", "ID Express", "6610000000000000007", "IDS90{:010d}", 6),
    Courier("lion", "Lion Parcel", "6610000000000000008", "88LP265{:010d}", 3),
    Courier("pos", "Pos Indonesia", "6610000000000000009", "P{:010d}", 1),
)

_CATALOGUE = Path(__file__).with_name("catalogue.txt")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _products() -> tuple[Product, ...]:
    rows = (line for line in _CATALOGUE.read_text("utf-8").splitlines() if not line.startswith("#"))
    return tuple(_product(number, row) for number, row in enumerate(rows, start=1))


def _product(number: int, row: str) -> Product:
    name, grams, code, price, *variations = row.split(" | ")
    skus = []
    for place, variation in enumerate(variations, start=1):
        label, suffix, extra = variation.split(" : ")
        # Uneven on purpose: some shelves are nearly empty, so that shortages can be seen.
        stock = (number * 37 + place * 53) % 140 if (number + place) % 9 else place + 1
        sku_id = f"17300000000{number:04d}{place:04d}"
        skus.append(Sku(sku_id, f"{code}-{suffix}", label, int(price) + int(extra), stock))
    return Product(f"17300000000{number:04d}0000", name, int(grams), tuple(skus), code)


PRODUCTS = _products()
SKUS = {sku.sku_id: (product, sku) for product in PRODUCTS for sku in product.skus}

PHONES, TABLETS = frozenset({"TG", "KD", "HH"}), frozenset({"PB", "HB"})
"""What counts as a phone or a tablet where these travel alone: the catalogue has but their accessories."""

CITIES = (
    City("Kota Bandung", "Jawa Barat", "40111", "Sumur Bandung", "Braga", 1.0),
    City("Kabupaten Bandung", "Jawa Barat", "40375", "Baleendah", "Manggahang", 1.0),
    City("Kota Bekasi", "Jawa Barat", "17141", "Bekasi Timur", "Margahayu", 1.3),
    City("Kabupaten Bogor", "Jawa Barat", "16810", "Cileungsi", "Limus Nunggal", 1.4),
    City("Kota Depok", "Jawa Barat", "16424", "Beji", "Pondok Cina", 1.3),
    City("Kota Jakarta Selatan", "DKI Jakarta", "12190", "Kebayoran Baru", "Senayan", 1.2),
    City("Kota Jakarta Barat", "DKI Jakarta", "11480", "Palmerah", "Kemanggisan", 1.2),
    City("Kota Jakarta Timur", "DKI Jakarta", "13450", "Duren Sawit", "Pondok Kelapa", 1.2),
    City("Kota Tangerang Selatan", "Banten", "15310", "Serpong", "Lengkong Gudang", 1.4),
    City("Kota Semarang", "Jawa Tengah", "50241", "Semarang Selatan", "Pleburan", 1.8),
    City("Kota Surakarta", "Jawa Tengah", "57126", "Jebres", "Mojosongo", 1.9),
    City("Kabupaten Sleman", "DI Yogyakarta", "55281", "Depok", "Caturtunggal", 1.9),
    City("Kota Surabaya", "Jawa Timur", "60271", "Genteng", "Embong Kaliasin", 2.1),
    City("Kota Malang", "Jawa Timur", "65141", "Lowokwaru", "Dinoyo", 2.2),
    City("Kabupaten Jember", "Jawa Timur", "68121", "Sumbersari", "Kebonsari", 2.6),
    City("Kota Denpasar", "Bali", "80114", "Denpasar Selatan", "Sanur", 2.8),
    City("Kota Medan", "Sumatera Utara", "20153", "Medan Petisah", "Petisah Tengah", 3.2),
    City("Kota Palembang", "Sumatera Selatan", "30137", "Ilir Barat I", "Lorok Pakjo", 2.9),
    City("Kota Bandar Lampung", "Lampung", "35117", "Enggal", "Pelita", 2.2),
    City("Kota Padang", "Sumatera Barat", "25129", "Padang Utara", "Lolong Belanti", 3.3),
    City("Kota Pekanbaru", "Riau", "28282", "Sukajadi", "Kampung Melayu", 3.2),
    City("Kota Batam", "Kepulauan Riau", "29444", "Batam Kota", "Teluk Tering", 3.4),
    City("Kota Pontianak", "Kalimantan Barat", "78117", "Pontianak Kota", "Darat Sekip", 3.8),
    City("Kota Balikpapan", "Kalimantan Timur", "76114", "Balikpapan Kota", "Klandasan Ulu", 3.9),
    City("Kota Makassar", "Sulawesi Selatan", "90231", "Panakkukang", "Masale", 3.9),
    City("Kota Manado", "Sulawesi Utara", "95115", "Wenang", "Pinaesaan", 4.6),
    City("Kota Mataram", "Nusa Tenggara Barat", "83127", "Selaparang", "Rembiga", 3.6),
    City("Kota Jayapura", "Papua", "99222", "Abepura", "Wai Mhorock", 7.5),
)

FIRST_NAMES = _words(
    "Adi Agus Andi Ayu Bambang Bayu Budi Citra Dedi Dewi Dian Dimas Eka Endang Fajar Fitri Galih Gita "
    "Hadi Hendra Indah Intan Joko Kartika Laras Lestari Maya Mega Nanda Nur Nurul Okta Putri Putu "
    "Rahmat Ratna Reza Rina Rizky Sari Sinta Siti Slamet Sri Taufik Tri Utami Wahyu Wawan Wulan Yanti "
    "Yoga Yuni Yusuf Zahra"
)
LAST_NAMES = _words(
    "Anggraini Aprilia Aritonang Astuti Ginting Gunawan Halim Handayani Harahap Hidayat Irawan "
    "Kurniawan Kusuma Lubis Mahendra Maulana Nasution Nugroho Pangestu Permata Pratama Purnama "
    "Puspita Rahayu Ramadhan Safitri Santoso Saputra Setiawan Sihombing Simanjuntak Siregar Suryani "
    "Susanto Utomo Wibowo Wijaya Wulandari Yulianti"
)
STREETS = ("Jalan", "Jl.", "Gang", "Perumahan", "Komplek", "Dusun", "Kampung")

NOTES = (
    "tolong bubble wrap ya kak",
    "kirim hari ini bisa?",
    "warna random tidak apa-apa",
    "Kalau kosong chat dulu ya, jangan langsung dibatalkan",
    "jangan pakai invoice, untuk kado 🎁",
    "titip di satpam / pos depan",
    "Tolong dicek lagi ukurannya, jangan sampai salah kirim\nterima kasih",
    "rumah pagar hijau sebelah warung Bu Sri",
    "mohon dikirim sebelum hari Jumat",
    "packing kayu bila perlu",
    "kak minta yang expired-nya masih lama",
    "no komplen, seller amanah 👍",
)
SELLER_NOTES = ("sudah dikonfirmasi lewat chat", "pelanggan tetap", "cek stok rak B")
PAYMENTS = Shares(
    (24.0, "GoPay"),
    (17.0, "LinkAja"),
    (15.0, "DANA"),
    (14.0, "OVO"),
    (11.0, "BCA Virtual Account"),
    (7.0, "Mandiri Virtual Account"),
    (6.0, "QRIS"),
    (4.0, "Indomaret"),
    (2.0, "Kartu Kredit/Debit"),
)
COD_PAYMENT = "Bayar di tempat"

BUYER_REASONS = (
    ("ecom_order_to_ship_canceled_reason_change_payment_method", "Ingin mengubah metode pembayaran"),
    ("ecom_order_to_ship_canceled_reason_created_by_mistakes", "Pesanan dibuat tidak sengaja"),
    ("ecom_order_to_ship_canceled_reason_better_price", "Menemukan harga yang lebih murah"),
    ("ecom_order_to_ship_canceled_reason_wrong_delivery_info", "Alamat pengiriman salah"),
    ("ecom_order_to_ship_canceled_reason_high_delivery_costs", "Ongkos kirim terlalu mahal"),
    ("ecom_order_to_ship_canceled_reason_not_shipped_on_time", "Pesanan tidak dikirim tepat waktu"),
)
RETURN_REASONS = (
    ("ecom_order_delivered_refund_and_return_reason_defective", "Barang rusak atau cacat"),
    ("ecom_order_delivered_refund_and_return_reason_wrong_item", "Barang yang dikirim salah"),
    ("ecom_order_delivered_refund_and_return_reason_not_as_described", "Tidak sesuai deskripsi"),
    ("ecom_order_delivered_refund_and_return_reason_no_longer_needed", "Tidak lagi diperlukan"),
)
# With these a seller refuses. Those of returns are invented: the platform's own list is not published.
CANCEL_REFUSALS = (
    ("seller_reject_apply_product_has_been_packed", "Produk sudah dikemas"),
    (
        "order_manage_list_action_respond_popup_reject_reason_invalid_cancellation_reason",
        "Alasan pembatalan tidak sesuai",
    ),
    ("order_manage_list_action_respond_popup_reject_reason_delivered", "Paket sudah diserahkan ke kurir"),
    ("order_manage_list_action_respond_popup_reject_reason_buyer_agree", "Pembeli setuju tidak jadi batal"),
)
RETURN_REFUSALS = (
    ("seller_reject_return_no_proof", "Bukti pembeli tidak jelas"),
    ("seller_reject_return_as_described", "Barang sesuai deskripsi"),
    ("seller_reject_return_used", "Barang sudah dipakai"),
    ("seller_reject_return_buyer_agreed", "Sudah sepakat dengan pembeli"),
)
PARCEL_REFUSALS = (
    ("seller_reject_parcel_empty", "Paket retur kosong atau kurang"),
    ("seller_reject_parcel_other_item", "Barang yang kembali bukan barang kami"),
    ("seller_reject_parcel_damaged", "Barang kembali dalam keadaan rusak"),
)

SELLER_REASONS = (
    ("seller_cancel_unpaid_reason_out_of_stock", "Stok habis"),
    ("seller_cancel_unpaid_reason_wrong_price", "Harga salah"),
    ("seller_cancel_unpaid_reason_buyer_hasnt_paid_within_time_allowed", "Pembeli belum membayar"),
    ("seller_cancel_reason_out_of_stock", "Stok habis"),
    ("seller_cancel_reason_wrong_price", "Harga salah"),
)

WAREHOUSE_ID = "7010000000000000001"
RETURN_WAREHOUSE_ID = "7010000000000000002"
RETURN_ADDRESS = "Jalan Contoh 1, Gedebage, Kota Bandung"
SHOP_ID = "7490000000000000001"
