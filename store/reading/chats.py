"""Conversations with buyers: for the list, the conversation's screen and `pantau chats`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from store.chat_facts import PEOPLE, ChatRow, MessageRow, WishRow
from store.reading.base import CHUNK, Base, marks

_COLUMNS: Final = tuple(name for name in ChatRow.__struct_fields__ if name not in ("pk", "shop", "order_ids"))
_SELECT: Final = (
    f"SELECT c.id, s.name, {', '.join(f'c.{name}' for name in _COLUMNS)}"
    " FROM conversations c JOIN shops s ON s.id = c.shop_id"
)
_FIRST: Final = "CASE WHEN c.answer_by IS NULL THEN 1 ELSE 0 END, c.answer_by"
_ORDER: Final = f" ORDER BY {_FIRST}, coalesce(c.last_at, 0) DESC, c.id"
_MESSAGE: Final = ", ".join(f"m.{name}" for name in MessageRow.__struct_fields__[1:])
SHOWN: Final = 200
"""Messages of one conversation that are read, the newest; Seller Center has the rest."""
ORDERS: Final = 20
"""Orders of one buyer that are told, the newest."""


class _Wished(msgspec.Struct):
    text: str = ""


class Chats(Base):
    """Conversations, what was said in them, and what of ours is under way."""

    def chats(self, *, unanswered: bool = False, limit: int | None = None) -> list[ChatRow]:
        """Conversations: what waits for an answer first, the nearest end first, then the one used last.

        Without their orders; `with_orders` adds them. It looks at every conversation there is.
        """
        where = " WHERE c.answer_by IS NOT NULL" if unanswered else ""
        ending = "" if limit is None else f" LIMIT {int(limit)}"
        return [_made(row) for row in self._query(f"{_SELECT}{where}{_ORDER}{ending}", ())]

    def chat(self, pk: int) -> ChatRow | None:
        """One conversation with its buyer's orders; None when it is gone."""
        rows = self._query(f"{_SELECT} WHERE c.id = ?", (pk,))
        return self.with_orders([_made(rows[0])])[0] if rows else None

    def chat_of(self, order_pk: int) -> int | None:
        """The row id of the conversation with an order's buyer; None when there is none, or no buyer is known."""
        found = self._value(
            "SELECT c.id FROM orders o JOIN conversations c ON c.shop_id = o.shop_id AND c.buyer_id = o.buyer_id"
            " WHERE o.id = ? ORDER BY coalesce(c.last_at, 0) DESC, c.id DESC LIMIT 1",
            (order_pk,),
        )
        return None if found is None else int(found)

    def buyer_of(self, order_pk: int) -> str | None:
        """The platform's id of an order's buyer; None when it was never told, or is forgotten by now."""
        found = self._value("SELECT buyer_id FROM orders WHERE id = ?", (order_pk,))
        return None if found is None else str(found)

    def with_orders(self, rows: Sequence[ChatRow]) -> list[ChatRow]:
        """The same conversations with their buyers' orders, the newest first."""
        found: dict[tuple[int, str], list[str]] = {}
        buyers = list(dict.fromkeys(row.buyer_id for row in rows if row.buyer_id))
        for start in range(0, len(buyers), CHUNK):
            some = buyers[start : start + CHUNK]
            told = self._query(
                f"SELECT shop_id, buyer_id, order_id FROM orders WHERE buyer_id IN ({marks(some)})"
                " ORDER BY created_at DESC, id DESC",
                some,
            )
            for shop_id, buyer_id, order_id in told:
                mine = found.setdefault((shop_id, buyer_id), [])
                if len(mine) < ORDERS:
                    mine.append(order_id)
        return [
            msgspec.structs.replace(row, order_ids=tuple(found.get((row.shop_id, row.buyer_id or ""), ())))
            for row in rows
        ]

    def chat_orders(self, pk: int) -> list[int]:
        """The row ids of the orders of a conversation's buyer, the newest first."""
        rows = self._query(
            "SELECT o.id FROM conversations c JOIN orders o ON o.shop_id = c.shop_id AND o.buyer_id = c.buyer_id"
            " WHERE c.id = ? ORDER BY o.created_at DESC, o.id DESC LIMIT ?",
            (pk, ORDERS),
        )
        return [row[0] for row in rows]

    def chat_messages(self, pk: int, limit: int = SHOWN) -> list[MessageRow]:
        """What was said, the newest `limit` of it, the oldest first."""
        rows = self._query(
            f"SELECT m.id, {_MESSAGE} FROM messages m WHERE m.conversation_pk = ?"
            " ORDER BY m.at DESC, m.id DESC LIMIT ?",
            (pk, int(limit)),
        )
        return [MessageRow(*row) for row in reversed(rows)]

    def chat_wishes(self, pk: int) -> list[WishRow]:
        """Our messages there that are under way or undecided, those done that are not among what was said yet, and
        those refused since anybody wrote there last."""
        there = (
            "FROM conversations c JOIN actions a ON a.shop_id = c.shop_id AND a.kind = 'message'"
            " AND (a.target LIKE c.conversation_id || ':%' OR a.target LIKE 'buyer' || c.buyer_id || ':%')"
            " WHERE c.id = ? AND a.state <> 'cancelled' AND "
        )
        # Two questions, for an OR of them would look through every message ever sent.
        open_ones = self._wishes(f"{there} a.done_at IS NULL", pk)
        ended = self._wishes(
            f"{there} ((a.state = 'done' AND a.done_at >= c.updated_at)"
            " OR (a.state = 'refused' AND a.requested_at >= coalesce(c.last_at, 0)))"
            " AND a.done_at >= (SELECT coalesce(CASE WHEN last_at < updated_at THEN last_at ELSE updated_at END, 0)"
            " FROM conversations WHERE id = c.id)",
            pk,
        )
        if ended:
            # A look between the platform's "yes" and our knowing it has brought the message already.
            told = {" ".join(one.text.split()) for one in self.chat_messages(pk) if one.role in PEOPLE}
            ended = [one for one in ended if one.state != "done" or " ".join(one.text.split()) not in told]
        return sorted([*open_ones, *ended], key=lambda wish: wish.action_id)

    def buyer_wishes(self, order_pk: int) -> list[WishRow]:
        """The same for the buyer of an order with whom there is no conversation yet."""
        return self._wishes(
            "FROM orders o JOIN actions a ON a.shop_id = o.shop_id AND a.kind = 'message'"
            " AND a.target LIKE 'buyer' || o.buyer_id || ':%'"
            " WHERE o.id = ? AND a.state <> 'cancelled'",
            order_pk,
        )

    def _wishes(self, rest: str, pk: int) -> list[WishRow]:
        rows = self._query(
            f"SELECT a.id, a.state, a.requested_at, a.params, a.code, a.reason {rest} ORDER BY a.id", (pk,)
        )
        made = [WishRow(row[0], row[1], row[2], _text(row[3]), row[4], row[5]) for row in rows]
        # Words that are forgotten by now are nothing to show.
        return [one for one in made if one.text]


def _made(row: tuple[Any, ...]) -> ChatRow:
    pk, shop, *values = row
    told = dict(zip(_COLUMNS, values, strict=True))
    # SQLite has no booleans.
    told["can_send"] = bool(told["can_send"])
    return ChatRow(pk=pk, shop=shop, **told)


def _text(params: str) -> str:
    try:
        return msgspec.json.decode(params, type=_Wished).text
    except msgspec.DecodeError:
        return ""
