"""Kill and suspend senders at every point where it can happen, on a hostile platform: nothing twice, nothing lost.

Workers are real processes met by SIGKILL and SIGSTOP, the platform is a real server without duplicate protection.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count, islice
from signal import SIGKILL

import pytest

from jobs.outbox.rules import FINAL
from store.db import Store
from store.sqlite import driver
from store.times import now_ms
from store.views import ActionRow
from tests.faults.fake_platform import HOSTILE, FakePlatform, listening
from tests.faults.rig import QUICK, stock_up
from tests.faults.seats import seats

pytestmark = pytest.mark.crash

CHECKPOINTS = (
    *("claiming", "claimed", "read", "marking", "marked", "signed", "answered", "finishing", "finished"),
)
ROUNDS = 12
SERVER_ROUNDS = 2
"""Fewer on PostgreSQL: what differs there is who holds which lock when somebody dies, not the protocol."""
EACH = 6
"""Packages queued before each kill, so that there is always work to die in."""


def numbers() -> Iterator[str]:
    """Package ids without end."""
    return (f"1150000000000{n:06}" for n in count())


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """The store as the screen has it open while others send."""
    store = Store.open(url)
    yield store
    store.close()


def queue(store: Store, packages: Iterable[str]) -> None:
    """Orders of one package each, queued for shipping."""
    store.write(partial(stock_up, packages=list(packages), now=now_ms()))


def rows_of(store: Store) -> list[ActionRow]:
    """The outbox."""
    reader = store.reader()
    try:
        return reader.actions()
    finally:
        reader.close()


def true_ends(store: Store, platform: FakePlatform, packages: Iterable[str]) -> None:
    """Nothing twice, nothing lost, and every state is what really happened."""
    states = {str(row.package_id): row.state for row in rows_of(store)}
    assert platform.doubles() == {}
    assert set(states) == set(packages)
    assert set(states.values()) <= FINAL, "lost"
    assert {package for package, state in states.items() if state == "done"} == platform.shipped()
    assert {package for package, state in states.items() if state == "refused"} == platform.cancelled


@pytest.mark.timeout(120)
def test_nothing_ships_twice_and_nothing_is_lost_under_kills(store_url: str) -> None:
    on_file = "://" not in store_url
    dice = random.Random(11)
    plan = [
        (name, dice.randint(1, 3))
        for name in CHECKPOINTS
        for _ in range(ROUNDS if on_file else SERVER_ROUNDS)
    ]
    dice.shuffle(plan)
    packages = list(islice(numbers(), len(plan) * EACH))
    platform = FakePlatform(
        QUICK.validity, QUICK.settle, HOSTILE, seed=7, cancelled=frozenset(packages[::25])
    )
    waiting = iter(packages)
    with (
        opened(store_url) as store,
        listening(platform),
        seats(1, store_url, platform.url) as (seat,),
    ):
        ends = Counter[int]()
        for name, hit in plan:
            queue(store, islice(waiting, EACH))
            ends[seat.run(name, hit)] += 1
        assert seat.run() == 0
        true_ends(store, platform, packages)
    assert ends[-SIGKILL] >= (100 if on_file else 14), ends
    if on_file:
        raw = driver.connect(store_url)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        raw.close()


# Inside a transaction nobody can take over: the others wait for its end, as for any slow writer.
@pytest.mark.timeout(60)
def test_a_sender_that_was_suspended_past_its_lease_sends_nothing_twice(store_url: str) -> None:
    platform = FakePlatform(QUICK.validity, QUICK.settle, seed=7)
    waiting, used = numbers(), list[str]()
    with (
        opened(store_url) as store,
        listening(platform),
        seats(2, store_url, platform.url) as (slow, healthy),
    ):
        for checkpoint in ("claimed", "read", "marked", "signed", "answered"):
            used += (package := next(waiting),)
            queue(store, [package])
            before = len(platform.requests)
            slow.begin(checkpoint, 1, "SIGSTOP")
            slow.suspended()
            assert healthy.run() == 0
            assert package in platform.shipped(), "the healthy one did not take over"
            slow.wake()
            assert slow.ended() == 0
            true_ends(store, platform, used)
            fates = [fate for _, _, fate in platform.requests[before:]]
            # What was signed before the pause is turned away at the door, whoever sends it now.
            assert fates == (["fine", "expired"] if checkpoint in ("marked", "signed") else ["fine"])


@pytest.mark.timeout(60)
def test_three_senders_share_the_work_and_none_does_it_again(store_url: str) -> None:
    packages = list(islice(numbers(), 60))
    platform = FakePlatform(
        QUICK.validity, QUICK.settle, HOSTILE, seed=7, cancelled=frozenset(packages[::25])
    )
    with (
        opened(store_url) as store,
        listening(platform),
        seats(3, store_url, platform.url) as three,
    ):
        queue(store, packages)
        for seat in three:
            seat.begin()
        assert [seat.ended() for seat in three] == [0, 0, 0]
        true_ends(store, platform, packages)
