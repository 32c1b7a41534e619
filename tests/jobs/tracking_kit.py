"""Made-up sources of tracking for the tests of the jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from couriers.base import Http, Outcome, Parcel, RawReply, TrackEvent, TrackingResult, TrackingStatus
from store.times import HOUR

Answer = Callable[[Parcel, int], TrackingResult]


class NoHttp:
    """No test with made-up providers may touch the network."""

    async def send(self, method: str, url: str, **_: Any) -> RawReply:
        raise AssertionError(url)


class Source:
    """A provider that answers as a test says and remembers what it was asked."""

    documented = True
    needs_key = False

    def __init__(self, name: str, answer: Answer, couriers: str = "jnt jne") -> None:
        self.name = name
        self.answer = answer
        self.couriers = couriers.split()
        self.asked: list[str] = []
        self.open = 0
        self.most = 0

    def covers(self, courier: str | None) -> bool:
        return courier in self.couriers

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        self.asked.append(parcel.tracking_number)
        self.open += 1
        self.most = max(self.most, self.open)
        await asyncio.sleep(0)
        self.open -= 1
        return self.answer(parcel, now)


def says(status: str, *, ago: int = HOUR, reason: str | None = None) -> Answer:
    def answer(parcel: Parcel, now: int) -> TrackingResult:
        where = TrackingStatus(status)
        events = (TrackEvent(now - ago, where, f"row of {parcel.tracking_number}"),)
        return TrackingResult(
            parcel.tracking_number, parcel.courier, "one", Outcome.OK, where, reason,
            now - ago if status == "delivered" else None, events,
        )  # fmt: skip

    return answer


def refuses(outcome: Outcome, retry_after: float | None = None) -> Answer:
    def answer(parcel: Parcel, now: int) -> TrackingResult:
        return TrackingResult(parcel.tracking_number, parcel.courier, "one", outcome, retry_after=retry_after)

    return answer
