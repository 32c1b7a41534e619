"""How the platform rates the shop, what to save first, how couriers do, and what to bring to which courier today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from store.status import Tab
from store.views import OrderRow
from tui import health_words as health
from tui import statistics as words
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lead import lead_to
from tui.screens.lines import entry, heading, keys, plain
from tui.strings import t
from tui.text import fit, width_of
from tui.widgets.header import Header

if TYPE_CHECKING:
    from jobs.health.rates import Look
    from jobs.health.watch import Shown
    from jobs.parcels.stats import Stats
    from store.reader import Reader
    from tui.app import PantauApp


class PerformanceScreen(Dialog[None]):
    """Counts once, off the loop, when it is opened."""

    FULL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "save('arrange')", show=False),
        Binding("s", "save('scan')", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._stats: Stats | None = None
        self._looks: list[Look] = []

    def on_mount(self) -> None:
        """Begin to count."""
        app = pantau_of(self)
        zone, now = app.zone, app.clock()

        def read(reader: Reader) -> tuple[Stats, list[Look], Shown]:
            from jobs.health.rates import looks
            from jobs.health.watch import of_shops
            from jobs.parcels.stats import gather, learn

            seq = reader.last_seq()
            model = learn(reader, zone, now)
            seen = looks(reader, zone, now, model)
            rated = of_shops([look.health for look in seen], now, seq)
            return gather(reader, zone, now, model=model), seen, rated

        app.data.ask(read, self._arrived, slow=True)

    def _arrived(self, found: tuple[Stats, list[Look], Shown]) -> None:
        self._stats, self._looks, rated = found
        # The top line says the same from now on.
        pantau_of(self).main.query_one(Header).show_rate(rated)
        self.redraw()

    def title_text(self) -> Content:
        """What this is."""
        return heading(t("stats.title"))

    def body_text(self) -> Content:
        """Rates and what to do about them first, then couriers, then what waits."""
        stats = self._stats
        if stats is None:
            return Content.styled(t("stats.reading"), "$text-muted")
        return Content("\n").join(
            [
                *self._health(),
                *self._saves(stats),
                *self._advice(stats),
                *self._couriers(stats),
                *self._waiting(stats),
            ]
        )

    def keys_text(self) -> Content:
        """What can be pressed."""
        kinds = {save.kind for look in self._looks for save in look.saves}
        offered = [t(f"rating.key.{kind}") for kind in ("arrange", "scan") if kind in kinds]
        return keys([*offered, t("stats.key.back")], self.room)

    def action_save(self, kind: str) -> None:
        """To the orders that are still to be arranged, or to be handed over: marked in their tab."""
        app = pantau_of(self)
        ids = [save.order_id for save in health.saves(self._looks) if save.kind == kind]
        if not ids:
            app.say(t("rating.none"))
            return
        self.dismiss(None)
        lead_to(app, ids, Tab.TO_SHIP if kind == "arrange" else Tab.COLLECTION)

    def _health(self) -> Iterator[Content]:
        yield heading(t("stats.health"))
        for level, line in health.rates(self._looks):
            yield from entry("  ", line, self.room, style="" if level == "none" else "$error")

    def _saves(self, stats: Stats) -> Iterator[Content]:
        found = health.saves(self._looks)
        title = t("rating.saves", n=len(found)) if found else t("rating.saves.none")
        yield heading(f"\n{title}")
        for save in found[: health.SHOWN]:
            line = health.save_line(save, stats.at, pantau_of(self).zone)
            yield from entry(f"  {fit(plain(save.order_id, 40), 20)}", line, self.room)
        if (more := len(found) - health.SHOWN) > 0:
            yield Content.styled(f"  {t('rating.saves.more', n=more)}", "$text-muted")

    def _advice(self, stats: Stats) -> Iterator[Content]:
        yield heading(f"\n{t('stats.advice')}")
        for advice in stats.advice:
            line = words.advice_line(advice, stats.at, pantau_of(self).zone)
            yield from entry("  → ", line, self.room, style="bold $warning")
        if note := words.advice_note(stats):
            pressing = stats.ldr.at_risk or stats.overdue
            yield from entry("  ", note, self.room, style="$warning" if pressing else "$text-muted")

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
