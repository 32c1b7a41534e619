"""Statements, payouts and costs in the store, on both engines: once, anew when something changed, never twice."""

from __future__ import annotations

from contextlib import closing

import msgspec

from store import money, orders, requests
from store.money import CostEntry
from store.money_records import PayoutRecord, StatementRecord
from store.records import RequestRecord
from store.times import DAY
from tests.store.store_kit import NOW, Db, order

STATEMENT = StatementRecord("738", NOW - DAY, "PROCESSING", "IDR", 88_750, 100_000, -11_250)
PAYOUT = PayoutRecord("346", "ORDER", "1", 88_750, 100_000, -11_250)


def test_a_statement_is_new_once_and_read_again_when_its_amounts_change(db: Db) -> None:
    assert db(money.upsert_statements, db.shop, [STATEMENT, STATEMENT], NOW) == ["738"]
    assert db(money.unread, db.shop, 10) == ["738"]
    db(money.was_read, db.shop, "738", NOW)
    paid = msgspec.structs.replace(STATEMENT, status="PAID", paid_at=NOW)
    assert db(money.upsert_statements, db.shop, [paid], NOW + 1) == []
    assert db(money.unread, db.shop, 10) == []
    changed = msgspec.structs.replace(paid, settlement=80_000)
    assert db(money.upsert_statements, db.shop, [changed], NOW + 2) == []
    assert db(money.unread, db.shop, 10) == ["738"]
    with closing(db.store.reader()) as reader:
        (row,) = reader.statements(5)
        told = [change for change in reader.changes(0) if change.kind == "money.statement"]
    assert (row.settlement, row.status, row.paid_at, row.orders) == (80_000, "PAID", NOW, None)
    assert len(told) == 1


def test_the_search_begins_at_what_may_still_change(db: Db) -> None:
    assert db(money.begin_at, db.shop, 0) is None
    replaced = msgspec.structs.replace
    db(money.upsert_statements, db.shop, [
        replace_id(STATEMENT, "1", NOW - 40 * DAY), replace_id(STATEMENT, "2", NOW - 9 * DAY),
        replaced(replace_id(STATEMENT, "3", NOW - 2 * DAY), status="PAID"),
    ], NOW)  # fmt: skip
    assert db(money.begin_at, db.shop, NOW - 30 * DAY) == NOW - 9 * DAY
    assert db(money.begin_at, db.shop, NOW - 5 * DAY) == NOW - 2 * DAY
    assert db(money.begin_at, db.shop, NOW) == NOW - 2 * DAY


def replace_id(record: StatementRecord, statement_id: str, at: int) -> StatementRecord:
    return msgspec.structs.replace(record, statement_id=statement_id, at=at)


def test_payouts_and_estimates_find_their_orders(db: Db) -> None:
    at = NOW - 5 * DAY
    told = {"delivered_at": at, "updated_at": at, "subtotal": 100_000}
    db.ingest(*(order(str(n), "DELIVERED", **told) for n in (1, 2, 3)), order("4", "IN_TRANSIT"))
    back = RequestRecord("9", "3", "refund", "RETURN_OR_REFUND_REQUEST_COMPLETE", at, at, amount=30_000)
    db(requests.upsert, db.shop, [back], NOW)
    db(money.upsert_statements, db.shop, [STATEMENT], NOW)
    db(money.upsert_payouts, db.shop, "738", [PAYOUT, PAYOUT])
    db(money.upsert_payouts, db.shop, "738", [msgspec.structs.replace(PAYOUT, settlement=80_000)])
    estimates = [PayoutRecord("2", "ORDER", "2", 90_000), PayoutRecord("77", "ORDER", "77", 1)]
    db(money.replace_unsettled, db.shop, estimates)
    db(money.replace_unsettled, db.shop, estimates[:1])
    with closing(db.store.reader()) as reader:
        waiting = {row.order_id: row for row in reader.awaiting_money(NOW - 30 * DAY)}
        assert set(waiting) == {"2", "3"}
        assert (waiting["2"].estimate, waiting["3"].estimate) == (90_000, None)
        assert (waiting["2"].refunded, waiting["3"].refunded, waiting["3"].goods) == (0, 30_000, 100_000)
        (settled,) = reader.settled_orders(NOW - 30 * DAY)
        assert (settled.order_id, settled.settlement, settled.at) == ("1", 80_000, STATEMENT.at)
        assert reader.settled_orders(NOW) == []
        assert reader.paid_for([settled.pk]) == {settled.pk: 80_000}
        assert [row.at for row in reader.payouts_of(settled.pk)] == [STATEMENT.at]
        assert [row.at for row in reader.payouts_of(waiting["2"].pk)] == [None]
        assert {row.order_id for row in reader.sales_since(0)} == {"1", "2", "4"}
        assert reader.goods_of([settled.pk])[settled.pk][0].quantity > 0


def test_an_adjustment_brings_the_rest_of_its_order(db: Db) -> None:
    at = NOW - 50 * DAY
    db.ingest(order("1", "COMPLETED", delivered_at=at, updated_at=at, subtotal=100_000))
    old = replace_id(STATEMENT, "1", NOW - 45 * DAY)
    db(money.upsert_statements, db.shop, [old, STATEMENT], NOW)
    db(money.upsert_payouts, db.shop, "1", [PAYOUT])
    db(money.upsert_payouts, db.shop, "738", [PayoutRecord("347", "ADJUSTMENT", "1", -5_000)])
    with closing(db.store.reader()) as reader:
        rows = reader.settled_orders(NOW - 30 * DAY)
    assert sorted(row.settlement for row in rows) == [-5_000, 88_750]


def test_costs_are_replaced_and_forgotten(db: Db) -> None:
    assert db(money.set_costs, [CostEntry("A", 0, 5), CostEntry("A", 0, 6), CostEntry("A", 9, 7)]) == 2
    assert db(money.set_costs, [CostEntry("A", 9, 8)]) == 1
    with closing(db.store.reader()) as reader:
        assert reader.costs() == [("A", 0, 6), ("A", 9, 8)]
        assert reader.asked_statements() == {}
    db(orders.set_stream, db.shop, "statements", NOW, NOW)
    with closing(db.store.reader()) as reader:
        assert reader.asked_statements() == {db.shop: NOW}
    assert db(money.drop_costs, "A") == 2
    assert db(money.drop_costs, "A") == 0
