"""The platform's error codes: what each means, what it proves about a write, what a person can do.

Sources: Partner Center, "Common errors" and the error lists of the endpoints used here. The numbers are not
unique in meaning (36009004 is an umbrella: shop/verdict.py reads its message), and the documented lists are
not complete. A code that is not here proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    """What an answer to a write proves."""

    DONE = "done"
    ALREADY = "already"
    """The effect exists, whoever caused it: done after a read."""
    REFUSED = "refused"
    """A business rule said no; nothing happened and asking again changes nothing."""
    NOT_SENT = "not_sent"
    """Nothing reached the platform's business logic; send again later."""
    AUTH = "auth"
    """The gateway turned it away (token, signature, right, path); nothing happened."""
    CLOCK = "clock"
    """The gateway turned it away for its timestamp; nothing happened."""
    UNKNOWN = "unknown"
    """It may have happened."""
    LOOK = "look"
    """True of the target's state, silent about our request: only a read tells."""


class Say(NamedTuple):
    """A text for a person, in both languages."""

    id: str
    en: str


class CodeFact(NamedTuple):
    """One code. `advice` is for the seller, both texts without anything foreign in them."""

    proves: Kind
    meaning: Say
    advice: Say


_RETRY = Say("Pantau mencoba lagi sendiri.", "Pantau tries again by itself.")
_LOOKED = Say("Pantau membaca ulang paketnya dulu.", "Pantau reads the parcel first.")
_LOGIN = Say(
    "Isi token baru toko ini; `pantau doctor` menyebut namanya.",
    "Set new tokens for this shop; `pantau doctor` names the variables.",
)
_CENTER = Say("Periksa di Seller Center.", "Check it in Seller Center.")
_PARTNER = Say("Periksa aplikasi di Partner Center.", "Check the app in Partner Center.")
_REPORT = Say("Perbarui Pantau atau laporkan kode ini.", "Update Pantau or report this code.")
_ANSWER = Say("Jawab dulu permintaan pembeli.", "Answer the buyer's request first.")
_NOTHING = Say("Tidak perlu apa-apa lagi.", "Nothing is left to do.")
_RESI = Say("Periksa nomor resi dan kurirnya.", "Check the tracking number and its courier.")
_READ = Say("Pantau membaca ulang permintaannya dulu.", "Pantau reads the request first.")
_REASON = Say("Pilih alasan lain.", "Choose another reason.")
_CANCELLED = Say("Jangan kirim barangnya.", "Do not send the goods.")
_PARCEL = Say(
    "Perbaiki berat, ukuran, alamat atau nama produk di Seller Center.",
    "Correct weight, size, address or product name in Seller Center.",
)

_TABLE: Final = (
    # -- the gateway, before any business logic ------------------------------------------------------------
    (Kind.NOT_SENT, "Terlalu banyak permintaan", "Too many requests", _RETRY, 36009002),
    (Kind.AUTH, "Token akses kedaluwarsa", "Access token expired", _RETRY, 105002),
    (Kind.AUTH, "Aplikasi belum diberi izin ini", "The app lacks this permission", _PARTNER, 105005),
    (Kind.AUTH, "Tanda tangan permintaan salah", "Request signature is wrong", _PARTNER, 106001),
    (Kind.AUTH, "Toko tidak disebut", "The shop is not named", _LOGIN, 106013),
    (Kind.AUTH, "Token bukan untuk toko ini", "Token and shop do not match", _LOGIN, 101000),
    (Kind.AUTH, "Alamat IP ini tidak diizinkan", "This IP address is not allowed", _PARTNER, 36009033),
    (Kind.AUTH, "Kode atau token login tidak berlaku", "Login code or token is invalid", _LOGIN,
     36004004, 36004005),
    (Kind.AUTH, "Alamat API tidak dikenal", "Unknown API path, method or version", _REPORT,
     36009009, 36009010, 36009014),
    (Kind.AUTH, "Bentuk parameter salah", "A parameter is malformed", _REPORT, 36009021, 36009022, 36009023),
    # Kind by message, see shop/verdict.py; a message nobody knows proves nothing.
    (Kind.UNKNOWN, "Permintaan ditolak gerbang API", "The gateway rejects the request", _REPORT, 36009004),
    # -- trouble on their side; the write may have gone through --------------------------------------------
    (Kind.UNKNOWN, "Gangguan di sisi platform", "Trouble at the platform", _RETRY,
     11001001, 21001002, 21001003, 21001005, 21001010, 21001011, 21001201, 21011500, 21022029, 21042001,
     21042076, 36009003, 36009007, 99999999, 45101001),
    (Kind.UNKNOWN, "Sistem kurir menolak atau tidak menjawab", "The courier's system refused or was silent",
     _LOOKED, 21042067, 21022032),
    (Kind.UNKNOWN, "Parameter ditolak lapisan gerbang", "A gateway layer rejects a parameter", _REPORT,
     98001004),
    # -- arranging a shipment ------------------------------------------------------------------------------
    (Kind.ALREADY, "Paket sudah dikirim", "The parcel has already been shipped", _NOTHING,
     21011040, 21011020, 21008099, 11006021),
    (Kind.ALREADY, "Paket sudah diantar", "The parcel has already been delivered", _NOTHING, 21011027),
    (Kind.LOOK, "Paket belum atau tidak boleh diatur pengirimannya", "The parcel may not be arranged now",
     _LOOKED, 21011003),
    (Kind.LOOK, "Paket tidak ditemukan", "The parcel was not found", _LOOKED, 21011001),
    (Kind.REFUSED, "Ada permintaan batal atau retur yang belum dijawab",
     "A cancellation or return request is open", _ANSWER, 21008044, 21011007),
    (Kind.REFUSED, "Pesanan sudah dibatalkan", "The order is cancelled", _CANCELLED, 21011041, 21011042),
    (Kind.REFUSED, "Pesanan masih dalam satu jam masa tunda", "The order is still in its hour of hold",
     Say("Kirim lagi setelah masa tunda lewat.", "Ship again when the hour is over."), 21011044),
    (Kind.REFUSED, "Paket atau pesanan milik toko lain", "Parcel or order of another shop", _CENTER,
     21011028, 21008111),
    (Kind.REFUSED, "Dikirim oleh platform, bukan penjual", "Fulfilled by the platform, not the seller",
     _NOTHING, 21008025, 21008043, 25011026),
    (Kind.REFUSED, "Nomor resi atau kurir tidak diterima", "Tracking number or courier not accepted", _RESI,
     21011008, 21011022, 21011025, 21034012, 11028006),
    (Kind.REFUSED, "Jadwal jemput salah atau belum dipilih", "Pick-up slot wrong or missing",
     Say("Pilih jadwal jemput lagi.", "Choose a pick-up slot again."), 21011053, 21011054),
    (Kind.REFUSED, "Barang ini harus dikirim dalam paket sendiri", "These goods need a parcel of their own",
     Say("Pisahkan paketnya dulu.", "Split the parcel first."), 11006013, 11006014),
    (Kind.REFUSED, "Kurir tidak melayani alamat ini", "The courier does not serve this address",
     Say("Batalkan dengan alasan alamat tidak terjangkau.", "Cancel with the undeliverable reason."),
     21014009),
    (Kind.REFUSED, "Ada permintaan purnajual atau alamat tidak terjangkau",
     "An after-sale request is open, or the address is out of reach", _CENTER, 21021010),
    (Kind.REFUSED, "Faktur belum diunggah", "An invoice is needed first", _CENTER, 21004006),
    (Kind.REFUSED, "Panggilan ini bukan untuk pengiriman jenis ini",
     "This call is not for this kind of shipping", _CENTER, 21011004, 21008106, 21008116, 21008117),
    (Kind.REFUSED, "Resi tidak bisa diubah lagi", "The tracking number can no longer be changed", _CENTER,
     21011030, 21011050, 21011051, 21011052),
    (Kind.REFUSED, "Belum dikirim, jadi belum ada resi untuk diubah",
     "Not shipped yet, so there is no tracking number to change",
     Say("Kirim dulu dengan nomor resinya.", "Ship it with its number first."), 21011043),
    (Kind.REFUSED, "Paket ini tidak bisa dipisah atau digabung", "This parcel cannot be split or combined",
     _CENTER, 21011005, 21011029, 21011031, 21011035),
    # -- documents -----------------------------------------------------------------------------------------
    (Kind.UNKNOWN, "Label sedang dibuat", "The label is still being made", _RETRY,
     11034037, 11034023, 21023022),
    (Kind.REFUSED, "Pengiriman belum diatur", "The shipment is not arranged yet",
     Say("Atur pengiriman dulu.", "Ship it first."), 21023035, 21042104),
    (Kind.REFUSED, "Paket sudah diambil kurir", "The courier already has the parcel", _NOTHING,
     21042102, 21023046),
    (Kind.REFUSED, "Paket dibatalkan", "The parcel is cancelled", _NOTHING, 21023059),
    (Kind.REFUSED, "Bukan pengiriman platform; label dari kurir sendiri",
     "Not shipped by the platform: the label is your courier's", _CENTER, 11034002, 21008017),
    # -- cancellations and returns -------------------------------------------------------------------------
    # A no that may be the echo of our own lost answer says LOOK: the state tells whose it was.
    (Kind.ALREADY, "Sudah dibatalkan, atau pembatalannya sedang berjalan",
     "Already cancelled, or a cancellation is running", _CANCELLED, 25001011),
    (Kind.ALREADY, "Permintaan ini sudah berujung batal", "This request has already ended in a cancellation",
     _CANCELLED, 25020009),
    (Kind.ALREADY, "Permintaan ini sudah disetujui", "This request has already been approved", _NOTHING,
     25020010),
    (Kind.NOT_SENT, "Pesanan sedang dikunci proses lain", "Another process holds the order", _RETRY, 25001028),
    (Kind.LOOK, "Pesanan sudah selesai atau batal", "The order is completed or cancelled", _LOOKED, 25001051),
    (Kind.LOOK, "Status permintaan sudah berubah", "The request's state has changed", _READ, 25001003),
    (Kind.LOOK, "Permintaan ini tidak bisa disetujui lagi", "This request can no longer be approved", _READ,
     25011012),
    (Kind.LOOK, "Permintaan ini tidak bisa ditolak lagi", "This request can no longer be rejected", _READ,
     25011011),
    (Kind.LOOK, "Kasus ini sedang diputus platform", "The platform is judging this case",
     Say("Kirim bukti lewat Seller Center.", "Hand in proof in Seller Center."), 25011010),
    (Kind.LOOK, "Paket retur belum di tahap ini", "The returned parcel is not at this step", _READ,
     25011013, 25020011, 25020012),
    (Kind.LOOK, "Keputusan ini tidak cocok untuk tahap ini", "This decision does not fit this step", _READ,
     25020003, 25020004),
    (Kind.LOOK, "Permintaan tidak ditemukan", "The request was not found", _READ, 25007006),
    (Kind.REFUSED, "Bentuk permintaan salah", "The request is malformed", _REPORT, 25001001),
    (Kind.REFUSED, "Alasan ini tidak dikenal", "This reason is not known", _REASON, 25001014),
    (Kind.REFUSED, "Alasan ini bukan untuk penjual", "This reason is not for sellers", _REASON, 25001015),
    (Kind.REFUSED, "Alasan ini sudah tidak dipakai", "This reason is no longer in use", _REASON, 25001020),
    (Kind.REFUSED, "Alasan ini tidak cocok untuk status pesanan", "This reason does not fit the order's state",
     _REASON, 25001021),
    (Kind.REFUSED, "Sudah dikirim; kurir tidak bisa dihentikan", "Shipped: the courier cannot be stopped",
     Say("Tunggu paketnya sampai atau kembali.", "Wait until the parcel arrives or comes back."), 25001045),
    (Kind.REFUSED, "Ditahan pemeriksaan risiko", "Held by risk control", _CENTER, 25001046),
    (Kind.REFUSED, "Di sini hanya seluruh pesanan yang bisa dibatalkan",
     "Only a whole order can be cancelled here", _REPORT, 25005010, 25005011),
    (Kind.REFUSED, "Dana sudah dikembalikan platform: paket retur tidak bisa ditolak",
     "The platform has paid back already: the parcel cannot be refused", _CENTER, 25011025),
    (Kind.REFUSED, "Dana sebagian tidak bisa ditawarkan", "A partial refund cannot be offered",
     Say("Setujui atau tolak saja.", "Approve or reject instead."), 25011032),
    (Kind.REFUSED, "Pesanan bukan milik toko ini", "Not this shop's order", _CENTER, 25020005),
    # -- orders, products, chat ----------------------------------------------------------------------------
    (Kind.UNKNOWN, "Pesanan tidak bisa dibaca", "The order cannot be read", _RETRY,
     10002014, 10002015, 10006402, 10037002, 10037003, 10037004),
    (Kind.REFUSED, "Produk, SKU atau gudang tidak diterima", "Product, SKU or warehouse not accepted",
     _CENTER, 12019028, 12052032, 12052048, 12052180, 12052260, 12052530, 12052531, 12052532, 12052533,
     12052553, 12052556, 12052901),
    (Kind.REFUSED, "Stok dikunci promosi", "A promotion locks the stock", _CENTER, 12052393),
    (Kind.REFUSED, "Percakapan tidak ditemukan atau tertutup", "Conversation not found or closed",
     _CENTER, 45101003, 45102007),
    (Kind.REFUSED, "Platform tidak mengizinkan pesan di percakapan ini", "The platform allows no message there",
     _CENTER, 45109001),
    (Kind.REFUSED, "Percakapan dengan pembeli ini tidak bisa dibuka", "No conversation with this buyer can be opened",
     _CENTER, 45109003),
    (Kind.REFUSED, "Pesan berisi kata yang dilarang", "The message holds refused words", _CENTER, 45101006),
    (Kind.NOT_SENT, "Jatah obrolan habis untuk saat ini", "The chat quota is used up for now", _RETRY,
     45101004, 45111012),
)  # fmt: skip


def _spread() -> Iterator[tuple[int, CodeFact]]:
    for proves, meaning_id, meaning_en, advice, *codes in _TABLE:
        for code in codes:
            yield int(code), CodeFact(proves, Say(meaning_id, meaning_en), advice)


CODES: Final[dict[int, CodeFact]] = dict(_spread())
"""Every code we have a meaning for."""

_FAMILIES: Final = {
    # Documented as ranges: the order's goods (110060xx) and the courier's rules for a parcel (110210xx).
    110060: CodeFact(
        Kind.REFUSED, Say("Barang tidak bisa dikirim begini", "Goods cannot go like this"), _CENTER
    ),
    110210: CodeFact(
        Kind.REFUSED, Say("Kurir menolak paket ini", "The courier refuses this parcel"), _PARCEL
    ),
}


def fact(code: int) -> CodeFact | None:
    """What is known of a code, by number or by family; None for a code nobody listed."""
    return CODES.get(code) or _FAMILIES.get(code // 100)
