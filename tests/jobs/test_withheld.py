"""A package may hold several orders: one that is held back holds all of it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from jobs.outbox.withheld import withhold
from store import actions, desk
from store.actions import Claimed
from store.db import Store
from store.status import HOLD
from tests.conftest import ENGINES
from tests.jobs.handover_kit import NOW, put, waiting


@pytest.mark.parametrize("store_url", ENGINES, indirect=True)
@pytest.mark.parametrize(("tagged", "over"), [(None, []), (1, ["P"]), (2, ["P"]), (3, ["Q"])])
def test_one_order_holds_back_the_parcel_it_travels_in(
    store: Store, tagged: int | None, over: list[str]
) -> None:
    put(store, *(waiting(n, parcel={"package_id": "Q" if n == 3 else "P"}) for n in (1, 2, 3)))

    def write(conn: Connection) -> list[Claimed]:
        for package, pk in (("P", 1), ("Q", 3)):
            actions.queue(
                conn, shop_id=1, kind="ship", order_pk=pk, order_id=str(pk), target=package, package_id=package,
                params={}, by="seller", now=NOW, batch_id="b",
            )  # fmt: skip
        if tagged is not None:
            desk.add_tags(conn, [tagged], [HOLD], "seller", NOW)
        rows = actions.claim(conn, owner="me", now=NOW, lease_ms=60_000, limit=9)
        return withhold(conn, rows, NOW)

    assert [row.target for row in store.write(write)] == over
