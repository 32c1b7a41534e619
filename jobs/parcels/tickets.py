"""The text of a ticket about a stuck parcel, with its evidence, ready to paste. Pure.

It goes to the platform's or the courier's service desk, so it speaks of the parcel, never of the buyer: no
name, no phone, no address. The courier's own words are folded to one line each; whoever paints them cleans
them like all foreign text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Final

from couriers.names import link
from couriers.names import name as courier_name
from store.attention import PARCEL_CODES
from store.times import DAY, HOUR, WIB, to_datetime
from store.views import EventRow, OrderDetail, PackageRow

EVIDENCE: Final = 5
"""Newest events that are quoted."""
LONGEST: Final = 160
"""Characters of one courier's row that are quoted."""
LEAST_SILENCE: Final = {"unscanned": 12 * HOUR, "stuck": DAY}
"""No desk takes a ticket about a parcel that lay still for less."""
_SPOKEN: Final = frozenset({"exception", "cancelled"})
_ZONES: Final = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}

_ID: Final = {
    "months": "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des",
    "title.unscanned": "Paket sudah diatur tetapi belum di-scan kurir",
    "title.stuck": "Paket tidak bergerak",
    "title.exception": "Paket bermasalah menurut kurir",
    "title.cancelled": "Penjemputan dibatalkan kurir",
    "title.delivery_failed": "Pengantaran gagal",
    "title.returning": "Paket dikembalikan ke pengirim",
    "title.returned": "Paket sudah kembali ke pengirim",
    "title.disputed": "Paket berstatus terkirim, pembeli belum menerima",
    "ask.unscanned": "Mohon dicek apakah paket sudah dijemput dan segera di-scan; penjual tidak bisa men-scan sendiri.",
    "ask.stuck": "Mohon dicek posisi paket dan diteruskan. Bila hilang, mohon proses klaim.",
    "ask.exception": "Mohon penjelasan dan langkah selanjutnya. Bila hilang atau rusak, mohon proses klaim.",
    "ask.cancelled": "Mohon dijemput ulang atau diberi tahu alasannya.",
    "ask.delivery_failed": "Mohon diantar ulang dan dicatat alasan kegagalannya; alamat tersedia pada resi.",
    "ask.returning": "Mohon alasan pengembalian dan perkiraan tiba; bila pembeli masih menunggu, mohon diantar ulang.",
    "ask.returned": "Mohon konfirmasi pengembalian dan alasannya.",
    "ask.disputed": "Mohon bukti serah terima: nama penerima, foto, titik lokasi dan waktu.",
    "order": "Pesanan",
    "resi": "Resi",
    "no_resi": "belum ada",
    "courier": "Kurir",
    "to": "Tujuan",
    "arranged": "Pengiriman diatur",
    "scanned": "Diterima kurir",
    "delivered": "Terkirim",
    "silent": "Tanpa pergerakan",
    "hours": "{n} jam",
    "scan_by": "Batas scan",
    "cancel_at": "Batal otomatis",
    "over": "sudah lewat",
    "events": "Riwayat kurir (terbaru di atas)",
    "no_events": "Belum ada catatan dari kurir.",
    "no_time": "tanpa waktu",
    "link": "Halaman lacak",
    "checked": "Dicek",
}  # fmt: skip
_EN: Final = {
    "months": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "title.unscanned": "Parcel arranged but not scanned by the courier",
    "title.stuck": "Parcel does not move",
    "title.exception": "Parcel in trouble, says the courier",
    "title.cancelled": "Pick-up cancelled by the courier",
    "title.delivery_failed": "Delivery failed",
    "title.returning": "Parcel on its way back to the sender",
    "title.returned": "Parcel came back to the sender",
    "title.disputed": "Parcel marked delivered, buyer did not receive it",
    "ask.unscanned": "Please check whether it was picked up and scan it. The seller cannot scan it.",
    "ask.stuck": "Please find the parcel and move it on. If it is lost, please open a claim.",
    "ask.exception": "Please explain and say what happens next. If it is lost or damaged, please open a claim.",
    "ask.cancelled": "Please pick it up again or tell the reason.",
    "ask.delivery_failed": "Please try again and note why it failed; the address is on the label.",
    "ask.returning": "Please tell the reason and the expected arrival; if the buyer still waits, please deliver again.",
    "ask.returned": "Please confirm the return and its reason.",
    "ask.disputed": "Please send proof of delivery: recipient's name, photo, place and time.",
    "order": "Order",
    "resi": "Tracking number",
    "no_resi": "none yet",
    "courier": "Courier",
    "to": "Destination",
    "arranged": "Shipment arranged",
    "scanned": "Handed to the courier",
    "delivered": "Delivered",
    "silent": "Without movement",
    "hours": "{n} hours",
    "scan_by": "Scan deadline",
    "cancel_at": "Cancelled automatically",
    "over": "past",
    "events": "Courier's history (newest first)",
    "no_events": "Nothing from the courier yet.",
    "no_time": "no time",
    "link": "Tracking page",
    "checked": "Checked",
}  # fmt: skip
WORDS: Final[Mapping[str, Mapping[str, str]]] = {"id": _ID, "en": _EN}
"""By language code; both hold the same keys."""


def trouble(order: OrderDetail, now: int) -> str | None:
    """What is wrong with the order's parcel now: a code of PARCEL_CODES, or `exception` or `cancelled` where the
    courier said so itself; None when nothing is, or not yet."""
    row = order.row
    codes = (row.attention or "").split(",")
    since = row.attention_at
    for code in PARCEL_CODES:
        if code not in codes:
            continue
        if code == "stuck" and row.tracking_status in _SPOKEN:
            return row.tracking_status
        if code not in LEAST_SILENCE:
            return code
        # The row tells only the earliest of all its moments, so one that is first is known exactly.
        due = since is not None and since <= now
        if due and now - still_since(order) >= LEAST_SILENCE[code]:
            return code
    return None


def still_since(order: OrderDetail) -> int:
    """When the parcel last moved as far as anybody told, epoch ms."""
    row = order.row
    if order.collected_at is None and row.status == "AWAITING_COLLECTION":
        return order.shipped_at or row.updated_at
    return row.last_event_at or order.collected_at or order.shipped_at or row.updated_at


def ticket(order: OrderDetail, now: int, language: str = "id", zone: tzinfo = WIB) -> str | None:
    """The ticket about an order read in full, or None when nothing is wrong with its parcel."""
    kind = trouble(order, now)
    return None if kind is None else ticket_text(order, kind, now, language, zone)


def ticket_text(order: OrderDetail, kind: str, now: int, language: str = "id", zone: tzinfo = WIB) -> str:
    """The ticket of a kind of trouble. Raises KeyError for a kind or a language that is not known."""
    words = WORDS[language]
    parcel = _parcel(order, kind)
    number = (parcel.tracking_number if parcel else None) or order.row.tracking_number
    code = (parcel.courier if parcel else None) or order.row.courier
    told = (parcel.courier_name if parcel else None) or order.row.courier_name
    name = courier_name(code) if code else told or "?"
    lines = [f"{words[f'title.{kind}']}: {number or order.row.order_id} ({_line(name)})", ""]
    facts = [
        ("order", order.row.order_id),
        ("resi", number or words["no_resi"]),
        ("courier", _line(name)),
        ("to", ", ".join(_line(part) for part in (order.row.city, order.province) if part)),
        *_times(order, kind, now, words, zone),
    ]
    lines += [f"{words[key]}: {value}" for key, value in facts if value]
    lines += ["", f"{words['events']}:", *_events(order, number, words, zone), ""]
    if number:
        lines.append(f"{words['link']}: {link(code, number)}")
    lines += [f"{words['checked']}: {_when(now, words, zone)}", "", words[f"ask.{kind}"]]
    return "\n".join(lines)


def _times(
    order: OrderDetail, kind: str, now: int, words: Mapping[str, str], zone: tzinfo
) -> Iterator[tuple[str, str]]:
    for key, at in (
        ("arranged", order.shipped_at),
        ("scanned", order.collected_at),
        ("delivered", order.delivered_at if kind == "disputed" else None),
    ):
        if at is not None:
            yield key, _when(at, words, zone)
    if kind in LEAST_SILENCE:
        yield "silent", words["hours"].format(n=(now - still_since(order)) // HOUR)
    if kind in ("unscanned", "cancelled"):
        for key, at in (("scan_by", order.row.scan_by), ("cancel_at", order.cancel_at)):
            if at is not None:
                past = f" ({words['over']})" if at < now else ""
                yield key, _when(at, words, zone) + past


def _events(order: OrderDetail, number: str | None, words: Mapping[str, str], zone: tzinfo) -> Iterator[str]:
    ours = [event for event in order.events if event.tracking_number in (None, number)]
    if not ours:
        yield f"- {words['no_events']}"
    for event in ours[:EVIDENCE]:
        yield f"- {_event(event, words, zone)}"


def _event(event: EventRow, words: Mapping[str, str], zone: tzinfo) -> str:
    at = words["no_time"] if event.at is None else _when(event.at, words, zone)
    place = f" [{_line(event.location)}]" if event.location else ""
    return f"{at}  {_line(event.text)}{place}"


def _parcel(order: OrderDetail, kind: str) -> PackageRow | None:
    """The parcel the ticket is about: the one that shows the trouble, else the first."""
    shown = {"stuck": None, "unscanned": None, "disputed": "delivered"}.get(kind, kind)
    wanted = [parcel for parcel in order.parcels if shown and parcel.tracking_status == shown]
    return next(iter((*wanted, *order.parcels)), None)


def _when(at: int, words: Mapping[str, str], zone: tzinfo) -> str:
    """`24 Nov 2026 23.59 WIB`."""
    local = to_datetime(at, zone)
    name = _ZONES.get(getattr(zone, "key", ""), local.tzname() or "")
    month = words["months"].split()[local.month - 1]
    return f"{local.day} {month} {local.year} {local:%H.%M} {name}"


def _line(text: str | None) -> str:
    """Foreign text on one line, of bounded length."""
    one = " ".join((text or "").split())
    return one if len(one) <= LONGEST else one[: LONGEST - 1] + "…"
