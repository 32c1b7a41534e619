"""SiCepat: its header, its codes, its wire."""

from __future__ import annotations

import pytest

from couriers.base import Outcome, Parcel
from couriers.http import CourierHttp
from couriers.providers import sicepat
from tests.couriers.courier_kit import parcel
from tests.couriers.source_kit import SECRET, question, reading, wire_of

NUMBER = "009000000024"


async def test_the_question() -> None:
    sent = await question("sicepat", Parcel(NUMBER))
    assert (sent.method, sent.url) == ("GET", "https://courier.example/customer/waybill")
    assert (sent.params, sent.headers) == ({"waybill": NUMBER}, {"api-key": SECRET})


@pytest.mark.parametrize(
    ("code", "text", "status"),
    [
        ("PICKREQ", "catatan", "pending"),
        ("PICK", "Paket telah di pick up oleh [SIGESIT - BUDI]", "picked_up"),
        ("IN", "Paket telah di input (manifested) di Jakarta Barat [Jakbar Hub]", "in_transit"),
        ("IN", "PAKET TELAH DI TERIMA DI SEMARANG [SEMARANG HUB]", "in_transit"),
        ("OUT", "Paket keluar dari Jakarta Barat", "in_transit"),
        ("ANT", "Paket dibawa [SIGESIT - BUDI]", "out_for_delivery"),
        ("DELIVERED", "Paket diterima oleh [SITI - (KEL) KELUARGA]", "delivered"),
        ("DELIVERED", "Paket dikembalikan ke pengirim", "returning"),
        ("HILANG", "catatan", "exception"),
        ("AU", "catatan", "delivery_failed"),
        ("RETUR", "catatan", "returning"),
        ("UNPICK", "catatan", "pending"),
        ("CODA", "catatan", "unknown"),
        ("in", "catatan", "unknown"),
    ],
)
def test_a_row(code: str, text: str, status: str) -> None:
    row = {"date_time": "2026-11-20 09:15", "status": code, "city": text}
    body = {"sicepat": {"status": {"code": "200"}, "result": {"track_history": [row]}}}
    (event,) = reading(sicepat.parse, NUMBER)(body).events
    assert (event.status, event.at, event.text) == (status, 1_795_140_900_000, text)
    assert event.reason == ("lost" if code == "HILANG" else None)


def test_a_code_alone_is_its_own_text() -> None:
    row = {"date_time": "2026-11-20 09:15", "status": "ANT", "city": None}
    body = {"sicepat": {"status": {"code": 200}, "result": {"track_history": [row]}}}
    assert reading(sicepat.parse, NUMBER)(body).events[0].text == "ANT"


async def test_the_wire(http: CourierHttp) -> None:
    known = parcel(NUMBER, "sicepat", ("PICKREQ", "SEDANG DIANTAR", "TERKIRIM"))
    right, wrong, other = await wire_of("sicepat", known, http)
    assert (right.status, right.events[-1].code) == ("delivered", "DELIVERED")
    assert (wrong.outcome, other.outcome) == (Outcome.UNAUTHORIZED, Outcome.NOT_FOUND)
    assert other.message == "Can't get waybill from database"
