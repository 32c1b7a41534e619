"""What the platform pays is taken in: statements, transactions, estimates; once, and again when it changed."""

from __future__ import annotations

from contextlib import closing

import pytest

from jobs.config.keys import MoneySettings
from jobs.intake.sync import quiet
from jobs.money.overview import COMPARED, gather
from shop.errors import BadReply, ScopeMissing
from tests.jobs.runtime_kit import Scene, crew_of

SUMS = (
    "SELECT s.statement_id, s.settlement, sum(p.settlement), s.revenue, sum(p.revenue), s.read_at"
    " FROM statements s LEFT JOIN payouts p ON p.shop_id = s.shop_id AND p.statement_id = s.statement_id"
    " GROUP BY 1, 2, 4, 6 ORDER BY 1"
)


async def test_statements_add_up_to_their_transactions(shop: Scene) -> None:
    async with crew_of(shop) as (_, jobs):
        await jobs.orders(quiet)
        first = await jobs.money(quiet)
        again = await jobs.money(quiet)
    rows = shop.rows(SUMS)
    assert len(rows) == first.new > 5
    assert all(row[1] == row[2] and row[3] == row[4] and row[5] for row in rows)
    assert again.new == again.payouts == first.rejected == 0
    assert first.unsettled > 5
    assert shop.rows("SELECT count(*) FROM payouts WHERE statement_id = ''") == [(first.unsettled,)]
    fees = shop.rows("SELECT detail FROM payouts WHERE kind = 'ORDER' AND statement_id != '' LIMIT 1")
    assert '"order_processing_fee_amount":-1250' in str(fees)
    told = shop.rows("SELECT count(*) FROM changes WHERE kind = 'money.statement'")
    assert told[0][0] == first.new


async def test_a_closed_endpoint_of_estimates_costs_only_the_estimates(shop: Scene) -> None:
    shop.faults("internal:1@/finance/202507")
    async with crew_of(shop) as (crew, jobs):
        await jobs.orders(quiet)
        report = await jobs.money(quiet)
        with closing(crew.store.reader()) as reader:
            found = gather(reader, MoneySettings(), crew.clock())
    assert report.new > 5 and report.unsettled == 0
    assert found.commissions and not found.unread
    assert found.total.orders and not found.unlearned


async def test_a_statement_that_cannot_be_read_does_not_stop_the_others(shop: Scene) -> None:
    shop.faults("garbage:1@/finance/202501*4")
    async with crew_of(shop) as (_, jobs):
        with pytest.raises(BadReply):
            await jobs.money(quiet)
        read = [row[0] for row in shop.rows("SELECT read_at IS NOT NULL FROM statements ORDER BY at DESC")]
        assert read[0] == 0 and 1 in read
        await jobs.money(quiet)
    assert shop.rows("SELECT count(*) FROM statements WHERE read_at IS NULL") == [(0,)]
    assert all(row[1] == row[2] for row in shop.rows(SUMS))


async def test_what_the_sandbox_takes_is_found(shop: Scene) -> None:
    """The odd deductions of the fake shop are exactly the orders that are listed as paid less."""
    async with crew_of(shop) as (crew, jobs):
        await jobs.orders(quiet)
        await jobs.money(quiet)
        with closing(crew.store.reader()) as reader:
            found = gather(reader, MoneySettings(), crew.clock())
    world, books = shop.world, shop.sandbox.platform.books
    odd = {
        world.numbers.order_id(order.serial)
        for order in world
        if books.of_order(order) and order.returned is None and world.pace.chance(order, 2_000) < 0.06
        and books.cuts[books.of_order(order)[0][0]].at * 1_000 > found.at - COMPARED
    }  # fmt: skip
    assert odd
    assert {one.order_id for one in found.less} == odd
    forgotten = {one.order_id for one in found.overdue}
    never = {world.numbers.order_id(o.serial) for o in world if world.pace.chance(o, 2_000) >= 0.985}
    assert forgotten <= never


async def test_without_the_scope_the_job_says_so_and_the_forecast_stays(shop: Scene) -> None:
    shop.sandbox.platform.account.scopes.discard("seller.finance.info")
    async with crew_of(shop) as (crew, jobs):
        await jobs.orders(quiet)
        with pytest.raises(ScopeMissing):
            await jobs.money(quiet)
        with closing(crew.store.reader()) as reader:
            found = gather(reader, MoneySettings(), crew.clock())
    assert found.total.orders and found.unlearned and list(found.unread) == ["toko-contoh"]
    assert not found.overdue and not found.differences
