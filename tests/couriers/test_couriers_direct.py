"""What the couriers' own APIs share: bodies of every quality, credentials that stay hidden, and what `--via` gets."""

from __future__ import annotations

import random
import time
from typing import Any

import msgspec
import pytest

from couriers.ask import Ask
from couriers.base import Outcome, Parcel, TrackingResult, TrackingStatus
from couriers.http import CourierHttp
from couriers.registry import Registry
from couriers.status import KEPT_ROWS
from tests.couriers.courier_kit import JNT, NOW, PAYLOADS, parcel, sandbox
from tests.couriers.mutation_kit import places, replaced
from tests.couriers.source_kit import SECRET, STRANGE, Line, adapter_of, bodies, built, faked, reading

NAMES = ("jne", "sicepat", "anteraja", "lion", "jnt", "pos", "ninja", "spx", "jnt_web")
PARTNERS = tuple(name for name in NAMES if name not in ("spx", "jnt_web"))
DELIVERED: dict[str, list[dict[str, Any]]] = {
    "jne": [{"date": "20-11-2026 10:44", "desc": "DELIVERED TO [A]", "code": "D01"}],
    "sicepat": [{"date_time": "2026-11-20 10:44", "status": "DELIVERED", "receiver_name": "SITI"}],
    "anteraja": [
        {"tracking_code": 250, "message": {"id": "Delivery sukses"}, "timestamp": "2026-11-20T03:44:00.0+0000"}
    ],
    "lion": [
        {"status_code": "POD", "remarks": "DITERIMA OLEH PENERIMA", "datetime": "2026-11-20T10:44:00+07:00"}
    ],
    "jnt": [{"status_code": 200, "status": "Paket telah diterima", "date_time": "2026-11-20 10:44:00"}],
    "pos": [{"eventName": "SELESAI ANTAR", "eventDate": "2026-11-20 10:44", "description": ""}],
    "ninja": [{"status": "Delivered, Left at Doorstep", "timestamp": "2026-11-20T03:44:00Z"}],
    "spx": [
        {"tracking_code": "F980", "description": "Diterima", "actual_time": 1_795_146_240, "milestone_code": 8}
    ],
    "jnt_web": [{"scanscode": "5", "desc": "Paket telah diterima", "scantime": "2026-11-20 10:44:00"}],
}  # fmt: skip
AT = 1_795_146_240_000
"""20 November 2026, 10:44 WIB."""


def around(name: str, rows: Any) -> Any:
    """A provider's success around its rows."""
    return {
        "jne": {"cnote": {}, "history": rows},
        "sicepat": {"sicepat": {"status": {"code": 200}, "result": {"track_history": rows}}},
        "anteraja": {"status": 200, "content": {"history": rows, "order": {}}},
        "lion": {"stts": [{"stt_no": JNT, "history": rows}]},
        "jnt": {"awb": JNT, "history": rows},
        "pos": {"response": {"data": rows}},
        "ninja": {"events": rows},
        "spx": {"retcode": 0, "data": {"sls_tracking_info": {"records": rows}}},
        "jnt_web": {"success": True, "data": {"details": rows}},
    }[name]


def parse(name: str, body: bytes, status: int = 200) -> TrackingResult:
    return reading(adapter_of(name).parse)(body, status)


@pytest.mark.parametrize("name", NAMES)
def test_a_delivery_is_read(name: str) -> None:
    result = parse(name, msgspec.json.encode(around(name, DELIVERED[name])))
    assert (result.status, result.delivered_at, result.source) == ("delivered", AT, name)


@pytest.mark.parametrize("name", NAMES)
@bodies(
    *STRANGE,
    (b'{"error":{"title":"x","message":"Quota limit reached"}}', 403, Outcome.QUOTA_EXCEEDED),
    (b'{"message":["no","text"]}', 500, Outcome.UNAVAILABLE),
    (b'{"message":"awb tidak ditemukan"}', 500, Outcome.NOT_FOUND),
    (b'{"message":"I am a teapot"}', 418, Outcome.BAD_REPLY),
    (b'{"history":[{"desc":"DELIVERED"', 200, Outcome.BAD_REPLY),
)
def test_a_strange_body_has_an_outcome(name: str, body: bytes, status: int, right: Outcome) -> None:
    result = parse(name, body, status)
    assert (result.outcome, result.status, result.events) == (right, "unknown", ())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rows", ["none", 7, {"a": 1}, [1, None, "x"], [{}], [{"desc": None}]])
def test_rows_of_the_wrong_type_are_a_bad_reply(name: str, rows: object) -> None:
    assert parse(name, msgspec.json.encode(around(name, rows))).outcome is Outcome.BAD_REPLY


@pytest.mark.parametrize("name", NAMES)
def test_a_hundred_thousand_rows_are_read_in_time(name: str) -> None:
    rows = DELIVERED[name] * 100_000
    for place in (0, -1):
        told = [{**row, "seen": number} for number, row in enumerate(rows)]
        told[place] = {"status": "x" * 1_000_000, "desc": "x" * 1_000_000}
        body = msgspec.json.encode(around(name, told))
        began = time.process_time()
        result = parse(name, body)
        assert time.process_time() - began < 3
        assert (result.outcome, result.status) == (Outcome.OK, "delivered")
        assert len(result.events) <= KEPT_ROWS


JUNK: list[Any] = [None, 7, -1, 1e300, True, "", "x", [], {}, [[]], {"id": {}}, "\0", 10**30]
HELD_BACK = {"jnt_delivery_code_at_a_depot", "lion_pod_of_an_unknown_journey", "spx_internal_row"}
"""Deliveries but for one word beside the code; without that word they are deliveries."""
BODIES = sorted(path for name in NAMES for path in PAYLOADS.glob(f"{name}_*.json"))


@pytest.mark.parametrize("path", BODIES, ids=lambda path: path.stem)
def test_damage_never_makes_a_delivery(path: Any) -> None:
    """Every leaf replaced by every kind of thing: an outcome each time, and no delivery that was none."""
    told = msgspec.json.decode(path.read_bytes())
    right = told["expect"].get("status")
    held_back = path.stem in HELD_BACK
    dice = random.Random(path.stem)
    for place in places(told["body"]):
        body = replaced(told["body"], place, dice.choice(JUNK))
        result = parse(told["provider"], msgspec.json.encode(body), told["http"])
        assert result.outcome in Outcome
        assert (result.delivered_at is not None) <= (result.status is TrackingStatus.DELIVERED)
        if right in ("pending", "in_transit", "picked_up", "out_for_delivery", "exception") and not held_back:
            assert result.status is not TrackingStatus.DELIVERED, place


@pytest.mark.parametrize("name", PARTNERS)
async def test_credentials_show_nowhere(name: str, caplog: pytest.LogCaptureFixture) -> None:
    provider = built(name)
    line = Line((400, {"message": f"bad key {SECRET}", "error": f"bad key {SECRET}"}))
    result = await provider.track(line, Parcel(JNT), NOW)
    told = "".join((repr(provider), repr(result), str(vars(provider).get("ask")), caplog.text))
    assert SECRET not in told
    assert line.sent and all(sent.url.startswith("https://courier.example") for sent in line.sent)
    assert SECRET not in repr(Ask("GET", "https://x", headers={"key": SECRET}))


@pytest.mark.parametrize("name", [name for name in PARTNERS if name not in ("jne", "sicepat", "ninja")])
async def test_an_address_of_the_contract_must_be_set(name: str) -> None:
    line = Line((200, {}))
    result = await built(name, base=None).track(line, Parcel(JNT), NOW)
    assert (result.outcome, line.sent) == (Outcome.UNAUTHORIZED, [])
    assert "base" in (result.message or "")


@pytest.mark.parametrize("name", ["anteraja", "sicepat", "pos"])
async def test_a_credential_no_header_can_carry_is_not_sent(name: str, http: CourierHttp) -> None:
    key = next(iter(Registry().load(name).credentials))
    for wrong in ("käse", "two\nlines"):
        result = await built(name, **{key: wrong}).track(http, Parcel(JNT), NOW)
        assert (result.outcome, result.message) == (Outcome.UNAVAILABLE, "bad_request")


@pytest.mark.parametrize("name", ["jne", "sicepat"])
async def test_a_key_is_not_sent_over_plain_http(name: str, http: CourierHttp) -> None:
    result = await built(name, base="http://courier.example").track(http, Parcel(JNT), NOW)
    assert (result.outcome, result.message) == (Outcome.UNAVAILABLE, "insecure")
    assert built(name, base=None)._base.startswith("https://")  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
async def test_whoever_is_asked_names_its_own_courier(name: str, http: CourierHttp) -> None:
    """`--via` may come without a courier, or with the one a number looks like."""
    courier = "jnt" if name == "jnt_web" else name
    provider = faked(name, "http://127.0.0.1:1")
    assert provider.covers(courier.upper()) and not provider.covers("tiki") and not provider.covers(None)
    known = parcel("N123456789", courier, ["TELAH TIBA DI HUB"])
    with sandbox(known) as root:
        result = await faked(name, root).track(http, Parcel(known.number, "tiki"), NOW)
    assert (result.outcome, result.status, result.courier) == (Outcome.OK, "in_transit", courier)


@pytest.mark.parametrize("name", ["spx", "jnt_web"])
def test_what_nobody_promised_is_off(name: str) -> None:
    state = Registry().state(name)
    assert (state.documented, state.enabled, state.needs_key, state.configured) == (False,) * 4
    assert Registry().build([name], {}) == []
    assert built(name).pace.per_second < 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", PARTNERS)
def test_a_partner_needs_its_credentials(name: str) -> None:
    state = Registry().state(name)
    assert state.enabled and state.missing == Registry().load(name).credentials and not state.configured
