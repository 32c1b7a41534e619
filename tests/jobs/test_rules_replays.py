"""Rules under disorder: the feed read again, processes killed, seats side by side, switches thrown. Never twice."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from contextlib import suppress
from random import Random

import pytest

from jobs.rules import state
from store import desk as seller_desk
from store import orders, rule_runs
from store.db import Store
from store.times import HOUR, MINUTE
from tests.conftest import ENGINES, FrozenClock
from tests.jobs.rules_kit import Desk, begun, made, rule, settings

RULES = (
    rule(name="mudah", total_max=200_000, stock=True),
    rule("hold", name="awas", cod=True),
    rule("ship", name="kirim", cod=False),
    rule("message", name="kabar", on="IN_TRANSIT", template="telat"),
)
JOURNEY = ("AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED")


def read_again(desk: Desk) -> None:
    """The engine forgets that it has read the feed: every row of it is told anew."""

    def rewind(conn: object) -> None:
        position = state.load(conn, "")  # type: ignore[arg-type]
        if position is not None:
            position.seq, position.waiting = 0, {}
            position.since = {name: state.Sight(0, sight.dry) for name, sight in position.since.items()}
            state.save(conn, "", position)  # type: ignore[arg-type]

    desk.store.write(rewind)


class _Broken(Exception):
    """Stands for a process that ends in the middle of a step."""


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", range(8))
def test_no_deed_happens_twice_and_nothing_ships_unless_both_switches_say_so(
    store: Store, clock: FrozenClock, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw, desk = Random(seed), Desk(store, clock)
    known: dict[int, int] = {}
    given = settings(*RULES, per_hour=6)
    desk.stock(20)
    desk.run(given)
    for _ in range(40):
        clock.advance(draw.choice((MINUTE, 20 * MINUTE, HOUR)))
        match draw.randrange(8):
            case 0 | 1:
                n = len(known) + 1
                known[n] = 0
                desk.put(
                    made(n, cod=draw.random() < 0.3, total=draw.choice((50_000, 900_000)), buyer_id=str(n))
                )
            case 2 if known:
                n = draw.choice(list(known))
                known[n] = min(known[n] + 1, 3)
                desk.put(made(n, JOURNEY[known[n]], updated_at=clock(), buyer_id=str(n)))
            case 3 if known:
                pk = desk.pk(draw.choice(list(known)))
                edit = draw.choice(
                    (
                        lambda conn, pk=pk: orders.unconfirm(conn, [pk], clock(), "seller"),
                        lambda conn, pk=pk: seller_desk.drop_tags(conn, [pk], ["tahan"], "seller", clock()),
                        lambda conn, pk=pk: seller_desk.add_tags(conn, [pk], ["vip"], "seller", clock()),
                    )
                )
                desk.store.write(edit)
            case 4:
                read_again(desk)
            case 5:
                # Stopped, and soon let go again.
                desk.store.write(lambda conn: rule_runs.turn_off(conn, "seller", clock()))
                desk.run(given)
                desk.store.write(rule_runs.turn_on)
            case 6:
                # Killed after the deeds of so many rules, before the step is committed.
                left = draw.randrange(3)
                whole = rule_runs.add_all

                def breaks(*args: object, **named: object) -> None:
                    nonlocal left
                    left -= 1
                    if left < 0:
                        raise _Broken
                    whole(*args, **named)  # type: ignore[arg-type]  # noqa: B023

                with monkeypatch.context() as patch:
                    patch.setattr(rule_runs, "add_all", breaks)
                    with suppress(_Broken):
                        desk.run(given)
            case _:
                may_ship = draw.random() < 0.3
                shipped = len([one for one in desk.actions() if one[0] == "ship"])
                given = settings(*RULES, per_hour=6, allow_ship=may_ship, dry_run=draw.random() < 0.2)
                desk.run(given)
                if not may_ship or given.rules.dry_run:
                    assert len([one for one in desk.actions() if one[0] == "ship"]) == shipped
        if draw.random() < 0.7:
            desk.run(given)
    deeds = Counter(
        desk.ask(
            "SELECT kind, actor, order_id FROM changes WHERE substr(actor, 1, 5) = 'rule:' AND kind = 'rule.did'"
        )
    )
    assert deeds and max(deeds.values()) == 1
    confirmations = Counter(
        desk.ask(
            "SELECT actor, order_id FROM changes WHERE kind = 'order.confirmed' AND actor = 'rule:mudah'"
        )
    )
    assert max(confirmations.values(), default=0) <= 1
    assert max(Counter(desk.actions()).values(), default=0) <= 1
    # What the log says was done is what was done, order by order.
    did = {(name, last) for name, last, verdict in desk.runs() if verdict == "did"}
    assert {(actor[5:], order_id[-4:]) for _, actor, order_id in deeds} == did
    queued = {(by[5:], last) for kind, last, by in desk.actions() if kind == "message"}
    assert queued == {one for one in did if one[0] == "kabar"}


@pytest.mark.parametrize("store_url", ENGINES, indirect=True)
def test_two_seats_side_by_side_do_it_once(store: Store, clock: FrozenClock) -> None:
    given, desk = settings(rule()), Desk(store, clock)
    other = Store.open(store.url, clock=clock, migrate=False)
    try:
        begun(desk, given).put(*(made(n) for n in range(1, 30)))
        seats = [Desk(one, clock) for one in (store, other)]
        threads = [threading.Thread(target=seat.run, args=(given,)) for seat in seats]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        other.close()
    assert len(desk.confirmed()) == 29
    assert Counter(verdict for _, _, verdict in desk.runs()) == {"did": 29}
    assert desk.ask("SELECT count(*) FROM changes WHERE kind = 'rule.did'") == [(29,)]


_DIES = """
import asyncio, os, sys
from jobs.rules import engine, state
from store.db import Store
from tests.jobs.rules_kit import rule, settings
whole = state.save
def dies(*args):
    whole(*args)
    os._exit(9)
state.save = dies
store = Store.open(sys.argv[1], clock=lambda: int(sys.argv[2]), migrate=False)
asyncio.run(engine.RuleEngine(store, settings(rule()), clock=store.clock).run_once())
"""


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_process_that_dies_before_its_commit_has_done_nothing(store: Store, clock: FrozenClock) -> None:
    given, desk = settings(rule()), Desk(store, clock)
    begun(desk, given).put(made(1), made(2))
    ended = subprocess.run([sys.executable, "-c", _DIES, store.url, str(clock())], timeout=60)
    assert ended.returncode == 9
    assert desk.confirmed() == [] and desk.runs() == []
    assert desk.run(given).did == 2
    assert desk.confirmed() == ["0001", "0002"]
