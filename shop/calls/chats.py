"""Conversations with buyers: the list, what was said, and opening one."""

from __future__ import annotations

from typing import Final

import msgspec

from shop import mapping_chats as mapping
from shop.answers import LOCALE
from shop.calls.base import Calls
from shop.requests import Draft, body_of
from shop.writes import segment
from store.chat_facts import ConversationRecord, MessageRecord
from store.records import RejectedRecord

CONVERSATIONS: Final = 20
"""Conversations of one page, at most."""
MESSAGES: Final = 10
"""Messages of one page, at most."""
_BASE: Final = "/customer_service/202309/conversations"


class ConversationPage(msgspec.Struct, frozen=True):
    """A page of conversations; the platform does not document their order."""

    records: list[ConversationRecord]
    rejected: list[RejectedRecord]
    next_token: str | None = None
    total: int | None = None
    named: bool = True
    server_time_ms: int | None = None


class MessagePage(msgspec.Struct, frozen=True):
    """A page of messages, the newest first."""

    records: list[MessageRecord]
    rejected: list[RejectedRecord]
    next_token: str | None = None
    total: int | None = None
    named: bool = True
    server_time_ms: int | None = None


class ChatCalls(Calls):
    """Customer service 202309."""

    async def conversations(
        self, *, page_token: str | None = None, page_size: int = CONVERSATIONS
    ) -> ConversationPage:
        """Conversations with buyers, each with its newest message."""
        query = {"page_size": str(page_size), "page_token": page_token or "", "locale": LOCALE}
        reply, page = await self._page(Draft("GET", _BASE, query), "conversations", mapping.conversation)
        return ConversationPage(*page, server_time_ms=reply.date_ms)

    async def messages(
        self, conversation_id: str, *, page_token: str | None = None, page_size: int = MESSAGES
    ) -> MessagePage:
        """What was said in a conversation, the newest first."""
        query = {
            "page_size": str(page_size),
            "page_token": page_token or "",
            "locale": LOCALE,
            "sort_order": "DESC",
            "sort_field": "create_time",
        }
        draft = Draft("GET", f"{_BASE}/{segment(conversation_id)}/messages", query)
        reply, page = await self._page(draft, "messages", mapping.message)
        return MessagePage(*page, server_time_ms=reply.date_ms)

    async def mark_read(self, conversation_id: str) -> None:
        """Tell the platform that what was said is read. The buyer sees nothing of it, and a repeat changes nothing."""
        await self._channel.read(Draft("POST", f"{_BASE}/{segment(conversation_id)}/messages/read"))

    async def open_conversation(self, buyer_id: str) -> str:
        """The id of the conversation with a buyer (the `user_id` of an order), opened where there was none.

        The buyer sees nothing of it, and a repeat gives the same conversation, so it is safe to ask again.
        """
        draft = Draft("POST", _BASE, body=body_of({"buyer_user_id": buyer_id}))
        return await self._one(draft, mapping.opened)
