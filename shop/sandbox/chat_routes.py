"""The endpoints of customer service: the list of conversations, what was said, sending, reading, opening."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from shop.sandbox.answers import only
from shop.sandbox.chat_talk import Said
from shop.sandbox.chats import Conversation, Message
from shop.sandbox.gate import Call, Route, bad
from shop.sandbox.platform import Json, Platform, RefusedError, body_as
from shop.sandbox.search import BadTokenError, Sorting, paged
from shop.sandbox.shipping import Refusal

_BASE: Final = "/customer_service/202309/conversations"
SENDABLE: Final = {
    "TEXT": "content", "IMAGE": "url", "VIDEO": "vid", "PRODUCT_CARD": "product_id", "ORDER_CARD": "order_id",
    "RETURN_REFUND_CARD": "order_id", "COUPON_CARD": "coupon_id", "LOGISTICS_CARD": "order_id",
}  # fmt: skip
"""Types a seller may send, and the member their content needs."""
LONGEST: Final = 2_000
_FORBIDDEN: Final = re.compile(r"whats\s?app|wa\.me|\bno\.?\s?wa\b|transfer ke rekening", re.IGNORECASE)
"""Ways out of the platform; a text that shows one is refused."""


class SendBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of sending."""

    type: str
    content: str


class OpenBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of opening."""

    buyer_user_id: str


def chat_routes(scope: str) -> tuple[Route, ...]:
    """The rows of the table of endpoints; `scope` is what the token must hold."""
    rows = (
        ("GET", _BASE, conversations),
        ("POST", _BASE, opened),
        ("GET", f"{_BASE}/*/messages", messages),
        ("POST", f"{_BASE}/*/messages", send),
        ("POST", f"{_BASE}/*/messages/read", read),
    )
    return tuple(Route(method, path, scope, handler) for method, path, handler in rows)


def conversations(platform: Platform, call: Call) -> Json:
    """GET .../conversations: the one with the newest message first."""
    only(call, "page_token", "page_size", "locale", "need_session_id")
    chats = _spend(platform)
    by_key = {_key(platform, talk): talk for talk in chats.all()}
    page = _paged(call, sorted(by_key), Sorting("", True, _size(call, 20)), "conversations")
    data: Json = {"next_page_token": page.next_token}
    if page.keys:
        data["conversations"] = [_told(platform, by_key[key]) for key in page.keys]
    return data


def messages(platform: Platform, call: Call) -> Json:
    """GET .../conversations/{id}/messages."""
    only(
        call, "page_token", "page_size", "locale", "sort_order", "sort_field", "need_data", "need_plaintext",
        "time_zone",
    )  # fmt: skip
    talk = _found(platform, call)
    way = call.query.get("sort_order", "DESC")
    if way not in ("ASC", "DESC") or call.query.get("sort_field", "create_time") not in (
        "create_time",
        "index",
    ):
        raise bad("Invalid sort_order or sort_field.")
    shown = {one.at << 26 | one.seq: one for one in _shown(platform, talk)}
    page = _paged(call, sorted(shown), Sorting("", way == "DESC", _size(call, 10)), f"{talk.id}{way}")
    data: Json = {"next_page_token": page.next_token, "unsupported_msg_tips": ""}
    if page.keys:
        data["messages"] = [_message(talk, shown[key]) for key in page.keys]
    return data


def send(platform: Platform, call: Call) -> Json:
    """POST .../conversations/{id}/messages. No repeat is ever refused."""
    only(call)
    body = body_as(call, SendBody)
    talk = _found(platform, call)
    if body.type not in SENDABLE:
        raise bad("Invalid parameter type.")
    try:
        told = msgspec.json.decode(body.content, type=dict[str, Any])
    except msgspec.DecodeError:
        raise bad("Invalid parameter content: it must be a JSON document.") from None
    words = told.get(SENDABLE[body.type])
    if not isinstance(words, str) or not words.strip() or len(words) > LONGEST:
        raise bad(f"Invalid parameter content: {SENDABLE[body.type]} is missing or too long.")
    if talk.closed or platform.faults.mode("chat-closed") is not None:
        raise RefusedError(Refusal(45109001, "Sending is not allowed by the rules of this conversation."))
    if platform.faults.mode("chat-sensitive") is not None or _FORBIDDEN.search(words):
        raise RefusedError(Refusal(45101006, "The message contains sensitive content."))
    made = platform.chats.send(talk, Said("SHOP", body.type, body.content))
    order = platform.world.at(talk.serial)
    platform.world.executed("message", f"{talk.id}:{words}", order, call.request_id)
    return {"message_id": made.id}


def read(platform: Platform, call: Call) -> Json:
    """POST .../conversations/{id}/messages/read."""
    only(call)
    _found(platform, call).unread = 0
    return {}


def opened(platform: Platform, call: Call) -> Json:
    """POST .../conversations: a repeat gives the same one."""
    only(call)
    body = body_as(call, OpenBody)
    talk = _spend(platform).open(body.buyer_user_id)
    if talk is None:
        raise RefusedError(Refusal(45109003, "A conversation with this user cannot be created."))
    return {"conversation_id": talk.id}


def _spend(platform: Platform) -> Any:
    """The conversations, up to date; refuses when the day's requests are used up."""
    if platform.faults.mode("chat-quota") is not None:
        raise RefusedError(Refusal(45101004, "The daily quota of requests is used up."))
    platform.chats.tick()
    return platform.chats


def _found(platform: Platform, call: Call) -> Conversation:
    talk: Conversation | None = _spend(platform).of(call.args[0])
    if talk is None:
        raise RefusedError(Refusal(45101003, "The conversation was not found."))
    return talk


def _shown(platform: Platform, talk: Conversation) -> list[Message]:
    """What reads see now: a lagging replica has not heard of the newest words of the shop."""
    lag = platform.faults.mode("stale-reads")
    since = None if lag is None else platform.world.clock.wall() - lag.seconds
    return [one for one in talk.messages if since is None or one.wall < since]


def _key(platform: Platform, talk: Conversation) -> int:
    shown = _shown(platform, talk)
    return (shown[-1].at if shown else talk.created) << 26 | talk.serial


def _size(call: Call, most: int) -> int:
    size = call.query.get("page_size", "")
    if not (size.isascii() and size.isdigit() and 1 <= int(size) <= most):
        raise bad(f"Invalid page_size: must be between 1 and {most}.")
    return int(size)


def _paged(call: Call, keys: list[int], sorting: Sorting, query: str) -> Any:
    try:
        return paged(keys, 0, len(keys), sorting, call.query.get("page_token", ""), query)
    except BadTokenError as error:
        raise bad(f"Invalid page_token: {error}") from None


def _told(platform: Platform, talk: Conversation) -> Json:
    shown = _shown(platform, talk)
    told: Json = {
        "id": talk.id,
        "participant_count": 2,
        "can_send_message": not talk.closed,
        "unread_count": talk.unread,
        "create_time": talk.created,
        "participants": [
            {
                "im_user_id": f"im{talk.serial}", "user_id": talk.buyer_id, "role": "BUYER",
                "nickname": talk.buyer, "avatar": "", "buyer_platform": talk.platform,
            },
            {"im_user_id": "im0", "role": "SHOP", "nickname": platform.account.shop_name, "avatar": ""},
        ],
    }  # fmt: skip
    if shown:
        told["latest_message"] = _message(talk, shown[-1])
    return told


def _message(talk: Conversation, one: Message) -> Json:
    return {
        "id": one.id,
        "type": one.kind,
        "content": one.content,
        "create_time": one.at,
        "is_visible": True,
        "index": str(one.seq),
        "sender": {
            "im_user_id": f"im{talk.serial if one.role == 'BUYER' else 0}",
            "role": one.role,
            "nickname": "",
        },
    }
