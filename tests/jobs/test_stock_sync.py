"""Stock is asked for what open orders need, and for nothing else."""

from __future__ import annotations

from jobs.intake.sync import quiet
from tests.jobs.runtime_kit import Scene, crew_of

NEEDED = "SELECT DISTINCT sku_id FROM items JOIN orders ON orders.id = order_pk WHERE tab = 3 ORDER BY 1"


async def test_every_sku_to_ship_has_a_number(shop: Scene) -> None:
    async with crew_of(shop) as (_, jobs):
        assert await jobs.stock(quiet) == 0
        await jobs.orders(quiet)
        told = await jobs.stock(quiet)
    needed = shop.rows(NEEDED)
    assert told == len(needed) > 0
    assert shop.rows("SELECT sku_id FROM stock ORDER BY 1") == needed
    assert shop.rows("SELECT count(*) FROM stock WHERE on_hand <= 0")[0][0] != told


async def test_an_id_of_somewhere_else_is_not_asked_about(shop: Scene) -> None:
    async with crew_of(shop) as (crew, jobs):
        await jobs.orders(quiet)
        told = await jobs.stock(quiet)
        first = crew.store.read(lambda conn: conn.exec_driver_sql(NEEDED).scalars().first())
        crew.store.write(
            lambda conn: conn.exec_driver_sql("UPDATE items SET sku_id = '' WHERE sku_id = ?", (first,))
        )
        assert await jobs.stock(quiet) == told - 1
