"""The rates are kept, the lines they cross are told once, and the header need not count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import pytest

from jobs.health import watch
from jobs.health.rates import Measure, ShopHealth, look, looks, measure
from jobs.health.watch import Counted, HealthWatch, severity, shown, steps
from jobs.parcels import stats
from jobs.parcels.performance import rate
from jobs.rulebook import rules_at
from store import memory, orders
from store.db import Store
from store.reader import Reader
from store.records import OrderRecord, PackageRecord
from store.times import DAY, MINUTE
from tests.conftest import FrozenClock
from tests.jobs.routine_kit import WIB, at

LDR = rules_at(datetime(2026, 11, 25).date()).ldr
SFCR = rules_at(datetime(2026, 11, 25).date()).sfcr


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    opened = store.reader()
    yield opened
    opened.close()


def take(
    store: Store, count: int, name: str, status: str = "COMPLETED", shop: str = "toko", **told: Any
) -> None:
    facts: dict[str, Any] = {
        "created_at": at("20 09:00"),
        "updated_at": at("21 09:00"),
        "paid_at": at("20 09:00"),
    }
    parcel = (PackageRecord("p", courier="jnt"),)
    records = [
        OrderRecord(
            order_id=f"{name}{n}", status=status, raw_status=status, packages=parcel, **(facts | told)
        )
        for n in range(count)
    ]
    now = store.clock()
    store.write(lambda conn: orders.ingest(conn, orders.shop_pk(conn, shop), records, now))


def scanned(store: Store, count: int, name: str, *, late: bool = False, day: int = 24, **told: Any) -> None:
    """Orders due on a day, scanned on it at five, or on the next morning."""
    hour = {"collected_at": at(f"{day} 17:00") + (DAY if late else 0)}
    take(store, count, name, created_at=at(f"{day} 09:00"), shipped_at=at(f"{day} 14:00"),
         scan_by=at(f"{day} 23:59"), **hour | told)  # fmt: skip


def test_a_rate_has_the_next_cap_beside_the_next_step() -> None:
    found = measure(rate(3, 100, 5, LDR.steps), 0.12, LDR)
    assert (found.next_step, found.next_cap, found.level, found.level_tonight) == (
        0.04,
        0.1,
        "none",
        "cap_90",
    )
    k = found.orders_until_cap
    assert k is not None and (3 + k) / (100 + k) >= 0.1 > (3 + k - 1) / (100 + k - 1)
    # Cancelled ones are among the placed ones already.
    assert measure(rate(3, 100, 0, SFCR.steps), None, SFCR, counted=True).orders_until_cap == 7
    top = measure(rate(60, 100, 0, LDR.steps), 0.6, LDR)
    assert (top.next_cap, top.orders_until_cap, top.level) == (None, None, "cap_50")
    few = measure(rate(3, 5, 0, LDR.steps), 0.6, LDR)
    assert (few.now, few.next_cap, few.level, few.level_tonight) == (None, None, "none", "none")


def test_the_evening_is_forecast_from_the_shops_own(store: Store, reader: Reader, clock: FrozenClock) -> None:
    clock.now = at("25 16:00")
    for day in (16, 17, 18, 19, 20, 23, 24):
        scanned(store, 10, f"d{day}-", day=day)
    scanned(store, 5, "late", late=True, day=23)
    waits: dict[str, Any] = {"scan_by": at("25 23:59"), "created_at": at("25 08:00")}
    take(store, 6, "wait", "AWAITING_COLLECTION", shipped_at=at("25 14:00"), **waits)
    take(store, 2, "open", "AWAITING_SHIPMENT", **waits)
    take(store, 1, "doomed", "AWAITING_SHIPMENT", created_at=at("19 08:00"), scan_by=at("23 23:59"),
         cancel_at=at("25 23:59"))  # fmt: skip
    model = stats.learn(reader, WIB, clock.now)
    found = look(reader, WIB, clock.now, model)
    ldr = found.health.ldr
    # Due on the 19th to the 25th: 40 in time, 5 late, 1 overdue; 8 are open.
    assert (ldr.bad, ldr.judged, ldr.at_risk) == (6, 46, 8)
    assert ldr.if_nothing == pytest.approx(14 / 54)
    # J&T comes at five every day; what is not arranged at four never went out; the overdue one leaves the rate.
    assert ldr.forecast == pytest.approx((6 + 2 - 1) / 53, abs=0.005)
    assert [(save.kind, save.order_id) for save in found.saves][:3] == [
        *(("arrange", f"open{n}") for n in range(2)),
        ("cancel", "doomed0"),
    ]
    assert {save.kind for save in found.saves[3:]} == {"scan"}
    assert look(reader, WIB, clock.now, model, shop_id=99).saves == []


def test_shops_are_rated_one_by_one(store: Store, reader: Reader, clock: FrozenClock) -> None:
    clock.now = at("25 16:00")
    model = stats.learn(reader, WIB, clock.now)
    assert [one.health.shop for one in looks(reader, WIB, clock.now, model)] == [""]
    scanned(store, 20, "a", shop="a")
    scanned(store, 20, "b", shop="b", late=True)
    found = looks(reader, WIB, clock.now, model)
    assert [(one.health.shop, one.health.ldr.now) for one in found] == [("a", 0.0), ("b", 1.0)]
    assert shown(reader, WIB, clock.now).rate.now == 1.0  # the worst of them


async def test_a_line_that_is_crossed_is_told_once(store: Store, reader: Reader, clock: FrozenClock) -> None:
    clock.now = at("25 10:00")
    scanned(store, 30, "good")
    job = HealthWatch(store, WIB, clock=clock)
    assert await job.run() == []
    scanned(store, 5, "late", late=True)
    clock.advance(10 * MINUTE)
    [step] = await job.run()
    assert (step.rate, step.old, step.level, step.forecast, step.worse) == (
        "ldr",
        "none",
        "cap_90",
        False,
        True,
    )
    clock.advance(10 * MINUTE)
    assert await job.run() == []
    assert await HealthWatch(store, WIB, clock=clock).run() == []  # another seat
    [row] = [row for row in reader.changes(0, 1_000) if row.kind == "health.step"]
    told = msgspec.json.decode(row.detail or "")
    assert (row.old, row.new, told["rate"], told["share"], told["worse"]) == (
        "none",
        "cap_90",
        "ldr",
        0.1429,
        True,
    )
    assert "shop" not in told  # there is only one


async def test_the_header_takes_what_the_job_kept(store: Store, reader: Reader, clock: FrozenClock) -> None:
    clock.now = at("25 10:00")
    scanned(store, 30, "good")
    await HealthWatch(store, WIB, clock=clock).run()
    scanned(store, 30, "late", late=True)
    assert shown(reader, WIB, clock.now + MINUTE).rate.now == 0.0
    assert shown(reader, WIB, clock.now + watch.SETTLED).rate.now == 0.5  # too old: counted anew
    store.write(lambda conn: memory.remember(conn, watch.KEY, {}))
    assert shown(reader, WIB, clock.now).rate.now == 0.5
    assert await HealthWatch(store, WIB, clock=clock).run() == []  # no memory of another form is no change


async def test_the_header_counts_again_when_the_day_or_a_clock_ends(
    store: Store, reader: Reader, clock: FrozenClock
) -> None:
    """And not while nothing ends: its look is cheap, a count is not."""
    clock.now = at("25 23:50")
    scanned(store, 30, "late", late=True, day=19)  # leave the window at midnight
    scanned(store, 60, "good")
    take(store, 10, "open", "AWAITING_SHIPMENT", created_at=at("25 08:00"), scan_by=at("25 23:55"))
    await HealthWatch(store, WIB, clock=clock).run()
    kept = shown(reader, WIB, at("25 23:51"))
    assert kept.rate.now == pytest.approx(30 / 90) and kept.at == clock.now
    ended = shown(reader, WIB, at("25 23:55") + MINUTE, kept)
    assert ended.rate.now == pytest.approx(40 / 100)
    assert ended.ends == at("25 23:55") + MINUTE + watch.FRESH
    assert shown(reader, WIB, at("25 23:59"), ended) is ended  # nothing moved since
    next_day = shown(reader, WIB, at("26 00:00"), ended)
    assert next_day.rate.now == pytest.approx(10 / 70)
    # What the performance screen counts is the same, and stands as long.
    seen = [one.health for one in looks(reader, WIB, at("26 00:01"), stats.learn(reader, WIB, clock.now))]
    told = watch.of_shops(seen, at("26 00:01"), reader.last_seq())
    assert told.rate == next_day.rate and shown(reader, WIB, at("26 00:04"), told).at == told.at
    scanned(store, 10, "more")
    assert shown(reader, WIB, at("26 00:02"), told).at == told.at
    assert shown(reader, WIB, at("26 00:04"), told).rate.now == pytest.approx(10 / 80)


async def test_which_clock_ends_next_is_asked_once_for_each_count(
    store: Store, reader: Reader, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands may be late to be arranged: no look walks over them."""
    clock.now = at("25 10:00")
    scanned(store, 30, "good")
    due: dict[str, Any] = {"created_at": at("24 08:00"), "arrange_by": at("25 08:00")}
    take(store, 3, "open", "AWAITING_SHIPMENT", scan_by=at("25 10:05"), **due)
    take(store, 3, "gone", "AWAITING_COLLECTION", scan_by=at("25 10:04"), collected_at=at("25 09:00"), **due)
    take(store, 3, "waits", "AWAITING_COLLECTION", scan_by=at("25 10:08"), **due)
    await HealthWatch(store, WIB, clock=clock).run()
    asked: list[int] = []
    real = Reader.next_clock

    def counted(reader: Reader, since: int, until: int) -> int:
        asked.append(since)
        return real(reader, since, until)

    monkeypatch.setattr(Reader, "next_clock", counted)
    last, seen = None, []
    for minute in range(10):
        last = shown(reader, WIB, clock.now + minute * MINUTE, last)
        seen.append((last.at - clock.now) // MINUTE)
    # Orders moved since the job's count, for all that a screen knows: two minutes. Then one clock, then the other.
    assert seen == [0, 0, 2, 2, 2, 2, 6, 6, 6, 9]
    assert [(since - clock.now) // MINUTE for since in asked] == [0, 2, 6, 9]


async def test_a_count_before_there_was_a_rate_is_not_what_the_header_tells(
    store: Store, reader: Reader, clock: FrozenClock
) -> None:
    clock.now = at("25 10:00")
    scanned(store, 1, "good")
    await HealthWatch(store, WIB, clock=clock).run()
    assert shown(reader, WIB, clock.now).rate.now is None
    scanned(store, 30, "late", late=True)
    assert shown(reader, WIB, clock.now + MINUTE).rate.now == pytest.approx(30 / 31)


def of(level: str, later: str = "", **told: Any) -> Measure:
    facts: dict[str, Any] = dict.fromkeys(("now", "if_nothing", "forecast"), 0.05)
    facts |= dict.fromkeys(("next_step", "orders_until", "next_cap", "orders_until_cap"))
    return Measure(**facts, bad=1, judged=100, at_risk=0, level=level, level_tonight=later or level)


def test_a_forecast_is_told_once_a_day_and_a_recovery_too() -> None:
    calm, warned = ShopHealth("a", of("none"), of("none")), ShopHealth("a", of("none", "cap_90"), of("none"))
    [step] = steps(None, [warned], "2026-11-25")
    assert (step.forecast, step.level, step.worse) == (True, "cap_90", True)
    before = Counted(0, [warned], ["2026-11-25 a ldr cap_90"])
    assert steps(before, [warned], "2026-11-25") == []
    assert len(steps(before, [warned], "2026-11-26")) == 1
    bad = ShopHealth("a", of("cap_90"), of("none"))
    [back] = steps(Counted(0, [bad]), [calm], "2026-11-25")
    assert (back.old, back.level, back.worse) == ("cap_90", "none", False)
    assert steps(Counted(0, [calm]), [ShopHealth("new", of("cap_50"), of("none"))], "2026-11-25") == []


def test_levels_in_their_order() -> None:
    ranks = [severity(level) for level in ("none", "above_target", "cap_90", "cap_50", "cap_0")]
    assert ranks == sorted(ranks) and len(set(ranks)) == 5
