"""SPX's page: codes before milestones, internal rows, its wire."""

from __future__ import annotations

import pytest

from couriers.base import Outcome, Parcel
from couriers.http import CourierHttp
from couriers.providers import spx
from tests.couriers.courier_kit import parcel
from tests.couriers.source_kit import question, reading, wire_of

NUMBER = "SPXID090000000017"


async def test_the_question() -> None:
    sent = await question("spx", Parcel(NUMBER), base=None)
    assert (sent.method, sent.url) == ("GET", "https://spx.co.id" + spx.PATH)
    assert (sent.params, sent.headers) == ({"spx_tn": NUMBER, "language_code": "id"}, {})


@pytest.mark.parametrize(
    ("code", "text", "milestone", "status"),
    [
        ("A000", "catatan", 1, "pending"),
        ("F050", "Penjemputan dijadwalkan ulang", 1, "pending"),
        ("F100", "catatan", 5, "picked_up"),
        ("F430", "catatan", 5, "in_transit"),
        ("F599", "Pesanan tiba di hub.", 5, "in_transit"),
        ("F600", "catatan", 6, "out_for_delivery"),
        ("F650", "catatan", 6, "delivery_failed"),
        ("F673", "catatan", 6, "returning"),
        ("F980", "catatan", 8, "delivered"),
        ("F980", "Paket retur telah diterima oleh pengirim", 8, "returned"),
        ("F999", "catatan", 10, "returned"),
        ("F601", "Kurir gagal antar", 6, "delivery_failed"),
        ("F601", "catatan", 6, "out_for_delivery"),
        ("F601", "catatan", None, "unknown"),
    ],
)
def test_a_row(code: str, text: str, milestone: object, status: str) -> None:
    row = {"tracking_code": code, "description": text, "actual_time": 1_795_140_900, "display_flag": 1}
    records = [row | {"milestone_code": milestone, "current_location": {"location_name": "Hub"}}]
    body = {"retcode": 0, "data": {"sls_tracking_info": {"records": records}}}
    (event,) = reading(spx.parse, NUMBER)(body).events
    assert (event.status, event.at, event.location) == (status, 1_795_140_900_000, "Hub")


@pytest.mark.parametrize("at", [None, "soon", 0, -1, True, 1.5, 10**30, 1_795_140_900_000])
def test_a_time_that_is_none(at: object) -> None:
    row = {"tracking_code": "F600", "description": "x", "actual_time": at}
    body = {"retcode": 0, "data": {"sls_tracking_info": {"records": [row]}}}
    assert reading(spx.parse, NUMBER)(body).events[0].at is None


async def test_the_wire(http: CourierHttp) -> None:
    texts = ("SEDANG DIKEMAS", "TELAH TIBA DI HUB", "SEDANG DIANTAR", "GAGAL ANTAR")
    known = parcel(NUMBER, "spx", texts)
    right, _, other = await wire_of("spx", known, http)
    assert (right.status, [event.text for event in right.events]) == ("delivery_failed", list(texts))
    assert other.outcome is Outcome.UNAVAILABLE  # cannot be told from a failure, so it is asked again
