"""Conversations of one shop: who wrote, what was said, and what no person has answered yet.

The list of conversations is not documented to be in any order, and a day has only so many requests (45101004). So each
pass reads pages until one brings nothing new, as in a list with the newest first, and once an hour all of them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection

from jobs.intake.sync import Alive, quiet
from jobs.rulebook import rulebook, wib_day
from shop.client import ShopClient
from shop.errors import Refused
from store import chats, orders
from store.chat_facts import ConversationRecord, MessageRecord
from store.chats import Known
from store.db import Store
from store.records import RejectedRecord
from store.times import HOUR, Clock

log = logging.getLogger(__name__)

WHOLE_EVERY: Final = HOUR
"""How often every page is read."""
FIRST: Final = 3
"""Pages of messages that are read of a conversation nobody has told of yet."""
MOST: Final = 20
"""Pages of messages read at most of one that is known: two hundred messages since the last look."""
ENDLESS: Final = 500
"""Pages of conversations after which a list that does not end is left."""
SEEN, WHOLE = "chats", "chats_whole"
"""Streams: up to when lateness was told, and when all pages were read last."""


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
    """Conversations whose messages the platform would not show; they are tried again."""


class ChatSync:
    """Keeps one shop's conversations up to date."""

    def __init__(self, store: Store, client: ShopClient, shop_id: int, *, clock: Clock) -> None:
        self._store = store
        self._client = client
        self._shop_id = shop_id
        self._clock = clock

    async def run_once(self, alive: Alive = quiet) -> ChatReport:
        """One pass. Raises what the list of conversations raises; what was stored before stays."""
        report = ChatReport()
        now = self._clock()
        seen, whole_at = await self._store.aread(self._marks)
        # A clock that was set back must not keep the whole list from being read for years.
        whole = whole_at is None or not whole_at <= now < whole_at + WHOLE_EVERY
        await self._walk(report, alive, whole=whole, news=seen is not None)
        report.late = await self._store.awrite(lambda conn: self._told(conn, now, seen, whole=whole))
        return report

    def _marks(self, conn: Connection) -> tuple[int | None, int | None]:
        return orders.stream(conn, self._shop_id, SEEN), orders.stream(conn, self._shop_id, WHOLE)

    def _told(self, conn: Connection, now: int, seen: int | None, *, whole: bool) -> int:
        late = 0 if seen is None else chats.late(conn, self._shop_id, now, seen)
        orders.set_stream(conn, self._shop_id, SEEN, now, now)
        if whole:
            orders.set_stream(conn, self._shop_id, WHOLE, now, now)
        return late

    async def _walk(self, report: ChatReport, alive: Alive, *, whole: bool, news: bool) -> None:
        token: str | None = None
        for _ in range(ENDLESS):
            page = await self._client.conversations(page_token=token)
            known = await self._store.aread(partial(_known, self._shop_id, page.records))
            changed = False
            for talk in page.records:
                before = known.get(talk.conversation_id)
                fresh = _is_news(talk, before, whole=whole)
                changed = changed or fresh
                await self._take(talk, before, report, read=fresh, news=news)
                alive()
            await self._reject(page.rejected, report)
            token = page.next_token
            if token is None or not (changed or whole):
                return

    async def _take(
        self, talk: ConversationRecord, before: Known | None, report: ChatReport, *, read: bool, news: bool
    ) -> None:
        messages = None
        if read:
            try:
                messages = await self._messages(talk, before, report)
            except Refused as error:
                # One conversation that is closed to us must not hide the others.
                log.info("a conversation could not be read: %s", error)
                report.unreadable += 1
        now = self._clock()
        hours = rulebook().at(wib_day(now)).chat_answer_hours
        taken = await self._store.awrite(
            lambda conn: chats.keep(
                conn, self._shop_id, talk, messages, now=now, answer_within=hours * HOUR, news=news
            )
        )
        report.seen += 1
        report.read += messages is not None
        report.messages += taken.new
        report.asked += taken.asked

    async def _messages(
        self, talk: ConversationRecord, before: Known | None, report: ChatReport
    ) -> list[MessageRecord]:
        """What was said since the last look, the newest first."""
        until = None if before is None else before.synced_message
        found: list[MessageRecord] = []
        token: str | None = None
        for _ in range(FIRST if until is None else MOST):
            page = await self._client.messages(talk.conversation_id, page_token=token)
            found += page.records
            await self._reject(page.rejected, report)
            token = page.next_token
            if token is None or any(one.message_id == until for one in page.records):
                break
        return found

    async def _reject(self, rejected: list[RejectedRecord], report: ChatReport) -> None:
        if rejected:
            report.rejected += len(rejected)
            now = self._clock()
            await self._store.awrite(lambda conn: orders.reject(conn, self._shop_id, rejected, now))


def _known(shop_id: int, talks: Sequence[ConversationRecord], conn: Connection) -> dict[str, Known]:
    return chats.known(conn, shop_id, [talk.conversation_id for talk in talks])


def _is_news(talk: ConversationRecord, before: Known | None, *, whole: bool) -> bool:
    if before is None or before.synced_message is None:
        return True
    # Without a newest message nobody can tell: look whenever everything is looked at.
    return whole if talk.last is None else talk.last.message_id != before.synced_message
