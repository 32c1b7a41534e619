"""Biteship: the question, bodies of every quality, and its habits over real sockets."""

from __future__ import annotations

import json

import pytest

from couriers.base import Outcome, Parcel, TrackEvent
from couriers.http import CourierHttp
from couriers.providers import biteship as adapter
from couriers.sandbox import API_KEY, base_of
from store.times import HOUR
from tests.couriers.courier_kit import JNT, JOURNEY, NOW, parcel, sandbox
from tests.couriers.source_kit import bodies, faked, read_in_time, reading

parse = reading(adapter.parse, courier="jnt")


def success(*history: object) -> dict[str, object]:
    return {"success": True, "history": list(history)}


def row(word: str, note: str = "-", hour: int = 1) -> dict[str, str]:
    return {"status": word, "note": note, "updated_at": f"2026-11-20T{hour:02}:00:00+07:00"}


@pytest.mark.parametrize(
    ("number", "courier", "right"),
    [
        (JNT, "jnt", f"/v1/trackings/{JNT}/couriers/jnt"),
        ("GK-11-123", "gosend", "/v1/trackings/GK-11-123/couriers/gojek"),
        ("N1", "idx", "/v1/trackings/N1/couriers/idexpress"),
        ("../orders?x=1#", "jne", "/v1/trackings/..%2Forders%3Fx%3D1%23/couriers/jne"),
    ],
)
def test_the_question(number: str, courier: str, right: str) -> None:
    ask = adapter.request(Parcel(number, courier))
    assert ask is not None
    assert ask.path == right


@pytest.mark.parametrize("courier", ["lex", "pcp", None, ""])
def test_a_courier_it_does_not_know_is_not_asked(courier: str | None) -> None:
    assert adapter.request(Parcel("N1", courier)) is None


@pytest.mark.parametrize(
    ("word", "status", "reason"),
    [
        ("confirmed", "pending", None),
        ("scheduled", "pending", None),
        ("allocated", "pending", None),
        ("pickingUp", "pending", None),
        ("courierNotFound", "pending", None),
        ("picked", "picked_up", None),
        ("dropping_off", "in_transit", None),
        ("droppingOff", "in_transit", None),
        ("Dropping Off", "in_transit", None),
        ("onHold", "exception", "held"),
        ("returnInTransit", "returning", None),
        ("rejected", "exception", "refused"),
        ("disposed", "exception", "destroyed"),
        ("delivered", "delivered", None),
        ("returned", "returned", None),
        ("cancelled", "cancelled", None),
        ("canceled", "cancelled", None),
        ("teleported", "unknown", None),
    ],
)
def test_a_word_alone(word: str, status: str, reason: str | None) -> None:
    result = parse(success(row(word)))
    assert (result.status, result.reason) == (status, reason)


@pytest.mark.parametrize("courier", ["gosend", "gojek", "grab"])
def test_an_instant_courier_that_drops_off_is_on_its_last_mile(courier: str) -> None:
    read = reading(adapter.parse, courier=courier)
    assert read(success(row("dropping_off"))).status == "out_for_delivery"


@pytest.mark.parametrize(
    ("before", "status"),
    [
        (row("dropping_off", "SEDANG DIANTAR"), "out_for_delivery"),
        (row("dropping_off", "GAGAL ANTAR"), "delivery_failed"),
        (row("return_in_transit"), "returning"),
        (row("delivered"), "delivered"),
        (row("on_hold"), "in_transit"),
        (row("picked"), "in_transit"),
    ],
)
def test_dropping_off_under_a_silent_note_takes_nothing_back(before: dict[str, str], status: str) -> None:
    assert parse(success(before, row("dropping_off", hour=2))).status == status


@bodies(
    (b'{"success":true,"hist', 200, Outcome.BAD_REPLY),
    (b'{"success":true}', 200, Outcome.BAD_REPLY),
    (b'{"success":true,"history":{}}', 200, Outcome.BAD_REPLY),
    (b'{"success":true,"history":null}', 200, Outcome.OK),
    (b'{"success":false}', 200, Outcome.NOT_FOUND),
    (b'{"success":"false","code":"40101001"}', 200, Outcome.UNAUTHORIZED),
    (b'{"success":false,"code":40101001}', 400, Outcome.UNAUTHORIZED),
    (b'{"success":false,"code":40003002,"error":"limit"}', 400, Outcome.NOT_FOUND),
    (b'{"success":false,"code":50301001}', 400, Outcome.UNAVAILABLE),
    (b'{"success":false,"code":[]}', 500, Outcome.UNAVAILABLE),
    (b'{"success":false,"code":99999999}', 400, Outcome.NOT_FOUND),
)
def test_a_strange_body_has_an_outcome(body: bytes, status: int, right: Outcome) -> None:
    result = parse(body, status)
    assert (result.outcome, result.status, result.events) == (right, "unknown", ())


def test_a_hundred_thousand_rows_are_read_in_time() -> None:
    rows = [
        {
            "updated_at": f"2026-11-0{1 + n % 9}T09:00:00+07:00",
            "note": f"TELAH TIBA {n}",
            "status": "dropping_off",
        }
        for n in range(100_000)
    ]
    read_in_time(parse, success(*rows, row("delivered", "TERKIRIM")), 1)


async def test_a_journey_over_http(http: CourierHttp) -> None:
    with sandbox(parcel(texts=JOURNEY)) as base:
        result = await faked("biteship", base).track(http, Parcel(JNT, "jnt"), NOW)
    assert (result.outcome, result.status, result.courier) == (Outcome.OK, "out_for_delivery", "jnt")
    assert [event.text for event in result.events] == list(JOURNEY)
    assert result.events[-1] == TrackEvent(NOW - HOUR, result.status, "SEDANG DIANTAR", code="dropping_off")


async def test_a_return_over_http(http: CourierHttp) -> None:
    known = parcel(texts=(*JOURNEY, "PENERIMA TIDAK DI TEMPAT", "PAKET DIRETUR KE PENGIRIM"))
    with sandbox(known) as base:
        result = await faked("biteship", base).track(http, Parcel(JNT, "jnt"), NOW)
    assert (result.status, result.delivered_at) == ("returning", None)


async def test_the_sandbox_wants_the_raw_key_and_the_right_courier(http: CourierHttp) -> None:
    with sandbox(parcel()) as base:
        url = f"{base_of('biteship', base)}/v1/trackings/{JNT}/couriers"
        key = {"authorization": API_KEY}
        replies = [
            await http.send("GET", f"{url}/jnt", headers=key),
            await http.send("GET", f"{url}/jne", headers=key),
            await http.send("GET", f"{url}/jnt", headers={"authorization": f"Bearer {API_KEY}"}),
            await http.send("POST", f"{url}/jnt", headers=key),
        ]
    assert [reply.status for reply in replies] == [200, 400, 401, 405]
    assert json.loads(replies[0].body)["messsage"]
