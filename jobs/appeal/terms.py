"""What the codes of the store are called on the appeal's paper: as the screen calls them, but said of the seller to a
third person and without keys to press."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shop.codes import fact

TERMS: Final[Mapping[str, tuple[str, str]]] = {
    "status.UNPAID": ("Belum dibayar", "Unpaid"),
    "status.ON_HOLD": ("Ditahan platform", "On hold"),
    "status.AWAITING_SHIPMENT": ("Perlu dikirim", "To ship"),
    "status.PARTIALLY_SHIPPING": ("Sebagian dikirim", "Partly shipped"),
    "status.AWAITING_COLLECTION": ("Menunggu diambil", "Awaiting collection"),
    "status.IN_TRANSIT": ("Dikirim", "In transit"),
    "status.DELIVERED": ("Terkirim", "Delivered"),
    "status.COMPLETED": ("Selesai", "Completed"),
    "status.CANCELLED": ("Dibatalkan", "Cancelled"),
    "status.UNKNOWN": ("status baru", "a new status"),
    "track.unknown": ("belum jelas", "unclear"),
    "track.pending": ("belum diambil", "not picked up"),
    "track.picked_up": ("diambil kurir", "picked up"),
    "track.in_transit": ("di perjalanan", "on its way"),
    "track.out_for_delivery": ("sedang diantar", "out for delivery"),
    "track.delivery_failed": ("gagal antar", "delivery failed"),
    "track.exception": ("bermasalah", "in trouble"),
    "track.returning": ("dikembalikan", "coming back"),
    "track.delivered": ("sampai", "arrived"),
    "track.returned": ("kembali ke toko", "back at the shop"),
    "track.cancelled": ("dibatalkan", "cancelled"),
    "kind.ship": ("atur pengiriman", "arrange shipment"),
    "kind.cancel": ("batalkan pesanan", "cancel the order"),
    "kind.approve": ("setujui permintaan", "approve the request"),
    "kind.reject": ("tolak permintaan", "reject the request"),
    "kind.split": ("pecah paket", "split a parcel"),
    "kind.combine": ("gabung paket", "combine parcels"),
    "kind.uncombine": ("pisahkan paket", "take a parcel apart"),
    "kind.correct": ("koreksi resi", "correct a number"),
    "kind.stock": ("ubah stok", "set stock"),
    "kind.message": ("kirim pesan", "send a message"),
    "request_kind.cancel": ("pembatalan", "cancellation"),
    "request_kind.return": ("retur", "return"),
    "request_kind.refund": ("pengembalian dana", "refund"),
    "request_kind.replacement": ("penggantian barang", "replacement"),
    "request_kind.other": ("permintaan", "request"),
    "request.CANCELLATION_REQUEST_PENDING": ("menunggu jawaban penjual", "waits for the seller's answer"),
    "request.CANCELLATION_REQUEST_SUCCESS": ("disetujui, dana belum kembali", "accepted, refund under way"),
    "request.CANCELLATION_REQUEST_CANCEL": ("ditarik atau ditutup", "withdrawn or closed"),
    "request.CANCELLATION_REQUEST_CANCELLED": ("ditarik atau ditutup", "withdrawn or closed"),
    "request.CANCELLATION_REQUEST_COMPLETE": ("selesai, pesanan dibatalkan", "finished, order cancelled"),
    "request.RETURN_OR_REFUND_REQUEST_PENDING": ("menunggu jawaban penjual", "waits for the seller's answer"),
    "request.REFUND_OR_RETURN_REQUEST_REJECT": ("ditolak penjual", "refused by the seller"),
    "request.AWAITING_BUYER_SHIP": ("disetujui, pembeli mengirim barang", "accepted, the buyer sends the goods"),
    "request.BUYER_SHIPPED_ITEM": ("barang sedang dikirim kembali", "the goods are on their way back"),
    "request.REJECT_RECEIVE_PACKAGE": ("paket kembali ditolak penjual", "returned parcel refused by the seller"),
    "request.RETURN_OR_REFUND_REQUEST_SUCCESS": ("disetujui, dana belum kembali", "accepted, refund under way"),
    "request.RETURN_OR_REFUND_REQUEST_CANCEL": ("ditarik atau ditutup", "withdrawn or closed"),
    "request.RETURN_OR_REFUND_REQUEST_CANCELLED": ("ditarik atau ditutup", "withdrawn or closed"),
    "request.RETURN_OR_REFUND_REQUEST_COMPLETE": ("selesai, dana dikembalikan", "finished, refunded"),
    "request.REPLACEMENT_REQUEST_PENDING": ("menunggu jawaban penjual", "waits for the seller's answer"),
    "request.REPLACEMENT_REQUEST_REJECT": ("ditolak penjual", "refused by the seller"),
    "request.REPLACEMENT_REQUEST_REFUND_SUCCESS": ("diganti pengembalian dana", "turned into a refund"),
    "request.REPLACEMENT_REQUEST_CANCEL": ("ditarik atau ditutup", "withdrawn or closed"),
    "request.REPLACEMENT_REQUEST_COMPLETE": ("selesai, barang diganti", "finished, replaced"),
    "request.AWAITING_BUYER_RESPONSE": ("menunggu jawaban pembeli", "waits for the buyer's answer"),
    "packing_why.unknown": ("nomor tidak dikenal", "unknown number"),
    "packing_why.cancelled": ("pesanan sudah dibatalkan", "order cancelled"),
    "packing_why.package_cancelled": ("paket tidak berlaku lagi", "parcel is void"),
    "packing_why.cancelling": ("penjual sedang membatalkannya", "being cancelled by the seller"),
    "packing_why.cancel_requested": ("pembeli minta batal", "the buyer asks to cancel"),
    "packing_why.return_open": ("ada pengembalian", "a return is open"),
    "packing_why.closed": ("pesanan sudah selesai", "order is finished"),
    "packing_why.other_shop": ("milik toko lain", "another shop's"),
    "packing_why.unknown_status": ("status tidak dikenal", "unknown status"),
    "packing_why.collected": ("sudah diambil kurir", "the courier has it"),
    "packing_why.not_arranged": ("pengiriman belum diatur", "shipment not arranged"),
    "packing_why.on_manifest": ("sudah di manifes", "on a manifest already"),
    "packing_why.packed": ("sudah dikemas sebelumnya", "packed before"),
    "packing_why.wrong_courier": ("resi mirip kurir lain", "number looks like another courier's"),
    "packing_why.wrong_item": ("barang salah", "wrong item"),
    "packing_why.unknown_item": ("kode barang tidak dikenal", "unknown code of goods"),
    "packing_why.too_many": ("barang kebanyakan", "too many items"),
    "packing_why.other_parcel": ("resi paket lain", "another parcel's number"),
    "state.queued": ("antre", "queued"),
    "state.sending": ("mengirim", "sending"),
    "state.unknown": ("diperiksa", "being checked"),
    "state.done": ("berhasil", "done"),
    "state.refused": ("ditolak", "refused"),
    "state.cancelled": ("dibatalkan", "cancelled"),
    "state.needs_person": ("perlu dicek orang", "needs a person"),
    "event.order.new": ("pesanan masuk", "order came in"),
    "event.order.status": ("status pesanan", "order status"),
    "event.order.changed": ("diubah di platform", "changed on the platform"),
    "event.order.cancel_requested": ("pembeli minta batal", "the buyer asks to cancel"),
    "event.order.confirmed": ("dikonfirmasi", "confirmed"),
    "event.order.unconfirmed": ("konfirmasi diurungkan", "confirmation taken back"),
    "event.order.note_seen": ("catatan pembeli dibaca", "buyer's note read"),
    "event.order.ticked": ("dicentang: sudah diatur di Seller Center", "ticked: arranged in Seller Center"),
    "event.order.unticked": ("centang dicabut", "tick taken back"),
    "event.order.still_to_ship": ("menurut Seller Center masih harus dikirim", "Seller Center: still to be shipped"),
    "event.order.not_in_file": ("tidak ada di berkas terakhir", "not in the last file"),
    "event.orders.exported": ("pesanan ditulis ke berkas", "order written to a file"),
    "event.package.tracking": ("perjalanan paket", "journey of the parcel"),
    "event.action": ("tindakan ke platform", "action towards the platform"),
    "event.request.new": ("permintaan pembeli", "request of the buyer"),
    "event.request.status": ("status permintaan", "status of the request"),
    "event.request.answered": ("permintaan dijawab penjual", "request answered by the seller"),
    "event.handover.scanned": ("dipindai untuk serah terima", "scanned for hand-over"),
    "event.handover.stopped": ("dihentikan di serah terima", "stopped at the hand-over"),
    "event.handover.unchecked": ("diterima tanpa pemeriksaan", "taken without a check"),
    "event.handover.removed": ("dilepas dari manifes", "taken off the manifest"),
    "event.handover.given": ("diserahkan ke kurir", "handed to the courier"),
    "event.handover.closed": ("manifes ditutup", "manifest closed"),
    "event.handover.reminder": ("belum di manifes sebelum jemput", "on no manifest before the pick-up"),
    "event.packing.done": ("dikemas", "packed"),
    "event.packing.stopped": ("berhenti di meja kemas", "stopped at the packing table"),
    "event.parcel.disputed": ("pembeli belum terima", "the buyer did not receive it"),
    "event.parcel.settled": ("tanda belum terima dihapus", "mark of a missing parcel removed"),
    "event.paper.made": ("kertas siap", "paper ready"),
    "event.paper.failed": ("kertas gagal dibuat", "paper could not be made"),
    "event.paper.printed": ("kertas dicetak", "paper printed"),
    "event.chat.message": ("pesan baru dari pembeli", "new message of the buyer"),
    "event.chat.late": ("pesan pembeli terlambat dijawab", "a buyer's message was answered late"),
    "event.money.statement": ("laporan penyelesaian dana", "settlement statement"),
    "event.money.failed": ("pembayaran dana gagal", "a payment failed"),
    "event.money.overdue": ("lewat tanggal, belum dibayar", "late and not paid"),
    "event.money.less": ("dibayar kurang dari perkiraan", "paid less than expected"),
    "event.rule.did": ("dilakukan aturan", "done by a rule"),
    "event.rule.held": ("ditahan aturan", "held by a rule"),
    "parcel.TO_FULFILL": ("belum diatur", "to be arranged"),
    "parcel.PROCESSING": ("sudah diatur", "arranged"),
    "parcel.FULFILLING": ("di kurir", "at the courier"),
    "parcel.COMPLETED": ("selesai", "completed"),
    "parcel.CANCELLED": ("dibatalkan", "cancelled"),
    "paper.label": ("label pengiriman", "shipping label"),
    "paper.slip": ("slip pengepakan", "packing slip"),
    "paper.picklist": ("daftar pengambilan", "picking list"),
    "paper.manifest": ("manifes", "manifest"),
    "deed.confirm": ("konfirmasi", "confirm"),
    "deed.message": ("kirim pesan", "send a message"),
    "deed.hold": ("tahan", "hold back"),
    "deed.ship": ("atur pengiriman", "arrange shipment"),
    "verdict.did": ("dilakukan", "done"),
    "verdict.would": ("akan dilakukan (uji coba)", "would be done (dry run)"),
    "verdict.held": ("belum dilakukan", "not done yet"),
    "verdict.failed": ("gagal", "failed"),
    "verdict.nothing": ("tidak perlu lagi", "nothing left to do"),
    "verdict.no": ("tidak cocok", "does not fit"),
    "verdict.answered": ("sudah pernah", "answered before"),
    "packing.open": ("sedang dikemas", "being packed"),
    "packing.packed": ("dikemas", "packed"),
    "packing.aborted": ("dihentikan", "given up"),
    "packing.stopped": ("berhenti", "stopped"),
    "manifest.on": ("di manifes", "on the manifest"),
    "manifest.checking": ("diperiksa", "being checked"),
    "manifest.stopped": ("dikeluarkan", "taken out"),
    "manifest.removed": ("dilepas", "removed"),
    "role.BUYER": ("pembeli", "buyer"),
    "role.SHOP": ("toko", "shop"),
    "role.CUSTOMER_SERVICE": ("layanan", "service"),
    "role.SYSTEM": ("sistem", "system"),
    "role.ROBOT": ("robot", "robot"),
    "by.platform": ("platform", "platform"),
    "by.seller": ("penjual", "seller"),
    "by.cli": ("penjual", "seller"),
    "by.job": ("otomatis", "automatic"),
    "by.watch": ("otomatis", "automatic"),
    "by.rule": ("aturan", "rule"),
    "by.file": ("berkas Seller Center", "Seller Center file"),
    "by.buyer": ("pembeli", "buyer"),
    "source.platform": ("platform", "platform"),
    "source.dispatch": ("aturan batas kirim", "dispatch rule"),
    "source.same_day": ("aturan same day", "same-day rule"),
    "source.instant": ("aturan instan", "instant rule"),
    "cause.request_closed": ("permintaan sudah ditarik atau ditutup", "the request was withdrawn or closed"),
    "cause.answered_otherwise": ("permintaan sudah dijawab lain", "the request was answered otherwise"),
    "cause.arbitration": ("sedang diputus platform", "the platform is judging it"),
    "cause.request_not_found": ("permintaan tidak dikenal platform", "the platform does not know the request"),
    "cause.request_not_told": ("platform tidak menyebut permintaannya", "the platform did not name the request"),
    "cause.order_not_found": ("pesanan tidak dikenal platform", "the platform does not know the order"),
    "cause.order_not_told": ("platform tidak menyebut pesanannya", "the platform did not name the order"),
    "cause.with_courier": ("paket sudah di kurir", "the courier has the parcel"),
    "cause.buyer_asks": ("pembeli sendiri minta batal", "the buyer asks for it"),
    "cause.chat_not_found": ("percakapan tidak ditemukan", "the chat was not found"),
    "cause.chat_not_ours": ("percakapan milik toko lain", "the chat is another shop's"),
    "cause.chat_closed": ("platform tidak mengizinkan pesan di percakapan ini", "the platform allows no message in it"),
    "cause.chat_cannot_open": ("platform tidak membuka percakapan", "the platform does not open a chat"),
    "cause.messages_not_told": ("percakapan tidak bisa dibaca", "the chat cannot be read"),
    "cause.text_forgotten": ("kata-katanya sudah dihapus karena lama", "its words were deleted for their age"),
    "cause.messages_too_many": ("terlalu banyak pesan baru untuk memastikan", "too many new messages to be sure"),
    "cause.by_hand": ("diatur sendiri di Seller Center", "arranged by hand in Seller Center"),
    "cause.ticked": ("sudah dicentang", "ticked as done"),
    "cause.still_to_ship": ("menurut Seller Center masih harus dikirim", "Seller Center: still to be shipped"),
    "cause.cancelled_in_file": ("dibatalkan menurut Seller Center", "cancelled, says Seller Center"),
    "cause.target_cancelled": ("paket dibatalkan platform", "the platform cancelled the parcel"),
    "cause.target_not_found": ("paket tidak dikenal platform", "the platform does not know the parcel"),
    "cause.slot_gone": ("jadwal jemput tidak tersedia lagi", "the pick-up slot is no longer offered"),
    "cause.attempts_used_up": ("beberapa kali dikirim tanpa hasil", "sent several times without effect"),
    "cause.not_resendable": ("tidak ada bukti bahwa sudah terjadi", "nothing proves that it happened"),
    "cause.unreadable": ("paket tidak terbaca sehari penuh", "the parcel could not be read for a day"),
    "cause.unknown_kind": ("jenis yang tidak dikenal", "a kind that is not known"),
    "cause.unknown_status": ("status paket tidak dikenal", "an unknown status of the parcel"),
    "cause.no_answer": ("platform tidak menjawab", "no answer from the platform"),
    "cause.too_slow": ("membaca paket terlalu lama", "reading the parcel took too long"),
    "cause.refused": ("ditolak platform tanpa alasan", "refused by the platform without a reason"),
    "cause.packed_otherwise": ("paket diatur lain di Seller Center", "arranged differently in Seller Center"),
    "cause.not_combinable": ("platform tidak menawarkan penggabungan", "the platform does not offer to combine them"),
    "cause.not_arranged": ("pengiriman belum diatur", "the shipment is not arranged"),
    "cause.already_arranged": ("pengiriman sudah diatur", "the shipment has been arranged"),
    "cause.not_told": ("platform tidak menyebut isi paketnya", "the platform does not tell what is in the parcel"),
    "cause.too_old": ("permintaan aturan tertunda lebih dari 2 jam", "a rule's wish waited for over 2 hours"),
    "cause.held": ("pesanan ditahan penjual", "the order is held back by the seller"),
    "cause.sku_not_told": ("platform tidak menyebut SKU ini", "the platform did not name this SKU"),
    "cause.stock_moved": ("jumlah di platform berubah", "the number on the platform moved"),
    "cause.stock_unclear": ("tidak jelas apakah angkanya diubah", "whether the number was set is not clear"),
    "cause.sku_not_found": ("SKU ini tidak ada di platform", "the platform has no such SKU"),
    "cause.no_warehouse": ("platform tidak menyebut gudangnya", "the platform names no warehouse of it"),
}  # fmt: skip
"""By family and code: Indonesian, English."""

_STATES: Final = {
    "order": "status",
    "package": "track",
    "action": "state",
    "request": "request",
    "packing": "packing_why",
    "paper": "paper",
    "rule": "deed",
}
"""By the first half of a change's kind: the family of its old and new state."""


def term(family: str, code: str | None, language: str) -> str:
    """The words of a code; a code nobody has words for as it is, nothing for none."""
    if not code:
        return ""
    found = TERMS.get(f"{family}.{code}")
    return code if found is None else found[language != "id"]


def person(name: str, language: str) -> str:
    """Who did it: `rule:stok` is the rule of that name; a person's name stays."""
    kind, _, which = name.partition(":")
    said = term("by", kind, language)
    return f"{said} {which}" if which and kind == "rule" else said


def event(change: Mapping[str, Any], language: str) -> tuple[str, str, str]:
    """What happened, the state before, the state after."""
    kind: str = change["kind"]
    family = kind.partition(".")[0]
    states = [term(_STATES.get(family, ""), change[name], language) for name in ("old", "new")]
    key = family if family == "action" else kind
    named = term("event", key, language)
    return (named if named != key else kind), states[0], states[1]


def outcome(action: Mapping[str, Any], language: str) -> str:
    """How an action ended, and why: the platform's code in words with its number, else our own reason."""
    words, code = term("state", action["state"], language), action["code"]
    if action["state"] == "done":
        return words
    why = term("cause", action["reason"], language)
    if code:
        known = fact(code)
        meant = why if known is None else known.meaning.id if language == "id" else known.meaning.en
        why = f"{meant} ({code})".strip()
    return f"{words}: {why}" if why else words


def status(order: Mapping[str, Any], language: str) -> str:
    """The order's status; the platform's own word only where it says something else."""
    said, raw = term("status", order["status"], language), order["raw_status"]
    return said if raw in (order["status"], None, "") else f"{said} ({raw})"
