"""Requests: both kinds are read, and one kind's trouble does not hide the other."""

from __future__ import annotations

import pytest

from jobs.intake.sync import quiet
from shop.errors import Unavailable
from tests.jobs.runtime_kit import Scene, crew_of

RETURNS = "/return_refund/202602/returns"
CANCELLATIONS = "/return_refund/202602/cancellations"


async def test_what_buyers_ask_arrives_with_its_clock(shop: Scene) -> None:
    async with crew_of(shop) as (_, jobs):
        await jobs.orders(quiet)
        report = await jobs.requests(quiet)
        assert report.new == report.seen > 0 and report.rejected == 0
        again = await jobs.requests(quiet)
        assert again.new == again.changed == 0
    waiting = shop.rows("SELECT kind, deadline_at FROM requests WHERE next_action IS NOT NULL")
    assert waiting and all(deadline for _, deadline in waiting)
    asked = "SELECT order_id FROM requests WHERE kind = 'cancel' AND next_action IS NOT NULL ORDER BY 1"
    assert shop.rows(asked) == shop.rows("SELECT order_id FROM orders WHERE cancel_requested ORDER BY 1")
    streams = shop.rows("SELECT stream FROM sync_state ORDER BY 1")
    assert streams == [("cancellations",), ("orders",), ("returns",)]


@pytest.mark.parametrize(
    ("broken", "other"), [(RETURNS, "kind = 'cancel'"), (CANCELLATIONS, "kind IN ('return', 'refund')")]
)
async def test_one_kind_in_trouble_does_not_hide_the_other(shop: Scene, broken: str, other: str) -> None:
    shop.faults(f"500:1@{broken}")
    async with crew_of(shop) as (_, jobs):
        with pytest.raises(Unavailable):
            await jobs.requests(quiet)
    assert shop.rows(f"SELECT count(*) FROM requests WHERE {other}")[0][0]
    assert shop.rows("SELECT count(*) FROM sync_state WHERE stream IN ('cancellations', 'returns')") == [(1,)]
    shop.faults("")
    async with crew_of(shop) as (_, jobs):
        assert (await jobs.requests(quiet)).new > 0
