"""Komerce: the question, bodies of both generations and of every quality, and its habits over real sockets."""

from __future__ import annotations

import pytest

from couriers.base import Outcome, Parcel, TrackEvent
from couriers.http import CourierHttp
from couriers.providers import komerce as adapter
from couriers.sandbox import API_KEY, base_of
from store.times import HOUR
from tests.couriers.courier_kit import JNT, JOURNEY, NOW, parcel, sandbox
from tests.couriers.source_kit import bodies, faked, read_in_time, reading

JNE = "010990012345678"
FORM = "application/x-www-form-urlencoded"

parse = reading(adapter.parse, courier="jnt")


@pytest.mark.parametrize(
    ("courier", "phone", "right"),
    [
        ("jne", "0812-3456-7890", {"courier": "jne", "last_phone_number": "67890"}),
        ("J&T", "+62 812 345 67890", {"courier": "jnt", "last_phone_number": "67890"}),
        ("jne", "0812****90", {"courier": "jne"}),
        ("jne", None, {"courier": "jne"}),
        ("lion", "081234567890", {"courier": "lion"}),
    ],
)
def test_the_question(courier: str, phone: str | None, right: dict[str, str]) -> None:
    ask = adapter.request(Parcel("N1", courier, phone))
    assert ask is not None
    assert ask.fields() == {"awb": "N1", **right}


@pytest.mark.parametrize("courier", ["sicepat", "gosend", "lex", None, ""])
def test_a_courier_it_does_not_follow_is_not_asked(courier: str | None) -> None:
    assert adapter.request(Parcel("N1", courier)) is None


@bodies(
    (b'{"meta":{"code":200},"data":{"mani', 200, Outcome.BAD_REPLY),
    (b'{"meta":{"code":503},"da', 503, Outcome.UNAVAILABLE),
    (b"[1,2]", 401, Outcome.UNAUTHORIZED),
    (b"{}", 302, Outcome.UNAVAILABLE),
    (b'{"meta":7,"data":{}}', 200, Outcome.BAD_REPLY),
    (b'{"meta":{"code":200},"data":null}', 200, Outcome.BAD_REPLY),
    (b'{"meta":{"code":200},"data":{"manifest":"none"}}', 200, Outcome.BAD_REPLY),
    (b'{"meta":{"code":200},"data":{"manifest":null}}', 200, Outcome.OK),
    (b'{"meta":{"code":"200"},"data":{"summary":{}}}', 200, Outcome.OK),
    (b'{"data":{"manifest":[]}}', 200, Outcome.OK),
    (b'{"meta":{"code":"404"},"data":null}', 200, Outcome.NOT_FOUND),
    (b'{"meta":{"code":"x","message":null}}', 404, Outcome.NOT_FOUND),
    (b'{"rajaongkir":{"status":{"code":200},"result":{"manifest":[]}}}', 200, Outcome.OK),
    (b'{"rajaongkir":{"status":{"code":200}}}', 200, Outcome.BAD_REPLY),
    (b'{"rajaongkir":[]}', 200, Outcome.BAD_REPLY),
)
def test_a_strange_body_has_an_outcome(body: bytes, status: int, right: Outcome) -> None:
    result = parse(body, status)
    assert (result.outcome, result.status, result.events) == (right, "unknown", ())


def test_a_hundred_thousand_rows_are_read_in_time() -> None:
    newest = {
        "manifest_date": "2026-11-20",
        "manifest_time": "10:00",
        "manifest_description": "TERKIRIM",
        "manifest_code": "200",
    }
    rows = [
        {
            "manifest_date": f"2026-11-{1 + n % 9}",
            "manifest_time": "09:00",
            "manifest_description": f"TELAH TIBA {n}",
        }
        for n in range(100_000)
    ]
    read_in_time(parse, {"meta": {"code": 200}, "data": {"manifest": [newest, *rows]}}, 1)


async def test_a_journey_over_http(http: CourierHttp) -> None:
    with sandbox(parcel(texts=JOURNEY)) as base:
        result = await faked("komerce", base).track(http, Parcel(JNT, "jnt"), NOW)
    assert (result.outcome, result.status, result.courier) == (Outcome.OK, "out_for_delivery", "jnt")
    assert [event.text for event in result.events] == list(JOURNEY)
    newest = TrackEvent(NOW - HOUR, result.status, "SEDANG DIANTAR", code="100", zone_assumed=True)
    assert result.events[-1] == newest


async def test_a_delivery_over_http(http: CourierHttp) -> None:
    known = parcel(JNE, "jne", (*JOURNEY, "DELIVERED TO [BUDI]"))
    with sandbox(known) as base:
        result = await faked("komerce", base).track(http, Parcel(JNE, "jne"), NOW)
    minute = 60_000
    assert (result.status, result.delivered_at) == ("delivered", (NOW - HOUR) // minute * minute)


async def test_jne_wants_the_phone_and_nobody_else(http: CourierHttp) -> None:
    phone = "081234567890"
    known = [
        parcel(number, courier, JOURNEY, phone=phone) for number, courier in ((JNE, "jne"), ("8000", "lion"))
    ]
    with sandbox(parcel(texts=JOURNEY), *known) as base:
        asked = [
            Parcel(JNE, "jne"), Parcel(JNE, "jne", "089999999999"), Parcel(JNE, "jne", "+6281234567890"),
            Parcel(JNT, "jnt"), Parcel("8000", "lion"),
        ]  # fmt: skip
        outcomes = [(await faked("komerce", base).track(http, one, NOW)).outcome for one in asked]
    assert outcomes == [Outcome.NEEDS_PHONE] * 2 + [Outcome.OK] * 3


async def test_the_sandbox_takes_a_query_or_a_form_and_nothing_else(http: CourierHttp) -> None:
    fields, form = {"awb": JNT, "courier": "jnt"}, f"awb={JNT}&courier=jnt".encode()
    key = {"key": API_KEY}
    with sandbox(parcel()) as base:
        url = base_of("komerce", base) + adapter.PATH
        replies = [
            await http.send("POST", url, params=fields, headers=key),
            await http.send("POST", url, content=form, headers={**key, "Content-Type": FORM}),
            await http.send("POST", url, content=form, headers={**key, "Content-Type": "application/json"}),
            await http.send("POST", url, headers=key),
            await http.send("POST", url, params={**fields, "key": API_KEY}),
            await http.send("GET", url, params=fields, headers=key),
        ]
    assert [reply.status for reply in replies] == [200, 200, 422, 422, 401, 405]
