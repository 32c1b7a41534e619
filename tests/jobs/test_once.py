"""`sync --once`: what it reports, what it exits with, and following a batch to its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from sqlalchemy.exc import DBAPIError

from jobs.config.settings import SettingsError, load
from jobs.once import follow, run_once
from jobs.once_report import OnceReport
from jobs.wishes.intents import plan_ship, queue_ship
from shop.sandbox.server import running_sandbox
from shop.sandbox.world import World
from store.db import Store
from store.errors import StoreError
from tests.jobs.runtime_kit import SHOP, Scene, rows, scene, secrets_for, shop_table, until

ROOT = Path(__file__).resolve().parents[2]
SHIPPABLE = "SELECT id FROM orders WHERE status = 'AWAITING_SHIPMENT' ORDER BY id"


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Scene]:
    """A shop whose signed requests live a second."""
    with scene(tmp_path, orders=60, extra='[sender]\nvalidity = "1s"\nsettle = "0s"\nskew = "0s"\n') as made:
        yield made


def once(shop: Scene, name: str | None = None) -> OnceReport:
    return run_once(shop.settings, shop.environ, shop=name)


def test_the_report_has_the_promised_shape(shop: Scene) -> None:
    report = once(shop)
    assert not report.failed and not report.needs_login
    told = json.loads(json.dumps(report.as_json()))
    assert told["shops"] == [
        {
            "shop": SHOP,
            "orders_seen": 250,
            "orders_new": 250,
            "orders_changed": 0,
            "pages": 3,
            "rejected": 0,
            "error": None,
        }
    ]
    assert told["tracking"]["due"] == told["tracking"]["updated"] > 0 and told["tracking"]["failed"] == 0
    assert told["actions"] == dict.fromkeys(["done", "refused", "unknown", "queued", "needs_person"], 0)


def test_an_idle_pass_changes_nothing(shop: Scene) -> None:
    once(shop)
    before = shop.rows("SELECT max(seq) FROM changes")
    report = once(shop)
    assert (report.shops[0].orders_new, report.shops[0].orders_changed, report.tracking.due) == (0, 0, 0)
    assert shop.rows("SELECT max(seq) FROM changes") == before


def test_every_poll_is_made_although_one_is_answered_strangely(shop: Scene) -> None:
    shop.faults("garbage:1@/return_refund/202602/returns")
    report = once(shop)
    assert report.failed and not report.needs_login
    assert report.shops[0].error is not None and report.shops[0].error.startswith("requests: bad_reply")
    assert report.shops[0].orders_new == 250 and report.tracking.updated > 0
    assert shop.rows("SELECT count(*) FROM requests WHERE kind = 'cancel'")[0][0]
    problems = "SELECT job, problem FROM job_health WHERE problem IS NOT NULL"
    assert shop.rows(problems) == [("requests", "bad_reply")]


def test_stock_in_trouble_fails_nothing_but_is_told(shop: Scene) -> None:
    shop.faults("500:1@/product")
    report = once(shop)
    assert not report.failed and report.shops[0].error is None
    assert shop.rows("SELECT problem FROM job_health WHERE job = 'stock'") == [("unavailable",)]


def test_strange_orders_are_counted_and_no_failure(shop: Scene) -> None:
    shop.faults("wrong-types:0.1@/order/202309")
    report = once(shop)
    assert not report.failed
    assert report.as_json()["shops"][0]["rejected"] > 0


def test_a_dead_login_is_exit_code_three(shop: Scene) -> None:
    account = shop.sandbox.platform.account
    account.exchange(account.credentials.auth_code)
    report = once(shop)
    assert report.needs_login and report.failed
    assert str(report.shops[0].error).startswith("orders: login")


def test_missing_secrets_are_told_by_name(shop: Scene) -> None:
    report = run_once(shop.settings, {})
    assert report.needs_login
    assert report.shops[0].error == "orders: no_secret (APP_SECRET)"


def test_one_shop_alone(tmp_path: Path) -> None:
    with running_sandbox(World(1, 20)) as one, running_sandbox(World(2, 20)) as two:
        text = shop_table(one, "satu") + shop_table(two, "dua") + '[[shops]]\nname = "arsip"\nkind = "file"\n'
        with scene(tmp_path, orders=0, shops=text) as made:
            made.environ = secrets_for("satu", one.credentials) | secrets_for("dua", two.credentials)
            assert [row.shop for row in once(made, "dua").shops] == ["dua"]
            assert made.rows("SELECT name FROM shops") == [("dua",)]
            report = once(made)
            assert [(row.shop, row.orders_new) for row in report.shops] == [
                ("satu", 20),
                ("dua", 0),
                ("arsip", 0),
            ]


def test_an_unknown_shop_is_a_usage_error_with_the_nearest(shop: Scene) -> None:
    with pytest.raises(SettingsError, match="toko-contoh"):
        once(shop, "toko-conto")


def test_no_shop_is_no_failure(tmp_path: Path) -> None:
    report = run_once(load(None, {}, {"data_dir": str(tmp_path)}), {})
    assert report.as_json()["shops"] == [] and not report.failed


def queue(shop: Scene, store: Store, count: int) -> str:
    """Wish to ship some packages; the answer is the batch."""
    pks = [int(str(pk)) for (pk,) in rows(store, SHIPPABLE)]
    plan = store.read(lambda conn: plan_ship(conn, pks, store.clock(), shop.settings))
    assert len(plan.ok) >= count
    some = msgspec.structs.replace(plan, ok=plan.ok[:count])
    return store.write(lambda conn: queue_ship(conn, some, "cli", store.clock()))


def test_for_ever_ends_on_a_signal(shop: Scene) -> None:
    code = (
        "import os, sys; from pathlib import Path; from jobs.once import run_forever; "
        "from jobs.config.settings import load; "
        "run_forever(load(Path(sys.argv[1]), os.environ, {'data_dir': sys.argv[2]}), os.environ)"
    )
    arguments = [sys.executable, "-c", code, str(shop.settings.source), shop.settings.data_dir]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
    process = subprocess.Popen(arguments, cwd=ROOT, env=environ | shop.environ, stderr=subprocess.PIPE)
    try:
        database = shop.settings.data_path / "pantau.db"
        assert until(lambda: database.exists() and complete(shop), 20)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=5)
        assert (process.returncode, errors) == (0, b"")
    finally:
        process.kill()
        process.wait()


def complete(shop: Scene) -> bool:
    """Whether the first sync has ended."""
    with suppress(DBAPIError, StoreError):
        return shop.rows("SELECT count(*) FROM sync_state WHERE stream = 'orders'") == [(1,)]
    return False


def test_due_actions_are_sent_and_their_orders_read_again(quick: Scene) -> None:
    once(quick)
    store = Store.open(quick.settings.store_url)
    queue(quick, store, 3)
    store.close()
    report = once(quick)
    assert report.as_json()["actions"]["done"] == 3 == len(quick.world.effects)
    shipped = tuple(effect.order_id for effect in quick.world.effects)
    assert len(shipped) == 3
    left = f"SELECT count(*) FROM orders WHERE status = 'AWAITING_SHIPMENT' AND order_id IN {shipped}"
    assert quick.rows(left) == [(0,)]
    assert once(quick).as_json()["actions"]["done"] == 0


def test_read_only_sends_nothing(quick: Scene) -> None:
    once(quick)
    store = Store.open(quick.settings.store_url)
    queue(quick, store, 1)
    store.close()
    quick.settings = load(
        quick.settings.source, {}, {"data_dir": quick.settings.data_dir, "read_only": "true"}
    )
    once(quick)
    assert quick.world.effects == []


def test_a_batch_is_followed_to_its_end(quick: Scene) -> None:
    once(quick)
    store = Store.open(quick.settings.store_url)
    try:
        batch = queue(quick, store, 2)
        assert follow(quick.settings, quick.environ, store, batch, 20) == {"done": 2}
        assert len(quick.world.effects) == 2
    finally:
        store.close()


def test_following_ends_when_the_time_is_over(quick: Scene) -> None:
    once(quick)
    quick.faults("503:1@/fulfillment")
    store = Store.open(quick.settings.store_url)
    try:
        batch = queue(quick, store, 1)
        states = follow(quick.settings, quick.environ, store, batch, 0.5)
        assert sum(states.values()) == 1 and not states["done"]
    finally:
        store.close()
