"""What a person has seen of conversations here, so that the platform can be told that it is read."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, func, select, update

from store.bulk import one_writer, table_of
from store.models import Conversation

_TALKS: Final = table_of(Conversation)


def see(conn: Connection, pk: int) -> bool:
    """Note that a person has this conversation before him: it is to be marked as read on the platform.

    False when there is nothing unread, or it is noted already. What is written later is not seen by that.
    """
    wanted = (_TALKS.c.id == pk) & (_TALKS.c.unread > 0) & _TALKS.c.synced_message.is_not(None)
    wanted &= func.coalesce(_TALKS.c.seen_message, "") != _TALKS.c.synced_message
    note = update(_TALKS).where(wanted).values(seen_message=_TALKS.c.synced_message)
    return conn.execute(note).rowcount > 0


def seen(conn: Connection, shop_id: int, limit: int) -> list[tuple[int, str, bool]]:
    """Conversations that a person has seen: row id, id, and whether nothing was written there since."""
    noted = (_TALKS.c.shop_id == shop_id) & _TALKS.c.seen_message.is_not(None)
    told = (_TALKS.c.id, _TALKS.c.conversation_id, _TALKS.c.seen_message == _TALKS.c.synced_message)
    rows = conn.execute(select(*told).where(noted).order_by(_TALKS.c.id).limit(limit))
    return [(pk, conversation_id, bool(whole)) for pk, conversation_id, whole in rows]


def was_read(conn: Connection, pk: int, *, told: bool) -> None:
    """The platform was `told` that a conversation is read, or is not to be told any more."""
    one_writer(conn)
    gone: dict[str, Any] = {"seen_message": None} | ({"unread": 0} if told else {})
    conn.execute(update(_TALKS).where(_TALKS.c.id == pk).values(**gone))
