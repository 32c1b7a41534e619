"""AnterAja: its two keys, its codes, its UTC, its wire."""

from __future__ import annotations

import json

import pytest

from couriers.base import Outcome, Parcel
from couriers.http import CourierHttp
from couriers.providers import anteraja
from couriers.sandbox import API_KEY
from tests.couriers.courier_kit import parcel
from tests.couriers.source_kit import question, reading, wire_of

NUMBER = "10009000000014"


async def test_the_question() -> None:
    sent = await question("anteraja", Parcel(NUMBER))
    assert (sent.method, sent.url) == ("POST", "https://courier.example/tracking")
    assert {"access-key-id", "secret-access-key", "Content-Type"} == set(sent.headers)
    assert json.loads(sent.content) == {"waybill_no": NUMBER}


@pytest.mark.parametrize(
    ("code", "text", "status"),
    [
        (100, "Pickup sudah di-request oleh shipper", "pending"),
        (150, "catatan", "pending"),
        (400, "Tugas dijadwalkan ulang", "pending"),
        (200, "Parcel sudah diterima oleh SATRIA", "picked_up"),
        ("332", "catatan", "in_transit"),
        (230, "Parcel sudah tiba di SS Tebet untuk proses delivery", "in_transit"),
        (240, "SATRIA sudah ditugaskan dan parcel akan segera diantar", "out_for_delivery"),
        (250, "Delivery sukses oleh SATRIA", "delivered"),
        (250, "Parcel sudah diterima oleh SATRIA", "picked_up"),
        (261, "catatan", "unknown"),
        (None, "Parcel sedang diproses di Hub Cawang", "in_transit"),
    ],
)
@pytest.mark.parametrize("written", ["2026-11-20T02:15:00.000+0000", "2026-11-20T02:15:00.000"])
def test_a_row(code: object, text: str, status: str, written: str) -> None:
    row = {"hub_name": "Hub", "message": {"id": text}, "tracking_code": code, "timestamp": written}
    body = {"status": 200, "content": {"history": [row], "order": None}}
    (event,) = reading(anteraja.parse, NUMBER)(body).events
    assert (event.status, event.at, event.location) == (status, 1_795_140_900_000, "Hub")
    assert event.zone_assumed == (not written.endswith("0000"))


async def test_the_wire(http: CourierHttp) -> None:
    known = parcel(NUMBER, "anteraja", ("DI-REQUEST PICK UP", "TELAH TIBA DI HUB", "TERKIRIM"))
    right, wrong, other = await wire_of("anteraja", known, http, access_key_id=API_KEY)
    assert (right.status, right.delivered_at) == ("delivered", known.steps[-1].at)
    assert (wrong.outcome, other.outcome) == (Outcome.UNAUTHORIZED, Outcome.NOT_FOUND)
