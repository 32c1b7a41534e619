"""KiriminAja: the question, bodies of every quality, and its habits over real sockets."""

from __future__ import annotations

import json

import pytest

from couriers.base import Outcome, Parcel, TrackEvent
from couriers.http import CourierHttp
from couriers.providers import kiriminaja as adapter
from couriers.sandbox import API_KEY, base_of
from store.times import HOUR
from tests.couriers.courier_kit import JNT, NOW, parcel, sandbox
from tests.couriers.source_kit import bodies, faked, read_in_time, reading

JOURNEY = ("Paket dibuat oleh KiriminAja", "TELAH DIAMBIL: DROP POINT [PATI]", "SEDANG DIANTAR")

parse = reading(adapter.parse, courier="jnt")


def success(*histories: object) -> dict[str, object]:
    return {"status": True, "details": {}, "histories": list(histories)}


def test_the_question() -> None:
    assert adapter.request(Parcel(JNT)) == adapter.Question(JNT)
    assert adapter.request(Parcel("N" * adapter.LONGEST)) is not None


@pytest.mark.parametrize("number", ["", "N" * (adapter.LONGEST + 1)])
def test_what_cannot_be_its_number_is_not_asked(number: str) -> None:
    assert adapter.request(Parcel(number, "jnt")) is None


@pytest.mark.parametrize("courier", ["jnt", "lex", None])
def test_every_courier_is_worth_a_question(courier: str | None) -> None:
    assert faked("kiriminaja", "http://127.0.0.1:1").covers(courier)


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        (100, "unknown", None),
        (200, "unknown", None),
        (101, "pending", None),
        (302, "cancelled", None),
        (301, "exception", "refused"),
        ("401", "returning", None),
        (405, "returning", None),
        (333, "exception", "destroyed"),
        (555, "exception", "customs"),
        (701, "exception", "lost"),
        (702, "exception", "damaged"),
        (999, "unknown", None),
    ],
)
def test_a_code_under_a_silent_text(code: object, status: str, reason: str | None) -> None:
    row = {"created_at": "2026-11-20 10:00:00", "status": "Foto diunggah", "status_code": code}
    result = parse(success(row))
    assert (result.status, result.reason) == (status, reason)


@bodies(
    (b'{"status":true,"hist', 200, Outcome.BAD_REPLY),
    (b'{"status":true}', 200, Outcome.BAD_REPLY),
    (b'{"status":true,"histories":{}}', 200, Outcome.BAD_REPLY),
    (b'{"status":true,"histories":null}', 200, Outcome.OK),
    (b'{"status":true,"details":{}}', 200, Outcome.OK),
    (b'{"status":false}', 200, Outcome.NOT_FOUND),
    (b'{"status":"false","text":"Data Not Found"}', 200, Outcome.NOT_FOUND),
    (b'{"status":false,"code":"2","text":"limit"}', 400, Outcome.NOT_FOUND),
    (b'{"status":false,"code":2}', 503, Outcome.UNAVAILABLE),
    (b'{"status":false,"text":"Saldo habis"}', 200, Outcome.QUOTA_EXCEEDED),
)
def test_a_strange_body_has_an_outcome(body: bytes, status: int, right: Outcome) -> None:
    result = parse(body, status)
    assert (result.outcome, result.status, result.events) == (right, "unknown", ())


def test_a_hundred_thousand_rows_are_read_in_time() -> None:
    rows = [
        {"created_at": f"2026-11-0{1 + n % 9} 09:00:00", "status": f"TELAH TIBA {n}", "status_code": 100}
        for n in range(100_000)
    ]
    newest = {"created_at": "2026-11-20 10:00:00", "status": "TERKIRIM", "status_code": 200}
    read_in_time(parse, success(newest, *rows), 1)


async def test_a_journey_over_http(http: CourierHttp) -> None:
    with sandbox(parcel(texts=JOURNEY)) as base:
        result = await faked("kiriminaja", base).track(http, Parcel(JNT), NOW)
    assert (result.outcome, result.status, result.courier) == (Outcome.OK, "out_for_delivery", None)
    assert [event.text for event in result.events] == list(JOURNEY)
    newest = TrackEvent(NOW - HOUR, result.status, "SEDANG DIANTAR", code="100", zone_assumed=True)
    assert result.events[-1] == newest


async def test_the_time_of_a_delivery_is_the_row_s(http: CourierHttp) -> None:
    known = parcel(texts=(*JOURNEY, "TERKIRIM"))
    with sandbox(known) as base:
        result = await faked("kiriminaja", base).track(http, Parcel(JNT, "jnt"), NOW)
    assert (result.status, result.delivered_at) == ("delivered", NOW - HOUR)


async def test_refunded_is_back_at_the_sender(http: CourierHttp) -> None:
    known = parcel(texts=(*JOURNEY, "TERKIRIM", "PAKET DIRETUR KE PENGIRIM", "PAKET RETUR TELAH DITERIMA"))
    with sandbox(known) as base:
        result = await faked("kiriminaja", base).track(http, Parcel(JNT, "jnt"), NOW)
    assert (result.status, result.delivered_at) == ("returned", None)


async def test_the_sandbox_wants_a_bearer_and_json(http: CourierHttp) -> None:
    with sandbox(parcel()) as base:
        url = base_of("kiriminaja", base) + adapter.PATH
        key = {"Authorization": f"Bearer {API_KEY}"}
        sends_json = {**key, "Content-Type": "application/json"}
        question = json.dumps({"order_id": JNT}).encode()
        replies = [
            await http.send("POST", url, headers=sends_json, content=question),
            await http.send("POST", url, headers={**sends_json, "Authorization": API_KEY}, content=question),
            await http.send("POST", url, headers=key, content=question),
            await http.send("POST", url, headers=sends_json, content=b'{"awb":"x"}'),
            await http.send("POST", url, headers=sends_json, content=b'{"order_id":"' + b"9" * 21 + b'"}'),
            await http.send("GET", url, headers=key),
        ]
    assert [reply.status for reply in replies] == [200, 401, 415, 422, 422, 405]
    told = json.loads(replies[0].body)
    assert {row["status_code"] for row in told["histories"]} == {100}
