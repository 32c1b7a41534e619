"""What happened and what is under way: the outbox, the feed, the jobs' health, the screen's settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from store.reading.base import Base
from store.views import ActionRow, ChangeRow, EventRow, HealthRow, RejectedRow

_ACTION: Final = ", ".join(ActionRow.__struct_fields__)
_CHANGE: Final = ", ".join(f'"{name}"' for name in ChangeRow.__struct_fields__)
_EVENT: Final = ", ".join(f'"{name}"' for name in EventRow.__struct_fields__)
_HEALTH: Final = ", ".join(HealthRow.__struct_fields__)

RECENT_SCAN: Final = 5_000
"""How far back `recent` looks: a screen does not search the history of years."""


class Journal(Base):
    """Rows that are told as they stand."""

    def actions(
        self,
        state: str | None = None,
        limit: int | None = None,
        *,
        order_pk: int | None = None,
        batch_id: str | None = None,
        kind: str | None = None,
    ) -> list[ActionRow]:
        """Rows of the outbox, the newest first."""
        wanted = {"state": state, "order_pk": order_pk, "batch_id": batch_id, "kind": kind}
        given = {name: value for name, value in wanted.items() if value is not None}
        statement = (
            f"SELECT {_ACTION} FROM actions WHERE {' AND '.join(f'{name} = ?' for name in given) or 'true'}"
        )
        statement += " ORDER BY id DESC"
        args: list[Any] = list(given.values())
        if limit is not None:
            statement += " LIMIT ?"
            args.append(limit)
        return [ActionRow(*row) for row in self._query(statement, args)]

    def batch(self, batch_id: str) -> list[ActionRow]:
        """What became of each wish of a batch: its newest row, a second try included, as they were asked for."""
        columns = ", ".join(f"newest.{name}" for name in ActionRow.__struct_fields__)
        statement = (
            f"SELECT {columns} FROM actions newest JOIN"
            " (SELECT b.id AS first, max(coalesce(a.id, b.id)) AS last FROM actions b LEFT JOIN actions a"
            " ON a.order_pk = b.order_pk AND a.shop_id = b.shop_id AND a.kind = b.kind AND a.target = b.target"
            " WHERE b.batch_id = ? GROUP BY b.id) wished ON wished.last = newest.id"
            " ORDER BY wished.first"
        )
        return [ActionRow(*row) for row in self._query(statement, (batch_id,))]

    def events(self, pk: int, limit: int = 500) -> list[EventRow]:
        """The journey of an order's parcels, the newest first; steps without a time stand at the end."""
        newest = "ORDER BY coalesce(at, 0) DESC, id DESC LIMIT ?"
        statement = f"SELECT {_EVENT} FROM tracking_events WHERE order_pk = ? {newest}"
        return [EventRow(*row) for row in self._query(statement, (pk, limit))]

    def history(self, pk: int, limit: int = 1_000) -> list[ChangeRow]:
        """What happened to an order here, the newest first."""
        statement = f"SELECT {_CHANGE} FROM changes WHERE order_pk = ? ORDER BY seq DESC LIMIT ?"
        return [ChangeRow(*row) for row in self._query(statement, (pk, limit))]

    def changes(self, since_seq: int, limit: int = 1_000) -> list[ChangeRow]:
        """The feed after a row, the oldest first."""
        statement = f"SELECT {_CHANGE} FROM changes WHERE seq > ? ORDER BY seq LIMIT ?"
        return [ChangeRow(*row) for row in self._query(statement, (since_seq, limit))]

    def recent(self, kinds: Sequence[str], limit: int = 300) -> list[ChangeRow]:
        """The newest rows of some kinds (`action.%` is a family), the newest first, from the feed's end."""
        if not kinds:
            return []
        like = " OR ".join(["kind LIKE ?"] * len(kinds))
        tail = f"(SELECT * FROM changes ORDER BY seq DESC LIMIT {RECENT_SCAN}) AS tail"
        statement = f"SELECT {_CHANGE} FROM {tail} WHERE {like} ORDER BY seq DESC LIMIT ?"
        return [ChangeRow(*row) for row in self._query(statement, (*kinds, limit))]

    def health(self) -> list[HealthRow]:
        """One row per job and shop."""
        rows = self._query(f"SELECT {_HEALTH} FROM job_health ORDER BY job, shop")
        return [HealthRow(*row) for row in rows]

    def rejected_count(self) -> int:
        """How many things could not be understood so far."""
        return self._value("SELECT count(*) FROM rejected") or 0

    def rejected(self, limit: int) -> list[RejectedRow]:
        """The newest things that could not be understood."""
        rows = self._query(
            "SELECT r.at, s.name, r.source, r.ref, r.reason FROM rejected r LEFT JOIN shops s ON s.id = r.shop_id"
            " ORDER BY r.id DESC LIMIT ?",
            (limit,),
        )
        return [RejectedRow(*row) for row in rows]

    def remembered(self, key: str) -> str | None:
        """What a job remembers, as store/memory.py keeps it."""
        value: str | None = self._value("SELECT value FROM memory WHERE key = ?", (key,))
        return value

    def pref(self, key: str) -> str | None:
        """A setting of the screen, as store/ui_state.py put it."""
        value: str | None = self._value("SELECT value FROM ui_state WHERE key = ?", (key,))
        return value
