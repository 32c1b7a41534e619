"""Each condition by itself, and what holds of all of them. Pure."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.config.rule_keys import RuleSettings
from jobs.rules.conditions import (
    Facts,
    History,
    NeedHistory,
    applies,
    cause_of,
    edition,
    fits,
    judge,
    may_come,
)
from jobs.rules.limits import Budget
from store.status import OrderStatus
from tests.jobs.rules_kit import rule

WIB = ZoneInfo("Asia/Jakarta")
NOW = 1_795_608_000_000
"""A Wednesday, 19.00 WIB."""


def facts(**told: Any) -> Facts:
    plain: dict[str, Any] = {
        "pk": 1,
        "shop_id": 1,
        "shop": "toko-contoh",
        "order_id": "58",
        "status": "AWAITING_SHIPMENT",
        "due": NOW,
    }
    return Facts(**(plain | told))


KNOWN = History(orders=3, completed=2, cancelled=1)


@pytest.mark.parametrize(
    ("when", "told", "holds", "later"),
    [
        ({"stock": True}, {}, True, False),
        ({"stock": True}, {"missing": "Kaos"}, False, True),
        ({"stock": True}, {"stock_known": False}, False, True),
        ({"stock": False}, {"missing": "Kaos"}, True, False),
        ({"stock": False}, {}, False, True),
        ({"stock": False}, {"stock_known": False}, False, True),
        ({"total_min": 100}, {"total": 100}, True, False),
        ({"total_min": 100}, {"total": 99}, False, False),
        ({"total_max": 100}, {"total": 100}, True, False),
        ({"total_max": 100}, {"total": 101}, False, False),
        ({"total_max": 0}, {"total": 1}, False, False),
        ({"cod": True}, {"cod": True}, True, False),
        ({"cod": False}, {"cod": True}, False, False),
        ({"note": "empty"}, {}, True, False),
        ({"note": "empty"}, {"note": "  "}, True, False),
        ({"note": "empty"}, {"note": "x", "note_seen_at": 1}, False, False),
        ({"note": "seen"}, {}, True, False),
        ({"note": "seen"}, {"note": "x"}, False, True),
        ({"note": "seen"}, {"note": "x", "note_seen_at": 1}, True, False),
        ({"note": "unseen"}, {"note": "x"}, True, False),
        ({"note": "unseen"}, {}, False, False),
        ({"channel": ("TOKOPEDIA",)}, {"channel": "TIKTOK_SHOP"}, False, False),
        ({"channel": ("TOKOPEDIA",)}, {"channel": "TOKOPEDIA"}, True, False),
        ({"courier": ("jnt", "jne")}, {"courier": "jne"}, True, False),
        ({"courier": ("jnt",)}, {"courier": None}, False, False),
        ({"tag": ("vip",)}, {"tags": ("a", "vip")}, True, False),
        ({"tag": ("vip",)}, {}, False, False),
        ({"no_tag": ("vip",)}, {"tags": ("vip",)}, False, False),
        ({"no_tag": ("vip",)}, {}, True, False),
        ({"weekday": ("wed",)}, {}, True, False),
        ({"weekday": ("thu",)}, {}, False, True),
        ({"hours": ("19:00", "20:00")}, {}, True, False),
        ({"hours": ("08:00", "19:00")}, {}, False, True),
        ({"hours": ("18:00", "06:00")}, {}, True, False),
        ({"hours": ("22:00", "06:00")}, {}, False, True),
        ({"new_buyer": True}, {"history": KNOWN}, False, False),
        ({"new_buyer": True}, {"history": History()}, True, False),
        ({"new_buyer": False}, {"history": KNOWN}, True, False),
        ({"new_buyer": False}, {"buyer_known": False}, False, False),
        ({"new_buyer": True}, {"buyer_known": False}, False, False),
        ({"completed_min": 2}, {"history": KNOWN}, True, False),
        ({"completed_min": 3}, {"history": KNOWN}, False, False),
        ({"cancelled_max": 1}, {"history": KNOWN}, True, False),
        ({"cancelled_max": 0}, {"history": KNOWN}, False, False),
        ({"cancelled_max": 0}, {"buyer_known": False}, False, False),
    ],
)
def test_each_condition(when: dict[str, Any], told: dict[str, Any], holds: bool, later: bool) -> None:
    (found,) = judge(rule(**when), facts(**told), NOW, WIB)
    assert found.condition.startswith(next(iter(when)))
    assert (found.holds, found.later, bool(found.told) or "tag" in when or "no_tag" in when or "courier" in when) == (
        holds, later, True,
    )  # fmt: skip


def test_all_conditions_are_told_also_after_one_failed() -> None:
    found = judge(rule(total_max=1, cod=True, hours=("08:00", "19:00")), facts(total=5, cod=True), NOW, WIB)
    assert [(one.condition, one.holds) for one in found] == [
        ("total_max = 1", False), ("cod = true", True), ("hours = 08:00-19:00", False),
    ]  # fmt: skip
    assert not fits(found) and not may_come(found)
    assert may_come(judge(rule(cod=False, hours=("08:00", "19:00")), facts(), NOW, WIB))


def test_a_history_is_asked_for_only_where_it_decides() -> None:
    asks = rule(total_max=10, new_buyer=True)
    with pytest.raises(NeedHistory):
        judge(asks, facts(total=10), NOW, WIB)
    (_, told) = judge(asks, facts(total=11), NOW, WIB)
    assert (told.told, told.holds) == ("not_asked", False)


@pytest.mark.parametrize(
    ("do", "told", "fit"),
    [
        ("confirm", {}, True),
        ("confirm", {"confirmed": True}, False),
        ("confirm", {"status": "UNPAID"}, False),
        ("confirm", {"tags": ("tahan",)}, False),
        ("ship", {"confirmed": True}, True),
        ("ship", {"tags": ("tahan",)}, False),
        ("ship", {"status": "AWAITING_COLLECTION"}, False),
        ("hold", {"status": "UNPAID"}, True),
        ("hold", {"tags": ("tahan",)}, False),
        ("hold", {"status": "IN_TRANSIT"}, False),
        ("message", {"status": "IN_TRANSIT"}, True),
        ("message", {"status": "DELIVERED"}, False),
        ("confirm", {"shop": "lain"}, False),
    ],
)
def test_where_a_rule_applies(do: str, told: dict[str, Any], fit: bool) -> None:
    words = {"on": "IN_TRANSIT", "template": "x"} if do == "message" else {}
    assert applies(rule(do, shop=("toko-contoh",), **words), facts(**told)) is fit


def test_a_confirmation_a_person_took_back_is_not_made_again() -> None:
    assert not fits(judge(rule(), facts(taken_back=True), NOW, WIB))
    assert fits(judge(rule("ship"), facts(taken_back=True), NOW, WIB))


def test_the_edition_names_what_a_rule_says_and_not_how_much() -> None:
    assert edition(rule(total_max=5)) == edition(
        rule(name="lain", total_max=5, limit_per_hour=3, enabled=False)
    )
    assert edition(rule(total_max=5)) != edition(rule(total_max=6))
    message = rule("message", on="IN_TRANSIT", template="a")
    # A message answers a state once, whatever its words are by now.
    assert (
        cause_of(message)
        == cause_of(rule("message", on="IN_TRANSIT", template="b"))
        == "order.status:IN_TRANSIT"
    )


def test_limits() -> None:
    one, other = rule(name="a", limit_per_hour=2), rule(name="b")
    budget = Budget(RuleSettings(per_hour=3), {"a": 1})
    assert budget.over(one) is None
    budget.spend(one)
    over = budget.over(one)
    assert over is not None and over.condition == "limit_per_hour = 2" and over.later
    assert budget.over(other) is None
    budget.spend(other)
    over = budget.over(other)
    assert over is not None and over.condition == "per_hour = 3"
    nothing = Budget(RuleSettings(per_hour=0), {}).over(other)
    assert nothing is not None


orders = st.builds(
    facts,
    status=st.sampled_from([status.value for status in OrderStatus]),
    total=st.integers(0, 10**7),
    cod=st.booleans(),
    note=st.none() | st.text(max_size=5),
    tags=st.lists(st.sampled_from(["tahan", "vip"]), unique=True).map(tuple),
    missing=st.sampled_from(["", "Kaos"]),
    stock_known=st.booleans(),
    history=st.builds(History, *(st.integers(0, 4),) * 3),
)
rules = st.builds(
    rule,
    do=st.sampled_from(["confirm", "ship", "hold"]),
    stock=st.none() | st.booleans(),
    total_min=st.none() | st.integers(0, 10**6),
    cod=st.none() | st.booleans(),
    note=st.sampled_from(["", "empty", "seen", "unseen"]),
    new_buyer=st.none() | st.booleans(),
)


@given(rules, orders, st.integers(0, 4 * 10**12))
def test_what_waits_does_not_fit_and_what_is_held_is_never_confirmed_or_shipped(
    given_rule: Any, one: Facts, at: int
) -> None:
    found = judge(given_rule, one, at, WIB)
    assert not (fits(found) and may_come(found))
    assert all(told.holds or not fits(found) for told in found)
    if given_rule.do != "hold" and applies(given_rule, one):
        assert "tahan" not in one.tags and one.status in ("AWAITING_SHIPMENT", "PARTIALLY_SHIPPING")
