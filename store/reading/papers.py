"""Papers for the screen and the command line: what was asked for, what became of it, how often a label was printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from store.paper_facts import OnPaper, PaperRow, content_of, missing_of
from store.reading.base import CHUNK, Base, marks

_ROW: Final = (
    *("id", "kind", "size", "state", "printer", "file", "pages", "problem", "attempts", "due_at"),
    *("requested_by", "requested_at", "done_at"),
)
_SELECT: Final = f"SELECT {', '.join(_ROW)}, content, missing FROM paper_jobs"


class Papers(Base):
    """Papers and labels."""

    def papers(self, limit: int = 50) -> list[PaperRow]:
        """The latest papers, the newest wish first."""
        return self._papers("ORDER BY id DESC LIMIT ?", (limit,))

    def paper(self, paper: int) -> PaperRow | None:
        """One of them."""
        return next(iter(self._papers("WHERE id = ?", (paper,))), None)

    def on_paper(self, paper: int) -> tuple[OnPaper, ...]:
        """The parcels a paper was asked for, in the order they are printed."""
        content = self._value("SELECT content FROM paper_jobs WHERE id = ?", (paper,))
        return () if content is None else content_of(content).parcels

    def prints(self, pks: Sequence[int]) -> dict[tuple[int, str], int]:
        """How often the label of each (order, package) went to a printer, in any size; unprinted ones are left out."""
        found: dict[tuple[int, str], int] = {}
        for start in range(0, len(pks), CHUNK):
            some = pks[start : start + CHUNK]
            statement = (
                "SELECT p.order_pk, p.package_id, sum(l.prints) FROM packages p"
                " JOIN labels l ON l.shop_id = p.shop_id AND l.package_id = p.package_id"
                f" WHERE p.order_pk IN ({marks(some)}) AND l.prints > 0 GROUP BY p.order_pk, p.package_id"
            )
            for pk, package_id, prints in self._query(statement, some):
                found[pk, package_id] = int(prints)
        return found

    def _papers(self, tail: str, args: Sequence[Any]) -> list[PaperRow]:
        made = []
        for *values, content, missing in self._query(f"{_SELECT} {tail}", args):
            parts = content_of(content)
            told = dict(zip(_ROW, values, strict=True))
            count = len(parts.parcels) or len(parts.pks)
            made.append(PaperRow(**told, count=count, missing=missing_of(missing)))
        return made
