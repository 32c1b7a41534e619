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
    from jobs.parcels.performance import Rate

STALE: Final = {"orders": 3 * MINUTE, "tracking": 30 * MINUTE}
"""A source whose last good run is older than this is called delayed."""
OLD_FILE: Final = DAY
"""A shop that lives on files should have had one since."""


class LastFile(NamedTuple):
    """The newest file of the shop whose file is the oldest; epoch ms."""

    at: int | None
    """When it was taken in; None: no file yet."""
    stamp: int | None
    """The newest moment it tells of."""


class Header(Painted):
    """One line; what does not fit is left out from the right."""

    def __init__(self, zone: tzinfo, *, read_only: bool) -> None:
        super().__init__(id="header")
        self._zone = zone
        self._read_only = read_only
        self._file: LastFile | None = None
        self._shops: Sequence[ShopRow] = ()
        self._health: Sequence[HealthRow] = ()
        self._today: Today | None = None
        self._rate: Rate | None = None
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

    def show_rate(self, rate: Rate) -> None:
        """Show the late-dispatch rate, or nothing while too few orders were judged."""
        self._rate = rate
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
        groups = [group for job in STALE if (group := self._source(job))]
        groups += [[piece] for piece in (*self._last_file(), *self._day())]
        gap, room = 3, width - length(line) - 1
        shown: list[list[Piece]] = []
        for group in groups:
            if (size := length(group) + gap) > room:
                break
            shown.append(group)
            room -= size
        # What is left over stands between the shop and the rest, so that the rest keeps to the right edge.
        line.append((" " * max(0, room), "plain"))
        for group in shown:
            line += [(" " * gap, "plain"), *group]
        return [line]

    def _whose(self) -> str:
        if not self._shops:
            return ""
        if len(self._shops) > 1:
            return t("header.shops", n=len(self._shops))
        return clean(self._shops[0].title or self._shops[0].name, limit=40)

    def _source(self, job: str) -> list[Piece]:
        """How fresh a source is: its oldest shop counts, because that is the one to worry about."""
        rows = [row for row in self._health if row.job == job]
        if not rows:
            return []
        what = t(f"header.{job}")
        oldest = min((row.last_ok_at or 0) for row in rows)
        if not oldest:
            return [(t("header.never", what=what), "muted")]
        text = age(oldest, self._now)
        if self._now - oldest > STALE[job]:
            return [(t("header.stale", what=what, age=text), "soon")]
        return [(t("header.ago", what=what, age=text), "muted")]

    def _last_file(self) -> list[Piece]:
        if (file := self._file) is None:
            return []
        since = file.at if file.stamp is None else file.stamp
        old = since is None or self._now - since > OLD_FILE
        return [(last_file(file.at, file.stamp, self._now, self._zone), "soon" if old else "muted")]

    def _day(self) -> list[Piece]:
        today, rate = self._today, self._rate
        if today is None:
            return []
        found: list[Piece] = [(t("header.today", new=today.new, shipped=today.shipped), "plain")]
        if rate is not None and rate.now is not None:
            percent = f"{100 * rate.now:.1f}".replace(".", ",")
            found.append((t("header.late", percent=percent), "late" if rate.bad else "plain"))
        return found
