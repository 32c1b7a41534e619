"""Two shops side by side over real sockets: whatever befalls one, the other's orders, parcels and actions go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, text

from jobs.config.settings import Settings, load
from jobs.once import run_once
from jobs.runtime import Runtime
from jobs.wishes.intents import plan_ship, queue_ship
from shop.sandbox.server import Sandbox, running_sandbox
from shop.sandbox.world import World
from store.db import Store
from tests.jobs.runtime_kit import rows, secrets_for, shop_table, until

SICK, WELL = "toko-sakit", "toko-sehat"
ACTIONS = (
    "SELECT s.name, a.state FROM actions a JOIN shops s ON s.id = a.shop_id WHERE s.name = '{}' ORDER BY a.id"
)


class Pair(msgspec.Struct):
    """Two fake shops that listen, and a seller who watches both."""

    sick: Sandbox
    well: Sandbox
    settings: Settings
    environ: dict[str, str]
    store: Store

    def break_one(self, spec: str) -> None:
        """Misbehave from now on, one of them."""
        self.sick.platform.faults.set(spec)
        self.sick.platform.obey()

    def forget_how_far(self) -> None:
        """Everything is to be read, and every parcel asked about, once more."""

        def write(conn: Connection) -> None:
            conn.execute(text("DELETE FROM sync_state"))
            conn.execute(text("UPDATE packages SET due_at = 1 WHERE checked_at IS NOT NULL"))

        self.store.write(write)

    def asked(self, shop: str) -> int:
        """When a shop's parcels were asked about last, epoch ms."""
        query = (
            "SELECT coalesce(max(p.checked_at), 0) FROM packages p JOIN shops s ON s.id = p.shop_id"
            " WHERE s.name = :shop"
        )
        return int(str(rows(self.store, query, {"shop": shop})[0][0]))

    def wish(self, shop: str) -> str:
        """Have the first order of a shop that can ship shipped; its id."""
        query = (
            "SELECT o.id, o.order_id FROM orders o JOIN shops s ON s.id = o.shop_id"
            " WHERE s.name = :shop AND o.status = 'AWAITING_SHIPMENT' ORDER BY o.id"
        )

        pks = [int(str(pk)) for pk, _ in rows(self.store, query, {"shop": shop})]
        plan = self.store.read(lambda conn: plan_ship(conn, pks, self.store.clock(), self.settings))
        one = msgspec.structs.replace(plan, ok=plan.ok[:1], held=())
        assert one.ok
        self.store.write(lambda conn: queue_ship(conn, one, "seller", self.store.clock()))
        return one.ok[0].order_id


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Both shops in order, their orders taken in."""
    with ExitStack() as stack:
        sick, well = (stack.enter_context(running_sandbox(World(seed, 40))) for seed in (1, 2))
        path = tmp_path / "config.toml"
        quick = '[sender]\nvalidity = "1s"\nsettle = "0s"\nskew = "0s"\n[jobs]\norders_every = "1s"\n'
        path.write_text(quick + shop_table(sick, SICK) + shop_table(well, WELL), encoding="utf-8")
        environ = secrets_for(SICK, sick.credentials) | secrets_for(WELL, well.credentials)
        settings = load(path, environ, {"data_dir": str(tmp_path / "data")})
        store = Store.open(settings.store_url)
        stack.callback(store.close)
        made = Pair(sick, well, settings, environ, store)
        first = run_once(settings, environ, store=store)
        assert [(row.shop, row.error, row.orders_new > 0) for row in first.shops] == [
            (SICK, None, True),
            (WELL, None, True),
        ]
        yield made


def dead_login(pair: Pair) -> None:
    """The seller took the shop's authorisation back: its tokens are worth nothing, and neither is a refresh."""
    pair.sick.platform.account.exchange(pair.sick.credentials.auth_code)


@pytest.mark.parametrize(
    ("trouble", "problem"),
    [
        pytest.param(dead_login, "login", id="dead token"),
        pytest.param(lambda pair: pair.break_one("503"), "unavailable", id="down"),
        pytest.param(lambda pair: pair.break_one("garbage"), "bad_reply", id="strange"),
        pytest.param(lambda pair: pair.break_one("slow:1:200ms"), None, id="slow"),
    ],
)
def test_the_other_shop_goes_on(pair: Pair, trouble: Callable[[Pair], object], problem: str | None) -> None:
    trouble(pair)
    pair.wish(SICK)
    pair.wish(WELL)
    pair.forget_how_far()
    asked = pair.asked(WELL)

    told = json.loads(json.dumps(run_once(pair.settings, pair.environ, store=pair.store).as_json()))

    by_shop = {row["shop"]: row for row in told["shops"]}
    assert by_shop[WELL]["error"] is None and by_shop[WELL]["orders_seen"] > 0
    if problem is None:
        assert by_shop[SICK]["error"] is None
    else:
        assert by_shop[SICK]["error"].startswith(f"orders: {problem}"), by_shop[SICK]
    assert rows(pair.store, ACTIONS.format(WELL)) == [(WELL, "done")]
    [(_, sick_state)] = rows(pair.store, ACTIONS.format(SICK))
    assert sick_state == "done" if problem is None else sick_state != "done"  # kept, not lost
    health = "SELECT shop, problem FROM job_health WHERE job IN ('orders', 'sender', 'requests')"
    assert all(found is None for shop, found in rows(pair.store, health) if shop == WELL)
    assert pair.asked(WELL) > asked  # its parcels were looked up again


def test_a_shop_that_hangs_holds_nobody_up(pair: Pair) -> None:
    pair.break_one("timeout-before:1:60s")
    before = rows(pair.store, "SELECT count(*) FROM orders")[0][0]
    runtime = Runtime(pair.settings, pair.environ)
    runtime.start()
    try:
        pair.wish(WELL)
        pair.wish(SICK)
        runtime.nudge("sender")
        assert until(lambda: rows(pair.store, ACTIONS.format(WELL)) == [(WELL, "done")], 20)
        assert rows(pair.store, "SELECT count(*) FROM orders")[0][0] == before
        [(_, sick_state)] = rows(pair.store, ACTIONS.format(SICK))
        assert sick_state != "done"
    finally:
        assert runtime.stop()
