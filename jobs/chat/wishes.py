"""A message to a buyer as a wish: checked here, sent by the outbox, never twice, never lost.

Each wish has a target of its own (the conversation and a number drawn by chance), because the same conversation takes
many messages. What keeps a second key press from sending twice is the text: the same one is refused while the first
may still arrive, and for a while after it did.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, or_, select

from store import actions
from store.bulk import one_writer, table_of
from store.chat_facts import LONGEST
from store.chats import conversation_of
from store.models import Action, Conversation, Order, Shop
from store.times import MINUTE

KIND: Final = "message"
ECHO: Final = 2 * MINUTE
"""So long after a message arrived the same text is taken for a second key press."""
_UNFIT: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control signs but the end of a line, and those that turn a line around: what is shown is what is sent."""
_ACTIONS: Final = table_of(Action)
_TALKS: Final = table_of(Conversation)
_ORDERS: Final = table_of(Order)
_SHOPS: Final = table_of(Shop)
_UNDER_WAY: Final = ("queued", "sending", "unknown", "needs_person")


class MessageParams(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the row keeps of a message; one of the two ids is set."""

    text: str
    conversation_id: str | None = None
    buyer_id: str | None = None
    """Of a buyer without a conversation: it is opened first, which shows the buyer nothing."""


class UnfitText(ValueError):
    """A text that cannot be sent, whoever it is for. `problem`: `empty` or `too_long`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def checked(text: str) -> str:
    """The text as it will be sent: no blanks around it, no signs that steer a screen. Raises UnfitText."""
    found = _UNFIT.sub("", text).strip()
    if not found:
        raise UnfitText("empty")
    if len(found) > LONGEST:
        raise UnfitText("too_long")
    return found


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same message; platforms change blanks and line ends."""
    return one.split() == other.split()


def queue_message(
    conn: Connection,
    *,
    conversation_pk: int,
    text: str,
    by: str,
    now: int,
    order_pk: int | None = None,
    batch_id: str | None = None,
) -> int | None:
    """Write a message down for the sender: the id of its row of the outbox.

    None: refused, because the platform lets nobody write there, because the same text is under way or has just
    arrived, or because there is no such conversation. Raises UnfitText for an empty or too long text.
    """
    body = checked(text)
    one_writer(conn)
    talk = conn.execute(select(_TALKS).where(_TALKS.c.id == conversation_pk)).one_or_none()
    if talk is None or not talk.can_send:
        return None
    params = MessageParams(body, conversation_id=talk.conversation_id)
    targets = [talk.conversation_id, *([to_buyer(talk.buyer_id)] if talk.buyer_id else [])]
    return _queue(conn, talk.shop_id, targets, params, order_pk, by, now, batch_id)


def queue_to_buyer(
    conn: Connection, *, order_pk: int, text: str, by: str, now: int, batch_id: str | None = None
) -> int | None:
    """The same for the buyer of an order, with whom there may be no conversation yet.

    None also when the order tells no buyer that could be written to, and for a shop that no sender writes for.
    """
    order = _order(conn, order_pk)
    if order is None or not order.buyer_id or order.kind == "file":
        return None
    known = conversation_of(conn, order.shop_id, order.buyer_id)
    if known is not None:
        return queue_message(
            conn, conversation_pk=known, text=text, by=by, now=now, order_pk=order_pk, batch_id=batch_id
        )
    params = MessageParams(checked(text), buyer_id=order.buyer_id)
    one_writer(conn)
    return _queue(conn, order.shop_id, [to_buyer(order.buyer_id)], params, order_pk, by, now, batch_id)


def why_refused(conn: Connection, *, conversation_pk: int | None = None, order_pk: int | None = None) -> str:
    """Why one of the two above said None: `no_chat`, `chat_closed`, `no_buyer`, `chat_files` or `same_text`."""
    if conversation_pk is None and order_pk is not None:
        order = _order(conn, order_pk)
        if order is None or not order.buyer_id:
            return "no_buyer"
        if order.kind == "file":
            return "chat_files"
        conversation_pk = conversation_of(conn, order.shop_id, order.buyer_id)
        if conversation_pk is None:
            return "same_text"
    can_send = conn.execute(select(_TALKS.c.can_send).where(_TALKS.c.id == conversation_pk)).scalar()
    if can_send is None:
        return "no_chat"
    return "same_text" if can_send else "chat_closed"


def about(targets: Sequence[str]) -> ColumnElement[bool]:
    """The condition "a message to one of these": conversation ids, and what `to_buyer` makes of a buyer's."""
    to_one = (_ACTIONS.c.target.startswith(f"{target}:", autoescape=True) for target in targets)
    return and_(_ACTIONS.c.kind == KIND, or_(*to_one))


def to_buyer(buyer_id: str) -> str:
    """What the target of a message begins with while its conversation is not known."""
    return f"buyer{buyer_id}"


def _order(conn: Connection, order_pk: int) -> Any:
    query = select(_ORDERS.c.shop_id, _ORDERS.c.buyer_id, _SHOPS.c.kind)
    return conn.execute(
        query.join(_SHOPS, _SHOPS.c.id == _ORDERS.c.shop_id).where(_ORDERS.c.id == order_pk)
    ).one_or_none()


def _queue(
    conn: Connection,
    shop_id: int,
    targets: Sequence[str],
    params: MessageParams,
    order_pk: int | None,
    by: str,
    now: int,
    batch_id: str | None,
) -> int | None:
    if _echoes(conn, shop_id, targets, params.text, now):
        return None
    order_id = None
    if order_pk is not None:
        order_id = conn.execute(select(_ORDERS.c.order_id).where(_ORDERS.c.id == order_pk)).scalar()
    queued = actions.queue(
        conn,
        shop_id=shop_id,
        kind=KIND,
        order_pk=order_pk if order_id is not None else None,
        order_id=order_id or "",
        target=f"{targets[0]}:{secrets.token_hex(6)}",
        package_id=None,
        params=msgspec.to_builtins(params),
        by=by,
        now=now,
        batch_id=batch_id,
    )
    return queued.action_id


def _echoes(conn: Connection, shop_id: int, targets: Sequence[str], text: str, now: int) -> bool:
    """Whether the same text is under way to the same place, or has just arrived there."""
    # Two questions, for an OR of them would look through every message ever sent.
    there = select(_ACTIONS.c.params).where(_ACTIONS.c.shop_id == shop_id, about(targets))
    under_way = there.where(_ACTIONS.c.done_at.is_(None), _ACTIONS.c.state.in_(_UNDER_WAY))
    just_now = there.where(_ACTIONS.c.done_at > now - ECHO, _ACTIONS.c.state == "done")
    return any(
        same_text(msgspec.json.decode(params, type=MessageParams).text, text)
        for query in (under_way, just_now)
        for params in conn.execute(query).scalars()
    )
