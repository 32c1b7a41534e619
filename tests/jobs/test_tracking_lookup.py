"""One look-up of any number, as `pantau track` does it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from couriers.base import Outcome, Pace, Parcel, TrackingResult
from couriers.http import CourierHttp
from couriers.providers.tiktok import PlatformTrouble
from couriers.registry import UnknownProvider
from couriers.sandbox import API_KEY, Fault, make_app
from jobs.config import settings
from jobs.tracking.lookup import (
    SANDBOX_PACE,
    better,
    paces_of,
    platform_fetch,
    provider_table,
    providers_of,
    track_number,
    track_once,
)
from shop.errors import (
    Ambiguous,
    BadReply,
    LoginNeeded,
    NotSent,
    RateLimited,
    Refused,
    ShopError,
    TokenExpired,
)
from tests.couriers.courier_kit import JNT, NOW, binderbyte, parcel, serving
from tests.jobs.tracking_kit import NoHttp, Source, refuses, says

ENVIRON = {"PANTAU_COURIER_BINDERBYTE_API_KEY": API_KEY}


def load(base: str = "https://api.binderbyte.com", **more: str) -> settings.Settings:
    return settings.load(None, {"PANTAU_COURIERS__BINDERBYTE__BASE": f"{base}/binderbyte/v1", **more}, {})


async def look(*providers: Source, number: str = JNT, **how: Any) -> Any:
    return await track_number(NoHttp(), providers, number, now=NOW, **how)


async def test_the_number_names_the_courier_unless_a_person_does() -> None:
    seen: list[Parcel] = []

    def answer(parcel: Parcel, now: int) -> TrackingResult:
        seen.append(parcel)
        return says("in_transit")(parcel, now)

    source = Source("one", answer)
    await look(source, number=" jp 1234567890 ")
    await look(source, courier="JNE", phone="67890")
    assert [(one.tracking_number, one.courier, one.phone) for one in seen] == [
        (JNT, "jnt", None), (JNT, "jne", "67890"),
    ]  # fmt: skip


async def test_the_providers_are_asked_in_turn_until_one_says_where() -> None:
    one, two, three = (
        Source("one", refuses(Outcome.NOT_FOUND)),
        Source("two", says("in_transit")),
        Source("three", says("delivered")),
    )
    assert (await look(one, two, three)).status == "in_transit"
    assert (len(one.asked), len(two.asked), len(three.asked)) == (1, 1, 0)
    assert (await look(one, two, three, via="three")).status == "delivered"


async def test_the_answer_that_says_most_is_kept() -> None:
    limited, unknown = Source("one", refuses(Outcome.RATE_LIMITED)), Source("two", refuses(Outcome.NOT_FOUND))
    assert (await look(limited, unknown)).outcome is Outcome.NOT_FOUND
    assert (await look(unknown, limited)).outcome is Outcome.NOT_FOUND


def test_between_equals_the_first_stays() -> None:
    parcel_ = Parcel(JNT, "jnt")
    first, second = refuses(Outcome.UNAVAILABLE)(parcel_, NOW), refuses(Outcome.UNAVAILABLE)(parcel_, NOW)
    assert better(first, second) is first
    for outcome in Outcome:
        told = says("unknown")(parcel_, NOW)
        assert better(refuses(outcome)(parcel_, NOW), told).outcome is Outcome.OK


async def test_nobody_to_ask_is_an_answer_too() -> None:
    assert (await look()).outcome is Outcome.UNAUTHORIZED
    assert (await look(Source("one", says("in_transit")), via="two")).outcome is Outcome.UNAUTHORIZED
    lion = await look(Source("one", says("in_transit")), courier="lion")
    assert (lion.outcome, lion.status) == (Outcome.UNSUPPORTED, "unknown")


@pytest.mark.parametrize("number", ["", "!!", "a", "x" * 200, "\x1b]0;PWN\x07"])
async def test_what_is_no_number_is_not_asked_about(number: str) -> None:
    source = Source("one", says("in_transit"))
    assert (await look(source, number=number)).outcome is Outcome.NOT_FOUND
    assert source.asked == []


async def test_with_the_configuration_over_http() -> None:
    known = {JNT: parcel(texts=("Manifes", "TELAH DIAMBIL"))}
    with serving(make_app(known.get, clock=lambda: NOW)) as base:
        found = await track_once(load(base), ENVIRON, JNT, now=NOW)
        no_key = await track_once(load(base), {}, JNT, now=NOW)
        wrong = {"PANTAU_COURIER_BINDERBYTE_API_KEY": "other"}
        bad_key = await track_once(load(base), wrong, JNT, now=NOW, via="binderbyte")
    assert (found.outcome, found.status, found.source) == (Outcome.OK, "picked_up", "binderbyte")
    assert [no_key.outcome, bad_key.outcome] == [Outcome.UNAUTHORIZED] * 2


@pytest.mark.parametrize(
    ("via", "says_so"),
    [
        ("spx", "switched off: set [couriers.spx] enabled = true"),
        ("jne", "not set: PANTAU_COURIER_JNE_USERNAME PANTAU_COURIER_JNE_API_KEY"),
        ("tiktok", "the platform tells only of a shop's own orders: pantau order ID"),
    ],
)
async def test_who_cannot_be_asked_says_why(via: str, says_so: str) -> None:
    result = await track_once(load(), {}, JNT, now=NOW, via=via)
    assert (result.outcome, result.message) == (Outcome.UNAUTHORIZED, says_so)


async def test_via_may_name_a_provider_outside_the_order() -> None:
    known = {JNT: parcel()}
    with serving(make_app(known.get, clock=lambda: NOW)) as base:
        loaded = load(base, PANTAU_COURIERS__ORDER="tiktok")
        assert providers_of(loaded, ENVIRON) == []
        assert (await track_once(loaded, ENVIRON, JNT, now=NOW, via="binderbyte")).outcome is Outcome.OK
    with pytest.raises(UnknownProvider):
        await track_once(loaded, ENVIRON, JNT, now=NOW, via="binderbite")


def test_the_table_of_providers() -> None:
    rows = {row.name: row for row in provider_table(load(), ENVIRON)}
    assert (rows["tiktok"].configured, rows["tiktok"].needs_key) == (True, False)
    assert rows["binderbyte"].configured and rows["binderbyte"].needs_key
    assert not {row.name: row for row in provider_table(load(), {})}["binderbyte"].configured


async def test_a_provider_s_own_silence_is_an_outcome() -> None:
    with serving(make_app({JNT: parcel(fault=Fault.CUT)}.get, clock=lambda: NOW)) as base:
        async with CourierHttp(deadline=2) as http:
            result = await track_number(http, [binderbyte(base)], JNT, now=NOW)
    assert result.outcome is Outcome.UNAVAILABLE


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RateLimited(retry_after=9), Outcome.RATE_LIMITED),
        (LoginNeeded(), Outcome.UNAUTHORIZED),
        (TokenExpired(), Outcome.UNAVAILABLE),
        (NotSent("connect"), Outcome.UNAVAILABLE),
        (Ambiguous(), Outcome.UNAVAILABLE),
        (BadReply(), Outcome.BAD_REPLY),
        (Refused(code=21008111), Outcome.NOT_FOUND),
        (ShopError(), Outcome.UNAVAILABLE),
    ],
)
async def test_the_shop_s_errors_become_outcomes(error: ShopError, outcome: Outcome) -> None:
    async def tracking(order_id: str) -> list[Any]:
        raise error

    with pytest.raises(PlatformTrouble) as caught:
        await platform_fetch(SimpleNamespace(tracking=tracking))("580000000000000001")
    assert (caught.value.outcome, caught.value.retry_after) == (outcome, error.retry_after)


def test_how_hard_a_source_may_be_asked() -> None:
    mine = Pace(per_second=5, at_once=3, per_day=100)

    def pace(own: Pace = mine, **table: str) -> Pace:
        source = Source("biteship", says("in_transit"))
        source.pace = own
        environ = {f"PANTAU_COURIERS__BITESHIP__{key}": value for key, value in table.items()}
        return paces_of(settings.load(None, environ, {}), [source])["biteship"]

    assert pace() == mine
    assert pace(PER_SECOND="0.5", PER_DAY="7") == Pace(per_second=0.5, at_once=3, per_day=7)
    # A sandbox needs no mercy unless somebody asks for it.
    assert pace(BASE="http://127.0.0.1:1") == SANDBOX_PACE
    assert pace(BASE="http://localhost:1", AT_ONCE="2").at_once == 2
    assert pace(BASE="https://example.com") == mine
    plain = SimpleNamespace(name="biteship")  # an installed provider says nothing of a pace
    assert paces_of(settings.load(None, {}, {}), [plain])["biteship"] == Pace()


@pytest.mark.parametrize("value", ["-1", "fast", "inf", "nan"])
def test_a_pace_is_a_number(value: str) -> None:
    with pytest.raises(settings.SettingsError, match="per_second"):
        settings.load(None, {"PANTAU_COURIERS__BITESHIP__PER_SECOND": value}, {})
