"""Order sync against the sandbox: nothing missed, nothing backwards, one bad order costs only itself."""

from __future__ import annotations

import pytest

from jobs.crew import Crew
from jobs.intake.sync import OVERLAP, OrdersReport, quiet
from shop.errors import BadReply, LoginNeeded, Unavailable
from shop.sandbox.search import Page
from store import orders
from store.times import MINUTE, now_ms
from tests.jobs.runtime_kit import SHOP, Scene, crew_of, rows

HOUR = 3_600


async def sync(shop: Scene, report: OrdersReport | None = None) -> OrdersReport:
    """One pass of a new process."""
    async with crew_of(shop) as (_, jobs):
        return await jobs.orders(quiet, report)


def statuses(crew: Crew) -> dict[object, object]:
    return dict(rows(crew.store, "SELECT order_id, status FROM orders"))  # type: ignore[arg-type]


def truth(shop: Scene) -> dict[str, str]:
    return {shop.world.numbers.order_id(order.serial): order.status for order in shop.world}


async def test_the_first_pass_takes_everything_in(shop: Scene) -> None:
    async with crew_of(shop) as (crew, jobs):
        report = await jobs.orders(quiet)
        assert (report.pages, len(report.seen), len(report.new)) == (3, 250, 250)
        assert not report.changed and not report.rejected
        assert statuses(crew) == truth(shop)


async def test_an_idle_pass_changes_nothing(shop: Scene) -> None:
    await sync(shop)
    before = shop.rows("SELECT max(seq) FROM changes")
    report = await sync(shop)
    assert not report.new and not report.changed and report.pages == 1
    assert shop.rows("SELECT max(seq) FROM changes") == before


async def test_what_changed_meanwhile_is_counted_once_and_only_if_it_differs(shop: Scene) -> None:
    await sync(shop)
    before = truth(shop)
    shop.world.advance(6 * HOUR)
    moved = {order_id for order_id, status in truth(shop).items() if before[order_id] != status}
    assert moved, "the sandbox stood still"
    touched = next(order for order in shop.world if order.status == "COMPLETED")
    shop.world.touch(touched)
    report = await sync(shop)
    assert moved <= report.changed
    assert shop.world.numbers.order_id(touched.serial) in report.seen - report.changed
    async with crew_of(shop) as (crew, _):
        assert statuses(crew) == truth(shop)


async def test_the_watermark_is_the_platforms_time_not_ours(shop: Scene) -> None:
    slow = lambda: now_ms() - 3 * MINUTE  # noqa: E731
    async with crew_of(shop, clock=slow) as (_, jobs):
        await jobs.orders(quiet)
    ((mark,),) = shop.rows("SELECT watermark FROM sync_state WHERE stream = 'orders'")
    assert abs(int(str(mark)) - now_ms()) < MINUTE


async def test_the_watermark_waits_for_the_last_page(shop: Scene) -> None:
    shop.faults("500:1@/order/202309/orders/search")
    with pytest.raises(Unavailable):
        await sync(shop)
    assert shop.rows("SELECT * FROM sync_state") == []


async def test_a_pass_that_broke_half_way_keeps_its_pages_and_is_done_again(shop: Scene) -> None:
    pages: list[Page] = []

    def count(page: Page) -> None:
        pages.append(page)
        if len(pages) == 2:
            shop.faults("garbage:1@/order/202309/orders/search")

    shop.sandbox.platform.on_page = count
    report = OrdersReport()
    with pytest.raises(BadReply):
        await sync(shop, report)
    assert len(report.new) == 200 and shop.rows("SELECT * FROM sync_state") == []
    shop.sandbox.platform.on_page = None
    shop.faults("")
    report = await sync(shop)
    assert len(report.seen) == 250 and len(report.new) == 50


async def test_orders_that_move_while_we_page_are_not_lost(shop: Scene) -> None:
    """The rows shift under the reader; the next pass must have all of them as they are."""
    shop.faults("page-drift")
    shop.world.advance(HOUR)
    await sync(shop)
    shop.faults("")
    await sync(shop)
    async with crew_of(shop) as (crew, _):
        assert statuses(crew) == truth(shop)


async def test_an_order_that_becomes_visible_late_is_caught_by_the_overlap(shop: Scene) -> None:
    await sync(shop)
    order = next(order for order in shop.world if order.status == "AWAITING_SHIPMENT")
    order_id = shop.world.numbers.order_id(order.serial)
    # The platform tells of it a minute after the time it gives it: the watermark has passed by then.
    ((mark,),) = shop.rows("SELECT watermark FROM sync_state WHERE stream = 'orders'")
    late = int(str(mark)) // 1_000 - OVERLAP // 2_000
    shop.world.touch(order)
    with shop.world.lock:
        index = shop.world.index
        index.remove(order.serial, order.created, order.updated, order.status)
        order.updated = late
        index.add(order.serial, order.created, order.updated, order.status)
    assert order_id in (await sync(shop)).seen


async def test_a_mark_from_the_future_skips_nothing(shop: Scene) -> None:
    """A computer whose clock was a day ahead must not be blind for a day."""
    async with crew_of(shop) as (crew, jobs):
        ahead = crew.clock() + 86_400_000
        crew.store.write(lambda conn: orders.set_stream(conn, jobs.shop_id, "orders", ahead, ahead))
    shop.world.touch(next(iter(shop.world)))
    assert (await sync(shop)).seen


@pytest.mark.parametrize("fault", ["wrong-types:0.2", "unknown-status:0.2"])
async def test_strange_orders_cost_only_themselves(shop: Scene, fault: str) -> None:
    shop.faults(fault)
    report = await sync(shop)
    assert len(report.seen) + len(report.rejected) >= 250
    ((stored,),) = shop.rows("SELECT count(*) FROM orders")
    assert stored == len(report.seen)
    strange = shop.rows("SELECT count(*) FROM rejected")[0][0]
    unknown = shop.rows(
        "SELECT count(*) FROM orders WHERE status = 'UNKNOWN' AND raw_status = 'AWAITING_MAGIC'"
    )
    if fault.startswith("unknown"):
        assert unknown[0][0] and not report.rejected
    else:
        assert strange == len(report.rejected) > 0
        ((error,),) = shop.rows("SELECT count(*) FROM sync_state WHERE stream = 'orders'")
        assert error == 1, "the pass must count as complete"


async def test_what_was_rejected_is_kept_once_however_often_it_comes(shop: Scene) -> None:
    shop.faults("wrong-types:1")
    shop.world.touch(next(iter(shop.world)))
    first = await sync(shop)
    kept = shop.rows("SELECT count(*) FROM rejected")
    again = await sync(shop)
    assert first.rejected and again.rejected <= first.rejected | again.rejected
    repeats = shop.rows("SELECT count(*) FROM rejected GROUP BY source, raw HAVING count(*) > 1")
    assert kept[0][0] == len(first.rejected) and repeats == []


async def test_a_body_that_differs_at_the_same_time_is_settled_by_a_detail_read(shop: Scene) -> None:
    await sync(shop)
    order = next(order for order in shop.world if order.status == "AWAITING_SHIPMENT")
    order_id = shop.world.numbers.order_id(order.serial)
    shop.world.touch(order)
    await sync(shop)
    async with crew_of(shop) as (crew, jobs):
        # As if an earlier answer had told another note at this very update time.
        crew.store.write(
            lambda conn: conn.exec_driver_sql(
                "UPDATE orders SET note = 'stale', body_hash = x'00' WHERE order_id = ?", (order_id,)
            )
        )
        report = await jobs.orders(quiet)
        assert order_id in report.changed
        assert ("stale",) not in rows(crew.store, "SELECT note FROM orders")


async def test_single_orders_are_read_on_demand(shop: Scene) -> None:
    async with crew_of(shop) as (crew, jobs):
        wanted = sorted(truth(shop))[:120]  # three detail reads
        await jobs.refresh(wanted)
        assert sorted(map(str, statuses(crew))) == wanted


async def test_an_expired_token_is_refreshed_on_the_way(shop: Scene) -> None:
    shop.sandbox.platform.account.expire()
    assert len((await sync(shop)).seen) == 250
    assert shop.sandbox.platform.account.refreshes == 1
    assert len((await sync(shop)).seen) < 250
    assert shop.sandbox.platform.account.refreshes == 1, "the later process did not use the stored pair"


async def test_a_token_somebody_elses_refresh_has_killed_is_replaced(shop: Scene) -> None:
    async with crew_of(shop) as (_, mine):
        await mine.orders(quiet)
        shop.sandbox.platform.account.expire()
        async with crew_of(shop) as (_, other):
            await other.orders(quiet)
        await mine.orders(quiet)  # ours is unknown to the platform now, not merely expired
    assert shop.sandbox.platform.account.refreshes == 1


async def test_a_dead_login_is_told_as_such(shop: Scene) -> None:
    account = shop.sandbox.platform.account
    account.exchange(account.credentials.auth_code)  # a new login elsewhere ends ours
    with pytest.raises(LoginNeeded):
        await sync(shop)


async def test_the_shop_is_looked_up_and_remembered(shop: Scene) -> None:
    await sync(shop)
    given = shop.sandbox.credentials
    told = shop.rows("SELECT name, platform_id, cipher, title, region FROM shops")
    assert told == [(SHOP, given.shop_id, given.shop_cipher, "Toko Contoh", "ID")]


async def test_page_tokens_in_a_circle_end_the_pass(shop: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async with crew_of(shop) as (_, jobs):
        client = await jobs.client()
        search = client.search_orders

        async def circle(**asked: object) -> object:
            return await search(**(asked | {"page_token": None}))  # type: ignore[arg-type]

        monkeypatch.setattr(client, "search_orders", circle)
        with pytest.raises(BadReply, match="circle"):
            await jobs.orders(quiet)
