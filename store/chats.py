"""Conversations with buyers: what the platform tells is kept, and the clock of what nobody answered yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from store import changes, chat_clock
from store.bulk import insert_into, one_writer, table_of, update_rows
from store.chat_facts import AUTOMATIC, BUYER, NOT_ASKED, PEOPLE, ConversationRecord, MessageRecord
from store.models import Action, Conversation, Message, Order, Rejected
from store.orders import RAW_LIMIT
from store.records import RejectedRecord

_TALKS: Final = table_of(Conversation)
_SAID: Final = table_of(Message)
_ORDERS: Final = table_of(Order)
_ACTIONS: Final = table_of(Action)
_REJECTED: Final = table_of(Rejected)
_CHUNK: Final = 400
"""Values in one IN list, below the least number that a database takes."""
SHORT: Final = 200
"""Characters of the last message that the list keeps."""
_TOLD: Final = ("buyer_id", "buyer", "platform", "unread", "can_send")
_ENDED: Final = ("done", "refused", "cancelled")


class Known(NamedTuple):
    """How far a conversation is known, and what was told of it last."""

    pk: int
    synced_message: str | None
    tried_message: str | None
    """What the list told as the newest when reading was in vain (store/models/chats.py)."""
    tried_at: int | None
    tries: int | None
    told: tuple[Any, ...]

    def says(self, talk: ConversationRecord) -> bool:
        """Whether the list's row tells nothing that is not stored; what it leaves out is no news."""
        now = (getattr(talk, name) for name in _TOLD)
        return all(new is None or new == old for new, old in zip(now, self.told, strict=True))


class Taken(NamedTuple):
    """What one conversation's news were."""

    new: int
    """Messages that were not stored before."""
    asked: int
    """Those of them that the buyer wrote."""


def conversation_of(conn: Connection, shop_id: int, buyer_id: str | None) -> int | None:
    """The row id of a buyer's conversation with a shop, the one used last; None when there is none."""
    if not buyer_id:
        return None
    mine = (_TALKS.c.shop_id == shop_id) & (_TALKS.c.buyer_id == buyer_id)
    newest = (func.coalesce(_TALKS.c.last_at, 0).desc(), _TALKS.c.id.desc())
    found = conn.execute(select(_TALKS.c.id).where(mine).order_by(*newest).limit(1)).scalar()
    return None if found is None else int(found)


def known(conn: Connection, shop_id: int, conversation_ids: Sequence[str]) -> dict[str, Known]:
    """How far these conversations are known; one that nobody has told of yet is left out."""
    names = ("id", "synced_message", "tried_message", "tried_at", "tries", *_TOLD)
    columns = (_TALKS.c.conversation_id, *(_TALKS.c[name] for name in names))
    found: dict[str, Known] = {}
    for start in range(0, len(conversation_ids), _CHUNK):
        some = conversation_ids[start : start + _CHUNK]
        query = select(*columns).where(_TALKS.c.shop_id == shop_id, _TALKS.c.conversation_id.in_(some))
        found |= {
            row[0]: Known(row[1], row[2], row[3], row[4], row[5], tuple(row[6:]))
            for row in conn.execute(query)
        }
    return found


def tried_last(conn: Connection, shop_id: int) -> int | None:
    """When a conversation of a shop was last looked at in vain."""
    mine = (_TALKS.c.shop_id == shop_id) & _TALKS.c.tried_at.is_not(None)
    return conn.execute(select(func.max(_TALKS.c.tried_at)).where(mine)).scalar()


def unheard(conn: Connection, shop_id: int, records: Sequence[RejectedRecord]) -> list[RejectedRecord]:
    """Those rows that could not be understood and that are not kept yet: a look must not write them again."""
    if not records:
        return []
    here = (_REJECTED.c.shop_id == shop_id) & _REJECTED.c.raw.in_([one.raw[:RAW_LIMIT] for one in records])
    kept = {bytes(raw) for raw in conn.execute(select(_REJECTED.c.raw).where(here)).scalars()}
    return [one for one in records if one.raw[:RAW_LIMIT] not in kept]


def keep(
    conn: Connection,
    shop_id: int,
    talk: ConversationRecord,
    messages: Sequence[MessageRecord] | None,
    *,
    now: int,
    answer_within: int,
    news: bool = True,
    in_vain: bool = False,
) -> Taken:
    """Store a conversation and what was read of its messages (None: they were not read), in one transaction.

    `answer_within`: ms that a person has for an answer. `news`: whether messages that are new here are news; those
    of a first look at an old shop are not. `synced_message` moves only when the messages were read. `in_vain`: they
    were asked for and not had, which is remembered until the list tells another newest message.
    """
    one_writer(conn)
    pk = _row(conn, shop_id, talk, now)
    if messages is None and not in_vain:
        return Taken(0, 0)
    told = list(messages or ())
    if talk.last is not None and all(one.message_id != talk.last.message_id for one in told):
        # A replica that lags, or a conversation nobody may read: what the list told is a message all the same.
        told = [talk.last, *told]
    fresh = _insert(conn, pk, told)
    if in_vain or talk.last is None:
        # Without a newest message in the list nobody knows when to read it: it waits like one read in vain.
        values = _tried(conn, pk, talk, now, anew=bool(fresh) and not in_vain)
    else:
        values = dict.fromkeys(_TRIED)
    if messages:
        newest = max(told, key=lambda one: one.at)
        values["synced_message"] = talk.last.message_id if talk.last is not None else newest.message_id
    values |= _last(conn, pk)
    since = waiting_since(conn, pk)
    values["answer_by"] = None if since is None else since + answer_within
    conn.execute(update(_TALKS).where(_TALKS.c.id == pk).values(**values))
    chat_clock.show(conn, shop_id, pk)
    asked = [one for one in fresh if is_asked(one)]
    if asked and news:
        _tell(conn, shop_id, pk, talk, asked, now)
    return Taken(len(fresh), len(asked))


_TRIED: Final = ("tried_message", "tried_at", "tries")


def _tried(
    conn: Connection, pk: int, talk: ConversationRecord, now: int, *, anew: bool = False
) -> dict[str, Any]:
    """The memory of one more look that brought nothing; `anew`: it brought something, and counts as the first."""
    newest = "" if talk.last is None else talk.last.message_id
    row = conn.execute(select(_TALKS.c.tried_message, _TALKS.c.tries).where(_TALKS.c.id == pk)).one()
    before = 0 if anew or row.tried_message != newest else row.tries or 0
    return dict(zip(_TRIED, (newest, now, before + 1), strict=True))


def is_asked(message: MessageRecord) -> bool:
    """Whether the buyer wrote it, so that somebody has to answer."""
    return message.role == BUYER and message.kind not in NOT_ASKED


def waiting_since(conn: Connection, pk: int) -> int | None:
    """When the buyer first wrote something that no person has answered yet; None: nothing waits."""
    of_it = _SAID.c.conversation_pk == pk
    answered = select(func.max(_SAID.c.at)).where(of_it, _SAID.c.role.in_(PEOPLE))
    last = conn.execute(answered).scalar()
    asked = select(func.min(_SAID.c.at)).where(
        of_it,
        _SAID.c.role == BUYER,
        _SAID.c.kind.not_in(NOT_ASKED),
        _SAID.c.at > (-1 if last is None else last),
    )
    found = conn.execute(asked).scalar()
    return None if found is None else int(found)


def overdue(conn: Connection, shop_id: int, now: int, since: int) -> Sequence[Any]:
    """The conversations whose time for an answer ended after `since` and by `now`."""
    over = (_TALKS.c.answer_by > since) & (_TALKS.c.answer_by <= now)
    return conn.execute(select(_TALKS).where(_TALKS.c.shop_id == shop_id, over)).all()


def late(conn: Connection, shop_id: int, now: int, since: int) -> int:
    """Tell, once each, of conversations whose time for an answer ended between `since` and `now`; how many."""
    one_writer(conn)
    rows = overdue(conn, shop_id, now, since)
    for row in rows:
        about = changes.detail(
            conversation=row.conversation_id, conversation_pk=row.id, buyer=row.buyer, answer_by=row.answer_by
        )
        pk, order_id = newest_order(conn, shop_id, row.buyer_id)
        changes.append(conn, [(now, shop_id, pk, order_id, "chat.late", None, None, about, "job")])
    return len(rows)


def newest_order(conn: Connection, shop_id: int, buyer_id: str | None) -> tuple[int | None, str | None]:
    """The row id and id of the order a buyer placed last; a pair of None when there is none."""
    if not buyer_id:
        return None, None
    mine = (_ORDERS.c.shop_id == shop_id) & (_ORDERS.c.buyer_id == buyer_id)
    query = select(_ORDERS.c.id, _ORDERS.c.order_id).where(mine)
    row = conn.execute(query.order_by(_ORDERS.c.created_at.desc(), _ORDERS.c.id.desc()).limit(1)).first()
    return (None, None) if row is None else (row[0], row[1])


def forget(conn: Connection, before: int) -> int:
    """Delete what was said before this moment; how many messages. What waits for an answer keeps its clock.

    The words of our own messages go from the outbox as well, once they have ended: that one was sent stays.
    """
    _forget_sent(conn, before)
    gone = conn.execute(delete(_SAID).where(_SAID.c.at < before)).rowcount
    old = (_TALKS.c.last_at < before) & _TALKS.c.answer_by.is_(None)
    conn.execute(update(_TALKS).where(old).values(last_text=None))
    return int(gone)


def _forget_sent(conn: Connection, before: int) -> None:
    query = select(_ACTIONS.c.params, _ACTIONS.c.id).where(
        _ACTIONS.c.kind == "message",
        _ACTIONS.c.done_at < before,
        _ACTIONS.c.state.in_(_ENDED),
        # Inside a text the quotes would have backslashes.
        _ACTIONS.c.params.not_like('%"text":""%'),
    )
    rows = [
        (msgspec.json.encode(msgspec.json.decode(params) | {"text": ""}, order="sorted").decode(), pk)
        for params, pk in conn.execute(query)
    ]
    update_rows(conn, _ACTIONS, ("params",), ("id",), rows)


def _row(conn: Connection, shop_id: int, talk: ConversationRecord, now: int) -> int:
    told: Mapping[str, Any] = {name: getattr(talk, name) for name in _TOLD}
    add = insert_into(conn, _TALKS).values(
        shop_id=shop_id, conversation_id=talk.conversation_id, updated_at=now, **told
    )
    # What this answer leaves out (a name, an id) stays as it was told before.
    kept = {name: func.coalesce(add.excluded[name], _TALKS.c[name]) for name in _TOLD}
    add = add.on_conflict_do_update(
        index_elements=["shop_id", "conversation_id"], set_=kept | {"updated_at": now}
    )
    return int(conn.execute(add.returning(_TALKS.c.id)).scalar_one())


def _insert(conn: Connection, pk: int, messages: Sequence[MessageRecord]) -> list[MessageRecord]:
    """Those that were not there before, the oldest first."""
    # The platform sends the newest first; reversed, those of one second keep their order.
    wanted = sorted([one for one in messages[::-1] if one.visible], key=lambda one: one.at)
    fresh = []
    for one in wanted:
        add = insert_into(conn, _SAID).values(
            conversation_pk=pk, message_id=one.message_id, at=one.at, role=one.role, kind=one.kind,
            text=one.text, content=one.content, order_id=one.order_id,
        )  # fmt: skip
        add = add.on_conflict_do_nothing(index_elements=["conversation_pk", "message_id"])
        if conn.execute(add.returning(_SAID.c.id)).first() is not None:
            fresh.append(one)
    return fresh


def _last(conn: Connection, pk: int) -> dict[str, Any]:
    """The newest words of the buyer or a person; what a robot wrote after them is no news."""
    newest = select(_SAID.c.at, _SAID.c.role, _SAID.c.text, _SAID.c.kind).where(
        _SAID.c.conversation_pk == pk, _SAID.c.kind.not_in(NOT_ASKED), _SAID.c.role.not_in(AUTOMATIC)
    )
    row = conn.execute(newest.order_by(_SAID.c.at.desc(), _SAID.c.id.desc()).limit(1)).first()
    if row is None:
        return {}
    # A picture's link says less than that it is a picture.
    words = row.text if row.text and row.kind == "TEXT" else f"[{row.kind}]"
    return {"last_at": row.at, "last_role": row.role, "last_text": words[:SHORT]}


def _tell(
    conn: Connection,
    shop_id: int,
    pk: int,
    talk: ConversationRecord,
    asked: Sequence[MessageRecord],
    now: int,
) -> None:
    """One change for all that a buyer has written since the last look."""
    about = changes.detail(
        conversation=talk.conversation_id, conversation_pk=pk, buyer=talk.buyer, messages=len(asked)
    )
    named = next((one.order_id for one in reversed(asked) if one.order_id), None)
    order_pk, order_id = newest_order(conn, shop_id, talk.buyer_id)
    if named is not None and named != order_id:
        query = select(_ORDERS.c.id).where(_ORDERS.c.shop_id == shop_id, _ORDERS.c.order_id == named)
        if (found := conn.execute(query).scalar()) is not None:
            order_pk, order_id = found, named
    changes.append(conn, [(now, shop_id, order_pk, order_id, "chat.message", None, None, about, "buyer")])
