"""When money comes, how much of it, what is missing, what is left: the pure parts, by tables and by chance."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.money import costs
from jobs.money.fees import ENOUGH, Paid, expect, learn
from jobs.money.forecast import Day, Delivered, by_day, due, late_from
from jobs.money.margin import Costs, Goods, Price, margin
from jobs.money.paid import Reason, Transaction, compare, differs
from jobs.rule_shapes import Tolerance
from jobs.rulebook import rulebook, rules_at
from store.times import WIB, from_datetime

TIKTOK, TOKOPEDIA = (1, "TIKTOK_SHOP"), (1, "TOKOPEDIA")
DAY = date(2026, 11, 20)


def at(day: int, hour: int = 12) -> int:
    return from_datetime(datetime(2026, 11, day, hour, tzinfo=WIB))


def order(**told: object) -> Delivered:
    facts = Delivered("TIKTOK_SHOP", "DELIVERED", "TIKTOK", at(20), at(21), False)
    return facts._replace(**told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "programme", "day"),
    [
        ({}, "express", date(2026, 11, 23)),
        ({}, "standard", date(2026, 11, 27)),
        ({}, "extended", date(2026, 12, 5)),
        # 23.30 in Jakarta is still that day, whatever it is in London.
        ({"delivered_at": at(20, 23)}, "express", date(2026, 11, 23)),
        ({"delivered_at": at(21, 0)}, "express", date(2026, 11, 24)),
        ({"status": "COMPLETED"}, "express", date(2026, 11, 23)),
        # A courier of one's own loses express, and nothing else.
        ({"shipping_type": "SELLER"}, "express", date(2026, 11, 27)),
        ({"shipping_type": "SELLER"}, "extended", date(2026, 12, 5)),
        ({"channel": "TOKOPEDIA"}, "express", None),
        ({"channel": "TOKOPEDIA", "status": "COMPLETED"}, "extended", date(2026, 11, 21)),
        ({"returning": True}, "express", None),
        ({"returning": True, "channel": "TOKOPEDIA", "status": "COMPLETED"}, "express", None),
    ],
)
def test_the_day_of_settlement(told: dict[str, object], programme: str, day: date | None) -> None:
    assert due(order(**told), programme) == day


def test_late_begins_after_the_statement_and_a_day_of_grace() -> None:
    assert late_from(date(2026, 11, 23)) == from_datetime(datetime(2026, 11, 25, 0, tzinfo=UTC))


def test_days_are_added_up_and_what_is_past_stands_under_today() -> None:
    told = [(date(2026, 11, 19), 5), (DAY, 7), (date(2026, 11, 22), 1), (date(2026, 11, 25), 100), (None, 9)]
    assert by_day(told, DAY, 5) == [Day(DAY, 2, 12), Day(date(2026, 11, 22), 1, 1)]


def test_fees_have_their_day() -> None:
    before, since = date(2025, 8, 10), date(2025, 8, 11)
    assert (rules_at(before).order_fee, rules_at(since).order_fee) == (0, 1_250)
    assert expect(100_000, TIKTOK, before, {}).amount == 100_000
    assert expect(100_000, TIKTOK, since, {}).amount == 98_750
    assert expect(100_000, TIKTOK, since, {TIKTOK: 85}).amount == 90_250
    assert expect(100_000, TIKTOK, since, {}, preorder=True).amount == 95_750
    assert expect(100_000, TOKOPEDIA, since, {}, preorder=True).amount == 98_750
    assert rulebook().origin("order_fee", since).grade == "B"


def test_a_commission_is_learned_from_enough_orders_and_not_from_odd_ones() -> None:
    usual = [Paid(TIKTOK, 100_000, -9_750, DAY)] * ENOUGH
    odd = [Paid(TIKTOK, 100_000, -60_000, DAY)] * (ENOUGH // 2)
    refunded = [Paid(TIKTOK, 0, -1_250, DAY)] * 50
    assert learn([*usual, *odd, *refunded]) == {TIKTOK: 85}
    assert learn(usual[1:]) == {}


def paid(settlement: int, **told: object) -> Transaction:
    return Transaction("ORDER", settlement, 100_000, -9_750, 0, "{}")._replace(**told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("transactions", "reasons"),
    [
        ([paid(90_250)], ()),
        ([paid(76_250, shipping=-14_000)], (Reason("shipping", -14_000),)),
        ([paid(80_250, fees=-19_750)], (Reason("commission", -10_000),)),
        # A discount that the platform paid is revenue, and takes commission like the rest.
        ([paid(94_825, revenue=105_000, fees=-10_175)], ()),
        (
            [paid(90_250), Transaction("ADJUSTMENT", -5_000, 0, 0, 0, '{"adjustment_amount":-5000}')],
            (Reason("adjustment", -5_000),),
        ),
        (
            [
                paid(
                    -1_250,
                    revenue=0,
                    fees=-1_250,
                    detail='{"refund_subtotal_before_discount_amount":-100000}',
                )
            ],
            (Reason("refund", -100_000), Reason("commission", 8_500)),
        ),
        ([paid(80_250, revenue=90_000)], (Reason("unknown", -10_000),)),
        ([paid(87_250, fees=-12_750, detail='{"pre_order_service_fee_amount":-3000}')], ()),
        ([paid(90_250, detail="no json")], ()),
    ],
)
def test_what_took_the_money(transactions: list[Transaction], reasons: tuple[Reason, ...]) -> None:
    found = compare(100_000, TIKTOK, DAY, {TIKTOK: 85}, transactions)
    assert found.reasons == reasons
    assert found.amount == sum(reason.amount for reason in reasons)


def test_without_a_lesson_what_was_charged_is_usual() -> None:
    assert compare(100_000, TIKTOK, DAY, {}, [paid(80_250, fees=-19_750)]).amount == 0
    assert compare(100_000, TIKTOK, DAY, {}, [paid(66_250, fees=-19_750, shipping=-14_000)]).amount == -14_000


amounts = st.integers(-(10**9), 10**9)


@given(
    st.integers(0, 10**9),
    st.lists(st.tuples(amounts, amounts, amounts, amounts), min_size=1, max_size=4),
    st.integers(0, 300),
)
def test_reasons_are_the_difference_whatever_was_paid(
    goods: int, told: list[tuple[int, int, int, int]], share: int
) -> None:
    transactions = [Transaction("ORDER" if n else "ADJUSTMENT", *one, "{}") for n, one in enumerate(told)]
    found = compare(goods, TIKTOK, DAY, {TIKTOK: share}, transactions)
    assert sum(reason.amount for reason in found.reasons) == found.amount
    assert all(one.amount <= other.amount for one, other in pairwise(found.reasons))


def test_small_differences_are_none() -> None:
    tolerance = Tolerance(1_000, 20)
    usual = compare(100_000, TIKTOK, DAY, {TIKTOK: 85}, [paid(90_250)])
    assert not differs(usual._replace(paid=89_300), tolerance)
    assert not differs(usual._replace(paid=88_500), tolerance)
    assert differs(usual._replace(paid=88_000), tolerance)
    assert differs(usual._replace(paid=93_000), tolerance)
    # What was taken under a name is no estimate, however much was sold.
    great = usual._replace(expected=10_000_000, paid=9_995_000, reasons=(Reason("commission", -5_000),))
    assert not differs(great, tolerance)
    assert differs(great._replace(reasons=(Reason("adjustment", -5_000),)), tolerance)


def test_costs_have_their_day() -> None:
    known = Costs([Price("A", 0, 100), Price("A", at(10), 150), Price("B", at(10), 7)])
    assert [known.one("A", moment) for moment in (at(9), at(10), at(11))] == [100, 150, 150]
    assert known.one("B", at(1)) == 7
    assert known.one("C", at(1)) is known.one(None, at(1)) is None
    assert known.of([Goods("A", 2), Goods(" B ", 3)], at(20)) == 321
    assert known.of([Goods("A", 2), Goods(None, 1)], at(20)) is None
    assert known.of([], at(20)) is None
    assert not Costs([])


@pytest.mark.parametrize(
    ("net", "cost", "left"), [(100, 75, 25.0), (100, 130, -30.0), (0, 10, -100.0), (-5, 0, -100.0)]
)
def test_margin(net: int, cost: int, left: float) -> None:
    assert margin(net, cost) == left


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12500", 12_500), ("12.500", 12_500), ("12,500", 12_500), ("Rp12.500", 12_500), ("rp 12.500,00", 12_500),
        ("12,500.00", 12_500), ("1.234.567", 1_234_567), ("12500.00", 12_500), ("12500,5", 12_500), ("0", 0),
        ("Rp. 1.000", 1_000),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, value: int) -> None:
    assert costs.amount(text) == value


@pytest.mark.parametrize(
    "text", ["", "-5", "abc", "1e5", "12.50.0", "1,2,3", "1.0000", "٣", "9" * 16, "=1+1", "0x10"]
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match=r"no amount|too much"):
        costs.amount(text)


@given(st.text(max_size=200))
def test_a_table_never_breaks_the_reader(text: str) -> None:
    try:
        found = list(costs.read("sku,hpp,tanggal\n" + text, WIB, 0))
    except costs.CostsError:
        return
    assert all(isinstance(one, costs.Line | costs.Rejected) for one in found)
