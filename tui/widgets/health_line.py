"""One sentence when something is broken: what, since when, what is safe, what happens next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from store.times import MINUTE
from store.views import HealthRow
from tui.clock import clock
from tui.messages import CommandChosen
from tui.strings import t, word
from tui.text import fit
from tui.widgets.painted import Painted, Piece

_FIRST: Final = ("sender", "orders", "requests", "tracking", "stock", "sweep")
"""Which trouble is told when several jobs have one: what concerns actions first."""


class HealthLine(Painted):
    """Hidden while all is well."""

    DEFAULT_CSS = "HealthLine { display: none; } HealthLine.-trouble { display: block; }"

    def __init__(self, zone: tzinfo, *, several_shops: bool = False) -> None:
        super().__init__(id="health")
        self.zone = zone
        self.several_shops = several_shops
        self._sentence = ""
        self._own: dict[str, str] = {}
        self.rejected = 0
        """Records nobody has been told of that could not be understood."""

    def own_trouble(self, name: str, sentence: str | None) -> None:
        """A trouble of this screen itself (reading, starting); None: it is over."""
        if sentence is None:
            self._own.pop(name, None)
        else:
            self._own[name] = sentence

    def has_own(self, name: str) -> bool:
        """Whether this trouble of our own stands."""
        return name in self._own

    def show(self, rows: Sequence[HealthRow], now: int) -> None:
        """Show the weightiest trouble, or nothing."""
        self._sentence = (
            next(iter(self._own.values()), "")
            or sentence(rows, now, self.zone, self.several_shops)
            or (t("health.rejected", n=self.rejected) if self.rejected else "")
        )
        self.set_class(bool(self._sentence), "-trouble")
        self.changed()

    def on_click(self) -> None:
        """The list of notices tells more."""
        self.post_message(CommandChosen("notices"))

    def content(self, width: int, height: int) -> list[list[Piece]]:
        """The sentence, marked as a trouble by its sign."""
        if not self._sentence:
            return []
        return [[(" ▲ ", "soon"), (fit(self._sentence, max(0, width - 4)), "soon")]]


def _over(row: HealthRow, now: int) -> bool:
    """Whether a courier's rest has ended: nobody knows until the next due parcel tries it, maybe in hours."""
    return row.job == "courier" and row.next_at is not None and row.next_at <= now


def sentence(rows: Sequence[HealthRow], now: int, zone: tzinfo, several_shops: bool = False) -> str:
    """The weightiest trouble in one sentence; empty when all is well. Pure."""
    troubled = [row for row in rows if row.failing_since is not None and not _over(row, now)]
    if not troubled:
        return ""
    row = min(troubled, key=lambda row: _FIRST.index(row.job) if row.job in _FIRST else len(_FIRST))
    what = word("problem", row.problem) or t("problem.failed")
    if row.shop and (several_shops or row.job == "courier"):  # a courier's row names the source
        what = t("health.where", what=what, shop=row.shop)
    last = clock(row.last_ok_at, zone) if row.last_ok_at else t("health.never")
    safe = t(
        f"health.safe.{row.job}" if row.job in ("orders", "tracking", "sender") else "health.safe.other",
        last=last,
    )
    soon = row.next_at is None or row.next_at - now < MINUTE
    then = (
        t("health.next.soon")
        if soon or row.next_at is None
        else t("health.next", at=clock(row.next_at, zone))
    )
    line = t("health.line", what=what, since=clock(row.failing_since or now, zone), safe=safe, next=then)
    others = {one.shop for one in troubled if one.shop and one.job != "courier"} - {row.shop}
    return t("health.also", line=line, n=len(others)) if several_shops and row.shop and others else line
