"""KiriminAja: the question, bodies of every quality, and its habits over real sockets."""

from __future__ import annotations

import json
import time

import pytest

from couriers.base import Outcome, Parcel, RawReply, TrackEvent, TrackingResult
from couriers.http import CourierHttp
from couriers.providers import kiriminaja as adapter
from couriers.registry import ProviderConfig
from couriers.sandbox import API_KEY, base_of, make_app
from couriers.status import KEPT_ROWS
from store.times import HOUR
from tests.couriers.courier_kit import JNT, NOW, parcel, serving

JOURNEY = ("Paket dibuat oleh KiriminAja", "TELAH DIAMBIL: DROP POINT [PATI]", "SEDANG DIANTAR")


def kiriminaja(base: str) -> adapter.KiriminAja:
    return adapter.KiriminAja(ProviderConfig(base_of("kiriminaja", base), {"api_key": API_KEY}))


def parse(body: bytes, status: int = 200, **headers: str) -> TrackingResult:
    return adapter.parse(RawReply(status, headers, body), Parcel(JNT, "jnt"), NOW)


def success(*histories: object, **details: object) -> bytes:
    return json.dumps({"status": True, "details": details, "histories": list(histories)}).encode()


def test_the_question() -> None:
    assert adapter.request(Parcel(JNT)) == adapter.Question(JNT)
    assert adapter.request(Parcel("N" * adapter.LONGEST)) is not None


@pytest.mark.parametrize("number", ["", "N" * (adapter.LONGEST + 1)])
def test_what_cannot_be_its_number_is_not_asked(number: str) -> None:
    assert adapter.request(Parcel(number, "jnt")) is None


@pytest.mark.parametrize("courier", ["jnt", "lex", None])
def test_every_courier_is_worth_a_question(courier: str | None) -> None:
    assert kiriminaja("http://127.0.0.1:1").covers(courier)


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


@pytest.mark.parametrize(
    ("body", "status", "right"),
    [
        (b"", 200, Outcome.UNAVAILABLE),
        (b"<html>Bad Gateway</html>", 200, Outcome.UNAVAILABLE),
        (b"", 401, Outcome.UNAUTHORIZED),
        (b"<html>slow down</html>", 429, Outcome.RATE_LIMITED),
        (b'{"status":true,"hist', 200, Outcome.BAD_REPLY),
        (b"[1,2]", 200, Outcome.BAD_REPLY),
        (b"{}", 200, Outcome.BAD_REPLY),
        (b'{"status":true}', 200, Outcome.BAD_REPLY),
        (b'{"status":true,"histories":{}}', 200, Outcome.BAD_REPLY),
        (b'{"status":true,"histories":null}', 200, Outcome.OK),
        (b'{"status":true,"details":{}}', 200, Outcome.OK),
        (b'{"status":false}', 200, Outcome.NOT_FOUND),
        (b'{"status":"false","text":"Data Not Found"}', 200, Outcome.NOT_FOUND),
        (b'{"status":false,"code":"2","text":"limit"}', 400, Outcome.NOT_FOUND),
        (b'{"status":false,"code":2}', 503, Outcome.UNAVAILABLE),
        (b'{"status":false,"text":"Saldo habis"}', 200, Outcome.QUOTA_EXCEEDED),
        (b'{"a":' * 100_000, 200, Outcome.BAD_REPLY),
    ],
    ids=range(17),
)
def test_a_strange_body_has_an_outcome(body: bytes, status: int, right: Outcome) -> None:
    result = parse(body, status)
    assert (result.outcome, result.status) == (right, "unknown")


def test_how_long_to_wait_is_passed_on() -> None:
    assert parse(b'{"status":false}', 429, **{"retry-after": "7"}).retry_after == 7


def test_a_hundred_thousand_rows_are_read_in_time() -> None:
    rows = [
        {"created_at": f"2026-11-0{1 + n % 9} 09:00:00", "status": f"TELAH TIBA {n}", "status_code": 100}
        for n in range(100_000)
    ]
    newest = {"created_at": "2026-11-20 10:00:00", "status": "TERKIRIM", "status_code": 200}
    body = success(newest, *rows)
    began = time.perf_counter()
    result = parse(body)
    assert (result.status, len(result.events)) == ("delivered", KEPT_ROWS)
    assert time.perf_counter() - began < 1


async def test_a_journey_over_http(http: CourierHttp) -> None:
    with serving(make_app({JNT: parcel(texts=JOURNEY)}.get, clock=lambda: NOW)) as base:
        result = await kiriminaja(base).track(http, Parcel(JNT), NOW)
    assert (result.outcome, result.status, result.courier) == (Outcome.OK, "out_for_delivery", None)
    assert [event.text for event in result.events] == list(JOURNEY)
    newest = TrackEvent(NOW - HOUR, result.status, "SEDANG DIANTAR", code="100", zone_assumed=True)
    assert result.events[-1] == newest


async def test_the_time_of_a_delivery_is_the_row_s(http: CourierHttp) -> None:
    known = parcel(texts=(*JOURNEY, "TERKIRIM"))
    with serving(make_app({JNT: known}.get, clock=lambda: NOW)) as base:
        result = await kiriminaja(base).track(http, Parcel(JNT, "jnt"), NOW)
    assert (result.status, result.delivered_at) == ("delivered", NOW - HOUR)


async def test_refunded_is_back_at_the_sender(http: CourierHttp) -> None:
    known = parcel(texts=(*JOURNEY, "TERKIRIM", "PAKET DIRETUR KE PENGIRIM", "PAKET RETUR TELAH DITERIMA"))
    with serving(make_app({JNT: known}.get, clock=lambda: NOW)) as base:
        result = await kiriminaja(base).track(http, Parcel(JNT, "jnt"), NOW)
    assert (result.status, result.delivered_at) == ("returned", None)


async def test_the_sandbox_wants_a_bearer_and_json(http: CourierHttp) -> None:
    with serving(make_app({JNT: parcel()}.get, clock=lambda: NOW)) as base:
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
