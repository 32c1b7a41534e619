"""The top line: whose shop, how fresh the data is, how the day goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Final, NamedTuple

from store.times import DAY, MINUTE
from store.views import HealthRow, ShopRow, Today
from tui.clock import age
from tui.file_words import last_file
from tui.strings import t
from tui.text import clean
from tui.widgets.painted import Painted, Piece, length

if TYPE_CHECKING:
    from jobs.health.watch import Shown

STALE: Final = {"orders": 3 * MINUTE, "tracking": 30 * MINUTE}
"""A source whose last good run is older than this is called delayed."""
OLD_FILE: Final = DAY
"""A shop that lives on files should have had one since."""

_WELL, _DAY, _RATE, _LATE = range(4)
"""Weights of what the line tells."""


class LastFile(NamedTuple):
    """The newest file of the shop whose file is the oldest; epoch ms."""

    at: int | None
    """When it was taken in; None: no file yet."""
    stamp: int | None
    """The newest moment it tells of."""


class _Group(NamedTuple):
    """A part of the line that is shown whole or not at all."""

    weight: int
    """What weighs most is shown where there is no room for all."""
    piece: Piece


class Header(Painted):
    """One line. Where it is narrow, what says that all is well goes first, then the day's numbers, then the rate; a
    source that is late, and so makes the rest doubtful, goes last."""

    def __init__(self, zone: tzinfo, *, read_only: bool) -> None:
        super().__init__(id="header")
        self._zone = zone
        self._read_only = read_only
        self._file: LastFile | None = None
        self._shops: Sequence[ShopRow] = ()
        self._health: Sequence[HealthRow] = ()
        self._today: Today | None = None
        self.rated: Shown | None = None
        """The late-dispatch rate as it was counted last."""
        self._now = 0

    def show(
        self, shops: Sequence[ShopRow], health: Sequence[HealthRow], today: Today | None, now: int
    ) -> None:
        """Show these facts."""
        self._shops, self._health, self._today, self._now = shops, health, today, now
        self.changed()

    def show_file(self, file: LastFile | None) -> None:
        """Show how old the last file is; None where no shop lives on files."""
        if file != self._file:
            self._file = file
            self.changed()

    def show_rate(self, found: Shown) -> None:
        """Show the late-dispatch rate, or nothing while too few orders were judged; an older count changes nothing."""
        if self.rated is None or found.at >= self.rated.at:
            self.rated = found
            self.changed()

    def tick(self, now: int) -> None:
        """A second has passed: ages grow."""
        self._now = now
        self.changed()

    def content(self, width: int, height: int) -> list[list[Piece]]:
        """Shop and freshness at the left, the day at the right."""
        line: list[Piece] = [(" Pantau", "accent")]
        if name := self._whose():
            line.append((f" · {name}", "strong"))
        if self._read_only:
            line.append((f" · {t('header.read_only')}", "soon"))
        groups = [*filter(None, map(self._source, STALE)), *self._last_file(), *self._day()]
        gap, room = 3, width - length(line) - 1
        shown = set()
        for place, group in sorted(enumerate(groups), key=lambda one: -one[1].weight):
            if (size := length([group.piece]) + gap) > room:
                break
            shown.add(place)
            room -= size
        # What is left over stands between the shop and the rest, so that the rest keeps to the right edge.
        line.append((" " * max(0, room), "plain"))
        for place in sorted(shown):
            line += [(" " * gap, "plain"), groups[place].piece]
        return [line]

    def _whose(self) -> str:
        if not self._shops:
            return ""
        if len(self._shops) > 1:
            return t("header.shops", n=len(self._shops))
        return clean(self._shops[0].title or self._shops[0].name, limit=40)

    def _source(self, job: str) -> _Group | None:
        """How fresh a source is: its oldest shop counts, because that is the one to worry about."""
        rows = [row for row in self._health if row.job == job]
        if not rows:
            return None
        what = t(f"header.{job}")
        oldest = min((row.last_ok_at or 0) for row in rows)
        if not oldest:
            return _Group(_WELL, (t("header.never", what=what), "muted"))
        text = age(oldest, self._now)
        if self._now - oldest > STALE[job]:
            return _Group(_LATE, (t("header.stale", what=what, age=text), "soon"))
        return _Group(_WELL, (t("header.ago", what=what, age=text), "muted"))

    def _last_file(self) -> list[_Group]:
        if (file := self._file) is None:
            return []
        since = file.at if file.stamp is None else file.stamp
        old = since is None or self._now - since > OLD_FILE
        told = last_file(file.at, file.stamp, self._now, self._zone)
        return [_Group(_LATE, (told, "soon")) if old else _Group(_WELL, (told, "muted"))]

    def _day(self) -> list[_Group]:
        today, rate = self._today, self.rated.rate if self.rated else None
        if today is None:
            return []
        found = [_Group(_DAY, (t("header.today", new=today.new, shipped=today.shipped), "plain"))]
        if rate is not None and rate.now is not None:
            percent = f"{100 * rate.now:.1f}".replace(".", ",")
            style = "late" if rate.bad else "plain"
            found.append(_Group(_RATE, (t("header.late", percent=percent), style)))
        return found
