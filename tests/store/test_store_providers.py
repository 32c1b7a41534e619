"""The quotas and the unknown phrases of the sources of tracking."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from store import health, providers
from store.reader import Reader
from store.times import DAY, HOUR, jakarta_day, jakarta_day_part
from tests.store.store_kit import NOW, Db


@pytest.fixture
def reader(db: Db) -> Iterator[Reader]:
    opened = db.store.reader()
    yield opened
    opened.close()


def reserve(
    db: Db, wished: int, *, now: int = NOW, per_day: int | None = None, most: int | None = None
) -> int:
    return db(providers.reserve, "one", wished, now, per_day=per_day, most=most).granted


def test_a_day_begins_at_midnight_in_jakarta() -> None:
    late = 1_795_539_599_999  # 2026-11-24 23:59:59.999 WIB
    assert (jakarta_day(late), jakarta_day(late + 1)) == ("2026-11-24", "2026-11-25")
    assert jakarta_day_part(late) > 0.9999 and jakarta_day_part(late + 1) == 0


def test_questions_are_counted_before_they_are_asked(db: Db) -> None:
    assert (reserve(db, 20), reserve(db, 5)) == (20, 5)
    db(providers.settle, "one", jakarta_day(NOW), unasked=3, ok=7)
    (row,) = db.rows("SELECT * FROM provider_usage")
    assert tuple(row) == ("one", jakarta_day(NOW), 22, 7, None)
    assert db(providers.asked_today, NOW) == {"one": 22}


def test_no_seat_gets_more_than_the_quota_and_the_hour_allow(db: Db) -> None:
    assert reserve(db, 20, per_day=100, most=30) == 20
    assert reserve(db, 20, per_day=100, most=30) == 10
    assert reserve(db, 20, per_day=100, most=30) == 0
    assert reserve(db, 90, per_day=100, most=200) == 70
    assert reserve(db, 1, per_day=100) == 0
    # A quota that was lowered grants nothing and takes nothing back.
    assert reserve(db, 1, per_day=50) == 0 and db(providers.asked_today, NOW) == {"one": 100}


def test_a_new_day_starts_anew_and_old_ones_are_forgotten(db: Db) -> None:
    reserve(db, 100, per_day=100)
    assert reserve(db, 5, now=NOW + DAY, per_day=100) == 5
    reserve(db, 1, now=NOW + 200 * DAY)
    assert [row.asked for row in db.rows("SELECT asked FROM provider_usage")] == [1]


def test_unknown_phrases_are_counted(db: Db, reader: Reader) -> None:
    db(providers.note_unknown, "one", "jnt", {"LARI #": 2, "": 5}, NOW)
    db(providers.note_unknown, "one", "jnt", {"LARI #": 1}, NOW + HOUR)
    db(providers.note_unknown, "one", None, {"LARI #": 1}, NOW)
    db(providers.note_unknown, "two", "jnt", {"TIDUR": 1}, NOW)

    first = reader.unknown_texts()[0]
    assert (first.provider, first.courier, first.text, first.seen) == ("one", "jnt", "LARI #", 3)
    assert (first.first_seen, first.last_seen) == (NOW, NOW + HOUR)
    assert len(reader.unknown_texts("one")) == 2 and len(reader.unknown_texts(limit=1)) == 1


def test_unknown_phrases_are_not_collected_without_end(db: Db) -> None:
    db(providers.note_unknown, "one", None, {f"KATA {n}": 1 for n in range(providers.KEPT_TEXTS)}, NOW)
    db(providers.note_unknown, "two", None, {"LAIN": 1}, NOW)
    db(providers.note_unknown, "one", "jne", {"BARU": 1, "X" * 5_000: 1}, NOW + 1)

    (kept,) = db.rows("SELECT count(*), max(length(text)) FROM unknown_texts WHERE provider = 'one'")
    assert tuple(kept) == (providers.KEPT_TEXTS, providers.LONGEST)
    assert len(db.rows("SELECT 1 FROM unknown_texts WHERE text IN ('BARU', 'LAIN')")) == 2


def test_the_reader_tells_how_every_source_fares(db: Db, reader: Reader) -> None:
    assert reader.providers(NOW) == []
    reserve(db, 40, per_day=100)
    db(health.failed, "courier", "two", "unauthorized", None, NOW, NOW + 6 * HOUR)
    db(health.failed, "orders", "toko-contoh", "no_network", None, NOW)
    db(providers.note_unknown, "three", None, {"LARI": 1, "TIDUR": 1}, NOW)

    one, three, two = reader.providers(NOW)
    assert (one.provider, one.asked_today, one.per_day, one.problem) == ("one", 40, 100, None)
    assert (two.provider, two.problem, two.since, two.until) == ("two", "unauthorized", NOW, NOW + 6 * HOUR)
    assert (three.provider, three.asked_today, three.unknown_texts) == ("three", 0, 2)
    assert reader.providers(NOW + DAY)[0].provider == "three"


def test_a_warning_is_no_failure_and_ends_one(db: Db, reader: Reader) -> None:
    db(health.failed, "courier", "one", "no_network", None, NOW)
    db(health.warn, "courier", "one", "quota_near", "75% of 100 a day", NOW + 1)
    (row,) = reader.health()
    assert (row.failing_since, row.problem, row.detail, row.last_ok_at) == (
        None, "quota_near", "75% of 100 a day", NOW + 1,
    )  # fmt: skip
    assert [change[0] for change in db.feed()][-2:] == ["job.failed", "job.recovered"]
