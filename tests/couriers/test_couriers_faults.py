"""The contract of every provider with a fake: what each fault of its wire comes out as, over real sockets.

A provider joins by standing in couriers.sandbox.WIRES. A fault its wire cannot show (a partner API without a
quota) is named in the fake's `inexpressible`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import Final

import msgspec
import pytest
import pytest_asyncio

from couriers.base import Outcome, Parcel, Provider, RawReply
from couriers.http import CourierHttp
from couriers.registry import ProviderConfig, Registry
from couriers.sandbox import API_KEY, WIRES, Fault, ScriptedParcel, Wire, base_of
from store.times import DAY
from tests.couriers.courier_kit import JOURNEY, NOW, parcel, sandbox

NUMBERS: Final = {
    "jnt": "JP{:010}",
    "jne": "{:015}",
    "sicepat": "00{:010}",
    "anteraja": "10{:012}",
    "lion": "88LP{:013}",
    "pos": "P{:010}",
    "ninja": "NLIDAP{:08}",
    "spx": "SPXID{:011}",
}
"""A courier and how its numbers look; a provider is asked about the first one it covers."""
REFUSED: Final = {
    Fault.NOT_FOUND: Outcome.NOT_FOUND,
    Fault.BAD_KEY: Outcome.UNAUTHORIZED,
    Fault.QUOTA: Outcome.QUOTA_EXCEEDED,
    Fault.RATE_LIMITED: Outcome.RATE_LIMITED,
    Fault.RATE_LIMITED_PLAIN: Outcome.RATE_LIMITED,
    Fault.SERVER_ERROR: Outcome.UNAVAILABLE,
    Fault.HANG: Outcome.UNAVAILABLE,
    Fault.CUT: Outcome.UNAVAILABLE,
    Fault.HTML: Outcome.UNAVAILABLE,
    Fault.EMPTY: Outcome.UNAVAILABLE,
    Fault.REDIRECT: Outcome.UNAVAILABLE,
    Fault.MALFORMED: Outcome.BAD_REPLY,
    Fault.SHAPE: Outcome.BAD_REPLY,
}
"""What hides the parcel; with every other fault its journey is still read."""
CASES: Final = [(wire, fault) for wire in WIRES for fault in Fault if fault not in wire.inexpressible]
SOUND, TOO_EARLY, NOBODYS = "sound", "too early", "nobody's"
KEY: Final = "CANARY-7f3a"
Case = tuple[type[Wire], str]
BY_NAME: Final = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
KEYED: Final = [pytest.param(wire, id=wire.name) for wire in WIRES if Fault.BAD_KEY not in wire.inexpressible]
pytestmark = pytest.mark.asyncio(loop_scope="module")


def build(wire: type[Wire], base: str, key: str = API_KEY) -> Provider:
    kind = Registry().load(wire.name)
    return kind(ProviderConfig(base_of(wire.name, base), dict.fromkeys(kind.credentials, key), enabled=True))


def about(wire: type[Wire], place: int, fault: Fault | None = None) -> ScriptedParcel:
    """A parcel of a courier that the provider covers, under a number of its own."""
    provider = build(wire, "http://127.0.0.1:1")
    courier = next(code for code in NUMBERS if provider.covers(code))
    return parcel(NUMBERS[courier].format(place), courier, JOURNEY, fault=fault)


def asked(known: ScriptedParcel) -> Parcel:
    return Parcel(known.number, known.courier, known.phone)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http() -> AsyncIterator[CourierHttp]:
    """One client for all: to build one takes longer than a case."""
    async with CourierHttp(deadline=5.0) as client:
        yield client


@pytest.fixture(scope="module")
def scripted() -> dict[Case, ScriptedParcel]:
    """One parcel for every case, told apart by its number."""
    place = count(1)
    cases = {(wire, str(fault)): about(wire, next(place), fault) for wire, fault in CASES}
    for wire in WIRES:
        cases[wire, SOUND] = about(wire, next(place))
        later = about(wire, next(place))
        steps = [msgspec.structs.replace(step, at=step.at + DAY) for step in later.steps]
        cases[wire, TOO_EARLY] = msgspec.structs.replace(later, steps=steps)
        cases[wire, NOBODYS] = about(wire, next(place))
    return cases


@pytest.fixture(scope="module")
def base(scripted: dict[Case, ScriptedParcel]) -> Iterator[str]:
    """One server of every fake: to start one takes longer than a case."""
    with sandbox(*(one for case, one in scripted.items() if case[1] != NOBODYS)) as root:
        yield root


@pytest.mark.parametrize(("wire", "fault"), CASES, ids=[f"{wire.name}-{fault}" for wire, fault in CASES])
async def test_a_fault_has_its_outcome(
    wire: type[Wire], fault: Fault, base: str, scripted: dict[Case, ScriptedParcel], http: CourierHttp
) -> None:
    known = scripted[wire, str(fault)]
    provider = build(wire, base)
    if fault is Fault.HANG:
        async with CourierHttp(deadline=0.2) as impatient:
            result = await provider.track(impatient, asked(known), NOW)
    else:
        result = await provider.track(http, asked(known), NOW)

    assert result.outcome == REFUSED.get(fault, Outcome.OK)
    assert result.retry_after == (7 if fault is Fault.RATE_LIMITED else None)
    assert (result.tracking_number, result.source) == (known.number, wire.name)
    if result.outcome is not Outcome.OK:
        assert (result.status, result.events) == ("unknown", ())
        return
    assert (result.status, result.delivered_at) == ("out_for_delivery", None)
    assert len(result.events) == len(JOURNEY) + (fault is Fault.STRANGE)
    assert any(event.future for event in result.events) == (fault is Fault.FUTURE)
    times = [event.at for event in result.events if event.at is not None]
    assert len(times) >= len(JOURNEY) and times == sorted(times)


@BY_NAME
async def test_the_key_is_refused_and_never_repeated(
    wire: type[Wire], base: str, scripted: dict[Case, ScriptedParcel], http: CourierHttp
) -> None:
    provider = build(wire, base, key=KEY)
    result = await provider.track(http, asked(scripted[wire, SOUND]), NOW)
    if Fault.BAD_KEY not in wire.inexpressible:
        assert result.outcome == Outcome.UNAUTHORIZED
    assert KEY not in repr(provider) and KEY not in repr(result)


class Parrot:
    """A provider that answers every question by repeating the key, in every field where a message may stand."""

    async def send(self, method: str, url: str, **_: object) -> RawReply:
        words = dict.fromkeys(("message", "error", "text", "info", "msg", "description"), f"bad key {KEY}")
        inner = {**words, "code": 400, "status": "error"}
        body = {
            **inner,
            "status": False,
            "meta": inner,
            "data": {"errors": [inner]},
            "sicepat": {"status": inner},
        }
        return RawReply(400, {}, msgspec.json.encode(body))


@pytest.mark.parametrize("wire", KEYED)
async def test_a_key_that_is_repeated_is_hidden(
    wire: type[Wire], scripted: dict[Case, ScriptedParcel]
) -> None:
    provider = build(wire, "http://127.0.0.1:1", key=KEY)
    result = await provider.track(Parrot(), asked(scripted[wire, SOUND]), NOW)
    assert result.outcome is not Outcome.OK
    assert KEY not in repr(result)


@BY_NAME
async def test_a_number_nobody_knows(
    wire: type[Wire], base: str, scripted: dict[Case, ScriptedParcel], http: CourierHttp
) -> None:
    result = await build(wire, base).track(http, asked(scripted[wire, NOBODYS]), NOW)
    told_apart = Fault.NOT_FOUND not in wire.inexpressible
    assert result.outcome == (Outcome.NOT_FOUND if told_apart else Outcome.UNAVAILABLE)
    assert result.status == "unknown"


@BY_NAME
async def test_a_parcel_without_a_row_yet(
    wire: type[Wire], base: str, scripted: dict[Case, ScriptedParcel], http: CourierHttp
) -> None:
    """Known or not, it is nowhere: never delivered, and no error."""
    result = await build(wire, base).track(http, asked(scripted[wire, TOO_EARLY]), NOW)
    assert result.outcome in (Outcome.OK, Outcome.NOT_FOUND)
    assert (result.delivered_at, result.events) == (None, ())
    assert result.status in ("unknown", "pending")


@BY_NAME
async def test_a_provider_that_is_not_there(
    wire: type[Wire], scripted: dict[Case, ScriptedParcel], http: CourierHttp
) -> None:
    result = await build(wire, "http://127.0.0.1:1").track(http, asked(scripted[wire, SOUND]), NOW)
    assert (result.outcome, result.message) == (Outcome.UNAVAILABLE, "connect")


async def test_every_fault_is_tried() -> None:
    """A fault that no fake can show is none."""
    assert {fault for _, fault in CASES} == set(Fault)
