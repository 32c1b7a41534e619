"""Who was not paid, or not enough, is told: once an order, by one seat, in one row when they are many."""

from __future__ import annotations

import msgspec
import pytest

from jobs.config.keys import MoneySettings
from jobs.money import watch
from jobs.money.watch import KEY, LESS, OVERDUE, MoneyWatch, Wrong, say
from jobs.notices import Severity, told
from store import health, money
from store.db import Store
from store.memory import recall, remember
from store.times import DAY, HOUR
from store.views import ChangeRow
from tests.conftest import FrozenClock
from tests.ui.money_kit import arrived, payout, settle, statement, usual
from tests.ui.screen_kit import NOW, put


def feed(store: Store) -> list[ChangeRow]:
    reader = store.reader()
    rows = [row for row in reader.changes(0, 10_000) if row.kind.startswith("money.")]
    reader.close()
    return rows


def read(store: Store, at: int = NOW) -> None:
    store.write(lambda conn: health.ok(conn, "money", "toko-contoh", at))


async def test_each_wrong_order_is_told_once_whoever_looks(store: Store, clock: FrozenClock) -> None:
    usual(store)
    one, other = (MoneyWatch(store, MoneySettings(), clock=clock) for _ in range(2))
    assert await one.run() == 0, "nobody has read the statements yet"
    read(store)
    assert await one.run() == 3
    assert await other.run() == 0
    rows = {row.order_id: row for row in feed(store) if row.kind != "money.statement"}
    assert {order_id: row.kind for order_id, row in rows.items()} == {
        arrived(31, 9).order_id: OVERDUE,
        arrived(21, 8).order_id: LESS,
        arrived(22, 8).order_id: LESS,
    }
    assert msgspec.json.decode(rows[arrived(21, 8).order_id].detail or "") == {"n": 1, "amount": 14_000}
    put(store, [arrived(n, 10) for n in range(50, 62)])
    assert await one.run() == 0, "nothing was read since"
    read(store, NOW + HOUR)
    assert (await one.run(), await other.run()) == (12, 0)
    last = feed(store)[-1]
    assert (last.kind, last.order_pk) == (OVERDUE, None)
    assert msgspec.json.decode(last.detail or "")["n"] == 12


async def test_what_may_be_in_a_statement_that_was_not_read_is_not_late(
    store: Store, clock: FrozenClock
) -> None:
    put(store, [arrived(1, 10)])
    settle(store, NOW - 6 * DAY, [payout("999")])
    unread = statement(2, NOW - 5 * DAY, [])
    store.write(lambda conn: money.upsert_statements(conn, 1, [unread], NOW))
    read(store)
    job = MoneyWatch(store, MoneySettings(), clock=clock)
    assert await job.run() == 0
    store.write(lambda conn: money.was_read(conn, 1, unread.statement_id, NOW))
    read(store, NOW + HOUR)
    assert await job.run() == 1


def test_an_order_that_comes_back_is_not_told_again(store: Store) -> None:
    wrong = {LESS: [Wrong(7, "587", 1, 500)], OVERDUE: []}
    assert store.write(lambda conn: say(conn, wrong, NOW)) == 1
    assert store.write(lambda conn: say(conn, {LESS: [Wrong(8, "588", 1, 1)], OVERDUE: []}, NOW)) == 1
    assert store.write(lambda conn: say(conn, wrong, NOW)) == 0
    store.write(lambda conn: remember(conn, KEY, "damaged"))
    assert store.write(lambda conn: say(conn, wrong, NOW)) == 1


def test_what_is_remembered_has_an_end_and_nothing_is_told_twice_for_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shop that is never paid lists ever more orders."""
    monkeypatch.setattr(watch, "KEPT", 3)
    unpaid = [Wrong(pk, str(pk), 1, 1) for pk in range(1, 9)]

    def look(count: int) -> int:
        return store.write(lambda conn: say(conn, {OVERDUE: unpaid[:count]}, NOW))

    assert [look(6), look(6), look(8), look(8)] == [6, 0, 2, 0]
    assert store.read(lambda conn: recall(conn, KEY, dict[str, list[int]])) == {OVERDUE: [6, 7, 8]}


def test_a_payment_that_fails_is_told_each_time_it_fails(store: Store) -> None:
    put(store, [arrived(1, 10)])
    states = ("PROCESSING", "FAILED", "FAILED", "PROCESSING", "FAILED", "PAID")
    for at, status in enumerate(states):
        settle(store, NOW, [payout("1")], status=status, adjustment=at)
    kinds = [row.kind for row in feed(store)]
    assert kinds == ["money.statement", "money.failed", "money.failed"]


@pytest.mark.parametrize(
    ("kind", "severity", "bell"),
    [
        ("money.failed", Severity.DANGER, True),
        ("money.overdue", Severity.WARNING, False),
        ("money.less", Severity.WARNING, False),
    ],
)
def test_many_are_one_notice(kind: str, severity: Severity, bell: bool) -> None:
    amount = "settlement" if kind == "money.failed" else "amount"
    rows = [
        ChangeRow(seq, NOW, 1, None, None, kind, None, None, detail, "job")
        for seq, detail in enumerate([f'{{"n":12,"{amount}":5000}}', f'{{"{amount}":700}}', "{damaged"])
    ]
    [notice] = told(rows, {}).notices
    assert (notice.severity, notice.bell) == (severity, bell)
    assert notice.params == {"n": 14, "amount": 5_700}
