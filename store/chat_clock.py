"""The order a waiting buyer is shown at: the one the buyer named, else the newest, carries the chat's clock.

The clock stands on the order itself, so that taking in orders asks nothing more.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, func, select

from store.bulk import table_of, update_rows
from store.chat_facts import BUYER
from store.derived import refresh
from store.models import Conversation, Message, Order

_TALKS: Final = table_of(Conversation)
_SAID: Final = table_of(Message)
_ORDERS: Final = table_of(Order)


def show(conn: Connection, shop_id: int, talk: int, since: int | None) -> None:
    """Write the clock of a conversation's buyer (the earliest, if there are several) to the order it belongs to, and
    take it off any other. `since`: when the buyer began to wait in this one; None: nobody waits in it."""
    buyer = conn.execute(select(_TALKS.c.buyer_id).where(_TALKS.c.id == talk)).scalar_one()
    if not buyer:
        return
    mine = (_TALKS.c.shop_id == shop_id) & (_TALKS.c.buyer_id == buyer)
    answer_by: int | None = conn.execute(select(func.min(_TALKS.c.answer_by)).where(mine)).scalar()
    theirs = (_ORDERS.c.shop_id == shop_id) & (_ORDERS.c.buyer_id == buyer)
    marked = select(_ORDERS.c.id, _ORDERS.c.chat_by).where(theirs, _ORDERS.c.chat_by.is_not(None))
    before: dict[int, int | None] = {row.id: row.chat_by for row in conn.execute(marked)}
    after: dict[int, int | None] = dict.fromkeys(before)
    if answer_by is not None:
        newest = (_ORDERS.c.created_at.desc(), _ORDERS.c.id.desc())
        pk = None if since is None else _named(conn, shop_id, talk, since)
        if pk is None:
            pk = conn.execute(select(_ORDERS.c.id).where(theirs).order_by(*newest).limit(1)).scalar()
        if pk is not None:
            after[pk] = answer_by
    changed = [(at, pk) for pk, at in after.items() if at != before.get(pk)]
    update_rows(conn, _ORDERS, ("chat_by",), ("id",), changed)
    refresh(conn, [pk for _, pk in changed])


def _named(conn: Connection, shop_id: int, talk: int, since: int) -> int | None:
    """The order the buyer named last among the messages that wait."""
    waiting = (_SAID.c.conversation_pk == talk) & (_SAID.c.role == BUYER) & (_SAID.c.at >= since)
    query = (
        select(_ORDERS.c.id)
        .join(_SAID, _SAID.c.order_id == _ORDERS.c.order_id)
        .where(_ORDERS.c.shop_id == shop_id, waiting, _SAID.c.order_id.is_not(None))
        .order_by(_SAID.c.at.desc(), _SAID.c.id.desc())
    )
    return conn.execute(query.limit(1)).scalar()
