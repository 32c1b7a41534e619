"""Conversations come in: what is news, who waits since when, and what a page, a robot or a bad row does to it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from jobs.chat.wishes import queue_message
from jobs.config.checks import CHATS_LEAST
from jobs.intake.chats import LOOK_EVERY, LOOKS, ChatSync, looks, rest, wait
from shop.calls.chats import ConversationPage, MessagePage
from shop.errors import Refused, Unavailable
from store import actions, chats, orders
from store.chat_facts import ConversationRecord, MessageRecord
from store.db import Store
from store.records import RejectedRecord
from store.times import DAY, HOUR, MINUTE, SECOND
from tests.conftest import FrozenClock
from tests.jobs.runtime_kit import rows
from tests.ui.chat_kit import BUYER_ID, said_by, talked
from tests.ui.screen_kit import NOW, ON_BOTH, put, record

CLOCKS = "SELECT conversation_id, answer_by FROM conversations ORDER BY conversation_id"
NEWS = "SELECT kind, order_id FROM changes WHERE kind LIKE 'chat.%' ORDER BY seq"


class Platform:
    """The two calls, with pages of two; every request is counted."""

    def __init__(self) -> None:
        self.talks: dict[str, list[MessageRecord]] = {}
        self.closed: set[str] = set()
        self.garbled: set[str] = set()
        self.asked: list[str] = []
        self.bad: list[RejectedRecord] = []

    def say(self, talk: str, *messages: MessageRecord) -> None:
        self.talks.setdefault(talk, []).extend(messages)

    async def conversations(self, *, page_token: str | None = None) -> ConversationPage:
        self.asked.append("list")
        newest = sorted(self.talks, key=lambda one: -self.talks[one][-1].at)
        at = int(page_token or 0)
        made = [
            ConversationRecord(
                one,
                f"buyer{one}",
                "B***",
                "TOKOPEDIA",
                1,
                True,
                None if one in self.garbled else self.talks[one][-1],
            )
            for one in newest[at : at + 2]
        ]
        more = str(at + 2) if at + 2 < len(newest) else None
        return ConversationPage(made, self.bad if at == 0 else [], more)

    async def messages(self, conversation_id: str, *, page_token: str | None = None) -> MessagePage:
        self.asked.append(conversation_id)
        if conversation_id in self.closed:
            raise Refused(code=45102007)
        if conversation_id in self.garbled:
            return MessagePage([], [RejectedRecord("messages", "Unmappable: no sender", b"{1}")], "2")
        newest = self.talks[conversation_id][::-1]
        at = int(page_token or 0)
        more = str(at + 2) if at + 2 < len(newest) else None
        return MessagePage(newest[at : at + 2], [], more)


@pytest.fixture
def platform() -> Platform:
    return Platform()


def counted(store: Store) -> list[object]:
    """Grows by one with each transaction that writes."""
    write, made = store.awrite, list[object]()

    async def counting(work: Any) -> Any:
        made.append(work)
        return await write(work)

    store.awrite = counting  # type: ignore[method-assign,assignment]
    return made


def sync_of(store: Store, platform: Any, clock: FrozenClock) -> ChatSync:
    shop = store.write(lambda conn: orders.shop_pk(conn, "toko-contoh"))
    return ChatSync(store, platform, shop, clock=clock)


@ON_BOTH
async def test_only_what_is_new_is_read_and_told(
    store: Store, clock: FrozenClock, platform: Platform
) -> None:
    for number in range(1, 6):
        platform.say(f"{number}", *(said_by("BUYER", f"pesan {at}", 10 * number + at) for at in range(3)))
    sync = sync_of(store, platform, clock)
    first = await sync.run_once()
    assert (first.seen, first.read, first.messages, first.asked) == (5, 5, 15, 15)
    assert rows(store, NEWS) == []  # a first look at an old shop is no news
    platform.asked.clear()
    again = await sync.run_once()
    assert (again.read, again.messages, platform.asked) == (0, 0, ["list"])
    put(store, [record(1, buyer_id="buyer2"), record(2, buyer_id="buyer2", created_at=NOW - DAY)])
    platform.say("2", *(said_by("BUYER", f"lagi {at}", 100 + at) for at in range(5)))
    platform.asked.clear()
    third = await sync.run_once()
    assert (third.messages, third.asked) == (5, 5)
    # Two pages of the list: the first brought news. Three of messages: back to the one that was known.
    assert platform.asked == ["list", "2", "2", "2", "list"]
    assert rows(store, NEWS) == [("chat.message", record(1).order_id)]
    clock.advance(HOUR)
    platform.asked.clear()
    await sync.run_once()
    assert platform.asked == ["list"] * 3


@ON_BOTH
async def test_the_clock_runs_from_the_first_message_that_no_person_answered(
    store: Store, clock: FrozenClock
) -> None:
    def clock_of(number: int, *messages: MessageRecord) -> int | None:
        talked(store, *messages, number=number)
        found = {str(talk): at for talk, at in rows(store, CLOCKS)}[f"7494{number:08d}"]
        return None if found is None else int(str(found))

    one, two, three = (said_by("BUYER", "kak", at) for at in (1, 2, 3))
    robot, card = said_by("ROBOT", "otomatis", 4), said_by("BUYER", "", 5, kind="BUYER_ENTER_FROM_ORDER")
    assert clock_of(1, one, robot, two) == one.at + 12 * HOUR
    assert clock_of(1, one, robot, two, said_by("CUSTOMER_SERVICE", "siap", 6)) is None
    assert (
        clock_of(1, said_by("BUYER", "lagi", 7), said_by("BUYER", "halo?", 8))
        == NOW - HOUR + 7 * MINUTE + 12 * HOUR
    )
    assert clock_of(2, card) is None
    assert clock_of(3, said_by("SHOP", "halo", 1), said_by("SYSTEM", "x", 2)) is None
    # The same second: the answer counts as one.
    assert clock_of(4, said_by("BUYER", "a", 1, at=NOW), said_by("SHOP", "b", 2, at=NOW)) is None
    assert (
        clock_of(5, three, said_by("BUYER", "tak tampak", 9, at=NOW - DAY, visible=False))
        == three.at + 12 * HOUR
    )


async def test_late_is_told_once_when_the_time_is_over(
    store: Store, clock: FrozenClock, platform: Platform
) -> None:
    put(store, [record(1, buyer_id="buyer1")])
    platform.say("1", said_by("BUYER", "halo", 1))
    sync = sync_of(store, platform, clock)
    told = []
    for step in (0, 11 * HOUR, HOUR - 59 * MINUTE - SECOND, SECOND + 59 * MINUTE, MINUTE):
        clock.advance(step)
        told.append((await sync.run_once()).late)
    assert sum(told) == 1 and told[-1] == 0
    assert rows(store, NEWS) == [("chat.late", record(1).order_id)]


@ON_BOTH
async def test_what_cannot_be_read_hides_nothing_and_is_asked_ever_more_seldom(
    store: Store, clock: FrozenClock, platform: Platform
) -> None:
    for number in range(1, 5):
        platform.say(f"{number}", said_by("BUYER", f"pesan {number}", number))
    platform.closed.add("4")
    platform.garbled.add("3")
    platform.bad.append(RejectedRecord("conversations", "Unmappable: no id", b"{}"))
    report = await sync_of(store, platform, clock).run_once()
    assert (report.seen, report.read, report.unreadable, report.rejected) == (4, 2, 2, 2)
    # What the list told of them is known all the same.
    assert [at is not None for _, at in rows(store, CLOCKS)] == [True, True, False, True]
    platform.asked.clear()
    writes = counted(store)
    for _ in range(12 * 8):  # eight hours of passes, each by a process of its own
        clock.advance(5 * MINUTE)
        await sync_of(store, platform, clock).run_once()
    asked = [one for one in platform.asked if one != "list"]
    # 10, 20, 40, 80, 160 minutes: the sixth would be after ten hours.
    assert asked.count("3") == asked.count("4") == 5 and set(asked) == {"3", "4"}
    assert platform.asked.count("list") == 96 + 8  # none of it counts as news: the first page was enough
    assert len(writes) <= 10 + 8
    # Another newest message is looked at at once, and a success is forgotten.
    platform.closed.clear()
    platform.say("4", said_by("BUYER", "lagi", 900))
    platform.asked.clear()
    assert (await sync_of(store, platform, clock).run_once()).messages == 1
    assert platform.asked.count("4") == 1
    memory = "SELECT conversation_id, tries FROM conversations ORDER BY conversation_id"
    assert rows(store, memory) == [("1", None), ("2", None), ("3", 6), ("4", None)]


async def test_a_quiet_pass_writes_nothing_and_a_page_is_one_write(
    store: Store, clock: FrozenClock, platform: Platform
) -> None:
    for number in range(1, 4):
        platform.say(f"{number}", said_by("BUYER", f"pesan {number}", number))
    sync, writes = sync_of(store, platform, clock), counted(store)
    await sync.run_once()
    assert len(writes) == 3  # two pages, and how far we are
    writes.clear()
    await sync.run_once()
    assert writes == []
    for number in (1, 2):
        platform.say(f"{number}", said_by("BUYER", "lagi", 10 + number))
    await sync.run_once()
    assert len(writes) == 1


async def test_who_waits_is_shown_at_an_order_that_comes_later_even_while_the_list_is_down(
    store: Store, clock: FrozenClock, platform: Platform
) -> None:
    platform.say("1", said_by("BUYER", "masih ada?", 1))
    sync = sync_of(store, platform, clock)
    await sync.run_once()
    put(store, [record(1, buyer_id="buyer1")])
    writes, ask = counted(store), platform.conversations

    async def broken(**_: Any) -> Any:
        raise Unavailable

    platform.conversations = broken  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        await sync.run_once()
    shown = said_by("BUYER", "", 1).at + 12 * HOUR
    assert rows(store, "SELECT chat_by FROM orders") == [(shown,)] and len(writes) == 1
    platform.conversations = ask  # type: ignore[method-assign]
    await sync.run_once()
    assert len(writes) == 1


async def test_news_that_cannot_be_read_leads_on_to_the_next_page(
    store: Store, clock: FrozenClock, platform: Platform
) -> None:
    for number in range(1, 5):
        platform.say(f"{number}", said_by("BUYER", "halo", number))
    sync = sync_of(store, platform, clock)
    await sync.run_once()
    platform.asked.clear()
    platform.closed |= {"3", "4"}
    for number in (2, 3, 4):
        platform.say(f"{number}", said_by("BUYER", "lagi", 10 + number))
    report = await sync.run_once()
    assert platform.asked == ["list", "4", "3", "list", "2"]
    assert (report.asked, report.unreadable) == (3, 2)
    # Looks in vain lead nowhere, not even where what the list tells was forgotten here.
    store.write(lambda conn: chats.forget(conn, NOW))
    clock.advance(wait(1))
    platform.asked.clear()
    await sync.run_once()
    assert platform.asked == ["list", "4", "3"]


@pytest.mark.parametrize(("pages", "day"), [(1, 24), (500, 2_000)])
def test_the_budget_of_a_day_without_news(pages: int, day: int) -> None:
    assert pages * DAY // rest(pages) <= day
    assert looks(None, NOW) == looks(NOW - DAY, NOW) == LOOKS and looks(NOW, NOW) == 0 < looks(NOW + 1, NOW)
    assert [wait(tries) // MINUTE for tries in (1, 2, 3, 99)] == [10, 20, 40, 24 * 60]
    assert DAY // CHATS_LEAST + 2_000 + DAY // LOOK_EVERY + LOOKS < 10_000


async def test_all_pages_are_not_begun_anew_at_once_when_the_line_broke(
    store: Store, clock: FrozenClock, platform: Platform
) -> None:
    for number in range(1, 6):
        platform.say(f"{number}", said_by("BUYER", "halo", number))
    sync, ask = sync_of(store, platform, clock), platform.conversations

    async def broken(*, page_token: str | None = None) -> ConversationPage:
        if page_token == "4":
            platform.asked.append("list")
            raise Unavailable
        return await ask(page_token=page_token)

    platform.conversations = broken  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        await sync.run_once()
    platform.asked.clear()
    await sync.run_once()
    assert platform.asked == ["list"]
    clock.advance(5 * MINUTE)
    platform.conversations = ask  # type: ignore[method-assign]
    platform.asked.clear()
    report = await sync.run_once()
    assert platform.asked == ["list", "list", "list", "1"] and report.asked == 1
    assert rows(store, NEWS) == []  # the first look at all of them ended only now


async def test_trouble_with_the_list_moves_no_mark(
    store: Store, clock: FrozenClock, platform: Platform
) -> None:
    async def broken(**_: Any) -> Any:
        raise Unavailable

    platform.conversations = broken  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        await sync_of(store, platform, clock).run_once()
    assert rows(store, "SELECT * FROM sync_state") == []


@ON_BOTH
def test_the_reader_lists_what_waits_first_with_the_orders_of_each(store: Store, clock: FrozenClock) -> None:
    put(
        store,
        [record(1, buyer_id=BUYER_ID), record(2, buyer_id=BUYER_ID, created_at=NOW), record(3, buyer_id="x")],
    )
    waits = talked(store, said_by("BUYER", "halo", 1), number=1)
    talked(store, said_by("SHOP", "siap", 2), number=2, buyer_id=None, shop="lain")
    with_reader = store.reader()
    try:
        listed = with_reader.with_orders(with_reader.chats())
        assert [row.pk for row in with_reader.chats(unanswered=True)] == [waits] == [listed[0].pk]
        assert listed[0].order_ids == (record(2).order_id, record(1).order_id) and listed[1].order_ids == ()
        assert with_reader.waiting_chats(NOW + DAY)[:2] == (1, 1) and with_reader.waiting_chats(NOW)[:2] == (
            1,
            0,
        )
        assert [one.text for one in with_reader.chat_messages(waits)] == ["halo"]
        assert with_reader.chat(10_000) is None and with_reader.chat_of(10_000) is None
    finally:
        with_reader.close()


@ON_BOTH
def test_what_is_old_is_forgotten_and_what_waits_is_not(store: Store, clock: FrozenClock) -> None:
    talked(
        store,
        said_by("BUYER", "lama", 1, at=NOW - 100 * DAY),
        said_by("SHOP", "ya", 2, at=NOW - 99 * DAY),
        number=1,
    )
    pk = talked(store, said_by("BUYER", "baru", 3), number=2)
    ends = {
        "lama": ("done", 95),
        "ditolak": ("refused", 95),
        "baru saja": ("done", 89),
        "tidak tahu": ("needs_person", 95),
    }
    for text, (state, days) in ends.items():
        at = NOW - days * DAY

        def write(conn: Connection, text: str = text, state: str = state, at: int = at) -> None:
            assert queue_message(conn, conversation_pk=pk, text=text, by="seller", now=at) is not None
            (row,) = actions.claim(conn, owner="t", now=at, lease_ms=60_000, limit=1)
            assert actions.mark_sending(conn, row.id, row.fence, at, signed_at=at)
            assert actions.finish(conn, row.id, row.fence, state, now=at)

        store.write(write)
    assert store.write(lambda conn: chats.forget(conn, NOW - 90 * DAY)) == 2
    assert rows(store, "SELECT last_text FROM conversations ORDER BY id") == [(None,), ("baru",)]
    told = rows(store, "SELECT state, params FROM actions ORDER BY id")
    left = [(state, msgspec.json.decode(str(params))["text"]) for state, params in told]
    assert left == [("done", ""), ("refused", ""), ("done", "baru saja"), ("needs_person", "tidak tahu")]
    assert store.write(lambda conn: chats.forget(conn, NOW - 90 * DAY)) == 0
    reader = store.reader()
    try:
        assert [wish.text for wish in reader.chat_wishes(pk)] == ["tidak tahu"]
    finally:
        reader.close()
