"""Who goes without when stock is short."""

from __future__ import annotations

from store import orders, stock
from store.stock import Demand, Level, Shortage, allocate
from tests.store.store_kit import CAP, NOW, SHIRT, Db, order


def test_the_oldest_deadline_is_served_first() -> None:
    demands = [Demand(1, "A", 2, deadline=30), Demand(2, "A", 2, deadline=10), Demand(3, "A", 1, deadline=20)]

    assert allocate({"A": 3}, demands) == [Shortage(1, "A", 2, 0)]


def test_what_is_confirmed_is_spoken_for() -> None:
    demands = [Demand(1, "A", 1, deadline=10), Demand(2, "A", 1, deadline=20, reserved=True)]

    assert allocate({"A": 1}, demands) == [Shortage(1, "A", 1, 0)]


def test_an_order_too_big_leaves_the_rest_to_the_next() -> None:
    demands = [Demand(1, "A", 5, deadline=10), Demand(2, "A", 2, deadline=20)]

    assert allocate({"A": 3}, demands) == [Shortage(1, "A", 5, 3)]


def test_unknown_stock_is_never_short_and_less_than_nothing_is_nothing() -> None:
    demands = [Demand(1, "B", 5, deadline=10), Demand(1, "A", 1, deadline=10)]

    assert allocate({"A": -2}, demands) == [Shortage(1, "A", 1, 0)]


def test_needs_are_those_of_orders_to_ship(db: Db) -> None:
    gift = SHIRT.__class__(SHIRT.sku_id, SHIRT.name, 1, 0, is_gift=True)
    db.ingest(order("1", items=(SHIRT, gift, CAP)), order("2", "IN_TRANSIT"), order("3", arrange_by=NOW))
    db(orders.confirm, [db.order("1").id], NOW, "seller")

    third, first_cap, first_shirt = sorted(
        db(stock.needed, db.shop), key=lambda d: (d.deadline, -ord(d.sku_id[-1]))
    )

    assert (third.order_pk, third.quantity, third.reserved) == (db.order("3").id, 2, False)
    assert (first_shirt.quantity, first_shirt.reserved) == (3, True)
    assert (first_cap.sku_id, first_cap.quantity) == (CAP.sku_id, 1)


def test_levels_are_what_was_told_last(db: Db) -> None:
    db(stock.upsert, db.shop, [Level("A", 1), Level("B", 2), Level("A", 3)], NOW)
    db(stock.upsert, db.shop, [Level("B", 0, "KP")], NOW + 1)
    db(stock.upsert, db.shop, [], NOW + 2)

    assert db(stock.levels, db.shop) == {"A": 3, "B": 0}
    assert db(stock.levels, db.shop + 1) == {}
