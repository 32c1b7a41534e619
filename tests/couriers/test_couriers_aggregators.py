"""What holds for every aggregator: bodies nobody can read, keys that stay hidden, and the way from the settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from couriers.base import Outcome, Parcel, TrackingResult
from couriers.http import CourierHttp
from couriers.sandbox import API_KEY, base_of
from jobs.config.settings import load
from jobs.tracking.lookup import track_once
from tests.couriers.courier_kit import JNT, JOURNEY, NOW, PAYLOADS, parcel, sandbox, serving
from tests.couriers.mutation_kit import claims_delivery, spoilt
from tests.couriers.source_kit import STRANGE, Line, adapter_of, bodies, built, reading

REFUSALS: dict[str, Callable[[str], dict[str, Any]]] = {
    "17track": lambda words: {"code": -18010002, "data": {"errors": [{"message": words}]}},
    "aftership": lambda words: {"meta": {"code": 401, "message": words}, "data": {}},
    "binderbyte": lambda words: {"status": 401, "message": words},
    "biteship": lambda words: {"success": False, "code": 40101001, "error": words},
    "kiriminaja": lambda words: {"status": False, "text": words},
    "komerce": lambda words: {"meta": {"code": 401, "message": words}, "data": None},
}
"""How each refuses a key, in these words."""
NAMES = tuple(REFUSALS)
FILES = [path for name in ("17track", "aftership") for path in sorted(PAYLOADS.glob(f"{name}_*.json"))]


def reader(name: str) -> Callable[..., TrackingResult]:
    return reading(adapter_of(name).parse, courier="jnt")


@pytest.mark.parametrize("name", NAMES)
@bodies(*STRANGE)
def test_a_strange_body_has_an_outcome(name: str, body: bytes, status: int, right: Outcome) -> None:
    result = reader(name)(body, status)
    assert (result.outcome, result.status, result.events) == (right, "unknown", ())


@pytest.mark.parametrize("name", NAMES)
def test_how_long_to_wait_is_passed_on(name: str) -> None:
    for body in (REFUSALS[name]("slow down"), b"slow down"):
        assert reader(name)(body, 429, **{"retry-after": "7"}).retry_after == 7


@pytest.mark.parametrize(
    ("name", "courier"), [("binderbyte", "gosend"), ("biteship", "lex"), ("komerce", "sicepat")]
)
async def test_a_courier_it_has_no_code_for_is_not_asked(name: str, courier: str) -> None:
    provider, line = built(name), Line((200, {}))
    assert provider.covers("J&T") and not provider.covers(courier) and not provider.covers(None)
    result = await provider.track(line, Parcel(JNT, courier), NOW)
    assert (result.outcome, result.source, line.sent) == (Outcome.UNSUPPORTED, name, [])


@pytest.mark.parametrize("name", ["17track", "aftership", "kiriminaja"])
def test_the_number_alone_is_enough(name: str) -> None:
    assert all(built(name).covers(courier) for courier in ("jnt", "nobody", "", None))


async def test_what_cannot_be_a_number_of_its_own_is_not_asked() -> None:
    line = Line((200, {}))
    result = await built("kiriminaja").track(line, Parcel("N" * 21, "jnt"), NOW)
    assert (result.outcome, line.sent) == (Outcome.UNSUPPORTED, [])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_spoilt_place_never_invents_a_delivery(path: Path) -> None:
    told = msgspec.json.decode(path.read_bytes())
    claimed, read = claims_delivery(told["body"]), reader(told["provider"])
    for body in spoilt(told["body"]):
        result = read(body, told["http"])
        assert claimed or result.status != "delivered"
        assert result.outcome is Outcome.OK or (result.status, result.events) == ("unknown", ())


@pytest.mark.parametrize("name", NAMES)
async def test_through_the_configuration(name: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    environ = {f"PANTAU_COURIER_{name.upper()}_API_KEY": API_KEY}
    with sandbox(parcel(texts=JOURNEY)) as root:
        base = base_of(name, root)
        file.write_text(f'[couriers]\norder = ["{name}"]\n[couriers.{name}]\nbase = "{base}"\n')
        variables = {"PANTAU_COURIERS__ORDER": name, f"PANTAU_COURIERS__{name.upper()}__BASE": base}
        for settings in (load(file, {}), load(None, variables)):
            found = await track_once(settings, environ, JNT, now=NOW)
            assert (found.source, found.status) == (name, "out_for_delivery")
            assert (await track_once(settings, {}, JNT, now=NOW)).outcome is Outcome.UNAUTHORIZED


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("key", ["CANARY-7f3a", "CANARY-ké", "CANARY\n7f3a"])
async def test_the_key_is_shown_nowhere(
    name: str, key: str, http: CourierHttp, caplog: pytest.LogCaptureFixture
) -> None:
    async def echo(scope: object, receive: object, send: Callable[[dict[str, Any]], Any]) -> None:
        body = json.dumps(REFUSALS[name](f"bad key {key}")).encode()
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": body})

    with serving(echo) as root:
        asked = built(name, root, api_key=key)
        result = await asked.track(http, Parcel(JNT, "jnt"), NOW)
    assert result.outcome in (Outcome.UNAUTHORIZED, Outcome.UNAVAILABLE)
    assert "CANARY" not in repr(result) + repr(asked) + caplog.text
