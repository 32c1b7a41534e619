"""17TRACK: registering once, batches, numbers refused one by one, old layouts, and bodies of every quality."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from couriers.base import Outcome, Parcel, RawReply
from couriers.http import CourierHttp
from couriers.providers import seventeentrack as adapter
from couriers.providers.seventeentrack import SeventeenTrack
from couriers.registry import ProviderConfig
from couriers.sandbox import API_KEY, Fault, base_of
from couriers.sandbox.seventeentrack import SeventeenTrackWire
from tests.couriers.courier_kit import JNT, JOURNEY, NOW, PAYLOADS, fake, mounted, parcel, sandbox, serving
from tests.couriers.mutation_kit import spoilt
from tests.couriers.source_kit import bodies, built, read_in_time, reading

FILES = sorted(PAYLOADS.glob("17track_*.json"))

parse = reading(adapter.parse, courier="jnt")


def event(text: str, sub: str | None = None, at: str = "2026-11-20T03:00:00Z") -> dict[str, Any]:
    return {"time_utc": at, "description": text, "location": None, "sub_status": sub}


def item(*events: object, **info: object) -> dict[str, Any]:
    tracking = {"providers": [{"provider": {"name": "J&T"}, "events": list(events)}]}
    return {"number": JNT, "track_info": {"tracking": tracking} | info}


def success(*items: object) -> dict[str, Any]:
    return {"code": 0, "data": {"accepted": list(items), "rejected": []}}


def provider(root: str) -> SeventeenTrack:
    return SeventeenTrack(ProviderConfig(base_of("17track", root), {"api_key": API_KEY}))


@pytest.mark.parametrize("code", sorted(adapter.CODES))
def test_a_code_means_the_same_for_a_reply_and_for_a_number(code: int) -> None:
    whole = {"code": code, "data": {"errors": [{"code": code, "message": "no"}]}}
    rejected = [{"number": JNT, "error": {"code": code, "message": "no"}}]
    alone = {"code": 0, "data": {"accepted": [], "rejected": rejected}}
    inside = {"code": 0, "data": whole["data"]}
    for body in (whole, alone, inside, {"code": str(code), "data": None}):
        assert parse(body).outcome is adapter.CODES[code]


@bodies(
    (b'{"message":"no such page"}', 404, Outcome.UNAVAILABLE),
    (b'{"code":-1,"data":{}}', 401, Outcome.UNAUTHORIZED),
    (b'{"code":-1,"data":{}}', 503, Outcome.UNAVAILABLE),
    (b'{"code":-1,"data":{}}', 200, Outcome.BAD_REPLY),
    (b'{"code":0,"data":{"acce', 200, Outcome.BAD_REPLY),
    (b'{"code":0,"data":{"acce', 404, Outcome.BAD_REPLY),
    (b'{"code":0,"data":[]}', 200, Outcome.BAD_REPLY),
    (b'{"code":0,"data":{}}', 200, Outcome.BAD_REPLY),
    (b'{"code":0,"data":{"accepted":{},"rejected":[]}}', 200, Outcome.BAD_REPLY),
    (b'{"code":0,"data":{"accepted":[],"rejected":null}}', 200, Outcome.BAD_REPLY),
    (b'{"code":0,"data":{"accepted":[{"number":"OTHER1"}]}}', 200, Outcome.BAD_REPLY),
    (json.dumps(success({"number": JNT})).encode(), 200, Outcome.NOT_FOUND),
    (json.dumps(success({"number": JNT, "track_info": "x"})).encode(), 200, Outcome.BAD_REPLY),
    (json.dumps(success(item({}, None, 5))).encode(), 200, Outcome.BAD_REPLY),
    (json.dumps(success(item())).encode(), 200, Outcome.NOT_FOUND),
)
def test_a_strange_body_has_an_outcome(body: bytes, status: int, right: Outcome) -> None:
    result = parse(body, status)
    assert (result.outcome, result.status, result.events) == (right, "unknown", ())


@pytest.mark.parametrize(
    ("text", "sub", "right"),
    [
        ("Paket telah diterima oleh DC_KUDUS", "Delivered_Other", "picked_up"),
        ("DELIVERED", "Exception_Returned", "returned"),
        ("DELIVERED", "DeliveryFailure_NoBody", "delivery_failed"),
        ("DEPARTED", "Exception_Returning", "returning"),
        ("Manifes", "Exception_Cancel", "cancelled"),
        ("ARRIVED", "Exception_Lost", "exception"),
        ("PICKUP FAILED", "DeliveryFailure_Other", "pending"),
        ("Tidak ada kata kami", "Delivered_Other", "delivered"),
        ("Tidak ada kata kami", "InTransit_PickedUp", "picked_up"),
        ("Tidak ada kata kami", "AvailableForPickup_Other", "out_for_delivery"),
        ("Tidak ada kata kami", "Expired_Other", "exception"),
        ("Tidak ada kata kami", "SomethingNew_Other", "unknown"),
        ("", "Returning", "returning"),
    ],
)
def test_the_text_leads_and_the_code_helps(text: str, sub: str, right: str) -> None:
    result = parse(success(item(event(text, sub))))
    assert (result.status, result.delivered_at is not None) == (right, right == "delivered")


def test_a_vague_code_moves_only_what_waits() -> None:
    unknown = event("FOTO DIUNGGAH", "InTransit_Other", "2026-11-21T03:00:00Z")
    assert parse(success(item(unknown))).status == "in_transit"
    assert parse(success(item(unknown, event("SEDANG DIANTAR")))).status == "out_for_delivery"
    precise = event("FOTO DIUNGGAH", "InTransit_Arrival", "2026-11-21T03:00:00Z")
    assert parse(success(item(precise, event("SEDANG DIANTAR")))).status == "in_transit"


def test_the_summary_speaks_only_where_no_row_does() -> None:
    told = {"InTransit_Other": "in_transit", "InfoReceived": "pending", "Delivered": "unknown", 5: "unknown"}
    for summary, right in told.items():
        latest = {"status": "NotFound", "sub_status": summary}
        assert parse(success(item(event("FOTO DIUNGGAH"), latest_status=latest))).status == right
    moving = parse(success(item(event("TELAH BERANGKAT"), latest_status={"status": "Delivered"})))
    assert (moving.status, moving.delivered_at) == ("in_transit", None)


@pytest.mark.parametrize(
    ("when", "right"),
    [
        ({"time_utc": "2026-11-20T03:00:00Z", "time_iso": "2026-11-20T10:00:00+08:00"}, (3, False)),
        ({"time_utc": "2026-11-20T03:00:00"}, (3, False)),
        ({"time_utc": None, "time_iso": "2026-11-20T11:00:00+08:00"}, (3, False)),
        ({"time_iso": "2026-11-20T10:00:00"}, (3, True)),
        ({"time_raw": {"date": "2026-11-20", "time": "10:00:00", "timezone": None}}, (3, True)),
        ({"time_raw": {"date": "2026-11-20", "time": "11:00", "timezone": "+08:00"}}, (3, False)),
        ({"time_raw": {"date": "2026-11-20", "time": None}}, (-7, True)),
    ],
    ids=range(7),
)
def test_times(when: dict[str, Any], right: tuple[int, bool]) -> None:
    (told,) = parse(success(item(event("TELAH TIBA") | {"time_utc": None} | when))).events
    assert told.at is not None
    assert ((told.at - 1_795_132_800_000) // 3_600_000, told.zone_assumed) == right


def test_a_number_of_two_carriers_is_told_by_the_one_that_has_it() -> None:
    empty = {"number": JNT, "track_info": None}
    for items in ([empty, item(event("TERKIRIM"))], [item(event("TERKIRIM")), empty]):
        assert parse(success(*items)).status == "delivered"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_spoilt_place_leaves_an_answer_to_a_registration(path: Path) -> None:
    told = msgspec.json.decode(path.read_bytes())
    for body in spoilt(told["body"]):
        reply = RawReply(200, {}, json.dumps(body).encode())
        assert len(adapter.parse_registered(reply, [Parcel(JNT)], NOW)) == 1


def test_a_hundred_thousand_rows_are_read_in_time() -> None:
    rows = [event(f"TELAH TIBA {n}", at=f"2026-11-0{1 + n % 9}T00:00:{n % 60:02}Z") for n in range(50_000)]
    two = item(event("TERKIRIM"), *rows)
    two["track_info"]["tracking"]["providers"].append({"events": rows})
    read_in_time(parse, success(two), 3)


def test_a_second_registration_is_a_success() -> None:
    rejected = [{"number": JNT, "error": {"code": -18019901, "message": "has been registered"}}]
    body = json.dumps({"code": 0, "data": {"accepted": [{"number": "A1"}], "rejected": rejected}}).encode()
    asked = [Parcel("A1"), Parcel(JNT)]
    assert adapter.parse_registered(RawReply(200, {}, body), asked, NOW) == [None, None]


async def test_a_journey_is_registered_once_and_never_again(http: CourierHttp) -> None:
    wire = fake(SeventeenTrackWire, parcel(texts=JOURNEY))
    with serving(mounted(wire)) as root:
        first = await provider(root).track(http, Parcel(JNT, "jnt"), NOW)
        wire.quota = 1
        again = await provider(root).track(http, Parcel(f" {JNT.lower()} ", "jnt"), NOW)
        left = await http.send("POST", f"{root}/17track/track/v2.2/getquota", headers={"17token": API_KEY})
        refused = await http.send("POST", f"{root}/17track/track/v2.2/getquota")
    assert [(one.status, len(one.events)) for one in (first, again)] == [("out_for_delivery", 3)] * 2
    assert wire.calls == ["gettrackinfo", "register", "gettrackinfo", "gettrackinfo"]
    assert json.loads(left.body)["data"] == {"quota_total": 1, "quota_used": 1, "quota_remain": 0}
    assert refused.status == 401


async def test_a_batch_has_an_outcome_for_each_number(http: CourierHttp) -> None:
    numbers = [f"JP{n:010}" for n in range(36)]
    scripted = [parcel(number, texts=JOURNEY) for number in numbers]
    wire = fake(SeventeenTrackWire, *scripted, parcel("JP9999999999", fault=Fault.QUOTA))
    wire.registered |= set(numbers[:10])
    asked = [Parcel(n, "jnt") for n in (*numbers, numbers[0], "JP8888888888", "JP9999999999", "XX")]
    assert len(asked) == adapter.BATCH
    with serving(mounted(wire)) as root:
        results = await provider(root).track_many(http, asked, NOW)
    assert [one.tracking_number for one in results] == [one.tracking_number for one in asked]
    assert {(one.outcome, one.status) for one in results[:37]} == {(Outcome.OK, "out_for_delivery")}
    assert [one.outcome for one in results[37:]] == [
        Outcome.NOT_FOUND, Outcome.QUOTA_EXCEEDED, Outcome.UNSUPPORTED,
    ]  # fmt: skip
    assert wire.registered == {*numbers, "JP8888888888"}
    assert len(wire.calls) == 3


async def test_more_than_a_batch_is_refused_by_the_wire(http: CourierHttp) -> None:
    wire = fake(SeventeenTrackWire)
    with serving(mounted(wire)) as root:
        asked = [Parcel(f"JP{n:010}", "jnt") for n in range(adapter.BATCH + 1)]
        results = await provider(root).track_many(http, asked, NOW)
    assert {one.outcome for one in results} == {Outcome.BAD_REPLY}
    assert not wire.registered


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        (Fault.QUOTA, Outcome.QUOTA_EXCEEDED),
        (Fault.BAD_KEY, Outcome.UNAUTHORIZED),
        (Fault.RATE_LIMITED, Outcome.RATE_LIMITED),
        (Fault.SERVER_ERROR, Outcome.UNAVAILABLE),
    ],
)
async def test_what_is_known_stays_known_when_registering_fails(
    broken: Fault, right: Outcome, http: CourierHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def register(request: object) -> object:
        return wire.refusal(broken)

    wire = fake(SeventeenTrackWire, parcel(texts=JOURNEY))
    monkeypatch.setattr(wire, "register", register)
    wire.registered.add(JNT)
    with serving(mounted(wire)) as root:
        asked = [Parcel("JP0000000001", "jnt"), Parcel(JNT, "jnt")]
        new, known = await provider(root).track_many(http, asked, NOW)
    assert (new.outcome, known.status) == (right, "out_for_delivery")


async def test_another_version_through_the_base(http: CourierHttp) -> None:
    with sandbox(parcel(texts=JOURNEY)) as root:
        newer = built("17track", f"{root}/17track/track/v2.4/", api_key=API_KEY)
        assert (await newer.track(http, Parcel(JNT), NOW)).outcome is Outcome.OK
