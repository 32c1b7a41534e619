"""Pos Indonesia: three shapes of reply, two meanings of an event, its wire."""

from __future__ import annotations

import json

import pytest

from couriers.base import Outcome, Parcel
from couriers.http import CourierHttp
from couriers.providers import pos
from tests.couriers.courier_kit import parcel
from tests.couriers.source_kit import SECRET, question, reading, wire_of

NUMBER = "P9000000016"


async def test_the_question() -> None:
    sent = await question("pos", Parcel(NUMBER), "https://courier.example/api/tracking")
    assert (sent.method, sent.url) == ("POST", "https://courier.example/api/tracking")
    assert json.loads(sent.content) == {"barcode": NUMBER}
    assert sent.headers["Authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    ("event", "described", "word", "status"),
    [
        ("PRA COLLECTING", "", "-", "pending"),
        ("PENERIMAAN DI LOKET", "Diterima di BANDUNG", "-", "picked_up"),
        ("MANIFEST TERIMA", "", "-", "in_transit"),
        ("DALAM PROSES", "Tiba di SPP BANDUNG~~ SPP 40400", "-", "in_transit"),
        ("DALAM PROSES", "", "Antaran", "out_for_delivery"),
        ("DALAM PROSES", "Proses antar di BANDUNG~~ ", "-", "out_for_delivery"),
        ("DALAM PROSES", "Retur ke pengirim", "-", "returning"),
        ("dalam  proses", "Paket hilang", "-", "exception"),
        ("PROSES ANTAR", "", "-", "out_for_delivery"),
        ("SELESAI ANTAR", "Diterima oleh YBS~~ Kantor Pos BANDUNG", "-", "delivered"),
        ("SELESAI ANTAR", "", "-", "delivered"),
        ("SELESAI ANTAR", "", "Antaran", "delivered"),
        ("SELESAI ANTAR", "Antar Ulang di BANDUNG~~ Rumah kosong", "-", "delivery_failed"),
        ("SELESAI ANTAR", "Belum diterima", "-", "delivery_failed"),
        ("SELESAI ANTAR", "Gagal", "-", "delivery_failed"),
        ("SELESAI ANTAR", "Dikembalikan ke pengirim", "-", "returning"),
        ("CATATAN LAIN", "", "-", "unknown"),
    ],
)
def test_a_row(event: str, described: str, word: str, status: str) -> None:
    row = {"eventDate": "2026-11-20 09:15:00", "eventName": event, "description": described, "status": word}
    body = {"response": {"data": [row | {"officeName": "BANDUNG"}]}}
    (seen,) = reading(pos.parse, NUMBER)(body).events
    assert (seen.status, seen.at, seen.location) == (status, 1_795_140_900_000, "BANDUNG")
    assert "~~" not in seen.text


async def test_the_wire(http: CourierHttp) -> None:
    known = parcel(NUMBER, "pos", ("PRA COLLECTING", "PROSES ANTAR", "ANTAR ULANG, RUMAH KOSONG"))
    right, wrong, other = await wire_of("pos", known, http)
    assert (right.status, right.events[-1].code) == ("delivery_failed", "SELESAI ANTAR")
    assert (wrong.outcome, other.outcome) == (Outcome.UNAUTHORIZED, Outcome.NOT_FOUND)
