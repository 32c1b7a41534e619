"""An old number is never tried again over a newer one; a SKU's own limit for "low" is set and taken back."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import Connection

from jobs.stock import wishes
from jobs.wishes.intents import overtaken, retry
from store import actions
from store.db import Store
from store.records import ItemRecord
from store.stock import Pile
from tests.conftest import ENGINES
from tests.jobs.handover_kit import NOW, put, waiting
from tests.jobs.stock_kit import stocked

SKU, LONGER = "11", "115"


def wish(store: Store, sku: str, quantity: int) -> int:
    """A number that is asked for; its action."""

    def write(conn: Connection) -> str:
        (pile,) = wishes.find(wishes.look(conn), sku)
        return wishes.queue(conn, wishes.plan_set(conn, pile, quantity), "seller", 1)

    batch = store.write(write)
    query = f"SELECT id FROM actions WHERE batch_id = '{batch}'"
    return int(store.read(lambda conn: conn.exec_driver_sql(query).scalar_one()))


def ended(store: Store, state: str) -> None:
    """What waits comes to its end."""

    def end(conn: Connection) -> None:
        (row,) = actions.claim(conn, owner="me", now=2, lease_ms=60_000, limit=9)
        actions.finish(conn, row.id, row.fence, state, now=3)

    store.write(end)


@pytest.mark.parametrize("store_url", ENGINES, indirect=True)
@pytest.mark.parametrize("newer", ["queued", "unknown", "needs_person", "done", "refused", "other"])
def test_an_old_number_is_not_tried_again_over_a_newer_one(store: Store, newer: str) -> None:
    for sku in (SKU, LONGER):
        store.write(partial(stocked, sku_id=sku, available=14))
    old = wish(store, SKU, 9)
    ended(store, "refused")
    last = wish(store, LONGER if newer == "other" else SKU, 20)
    if newer == "unknown":
        store.write(
            lambda conn: conn.exec_driver_sql(f"UPDATE actions SET state = 'unknown' WHERE id = {last}")
        )
    elif newer not in ("queued", "other"):
        ended(store, newer)
    again = newer in ("refused", "other")
    assert store.write(lambda conn: overtaken(conn, old)) is not again
    assert store.write(lambda conn: retry(conn, old, "seller", 4)) is again
    # The newest one may always be tried again, where it came to nothing.
    if newer in ("needs_person", "refused"):
        assert store.write(lambda conn: retry(conn, last, "seller", 4)) is (newer == "needs_person")


@pytest.mark.parametrize("store_url", ENGINES, indirect=True)
@pytest.mark.parametrize(("quantity", "covered", "free"), [(0, False, -3), (0, True, 0), (4, False, 4)])
def test_setting_nothing_to_sell_hides_no_shortage(
    store: Store, quantity: int, covered: bool, free: int
) -> None:
    """What the platform tells after a number was set: that number, and everything that is ordered."""
    store.write(partial(stocked, sku_id=SKU, available=2))
    put(store, waiting(1, created_at=0, items=(ItemRecord(SKU, "Kaos", 5, 1),)))

    def pile(conn: Connection) -> Pile:
        (found,) = wishes.find(wishes.look(conn), SKU)
        return found

    assert store.read(pile).free == -3
    plan = store.read(lambda conn: wishes.plan_set(conn, pile(conn), quantity))
    assert plan.lacking == (3 if quantity == 0 else 0)
    store.write(lambda conn: wishes.queue(conn, plan, "seller", 1, covered=covered))
    ended(store, "done")
    store.write(partial(stocked, sku_id=SKU, available=quantity, committed=5))
    assert store.read(pile).free == free
    if free != -3:
        return
    # The seller cancels what he cannot fill: the platform sells the five again, and there are still two.
    put(
        store,
        waiting(1, status="CANCELLED", created_at=0, updated_at=NOW, items=(ItemRecord(SKU, "Kaos", 5, 1),)),
    )
    store.write(partial(stocked, sku_id=SKU, available=5))
    assert store.read(pile).free == 2
