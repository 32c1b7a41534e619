"""JNE: its form, its codes, its wire."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from couriers.base import Outcome, Parcel
from couriers.http import CourierHttp
from couriers.providers import jne
from tests.couriers.courier_kit import NOW, parcel, sandbox
from tests.couriers.source_kit import SECRET, built, faked, question, reading

NUMBER = "010990012345681"


async def test_the_question() -> None:
    sent = await question("jne", Parcel(NUMBER))
    assert (sent.method, sent.params) == ("POST", None)
    assert sent.url == f"https://courier.example/tracing/api/list/v1/cnote/{NUMBER}"
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert dict(parse_qsl(sent.content.decode())) == {"username": SECRET, "api_key": SECRET}
    assert "%2F" in (await question("jne", Parcel("01/99"))).url


@pytest.mark.parametrize(
    ("code", "text", "status"),
    [
        ("PU0", "catatan", "picked_up"),
        ("RC1", "SHIPMENT RECEIVED BY JNE COUNTER OFFICER AT [JAKARTA]", "picked_up"),
        ("OP3", "catatan", "in_transit"),
        ("TP1", "catatan", "in_transit"),
        ("IP2", "RECEIVED AT INBOUND STATION [SURABAYA]", "in_transit"),
        ("IP3", "catatan", "out_for_delivery"),
        ("D07", "catatan", "delivered"),
        ("D07", "RECEIVED AT WAREHOUSE", "in_transit"),
        ("OP2", "PROCESSED AT SORTING CENTER [RETUR]", "in_transit"),
        ("OP2", "RETURN TO SHIPPER", "returning"),
        ("U01", "catatan", "delivery_failed"),
        ("R24", "catatan", "returning"),
        ("R24", "RETURNED TO SHIPPER", "returned"),
        ("RCX", "catatan", "returning"),
        ("D", "catatan", "unknown"),
        ("XX1", "catatan", "unknown"),
        (None, "WITH DELIVERY COURIER [SURABAYA]", "out_for_delivery"),
    ],
)
def test_a_row(code: str | None, text: str, status: str) -> None:
    row = {"date": "20-11-2026 09:15", "desc": text, "code": code}
    (event,) = reading(jne.parse, NUMBER)({"cnote": {}, "history": [row]}).events
    assert (event.status, event.at, event.zone_assumed, event.code) == (status, 1_795_140_900_000, True, code)


async def test_the_wire(http: CourierHttp) -> None:
    known = parcel(NUMBER, "jne", ("PICKED UP", "WITH DELIVERY COURIER", "DELIVERED TO [SITI]"))
    with sandbox(known) as root:
        right = await faked("jne", root).track(http, Parcel(NUMBER), NOW)
        wrong = await built("jne", f"{root}/jne").track(http, Parcel(NUMBER), NOW)
        asked_with_get = await http.send("GET", f"{root}/jne{jne.PATH}{NUMBER}")
        other = await faked("jne", root).track(http, Parcel("000"), NOW)
    minute = 60_000
    assert (right.status, right.delivered_at) == ("delivered", known.steps[-1].at // minute * minute)
    assert (wrong.outcome, other.outcome) == (Outcome.UNAUTHORIZED, Outcome.NOT_FOUND)
    assert other.message == "Cnote No. Not Found."
    assert asked_with_get.status == 405
