"""Several seats on one store: a row is claimed by one of them, whoever comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from store import actions
from store.db import Store
from tests.store.store_kit import NOW, Db


def test_no_row_is_claimed_twice(db: Db) -> None:
    for n in range(60):
        db(
            actions.queue, shop_id=db.shop, kind="ship", order_pk=None, order_id=str(n), target=str(n),
            package_id=None, params={}, by="cli", now=NOW,
        )  # fmt: skip

    def work(owner: str) -> list[int]:
        seat = Store.open(db.store.url, migrate=False)
        mine: list[int] = []
        try:
            while rows := seat.write(
                lambda conn: actions.claim(conn, owner=owner, now=NOW, lease_ms=60_000, limit=3)
            ):
                mine += [row.id for row in rows]
        finally:
            seat.close()
        return mine

    with ThreadPoolExecutor(4) as pool:
        taken = [action_id for ids in pool.map(work, ("a", "b", "c", "d")) for action_id in ids]

    assert len(taken) == 60
    assert len(set(taken)) == 60
