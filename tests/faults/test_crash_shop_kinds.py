"""Kill senders at every step of sending a message and of setting stock: nothing twice, nothing lost, nothing made up.

Workers are real processes met by SIGKILL; client and kinds are the program's own, and the platform is the sandbox. It
refuses no repeat of either: a message arrives as often as it is sent, a number is set as often as it is told.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from functools import partial
from itertools import cycle
from signal import SIGKILL

import pytest

from jobs.chat.wishes import queue_message
from jobs.intake.chats import ChatSync
from jobs.intake.products import ProductSync
from jobs.stock import wishes
from shop.sandbox import chats as sandbox_chats
from shop.sandbox.server import Sandbox, running_sandbox
from shop.sandbox.world import World
from store import orders
from store.db import Store
from store.reading.stock_wishes import sku_of
from store.times import now_ms
from tests.faults.seats import seats
from tests.jobs.runtime_kit import rows
from tests.jobs.test_sender_sandbox import connected

pytestmark = pytest.mark.crash

POINTS = [
    "claiming",
    "claimed",
    "read",
    "marking",
    "marked",
    "signed",
    "sent",
    "answered",
    "finishing",
    "finished",
]
"""`sent`: the last byte of the write has left, and nothing was heard."""


class Wishes:
    """What a seller asked for, and what became of it on either side."""

    def __init__(self, store: Store, sandbox: Sandbox) -> None:
        self.store, self.sandbox = store, sandbox
        self.talks = cycle(self._column("SELECT id FROM conversations WHERE can_send ORDER BY id"))
        self.piles = iter(store.read(wishes.look))
        self.texts: list[str] = []
        self.numbers: dict[str, tuple[int, int]] = {}
        """What a SKU had, and what it shall have."""
        self.sold: set[str] = set()

    def message(self) -> None:
        self.texts.append(text := f"Siap kak, nomor {len(self.texts)}")
        pk = next(self.talks)
        made = self.store.write(
            lambda conn: queue_message(conn, conversation_pk=pk, text=text, by="seller", now=now_ms())
        )
        assert made is not None

    def stock(self) -> None:
        pile = next(self.piles)
        had = pile.first.available
        assert had is not None
        self.numbers[pile.first.sku_id] = had, had + 5
        plan = self.store.read(partial(wishes.plan_set, pile=pile, quantity=had + 5))
        self.store.write(lambda conn: wishes.queue(conn, plan, "seller", now_ms()))

    def sell(self) -> None:
        """A buyer takes a piece of the SKU whose number was asked for last."""
        shelves, sku = self.sandbox.world.shelves, list(self.numbers)[-1]
        with self.sandbox.world.lock:
            shelves.available[sku] -= 1
        self.sold.add(sku)

    def ends(self, kind: str) -> dict[str, tuple[str, str | None]]:
        """How the seller is told it ended, by text or SKU."""
        told = rows(self.store, f"SELECT target, params, state, reason FROM actions WHERE kind = '{kind}'")
        return {
            json.loads(str(params)).get("text") or sku_of(str(target)): (
                str(state),
                None if reason is None else str(reason),
            )
            for target, params, state, reason in told
        }

    def _column(self, query: str) -> list[int]:
        return [int(str(value)) for (value,) in rows(self.store, query)]


async def known(store: Store, sandbox: Sandbox) -> None:
    """The shop's conversations and goods, as the monitor has them."""
    shop_id = store.write(lambda conn: orders.shop_pk(conn, "toko"))
    async with connected(sandbox) as client:
        await ChatSync(store, client, shop_id, clock=now_ms).run_once()
        await ProductSync(store, client, shop_id, clock=now_ms).run_once()


# What differs on a server is who holds which lock when somebody dies: test_crash_sender.py.
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_no_death_writes_twice_forgets_or_makes_up_an_end(
    store: Store, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox_chats, "CLOSED", 0.0)
    deaths = [(point, kind) for point in POINTS for kind in ("message", "stock")]
    random.Random(3).shuffle(deaths)
    with running_sandbox(World(7, 60)) as sandbox:
        await known(store, sandbox)
        seller, given = Wishes(store, sandbox), sandbox.credentials
        keys = (given.app_key, given.app_secret, given.access_token, given.shop_cipher)
        with seats(1, store_url, sandbox.url, *keys) as (seat,):
            for point, kind in deaths:
                first, other = (seller.message, seller.stock)[:: 1 if kind == "message" else -1]
                first()
                other()
                assert seat.run(point, 1) == -SIGKILL
                if len(seller.numbers) % 3 == 0:
                    seller.sell()
            assert seat.run() == 0
        messages_are_true(seller)
        numbers_are_true(seller)


def messages_are_true(seller: Wishes) -> None:
    """Every text is in its conversation as often as the seller is told: once, or a person is asked to look."""
    talks = seller.sandbox.platform.chats.all()
    arrived = Counter(json.loads(m.content)["content"] for t in talks for m in t.messages if m.role == "SHOP")
    ends = seller.ends("message")
    assert set(ends) == set(seller.texts), "lost"
    assert set(ends.values()) == {("done", None), ("needs_person", "not_resendable")}
    for text, (state, _) in ends.items():
        # Signed by a dead sender and not there: nobody sends it again, and it is not said to be done.
        assert arrived[text] == (state == "done"), (text, state)


def numbers_are_true(seller: Wishes) -> None:
    """Every SKU was set once and has what was wished, less what was sold since; where that is unclear, it is said."""
    effects = [effect.target for effect in seller.sandbox.world.effects if effect.kind == "stock"]
    ends = seller.ends("stock")
    assert set(ends) == set(seller.numbers), "lost"
    for sku, (had, wished) in seller.numbers.items():
        writes, sold = effects.count(f"{sku}={wished}"), sku in seller.sold
        assert seller.sandbox.world.shelves.available[sku] == (wished if writes else had) - sold
        unclear = ("refused", "stock_unclear"), ("refused", "stock_moved")
        assert writes <= 1
        honest = (ends[sku] == ("done", None) and writes == 1) or (sold and ends[sku] in unclear)
        assert honest, (sku, ends[sku], writes)
    assert len(effects) <= len(seller.numbers)
