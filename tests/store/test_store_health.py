"""The state of each job: since when, and only turns are news."""

from __future__ import annotations

import msgspec

from store import health
from tests.store.store_kit import NOW, Db


def row(db: Db) -> tuple[object, ...]:
    query = "SELECT last_ok_at, failing_since, problem, detail, next_at FROM job_health"
    (found,) = db.rows(query)
    return tuple(found)


def test_a_trouble_keeps_its_beginning(db: Db) -> None:
    db(health.ok, "orders", "toko", NOW, NOW + 30)
    db(health.failed, "orders", "toko", "no_network", "resolver", NOW + 1, NOW + 31)
    db(health.failed, "orders", "toko", "no_network", "refused", NOW + 2, NOW + 32)

    assert row(db) == (NOW, NOW + 1, "no_network", "refused", NOW + 32)
    assert db.feed() == [("job.failed", None, "no_network")]


def test_another_problem_is_news_of_the_same_trouble(db: Db) -> None:
    db(health.failed, "sender", "", "no_network", None, NOW)
    db(health.failed, "sender", "", "token", None, NOW + 1)

    assert row(db)[1:3] == (NOW, "token")
    assert db.feed() == [("job.failed", None, "no_network"), ("job.failed", "no_network", "token")]


def test_the_end_of_a_trouble_is_told_once(db: Db) -> None:
    db(health.failed, "orders", "toko", "token", "x", NOW)
    db(health.ok, "orders", "toko", NOW + 1)
    db(health.ok, "orders", "toko", NOW + 2)

    assert row(db) == (NOW + 2, None, None, None, None)
    assert db.feed()[1:] == [("job.recovered", "token", None)]
    (detail,) = db.rows("SELECT detail FROM changes WHERE kind = 'job.recovered'")[0]
    assert msgspec.json.decode(detail) == {"job": "orders", "shop": "toko"}
