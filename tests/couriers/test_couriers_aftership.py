"""AfterShip: creating once, rate headers, checkpoints, and bodies of every quality."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from couriers.base import Outcome, Parcel
from couriers.http import CourierHttp
from couriers.providers import aftership as adapter
from couriers.sandbox import API_KEY, Fault
from couriers.sandbox.aftership import AfterShipWire
from tests.couriers.courier_kit import JNT, JOURNEY, NOW, fake, mounted, parcel, sandbox, serving
from tests.couriers.source_kit import bodies, built, faked, read_in_time, reading

PATH = "/tracking/2025-07/trackings"
KEY = {"as-api-key": API_KEY}

parse = reading(adapter.parse, courier="jnt")


def point(
    message: object, subtag: str | None = None, at: str = "2026-11-20T10:00:00+07:00"
) -> dict[str, Any]:
    return {"checkpoint_time": at, "message": message, "subtag": subtag, "tag": (subtag or "").split("_")[0]}


def tracking(*points: object, **told: object) -> dict[str, Any]:
    data = {"id": "trk1", "tracking_number": JNT, "slug": "jnt", "checkpoints": list(points)}
    return {"meta": {"code": 200}, "data": data | told}


@pytest.mark.parametrize(("code", "right"), [*adapter.CODES.items(), (4013, Outcome.BAD_REPLY)])
def test_a_code_has_its_outcome(code: int, right: Outcome) -> None:
    body = {"meta": {"code": code, "message": "no"}, "data": {}}
    assert [parse(body, status).outcome for status in (200, 400)] == [right, right]


@bodies(
    (b'{"message":"no such page"}', 404, Outcome.UNAVAILABLE),
    (b'{"meta":{"code":401}}', 401, Outcome.UNAUTHORIZED),
    (b'{"meta":{"code":403}}', 200, Outcome.UNAUTHORIZED),
    (b'{"meta":{"code":4003},"data":{"id":"trk1"}}', 400, Outcome.BAD_REPLY),
    (b'{"meta":{"code":4999}}', 502, Outcome.UNAVAILABLE),
    (b'{"meta":{"code":"500"}}', 500, Outcome.UNAVAILABLE),
    (b'{"meta":{"co', 200, Outcome.BAD_REPLY),
    (b'{"meta":{"co', 404, Outcome.BAD_REPLY),
    (b'{"meta":5,"data":[]}', 200, Outcome.BAD_REPLY),
    (b'{"meta":{"code":200},"data":{}}', 200, Outcome.BAD_REPLY),
    (b'{"meta":{"code":200},"data":{"trackings":[{"id":"x"}, 5, null]}}', 200, Outcome.NOT_REGISTERED),
    (json.dumps(tracking(None, {}, 7)).encode(), 200, Outcome.BAD_REPLY),
    (json.dumps(tracking(tag="Pending")).encode(), 200, Outcome.NOT_FOUND),
    (json.dumps(tracking(checkpoints=None)).encode(), 200, Outcome.NOT_FOUND),
    (json.dumps(tracking(checkpoints={})).encode(), 200, Outcome.BAD_REPLY),
)
def test_a_strange_body_has_an_outcome(body: bytes, status: int, right: Outcome) -> None:
    result = parse(body, status)
    assert (result.outcome, result.status, result.events) == (right, "unknown", ())


@pytest.mark.parametrize(
    ("message", "subtag", "right"),
    [
        ("Paket telah diterima oleh DC_KUDUS", "Delivered_001", ("picked_up", None)),
        ("DELIVERED", "Exception_011", ("returned", None)),
        ("DELIVERED", "AttemptFail_001", ("delivery_failed", None)),
        ("DEPARTED", "Exception_010", ("returning", None)),
        ("ARRIVED", "Exception_013", ("exception", "lost")),
        ("PICKUP FAILED", "AttemptFail_003", ("pending", None)),
        ("Tidak ada kata kami", "Delivered_001", ("delivered", None)),
        ("Tidak ada kata kami", "AvailableForPickup_001", ("out_for_delivery", None)),
        ("Tidak ada kata kami", "Exception_004", ("exception", "customs")),
        ("Tidak ada kata kami", "Expired_001", ("exception", "expired")),
        ("Tidak ada kata kami", "Pending_001", ("unknown", None)),
        (None, "OutForDelivery_001", ("out_for_delivery", None)),
    ],
)
def test_the_text_leads_and_the_tag_helps(message: str, subtag: str, right: tuple[str, str | None]) -> None:
    result = parse(tracking(point(message, subtag)))
    assert (result.status, result.reason) == right
    assert (result.delivered_at is not None) == (right[0] == "delivered")


def test_a_vague_tag_moves_only_what_waits() -> None:
    photo = point("FOTO DIUNGGAH", "InTransit_001", "2026-11-21T10:00:00+07:00")
    assert parse(tracking(photo)).status == "in_transit"
    assert parse(tracking(point("SEDANG DIANTAR"), photo)).status == "out_for_delivery"


def test_the_summary_speaks_only_where_no_row_does() -> None:
    photo = point("FOTO DIUNGGAH")
    assert parse(tracking(photo, tag="OutForDelivery")).status == "out_for_delivery"
    assert parse(tracking(photo, tag="Delivered")).status == "unknown"
    assert parse(tracking(point("TELAH BERANGKAT"), tag="Delivered")).status == "in_transit"


@pytest.mark.parametrize(
    ("headers", "right"),
    [
        ({"x-ratelimit-reset": str(NOW // 1_000 + 3)}, 3),
        ({"x-ratelimit-reset": "2"}, 2),
        ({"x-ratelimit-reset": str(NOW // 1_000 - 3)}, None),
        ({"x-ratelimit-reset": "9" * 20}, 86_400),
        ({"x-ratelimit-reset": "soon"}, None),
        ({"x-ratelimit-reset": "nan"}, None),
        ({"x-ratelimit-reset": "1", "retry-after": "9"}, 9),
        ({}, None),
    ],
    ids=range(8),
)
def test_how_long_to_wait(headers: dict[str, str], right: float | None) -> None:
    body = {"meta": {"code": 429, "type": "TooManyRequests"}, "data": {}}
    assert parse(body, 429, **headers).retry_after == right
    assert parse(b"slow down", 429, **headers).retry_after == right
    # The window of the rate says nothing about an outage.
    if "retry-after" not in headers:
        assert parse({"meta": {"code": 500}}, 500, **headers).retry_after is None


def test_a_hundred_thousand_checkpoints_are_read_in_time() -> None:
    rows = [point(f"TELAH TIBA {n}", at=f"2026-11-0{1 + n % 9}T00:00:{n % 60:02}Z") for n in range(100_000)]
    read_in_time(parse, tracking(*rows, point("TERKIRIM")), 3)


async def test_a_tracking_is_created_once_and_never_again(http: CourierHttp) -> None:
    wire = fake(AfterShipWire, parcel(texts=JOURNEY))
    with serving(mounted(wire)) as root:
        first = await faked("aftership", root).track(http, Parcel(JNT, "jnt"), NOW)
        again = await faked("aftership", root).track(http, Parcel(f" {JNT.lower()} ", "jnt"), NOW)
    for result in (first, again):
        assert (result.outcome, result.status, len(result.events)) == (Outcome.OK, "out_for_delivery", 3)
    assert wire.created == {JNT}


@pytest.mark.parametrize("told", [{"id": "trk7"}, {"tracking": {"id": "trk7"}}, {}], ids=range(3))
async def test_a_second_creation_is_refused_and_read(told: dict[str, Any], http: CourierHttp) -> None:
    """Somebody else created it between our question and our creation."""
    calls: list[str] = []
    row = {"id": "trk7", "tracking_number": JNT, "checkpoints": [point("TERKIRIM")]}

    async def listed(request: Request) -> Response:
        calls.append(request.method)
        if request.method == "POST":
            assert json.loads(await request.body()) == {"tracking_number": JNT}
            return JSONResponse({"meta": {"code": 4003, "message": "exists"}, "data": told}, 400)
        return JSONResponse({"meta": {"code": 200}, "data": {"trackings": [row] if "POST" in calls else []}})

    async def one(request: Request) -> Response:
        calls.append(request.path_params["id"])
        return JSONResponse({"meta": {"code": 200}, "data": row})

    app = Starlette(routes=[Route(PATH, listed, methods=["GET", "POST"]), Route(PATH + "/{id}", one)])
    with serving(app) as root:
        result = await built("aftership", root).track(http, Parcel(JNT, "jnt"), NOW)
    assert (result.outcome, result.status) == (Outcome.OK, "delivered")
    assert calls == ["GET", "POST", "trk7" if told else "GET"]


async def test_what_the_wire_refuses(http: CourierHttp) -> None:
    quota = parcel("JP0000000002", fault=Fault.QUOTA)
    wire = fake(AfterShipWire, quota)
    with serving(mounted(wire)) as root:
        url = f"{root}/aftership{PATH}"
        outcomes = [
            (await faked("aftership", root).track(http, Parcel(number), NOW)).outcome
            for number in (quota.number, "XX", "JP0000000003")
        ]
        bad = await http.send("POST", url, headers=KEY, content=b"{")
        listed = await http.send("GET", url, headers=KEY)
        gone = await http.send("GET", f"{url}/trk9", headers=KEY)
    assert outcomes == [Outcome.QUOTA_EXCEEDED, Outcome.NOT_FOUND, Outcome.NOT_FOUND]
    assert wire.created == {"JP0000000003"}
    assert [json.loads(one.body)["meta"]["code"] for one in (bad, listed, gone)] == [4001, 200, 4004]
    assert listed.headers["x-ratelimit-reset"] == str(NOW // 1_000 + 1)
    assert (listed.headers["x-ratelimit-limit"], bad.headers["x-ratelimit-limit"]) == ("6", "20")


async def test_another_version_through_the_base(http: CourierHttp) -> None:
    with sandbox(parcel(texts=JOURNEY)) as root:
        older = built("aftership", f"{root}/aftership/tracking/2024-07/", api_key=API_KEY)
        assert (await older.track(http, Parcel(JNT), NOW)).outcome is Outcome.OK
