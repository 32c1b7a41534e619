"""Made-up sources of tracking for the tests of the jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from couriers.base import Http, Outcome, Pace, Parcel, RawReply, TrackEvent, TrackingResult, TrackingStatus
from store.times import DAY, HOUR
from tests.store.store_kit import Db, order, package

Answer = Callable[[Parcel, int], TrackingResult]


class NoHttp:
    """No test with made-up providers may touch the network."""

    async def send(self, method: str, url: str, **_: Any) -> RawReply:
        raise AssertionError(url)


class Source:
    """A provider that answers as a test says and remembers what it was asked."""

    documented = True
    pace = Pace(per_second=1_000_000, at_once=10)
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


def sent(
    db: Db, *numbers: str | None, courier: str = "jnt", first: int = 0, package_id: str | None = None
) -> None:
    """One order in transit per number; each parcel is due now. `package_id`: it is one and the same parcel."""
    now = db.store.clock()
    db.ingest(
        *(
            order(
                f"5800000000000{place:05}", "IN_TRANSIT", shipped_at=now - DAY, phone="+6281234567890",
                packages=(package(package_id or f"115{place:05}", tracking_number=number, courier=courier),),
            )
            for place, number in enumerate(numbers, first)
        ),
        now=now,
    )  # fmt: skip
