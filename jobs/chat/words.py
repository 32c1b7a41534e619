"""The words of answer sheets in Indonesian and English, for buyers; and how they say a moment and an amount. Pure.

They promise nothing: no day of arrival, no decision of the platform; and they never ask a buyer to cancel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from store.times import to_datetime

_SEVERAL: Final = re.compile(r"([0-9]{1,9}) barang: ")
"""How the store's one text for several things begins (store/flatten.summary); one thing begins with `2x`."""
_ZONES: Final = {25_200: "WIB", 28_800: "WITA", 32_400: "WIT"}

_ID: Final = {
    "months": "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des",
    "hello": "Halo kak, soal pesanan {order}:",
    "line": "{name}: {value}",
    "items": "Isi",
    "items.several": "{units} barang: {names}",
    "courier": "Kurir",
    "number": "Nomor resi",
    "track": "Lacak",
    "track.type": "(masukkan nomor resi di halaman itu)",
    "latest": "Kabar terakhir",
    "to": "Tujuan",
    "delivered": "Tercatat diterima",
    "status": "Status",
    "status.UNPAID": "belum dibayar",
    "status.ON_HOLD": "sudah dibayar, sedang diperiksa platform",
    "status.AWAITING_SHIPMENT": "sedang kami siapkan",
    "status.PARTIALLY_SHIPPING": "sebagian sudah diatur pengirimannya",
    "status.AWAITING_COLLECTION": "sudah dikemas, menunggu diambil kurir",
    "status.IN_TRANSIT": "dalam perjalanan",
    "status.DELIVERED": "sudah sampai",
    "status.COMPLETED": "selesai",
    "status.CANCELLED": "dibatalkan",
    "parcel.picked_up": "sudah diambil kurir",
    "parcel.in_transit": "dalam perjalanan",
    "parcel.out_for_delivery": "sedang diantar ke alamat Kakak",
    "parcel.delivery_failed": "kurir sudah mencoba mengantar tetapi belum berhasil",
    "parcel.exception": "ada kendala di kurir, sedang kami tanyakan",
    "parcel.returning": "sedang dikembalikan kurir ke toko",
    "parcel.delivered": "sudah sampai",
    "parcel.returned": "sudah kembali ke toko",
    "parcel.of": "Paket {at} dari {total}",
    "where.scan_by": "Kami serahkan ke kurir paling lambat {at}.",
    "where.silent": "Belum ada kabar dari kurir; kami pantau terus.",
    "lost.sorry": "Mohon maaf paketnya belum Kakak terima.",
    "lost.check": "Mohon dicek dulu: keluarga, tetangga, satpam atau resepsionis di alamat tujuan.",
    "lost.ask": "Kami sedang minta bukti serah terima ke kurir (nama penerima, foto, lokasi dan waktu).",
    "lost.claim": "Kalau tetap tidak ditemukan, Kakak bisa ajukan pengembalian dana di aplikasi: buka pesanan, pilih"
    " \"Pengembalian/pengembalian dana\", alasan \"paket tidak diterima\", sertakan foto lokasi bila diminta.",
    "lost.until": "Batas pengajuan di aplikasi: {at} (toko Mall: {mall}).",
    "lost.never": "Jangan tekan \"Pesanan diterima\" sebelum paketnya ada.",
    "ask.over": "Batas waktu pengajuan pengembalian di aplikasi sudah lewat.",
    "ask.over.mall": "Batas waktu pengajuan pengembalian di aplikasi sudah lewat, kecuali pesanan dari toko Mall"
    " (sampai {mall}).",
    "help": "Kakak masih bisa minta bantuan langsung ke platform: buka pesanan di aplikasi, lalu Pusat Bantuan.",
    "lost.asked": "Pengajuan Kakak sudah masuk dan sedang diproses.",
    "cancel.done": "Pesanan ini sudah dibatalkan.",
    "cancel.asked": "Permintaan batal sudah kami terima dan sedang diproses.",
    "cancel.asked.until": "Keputusan paling lambat {at}; tanpa jawaban dianggap disetujui.",
    "cancel.asked.until.over": "Batas waktu keputusannya sudah lewat; tanpa jawaban permintaannya dianggap disetujui."
    " Hasilnya terlihat di aplikasi; kalau belum, minta bantuan di Pusat Bantuan aplikasi.",
    "cancel.free": "Sampai kurir mengambil paketnya, pesanan masih bisa dibatalkan di aplikasi: buka pesanan, pilih"
    " \"Batalkan pesanan\" dan alasannya. Pembatalan langsung berlaku.",
    "cancel.packed": "Paketnya sudah siap diambil kurir, tetapi selama belum diambil masih bisa dibatalkan di aplikasi:"
    " buka pesanan, pilih \"Batalkan pesanan\". Untuk pre-order dan barang segar permintaannya kami tinjau dulu.",
    "cancel.own": "Pesanan ini kami antar sendiri: pembatalan gratis hanya {hours} jam pertama, sesudah itu permintaan"
    " di aplikasi kami tinjau dulu.",
    "cancel.late": "Paketnya sudah di tangan kurir, jadi tidak bisa dibatalkan lagi.",
    "cancel.arrived": "Pesanannya sudah sampai, jadi tidak bisa dibatalkan lagi.",
    "cancel.door": "Karena bayar di tempat (COD), paket yang belum dibuka boleh ditolak saat kurir datang.",
    "cancel.return": "Setelah diterima, pengembalian bisa diajukan di aplikasi sampai {regular} hari sesudahnya (toko"
    " Mall: {mall} hari).",
    "cancel.return.how": "Kalau ada kendala, Kakak bisa ajukan pengembalian di aplikasi: buka pesanan, pilih"
    " \"Pengembalian/pengembalian dana\", lalu alasannya.",
    "cancel.over": "Pesanannya sudah selesai, jadi tidak bisa dibatalkan lagi.",
    "cancel.unknown": "Status pesanan ini sedang kami periksa di platform; kami kabari secepatnya.",
    "refund.unpaid": "Pesanan ini belum dibayar, jadi tidak ada dana yang perlu dikembalikan.",
    "refund.cod": "Pesanan ini bayar di tempat dan belum dibayar, jadi tidak ada dana yang perlu dikembalikan.",
    "refund.amount": "Dana",
    "refund.cancelled": "Pesanan dibatalkan, dananya dikembalikan otomatis oleh platform.",
    "refund.done": "Pengembalian dana sudah disetujui; platform mengirim dananya.",
    "refund.review": "Pengajuan Kakak sedang ditinjau.",
    "refund.review.until": "Jawaban paling lambat {at}.",
    "refund.review.until.over": "Batas waktu jawabannya sudah lewat. Hasilnya terlihat di aplikasi; kalau belum, minta"
    " bantuan di Pusat Bantuan aplikasi.",
    "refund.days": "Biasanya {soonest}-{latest} hari kerja ke metode pembayaran semula ({method}).",
    "refund.from": "Perkiraan: {soonest} sampai {latest}.",
    "refund.by": "Perkiraan: paling lambat {latest}.",
    "refund.over": "Waktu itu sudah lewat. Kalau dananya belum masuk, minta bantuan di Pusat Bantuan aplikasi.",
    "refund.guess": "(perkiraan; tergantung hari libur)",
    "refund.check": "Statusnya terlihat di aplikasi: buka pesanan, \"Rincian pengembalian dana\".",
    "refund.none": "Belum ada pengajuan pengembalian dana untuk pesanan ini.",
    "refund.how": "Pengajuan lewat aplikasi: buka pesanan, pilih \"Pengembalian/pengembalian dana\", lalu alasannya.",
    "method.e_wallet": "dompet digital",
    "method.cod": "COD",
    "method.bank": "transfer bank",
    "method.card": "kartu",
    "method.any": "semua metode",
    "find.TIKTOK_SHOP": "Di TikTok: Profil > menu (≡) > Pesanan & pembayaran > Pesanan Kakak, atau tab Shop > Pesanan.",
    "find.TOKOPEDIA": "Di Tokopedia: Transaksi (ikon di bawah) > Lihat semua; di situs: nama Kakak > Pembelian.",
    "find.id": "Nomor pesanan",
    "find.date": "Tanggal pesan",
    "find.total": "Total",
    "find.shop": "Toko",
    "find.login": "Kalau tidak terlihat, cek apakah masuk dengan akun yang sama seperti saat memesan.",
    "insured.yes": "Ya, menurut data pesanan ada biaya asuransi {amount}.",
    "insured.no": "Menurut data pesanan tidak ada biaya asuransi, jadi kami tidak melihat asuransi pada pesanan ini.",
    "insured.where": "Asuransi terlihat di aplikasi: buka pesanan, rincian pembayaran, baris \"Asuransi pengiriman\""
    " atau \"Proteksi produk\". Kalau barisnya ada, pesanan ini diasuransikan.",
    "insured.lost": "Kalau paket dengan kurir platform hilang atau rusak di jalan, Kakak bisa ajukan pengembalian dana"
    " di aplikasi: buka pesanan, pilih \"Pengembalian/pengembalian dana\".",
    "insured.own": "Pesanan ini diantar kurir kami sendiri. Kalau hilang atau rusak di jalan, kabari kami di sini.",
    "insured.proof": "Simpan video saat membuka paket sebagai bukti.",
}  # fmt: skip
_EN: Final = {
    "months": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "hello": "Hello, about order {order}:",
    "line": "{name}: {value}",
    "items": "Items",
    "items.several": "{units} items: {names}",
    "courier": "Courier",
    "number": "Tracking number",
    "track": "Track it",
    "track.type": "(enter the tracking number on that page)",
    "latest": "Latest news",
    "to": "Destination",
    "delivered": "Recorded as received",
    "status": "Status",
    "status.UNPAID": "not paid yet",
    "status.ON_HOLD": "paid, being checked by the platform",
    "status.AWAITING_SHIPMENT": "we are preparing it",
    "status.PARTIALLY_SHIPPING": "a part of it is ready for the courier",
    "status.AWAITING_COLLECTION": "packed, waiting for the courier",
    "status.IN_TRANSIT": "on its way",
    "status.DELIVERED": "delivered",
    "status.COMPLETED": "completed",
    "status.CANCELLED": "cancelled",
    "parcel.picked_up": "picked up by the courier",
    "parcel.in_transit": "on its way",
    "parcel.out_for_delivery": "out for delivery to your address",
    "parcel.delivery_failed": "the courier tried to deliver it without success",
    "parcel.exception": "there is a problem at the courier, we are asking about it",
    "parcel.returning": "the courier is sending it back to the shop",
    "parcel.delivered": "delivered",
    "parcel.returned": "back at the shop",
    "parcel.of": "Parcel {at} of {total}",
    "where.scan_by": "We hand it to the courier by {at}.",
    "where.silent": "There is no news from the courier yet; we keep watching.",
    "lost.sorry": "We are sorry that you have not received your parcel.",
    "lost.check": "Please look first: family, neighbours, the guard or the reception at the address.",
    "lost.ask": "We are asking the courier for proof of delivery (recipient, photo, place and time).",
    "lost.claim": "If it is not found, you can ask for your money back in the app: open the order, choose"
    " \"Return/refund\", reason \"parcel not received\", with a photo of the place if asked.",
    "lost.until": "You can ask in the app until {at} (Mall shops: {mall}).",
    "lost.never": "Please do not press \"Order received\" before you have the parcel.",
    "ask.over": "The time in which a return can be asked for in the app is over.",
    "ask.over.mall": "The time in which a return can be asked for in the app is over, except for orders from Mall shops"
    " (until {mall}).",
    "help": "You can still ask the platform for help: open the order in the app, then the Help Center.",
    "lost.asked": "Your request has arrived and is being handled.",
    "cancel.done": "This order is already cancelled.",
    "cancel.asked": "We have your request to cancel and it is being handled.",
    "cancel.asked.until": "It is decided by {at}; without an answer it counts as approved.",
    "cancel.asked.until.over": "The time to decide it is over; without an answer it counts as approved. The app shows"
    " the result; if it does not, please ask the app's Help Center.",
    "cancel.free": "Until the courier takes the parcel, the order can still be cancelled in the app: open the order,"
    " choose \"Cancel order\" and a reason. It takes effect at once.",
    "cancel.packed": "The parcel is ready for the courier, but until it is taken the order can still be cancelled in"
    " the app: open the order, choose \"Cancel order\". For pre-orders and fresh goods we review the request first.",
    "cancel.own": "We deliver this order ourselves: it can be cancelled freely in the first {hours} hour only, after"
    " that we review your request in the app.",
    "cancel.late": "The courier has the parcel, so it cannot be cancelled any more.",
    "cancel.arrived": "The order has arrived, so it cannot be cancelled any more.",
    "cancel.door": "As you pay on delivery (COD), you may refuse the unopened parcel at the door.",
    "cancel.return": "After it arrived, a return can be asked for in the app within {regular} days (Mall shops: {mall}"
    " days).",
    "cancel.return.how": "If anything is wrong, you can ask for a return in the app: open the order, choose"
    " \"Return/refund\", then a reason.",
    "cancel.over": "The order is completed, so it cannot be cancelled any more.",
    "cancel.unknown": "We are checking the state of this order with the platform and will tell you soon.",
    "refund.unpaid": "This order was never paid, so there is nothing to pay back.",
    "refund.cod": "This order is paid on delivery and was not paid, so there is nothing to pay back.",
    "refund.amount": "Amount",
    "refund.cancelled": "The order was cancelled; the platform pays the money back by itself.",
    "refund.done": "The refund is approved; the platform sends the money.",
    "refund.review": "Your request is being reviewed.",
    "refund.review.until": "You get an answer by {at}.",
    "refund.review.until.over": "The time to answer it is over. The app shows the result; if it does not, please ask"
    " the app's Help Center.",
    "refund.days": "It usually takes {soonest}-{latest} working days to the original way of payment ({method}).",
    "refund.from": "Expected between {soonest} and {latest}.",
    "refund.by": "Expected by {latest}.",
    "refund.over": "That time is over. If the money has not arrived, please ask the app's Help Center.",
    "refund.guess": "(an estimate; holidays may change it)",
    "refund.check": "The app shows it: open the order, \"Refund details\".",
    "refund.none": "No refund was asked for on this order yet.",
    "refund.how": "You can ask in the app: open the order, choose \"Return/refund\", then a reason.",
    "method.e_wallet": "e-wallet",
    "method.cod": "COD",
    "method.bank": "bank transfer",
    "method.card": "card",
    "method.any": "all ways",
    "find.TIKTOK_SHOP": "In TikTok: Profile > menu (≡) > Orders & payment > Your orders, or the Shop tab > Orders.",
    "find.TOKOPEDIA": "In Tokopedia: Transactions (icon at the bottom) > See all; on the web: your name > Purchases.",
    "find.id": "Order number",
    "find.date": "Ordered on",
    "find.total": "Total",
    "find.shop": "Shop",
    "find.login": "If you do not see it, check that you are logged in with the account you ordered with.",
    "insured.yes": "Yes: the order's data show {amount} paid for insurance.",
    "insured.no": "The order's data show nothing paid for insurance, so as far as we can see this order has none.",
    "insured.where": "The app shows it: open the order, payment details, line \"Shipping insurance\" or \"Product"
    " protection\". If the line is there, this order is insured.",
    "insured.lost": "If a parcel with a courier of the platform is lost or damaged on its way, you can ask for your"
    " money back in the app: open the order, choose \"Return/refund\".",
    "insured.own": "Our own courier delivers this order. If it is lost or damaged on its way, please tell us here.",
    "insured.proof": "Please keep a video of opening the parcel as proof.",
}  # fmt: skip
WORDS: Final[Mapping[str, Mapping[str, str]]] = {"id": _ID, "en": _EN}
"""By language code; both hold the same keys."""


def moment(at: int, lang: str, zone: tzinfo) -> str:
    """`24 Nov 2026 23.59 WIB`."""
    when = to_datetime(at, zone)
    offset = when.utcoffset()
    named = _ZONES.get(round(offset.total_seconds()) if offset is not None else 0, when.strftime("%z"))
    return f"{day(at, lang, zone)} {when:%H.%M} {named}"


def day(at: int, lang: str, zone: tzinfo) -> str:
    """`24 Nov 2026`."""
    when = to_datetime(at, zone)
    return f"{when.day} {WORDS[lang]['months'].split()[when.month - 1]} {when.year}"


def rupiah(amount: int, currency: str = "IDR") -> str:
    """`Rp136.000`."""
    told = f"{amount:,}".replace(",", ".")
    return f"Rp{told}" if currency == "IDR" else f"{currency} {told}"


def goods(summary: str, lang: str) -> str:
    """What is in an order, in this language; the things keep the names that the seller gave them."""
    found = _SEVERAL.match(summary)
    if found is None:
        return summary
    return WORDS[lang]["items.several"].format(units=found[1], names=summary[found.end() :])
