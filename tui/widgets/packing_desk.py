"""What stands on the packing table, and what was said about it last. No widget, no storage: a screen shows it."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, Final

from jobs.packing.rules import OVERRULABLE
from store.packing_facts import OPEN, PACKED, Kept, Line, Parcel, Stop
from store.views import OrderRow, PackingDay
from tui import packing_words
from tui.clock import clock, span
from tui.screens.lines import plain
from tui.strings import t

if TYPE_CHECKING:
    from jobs.packing.table import Sight

WRONG: Final = 3
"""Bells of a stop; one is for right."""


class Desk:
    """Empty, or with one parcel on it: open, stopped, or one of several that have to be told apart."""

    def __init__(self, packer: str, zone: tzinfo, cursor: OrderRow | None = None) -> None:
        self.packer = packer
        self.zone = zone
        self.cursor = cursor if cursor is not None and cursor.tracking_number else None
        """The order under the list's cursor: it can be packed without its label."""
        self.sight: Sight | None = None
        self.place = 0
        """The line, or the choice, under the cursor."""
        self.question: str | None = None
        """What was asked and waits for `y`: `finish`, `abort`, `teach`, `overrule`."""
        self.unknown = ""
        """The last code nobody knew, which can be taught."""
        self.day: PackingDay | None = None
        self.said = ("", "")
        """The last thing that happened, and its style."""

    @property
    def row(self) -> Kept | None:
        """The packing as it was stored last."""
        return None if self.sight is None else self.sight.row

    @property
    def stop(self) -> Stop | None:
        """A hard stop that waits for a person."""
        return None if self.sight is None else self.sight.stop

    @property
    def choices(self) -> tuple[Parcel, ...]:
        """Parcels of which one has to be taken."""
        return () if self.sight is None else self.sight.choices

    @property
    def open_id(self) -> int | None:
        """The packing that goes on, also while it is stopped."""
        return self.row.id if self.row is not None and self.row.outcome == OPEN else None

    @property
    def lines(self) -> tuple[Line, ...]:
        """What belongs into the parcel."""
        return () if self.row is None else self.row.contents.lines

    @property
    def left(self) -> int:
        """Units that are still to come."""
        return sum(line.left for line in self.lines)

    @property
    def item(self) -> str:
        """The item under the cursor by name."""
        return plain(packing_words.item(self.lines[self.place]), 40) if self.place < len(self.lines) else ""

    @property
    def teachable(self) -> bool:
        """Whether the stop is about a code that could be taught."""
        return self.stop is not None and self.stop.reason == "unknown_item" and bool(self.unknown)

    @property
    def overrulable(self) -> bool:
        """Whether a person may pack it all the same."""
        return self.stop is not None and self.stop.reason in OVERRULABLE

    def move(self, step: int) -> None:
        """Move the cursor, not beyond the ends."""
        count = len(self.choices) or len(self.lines)
        self.place = min(max(self.place + step, 0), max(count - 1, 0))

    def clear(self) -> None:
        """Nothing stands on the table."""
        self.sight, self.place, self.said = None, 0, ("", "")

    def take_in(self, sight: Sight) -> int:
        """Something was done: remember it and say it; the bells it is worth."""
        before, self.sight, self.question = self.sight, sight, None
        known = before.row if before is not None else None
        same = known is not None and sight.row is not None and known.id == sight.row.id
        if not same:
            self.place, self.unknown = 0, ""
        if sight.place is not None:
            self.place = sight.place
        self.said = ("", "")
        if sight.stop is not None:
            self.unknown = sight.stop.code if sight.stop.reason == "unknown_item" else ""
            return 0 if same and before is not None and before.stop == sight.stop else WRONG
        if sight.choices:
            return 1
        if sight.outcome == PACKED:
            return self._packed(sight)
        if sight.outcome == OPEN:
            return self._going_on(sight, same)
        if sight.row is not None and (before is None or before.stop is None):
            self.said = (t("packing.aborted", id=_number(sight.row)), "$warning")
        return 0

    def _packed(self, sight: Sight) -> int:
        row = sight.row
        assert row is not None
        told = t("packing.done", id=_number(row))
        took = span((row.done_at or row.begun_at) - row.begun_at)
        told += " · " + t("packing.done.how", n=row.contents.done, span=took)
        if by_hand := sum(line.by_hand for line in row.contents.lines):
            told += " · " + t("packing.by_hand", n=by_hand)
        self.said = (told, "bold $success")
        if sight.parcel is not None and self.cursor is not None:
            done = any(part.pk == self.cursor.pk for part in sight.parcel.parts)
            self.cursor = None if done else self.cursor
        return 1

    def _going_on(self, sight: Sight, same: bool) -> int:
        row = sight.row
        assert row is not None
        if sight.own:
            self.said = (t("packing.own"), "$warning")
        elif sight.place is not None:
            line = row.contents.lines[sight.place]
            key = "packing.right" if sight.code else "packing.counted"
            told = t(key, name=packing_words.item(line), done=line.wanted - line.left, wanted=line.wanted)
            self.said = (told, "bold $success")
        elif sight.resumed:
            at = clock(row.begun_at, self.zone)
            self.said = (t("packing.resumed", at=at, by=plain(row.packer, 30)), "bold $warning")
        elif same:
            return 0
        return 1


def _number(row: Kept) -> str:
    return plain(row.tracking_number or row.package_id or row.order_id, 64)
