"""Lion Parcel: whose POD it is, its codes, its wire."""

from __future__ import annotations

from base64 import b64decode

import pytest

from couriers.base import Outcome, Parcel
from couriers.http import CourierHttp
from couriers.providers import lion
from tests.couriers.courier_kit import parcel
from tests.couriers.source_kit import SECRET, question, reading, wire_of

NUMBER = "88LP9000000000015"
POD = "PAKETMU TELAH SAMPAI DI TUJUAN & DITERIMA OLEH PENERIMA (YBS)"


async def test_the_question() -> None:
    sent = await question("lion", Parcel(NUMBER))
    assert (sent.method, sent.url) == ("GET", "https://courier.example/v3/stt/track")
    assert sent.params == {"q": NUMBER}
    kind, told = sent.headers["Authorization"].split()
    assert (kind, b64decode(told).decode()) == ("Basic", f"{SECRET}:{SECRET}")


@pytest.mark.parametrize(
    ("code", "leg", "text", "status"),
    [
        ("SHPCRT", "", "PENGIRIMANMU TELAH DIBUAT", "pending"),
        ("BKD", "", "PAKETMU TELAH DIPROSES OLEH AGEN LION PARCEL", "picked_up"),
        ("sti-dest", "", "catatan", "in_transit"),
        ("TRUCK_ARRIVED", "", "catatan", "in_transit"),
        ("KONDISPATCH", "", "catatan", "out_for_delivery"),
        ("POD", "", POD, "delivered"),
        ("POD", None, POD, "delivered"),
        ("POD", "Reroute", "catatan", "delivered"),
        ("POD", "return", POD, "returned"),
        ("POD", "RETURNHQ", POD, "returned"),
        ("POD", "claim", POD, "unknown"),
        ("POD", [], POD, "unknown"),
        ("POD", "", "PAKETMU DIKEMBALIKAN KE PENGIRIM", "returning"),
        ("XYZ", "", POD, "unknown"),
        ("STI", "return", "catatan", "returning"),
        ("DEL", "cancel", "catatan", "returning"),
        ("DEL", "reroute", "catatan", "out_for_delivery"),
        ("RTSHQ", "", "catatan", "returning"),
        ("CSTCNC", "", "catatan", "cancelled"),
        ("STT ADJUSTED", "", "TERKIRIM", "unknown"),
        ("HND", "", "PAKET AKAN DIKIRIMKAN OLEH (PT POS)", "in_transit"),
    ],
)
def test_a_row(code: str, leg: object, text: str, status: str) -> None:
    row = {"datetime": "2026-11-20T09:15:00+07:00", "status_code": code, "remarks": text, "city": "JAKARTA"}
    body = {"stts": [{"stt_no": NUMBER, "history": [row | {"stt_journey_type": leg}]}]}
    (event,) = reading(lion.parse, NUMBER)(body).events
    assert (event.status, event.at, event.zone_assumed) == (status, 1_795_140_900_000, False)


def test_of_several_shipments_none_speaks_for_another() -> None:
    pod = {"datetime": "2026-11-20T09:15:00+07:00", "status_code": "POD", "remarks": POD}
    stts = [{"stt_no": f"88LP{place}", "history": [pod]} for place in range(2)]
    read = reading(lion.parse, NUMBER)
    assert read({"stts": stts}).outcome is Outcome.NOT_FOUND
    assert read({"stts": stts[:1]}).status == "delivered"  # asked by its shipment id or own reference
    assert reading(lion.parse, "88lp1")({"stts": stts}).status == "delivered"


async def test_the_wire(http: CourierHttp) -> None:
    texts = ("PENGIRIMANMU TELAH DIBUAT", "AKAN DIKEMBALIKAN KE PENGIRIM", "RETUR TELAH DITERIMA")
    known = parcel(NUMBER, "lion", texts)
    right, wrong, other = await wire_of("lion", known, http)
    assert (right.status, right.delivered_at, right.events[-1].code) == ("returned", None, "POD")
    assert (wrong.outcome, other.outcome) == (Outcome.UNAUTHORIZED, Outcome.NOT_FOUND)
