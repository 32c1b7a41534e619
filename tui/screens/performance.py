"""How the shop and its couriers do, and what to bring to which courier today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from store.views import OrderRow
from tui import statistics as words
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys, plain
from tui.strings import t
from tui.text import fit, width_of

if TYPE_CHECKING:
    from jobs.parcels.stats import Stats
    from store.reader import Reader
    from tui.app import PantauApp


class PerformanceScreen(Dialog[None]):
    """Counts once, off the loop, when it is opened."""

    FULL = True

    def __init__(self) -> None:
        super().__init__()
        self._stats: Stats | None = None

    def on_mount(self) -> None:
        """Begin to count."""
        app = pantau_of(self)
        zone, now = app.zone, app.clock()

        def look(reader: Reader) -> Stats:
            from jobs.parcels.stats import gather

            return gather(reader, zone, now)

        app.data.ask(look, self._arrived, slow=True)

    def _arrived(self, stats: Stats) -> None:
        self._stats = stats
        self.redraw()

    def title_text(self) -> Content:
        """What this is."""
        return heading(t("stats.title"))

    def body_text(self) -> Content:
        """Rates and advice first, then couriers, then what waits."""
        stats = self._stats
        if stats is None:
            return Content.styled(t("stats.reading"), "$text-muted")
        return Content("\n").join(
            [*self._health(stats), *self._advice(stats), *self._couriers(stats), *self._waiting(stats)]
        )

    def keys_text(self) -> Content:
        """What can be pressed."""
        return keys([t("stats.key.back")], self.room)

    def _health(self, stats: Stats) -> Iterator[Content]:
        yield heading(t("stats.health"))
        for key, rate in (("stats.ldr", stats.ldr), ("stats.sfcr", stats.sfcr)):
            over = rate.now is not None and rate.next_step != _TARGETS[key]
            yield from entry("  ", words.rate_line(t(key), rate), self.room, style="$error" if over else "")

    def _advice(self, stats: Stats) -> Iterator[Content]:
        yield heading(f"\n{t('stats.advice')}")
        if not stats.advice:
            yield from entry("  ", t("stats.advice.none"), self.room, style="$text-muted")
        for advice in stats.advice:
            line = words.advice_line(advice, stats.at, pantau_of(self).zone)
            yield from entry("  → ", line, self.room, style="bold $warning")

    def _couriers(self, stats: Stats) -> Iterator[Content]:
        yield heading(f"\n{words.since_line(stats, pantau_of(self).zone)}")
        if not stats.couriers:
            return
        yield from _grid(words.courier_table(stats.couriers))
        for key, door in (("stats.weekdays.scan", False), ("stats.weekdays.door", True)):
            yield heading(f"\n{t(key)}")
            yield from _grid(words.weekday_table(stats.couriers, door=door))

    def _waiting(self, stats: Stats) -> Iterator[Content]:
        yield heading(f"\n{words.waiting_line(stats)}")
        for parcel, chance in words.waiting_lines(stats, pantau_of(self).zone):
            lead = f"  {fit(parcel.order_id, 20)}{fit(words.courier(parcel.courier), 14)}"
            yield from entry(lead, chance, self.room)
        if (more := len(stats.waiting) - words.SHOWN) > 0:
            yield Content.styled(f"  {t('stats.waiting.more', n=more)}", "$text-muted")


_TARGETS = {"stats.ldr": 0.04, "stats.sfcr": 0.025}
"""The first step of each rate: as long as it is the next one, the target is kept."""


def _grid(rows: Sequence[Sequence[str]]) -> Iterator[Content]:
    """Columns side by side: the first at the left, figures at the right, the header muted."""
    widths = [max(width_of(plain(cell)) for cell in column) for column in zip(*rows, strict=True)]
    for place, row in enumerate(rows):
        cells = [
            fit(plain(cell), width, right=column > 0)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield Content.styled("  " + "  ".join(cells), "" if place else "$text-muted")


def open_performance(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the screen; it is about the shop, whatever the cursor is on."""
    app.push_screen(PerformanceScreen())
