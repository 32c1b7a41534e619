"""Conversations and messages (customer_service 202309). Times in epoch seconds; `content` is JSON inside a string."""

from __future__ import annotations

import msgspec

from shop.wire.loose import decoder


class Sender(msgspec.Struct):
    """Who wrote a message: BUYER, SHOP, CUSTOMER_SERVICE, SYSTEM or ROBOT."""

    role: str | None = None


class Message(msgspec.Struct):
    """One message."""

    id: str | None = None
    type: str | None = None
    content: str | None = None
    create_time: int | None = None
    is_visible: bool | None = None
    sender: Sender | None = None


class Participant(msgspec.Struct):
    """One side of a conversation; only `user_id` is the id that orders carry."""

    user_id: str | None = None
    role: str | None = None
    nickname: str | None = None
    buyer_platform: str | None = None


class Conversation(msgspec.Struct):
    """One row of the list of conversations, without its newest message."""

    id: str | None = None
    can_send_message: bool | None = None
    unread_count: int | None = None
    create_time: int | None = None
    participants: list[Participant] | None = None


class Newest(msgspec.Struct):
    """The newest message of such a row: read apart, for a row may stand without it."""

    latest_message: msgspec.Raw = msgspec.Raw(b"null")


class Opened(msgspec.Struct):
    """The answer to opening a conversation."""

    conversation_id: str | None = None


decode_message = decoder(Message)
decode_conversation = decoder(Conversation)
decode_newest = msgspec.json.Decoder(Newest).decode
decode_opened = decoder(Opened)
