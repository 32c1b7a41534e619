"""The tracking engine on a real store: pace, quotas, trials, batches, wishes, and what the screen hears."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from couriers.base import Http, Outcome, Pace, Parcel, TrackEvent, TrackingResult, TrackingStatus
from couriers.pace import released
from jobs.tracking import asking
from jobs.tracking.job import TrackingJob, TrackingReport
from jobs.tracking.refresh import Refresh, refresh_tracking
from store import providers
from store.db import Store
from store.times import HOUR, MINUTE, jakarta_day
from store.views import ProviderRow
from tests.conftest import FrozenClock
from tests.jobs.tracking_kit import NoHttp, Source, refuses, says
from tests.jobs.tracking_kit import sent as sent_
from tests.store.store_kit import Db


class Time:
    """Sleeping costs nothing and moves the steady clock."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """A watch or an end of round is longer than any test; a distance between questions passes at once."""
        if seconds >= asking.WATCH:
            await asyncio.Event().wait()
        for _ in range(3):  # what has left is under way before time passes
            await asyncio.sleep(0)
        self.now += seconds


class Batches(Source):
    """A source that answers for several parcels at once."""

    batch_size = 4

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.batches: list[list[str]] = []

    async def track_many(self, http: Http, parcels: Sequence[Parcel], now: int) -> Sequence[TrackingResult]:
        self.batches.append([parcel.tracking_number for parcel in parcels])
        return [self.answer(parcel, now) for parcel in parcels]


@pytest.fixture
def db(store: Store) -> Db:
    return Db(store)


def job(store: Store, *sources: Source, time: Time | None = None, **more: Any) -> TrackingJob:
    steady = time or Time()
    more = {"platform": lambda shop: None, "draw": lambda: 0.0} | more
    return TrackingJob(store, NoHttp(), sources, monotonic=steady, sleep=steady.sleep, **more)


def sent(db: Db, count: int, **more: Any) -> None:
    sent_(db, *(f"JP{place:03}" for place in range(count)), **more)


def provider(db: Db, name: str = "one") -> ProviderRow:
    reader = db.store.reader()
    try:
        return next(row for row in reader.providers(db.store.clock()) if row.provider == name)
    finally:
        reader.close()


def due(db: Db) -> int:
    return len(db.rows("SELECT 1 FROM packages WHERE due_at <= :now", now=db.store.clock()))


async def test_questions_leave_at_the_source_s_own_pace(db: Db) -> None:
    sent(db, 12)
    time, left = Time(), []

    class Noting(Source):
        async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
            left.append(time.now)
            return await super().track(http, parcel, now)

    source = Noting("one", says("in_transit"))
    report = await job(db.store, source, time=time, paces={"one": Pace(per_second=4, at_once=2)}).run_once()

    assert report.updated == 12 and source.most <= 2
    assert [round(after - before, 3) for before, after in itertools.pairwise(left)] == [0.25] * 11


async def test_a_slow_source_does_not_hold_the_places_of_the_others(db: Db) -> None:
    sent(db, 20)
    sent_(db, *(f"LP{place}" for place in range(15)), courier="jne", first=500)
    gate = asyncio.Event()

    class Slow(Source):
        async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
            await gate.wait()
            return await super().track(http, parcel, now)

    slow = Slow("slow", says("in_transit"), "jnt")

    def answer(parcel: Parcel, now: int) -> TrackingResult:
        if len(quick.asked) == 15:
            gate.set()
        return says("in_transit")(parcel, now)

    quick = Source("quick", answer, "jne")
    paces = {"slow": Pace(per_second=1_000, at_once=4)}
    report = await asyncio.wait_for(job(db.store, slow, quick, paces=paces).run_once(), 20)
    assert (report.updated, len(slow.asked), len(quick.asked)) == (35, 20, 15)


async def test_every_question_is_counted_and_what_was_not_asked_is_given_back(db: Db) -> None:
    sent(db, 33)
    source = Source("one", lambda parcel, now: (
        says("in_transit") if parcel.tracking_number < "JP030" else refuses(Outcome.NOT_FOUND)
    )(parcel, now))  # fmt: skip
    await job(db.store, source).run_once()
    (row,) = db.rows("SELECT * FROM provider_usage")
    assert tuple(row) == ("one", jakarta_day(db.store.clock()), 33, 30, None)


async def test_a_quota_is_never_exceeded_and_the_rest_stays_due(db: Db, clock: FrozenClock) -> None:
    sent(db, 100)
    source = Source("one", says("in_transit"))
    tracking = job(db.store, source, paces={"one": Pace(1_000_000, 10, per_day=60)})
    now_free = released(60, clock.now)

    report = await tracking.run_once()
    assert len(source.asked) == now_free < 60
    assert (report.due, report.left, report.failed) == (now_free, 100 - now_free, 0)
    assert due(db) == 100 - now_free
    assert provider(db).asked_today == now_free and provider(db).per_day == 60
    assert (provider(db).problem, provider(db).since) == ("quota_near", None)

    assert (await tracking.run_once()).due == 0  # nothing has come free
    clock.advance(HOUR)
    assert len(source.asked) < 60 and (await tracking.run_once()).due == released(60, clock.now) - now_free
    # Another process counts on from what is in the store.
    other = Source("one", says("in_transit"))
    await job(db.store, other, paces={"one": Pace(1_000_000, 10, per_day=60)}).run_once()
    assert other.asked == []


async def test_what_one_quota_has_no_room_for_goes_to_the_next_source(db: Db) -> None:
    sent(db, 30)
    small, other = Source("small", says("in_transit")), Source("other", says("in_transit"))
    report = await job(db.store, small, other, paces={"small": Pace(1_000_000, 10, per_day=10)}).run_once()
    assert (report.updated, report.left) == (30, 0)
    assert 0 < len(small.asked) <= 10 and len(other.asked) == 30 - len(small.asked)


async def test_a_person_may_use_what_is_kept(db: Db) -> None:
    sent(db, 30)
    source = Source("one", says("in_transit"))
    tracking = job(db.store, source, paces={"one": Pace(1_000_000, 10, per_day=20)})
    await tracking.run_once()
    asked = len(source.asked)
    pk = db.rows("SELECT order_pk FROM packages WHERE tracking_number = 'JP029'")[0][0]
    assert await asyncio.to_thread(refresh_tracking, db.store, [pk, pk]) == {Refresh.ASKED: 1}

    await tracking.run_once()
    assert source.asked[asked:] == ["JP029"]


async def test_after_a_rest_one_parcel_tries_for_all(db: Db, clock: FrozenClock) -> None:
    sent(db, 40)
    source = Source("one", refuses(Outcome.RATE_LIMITED))
    tracking = job(db.store, source)
    await tracking.run_once()
    assert (provider(db).problem, provider(db).until) == ("rate_limited", clock.now + 30_000)

    source.asked.clear()
    clock.advance(30_000)
    report = await tracking.run_once()
    assert len(source.asked) == 1 and report.failed == 40
    (trouble,) = report.troubles
    assert trouble.until == clock.now + MINUTE

    source.asked.clear()
    source.answer = says("in_transit")
    clock.advance(MINUTE)
    assert (await tracking.run_once()).updated == 40 and len(source.asked) == 40
    assert (provider(db).problem, provider(db).since, provider(db).until) == (None, None, None)
    kinds = [kind for kind, *_ in db.feed() if kind.startswith("job.")]
    assert kinds == ["job.failed", "job.recovered"]


async def test_a_source_that_batches_is_asked_in_batches(db: Db) -> None:
    sent(db, 10)
    source = Batches("one", says("in_transit"))
    report = await job(db.store, source).run_once()
    assert (report.updated, source.asked) == (10, [])
    assert [len(batch) for batch in source.batches] == [4, 4, 2]
    assert provider(db).asked_today == 3


async def test_a_batch_that_is_answered_badly_costs_nobody_his_next_look(db: Db) -> None:
    sent(db, 6)
    source = Batches("one", says("in_transit"))

    async def too_few(http: Http, parcels: Sequence[Parcel], now: int) -> Sequence[Any]:
        return ["?"] if len(parcels) == 4 else ["?"] * len(parcels)

    source.track_many = too_few  # type: ignore[method-assign]
    report = await job(db.store, source).run_once()
    assert (report.due, report.failed, due(db)) == (6, 6, 0)


async def test_one_order_of_a_combined_parcel_asks_the_platform_for_all(db: Db) -> None:
    sent_(db, "JP1", "JP1", package_id="1159")
    asked: list[str] = []

    def platform(shop_id: int) -> Any:
        async def fetch(order_id: str) -> list[Any]:
            asked.append(order_id)
            at = db.store.clock() - HOUR
            return [SimpleNamespace(description="Paket sedang diantar", update_time_ms=at, action_code=None)]

        return fetch

    report = await job(db.store, platform=platform).run_once()
    assert (len(asked), report.updated) == (1, 2)
    assert provider(db, "tiktok").asked_today == 1


async def test_whoever_a_person_waits_for_overtakes_a_round_under_way(
    db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "WATCH", 0.01)
    sent(db, 60)
    pk = db.rows("SELECT order_pk FROM packages WHERE tracking_number = 'JP059'")[0][0]
    asked_for, seen = asyncio.Event(), asyncio.Event()

    class Patient(Source):
        async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
            if len(self.asked) == 5:
                asked_for.set()
                await seen.wait()
            return await super().track(http, parcel, now)

    async def sleep(seconds: float) -> None:
        if seconds >= 1:
            await asyncio.Event().wait()
        await asyncio.sleep(seconds)

    source = Patient("one", says("in_transit"))
    tracking = TrackingJob(
        db.store, NoHttp(), [source], lambda shop: None,
        draw=lambda: 0.0, sleep=sleep, paces={"one": Pace(1_000_000, at_once=1)},
    )  # fmt: skip
    run = asyncio.create_task(tracking.run_once())
    await asked_for.wait()
    await asyncio.to_thread(refresh_tracking, db.store, [pk])
    wanted = asyncio.create_task(_look_taken(db, seen))
    report: TrackingReport = await asyncio.wait_for(run, 20)
    await wanted
    assert (report.updated, len(source.asked)) == (60, 60)
    assert "JP059" in source.asked[5:8]


async def _look_taken(db: Db, seen: asyncio.Event) -> None:
    """Give the watch a few chances; what it reads is in the store already."""
    for _ in range(20):
        await asyncio.sleep(0.01)
    seen.set()


async def test_a_round_ends_and_who_was_not_asked_stays_due(db: Db) -> None:
    sent(db, 50)
    time = Time()
    source = Source("one", says("in_transit"))
    tracking = TrackingJob(
        db.store, NoHttp(), [source], lambda shop: None, draw=lambda: 0.0,
        paces={"one": Pace(per_second=20, at_once=1)}, monotonic=time,
    )  # fmt: skip
    report = await tracking.run_once(lasts=0.3)
    assert 0 < report.due < 50 and report.left == 50 - report.due == due(db)
    assert provider(db).asked_today == len(source.asked) == report.due


async def test_words_nobody_knows_are_counted_once_a_telling(db: Db, clock: FrozenClock) -> None:
    sent(db, 2)
    began = clock.now

    def answer(parcel: Parcel, now: int) -> TrackingResult:
        events = (
            TrackEvent(began - HOUR, TrackingStatus.IN_TRANSIT, "Tiba di gudang"),
            TrackEvent(began, TrackingStatus.UNKNOWN, f"Kirana lari {parcel.tracking_number} (Budi)"),
        )
        return TrackingResult(
            parcel.tracking_number, "jnt", "one", Outcome.OK, TrackingStatus.IN_TRANSIT, events=events
        )

    tracking = job(db.store, Source("one", answer))
    for _ in range(2):
        await tracking.run_once()
        clock.advance(HOUR)
    (row,) = db.rows("SELECT provider, courier, text, seen FROM unknown_texts")
    assert tuple(row) == ("one", "jnt", "KIRANA LARI #", 2)
    assert provider(db).unknown_texts == 1


async def test_the_quota_of_yesterday_is_no_concern_of_today(db: Db, clock: FrozenClock) -> None:
    sent(db, 3)
    db(providers.reserve, "one", 60, clock.now, per_day=60)
    source = Source("one", says("in_transit"))
    tracking = job(db.store, source, paces={"one": Pace(1_000_000, 10, per_day=60)})
    assert (await tracking.run_once()).left == 3
    clock.advance(24 * HOUR)
    assert (await tracking.run_once()).updated == 3
