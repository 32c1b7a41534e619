"""The order a waiting buyer is shown at: the one the buyer named, else the newest, carries the chat's clock.

The clock stands on the order itself, so that taking in orders asks nothing more. An order that comes, or whose buyer
becomes known, after the question gets it from the next pass over the conversations, as all do after an upgrade.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, select

from store.bulk import one_writer, table_of, update_rows
from store.chat_facts import BUYER, PEOPLE
from store.derived import refresh
from store.models import Conversation, Message, Order

_TALKS: Final = table_of(Conversation)
_SAID: Final = table_of(Message)
_ORDERS: Final = table_of(Order)

Moves = list[tuple[int | None, int]]
"""Orders whose clock is not the right one: what it is to be, and the order's row id."""


def show(conn: Connection, shop_id: int, talk: int) -> None:
    """Write the clock of a conversation's buyer (the earliest, if there are several) to the order it belongs to, and
    take it off any other."""
    buyer: str | None = conn.execute(select(_TALKS.c.buyer_id).where(_TALKS.c.id == talk)).scalar_one()
    if buyer:
        marked = (_ORDERS.c.buyer_id == buyer) & _ORDERS.c.chat_by.is_not(None)
        _write(conn, _moves(conn, shop_id, _TALKS.c.buyer_id == buyer, marked))


def wrong(conn: Connection, shop_id: int) -> Moves:
    """What `mend` would write; nothing, as long as all clocks of a shop stand where they belong."""
    # An order with a clock has an attention_at, which has an index.
    marked = _ORDERS.c.attention_at.is_not(None) & _ORDERS.c.chat_by.is_not(None)
    return _moves(conn, shop_id, _TALKS.c.buyer_id != "", marked)


def mend(conn: Connection, shop_id: int) -> None:
    """Bring the clocks of all who wait in a shop to where they belong, and take off those that belong nowhere."""
    one_writer(conn)
    _write(conn, wrong(conn, shop_id))


def _write(conn: Connection, moves: Moves) -> None:
    update_rows(conn, _ORDERS, ("chat_by",), ("id",), moves)
    refresh(conn, [pk for _, pk in moves])


def _moves(conn: Connection, shop_id: int, whose: ColumnElement[bool], marked: ColumnElement[bool]) -> Moves:
    """`whose`: the conversations looked at; `marked`: the orders that have a clock of theirs now."""
    waits = (_TALKS.c.shop_id == shop_id) & _TALKS.c.answer_by.is_not(None) & whose
    first: dict[str, tuple[int, int]] = {}
    earliest = select(_TALKS.c.buyer_id, _TALKS.c.id, _TALKS.c.answer_by).where(waits)
    for buyer, talk, answer_by in conn.execute(earliest.order_by(_TALKS.c.answer_by, _TALKS.c.id)):
        first.setdefault(buyer, (talk, answer_by))
    having = select(_ORDERS.c.id, _ORDERS.c.chat_by).where(_ORDERS.c.shop_id == shop_id, marked)
    before: dict[int, int | None] = {row.id: row.chat_by for row in conn.execute(having)}
    after: dict[int, int | None] = dict.fromkeys(before)
    if first:
        named, newest = _last_of(conn, _named(waits)), _last_of(conn, _newest(shop_id, waits))
        for buyer, (talk, answer_by) in first.items():
            pk = named.get(talk, newest.get(buyer))
            if pk is not None:
                after[pk] = answer_by
    return [(at, pk) for pk, at in after.items() if at != before.get(pk)]


def _last_of(conn: Connection, query: Select[Any]) -> dict[Any, int]:
    """Of rows (key, order) the last one of each key."""
    return {row[0]: row[1] for row in conn.execute(query)}


def _newest(shop_id: int, waits: ColumnElement[bool]) -> Select[Any]:
    """The orders of the buyers who wait, the newest last."""
    theirs = _ORDERS.c.buyer_id.is_not(None) & _ORDERS.c.buyer_id.in_(select(_TALKS.c.buyer_id).where(waits))
    query = select(_ORDERS.c.buyer_id, _ORDERS.c.id).where(_ORDERS.c.shop_id == shop_id, theirs)
    return query.order_by(_ORDERS.c.created_at, _ORDERS.c.id)


def _named(waits: ColumnElement[bool]) -> Select[Any]:
    """The orders of their own that buyers named since a person last answered, the last one named last."""
    people = _SAID.alias()
    answered = select(func.max(people.c.at)).where(
        people.c.conversation_pk == _SAID.c.conversation_pk, people.c.role.in_(PEOPLE)
    )
    # Anybody can write down any number: another buyer's order must not show this one's clock.
    own = (_ORDERS.c.shop_id == _TALKS.c.shop_id) & (_ORDERS.c.buyer_id == _TALKS.c.buyer_id)
    return (
        select(_SAID.c.conversation_pk, _ORDERS.c.id)
        .join(_TALKS, _TALKS.c.id == _SAID.c.conversation_pk)
        .join(_ORDERS, own & (_ORDERS.c.order_id == _SAID.c.order_id))
        .where(waits, _SAID.c.role == BUYER, _SAID.c.order_id.is_not(None))
        .where(_SAID.c.at > func.coalesce(answered.scalar_subquery(), -1))
        .order_by(_SAID.c.at, _SAID.c.id)
    )
