"""The guard before an installed source: whatever it returns, a well-formed answer under its own name."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from couriers import plugins
from couriers.base import (
    BatchProvider,
    Http,
    Outcome,
    Pace,
    Parcel,
    RawReply,
    TrackEvent,
    TrackingResult,
    TrackingStatus,
)  # fmt: skip
from couriers.registry import PLATFORM, ProviderConfig, Registry
from couriers.status import KEPT_ROWS, LONGEST_TEXT
from tests.couriers.courier_kit import JNT, NOW

KEY = "CANARY-kilat"


class Told:
    """An installed source that answers as a test says."""

    name, documented, needs_key, credentials = "told", True, False, ("api_key",)
    pace = Pace(per_second=9.0, at_once=3)
    answer: Any = None

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config

    def covers(self, courier: str | None) -> bool:
        return True

    async def track(self, http: Http, parcel: Parcel, now: int) -> Any:
        return await self.answer if asyncio.isfuture(self.answer) else self.answer


def guarded(answer: Any, kind: type[Told] = Told, **more: Any) -> Any:
    told = type("Told", (kind,), {"answer": answer} | more)
    registry = Registry(lambda: {"told": lambda: told})
    (built,) = registry.build(["told"], {"told": ProviderConfig(credentials={"api_key": KEY})})
    return built


class NoHttp:
    async def send(self, method: str, url: str, **_: Any) -> RawReply:
        raise AssertionError(url)


def result(**told: Any) -> TrackingResult:
    fields: dict[str, Any] = {
        "tracking_number": JNT,
        "courier": "jnt",
        "source": "told",
        "outcome": Outcome.OK,
    }
    return TrackingResult(**(fields | told))


def row(**told: Any) -> TrackEvent:
    fields: dict[str, Any] = {"at": NOW, "status": TrackingStatus.IN_TRANSIT, "text": "x"}
    return TrackEvent(**(fields | told))


@pytest.mark.parametrize(
    "answer",
    [
        7, "ok", {}, [], (), SimpleNamespace(outcome="ok", status="delivered"), TrackingResult,
        result(outcome="fine"), result(outcome=None), result(status="arrived"), result(status=5),
        result(events=7), result(events=("delivered",)), result(events=(row(at="today"),)),
        result(events=(row(at=1.5),)), result(events=(row(at=1 << 70),)), result(events=(row(at=-1),)),
        result(events=(row(text=None),)), result(events=(row(text=object()),)), result(delivered_at="now"),
        result(outcome=Outcome.NOT_FOUND, message=7), result(outcome=Outcome.NOT_FOUND, retry_after="x"),
        result(delivered_at=1 << 70, status="delivered"), result(reason=b"\xff"),
    ],
    ids=range(24),
)  # fmt: skip
async def test_garbage_is_a_bad_reply(answer: Any) -> None:
    told = await guarded(answer).track(NoHttp(), Parcel(JNT, "jnt"), NOW)
    assert (told.outcome, told.status, told.source, told.events) == (
        Outcome.BAD_REPLY, "unknown", "told", (),
    )  # fmt: skip


async def test_an_answer_is_made_to_fit() -> None:
    many = tuple(row(at=NOW - n, text=f"a\0{n}" + "y" * 9_000) for n in range(2_000))
    answer = result(
        tracking_number="OTHER", courier="jne", source="binderbyte", status="in_transit", delivered_at=NOW,
        events=list(many),
    )  # fmt: skip
    told = await guarded(answer).track(NoHttp(), Parcel(JNT, "jnt"), NOW)
    assert (told.tracking_number, told.courier, told.source) == (JNT, "jnt", "told")
    assert (told.outcome, told.status, told.delivered_at) == (Outcome.OK, TrackingStatus.IN_TRANSIT, None)
    assert isinstance(told.status, TrackingStatus) and isinstance(told.events, tuple)
    assert len(told.events) == KEPT_ROWS
    assert [event.at for event in told.events] == sorted(event.at for event in told.events)
    assert all(len(event.text) <= LONGEST_TEXT and "\0" not in event.text for event in told.events)


async def test_a_refusal_says_nothing_about_the_parcel_and_hides_the_key() -> None:
    answer = result(
        outcome=Outcome.RATE_LIMITED, status=TrackingStatus.DELIVERED, delivered_at=NOW, events=(row(),),
        message=f"key {KEY} for 081234567890", retry_after=1e12,
    )  # fmt: skip
    told = await guarded(answer).track(NoHttp(), Parcel(JNT, "jnt"), NOW)
    assert told == TrackingResult(JNT, "jnt", "told", Outcome.RATE_LIMITED, message="key *** for …")


async def test_one_that_hangs_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "DEADLINE", 0.05)
    told = await guarded(asyncio.get_running_loop().create_future()).track(NoHttp(), Parcel(JNT), NOW)
    assert told.outcome is Outcome.UNAVAILABLE


async def test_a_cancelled_question_ends() -> None:
    source = guarded(asyncio.get_running_loop().create_future())
    task = asyncio.ensure_future(source.track(NoHttp(), Parcel(JNT), NOW))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("pace", "right"),
    [(Pace(5.0, 2, 100), Pace(5.0, 2, 100)), (Pace(0), Pace()), (Pace(float("nan")), Pace()), (5, Pace()),
     (Pace("fast"), Pace()), (Pace(1.0, 0), Pace()), (Pace(1.0, 1, -5), Pace())],  # type: ignore[arg-type]
    ids=range(7),
)  # fmt: skip
def test_a_pace_is_taken_when_it_is_one(pace: Any, right: Pace) -> None:
    assert guarded(None, pace=pace).pace == right


@pytest.mark.parametrize(
    ("answers", "outcomes"),
    [
        ([result(), result(outcome=Outcome.NOT_FOUND)], ["ok", "not_found"]),
        ([result(), 7], ["ok", "bad_reply"]),
        ([result()], ["bad_reply", "bad_reply"]),
        ("no", ["bad_reply", "bad_reply"]),
        (None, ["bad_reply", "bad_reply"]),
    ],
    ids=range(5),
)
async def test_many_at_once(answers: Any, outcomes: list[str]) -> None:
    async def track_many(self: Told, http: Http, parcels: object, now: int) -> Any:
        return answers

    source: BatchProvider = guarded(None, batch_size=10, track_many=track_many)
    told = await source.track_many(NoHttp(), [Parcel(JNT), Parcel("JP2")], NOW)
    assert source.batch_size == 10
    assert [(one.outcome.value, one.tracking_number) for one in told] == [
        (outcomes[0], JNT), (outcomes[1], "JP2"),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [None, 0, 1, "40", True])
def test_without_a_usable_batch_it_is_asked_one_by_one(size: Any) -> None:
    source = guarded(None, batch_size=size, track_many=lambda *question: [])
    assert not hasattr(source, "track_many")


@pytest.mark.parametrize("name", [PLATFORM, "binderbyte", "17track", "BinderByte", "jnt-web", "", "a b", "Ä"])
def test_a_name_of_ours_or_one_that_reads_its_key_is_not_given_away(name: str) -> None:
    registry = Registry(lambda: {name: lambda: Told})
    assert registry.names() == Registry(dict).names()
    config = ProviderConfig(credentials={"api_key": "k"})
    assert all(not isinstance(one, plugins.Installed) for one in registry.build([name], {name: config}))
