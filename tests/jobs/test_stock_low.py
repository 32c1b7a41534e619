"""Notices of few goods and of goods that will soon be gone: one each time, across restarts."""

from __future__ import annotations

import json
from contextlib import closing
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection

from jobs.config.keys import StockSettings
from jobs.stock import guard, low, wishes
from jobs.stock.low import GoodsWatch, watch_goods
from store import goods, orders
from store.db import Store
from store.reading.goods import claims, handed, shelves
from store.records import ItemRecord, OrderRecord
from store.stock import Shortage, shortages
from store.times import HOUR, MINUTE, SECOND
from tests.conftest import FrozenClock
from tests.jobs.stock_kit import stocked

SETTINGS = StockSettings(low=5, forecast_minutes=10)
SKU = "1730000000000000011"


def bought(store: Store, number: int, at: int, units: int = 1, **told: Any) -> int:
    """An order to ship; its row."""
    shop, sku = told.pop("shop", "toko-contoh"), told.pop("sku", SKU)
    facts: dict[str, Any] = {
        "order_id": f"58000000000{number:07d}", "status": "AWAITING_SHIPMENT",
        "raw_status": told.get("status", "AWAITING_SHIPMENT"), "created_at": at, "updated_at": at,
        "items": (ItemRecord(sku, "Kaos Polos", units, 67_500),), "arrange_by": at + 24 * HOUR,
        "total": 67_500 * units,
    }  # fmt: skip
    record = OrderRecord(**(facts | told))
    store.write(lambda conn: orders.ingest(conn, orders.shop_pk(conn, shop), [record], at))
    return int(
        store.read(
            lambda conn: conn.exec_driver_sql(
                f"SELECT id FROM orders WHERE order_id = '{record.order_id}'"
            ).scalar_one()
        )
    )


def low_from(store: Store, pieces: int | None) -> None:
    """From how many free pieces on the only goods count as low."""
    store.write(lambda conn: wishes.set_low(conn, wishes.look(conn)[0], pieces, "seller", 1))


def told(store: Store) -> list[tuple[str, dict[str, Any]]]:
    """The feed's rows about stock that are worth a notice."""
    query = "SELECT kind, detail FROM changes WHERE kind IN ('stock.low', 'stock.out_soon') ORDER BY seq"
    return [(kind, json.loads(d)) for kind, d in store.read(lambda c: c.exec_driver_sql(query).all())]


async def test_goods_that_nobody_named_yet_are_called_as_in_the_orders(
    store: Store, clock: FrozenClock
) -> None:
    store.write(lambda conn: stocked(conn, SKU, 3, now=clock()))
    store.write(lambda conn: conn.exec_driver_sql("DELETE FROM skus"))
    bought(store, 1, clock() - HOUR)
    assert await watch_goods(store, SETTINGS, clock=clock) == 1
    assert told(store)[0][1]["name"] == "Kaos Polos"


async def test_few_is_told_once_for_each_time(store: Store, clock: FrozenClock) -> None:
    store.write(lambda conn: stocked(conn, SKU, 7, now=clock()))
    assert await watch_goods(store, SETTINGS, clock=clock) == 0
    bought(store, 1, clock() - HOUR, 2)
    assert await watch_goods(store, SETTINGS, clock=clock) == 1
    ((kind, detail),) = told(store)
    assert (kind, detail["free"], detail["sku_id"], detail["name"]) == ("stock.low", 5, SKU, "Kaos Polos")
    bought(store, 2, clock() - HOUR)
    assert await watch_goods(store, SETTINGS, clock=clock) == 0
    # Filled up, and few once more: that is another time.
    store.write(lambda conn: stocked(conn, SKU, 20, now=clock()))
    assert await watch_goods(store, SETTINGS, clock=clock) == 0
    store.write(lambda conn: stocked(conn, SKU, 4, now=clock()))
    watch = GoodsWatch(store, SETTINGS, clock=clock)
    assert (await watch.run(), await watch.run()) == (1, 0)
    # A number of its own wakes the watch: one free is few no more; seven are, from eight on.
    for own, available, news in ((0, 4, 0), (8, 10, 1), (None, 10, 0)):
        store.write(partial(stocked, sku_id=SKU, available=available, now=clock()))
        low_from(store, own)
        assert await watch.run() == news
    # A list of products leaves it alone.
    low_from(store, 8)
    store.write(lambda conn: stocked(conn, SKU, 9, now=clock()))
    assert store.read(wishes.look)[0].low_at == 8


async def test_a_burst_is_told_before_it_ends_and_a_switch_turns_that_off(
    store: Store, clock: FrozenClock
) -> None:
    store.write(lambda conn: stocked(conn, SKU, 60, now=clock()))
    for number in range(8):
        bought(store, number, clock() - number * 10 * SECOND, 2)
    off = StockSettings(forecast_minutes=0)
    assert await watch_goods(store, off, clock=clock) == 0
    assert await watch_goods(store, SETTINGS, clock=clock) == 1
    ((kind, detail),) = told(store)
    assert (kind, detail["free"]) == ("stock.out_soon", 44) and 1 <= detail["minutes"] <= 9
    assert await watch_goods(store, SETTINGS, clock=clock) == 0
    clock.advance(15 * MINUTE)
    assert await watch_goods(store, SETTINGS, clock=clock) == 0
    assert store.read(low.warned).soon == set()


async def test_where_nothing_changed_nobody_looks_and_a_warning_ends_all_the_same(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(lambda conn: stocked(conn, SKU, 60, now=clock()))
    watch, looks = low.GoodsWatch(store, SETTINGS, clock=clock), []
    real = low.look

    def counted(*given: Any) -> Any:
        looks.append(1)
        return real(*given)

    monkeypatch.setattr(low, "look", counted)
    for number in range(8):
        bought(store, number, clock() - number * 10 * SECOND, 2)
    assert await watch.run() == 1 and len(looks) == 1
    # The warning stands: looked at until it is over, then no more.
    clock.advance(15 * MINUTE)
    assert await watch.run() == 0 and store.read(low.warned).soon == set()
    assert await watch.run() == 0
    before = len(looks)
    assert await watch.run() == 0 and len(looks) == before
    bought(store, 9, clock(), 42)
    assert await watch.run() == 1 and len(looks) == before + 1


async def test_the_guard_looks_at_all_shops_of_a_pile_and_at_what_waits_for_the_courier(
    store: Store, clock: FrozenClock
) -> None:
    other = "1730000000000000099"
    store.write(lambda conn: stocked(conn, SKU, 4, seller_sku="KP", now=clock()))
    store.write(lambda conn: stocked(conn, other, 9, seller_sku="KP", shop="dua", now=clock()))
    # Four pieces: one is packed already, one is on hold, the other shop's order comes before ours.
    bought(store, 1, clock() - 9 * HOUR, status="AWAITING_COLLECTION")
    first = bought(store, 2, clock() - 8 * HOUR, 2, shop="dua", sku=other)
    ours = bought(store, 3, clock() - 7 * HOUR, 2)
    held = bought(store, 4, clock() - 6 * HOUR, status="ON_HOLD")
    bought(store, 5, clock() - 6 * HOUR, 40, status="IN_TRANSIT")
    bought(store, 6, clock() - 6 * HOUR, 40, status="UNPAID")
    assert store.read(guard.short) == {ours: Shortage(ours, SKU, 2, 1)}
    assert store.read(lambda conn: guard.short(conn, [first, ours])) == {ours: Shortage(ours, SKU, 2, 1)}
    assert store.read(lambda conn: guard.short(conn, [first])) == {}
    # The order's own page counts the same pile: four pieces there, six wanted, whichever shop it is of.
    with closing(store.reader()) as reader:
        items = [line for one in reader.details([first, ours]) for line in one.items]
    assert [(line.on_hand, line.free) for line in items] == [(4, -2), (4, -2)]
    # Who is confirmed comes first.
    store.write(lambda conn: orders.confirm(conn, [ours], clock(), "seller"))
    assert set(store.read(guard.short)) == {first}
    assert held not in store.read(guard.short)
    # Another code: no longer the same goods.
    store.write(lambda conn: stocked(conn, other, 9, seller_sku="LAIN", shop="dua", now=clock()))
    assert store.read(guard.short) == {}


async def test_the_guard_sees_in_the_scarce_piles_alone_what_all_orders_say(
    store: Store, clock: FrozenClock
) -> None:
    rng = Random(6)
    # One code stands on two SKUs of the first shop and names no pile there, whatever is scarce.
    for sku, code, shop in (
        ("10", "A", "toko-contoh"), ("11", "B", "toko-contoh"), ("12", "C", "toko-contoh"),
        ("13", "C", "toko-contoh"), ("20", "A", "dua"), ("21", "B", "dua"), ("22", "C", "dua"),
    ):  # fmt: skip
        store.write(partial(stocked, sku_id=sku, available=rng.randrange(12, 40), seller_sku=code, shop=shop))
    pks = []
    for number in range(60):
        shop, skus = rng.choice([("toko-contoh", ("10", "11", "12", "13")), ("dua", ("20", "21", "22"))])
        lines = [ItemRecord(sku, "Kaos", rng.randrange(1, 4), 1) for sku in rng.sample(skus, 2)]
        status = rng.choice(["AWAITING_SHIPMENT"] * 3 + ["AWAITING_COLLECTION", "ON_HOLD", "IN_TRANSIT"])
        told: dict[str, Any] = {"items": tuple(lines), "status": status, "shop": shop}
        pks.append(bought(store, number, clock() - rng.randrange(HOUR), **told))

    def every(conn: Connection) -> dict[int, Shortage]:
        query = goods.querying(conn)
        return shortages(shelves(query), claims(query), handed(query, shelves(query)))

    expected = store.read(every)
    assert 0 < len(expected) < 40
    assert store.read(guard.short) == expected
    for pk in pks:
        one = store.read(partial(guard.short, pks=[pk]))
        assert one == {name: short for name, short in expected.items() if name == pk}
