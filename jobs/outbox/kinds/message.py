"""Send a message to a buyer. The platform refuses no repeat, so it is never resendable.

Evidence is the conversation itself: its newest messages, as far back as the request was signed. A message by a
person of the shop with the same text is ours; the same text is never under way twice in one conversation
(jobs/chat/wishes.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from jobs.chat.wishes import MessageParams, same_text
from jobs.outbox.kinds.base import Client, Usual, answer_of
from jobs.outbox.rules import Answer, Evidence, Seen, State
from shop.chat_writes import send_text
from shop.errors import ShopError
from shop.writes import parse_write
from store.actions import Claimed
from store.chat_facts import PEOPLE, MessageRecord
from store.times import MINUTE, SECOND

PAGES: Final = 5
"""Pages that are read back at most; a conversation with more news than that proves nothing."""
SLACK: Final = MINUTE
"""How far the platform's clock, which dates the messages, may be behind ours: it takes no stamp from further ahead
than 30 seconds. The same text is never sent twice within it (jobs/chat/wishes.py, ECHO)."""
_NEVER: Final = {
    45101003: "chat_not_found",
    45102007: "chat_not_ours",
    45109001: "chat_closed",
    45109003: "chat_cannot_open",
}
"""Codes of a read after which no message can arrive, with our word for each."""


class Send(Usual):
    """`message`. The target is the conversation, or the buyer, and a number of the wish's own."""

    resendable = False

    def __init__(self) -> None:
        self._opened: dict[tuple[int, int], str] = {}
        """By shop and row: the conversation that the read before a send has opened, until the request is made."""

    async def read(self, client: Client, row: Claimed, now: int) -> Evidence:
        """Look whether the message is there; before the first send, whether the conversation is."""
        wish = params(row)
        if not wish.text:
            return Evidence(Seen.IMPOSSIBLE, now, problem="text_forgotten")
        try:
            where = wish.conversation_id
            if where is None:
                # Asking again gives the same conversation, and the buyer sees nothing of it.
                where = await client.open_conversation(wish.buyer_id)
                self._opened[row.shop_id, row.id] = where
            return await _look(client, row, where, wish.text, now)
        except ShopError as error:
            word = _NEVER.get(error.code or 0)
            if word is None or row.attempts > 0:
                raise
            return Evidence(Seen.IMPOSSIBLE, now, problem=word)

    def prepare(self, client: Client, rows: Sequence[Claimed], signed_at: int) -> Any:
        """The text, for the conversation that was looked at."""
        (row,) = rows
        wish = params(row)
        where = wish.conversation_id or self._opened.pop((row.shop_id, row.id))
        return client.prepare(send_text(where, wish.text), signed_at // 1_000)

    def answers(self, client: Client, reply: Any, rows: Sequence[Claimed]) -> Mapping[str, Answer]:
        """One verdict for the message."""
        return {row.target: answer_of(parse_write(reply)) for row in rows}


def params(row: Claimed) -> MessageParams:
    """What a row asks for."""
    return msgspec.json.decode(row.params, type=MessageParams)


async def _look(client: Client, row: Claimed, where: str, text: str, now: int) -> Evidence:
    # What was there before we ever signed is somebody else's, or an older message of the same words.
    signed = row.signed_at or (row.requested_at if row.attempts else None)
    since = now if signed is None else signed - SLACK
    # An answer without the list is how an empty conversation is told, and one that holds messages never. Only where we
    # opened it ourselves can it be empty, and a queued row there is one that did certainly nothing so far, or that a
    # person insists on.
    fresh = params(row).conversation_id is None
    token: str | None = None
    for _ in range(PAGES):
        page = await client.messages(where, page_token=token)
        if signed is None:
            return Evidence(Seen.NOT_DONE, now)
        for one in page.records:
            if _is_it(one, text, since):
                return Evidence(Seen.DONE, now, one.message_id)
        if page.rejected or not (page.named or (fresh and row.state == State.QUEUED)):
            # It may be among those that could not be read, or that the answer left out.
            return Evidence(Seen.UNREADABLE, now, problem="messages_not_told")
        older = any(one.at < since for one in page.records)
        token = page.next_token
        if older or token is None:
            return Evidence(Seen.NOT_DONE, now)
    return Evidence(Seen.UNREADABLE, now, problem="messages_too_many")


def _is_it(message: MessageRecord, text: str, since: int) -> bool:
    return message.role in PEOPLE and message.at >= since - since % SECOND and same_text(message.text, text)
