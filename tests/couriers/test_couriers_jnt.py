"""J&T, by its partner API and by its web page: what they send, code by code, and their wires."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest

from couriers.base import Outcome, Parcel
from couriers.http import CourierHttp
from couriers.providers import jnt, jnt_web
from couriers.sandbox import API_KEY
from tests.couriers.courier_kit import JNT, NOW, parcel, sandbox
from tests.couriers.source_kit import SECRET, faked, question, reading, wire_of

JOURNEY = ("Manifes", "Paket telah diambil", "Paket akan dikirim ke alamat penerima", "Paket telah diterima")


async def test_the_question() -> None:
    sent = await question("jnt", Parcel(JNT), "https://courier.example/track/api/")
    assert (sent.method, sent.url) == ("POST", "https://courier.example/track/api")
    assert json.loads(sent.content) == {"awb": JNT, "eccompanyid": SECRET}
    assert sent.headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("phone", "digits"), [("0812-3456-7890", "7890"), (None, None), ("0812****90", None)]
)
async def test_the_question_of_the_page(phone: str | None, digits: str | None) -> None:
    sent = await question("jnt_web", Parcel(JNT, phone=phone))
    fields = dict(parse_qsl(sent.content.decode()))
    assert (sent.method, sent.url) == ("POST", "https://courier.example/index/router/index.html")
    assert (fields["data[billcode]"], fields.get("data[phone]")) == (JNT, digits)


@pytest.mark.parametrize(
    ("code", "text", "note", "status"),
    [
        (101, "Manifes", "", "pending"),
        (100, "Paket telah diterima oleh DC_CIMAHI", "", "picked_up"),
        (100, "Paket telah diterima oleh SIDOARJO", "", "picked_up"),
        (100, "Paket telah sampai di GATEWAY_BANDUNG", "", "in_transit"),
        (100, "Paket akan dikirim ke alamat penerima", "", "out_for_delivery"),
        (100, "catatan", "", "unknown"),
        (200, "Paket telah diterima", "", "delivered"),
        ("200", "catatan", "", "delivered"),
        (200, "Paket telah diterima oleh DC_CIMAHI", "", "picked_up"),
        (150, "Paket ditunda", "Rumah kosong", "delivery_failed"),
        (163, "catatan", "", "exception"),
        (402, "catatan", "", "returning"),
        (None, "Paket telah diterima", "", "unknown"),
        (999, "Paket telah diterima", "", "unknown"),
    ],
)
def test_a_row(code: object, text: str, note: str, status: str) -> None:
    row = {"date_time": "2026-11-20 09:15:00", "status": text, "status_code": code, "note": note}
    (event,) = reading(jnt.parse, JNT)({"awb": JNT, "history": [row | {"city_name": "BANDUNG"}]}).events
    assert (event.status, event.at, event.location) == (status, 1_795_140_900_000, "BANDUNG")


@pytest.mark.parametrize(
    ("code", "text", "status"),
    [
        ("1", "catatan", "picked_up"),
        (2, "catatan", "in_transit"),
        ("3", "Paket telah diterima oleh DC_CIMAHI", "in_transit"),
        ("4", "catatan", "out_for_delivery"),
        ("5", "catatan", "delivered"),
        ("5", "Paket telah diterima oleh DC_CIMAHI", "picked_up"),
        ("6", "Alamat tidak ditemukan", "delivery_failed"),
        ("6", "catatan", "exception"),
        ("", "Paket telah diterima", "unknown"),
        (None, "Paket telah diterima", "unknown"),
    ],
)
def test_a_row_of_the_page(code: object, text: str, status: str) -> None:
    row = {"scantime": "2026-11-20 09:15:00", "scanscode": code, "desc": text}
    body = {"success": True, "data": json.dumps({"details": [row]})}
    (event,) = reading(jnt_web.parse, JNT)(body).events
    assert (event.status, event.at) == (status, 1_795_140_900_000)


async def test_the_wire(http: CourierHttp) -> None:
    known = parcel(texts=JOURNEY)
    right, wrong, other = await wire_of("jnt", known, http, username=API_KEY, password=API_KEY)
    seconds = 1_000
    assert (right.status, right.delivered_at) == ("delivered", known.steps[-1].at // seconds * seconds)
    assert [event.code for event in right.events] == ["101", "100", "100", "200"]
    assert (wrong.outcome, other.outcome) == (Outcome.UNAUTHORIZED, Outcome.NOT_FOUND)


async def test_the_wire_of_the_page(http: CourierHttp) -> None:
    known = parcel(texts=JOURNEY, phone="081234567890")
    with sandbox(known) as root:
        page = faked("jnt_web", root)
        right = await page.track(http, Parcel(JNT, phone="+62 812 3456 7890"), NOW)
        without = await page.track(http, Parcel(JNT), NOW)
        other = await page.track(http, Parcel("JP0"), NOW)
    assert (right.status, right.source, right.courier) == ("delivered", "jnt_web", "jnt")
    assert (without.outcome, other.outcome) == (Outcome.NEEDS_PHONE, Outcome.NOT_FOUND)
