"""Conversations of one shop: who wrote, what was said, and what no person has answered yet.

The list of conversations is not documented to be in any order, and a day has only 10,000 requests (45101004). So each
pass reads pages until one brings nothing new, as in a list with the newest first, and now and then all of them. What
no news cost in a day, at most:

| requests | of |
| --- | --- |
| 5,760 | passes that read one page, each 15 s, the least the settings take (2,880 at the usual 30 s) |
| 2,000 | pages of passes that read all (WHOLE_A_DAY) |
| 1,500 | looks at conversations that cannot be read (LOOK_EVERY; one request each) |

Whatever else is asked has brought a message, or is a person's wish.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection

from jobs.intake.sync import Alive, quiet
from jobs.rulebook import rulebook, wib_day
from shop.calls.chats import ConversationPage
from shop.client import ShopClient
from shop.errors import Refused, ShopError
from store import chat_clock, chat_seen, chats, orders
from store.chat_facts import ConversationRecord, MessageRecord
from store.chats import Known, Taken
from store.db import Store
from store.records import RejectedRecord
from store.times import DAY, HOUR, MINUTE, Clock

log = logging.getLogger(__name__)

WHOLE_EVERY: Final = HOUR
"""How often every page is read, as long as there are few."""
WHOLE_A_DAY: Final = 2_000
"""Pages that this may cost in a day: five hundred pages are read four times."""
AGAIN: Final = 5 * MINUTE
"""When a pass over all that broke off is begun anew, at the earliest."""
FIRST: Final = 3
"""Pages of messages that are read of a conversation nobody has told of yet."""
MOST: Final = 20
"""Pages of messages read at most of one that is known: two hundred messages since the last look."""
ENDLESS: Final = 500
"""Pages of conversations after which a list that does not end is left."""
LOOK_EVERY: Final = MINUTE
"""Of conversations without news that can be told, one is looked at in this time ..."""
LOOKS: Final = 60
"""... and so many at once after a long pause."""
WAITS: Final = (10 * MINUTE, DAY)
"""How long after the first look in vain at a conversation the next one is; doubled each time, up to the second."""
SEEN, WHOLE = "chats", "chats_whole"
"""Streams: up to when lateness was told, and when all pages are due to be read."""
READS: Final = 20
"""Conversations that are marked as read in one pass."""


class ChatReport(msgspec.Struct):
    """What a pass did."""

    seen: int = 0
    """Conversations that were told of."""
    read: int = 0
    """Those whose messages were read."""
    messages: int = 0
    asked: int = 0
    """New messages that buyers wrote."""
    late: int = 0
    """Conversations whose time for an answer has just ended."""
    rejected: int = 0
    unreadable: int = 0
    """Conversations whose messages were asked for and not told; they are tried again, ever more seldom."""


class _Marks(NamedTuple):
    """What a pass begins with."""

    seen: int | None
    whole_at: int | None
    tried_at: int | None
    misplaced: bool
    """An order's clock of its waiting buyer is not the right one."""


class _News(NamedTuple):
    """A conversation to be stored."""

    talk: ConversationRecord
    messages: list[MessageRecord] | None = None
    in_vain: bool = False
    told: bool = False
    """The list itself told another newest message."""


class ChatSync:
    """Keeps one shop's conversations up to date."""

    def __init__(self, store: Store, client: ShopClient, shop_id: int, *, clock: Clock) -> None:
        self._store = store
        self._client = client
        self._shop_id = shop_id
        self._clock = clock
        self._whole = False
        self._news = False
        self._looks = 0
        self._pages = 0

    async def run_once(self, alive: Alive = quiet) -> ChatReport:
        """One pass. Raises what the list of conversations raises; what was stored before stays."""
        report, now = ChatReport(), self._clock()
        marks = await self._store.aread(self._marks)
        if marks.misplaced:
            # Before anything is asked: a buyer who waits is to be seen while the platform does not answer, too.
            await self._store.awrite(lambda conn: chat_clock.mend(conn, self._shop_id))
        # A clock that was set back must not keep the whole list from being read for years.
        due = marks.whole_at
        self._whole = due is None or not now < due <= now + rest(ENDLESS)
        self._news = marks.seen is not None
        self._looks = looks(marks.tried_at, now)
        self._pages = 0
        try:
            await self._walk(report, alive)
        except Exception:
            if self._whole and self._pages:
                # All these pages again in half a minute, and again, would use up the day.
                await self._store.awrite(partial(self._mark, WHOLE, now + rest(self._pages, AGAIN), now))
            raise
        since = marks.seen
        if self._whole or (since is not None and await self._store.aread(partial(self._late, now, since))):
            report.late = await self._store.awrite(partial(self._told, now, since))
        await self._tell_read()
        return report

    def _marks(self, conn: Connection) -> _Marks:
        shop = self._shop_id
        seen, whole_at = orders.stream(conn, shop, SEEN), orders.stream(conn, shop, WHOLE)
        return _Marks(seen, whole_at, chats.tried_last(conn, shop), bool(chat_clock.wrong(conn, shop)))

    def _mark(self, stream: str, at: int, now: int, conn: Connection) -> None:
        orders.set_stream(conn, self._shop_id, stream, at, now)

    def _late(self, now: int, since: int, conn: Connection) -> bool:
        return bool(chats.overdue(conn, self._shop_id, now, since))

    def _told(self, now: int, since: int | None, conn: Connection) -> int:
        late = 0 if since is None else chats.late(conn, self._shop_id, now, since)
        self._mark(SEEN, now, now, conn)
        if self._whole:
            self._mark(WHOLE, now + rest(self._pages), now, conn)
        return late

    async def _walk(self, report: ChatReport, alive: Alive) -> None:
        token: str | None = None
        for _ in range(ENDLESS):
            page = await self._client.conversations(page_token=token)
            self._pages += 1
            changed = await self._take(page, report, alive)
            token = page.next_token
            if token is None or not (changed or self._whole):
                return

    async def _take(self, page: ConversationPage, report: ChatReport, alive: Alive) -> bool:
        """Read what is new of a page and store it in one transaction, or nothing; whether messages came of it."""
        known = await self._store.aread(partial(_known, self._shop_id, page.records))
        news: list[_News] = []
        rejected = list(page.rejected)
        try:
            for talk in page.records:
                before = known.get(talk.conversation_id)
                if (told := _is_news(talk, before)) or self._may_look(before):
                    read = await self._read(talk, before, rejected)
                    news.append(read._replace(told=told))
                elif before is None or not before.says(talk):
                    news.append(_News(talk))
                alive()
        finally:
            # What was read before the line broke stays.
            taken: Sequence[Taken] = ()
            if rejected:
                rejected = await self._store.aread(partial(_unheard, self._shop_id, rejected))
            if news or rejected:
                taken = await self._store.awrite(partial(self._keep, news, rejected))
        report.seen += len(page.records)
        report.read += sum(one.messages is not None for one in news)
        report.unreadable += sum(one.in_vain for one in news)
        report.rejected += len(rejected)
        report.messages += sum(one.new for one in taken)
        report.asked += sum(one.asked for one in taken)
        # What only a look in vain brought (an old message, forgotten here) would cost a page at each look.
        return any(what.new and (one.told or not one.in_vain) for one, what in zip(news, taken, strict=True))

    def _may_look(self, before: Known | None) -> bool:
        """Whether it is the turn of a conversation of which the list alone can bring no news."""
        if before is None or before.tried_at is None or not self._looks:
            return False
        if before.tried_at <= self._clock() < before.tried_at + wait(before.tries or 1):
            return False
        self._looks -= 1
        return True

    def _keep(self, news: Sequence[_News], rejected: list[RejectedRecord], conn: Connection) -> list[Taken]:
        now, shop = self._clock(), self._shop_id
        within = rulebook().at(wib_day(now)).chat_answer_hours * HOUR
        orders.reject(conn, shop, rejected, now)
        return [
            chats.keep(
                conn, shop, talk, messages, now=now, answer_within=within, news=self._news, in_vain=in_vain
            )
            for talk, messages, in_vain, _ in news
        ]

    async def _read(
        self, talk: ConversationRecord, before: Known | None, rejected: list[RejectedRecord]
    ) -> _News:
        """What was said since the last look, the newest first."""
        until = None if before is None else before.synced_message
        found: list[MessageRecord] = []
        token: str | None = None
        for _ in range(FIRST if until is None else MOST):
            try:
                page = await self._client.messages(talk.conversation_id, page_token=token)
            except Refused as error:
                # One conversation that is closed to us must not hide the others.
                log.info("a conversation could not be read: %s", error)
                return _News(talk, in_vain=True)
            found += page.records
            rejected += page.rejected
            token = page.next_token
            if token is None or not page.records or any(one.message_id == until for one in page.records):
                break
        return _News(talk, found) if found else _News(talk, in_vain=True)

    async def _tell_read(self) -> None:
        """Mark as read on the platform what a person has seen here, unless something was written since."""
        shop = self._shop_id
        for pk, conversation_id, whole in await self._store.aread(
            lambda conn: chat_seen.seen(conn, shop, READS)
        ):
            told = whole
            if whole:
                try:
                    await self._client.mark_read(conversation_id)
                except ShopError as error:
                    # Whoever opens it again asks for it again; it is worth no second try of ours.
                    log.info("a conversation could not be marked as read: %s", error)
                    told = False
            await self._store.awrite(partial(_was_read, pk, told))


def rest(pages: int, least: int = WHOLE_EVERY) -> int:
    """How long after a pass over so many pages the next one may begin."""
    return max(least, pages * DAY // WHOLE_A_DAY)


def wait(tries: int) -> int:
    """How long after so many looks in vain a conversation is left alone."""
    first, longest = WAITS
    return min(first << min(tries - 1, 10), longest)


def looks(last: int | None, now: int) -> int:
    """How many looks in vain are to be had, by when the last one was."""
    if last is None or last > now:
        return LOOKS if last is None else 1
    return min((now - last) // LOOK_EVERY, LOOKS)


def _known(shop_id: int, talks: Sequence[ConversationRecord], conn: Connection) -> dict[str, Known]:
    return chats.known(conn, shop_id, [talk.conversation_id for talk in talks])


def _unheard(shop_id: int, rejected: Sequence[RejectedRecord], conn: Connection) -> list[RejectedRecord]:
    return chats.unheard(conn, shop_id, rejected)


def _was_read(pk: int, told: bool, conn: Connection) -> None:
    chat_seen.was_read(conn, pk, told=told)


def _is_news(talk: ConversationRecord, before: Known | None) -> bool:
    """Whether the list tells another newest message than when its messages were read, or asked for in vain."""
    if before is None:
        return True
    if talk.last is None:
        return before.tried_message != ""
    return talk.last.message_id != (
        before.synced_message if before.tried_message is None else before.tried_message
    )
