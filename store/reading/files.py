"""Seller Center files: what was read of each, what was refused, and what each changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from store.reading.base import Base
from store.views import ChangeRow

_CHANGE: Final = ", ".join(f'c."{name}"' for name in ChangeRow.__struct_fields__)
APART: Final = 300_000
"""Milliseconds by which the clocks of two seats, and so the times of the feed, may be out of order."""


KIN: Final = "kin"
"""Reason of a row that is used, and kept beside a refused one of its order: it is not counted."""


class ImportRow(msgspec.Struct, frozen=True):
    """One reading of one file; see store.models.FileImport for the meaning of each field."""

    id: int
    shop_id: int
    name: str
    digest: str
    state: str
    layout: str | None
    header: list[str]
    unknown: list[str]
    stamp: int | None
    rows: int
    orders: int
    new: int
    changed: int
    unchanged: int
    gone: int
    rejected: int
    warnings: list[dict[str, Any]]
    problem: str | None
    detail: dict[str, Any]
    started_at: int
    ended_at: int | None
    requested_by: str


class RejectRow(msgspec.Struct, frozen=True):
    """A row of a file that was not used; see store.models.FileReject."""

    row: int
    column: str | None
    reason: str
    value: str
    cells: list[str] = []


class FileOrderRow(msgspec.Struct, frozen=True):
    """What only files know of an order."""

    import_id: int
    """The newest file it was in."""
    name: str
    """That file's name."""
    started_at: int
    """When that file was read."""
    in_last: bool
    """Whether that is also the newest file of its shop; if not, nothing more follows from it."""
    order: dict[str, str]
    """Cells that have no column of ours, by the file's column name."""
    lines: list[dict[str, str]]
    """The same of each line."""


_IMPORT: Final = ", ".join(f'"{name}"' for name in ImportRow.__struct_fields__)
_JSON: Final = tuple(
    ImportRow.__struct_fields__.index(name) for name in ("header", "unknown", "warnings", "detail")
)


class Files(Base):
    """Files that were read."""

    def imports(self, limit: int = 100, *, shop_id: int | None = None) -> list[ImportRow]:
        """The files read last, the newest first."""
        where, args = ("", [limit]) if shop_id is None else ("WHERE shop_id = ?", [shop_id, limit])
        rows = self._query(f"SELECT {_IMPORT} FROM file_imports {where} ORDER BY id DESC LIMIT ?", args)
        return [_import(row) for row in rows]

    def import_row(self, import_id: int) -> ImportRow | None:
        """One reading."""
        rows = self._query(f"SELECT {_IMPORT} FROM file_imports WHERE id = ?", (import_id,))
        return _import(rows[0]) if rows else None

    def last_file(self, shop_id: int) -> ImportRow | None:
        """The file of a shop that knows most of the present: its newest stamp counts, not when it was read."""
        rows = self._query(
            f"SELECT {_IMPORT} FROM file_imports WHERE shop_id = ? AND state = 'done'"
            " ORDER BY coalesce(stamp, 0) DESC, id DESC LIMIT 1",
            (shop_id,),
        )
        return _import(rows[0]) if rows else None

    def rejects(self, import_id: int, *, cells: bool = True) -> list[RejectRow]:
        """The rows of a file that were not used, in its order. With `cells` their content, and the rows that were
        used but belong to an order that lost one: to be mended they are needed together."""
        columns = '"row", "column", "reason", "value"' + (", cells" if cells else "")
        which = "" if cells else f" AND reason != '{KIN}'"
        rows = self._query(
            f'SELECT {columns} FROM file_rejects WHERE import_id = ?{which} ORDER BY "row"', (import_id,)
        )
        return [
            RejectRow(row[0], row[1], row[2], row[3], (_unpack(row[4]) or []) if cells else [])
            for row in rows
        ]

    def news(self, import_id: int, *, kinds: Sequence[str] = (), limit: int | None = None) -> list[ChangeRow]:
        """What the feed says of a file's orders, as it happened. Looks through the feed of the time of its
        reading: not for the loop of a screen."""
        began = self._value("SELECT started_at FROM file_imports WHERE id = ?", (import_id,))
        if began is None:
            return []
        ended = self._value("SELECT ended_at FROM file_imports WHERE id = ?", (import_id,))
        first = self._seq_at(began - APART)
        last = None if ended is None else self._seq_at(ended + APART)
        where = "c.seq >= ? AND c.actor = ? AND c.order_pk IS NOT NULL"
        args: list[Any] = [first, f"file:{import_id}"]
        if last is not None:
            where += " AND c.seq <= ?"
            args.append(last)
        if kinds:
            where += f" AND c.kind IN ({', '.join('?' * len(kinds))})"
            args += kinds
        tail = "" if limit is None else f" LIMIT {int(limit)}"
        rows = self._query(f"SELECT {_CHANGE} FROM changes c WHERE {where} ORDER BY c.seq{tail}", args)
        return [ChangeRow(*row) for row in rows]

    def file_order(self, pk: int) -> FileOrderRow | None:
        """What only files know of an order; None when none held it."""
        rows = self._query(
            "SELECT f.import_id, i.name, i.started_at, i.digest, i.shop_id, f.extra FROM file_orders f"
            " JOIN file_imports i ON i.id = f.import_id WHERE f.order_pk = ?",
            (pk,),
        )
        if not rows:
            return None
        import_id, name, started_at, digest, shop_id, extra = rows[0]
        last = self.last_file(shop_id)
        told = _unpack(extra) or {}
        return FileOrderRow(
            import_id,
            name,
            started_at,
            # The same file may have been read more than once.
            last is None or last.digest == digest,
            told.get("order", {}),
            told.get("lines", []),
        )

    def _seq_at(self, at: int) -> int:
        """About the first row of the feed since then: its times rise with its numbers, but for clocks apart."""
        low, high = 0, int(self._value("SELECT coalesce(max(seq), 0) FROM changes") or 0) + 1
        while low < high:
            middle = (low + high) // 2
            row = self._query("SELECT seq, at FROM changes WHERE seq >= ? ORDER BY seq LIMIT 1", (middle,))
            if not row or row[0][1] >= at:
                high = middle
            else:
                low = int(row[0][0]) + 1
        return low


def _import(row: Sequence[Any]) -> ImportRow:
    values = list(row)
    for place in _JSON:
        values[place] = msgspec.json.decode(values[place] or "{}")
    return ImportRow(*values)


def _unpack(body: Any) -> Any:
    return msgspec.msgpack.decode(bytes(body)) if body else None
