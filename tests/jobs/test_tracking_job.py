"""The tracking job: who is asked, what is stored, and what one source's trouble costs the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from couriers.base import Outcome, Parcel, TrackEvent, TrackingResult, TrackingStatus
from couriers.breaker import SILENCES
from couriers.http import CourierHttp
from couriers.providers.tiktok import Fetch, PlatformTrouble
from couriers.sandbox import Fault, make_app
from jobs.tracking.job import AT_ONCE, BATCH, TrackingJob
from store.db import Store
from store.errors import DiskFull
from store.times import DAY, HOUR, MINUTE
from tests.conftest import FrozenClock
from tests.couriers.courier_kit import NOW as WIRE_NOW
from tests.couriers.courier_kit import binderbyte, serving
from tests.couriers.courier_kit import parcel as scripted
from tests.jobs.tracking_kit import NoHttp, Source, refuses, says, sent
from tests.store.store_kit import Db, order, package


def nobody(shop_id: int) -> Fetch | None:
    return None


def job(
    store: Store, *providers: Source, platform: Callable[[int], Fetch | None] = nobody, **more: Any
) -> TrackingJob:
    return TrackingJob(store, NoHttp(), providers, platform, draw=lambda: 0.0, **more)


@pytest.fixture
def db(store: Store) -> Db:
    return Db(store)


def parcels(db: Db) -> list[Any]:
    return db.rows("SELECT * FROM packages ORDER BY order_pk, package_id")


def rows_of(*texts: str) -> Fetch:
    async def fetch(order_id: str) -> Sequence[Any]:
        return [
            SimpleNamespace(description=text, update_time_ms=WIRE_NOW - place * HOUR, action_code=None)
            for place, text in enumerate(texts)
        ]

    return fetch


async def test_a_look_stores_status_events_and_the_next_look(db: Db, clock: FrozenClock) -> None:
    sent(db, "JP1")
    report = await job(db.store, Source("one", says("in_transit"))).run_once()

    assert (report.due, report.updated, report.failed, report.troubles) == (1, 1, 0, ())
    (parcel,) = parcels(db)
    assert (parcel.tracking_status, parcel.tracking_source) == ("in_transit", "one")
    assert (parcel.last_event_at, parcel.due_at) == (clock.now - HOUR, clock.now + 45 * MINUTE)
    assert db.rows("SELECT text FROM tracking_events") == [("row of JP1",)]
    assert ("package.tracking", None, "in_transit") in db.feed()


async def test_nothing_due_is_no_work_and_nothing_new_is_no_update(db: Db, clock: FrozenClock) -> None:
    sent(db, "JP1")
    source = Source("one", lambda parcel, now: says("in_transit")(parcel, clock_zero))
    clock_zero = clock.now
    tracking = job(db.store, source)
    await tracking.run_once()
    assert (await tracking.run_once()).due == 0

    clock.advance(HOUR)
    report = await tracking.run_once()
    assert (report.due, report.updated, report.failed) == (1, 0, 0)


async def test_what_has_arrived_rests(db: Db, clock: FrozenClock) -> None:
    sent(db, "JP1")
    tracking = job(db.store, Source("one", says("delivered")))
    await tracking.run_once()
    (parcel,) = parcels(db)
    assert (parcel.due_at, parcel.delivered_at) == (None, clock.now - HOUR)

    clock.advance(60 * DAY)
    assert (await tracking.run_once()).due == 0


async def test_a_parcel_that_stopped_changing_is_left_alone(db: Db, clock: FrozenClock) -> None:
    sent(db, "JP1")
    await job(db.store, Source("one", says("in_transit", ago=31 * DAY))).run_once()
    assert parcels(db)[0].due_at is None


async def test_the_platform_is_asked_first_and_the_next_only_when_it_knows_nothing(db: Db) -> None:
    sent(db, "JP1")
    other = Source("one", says("delivered"))
    await job(db.store, other, platform=lambda shop: rows_of("Paket sedang diantar")).run_once()
    assert (parcels(db)[0].tracking_status, parcels(db)[0].tracking_source) == ("out_for_delivery", "tiktok")
    assert other.asked == []

    sent(db, "JP1", "JP2")
    await job(db.store, other, platform=lambda shop: rows_of()).run_once()
    assert [parcel.tracking_source for parcel in parcels(db)] == ["tiktok", "one"]


async def test_the_order_of_the_configuration_rules(db: Db) -> None:
    sent(db, "JP1")
    first, second = Source("first", refuses(Outcome.NOT_FOUND)), Source("second", says("picked_up"))
    tracking = job(
        db.store,
        second,
        first,
        platform=lambda shop: rows_of("Paket sedang diantar"),
        order=["first", "second"],
    )
    await tracking.run_once()
    assert (first.asked, second.asked) == (["JP1"], ["JP1"])
    assert parcels(db)[0].tracking_status == "picked_up"


async def test_a_parcel_without_a_number_is_only_the_platform_s(db: Db) -> None:
    sent(db, None)
    source = Source("one", says("in_transit"))
    report = await job(db.store, source, platform=lambda shop: rows_of("Paket sedang diantar")).run_once()
    assert (report.updated, source.asked) == (1, [])


async def test_a_source_is_not_asked_about_a_courier_it_does_not_cover(db: Db, clock: FrozenClock) -> None:
    sent(db, "JP1")
    source = Source("one", says("in_transit"), couriers="lion")
    report = await job(db.store, source).run_once()
    assert (source.asked, report.failed, parcels(db)[0].due_at) == ([], 0, clock.now + DAY)


async def test_not_found_backs_off_and_is_no_failure(db: Db, clock: FrozenClock) -> None:
    sent(db, "JP1")
    tracking = job(db.store, Source("one", refuses(Outcome.NOT_FOUND)))
    waits = []
    for _ in range(4):
        report = await tracking.run_once()
        assert (report.due, report.updated, report.failed) == (1, 0, 0)
        waits.append(parcels(db)[0].due_at - clock.now)
        clock.advance(waits[-1])
    assert waits == [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR]
    assert parcels(db)[0].tracking_status is None


@pytest.mark.parametrize(
    ("outcome", "problem", "rest"),
    [(Outcome.UNAUTHORIZED, "unauthorized", 6 * HOUR), (Outcome.RATE_LIMITED, "rate_limited", 30_000)],
)
async def test_a_source_in_trouble_is_left_alone_and_named(
    outcome: Outcome, problem: str, rest: int, db: Db, clock: FrozenClock
) -> None:
    sent(db, *(f"JP{place}" for place in range(60)))
    source = Source("one", refuses(outcome))
    tracking = job(db.store, source)

    report = await tracking.run_once()

    assert (report.due, report.updated, report.failed) == (60, 0, 60)
    assert len(source.asked) <= AT_ONCE
    (trouble,) = report.troubles
    assert (trouble.provider, trouble.problem, trouble.until) == ("one", problem, clock.now + rest)
    assert {parcel.due_at for parcel in parcels(db)} == {trouble.until}

    clock.advance(rest)
    source.answer = says("in_transit")
    recovered = await tracking.run_once()
    assert (recovered.updated, recovered.failed, recovered.troubles) == (60, 0, ())


async def test_a_new_key_is_tried_at_once(db: Db, clock: FrozenClock) -> None:
    sent(db, "JP1")
    source = Source("one", refuses(Outcome.UNAUTHORIZED))
    tracking = job(db.store, source)
    await tracking.run_once()
    sent(db, "JP1", "JP2")
    assert (await tracking.run_once()).failed == 1 and source.asked == ["JP1"]

    tracking.forget_troubles()
    sent(db, "JP1", "JP2", "JP3")
    source.answer = says("in_transit")
    assert (await tracking.run_once()).updated == 1


async def test_another_source_takes_over(db: Db) -> None:
    sent(db, *(f"JP{place}" for place in range(30)))
    first, second = Source("first", refuses(Outcome.QUOTA_EXCEEDED)), Source("second", says("in_transit"))
    report = await job(db.store, first, second).run_once()
    assert (report.updated, report.failed, len(second.asked)) == (30, 0, 30)
    assert [trouble.provider for trouble in report.troubles] == ["first"]


async def test_a_silent_source_is_given_up_after_some_silences(db: Db) -> None:
    sent(db, *(f"JP{place}" for place in range(50)))
    source = Source("one", refuses(Outcome.UNAVAILABLE))
    report = await job(db.store, source).run_once()
    assert SILENCES <= len(source.asked) < SILENCES + AT_ONCE
    assert (report.failed, report.troubles[0].problem) == (50, "no_network")


async def test_waiting_for_a_source_is_no_miss_of_the_parcel(db: Db, clock: FrozenClock) -> None:
    sent(db, "JP1", "JP2")
    source = Source("one", refuses(Outcome.RATE_LIMITED, retry_after=60))
    tracking = job(db.store, source)
    await tracking.run_once()
    clock.advance(30_000)
    sent(db, "JP1", "JP2", "JP3")
    await tracking.run_once()
    assert parcels(db)[2].misses == 0 and parcels(db)[2].due_at == clock.now + 30_000


async def test_one_bad_parcel_never_stops_the_rest(db: Db, clock: FrozenClock) -> None:
    sent(db, *(f"JP{place}" for place in range(25)))

    def answer(parcel: Parcel, now: int) -> TrackingResult:
        if parcel.tracking_number == "JP3":
            raise RuntimeError("a broken plug-in")
        return says("in_transit")(parcel, now)

    report = await job(db.store, Source("one", answer)).run_once()
    assert (report.due, report.updated, report.failed) == (25, 24, 1)
    assert parcels(db)[3].due_at == clock.now + HOUR


async def test_a_result_that_cannot_be_stored_costs_only_itself(db: Db) -> None:
    sent(db, *(f"JP{place}" for place in range(BATCH + 5)))

    def answer(parcel: Parcel, now: int) -> TrackingResult:
        result = says("in_transit")(parcel, now)
        if parcel.tracking_number != "JP3":
            return result
        broken = TrackEvent(now, TrackingStatus.IN_TRANSIT, {"no": "text"})  # type: ignore[arg-type]
        return TrackingResult("JP3", "jnt", "one", Outcome.OK, TrackingStatus.IN_TRANSIT, events=(broken,))

    await job(db.store, Source("one", answer)).run_once()
    assert [parcel.tracking_status for parcel in parcels(db)].count("in_transit") == BATCH + 4
    assert all(parcel.due_at > db.store.clock() for parcel in parcels(db))


async def test_a_store_that_fails_is_said_aloud(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(db, "JP1")

    async def full(fn: object) -> Awaitable[None]:
        raise DiskFull(path="/data/pantau.db")

    monkeypatch.setattr(db.store, "awrite", full)
    with pytest.raises(DiskFull):
        await job(db.store, Source("one", says("in_transit"))).run_once()


async def test_at_most_ten_questions_at_once(db: Db) -> None:
    sent(db, *(f"JP{place}" for place in range(60)))
    source = Source("one", says("in_transit"))
    assert (await job(db.store, source).run_once(limit=50)).due == 50
    assert (source.most, len(source.asked)) == (AT_ONCE, 50)


async def test_a_combined_parcel_is_asked_about_once(db: Db) -> None:
    sent(db, "JP1", "JP1", "JP2")
    source = Source("one", says("in_transit"))
    report = await job(db.store, source).run_once()
    assert sorted(source.asked) == ["JP1", "JP2"]
    assert (report.updated, [parcel.tracking_status for parcel in parcels(db)]) == (3, ["in_transit"] * 3)


async def test_the_platform_s_trouble_is_the_shop_s_own(db: Db) -> None:
    sent(db, "JP1", "JP2")

    async def refused(order_id: str) -> Sequence[Any]:
        raise PlatformTrouble(Outcome.UNAUTHORIZED, "login needed")

    report = await job(db.store, platform=lambda shop: refused).run_once()
    (trouble,) = report.troubles
    assert (trouble.provider, trouble.shop_id, trouble.problem) == ("tiktok", db.shop, "token")


async def test_the_whole_way_over_http(db: Db, clock: FrozenClock) -> None:
    clock.now = WIRE_NOW
    sent(db, "JP1234567890", "JP0000000001", "JP0000000002")
    known = {
        "JP1234567890": scripted(
            texts=("Manifes", "Paket telah diterima oleh DC_SOLO", "Paket telah diterima")
        ),
        "JP0000000001": scripted("JP0000000001", fault=Fault.SERVER_ERROR),
    }
    with serving(make_app(known.get, clock=clock)) as base:
        async with CourierHttp(deadline=2) as http:
            tracking = TrackingJob(db.store, http, [binderbyte(base)], nobody, draw=lambda: 0.0)
            report = await tracking.run_once()

    assert (report.due, report.updated, report.failed) == (3, 1, 1)
    assert [parcel.tracking_status for parcel in parcels(db)] == ["delivered", None, None]
    assert [parcel.due_at for parcel in parcels(db)] == [None, clock.now + MINUTE, clock.now + 15 * MINUTE]
    assert db.order("580000000000000000").tracking_status == "delivered"


async def test_the_platform_s_rows_of_a_split_order_place_none_of_its_parcels(
    db: Db, clock: FrozenClock
) -> None:
    both = tuple(package(f"115000{n}", tracking_number=f"JP{n}", courier="jnt") for n in (1, 2))
    db.ingest(
        order("580000000000000077", "IN_TRANSIT", shipped_at=clock.now - DAY, packages=both), now=clock.now
    )
    platform = rows_of("Paket telah diterima oleh penerima")
    await job(db.store, platform=lambda shop: platform).run_once()
    assert [row.tracking_status for row in parcels(db)] == ["unknown", "unknown"]
    assert len(db.rows("SELECT 1 FROM tracking_events")) == 1

    clock.advance(DAY)
    known = Source("one", lambda parcel, now: says("delivered" if parcel.tracking_number == "JP1" else "in_transit")(
        parcel, now))  # fmt: skip
    await job(db.store, known, platform=lambda shop: platform).run_once()
    assert {row.tracking_status for row in parcels(db)} == {"delivered", "in_transit"}


async def test_a_round_that_breaks_off_leaves_nobody_in_line_for_the_next(
    db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(db, *(f"JP{n:02}" for n in range(20)))
    source = Source("one", says("in_transit"))
    tracking = job(db.store, source)

    def full(*_: object) -> int:
        raise DiskFull(path="/data/pantau.db")

    with monkeypatch.context() as broken:
        broken.setattr("jobs.tracking.job.BATCH", 1)
        broken.setattr("jobs.tracking.job.store_looks", full)
        with pytest.raises(DiskFull):
            await tracking.run_once()
    report = await tracking.run_once()
    assert (report.due, report.updated, report.left) == (20, 20, 0)
    assert len({parcel.tracking_status for parcel in parcels(db)}) == 1
