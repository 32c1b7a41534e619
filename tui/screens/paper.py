"""Labels, slips and picking lists: what is printed, where, and which would be printed again; one `y`, then progress.

The wish is written down; the background makes the paper (jobs/paper). So it can be left at any moment, also while
the platform still draws the labels.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual.binding import Binding, BindingType
from textual.content import Content

from store.status import Tab
from store.views import OrderRow, View
from tui.reasons import failure
from tui.screens.dialog import Dialog
from tui.screens.lines import entry, heading, keys, plain
from tui.screens.paper_progress import PaperScreen
from tui.screens.ship import short
from tui.strings import t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.reader import Reader
    from tui.app import PantauApp

SHOWN: Final = 8
"""Reprints named one by one, before the rest is a number."""
MOST: Final = 500
"""Orders of one paper."""
SIZES: Final = ("A6", "A5")


class Parcel(NamedTuple):
    """A parcel with its order, and how often its label went to a printer."""

    pk: int
    order_id: str
    package_id: str
    prints: int


class Asked(NamedTuple):
    """What was decided: kinds of paper, their size, the printer (None: only made), and for which orders."""

    kinds: tuple[str, ...]
    size: str
    printer: str | None
    pks: tuple[int, ...]


class PaperDialog(Dialog[Asked]):
    """Answers with what is to be made, or None. It speaks of the orders it was opened with, by id."""

    HOLDS_NEWS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", show=False),
        Binding("l", "kind('label')", show=False),
        Binding("d", "kind('slip')", show=False),
        Binding("p", "kind('picklist')", show=False),
        Binding("a", "size", show=False),
        Binding("w", "printer", show=False),
        Binding("n", "fresh", show=False),
    ]

    def __init__(
        self,
        kinds: Sequence[str],
        orders: Sequence[OrderRow],
        parcels: Sequence[Parcel],
        printers: Sequence[str],
        printer: str,
        size: str,
    ) -> None:
        """`printer`: the configured one; it is chosen when this computer has it, else nothing is printed."""
        super().__init__()
        self._kinds = list(kinds)
        self._orders = tuple(orders)
        self._parcels = tuple(parcels)
        self._printers: tuple[str | None, ...] = (*printers, None)
        self._printer = printer if printer in printers else None
        self._absent = printer if printer and printer not in printers else ""
        self._format = size
        self._fresh = False

    @property
    def _reprints(self) -> list[Parcel]:
        return [parcel for parcel in self._parcels if parcel.prints]

    @property
    def _chosen(self) -> tuple[int, ...]:
        """The orders that are meant: all, or those of which no label was printed yet."""
        old = {parcel.pk for parcel in self._reprints} if self._fresh else set()
        return tuple(row.pk for row in self._orders if row.pk not in old)

    @property
    def _ready(self) -> bool:
        return bool(self._kinds and self._chosen)

    def title_text(self) -> Content:
        """How many orders."""
        return heading(t("paper.title", n=len(self._chosen)))

    def body_text(self) -> Content:
        """What, how, where; then what was printed before."""
        return Content("\n").join([*self._what(), *self._again()])

    def _what(self) -> Iterator[Content]:
        for kind in ("label", "slip", "picklist"):
            on = kind in self._kinds
            yield Content.assemble(
                ("● " if on else "○ ", "$accent" if on else "$text-muted"), t(f"paper.kind.{kind}")
            )
        yield Content("")
        yield Content(t("paper.size", size=self._format))
        where = t("paper.to", printer=plain(self._printer, 60)) if self._printer else t("paper.saved_only")
        yield from entry("", where, self.room)
        if self._absent:
            yield from entry(
                "", t("paper.printer_absent", printer=plain(self._absent, 60)), self.room, style="$warning"
            )
        yield from entry("", t("paper.order"), self.room, style="$text-muted")

    def _again(self) -> Iterator[Content]:
        reprints = self._reprints
        if not reprints or "label" not in self._kinds:
            return
        yield Content("")
        yield Content.styled(
            t("paper.reprints.left" if self._fresh else "paper.reprints", n=len(reprints)), "$warning"
        )
        for parcel in reprints[:SHOWN]:
            yield Content(f"  {short(parcel.order_id)}  {t('paper.times', n=parcel.prints)}")
        if len(reprints) > SHOWN:
            yield Content.styled("  " + t("paper.more", n=len(reprints) - SHOWN), "$text-muted")

    def keys_text(self) -> Content:
        """What can be pressed."""
        phrases = []
        if self._ready:
            phrases.append(t("paper.key.print" if self._printer else "paper.key.make", n=len(self._chosen)))
        phrases += [t(f"paper.key.{name}") for name in ("label", "slip", "picklist", "size", "printer")]
        if self._reprints:
            phrases.append(t("paper.key.all" if self._fresh else "paper.key.fresh"))
        return keys([*phrases, t("paper.key.back")], self.room)

    def action_kind(self, kind: str) -> None:
        """With or without this paper."""
        if kind in self._kinds:
            self._kinds.remove(kind)
        else:
            self._kinds.append(kind)
        self.redraw()

    def action_size(self) -> None:
        """The other size."""
        self._format = SIZES[(SIZES.index(self._format) + 1) % len(SIZES)]
        self.redraw()

    def action_printer(self) -> None:
        """The next printer; after the last one, none."""
        here = self._printers.index(self._printer)
        self._printer = self._printers[(here + 1) % len(self._printers)]
        self.redraw()

    def action_fresh(self) -> None:
        """Only orders without a printed label, or all of them again."""
        self._fresh = not self._fresh and bool(self._reprints)
        self.redraw()

    def action_yes(self) -> None:
        """Make it."""
        if self._ready:
            self.dismiss(Asked(tuple(self._kinds), self._format, self._printer, self._chosen))


def open_labels(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Labels of these orders; slips and a picking list are a key away."""
    labels_of(app, [row.pk for row in rows])


def labels_of(app: PantauApp, pks: Sequence[int]) -> None:
    """The same by row ids."""
    app.run_worker(_flow(app, ["label"], pks), group="paper", exclusive=True, exit_on_error=False)


def open_picklist(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """A picking list of the marked orders; without marks, of everything that is confirmed and waits to be sent."""
    orders = app.main.orders
    marked = list(orders.marks.of(orders.view)) if orders.view is not None else []
    app.run_worker(
        _flow(app, ["picklist"], marked or None), group="paper", exclusive=True, exit_on_error=False
    )


async def _flow(app: PantauApp, kinds: Sequence[str], pks: Sequence[int] | None) -> None:
    from jobs.paper.wishes import want_labels, want_picklist, want_slips

    store = app.store
    if store is None:
        app.say(t("app.busy_starting"), severity="warning")
        return
    now = app.clock()
    try:
        orders, parcels = await app.data.get(lambda reader: _read(reader, pks, now), slow=True)
        if not orders:
            app.say(t("paper.nobody_confirmed"), severity="warning")
            return
        printers = await asyncio.to_thread(_printers)
        settings = app.settings.paper
        app.clear_notifications()
        asked = await app.push_screen_wait(
            PaperDialog(kinds, orders, parcels, printers, settings.printer, settings.size)
        )
        if asked is None:
            return
        wish = {"label": want_labels, "slip": want_slips, "picklist": want_picklist}
        at = app.clock()

        def write(conn: Connection) -> list[int]:
            return [
                wish[kind](conn, asked.pks, asked.size, asked.printer, "seller", at) for kind in asked.kinds
            ]

        papers = await store.awrite(write)
    except Exception as error:  # told, never raised: what was not written down is not made
        app.say(t("status.failed", detail=failure(error)), severity="error")
        return
    app.nudge("papers")
    app.push_screen(PaperScreen(papers))


def _read(reader: Reader, pks: Sequence[int] | None, now: int) -> tuple[list[OrderRow], list[Parcel]]:
    if pks is None:
        rows = reader.after(View(Tab.TO_SHIP, chips=frozenset({"confirmed"})), None, MOST, now)
    else:
        rows = reader.rows(pks[:MOST])
    prints = reader.prints([row.pk for row in rows])
    by_pk = {row.pk: row.order_id for row in rows}
    return rows, [Parcel(pk, by_pk[pk], package, count) for (pk, package), count in prints.items()]


def _printers() -> list[str]:
    """The printers of this computer; none where it cannot print."""
    from jobs.paper.printing import PrintError, printers

    try:
        return printers()
    except PrintError:
        return []
