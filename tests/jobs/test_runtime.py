"""The background as the monitor uses it: a thread that starts at once, tells its trouble, and ends in time."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from jobs.config.settings import Settings, load
from jobs.runtime import Runtime
from shop.sandbox.server import running_sandbox
from shop.sandbox.world import World
from store.db import Store
from store.errors import CorruptStore
from tests.jobs.runtime_kit import Scene, rows, scene, secrets_for, shop_table, until

COUNT = "SELECT count(*) FROM orders"


def count(store: Store) -> object:
    return rows(store, COUNT)[0][0]


def test_the_first_sync_starts_at_once_and_the_end_is_quick(shop: Scene) -> None:
    runtime = Runtime(shop.settings, shop.environ)
    began = time.monotonic()
    runtime.start()
    assert time.monotonic() - began < 0.5, "the screen waited for the background"
    store = runtime.ready.result(10)
    assert until(lambda: count(store) == 250)
    well = "SELECT job FROM job_health WHERE last_ok_at IS NOT NULL AND next_at IS NOT NULL ORDER BY job"
    first = {("orders",), ("requests",), ("stock",), ("tracking",)}
    assert until(lambda: first <= set(rows(store, well)))
    assert runtime.problems == {}
    began = time.monotonic()
    assert runtime.stop(10)
    assert time.monotonic() - began < 2
    assert "pantau-jobs" not in {thread.name for thread in threading.enumerate()}


def test_a_callers_store_stays_open(shop: Scene) -> None:
    store = Store.open(shop.settings.store_url)
    try:
        runtime = Runtime(shop.settings, shop.environ, store=store)
        runtime.start()
        assert until(lambda: count(store) == 250)
        assert runtime.stop()
        assert count(store) == 250
    finally:
        store.close()


def test_an_end_in_the_middle_of_a_slow_answer_does_not_wait_for_it(shop: Scene) -> None:
    shop.faults("slow:30s@/order")
    runtime = Runtime(shop.settings, shop.environ)
    runtime.start()
    runtime.ready.result(10)
    time.sleep(0.2)
    began = time.monotonic()
    assert runtime.stop(10)
    assert time.monotonic() - began < 2


def test_a_nudge_brings_the_news_now(shop: Scene) -> None:
    runtime = Runtime(shop.settings, shop.environ)
    runtime.start()
    store = runtime.ready.result(10)
    assert until(lambda: count(store) == 250)
    shop.world.advance(6 * 3_600)
    before = rows(store, "SELECT max(seq) FROM changes")
    runtime.nudge("orders")
    assert until(lambda: rows(store, "SELECT max(seq) FROM changes") != before)
    runtime.nudge("sender")
    assert runtime.stop()
    runtime.nudge("orders")  # after the end: nothing happens, nothing breaks


def test_one_shops_trouble_never_touches_another(tmp_path: Path) -> None:
    with running_sandbox(World(1, 40)) as good, running_sandbox(World(2, 40)) as bad:
        names = (
            shop_table(good, "baik")
            + shop_table(bad, "lama")
            + shop_table(good, "mati", "http://127.0.0.1:9")
        )
        names += shop_table(good, "tanpa-rahasia") + '[[shops]]\nname = "arsip"\nkind = "file"\n'
        with scene(tmp_path, orders=0, shops=names) as made:
            environ = secrets_for("baik", good.credentials) | secrets_for("mati", good.credentials)
            environ |= secrets_for("lama", bad.credentials)
            bad.platform.account.exchange(bad.credentials.auth_code)  # that login is over
            runtime = Runtime(made.settings, environ)
            runtime.start()
            store = runtime.ready.result(10)
            health = "SELECT shop, problem FROM job_health WHERE job = 'orders' ORDER BY shop"
            expected = [
                ("baik", None),
                ("lama", "login"),
                ("mati", "no_network"),
                ("tanpa-rahasia", "no_secret"),
            ]
            assert until(lambda: rows(store, health) == expected), rows(store, health)
            assert {job: problem.code for job, problem in runtime.problems.items() if "orders" in job} == {
                "orders/lama": "login",
                "orders/mati": "no_network",
                "orders/tanpa-rahasia": "no_secret",
            }
            assert rows(store, "SELECT name FROM shops JOIN orders ON shop_id = shops.id GROUP BY 1") == [
                ("baik",)
            ]
            assert rows(store, "SELECT count(*) FROM shops WHERE kind = 'file'") == [(1,)]
            assert runtime.stop()


def test_without_a_shop_there_is_a_store_and_no_network_job(tmp_path: Path) -> None:
    runtime = Runtime(settings_of(tmp_path), {})
    runtime.start()
    store = runtime.ready.result(10)
    assert rows(store, "SELECT * FROM job_health WHERE job != 'sender'") == []
    assert runtime.stop()


def test_a_store_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    settings.data_path.mkdir()
    (settings.data_path / "pantau.db").write_bytes(b"this is no database" * 100)
    runtime = Runtime(settings, {})
    runtime.start()
    with pytest.raises(CorruptStore):
        runtime.ready.result(10)
    assert until(lambda: bool(runtime.problems))
    assert runtime.problems["runtime/"].code == "corrupt"
    assert runtime.stop()


def test_the_log_of_a_run_holds_no_secret(shop: Scene) -> None:
    shop.faults("500:0.3,garbage:0.1")
    shop.sandbox.platform.account.expire()
    runtime = Runtime(shop.settings, shop.environ)
    runtime.start()
    store = runtime.ready.result(10)
    assert until(lambda: len(rows(store, "SELECT job FROM job_health")) >= 3)
    assert runtime.stop()
    text = (shop.settings.data_path / "pantau.log").read_text()
    assert "tokens refreshed" in text
    given = shop.sandbox.credentials
    hidden = [*shop.environ.values(), given.access_token, given.refresh_token]
    assert [value for value in hidden if value in text] == []
    stored = b"".join(path.read_bytes() for path in shop.settings.data_path.glob("pantau.db*"))
    assert [value for value in hidden if value.encode() in stored] == []


def settings_of(folder: Path) -> Settings:
    return load(None, {}, {"data_dir": str(folder / "data")})
