"""The outbox under two seats that crash, stall and are edited: a state machine looks for a double send.

The platform of this test has no protection against repeats; all it does is refuse a signature too old. What
keeps the effects at one is the index, the fence, the write-ahead and the quiet time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import sampled_from
from sqlalchemy import Connection

from store import actions
from store.actions import Claimed
from store.bulk import table_of
from store.models import Action
from store.times import SECOND
from tests.store.store_kit import NOW, Db

LEASE = 60 * SECOND
VALIDITY = 300 * SECOND
QUIET = VALIDITY + 70 * SECOND

SEATS = sampled_from(("one", "two"))
FATES = ("yes", "lost", "busy", "no", "died", "stalled")
PARCELS = sampled_from(("1", "2"))
_examples = count()


class Outbox(RuleBasedStateMachine):
    """One platform, two seats, two parcels."""

    db: Db
    quiet = QUIET

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        # A shop of its own for each example: the store is made once.
        self.shop = 1_000 + next(_examples)
        self.held: dict[str, list[Claimed]] = {"one": [], "two": []}
        self.stalled: list[tuple[Claimed, int]] = []
        self.effects: Counter[str] = Counter()
        self.fences: dict[int, int] = {}
        self.history = self.db.last_seq()

    def execute(self, row: Claimed, signed_at: int) -> bool:
        """The request arrives; whether the platform takes it."""
        if self.now > signed_at + VALIDITY:
            return False
        self.effects[row.target] += 1
        return True

    @rule(parcel=PARCELS)
    def press(self, parcel: str) -> None:
        self.db(
            actions.queue, shop_id=self.shop, kind="ship", order_pk=None, order_id=parcel, target=parcel,
            package_id=None, params={}, by="seller", now=self.now,
        )  # fmt: skip

    @rule(seat=SEATS)
    def claim(self, seat: str) -> None:
        """Take rows and do nothing with them yet: the seat is slow, or about to crash."""
        self.held[seat] += self.db(
            actions.claim, owner=seat, now=self.now, lease_ms=LEASE, limit=2, shop_id=self.shop
        )

    @rule(seat=SEATS, fate=sampled_from(FATES), rounds=sampled_from((1, 4)))
    def turn(self, seat: str, fate: str, rounds: int) -> None:
        """Some rounds of a seat's loop, all its requests meeting the same fate."""
        for _ in range(rounds):
            self.now += SECOND
            self.claim(seat)
            while self.held[seat]:
                self.handle(self.held[seat].pop(0), fate)

    def handle(self, row: Claimed, fate: str) -> None:
        if self.effects[row.target]:
            self.db(actions.finish, row.id, row.fence, "done", now=self.now, evidence="read")
        elif row.state == "unknown":
            self.look_again(row)
        elif self.db(actions.mark_sending, row.id, row.fence, self.now, self.now):
            self.send(row, fate)

    def look_again(self, row: Claimed) -> None:
        quiet_over = row.signed_at is not None and self.now > row.signed_at + self.quiet
        reads = row.reads + quiet_over
        if reads >= 2:
            self.db(actions.requeue, row.id, row.fence, self.now, now=self.now)
        else:
            self.db(actions.park_unknown, row.id, row.fence, self.now + SECOND, reads, now=self.now)

    def send(self, row: Claimed, fate: str) -> None:
        if fate == "stalled":
            self.stalled.append((row, self.now))
        elif fate == "busy":
            self.db(actions.requeue, row.id, row.fence, self.now + SECOND, now=self.now)
        elif fate == "no":
            self.db(actions.finish, row.id, row.fence, "refused", now=self.now)
        else:
            self.execute(row, self.now)
            if fate == "yes":
                self.db(actions.finish, row.id, row.fence, "done", now=self.now)
            elif fate == "lost":
                self.db(actions.park_unknown, row.id, row.fence, self.now + SECOND, 0, now=self.now)

    @rule()
    def wake(self) -> None:
        """A suspended seat goes on: its bytes leave now, with the signature of then."""
        if self.stalled:
            row, signed_at = self.stalled.pop(0)
            if self.execute(row, signed_at):
                self.db(actions.finish, row.id, row.fence, "done", now=self.now)

    @rule(seat=SEATS)
    def crash(self, seat: str) -> None:
        self.held[seat].clear()

    @rule(seconds=sampled_from((1, 30, 61, 200, 400)))
    def wait(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @rule(edit=sampled_from((actions.cancel, actions.retry, actions.drop)))
    def edit(self, edit: Callable[[Connection, int, int, str], bool]) -> None:
        for action_id in self.fences:
            self.db(edit, action_id, self.now, "seller")

    @invariant()
    def one_effect_per_parcel(self) -> None:
        assert all(n == 1 for n in self.effects.values()), f"sent twice: {self.effects}"

    @invariant()
    def rows_are_sound(self) -> None:
        table = table_of(Action)
        rows = self.db.rows(table.select().where(table.c.shop_id == self.shop))
        live = Counter(row.target for row in rows if row.state not in ("refused", "cancelled"))
        assert all(n == 1 for n in live.values()), "two live rows for one parcel"
        assert self.fences.keys() <= {row.id for row in rows}, "a row vanished"
        for row in rows:
            assert row.fence >= self.fences.get(row.id, 0), "a fence went back"
            assert row.state != "done" or self.effects[row.target] == 1, "done without an effect"
            self.fences[row.id] = row.fence
        seq = self.db.last_seq()
        assert seq >= self.history, "history shrank"
        self.history = seq


@pytest.fixture
def seats(db: Db) -> Db:
    """A store where leases run by the clock of the test."""
    if db.store.dialect == "postgresql":
        pytest.skip("leases run by the server's clock there")
    return db


def test_nothing_is_sent_twice(seats: Db) -> None:
    class Machine(Outbox):
        db = seats

    run_state_machine_as_test(
        Machine,
        # The same examples everywhere, and nothing kept on disk.
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, database=None, derandomize=True
        ),
    )


@pytest.mark.parametrize(("quiet", "effects"), [(QUIET, 1), (0, 2)])
def test_a_request_that_wakes_up_late(seats: Db, quiet: int, effects: int) -> None:
    """The second line is the control: without quiet time this very course ships twice."""
    machine = type("Machine", (Outbox,), {"db": seats, "quiet": quiet})()
    machine.press("1")
    machine.turn("one", "stalled", 1)
    machine.wait(61)
    machine.turn("two", "yes", 4)

    machine.wake()
    machine.turn("two", "yes", 4)

    assert machine.effects["1"] == effects
