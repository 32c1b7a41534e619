"""What the seller keeps beside the orders: notes, remembered tags, saved batches and what became of their orders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from store.reading.base import CHUNK, Base, marks
from store.views import OrderRow

KNOWN_TAGS: Final = "desk.tags"
"""Where store/desk.py keeps the tags used so far (JSON list, the newest first): no scan over a million orders."""

MOST_SAID: Final = 500
"""Messages told of one order."""


class NoteRow(msgspec.Struct, frozen=True):
    """One edition of the note on an order; an empty one took it away."""

    at: int
    by: str
    text: str


class BatchRow(msgspec.Struct, frozen=True):
    """A saved batch and how many orders it was saved with."""

    id: int
    name: str
    at: int
    by: str
    orders: int


class BatchMember(msgspec.Struct, frozen=True):
    """An order of a batch, as it stands now."""

    pk: int
    row: OrderRow | None
    """None: it is not in the store any more."""
    was: str | None = None
    """Its status when the batch was saved, where that differs from now."""


class SaidRow(msgspec.Struct, frozen=True):
    """A message between the buyer of an order and its shop; text raw."""

    at: int
    role: str
    kind: str
    text: str


class RuleSaid(msgspec.Struct, frozen=True):
    """What a rule of the configuration did to an order, or would have; `why` is JSON (store/models/desk.py)."""

    at: int
    rule: str
    verdict: str
    why: str


class Desk(Base):
    """Notes, tags, batches; what else belongs to an order when it is told whole."""

    @contextmanager
    def together(self) -> Iterator[None]:
        """Several questions that see the same moment."""
        with self._link.snapshot():
            yield

    def messages_about(self, pk: int, since: int, limit: int = MOST_SAID) -> list[SaidRow]:
        """What the buyer of an order and its shop wrote each other since then (epoch ms), the oldest first; of more
        than `limit` the newest."""
        rows = self._query(
            "SELECT m.at, m.role, m.kind, m.text FROM orders o"
            " JOIN conversations c ON c.shop_id = o.shop_id AND c.buyer_id = o.buyer_id"
            " JOIN messages m ON m.conversation_pk = c.id"
            " WHERE o.id = ? AND m.at >= ? ORDER BY m.at DESC, m.id DESC LIMIT ?",
            (pk, since, limit),
        )
        return [SaidRow(*row) for row in reversed(rows)]

    def rules_about(self, pk: int) -> list[RuleSaid]:
        """What rules did to an order, the oldest first."""
        statement = "SELECT at, rule, verdict, why FROM rule_runs WHERE order_pk = ? ORDER BY id LIMIT 500"
        return [RuleSaid(*row) for row in self._query(statement, (pk,))]

    def note(self, pk: int) -> NoteRow | None:
        """The note on an order; None when there is none, or it was taken away."""
        newest = 'SELECT at, "by", text FROM notes WHERE order_pk = ? ORDER BY id DESC LIMIT 1'
        found = [NoteRow(*row) for row in self._query(newest, (pk,))]
        return found[0] if found and found[0].text else None

    def notes(self, pk: int) -> list[NoteRow]:
        """Every edition of it, the oldest first."""
        statement = 'SELECT at, "by", text FROM notes WHERE order_pk = ? ORDER BY id'
        return [NoteRow(*row) for row in self._query(statement, (pk,))]

    def known_tags(self) -> list[str]:
        """Tags used so far, the newest first."""
        try:
            stored = self._value("SELECT value FROM ui_state WHERE key = ?", (KNOWN_TAGS,))
            return msgspec.json.decode(stored or "[]", type=list[str])
        except (msgspec.DecodeError, UnicodeError):
            return []

    def batches(self) -> list[BatchRow]:
        """Saved batches, the newest first."""
        rows = self._query(
            'SELECT b.id, b.name, b.at, b."by", count(m.order_pk) FROM saved_batches b'
            " LEFT JOIN batch_orders m ON m.batch_id = b.id"
            ' GROUP BY b.id, b.name, b.at, b."by" ORDER BY b.at DESC, b.id DESC'
        )
        return [BatchRow(*row) for row in rows]

    def batch_members(self, name: str) -> list[BatchMember] | None:
        """The orders of a batch by row id, told where they moved on since; None: there is no such batch."""
        with self._link.snapshot():
            batch = self._query("SELECT id, at FROM saved_batches WHERE name = ?", (name,))
            if not batch:
                return None
            ((batch_id, saved_at),) = batch
            members = "SELECT order_pk FROM batch_orders WHERE batch_id = ? ORDER BY order_pk"
            pks = [pk for (pk,) in self._query(members, (batch_id,))]
            found: list[BatchMember] = []
            for start in range(0, len(pks), CHUNK):
                some = pks[start : start + CHUNK]
                rows = {
                    row.pk: row
                    for row in self._order_rows("o.sort_at", f"WHERE o.id IN ({marks(some)})", some)
                }
                was = self._was(some, saved_at)
                for pk in some:
                    row, before = rows.get(pk), was.get(pk)
                    moved = row is not None and before is not None and before != row.status
                    found.append(BatchMember(pk, row, before if moved else None))
        return found

    def _was(self, pks: list[int], at: int) -> dict[int, str]:
        """The status of orders at a moment, of those that have changed it since."""
        rows = self._query(
            "SELECT c.order_pk, c.old FROM changes c JOIN (SELECT order_pk, min(seq) AS seq FROM changes"
            f" WHERE order_pk IN ({marks(pks)}) AND kind = 'order.status' AND at > ? GROUP BY order_pk) f"
            " ON f.seq = c.seq",
            (*pks, at),
        )
        return {pk: old for pk, old in rows if old}
