"""Digests, times away and warnings are told once: on time, late, by two seats, after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from jobs.config.settings import Settings
from jobs.routine.digest import Digest, decode
from jobs.routine.job import GRACE, Routine
from jobs.runtime import open_crew
from store import health
from store.db import Store
from store.reader import Reader
from store.reading.digest import DigestRow
from store.times import DAY, HOUR, MINUTE
from store.views import ChangeRow
from tests.conftest import FrozenClock
from tests.jobs.routine_kit import SHOP, at, take


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    opened = store.reader()
    yield opened
    opened.close()


def seat(store: Store, clock: FrozenClock, *shops: str) -> Routine:
    return Routine(store, Settings(), clock=clock, shops=lambda: shops)


def read(row: DigestRow) -> Digest:
    found = decode(row.body)
    assert found is not None
    return found


def feed(reader: Reader, kind: str) -> list[ChangeRow]:
    return [row for row in reader.changes(0, 1_000) if row.kind == kind]


async def open_at(store: Store, clock: FrozenClock, text: str) -> Routine:
    """A seat that is there since then."""
    clock.now = at(text)
    made = seat(store, clock)
    assert await made.run() == []
    return made


async def test_a_slot_is_told_once(store: Store, clock: FrozenClock, reader: Reader) -> None:
    first = await open_at(store, clock, "25 07:50")
    take(store, "1", "2", scan_by=at("25 23:59"))
    clock.now = at("25 08:00")
    assert await first.run() == ["routine"]
    clock.advance(15_000)
    assert await first.run() == []
    assert await seat(store, clock).run() == []  # another seat, or the same one restarted
    [row] = reader.digests()
    digest = read(row)
    assert (digest.kind, digest.slot, digest.to_ship.today) == ("routine", "2026-11-25 08:00", 2)
    [made] = feed(reader, "digest.made")
    assert (made.new, msgspec.json.decode(made.detail or "")["today"]) == ("routine", 2)
    clock.now = at("25 15:00")
    assert await first.run() == ["routine"]
    assert [read(row).slot for row in reader.digests()] == ["2026-11-25 15:00", "2026-11-25 08:00"]


async def test_two_seats_at_the_same_moment_make_one(
    store: Store, clock: FrozenClock, reader: Reader
) -> None:
    await open_at(store, clock, "25 07:50")
    clock.now = at("25 08:00")
    with_other = Store.open(store.url, clock=clock)
    try:
        told = await asyncio.gather(seat(store, clock).run(), seat(with_other, clock).run())
    finally:
        with_other.close()
    assert sorted(told) == [[], ["routine"]]
    assert len(reader.digests()) == len(feed(reader, "digest.made")) == 1


async def test_a_first_start_has_missed_nothing(store: Store, clock: FrozenClock, reader: Reader) -> None:
    first = await open_at(store, clock, "25 10:00")
    clock.now = at("25 10:01")
    assert await first.run() == []
    assert reader.digests() == []


async def test_slots_slept_through_are_told_late_and_once(
    store: Store, clock: FrozenClock, reader: Reader
) -> None:
    first = await open_at(store, clock, "25 07:55")
    clock.now = at("25 16:30")
    assert await first.run() == ["routine"]
    assert [read(row).slot for row in reader.digests()] == ["2026-11-25 15:00"]
    clock.now = at("25 16:31")
    assert await first.run() == []
    # Past midnight yesterday's is over: the morning's comes soon enough.
    clock.now = at("27 06:00")
    assert await first.run() == []


async def test_what_is_told_waits_for_the_orders(store: Store, clock: FrozenClock) -> None:
    await open_at(store, clock, "25 07:50")
    clock.now = at("25 08:00")
    routine = seat(store, clock, SHOP)
    assert await routine.run() == []  # nobody has read that shop yet
    clock.advance(GRACE // 2)
    assert await routine.run() == []
    store.write(lambda conn: health.ok(conn, "orders", SHOP, clock.now))
    assert await routine.run() == ["routine"]


async def test_a_shop_that_cannot_be_read_does_not_hold_it_up_for_ever(
    store: Store, clock: FrozenClock
) -> None:
    await open_at(store, clock, "25 07:50")
    clock.now = at("25 08:00")
    routine = seat(store, clock, SHOP)
    assert await routine.run() == []
    clock.advance(GRACE + 1)
    assert await routine.run() == ["routine"]


async def test_a_time_away_is_told_once(store: Store, clock: FrozenClock, reader: Reader) -> None:
    first = await open_at(store, clock, "25 17:00")
    take(store, "seen")
    clock.now = at("25 17:10")
    await first.leave()
    clock.now = at("26 06:30")
    take(store, "a", "b", scan_by=at("26 23:59"))
    take(store, "seen", status="CANCELLED", updated_at=clock.now)
    told = [await seat(store, clock).run(), await seat(store, clock).run()]
    assert told == [["opened"], []]
    [row] = reader.digests()
    closed = read(row).while_closed
    assert closed is not None
    assert (closed.since, closed.until) == ("2026-11-25T17:10:00+07:00", "2026-11-26T06:30:00+07:00")
    assert (closed.new, closed.cancelled, closed.requests, closed.actions_failed) == (2, 1, 0, 0)
    assert read(row).orders["new"] == ["b", "a"]
    assert read(row).orders["gone"] == ["seen"]
    [made] = feed(reader, "digest.made")
    assert msgspec.json.decode(made.detail or "")["new"] == 2


async def test_the_first_pass_after_the_start_is_enough(store: Store, clock: FrozenClock) -> None:
    """It ends before the routine first looks at the clock; after a machine that slept only a newer one counts."""
    first = await open_at(store, clock, "25 17:00")
    await first.leave()
    clock.now = at("26 04:30")
    later = seat(store, clock, SHOP)
    take(store, "a")
    clock.advance(2_000)
    store.write(lambda conn: health.ok(conn, "orders", SHOP, clock.now))
    clock.advance(2_000)
    assert await later.run() == ["opened"]
    clock.advance(2 * HOUR)
    take(store, "b")
    assert await later.run() == []
    store.write(lambda conn: health.ok(conn, "orders", SHOP, clock.now))
    assert await later.run() == ["opened"]


async def test_a_restart_is_not_worth_a_word(store: Store, clock: FrozenClock, reader: Reader) -> None:
    first = await open_at(store, clock, "25 17:00")
    await first.leave()
    clock.advance(10 * MINUTE)
    take(store, "a")
    assert await seat(store, clock).run() == []
    # Away for a night, and nothing happened: nothing to say, and not asked again.
    clock.advance(14 * HOUR)
    later = seat(store, clock)
    assert await later.run() == []
    clock.advance(MINUTE)
    take(store, "b")
    assert await later.run() == []
    assert reader.digests() == []


async def test_closed_again_before_it_was_told(store: Store, clock: FrozenClock, reader: Reader) -> None:
    first = await open_at(store, clock, "25 17:00")
    await first.leave()
    clock.now = at("25 20:00")
    take(store, "a")
    short = seat(store, clock, SHOP)
    assert await short.run() == []  # the orders have not been read yet
    await short.leave()
    clock.now = at("26 07:00")
    take(store, "b")
    assert await seat(store, clock).run() == ["opened"]
    [row] = reader.digests()
    closed = read(row).while_closed
    assert closed is not None and (closed.since, closed.new) == ("2026-11-25T17:00:00+07:00", 2)


async def test_the_cut_off_is_said_twice_and_no_more(
    store: Store, clock: FrozenClock, reader: Reader
) -> None:
    first = await open_at(store, clock, "25 10:50")
    take(store, "1", "2", scan_by=at("25 23:59"))
    take(store, "3", status="AWAITING_COLLECTION", scan_by=at("25 23:59"), shipped_at=at("25 09:00"))
    take(store, "later", scan_by=at("26 23:59"))
    for minute, said in (("10:59", 0), ("11:00", 1), ("11:20", 1), ("11:41", 2), ("11:50", 2), ("12:01", 2)):
        clock.now = at(f"25 {minute}")
        await first.run()
        await seat(store, clock).run()
        assert len(feed(reader, "cutoff.near")) == said, minute
    hour, hurry = (msgspec.json.decode(row.detail or "") for row in feed(reader, "cutoff.near"))
    assert (hour["cutoff"], hour["minutes"], hour["arrange"], hour["scan"]) == ("12:00", 60, 2, 1)
    assert hurry["minutes"] == 19


async def test_no_warning_when_nothing_remains(store: Store, clock: FrozenClock, reader: Reader) -> None:
    first = await open_at(store, clock, "25 10:50")
    take(store, "later", scan_by=at("26 23:59"))
    clock.now = at("25 11:00")
    await first.run()
    take(store, "new", scan_by=at("25 23:59"))  # news of its own, no warning forgotten
    clock.now = at("25 11:10")
    await first.run()
    assert feed(reader, "cutoff.near") == []
    clock.now = at("25 11:40")
    await first.run()
    assert len(feed(reader, "cutoff.near")) == 1
    # A Saturday has no cut-off.
    clock.now = at("25 11:40") + 3 * DAY
    await first.run()
    assert len(feed(reader, "cutoff.near")) == 1


async def test_the_background_runs_it_for_all_shops_only(
    store: Store, clock: FrozenClock, tmp_path: Path
) -> None:
    settings = Settings(data_dir=str(tmp_path))
    async with open_crew(settings, {}, store=store, clock=clock) as crew:
        assert {"routine", "health"} <= {job.name for job in crew.jobs()}
    async with open_crew(settings, {}, store=store, clock=clock, only="one of them") as crew:
        assert not {"routine", "health"} & {job.name for job in crew.jobs()}
