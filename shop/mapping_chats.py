"""Wire -> values, for conversations. Pure; raises Unmappable like shop/mapping.py.

A message without id, time or sender cannot be kept; everything else about it may be odd. Its `content` is a JSON
document inside a string: whatever cannot be read there leaves a message without words, never without the message.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from shop.mapping import Unmappable, identifier, millis, text
from shop.wire import chats as wire
from shop.wire.loose import BROKEN
from store.chat_facts import BUYER, ConversationRecord, MessageRecord

Json = bytes | msgspec.Raw
LONGEST: Final = 8_000
"""Characters kept of what a message says: four times what the platform takes in a TEXT."""
LARGEST: Final = 32_000
"""Characters kept of its `content`; nobody but an appeal reads it again."""


class _Content(msgspec.Struct):
    """The members of the documents that are documented; a message has one or two of them."""

    content: Any = None
    order_id: Any = None
    product_id: Any = None
    package_id: Any = None
    coupon_id: Any = None
    url: Any = None


def conversation(raw: Json) -> ConversationRecord:
    """A conversation; without a buyer among its participants it still is one."""
    found = wire.decode_conversation(raw)
    buyer = next((one for one in found.participants or () if one.role == BUYER), wire.Participant())
    return ConversationRecord(
        conversation_id=identifier(found.id, "conversation id"),
        buyer_id=text(buyer.user_id),
        buyer=text(buyer.nickname),
        platform=text(buyer.buyer_platform),
        unread=max(found.unread_count or 0, 0),
        # Only a plain no closes it: an answer that leaves the field out is not one.
        can_send=found.can_send_message is not False,
        last=_newest(raw),
    )


def message(raw: Json) -> MessageRecord:
    """One message. Raises Unmappable without id, time or sender."""
    found = wire.decode_message(raw)
    at = millis(found.create_time)
    role = text(found.sender.role) if found.sender is not None else None
    if at is None or role is None:
        raise Unmappable("no create_time" if at is None else "no sender")
    content = text(found.content) or ""
    told = _content(content)
    return MessageRecord(
        message_id=identifier(found.id, "message id"),
        at=at,
        role=role.upper()[:32],
        kind=(text(found.type) or "OTHER").upper()[:48],
        text=_words(told, content),
        content=content[:LARGEST],
        order_id=_id(told.order_id),
        visible=found.is_visible is not False,
    )


def opened(raw: Json) -> str:
    """The id of the conversation that was opened, or was there already."""
    return identifier(wire.decode_opened(raw).conversation_id, "conversation_id")


def _newest(raw: Json) -> MessageRecord | None:
    try:
        found = wire.decode_newest(raw).latest_message
        return None if bytes(found) in (b"null", b"{}", b'""') else message(found)
    except BROKEN:
        return None


def _content(content: str) -> _Content:
    try:
        return msgspec.json.decode(content, type=_Content)
    except BROKEN:
        return _Content()


def _words(told: _Content, content: str) -> str:
    """What a person would read: the document's text, or the string itself where it is no document."""
    if isinstance(told.content, str):
        return told.content.replace("\0", "")[:LONGEST]
    for link in (told.url, told.product_id, told.package_id, told.coupon_id):
        if isinstance(link, str) and link:
            return link.replace("\0", "")[:LONGEST]
    return "" if content.lstrip().startswith(("{", "[")) else content[:LONGEST]


def _id(value: Any) -> str | None:
    try:
        return identifier(str(value), "order_id") if isinstance(value, str | int) and value else None
    except Unmappable:
        return None
