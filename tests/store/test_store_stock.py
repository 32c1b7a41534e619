"""Who goes without when stock is short."""

from __future__ import annotations

import msgspec

from store import goods
from store.stock import Demand, Shortage, allocate
from tests.store.store_kit import CAP, SHIRT, Db, order

OTHER = msgspec.structs.replace(SHIRT, sku_id="99")


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


def test_needed_are_the_skus_of_orders_to_ship(db: Db) -> None:
    db.ingest(order("1", items=(SHIRT, SHIRT, CAP)), order("2", "IN_TRANSIT", items=(OTHER,)))

    assert db(goods.needed, db.shop) == {SHIRT.sku_id, CAP.sku_id}
    assert db(goods.needed, db.shop + 1) == set()
