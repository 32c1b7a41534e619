"""The rules on a real store: once, within limits, never the past, never a shipment that nobody switched on."""

from __future__ import annotations

import asyncio
from zoneinfo import ZoneInfo

import pytest

from jobs.rules.engine import RuleEngine
from jobs.rules.trial import checks
from store import desk as seller_desk
from store import orders, rule_runs
from store.db import Store
from store.times import HOUR, MINUTE
from tests.conftest import FrozenClock
from tests.jobs.rules_kit import Desk, arrived, begun, conditions, made, number, rule, settings

EASY = rule(name="stok cukup", stock=True, total_max=200_000)


@pytest.fixture
def desk(store: Store, clock: FrozenClock) -> Desk:
    return Desk(store, clock)


def test_an_order_is_confirmed_once_and_says_why(desk: Desk) -> None:
    given = settings(EASY)
    desk.stock(10)
    begun(desk, given).put(made(1))
    assert desk.run(given).did == 1
    assert desk.confirmed() == ["0001"]
    assert desk.runs() == [("stok cukup", "0001", "did")]
    assert conditions(desk.why("did")) == {
        "stock = true": ("enough", True),
        "total_max = 200000": ("136000", True),
    }
    feed = desk.ask("SELECT kind, actor FROM changes WHERE substr(actor, 1, 5) = 'rule:' ORDER BY seq")
    assert feed == [("order.confirmed", "rule:stok cukup"), ("rule.did", "rule:stok cukup")]
    assert desk.run(given).did == 0
    # A person takes it back: the rule does not argue, also after it was edited.
    pk = desk.pk(1)
    desk.store.write(lambda conn: orders.unconfirm(conn, [pk], desk.clock(), "seller"))
    desk.run(given)
    desk.run(settings(rule(name="stok cukup", total_max=300_000)))
    assert desk.confirmed() == []


def test_the_past_is_left_alone(desk: Desk) -> None:
    given = settings(rule())
    desk.put(made(1))
    desk.run(given)
    assert desk.confirmed() == []
    # Something happens to the old order: now it is looked at.
    pk = desk.pk(1)
    desk.store.write(lambda conn: seller_desk.add_tags(conn, [pk], ["vip"], "seller", desk.clock()))
    desk.run(given)
    assert desk.confirmed() == ["0001"]


def test_what_happened_while_nothing_ran_is_not_missed_but_what_happened_while_off_is_left(
    desk: Desk,
) -> None:
    given = settings(rule())
    begun(desk, given).put(made(1))
    desk.clock.advance(30 * HOUR)
    desk.run(given)
    assert desk.confirmed() == ["0001"]
    desk.store.write(lambda conn: rule_runs.turn_off(conn, "seller", desk.clock()))
    desk.put(made(2))
    assert desk.run(given).did == 0
    desk.put(made(9))
    assert desk.run(given).did == 0
    desk.store.write(rule_runs.turn_on)
    desk.run(given)
    desk.put(made(3))
    desk.run(given)
    assert desk.confirmed() == ["0001", "0003"]
    # The same for a configuration that switches them off.
    desk.run(settings(rule(), enabled=False))
    desk.put(made(4))
    desk.run(given)
    assert desk.confirmed() == ["0001", "0003"]


def test_a_new_rule_does_not_act_on_what_the_feed_held_before_it(desk: Desk) -> None:
    first = rule(name="lama", total_max=1)
    begun(desk, settings(first)).put(made(1))
    # The program was closed; it starts with another rule in its configuration.
    desk.run(settings(first, rule(name="baru")))
    assert desk.runs() == []
    desk.put(made(2))
    desk.run(settings(first, rule(name="baru")))
    assert desk.runs() == [("baru", "0002", "did")]


def test_what_lacks_stock_waits_and_is_served_when_it_comes(desk: Desk) -> None:
    given = settings(EASY)
    desk.stock(1)
    begun(desk, given).put(made(1))
    assert desk.run(given).held == 1
    assert desk.run(given).held == 0  # once is enough for the log
    told, holds = conditions(desk.why("held"))["stock = true"]
    assert ("Kaos Polos" in told, holds) == (True, False)
    desk.stock(5)
    assert desk.run(given).did == 1
    assert desk.runs() == [("stok cukup", "0001", "held"), ("stok cukup", "0001", "did")]


def test_the_plan_of_a_key_press_refuses_for_a_rule_as_well(desk: Desk) -> None:
    given = settings(rule())  # no condition of its own
    begun(desk, given).put(
        made(1, note="besok ya"), made(2, cancel_requested=True), made(3, "COMPLETED"), made(4)
    )
    desk.run(given)
    assert desk.confirmed() == ["0004"]
    assert {last for _, last, verdict in desk.runs() if verdict == "held"} == {"0001", "0002"}
    pk = desk.pk(1)
    desk.store.write(lambda conn: orders.mark_note_seen(conn, pk, "besok ya", desk.clock()))
    desk.run(given)
    assert desk.confirmed() == ["0001", "0004"]


def test_limits_hold_back_tell_and_let_go(desk: Desk) -> None:
    given = settings(rule(name="a", limit_per_hour=2, total_max=200_000), rule(name="b"), per_hour=4)
    begun(desk, given).put(*(made(n) for n in range(1, 5)), *(made(n, total=900_000) for n in range(5, 10)))
    report = desk.run(given)
    # a: two of four. b takes what a left (it fits them as well), until all rules together have done four.
    assert report.did == 4
    told = desk.ask("SELECT new, detail FROM changes WHERE kind = 'rule.held' ORDER BY seq")
    assert [new for new, _ in told] == ["limit", "limit"]
    assert '"n":2' in told[0][1]
    desk.run(given)
    assert len(desk.ask("SELECT 1 FROM changes WHERE kind = 'rule.held'")) == 2
    desk.clock.advance(HOUR + MINUTE)
    assert desk.run(given).did == 4
    desk.clock.advance(HOUR + MINUTE)
    assert desk.run(given).did == 1
    assert len(desk.confirmed()) == 9


def test_a_dry_run_writes_its_log_and_nothing_else(desk: Desk) -> None:
    rules = (rule(name="c"), rule("hold", name="h", cod=True), rule("ship", name="s", cod=False))
    given = settings(*rules, dry_run=True, allow_ship=True)
    begun(desk, given).put(made(1), made(2, cod=True))
    before = desk.ask("SELECT max(seq) FROM changes")
    rows = desk.ask("SELECT * FROM orders ORDER BY id")
    desk.run(given)
    desk.run(given)
    assert sorted(desk.runs()) == [
        ("c", "0001", "would"), ("c", "0002", "would"), ("h", "0002", "would"), ("s", "0001", "would"),
    ]  # fmt: skip
    assert desk.ask("SELECT max(seq) FROM changes") == before
    assert desk.ask("SELECT * FROM orders ORDER BY id") == rows
    assert desk.actions() == []
    # Taken for real, it begins with what comes now.
    real = settings(*rules, allow_ship=True)
    desk.run(real)
    assert desk.confirmed() == []
    desk.put(made(3))
    desk.run(real)
    assert desk.confirmed() == ["0003"]


def test_holding_comes_before_confirming(desk: Desk) -> None:
    given = settings(rule(name="semua"), rule("hold", name="awas", cod=True))
    begun(desk, given).put(made(1, cod=True), made(2))
    desk.run(given)
    assert desk.confirmed() == ["0002"]
    assert desk.ask(f"SELECT tags FROM orders WHERE order_id = '{number(1)}'") == [("tahan",)]
    # The seller takes the tag off: the same rule does not put it back, and the other confirms.
    pk = desk.pk(1)
    desk.store.write(lambda conn: seller_desk.drop_tags(conn, [pk], ["tahan"], "seller", desk.clock()))
    desk.run(given)
    assert desk.confirmed() == ["0001", "0002"]


def test_shipping_takes_both_switches(desk: Desk) -> None:
    shipping = rule("ship", name="kirim")
    without = settings(shipping)
    begun(desk, without).put(made(1))
    desk.run(without)
    assert desk.actions() == [] and desk.confirmed() == []
    given = settings(shipping, allow_ship=True)
    desk.put(made(2))
    desk.run(given)
    assert desk.actions() == [("ship", "0002", "rule:kirim")]
    desk.run(given)
    assert len(desk.actions()) == 1


def test_the_history_of_a_buyer_is_looked_up_where_it_decides(desk: Desk) -> None:
    given = settings(
        rule(name="langganan", completed_min=1, cancelled_max=0), rule("hold", name="baru", new_buyer=True)
    )
    desk.put(
        made(1, "COMPLETED", buyer_id="a"),
        made(2, "CANCELLED", buyer_id="b"),
        made(3, "COMPLETED", buyer_id="b"),
    )
    begun(desk, given).put(
        made(4, buyer_id="a"), made(5, buyer_id="b"), made(6, buyer_id="c"), made(7, buyer_id=None)
    )
    desk.run(given)
    assert desk.confirmed() == ["0004"]
    assert [(name, last) for name, last, _ in desk.runs()] == [("baru", "0006"), ("langganan", "0004")]


def test_hours_of_a_rule(desk: Desk) -> None:
    given = settings(rule(hours=("08:00", "17:00")))  # the clock stands at 19.00 WIB
    begun(desk, given).put(made(1))
    desk.run(given)
    assert desk.confirmed() == []
    desk.clock.advance(14 * HOUR)
    desk.run(given)
    assert desk.confirmed() == ["0001"]


def test_a_store_that_may_only_be_read_is_left_alone(desk: Desk) -> None:
    from msgspec.structs import replace

    given = settings(rule())
    begun(desk, given).put(made(1))
    desk.run(replace(given, read_only=True))
    assert desk.confirmed() == []
    desk.run(given)
    assert desk.confirmed() == ["0001"]


@pytest.mark.parametrize("place", ["orders.confirm", "rule_runs.add_all", "state.save"])
def test_killed_between_it_happened_wholly_or_not_at_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Whatever breaks within a step, the next pass does all of it once."""
    import store.orders
    import store.rule_runs
    from jobs.rules import state

    given = settings(rule())
    begun(desk, given).put(made(1), made(2))
    where = {"orders": store.orders, "rule_runs": store.rule_runs, "state": state}[place.split(".")[0]]
    name = place.split(".")[1]
    whole = getattr(where, name)

    def broken(*args: object, **named: object) -> object:
        whole(*args, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(where, name, broken)
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(RuleEngine(desk.store, given, clock=desk.clock).run_once())
    monkeypatch.undo()
    assert desk.confirmed() == [] and desk.runs() == []
    assert desk.run(given).did == 2
    assert desk.confirmed() == ["0001", "0002"]
    assert [verdict for _, _, verdict in desk.runs()] == ["did", "did"]


def test_every_rule_says_of_one_order_why_it_does_nothing(desk: Desk) -> None:
    given = settings(
        rule(name="mudah"),
        rule("hold", name="awas", total_min=500_000),
        rule("message", name="kabar", on="IN_TRANSIT", template="telat", cod=True),
        rule(name="mati", enabled=False),
        rule("ship", name="kirim"),
    )
    begun(desk, given).put(made(1))
    desk.run(given)

    def told() -> dict[str, tuple[str, list[tuple[str, str]]]]:
        found = desk.store.read(
            lambda conn: checks(conn, given, ZoneInfo(given.timezone), desk.clock(), desk.pk(1))
        )
        return {
            one.rule: (one.verdict, [(why.condition, why.told) for why in one.why if not why.holds])
            for one in found
        }

    assert told() == {
        "mudah": ("answered", [("confirmed = false", "true")]),
        "awas": ("no", [("total_min = 500000", "136000")]),
        "kabar": ("no", [("on = IN_TRANSIT", "AWAITING_SHIPMENT"), ("cod = true", "false")]),
        "kirim": ("held", [("allow_ship = true", "false")]),
    }
    arrived(desk, 1, "IN_TRANSIT")
    assert told()["kirim"][1][0] == ("status = AWAITING_SHIPMENT, PARTIALLY_SHIPPING", "IN_TRANSIT")
    assert told()["kabar"] == ("no", [("cod = true", "false")])
    assert desk.ask("SELECT count(*) FROM rule_runs") == [(2,)]
