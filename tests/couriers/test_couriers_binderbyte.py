"""BinderByte: the question, bodies of every quality, and the whole way over real sockets."""

from __future__ import annotations

import json

import pytest

from couriers.base import Outcome, Parcel, TrackEvent
from couriers.http import CourierHttp
from couriers.providers import binderbyte as adapter
from couriers.sandbox import API_KEY, make_app
from store.times import HOUR
from tests.couriers.courier_kit import JNT, JOURNEY, NOW, binderbyte, parcel, sandbox, serving
from tests.couriers.source_kit import bodies, read_in_time, reading

parse = reading(adapter.parse, courier="jnt")


@pytest.mark.parametrize(
    ("courier", "phone", "right"),
    [
        ("jnt", None, ("jnt", None)),
        ("jne", "0812-3456-7890", ("jne", "67890")),
        ("jnt", "+62 812 345 67890", ("jnt", "67890")),
        ("jne", "0812****90", ("jne", None)),
        ("jne", "(+62)812*****67890", ("jne", "67890")),
        ("jne", "7890", ("jne", None)),
        ("sicepat", "081234567890", ("sicepat", None)),
        ("idexpress", None, ("ide", None)),
        ("jtcargo", None, ("jnt_cargo", None)),
        ("JNT_Cargo", None, ("jnt_cargo", None)),
    ],
)
def test_the_question(courier: str, phone: str | None, right: tuple[str, str | None]) -> None:
    ask = adapter.request(Parcel("N1", courier, phone))
    assert ask is not None
    assert (ask.courier, ask.number) == right


@pytest.mark.parametrize("courier", ["gosend", "paxel", None, ""])
def test_a_courier_it_does_not_know_is_not_asked(courier: str | None) -> None:
    assert adapter.request(Parcel("N1", courier)) is None


@bodies(
    (b'{"status":500,"mess', 500, Outcome.UNAVAILABLE),
    (b'{"status":302,"mess', 302, Outcome.BAD_REPLY),
    (b"[1,2]", 401, Outcome.BAD_REPLY),
    (b'{"status":200,"data":null}', 200, Outcome.BAD_REPLY),
    (b'{"status":200,"data":{"history":"none"}}', 200, Outcome.BAD_REPLY),
    (b'{"status":200,"data":{"history":NaN}}', 200, Outcome.BAD_REPLY),
    (b'{"status":200,"data":{"history":null}}', 200, Outcome.OK),
    (b'{"status":"200","data":{"history":[]}}', 200, Outcome.OK),
    (b'{"status":404,"message":null}', 404, Outcome.NOT_FOUND),
    (b'{"message":12345}', 418, Outcome.BAD_REPLY),
)
def test_a_strange_body_has_an_outcome(body: bytes, status: int, right: Outcome) -> None:
    result = parse(body, status)
    assert (result.outcome, result.status, result.events) == (right, "unknown", ())


def test_half_a_character_and_nul_cost_nothing_else() -> None:
    row = rb'{"desc":"TERKIRIM \ud83d\u0000","date":"2026-11-20 10:00:00"}'
    result = parse(b'{"status":200,"data":{"history":[' + row + b"]}}")
    assert (result.status, result.events[0].text) == ("delivered", "TERKIRIM \ufffd")


def test_a_hundred_thousand_rows_are_read_in_time() -> None:
    rows = [{"date": f"2026-11-{d:02} {h:02}:{m:02}:{s:02}", "desc": f"TELAH TIBA {s}"}
            for d in range(1, 5) for h in range(24) for m in range(60) for s in range(18)]  # fmt: skip
    assert len(rows) > 100_000
    newest = {"date": "2026-11-20 10:00:00", "desc": "TERKIRIM"}
    read_in_time(parse, {"status": 200, "message": "ok", "data": {"history": [newest, *rows]}}, 2)


def test_how_long_to_wait_is_passed_on() -> None:
    assert parse(b'{"status":429}', 429, **{"retry-after": "7"}).retry_after == 7
    assert parse(b'{"status":429}', 429, **{"retry-after": "Wed, 25 Nov 2026 09:47:40 GMT"}).retry_after == 60
    for nonsense in ("soon", "-5", "nan", "inf", ""):
        assert parse(b'{"status":429}', 429, **{"retry-after": nonsense}).retry_after is None


def test_a_message_keeps_no_long_number() -> None:
    told = parse(b'{"status":400,"message":"Invalid awb JP1234567890 for 081234567890"}', 400).message
    assert told == "Invalid awb JP… for …"


async def test_a_journey_over_http(http: CourierHttp) -> None:
    known = parcel(texts=JOURNEY)
    with sandbox(known) as base:
        result = await binderbyte(base).track(http, Parcel(JNT, "jnt"), NOW)

    assert (result.outcome, result.status, result.courier) == (Outcome.OK, "out_for_delivery", "jnt")
    assert [event.text for event in result.events] == [text.upper() for text in JOURNEY]
    assert result.events[-1] == TrackEvent(NOW - HOUR, result.status, "SEDANG DIANTAR", zone_assumed=True)


async def test_the_sandbox_tells_only_what_has_happened(http: CourierHttp) -> None:
    clock = [NOW - 2 * HOUR]
    known = parcel(texts=JOURNEY)
    with serving(make_app({JNT: known}.get, clock=lambda: clock[0])) as base:
        early = await binderbyte(base).track(http, Parcel(JNT, "jnt"), NOW)
        clock[0] = NOW
        late = await binderbyte(base).track(http, Parcel(JNT, "jnt"), NOW)
    assert (early.status, late.status) == ("picked_up", "out_for_delivery")


async def test_dates_without_a_year_over_http(http: CourierHttp) -> None:
    known = parcel("TKP01-ABC1234", "kurir_tokopedia", JOURNEY)
    with sandbox(known) as base:
        result = await binderbyte(base).track(http, Parcel(known.number, "kurir_tokopedia"), NOW)
    minute = 60_000
    assert [event.at for event in result.events] == [(step.at // minute) * minute for step in known.steps]


async def test_phone_digits_are_sent_when_known_and_asked_for_when_not(http: CourierHttp) -> None:
    known = parcel("010990012345678", "jne", JOURNEY, phone="081234567890")
    with sandbox(known) as base:
        provider = binderbyte(base)
        without = await provider.track(http, Parcel(known.number, "jne"), NOW)
        wrong = await provider.track(http, Parcel(known.number, "jne", "089999999999"), NOW)
        right = await provider.track(http, Parcel(known.number, "jne", "+6281234567890"), NOW)
    assert [without.outcome, wrong.outcome, right.outcome] == [Outcome.NEEDS_PHONE] * 2 + [Outcome.OK]


async def test_wrong_key_wrong_courier_and_unknown_number(http: CourierHttp) -> None:
    with sandbox(parcel()) as base:
        key = await binderbyte(base, key="other").track(http, Parcel(JNT, "jnt"), NOW)
        courier = await binderbyte(base).track(http, Parcel(JNT, "jne"), NOW)
        number = await binderbyte(base).track(http, Parcel("JP0000000000", "jnt"), NOW)
    assert [key.outcome, courier.outcome, number.outcome] == [
        Outcome.UNAUTHORIZED, Outcome.NOT_FOUND, Outcome.NOT_FOUND,
    ]  # fmt: skip


async def test_the_sandbox_lists_couriers_and_counts_its_quota(http: CourierHttp) -> None:
    with sandbox(parcel()) as base:
        await binderbyte(base).track(http, Parcel(JNT, "jnt"), NOW)
        quota = await http.send("GET", f"{base}/binderbyte/v1/checkQuota", params={"api_key": API_KEY})
        couriers = await http.send("GET", f"{base}/binderbyte/v1/list_courier", params={"api_key": API_KEY})
        refused = await http.send("GET", f"{base}/binderbyte/v1/list_courier", params={"api_key": "x"})
    assert json.loads(quota.body)[0]["count"] == "1999"
    assert {"code": "jne", "description": "JNE"} in json.loads(couriers.body)
    assert refused.status == 401


def test_the_key_is_in_no_repr() -> None:
    provider = binderbyte("http://127.0.0.1:1", key="CANARY")
    assert "CANARY" not in repr(provider)
