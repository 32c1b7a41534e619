"""A message on its whole way: real client, real sockets, the sandbox as platform. Never twice, never lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from jobs.chat.wishes import queue_message, queue_to_buyer, why_refused
from jobs.intake.chats import ChatSync
from jobs.outbox.kinds import KINDS
from jobs.outbox.rules import SenderSettings
from jobs.outbox.sender import Sender
from jobs.wishes.intents import retry
from shop.calls.chats import MessagePage
from shop.client import ShopClient
from shop.sandbox import chats as sandbox_chats
from shop.sandbox.server import Sandbox, running_sandbox
from shop.sandbox.world import World
from store import actions, chat_seen, chats, orders
from store.actions import Claimed
from store.db import Store
from store.times import now_ms
from tests.conftest import by_engine
from tests.jobs.runtime_kit import rows
from tests.jobs.test_sender_sandbox import connected
from tests.jobs.waiting_kit import comes_true

SPANS = SenderSettings(validity=1_500, settle=300, skew=100)
TEXT = "Baik kak, kami cek dulu ya"
STATES = "SELECT state, code, reason FROM actions ORDER BY id"


@pytest.fixture(autouse=True)
def _everybody_may_be_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_chats, "CLOSED", 0.0)


class Desk:
    """A shop whose orders and conversations are known, and a sender for it."""

    def __init__(self, store: Store, sandbox: Sandbox, client: ShopClient, shop: int) -> None:
        self.store, self.sandbox, self.client, self.shop = store, sandbox, client, shop
        self.sync = ChatSync(store, client, shop, clock=now_ms)

    def asked(self) -> int:
        """A conversation that waits for an answer and takes one."""
        found = rows(
            self.store,
            "SELECT id FROM conversations WHERE answer_by IS NOT NULL AND can_send ORDER BY id LIMIT 1",
        )
        return int(str(found[0][0]))

    def silent(self) -> int:
        """An order whose buyer has never written."""
        found = rows(
            self.store,
            "SELECT o.id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM conversations c"
            " WHERE c.buyer_id = o.buyer_id) ORDER BY o.id LIMIT 1",
        )
        return int(str(found[0][0]))

    def answer(self, pk: int, text: str = TEXT) -> int | None:
        return self.store.write(
            lambda conn: queue_message(conn, conversation_pk=pk, text=text, by="seller", now=now_ms())
        )

    def strike_the_send(self, fault: str) -> None:
        """Let a fault meet the next write, and no read before it."""
        send, faults = self.client.send_prepared, self.sandbox.platform.faults

        async def struck(prepared: Any, deadline: float = 20.0) -> Any:
            self.client.send_prepared = send  # type: ignore[method-assign]
            faults.set(f"{fault}@/customer_service*1")
            try:
                return await send(prepared, deadline)
            finally:
                faults.set("")

        self.client.send_prepared = struck  # type: ignore[method-assign]

    async def sent(self) -> list[tuple[object, ...]]:
        """The outbox once nothing is left to do."""
        stop = asyncio.Event()
        running = asyncio.create_task(Sender(self.store, {self.shop: self.client}, SPANS).run(stop))
        await comes_true(self.store, lambda conn: not actions.unfinished(conn, now_ms() + 1))
        stop.set()
        await running
        return rows(self.store, STATES)

    @property
    def executed(self) -> list[str]:
        """What the platform was really given, in order."""
        return [effect.target.partition(":")[2] for effect in self.sandbox.world.effects]


@asynccontextmanager
async def desk(store: Store) -> AsyncIterator[Desk]:
    with running_sandbox(World(7, 150)) as sandbox:
        async with connected(sandbox) as client:
            shop = await store.awrite(lambda conn: orders.shop_pk(conn, "toko"))
            page = await client.search_orders(create_ge=0, page_size=100)
            await store.awrite(lambda conn: orders.ingest(conn, shop, page.records, now_ms()))
            made = Desk(store, sandbox, client, shop)
            await made.sync.run_once()
            yield made


@pytest.mark.parametrize(
    ("store_url", "fault"),
    by_engine(("", "cut-after", "500-after", "garbage", "half", "429:1:50ms"), ("", "cut-after")),
    indirect=["store_url"],
)
async def test_an_answer_arrives_once_whatever_the_line_does(store: Store, fault: str) -> None:
    async with desk(store) as made:
        pk = made.asked()
        if fault:
            made.strike_the_send(fault)
        assert made.answer(pk) is not None
        assert [row[0] for row in await made.sent()] == ["done"]
        assert made.executed == [TEXT]
        assert made.answer(pk, f"  {TEXT}\n") is None  # a second key press
        assert store.read(lambda conn: why_refused(conn, conversation_pk=pk)) == "same_text"
        assert (await made.sync.run_once()).messages == 1
        (told,) = rows(
            store, f"SELECT answer_by, last_role, last_text, unread FROM conversations WHERE id = {pk}"
        )
        assert told == (None, "SHOP", TEXT, 0)


async def test_what_was_never_executed_is_not_sent_again_but_shown_to_a_person(store: Store) -> None:
    async with desk(store) as made:
        made.strike_the_send("cut-before")
        made.answer(made.asked())
        assert await made.sent() == [("needs_person", None, "not_resendable")]
        assert made.executed == []
        assert made.answer(made.asked()) is None  # nobody knows: the same words wait for that person too
        ((pk, target),) = rows(store, "SELECT id, target FROM actions")
        number, end = int(str(pk)), str(target)[-4:]
        assert not store.write(lambda conn: retry(conn, number, "seller", now_ms()))
        assert store.write(lambda conn: retry(conn, number, "seller", now_ms(), end))
        assert [row[0] for row in await made.sent()] == ["done"]
        assert made.executed == [TEXT]


@pytest.mark.parametrize("arrived", [True, False], ids=["after the send", "before the send"])
async def test_whoever_takes_over_from_a_dead_sender_looks_and_never_sends(
    store: Store, arrived: bool
) -> None:
    async with desk(store) as made:
        made.answer(made.asked())
        now = now_ms()
        (row,) = store.write(lambda conn: actions.claim(conn, owner="dead", now=now, lease_ms=300, limit=1))
        assert store.write(lambda conn: actions.mark_sending(conn, row.id, row.fence, now, now))
        if arrived:
            prepared = KINDS["message"].prepare(made.client, [row], now)
            await made.client.send_prepared(prepared)
        ((state, _, reason),) = await made.sent()
        assert (state, reason) == (("done", None) if arrived else ("needs_person", "not_resendable"))
        assert made.executed == [TEXT] * arrived


async def test_a_lagging_replica_costs_time_and_no_second_message(store: Store) -> None:
    async with desk(store) as made:
        made.sandbox.platform.faults.set("stale-reads:200ms")
        send = made.client.send_prepared

        async def unheard(prepared: Any, deadline: float = 20.0) -> Any:
            await send(prepared, deadline)
            raise TimeoutError

        made.client.send_prepared = unheard  # type: ignore[method-assign]
        made.answer(made.asked())
        assert [row[0] for row in await made.sent()] == ["done"]
        assert made.executed == [TEXT]


@pytest.mark.parametrize(
    ("mood", "code"), [("chat-sensitive", 45101006), ("chat-closed", 45109001)], ids=["words", "closed"]
)
async def test_a_refusal_has_its_code_and_nothing_happened(store: Store, mood: str, code: int) -> None:
    async with desk(store) as made:
        made.sandbox.platform.faults.set(mood)
        made.answer(made.asked())
        ((state, told, reason),) = await made.sent()
        assert (state, told) == ("refused", code) and reason
        assert made.executed == []


async def test_a_used_up_quota_waits_for_the_next_and_is_no_attempt(store: Store) -> None:
    async with desk(store) as made:
        made.answer(made.asked())
        made.sandbox.platform.faults.set("chat-quota")
        sender = Sender(store, {made.shop: made.client}, SPANS)
        await sender.run_due(1)
        ((state, attempts),) = rows(store, "SELECT state, attempts FROM actions")
        assert (state, attempts) == ("queued", 0)
        made.sandbox.platform.faults.set("")
        assert [row[0] for row in await made.sent()] == ["done"]


async def test_a_buyer_who_never_wrote_gets_a_conversation_of_one_message(store: Store) -> None:
    async with desk(store) as made:
        pk = made.silent()

        def wish(text: str) -> int | None:
            return store.write(
                lambda conn: queue_to_buyer(conn, order_pk=pk, text=text, by="seller", now=now_ms())
            )

        assert wish(TEXT) is not None and wish(TEXT) is None
        assert [row[0] for row in await made.sent()] == ["done"]
        assert made.executed == [TEXT]
        await made.sync.run_once()
        ((shop, buyer),) = rows(store, f"SELECT shop_id, buyer_id FROM orders WHERE id = {pk}")
        found = store.read(lambda conn: chats.conversation_of(conn, int(str(shop)), str(buyer)))
        assert found is not None
        # Known by now under its own id, it still takes the same words for a second key press.
        assert wish(TEXT) is None and wish("Halo kak") is not None
        assert [row[0] for row in await made.sent()] == ["done", "done"]
        assert made.executed == [TEXT, "Halo kak"]


async def test_an_unknown_buyer_is_refused_before_anything_is_sent(store: Store) -> None:
    async with desk(store) as made:
        pk = made.silent()
        store.write(
            lambda conn: conn.exec_driver_sql(f"UPDATE orders SET buyer_id = '749999' WHERE id = {pk}")
        )
        store.write(lambda conn: queue_to_buyer(conn, order_pk=pk, text=TEXT, by="seller", now=now_ms()))
        assert await made.sent() == [("refused", None, "chat_cannot_open")]


@pytest.mark.parametrize(
    ("page", "state", "buyer", "seen"),
    [
        # The answer leaves the list out: nothing is known, whatever the row's state.
        (MessagePage([], [], named=False), "unknown", False, "unreadable"),
        (MessagePage([], [], named=False), "queued", False, "unreadable"),
        (MessagePage([], [], named=False), "unknown", True, "unreadable"),
        # Only a conversation that we have opened may be empty; a queued row there has sent nothing.
        (MessagePage([], [], named=False), "queued", True, "not_done"),
        (MessagePage([], []), "unknown", False, "not_done"),
    ],
)
async def test_an_answer_without_its_list_proves_nothing(
    page: MessagePage, state: str, buyer: bool, seen: str
) -> None:
    class Silent:
        async def messages(self, conversation_id: str, *, page_token: str | None = None) -> MessagePage:
            return page

        async def open_conversation(self, buyer_id: str) -> str:
            return "7494"

    where = {"buyer_id": "7491"} if buyer else {"conversation_id": "7494"}
    told: dict[str, Any] = dict.fromkeys(Claimed.__struct_fields__, 0) | {"state": state, "attempts": 1}
    row = Claimed(**told | {"signed_at": 5, "params": msgspec.json.encode(where | {"text": TEXT}).decode()})
    assert (await KINDS["message"].read(Silent(), row, 10)).seen == seen
    gone = msgspec.structs.replace(row, params=msgspec.json.encode(where | {"text": ""}).decode())
    assert (await KINDS["message"].read(Silent(), gone, 10)).seen == "impossible"


async def test_what_a_person_opened_is_marked_as_read_unless_more_was_written(store: Store) -> None:
    async with desk(store) as made:
        pk = made.asked()
        facts = f"SELECT conversation_id, unread, seen_message FROM conversations WHERE id = {pk}"
        ((name, unread, _),) = rows(store, facts)
        talk = made.sandbox.platform.chats.of(str(name))
        assert talk is not None and talk.unread == unread != 0
        assert store.write(lambda conn: chat_seen.see(conn, pk))
        assert not store.write(lambda conn: chat_seen.see(conn, pk))  # noted already
        store.write(
            lambda conn: conn.exec_driver_sql(f"UPDATE conversations SET synced_message='x' WHERE id={pk}")
        )
        await made.sync._tell_read()
        assert talk.unread == unread and rows(store, facts) == [(name, unread, None)]
        assert store.write(lambda conn: chat_seen.see(conn, pk))
        await made.sync.run_once()
        # The newest message was read once more, and is not the one that was seen.
        assert talk.unread == unread and rows(store, facts) == [(name, unread, None)]
        assert store.write(lambda conn: chat_seen.see(conn, pk))
        await made.sync.run_once()
        assert talk.unread == 0 and rows(store, facts) == [(name, 0, None)]
        assert not store.write(lambda conn: chat_seen.see(conn, pk))
