"""Conversations for the tests: told as the platform tells them, stored as the background stores them."""

from __future__ import annotations

from typing import Any

from store import chats, orders
from store.chat_facts import ConversationRecord, MessageRecord
from store.db import Store
from store.times import HOUR, MINUTE
from tests.ui.screen_kit import NOW

BUYER_ID = "7491000000000000001"


def said_by(role: str, text: str, number: int, *, at: int | None = None, **more: Any) -> MessageRecord:
    """Message `number`: a minute after the one before it, an hour before NOW, when no time is told."""
    moment = NOW - HOUR + number * MINUTE if at is None else at
    facts: dict[str, Any] = {"kind": "TEXT", "text": text, "content": text} | more
    return MessageRecord(f"7500{number:06d}", moment, role, **facts)


def talked(
    store: Store,
    *messages: MessageRecord,
    number: int = 1,
    buyer_id: str | None = BUYER_ID,
    shop: str = "toko-contoh",
    now: int = NOW,
    **told: Any,
) -> int:
    """A conversation with these messages, as one look at the platform brings it; its row id."""
    facts: dict[str, Any] = {
        "conversation_id": f"7494{number:08d}",
        "buyer_id": buyer_id,
        "buyer": "B*** S***",
        "platform": "TIKTOK_SHOP",
        "unread": sum(one.role == "BUYER" for one in messages),
        "last": messages[-1] if messages else None,
    }
    talk = ConversationRecord(**(facts | told))

    def write(conn: Any) -> int:
        shop_pk = orders.shop_pk(conn, shop)
        newest_first = list(messages)[::-1]
        chats.keep(conn, shop_pk, talk, newest_first, now=now, answer_within=12 * HOUR)
        return chats.known(conn, shop_pk, [talk.conversation_id])[talk.conversation_id].pk

    return store.write(write)
