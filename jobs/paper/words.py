"""The words that stand on paper, in the seller's language; the screen's are elsewhere (no terminal is needed here)."""

from __future__ import annotations

from typing import Final

_WORDS: Final = {
    "slip": ("Slip pengepakan", "Packing slip"),
    "picklist": ("Daftar pengambilan", "Picking list"),
    "address": ("Label alamat", "Address label"),
    "order": ("Pesanan", "Order"),
    "orders": ("pesanan", "orders"),
    "package": ("Paket", "Parcel"),
    "of_several": ("Pesanan ini dikirim dalam {n} paket: cocokkan isinya di layar.",
                   "This order travels in {n} parcels: check the contents on the screen."),
    "together": ("Gabungan {n} pesanan", "{n} orders in one parcel"),
    "courier": ("Kurir", "Courier"),
    "resi": ("Resi", "Tracking no."),
    "no_resi": ("resi belum ada", "no tracking number yet"),
    "note": ("CATATAN PEMBELI", "BUYER'S NOTE"),
    "seller_note": ("Catatan kita", "Our note"),
    "gift": ("HADIAH", "GIFT"),
    "reprint": ("cetak ulang ke-{n}", "reprint {n}"),
    "pieces": ("barang", "pieces"),
    "units": ("Jml", "Qty"),
    "item": ("Barang", "Item"),
    "sku": ("SKU", "SKU"),
    "free": ("Stok bebas", "Free stock"),
    "groups": ("Pesanan yang isinya sama", "Orders with the same contents"),
    "same": ("{n} pesanan @ {what}", "{n} orders @ {what}"),
    "others": ("{n} pesanan lain, isinya berbeda-beda", "{n} other orders, each different"),
    "warn.cancelled": ("DIBATALKAN - JANGAN DIKEMAS", "CANCELLED - DO NOT PACK"),
    "warn.request": ("MINTA BATAL - JANGAN DIKEMAS", "ASKED TO CANCEL - DO NOT PACK"),
    "warn.platform": ("DIKIRIM GUDANG PLATFORM - JANGAN DIKEMAS", "SHIPPED BY THE PLATFORM - DO NOT PACK"),
    "mark.request": ("[MINTA BATAL]", "[ASKED TO CANCEL]"),
    "mark.platform": ("[GUDANG PLATFORM]", "[BY PLATFORM]"),
    "legend.note": ("! = ada catatan pembeli, lihat slipnya", "! = the buyer left a note, see the slip"),
    "legend.request": ("[MINTA BATAL] = jangan dikemas sebelum permintaannya dijawab",
                       "[ASKED TO CANCEL] = do not pack before the request is answered"),
    "legend.platform": ("[GUDANG PLATFORM] = dikirim platform, bukan kita",
                        "[BY PLATFORM] = the platform ships it, not we"),
    "to": ("Kepada", "To"),
    "from": ("Dari", "From"),
    "phone": ("Telepon", "Phone"),
    "cod": ("COD: tagih {amount}", "COD: collect {amount}"),
    "no_items": ("isi tidak diketahui", "contents unknown"),
}  # fmt: skip


def word(key: str, language: str, **values: object) -> str:
    """A text of the table; `language` is `id` or `en`."""
    return _WORDS[key][0 if language == "id" else 1].format(**values)


def rupiah(amount: int, currency: str) -> str:
    """Money as it is written in Indonesia."""
    if currency == "IDR":
        return "Rp" + f"{amount:,}".replace(",", ".")
    return f"{currency} {amount:,}"
