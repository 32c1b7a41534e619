"""When there is a ticket to write, and what stands in it: to the letter, in both languages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs.parcels.tickets import WORDS, ticket, trouble
from store.attention import PARCEL_CODES
from store.times import DAY, HOUR, from_datetime
from store.views import EventRow, Key, OrderDetail, OrderRow, PackageRow

WIB = ZoneInfo("Asia/Jakarta")


def at(day: int, hour: int, minute: int = 0) -> int:
    """A moment of November 2026, WIB."""
    return from_datetime(datetime(2026, 11, day, hour, minute, tzinfo=WIB))


NOW = at(25, 19)
RESI = "JP1234567890"
PARCEL = PackageRow("115", None, "jnt", "J&T Express", RESI, "in_transit", None, None, None, None, None)
EVENTS = (
    EventRow(
        at(22, 8, 5), "in_transit", "Paket telah  sampai di\nBDG_GATEWAY", "BANDUNG", None, "tiktok", RESI
    ),
    EventRow(at(21, 16, 30), "picked_up", "Paket telah diterima oleh DC_JKT", None, None, "tiktok", None),
    EventRow(None, "unknown", "x" * 400, None, None, "tiktok", "LAIN"),
)


def detail(**told: Any) -> OrderDetail:
    """An order in transit that has not moved since Sunday at 8; `told` goes to the row or the detail."""
    row: dict[str, Any] = {
        "pk": 1, "key": Key(NOW, 1), "shop_id": 1, "order_id": "580000000000000001", "channel": "TIKTOK_SHOP",
        "status": "IN_TRANSIT", "raw_status": "IN_TRANSIT", "created_at": at(20, 9), "paid_at": at(20, 9),
        "updated_at": at(21, 17), "arrange_by": None, "scan_by": at(21, 23, 59), "buyer": "B*** S***",
        "city": "Kota Bandung", "summary": "1x Kaos", "units": 1, "total": 1, "currency": "IDR", "courier": "jnt",
        "courier_name": "J&T Express", "tracking_number": "JP1234567890", "tracking_status": "in_transit",
        "last_event_at": at(22, 8, 5), "packages": 1, "cod": False, "cancel_requested": False, "note": "rahasia",
        "note_seen_at": None, "confirmed_at": None, "action_state": None, "attention_at": at(25, 8, 5),
        "attention": "stuck",
    }  # fmt: skip
    whole: dict[str, Any] = {
        "shop": "toko-contoh", "province": "Jawa Barat", "address": "Jl. Mawar 1", "phone": "+628123456789",
        "seller_note": None, "payment_method": None, "subtotal": None, "shipping_fee": None,
        "deadline_source": None, "cancel_at": at(27, 23, 59), "shipped_at": at(21, 10), "collected_at": at(21, 16, 30),
        "delivered_at": None, "cancel_reason": None, "fulfillment_type": None, "shipping_type": None,
        "delivery_option": None, "confirmed_by": None, "tags": (), "items": (),
        "parcels": (PARCEL,), "events": EVENTS,
    }  # fmt: skip
    rows = {name: value for name, value in told.items() if name in row}
    rest = {name: value for name, value in told.items() if name not in row}
    return OrderDetail(row=OrderRow(**(row | rows)), **(whole | rest))


INDONESIAN = """\
Paket tidak bergerak: JP1234567890 (J&T Express)

Pesanan: 580000000000000001
Resi: JP1234567890
Kurir: J&T Express
Tujuan: Kota Bandung, Jawa Barat
Pengiriman diatur: 21 Nov 2026 10.00 WIB
Diterima kurir: 21 Nov 2026 16.30 WIB
Tanpa pergerakan: 82 jam

Riwayat kurir (terbaru di atas):
- 22 Nov 2026 08.05 WIB  Paket telah sampai di BDG_GATEWAY [BANDUNG]
- 21 Nov 2026 16.30 WIB  Paket telah diterima oleh DC_JKT

Halaman lacak: https://jet.co.id/track
Dicek: 25 Nov 2026 19.00 WIB

Mohon dicek posisi paket dan diteruskan. Bila hilang, mohon proses klaim."""


def test_the_ticket_to_the_letter() -> None:
    assert ticket(detail(), NOW) == INDONESIAN


def test_the_ticket_in_english() -> None:
    told = ticket(detail(), NOW, "en")
    assert told is not None
    assert told.startswith("Parcel does not move: JP1234567890 (J&T Express)\n\nOrder: 5800")
    assert "Without movement: 82 hours" in told


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", [*PARCEL_CODES, "exception", "cancelled"])
def test_no_ticket_names_the_buyer(kind: str, language: str) -> None:
    courier_says = {"exception": "exception", "cancelled": "cancelled"}.get(kind, "in_transit")
    code = "stuck" if courier_says != "in_transit" else kind
    order = detail(
        attention=code, attention_at=at(21, 12), tracking_status=courier_says, shipped_at=at(20, 10)
    )
    assert trouble(order, NOW) == kind
    told = ticket(order, NOW, language)
    assert told is not None
    assert WORDS[language][f"ask.{kind}"] in told
    for private in ("Mawar", "8123456789", "B***", "rahasia", "{"):
        assert private not in told


def test_a_parcel_nobody_scanned_tells_its_clocks() -> None:
    order = detail(
        status="AWAITING_COLLECTION", attention="scan_soon,unscanned", attention_at=at(21, 18), collected_at=None,
        tracking_status=None, last_event_at=None, events=(), shipped_at=at(24, 7, 30),
    )  # fmt: skip
    told = ticket(order, NOW)
    assert told is not None
    assert "Tanpa pergerakan: 35 jam" in told
    assert "Batas scan: 21 Nov 2026 23.59 WIB (sudah lewat)" in told
    assert "Batal otomatis: 27 Nov 2026 23.59 WIB\n" in told
    assert "- Belum ada catatan dari kurir." in told


def test_a_disputed_parcel_tells_when_it_was_delivered() -> None:
    order = detail(status="DELIVERED", attention="disputed,return", attention_at=NOW, delivered_at=at(24, 13))
    assert "Terkirim: 24 Nov 2026 13.00 WIB" in (ticket(order, NOW) or "")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, "stuck"),
        ({"attention": None, "attention_at": None}, None),
        ({"attention": "return"}, None),
        ({"attention_at": NOW}, "stuck"),
        ({"attention_at": NOW + 1}, None),
        # In the action tab for another reason, and still for less than a day.
        ({"attention": "return,stuck", "last_event_at": NOW - DAY + 1}, None),
        ({"attention": "return,stuck", "last_event_at": NOW - DAY}, "stuck"),
        ({"tracking_status": "exception", "attention_at": NOW}, "exception"),
        ({"attention": "stuck,disputed"}, "disputed"),
        ({"attention": "returning", "attention_at": NOW}, "returning"),
        (
            {"status": "AWAITING_COLLECTION", "attention": "scan_soon,unscanned", "collected_at": None,
             "shipped_at": NOW - 11 * HOUR, "attention_at": NOW - HOUR},
            None,
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_now(told: dict[str, Any], expected: str | None) -> None:
    assert trouble(detail(**told), NOW) == expected
    assert (ticket(detail(**told), NOW) is None) == (expected is None)


def test_an_order_of_which_little_is_known_has_a_ticket_too() -> None:
    bare = detail(
        courier=None, courier_name=None, tracking_number=None, city=None, province=None, parcels=(), events=(),
        shipped_at=None, collected_at=None, last_event_at=None,
    )  # fmt: skip
    told = ticket(bare, NOW)
    assert told is not None
    assert "Resi: belum ada" in told
    assert "Halaman lacak" not in told


def test_one_courier_row_stays_one_short_line() -> None:
    row = EventRow(NOW, "in_transit", "y " * 4_000, "z\n" * 300, None, "tiktok", None)
    (line,) = [
        line for line in (ticket(detail(events=(row,)), NOW) or "").split("\n") if line.startswith("- ")
    ]
    assert len(line) < 400


def test_both_languages_hold_the_same_words() -> None:
    assert WORDS["id"].keys() == WORDS["en"].keys()
