"""Ninja Van: the token and its life, the way back, the wire."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.applications import Starlette

from couriers.base import Outcome, Parcel
from couriers.http import CourierHttp
from couriers.providers import ninja
from couriers.sandbox import API_KEY
from couriers.sandbox.ninja import NinjaWire
from store.times import HOUR, MINUTE
from tests.couriers.courier_kit import NOW, parcel, serving
from tests.couriers.source_kit import SECRET, Line, built, reading

NUMBER = "NLIDAP9000000018"
EMPTY: tuple[int, object] = (200, {"events": []})


def token(word: str, ends: int = NOW + HOUR) -> tuple[int, object]:
    return 200, {"access_token": word, "expires": ends // 1_000}


async def test_a_login_then_the_question() -> None:
    line = Line(token("T1"), EMPTY)
    await built("ninja").track(line, Parcel(NUMBER), NOW)
    login, asked = line.sent
    assert (login.method, login.url) == ("POST", "https://courier.example/id/2.0/oauth/access_token")
    assert json.loads(login.content) == {
        "client_id": SECRET, "client_secret": SECRET, "grant_type": "client_credentials",
    }  # fmt: skip
    assert (asked.method, asked.headers) == ("GET", {"Authorization": "Bearer T1"})
    assert asked.url == f"https://courier.example/id/1.0/orders/tracking-events/{NUMBER}"


async def test_their_sandbox_knows_one_country() -> None:
    line = Line(token("T1"), EMPTY)
    await built("ninja", "https://api-sandbox.ninjavan.co").track(line, Parcel(NUMBER), NOW)
    assert all(sent.url.startswith("https://api-sandbox.ninjavan.co/sg/") for sent in line.sent)


async def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    line = Line(token("T1"), EMPTY, EMPTY, token("T2", NOW + 3 * HOUR), EMPTY)
    provider = built("ninja")
    for now in (NOW, NOW + HOUR - 6 * MINUTE, NOW + HOUR - 4 * MINUTE):
        await provider.track(line, Parcel(NUMBER), now)
    used = [sent.headers.get("Authorization") for sent in line.sent]
    assert used == [None, "Bearer T1", "Bearer T1", None, "Bearer T2"]


async def test_a_refused_token_is_renewed_once() -> None:
    line = Line(token("T1"), (401, {}), token("T2"), EMPTY)
    assert (await built("ninja").track(line, Parcel(NUMBER), NOW)).outcome is Outcome.OK
    line = Line(token("T1"), (401, {}), token("T2"), (401, {}))
    assert (await built("ninja").track(line, Parcel(NUMBER), NOW)).outcome is Outcome.UNAUTHORIZED
    assert len(line.sent) == 4


@pytest.mark.parametrize(
    ("reply", "right"),
    [
        ((400, {"error": "invalid_client"}), Outcome.UNAUTHORIZED),
        ((401, {}), Outcome.UNAUTHORIZED),
        ((429, {"message": "Too many requests"}), Outcome.RATE_LIMITED),
        ((500, {}), Outcome.UNAVAILABLE),
        ((200, {"access_token": None}), Outcome.BAD_REPLY),
        ((200, "text"), Outcome.UNAVAILABLE),
    ],
)
async def test_a_login_that_fails(reply: tuple[int, object], right: Outcome) -> None:
    line = Line(reply)
    result = await built("ninja").track(line, Parcel(NUMBER), NOW)
    assert (result.outcome, result.courier, len(line.sent)) == (right, "ninja", 1)


@pytest.mark.parametrize(
    ("status", "back", "right"),
    [
        ("Pending Pickup", False, "pending"),
        ("Pickup Exception, Max Attempts Reached", False, "pending"),
        ("Picked Up, In Transit to Origin Hub", False, "picked_up"),
        ("in transit to next sorting hub", None, "in_transit"),
        ("On Vehicle for Delivery", False, "out_for_delivery"),
        ("On Vehicle for Delivery", True, "returning"),
        ("Delivered, Collected by Customer", False, "delivered"),
        ("Delivered, Collected by Customer", True, "returned"),
        ("Delivery Exception, Max Attempts Reached", False, "delivery_failed"),
        ("Delivery Exception, Return to Sender Initiated", False, "returning"),
        ("Returned to Sender", True, "returned"),
        ("Cancelled", False, "cancelled"),
        ("Delivery Exception, Something New", False, "delivery_failed"),
        ("Parcel Photographed", False, "unknown"),
    ],
)
def test_a_row(status: str, back: object, right: str) -> None:
    row = {
        "status": status, "timestamp": "2026-11-20T02:15:00.000Z", "is_parcel_on_rts_leg": back,
        "comments": "Delivered", "arrived_at_hub_information": {"hub": "JKT-1"},
    }  # fmt: skip
    (event,) = reading(ninja.parse, NUMBER)({"events": [row]}).events
    assert (event.status, event.at, event.location) == (right, 1_795_140_900_000, "JKT-1")


async def test_the_wire(http: CourierHttp) -> None:
    clock = [NOW]
    known = parcel(NUMBER, "ninja", ("ORDER DIBUAT", "SEDANG DIANTAR", "TERKIRIM"))
    wire = NinjaWire({NUMBER: known}.get, lambda: clock[0])
    with serving(Starlette(routes=wire.routes())) as root:
        provider = built("ninja", root, client_id=API_KEY, client_secret=API_KEY)
        asked = [provider.track(http, Parcel(NUMBER), NOW) for _ in range(8)]
        together = await asyncio.gather(*asked)
        assert wire.logins == 1
        clock[0] += 24 * HOUR  # their clock ran ahead of ours: the token is over before we think so
        later = await provider.track(http, Parcel(NUMBER), NOW)
        wrong = await built("ninja", root).track(http, Parcel(NUMBER), NOW)
        other = await provider.track(http, Parcel("000"), NOW)
    assert wire.logins == 2
    assert {one.status for one in [*together, later]} == {"delivered"}
    assert later.delivered_at == known.steps[-1].at // 1_000 * 1_000
    assert (wrong.outcome, other.outcome) == (Outcome.UNAUTHORIZED, Outcome.NOT_FOUND)
