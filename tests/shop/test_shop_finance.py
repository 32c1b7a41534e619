"""Statements asked for over real HTTP: every amount in its unit, unknown fees kept, odd ones rejected alone."""

from __future__ import annotations

import json

import pytest

from shop import errors
from tests.shop.client_kit import Make, coded, ok, query
from tests.shop.raw_server import RawServer

STATEMENT = {
    "id": "738001", "statement_time": 1_795_392_000, "settlement_amount": "136000.00", "currency": "IDR",
    "revenue_amount": "150000", "fee_amount": "-14000.00", "shipping_cost_amount": "0", "payment_status": "PAID",
    "adjustment_amount": "", "payment_time": 1_795_400_000, "net_sales_amount": "150000",
}  # fmt: skip
TRANSACTION = {
    "id": "346001", "type": "ORDER", "order_id": "580001", "settlement_amount": "76250.00",
    "revenue_amount": "100000", "shipping_cost_amount": "-14000", "fee_tax_amount": "-9750",
    "fee_tax_breakdown": {"fee": {"platform_commission_amount": "-8500", "brand_new_fee": "-1250", "sfp": "0"},
                          "tax": {"pit_amount": None}},
    "shipping_cost_breakdown": {"actual_shipping_fee_amount": "-14000.00",
                                "supplementary_component": {"odd_amount": "banyak"}},
}  # fmt: skip


async def test_a_statement_has_whole_rupiah(platform: RawServer, make: Make) -> None:
    platform.answers(ok({"statements": [STATEMENT], "next_page_token": "t"}))
    page = await make().statements(time_ge=1_500, time_lt=2_500)
    (one,) = page.records
    assert (one.settlement, one.revenue, one.fees, one.adjustment) == (136_000, 150_000, -14_000, 0)
    assert (one.at, one.paid_at, one.status) == (1_795_392_000_000, 1_795_400_000_000, "PAID")
    assert page.next_token == "t"
    sent = query(platform)
    assert (sent["statement_time_ge"], sent["statement_time_lt"]) == ("1", "3")
    assert (sent["sort_field"], sent["page_size"]) == ("statement_time", "100")


async def test_unknown_fees_are_kept(platform: RawServer, make: Make) -> None:
    platform.answers(ok({"transactions": [TRANSACTION], "total_count": 1}))
    (one,) = (await make().statement_transactions("738001")).records
    assert (one.settlement, one.revenue, one.shipping, one.fees) == (76_250, 100_000, -14_000, -9_750)
    assert json.loads(one.detail) == {
        "platform_commission_amount": -8_500,
        "brand_new_fee": -1_250,
        "actual_shipping_fee_amount": -14_000,
        "odd_amount": "banyak",
    }


async def test_an_adjustment_names_its_order(platform: RawServer, make: Make) -> None:
    told = {"adjustment_id": "347", "type": "X", "adjustment_order_id": "58", "adjustment_amount": "-5000"}
    platform.answers(ok({"transactions": [told]}))
    (one,) = (await make().statement_transactions("738001")).records
    assert (one.transaction_id, one.order_id, one.settlement) == ("347", "58", -5_000)
    assert json.loads(one.detail) == {"adjustment_amount": -5_000}


@pytest.mark.parametrize(
    "spoiled",
    [
        {"settlement_amount": "banyak"},
        {"settlement_amount": "1e9"},
        {"settlement_amount": None},
        {"revenue_amount": "Rp 12.000"},
        {"id": ""},
        {"id": "a b"},
        {"order_id": "\x1b[2J"},
        {"fee_tax_amount": {"amount": "1"}},
        {"settlement_amount": "9" * 40},
    ],
)
async def test_an_odd_transaction_is_rejected_alone(
    platform: RawServer, make: Make, spoiled: dict[str, object]
) -> None:
    platform.answers(ok({"transactions": [TRANSACTION | spoiled, TRANSACTION | {"id": "346002"}]}))
    page = await make().statement_transactions("738001")
    assert [one.transaction_id for one in page.records] == ["346002"]
    assert len(page.rejected) == 1


async def test_a_number_where_text_was_promised_is_read(platform: RawServer, make: Make) -> None:
    platform.answers(ok({"statements": [STATEMENT | {"settlement_amount": 136_000, "id": 738_001}]}))
    (one,) = (await make().statements()).records
    assert (one.statement_id, one.settlement) == ("738001", 136_000)


async def test_an_estimate_comes_with_its_reason(platform: RawServer, make: Make) -> None:
    told = {
        "id": "1",
        "type": "ORDER",
        "order_id": "58",
        "est_settlement_amount": "9000.00",
        "unsettled_reason": "R",
    }
    platform.answers(ok({"transactions": [told, {"id": "2"}]}))
    page = await make().unsettled_orders(5_000)
    (one,) = page.records
    assert (one.order_id, one.settlement, json.loads(one.detail)) == ("58", 9_000, {"unsettled_reason": "R"})
    assert len(page.rejected) == 1
    assert query(platform)["search_time_ge"] == "5"


@pytest.mark.parametrize("data", [{"statements": 5}, [1], "x", {"total_count": 3}])
async def test_a_page_that_is_none(platform: RawServer, make: Make, data: object) -> None:
    platform.answers(ok(data))
    with pytest.raises(errors.BadReply):
        await make().statements()


async def test_a_scope_that_was_not_granted_is_told(platform: RawServer, make: Make) -> None:
    platform.answers(coded(105005, status=403))
    with pytest.raises(errors.ScopeMissing):
        await make().statements()


@pytest.mark.parametrize(
    ("told", "kind", "word"),
    [
        ({}, "ORDER", None),
        ({"type": "SETTLE"}, "ORDER", "SETTLE"),
        ({"type": None}, "ORDER", None),
        ({"order_id": None}, "ADJUSTMENT", "ORDER"),
        ({"order_id": None, "type": "PENALTY"}, "PENALTY", None),
        ({"adjustment_amount": "-1", "type": "PENALTY"}, "PENALTY", None),
        ({"adjustment_id": "1", "type": ""}, "ADJUSTMENT", None),
    ],
)
async def test_an_order_is_known_by_its_shape(
    platform: RawServer, make: Make, told: dict[str, object], kind: str, word: str | None
) -> None:
    platform.answers(ok({"transactions": [TRANSACTION | told]}))
    (one,) = (await make().statement_transactions("738001")).records
    assert (one.kind, json.loads(one.detail).get("type")) == (kind, word)
