"""Before the courier comes: who is reminded of what, when, and that nobody is reminded twice."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import pytest

from jobs.config.keys import HandoverSettings
from jobs.handover.reminder import KEY, pickups_due, remind
from jobs.notices import Severity, told
from store import manifests, memory
from store.db import Store
from store.times import DAY, HOUR, MINUTE
from tests.conftest import FrozenClock
from tests.jobs.handover_kit import NOW, number, put, rows, scan, waiting
from tui import strings, toasts
from tui.changes import what

WIB = ZoneInfo("Asia/Jakarta")
PICKUP = HandoverSettings(pickup_at=("19:30",))  # NOW is 19.00 WIB


@pytest.mark.parametrize(
    ("pickup", "before", "at", "due"),
    [
        (("19:30",), HOUR, NOW, ["2026-11-25 19:30"]),
        (("19:30",), 30 * MINUTE, NOW, ["2026-11-25 19:30"]),
        (("19:30",), 30 * MINUTE, NOW - 1, []),
        (("19:30",), HOUR, NOW + 30 * MINUTE, []),
        (("19:00",), HOUR, NOW, []),
        (("20:30", "19:45"), HOUR, NOW, ["2026-11-25 19:45"]),
        (("20:00", "19:45"), HOUR, NOW, ["2026-11-25 19:45", "2026-11-25 20:00"]),
        (("00:30",), HOUR, NOW + 5 * HOUR - 20 * MINUTE, ["2026-11-26 00:30"]),
        ((), HOUR, NOW, []),
    ],
)
def test_when_a_pick_up_is_near(pickup: tuple[str, ...], before: int, at: int, due: list[str]) -> None:
    found = pickups_due(HandoverSettings(pickup_at=pickup, remind_before=before), at, WIB)
    assert [one.key for one in found] == due


async def reminded(store: Store, clock: FrozenClock, settings: HandoverSettings = PICKUP) -> int:
    return await remind(store, settings, WIB, clock=clock)


def details(store: Store) -> list[dict[str, object]]:
    found = rows(store, "SELECT detail FROM changes WHERE kind = 'handover.reminder' ORDER BY seq")
    return [json.loads(text) for (text,) in found]


async def test_what_stands_on_no_manifest_is_told_once_for_each_pick_up_and_day(
    store: Store, clock: FrozenClock
) -> None:
    put(
        store,
        waiting(2),
        waiting(1),
        waiting(3, parcel={"courier": "sicepat", "courier_name": "SiCepat REG"}),
    )
    assert await reminded(store, clock) == 2
    assert [(one["name"], one["parcels"], one["pickup"]) for one in details(store)] == [
        ("J&T Express", 2, "19:30"),
        ("SiCepat REG", 1, "19:30"),
    ]
    assert details(store)[0]["orders"] == f"{waiting(1).order_id}, {waiting(2).order_id}"
    clock.advance(MINUTE)
    assert await reminded(store, clock) == 0  # also for another process: it is remembered in the store
    assert await reminded(store, clock, HandoverSettings(pickup_at=("19:30", "19:50"))) == 2
    clock.advance(DAY - MINUTE)
    assert await reminded(store, clock) == 2


async def test_who_has_nothing_left_is_left_alone_until_there_is_something(
    store: Store, clock: FrozenClock
) -> None:
    assert await reminded(store, clock) == 0
    put(store, waiting(1))
    scan(store, number(1))
    assert await reminded(store, clock) == 0
    put(store, waiting(2))
    assert await reminded(store, clock) == 1


async def test_outside_the_hour_nobody_says_a_word(store: Store, clock: FrozenClock) -> None:
    put(store, waiting(1))
    clock.advance(-HOUR)
    assert await reminded(store, clock) == 0
    clock.advance(HOUR + 30 * MINUTE)
    assert await reminded(store, clock) == 0


async def test_a_memory_that_cannot_be_read_is_no_memory(store: Store, clock: FrozenClock) -> None:
    put(store, waiting(1))
    store.write(lambda conn: memory.remember(conn, KEY, {"another": "version"}))
    assert await reminded(store, clock) == 1
    assert await reminded(store, clock) == 0


async def test_it_is_one_notice_that_rings_in_the_seller_s_words(store: Store, clock: FrozenClock) -> None:
    put(
        store,
        waiting(1),
        waiting(2),
        waiting(3, parcel={"courier": "sicepat", "courier_name": "SiCepat REG"}),
    )
    await reminded(store, clock)
    reader = store.reader()
    try:
        changes = [change for change in reader.changes(0) if change.kind == "handover.reminder"]
    finally:
        reader.close()
    [notice] = told(changes, {}).notices
    assert (notice.kind, notice.severity, notice.bell) == ("handover_reminder", Severity.WARNING, True)
    strings.use("id")
    assert toasts.words(notice).startswith(
        "3 paket belum ada di manifes (J&T Express 2, SiCepat REG 1); jemput 19:30. Terdekat: 580000000000000001"
    )
    assert what(changes[0]) == "belum di manifes sebelum jemput: 2 paket J&T Express"


async def test_a_parcel_stopped_in_the_background_rings_one_stopped_at_the_scan_does_not(
    store: Store,
) -> None:
    put(store, waiting(1, status="CANCELLED"), waiting(2))
    scan(store, number(1))
    manifest = scan(store, number(2)).manifest_id or 0
    store.write(
        lambda conn: manifests.stop(conn, manifest, waiting(2).packages[0].package_id, "cancelled", NOW)
    )
    reader = store.reader()
    try:
        changes = [change for change in reader.changes(0) if change.kind == "handover.stopped"]
    finally:
        reader.close()
    assert len(changes) == 2
    [notice] = told(changes, {}).notices
    assert (notice.kind, notice.severity, notice.bell) == ("handover_stopped", Severity.DANGER, True)
    strings.use("id")
    assert toasts.words(notice) == (
        "1 paket di manifes JANGAN DISERAHKAN: Pesanan SUDAH DIBATALKAN (580000000000000002)"
    )
    assert what(changes[1]) == "dihentikan di serah terima: Pesanan SUDAH DIBATALKAN"
