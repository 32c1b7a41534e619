"""The screen notices commits: its own at once, those of other processes soon, a storm of them rarely."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from store.db import Store
from tests.ui.screen_kit import picture, put, record, running, until
from tui.toasts import since, words


async def test_another_process_is_noticed_without_a_poke(store: Store, clock: Callable[[], int]) -> None:
    if store.dialect != "sqlite":
        pytest.skip("one engine is enough: the look is the same")
    put(store, [record(1)])
    async with running(store, clock) as (_, pilot):
        script = (
            "import sys, sqlite3; db = sqlite3.connect(sys.argv[1]); "
            "db.execute(\"UPDATE orders SET buyer = 'Z*** Q***'\"); db.commit()"
        )
        subprocess.run([sys.executable, "-c", script, store.url], check=True, timeout=10)
        app = pilot.app
        await until(pilot, lambda: any("Z*** Q***" in line for line in picture(app)))  # type: ignore[arg-type]


async def test_a_storm_of_commits_is_a_few_refreshes(store: Store, clock: Callable[[], int]) -> None:
    async with running(store, clock) as (app, pilot):
        seen = 0
        refresh = app.main.store_changed

        def counted() -> None:
            nonlocal seen
            seen += 1
            refresh()

        app.main.store_changed = counted  # type: ignore[method-assign]
        for number in range(1, 41):
            put(store, [record(number)])
        await until(pilot, lambda: app.main.orders.window.total == 40)
        await until(pilot, lambda: app.feed.resting)
        assert 1 <= seen <= 20


async def test_news_is_grouped_and_worded(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1), record(2, status="AWAITING_COLLECTION", raw_status="AWAITING_COLLECTION")])
    reader = store.reader()
    seq = reader.last_seq()
    put(store, [record(3, cod=True), record(4), record(5)])
    told = since(reader, seq)
    assert [words(notice) for notice in told.notices] == ["3 pesanan baru (Rp408.000), 1 COD"]
    put(store, [record(2, status="CANCELLED", raw_status="CANCELLED", updated_at=clock())])
    told = since(reader, told.seq)
    assert "DIBATALKAN setelah diatur: jangan serahkan!" in words(told.notices[0])
    assert since(reader, told.seq).notices == ()
    reader.close()


@pytest.mark.parametrize("kind", ["job_failed", "job_recovered"])
def test_the_health_of_jobs_is_worded(kind: str) -> None:
    from jobs.notices import Notice, Severity

    params: dict[str, int | str] = {"n": 1, "job": "orders", "shop": "toko", "problem": "no_network"}
    text = words(Notice(kind, Severity.WARNING, f"notice.{kind}", params))
    assert "sinkron" in text
    assert "{" not in text


async def test_a_toast_never_parses_what_it_quotes(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1)])
    async with running(store, clock) as (app, pilot):
        app.say("[/] [@click=app.quit]x[/] \x1b]0;PWN\x07")
        put(store, [record(1, order_id="[/b]58[@click=app.quit]", status="CANCELLED", raw_status="x")])
        await until(pilot, lambda: any("@click=app.quit" in line for line in picture(app)))
        toast: Any = app.query("Toast").first() if app.query("Toast") else None
        if toast is not None:
            await pilot.click(toast)
        assert app.is_running
        assert not app._exit
