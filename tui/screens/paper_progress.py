"""What becomes of papers: pages, what is missing and why, where the file is; print, open, save, once more."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content

from store.paper_facts import Missing, OnPaper, PaperRow
from store.views import OrderRow
from tui.paper_words import advice, cause
from tui.reasons import failure
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys, moment, plain
from tui.screens.ship import short
from tui.strings import t, word

if TYPE_CHECKING:
    from store.reader import Reader
    from tui.app import PantauApp

_SIGNS: Final = {
    "ready": ("✓", "$success"),
    "printed": ("✓", "$success"),
    "failed": ("✗", "$error"),
}
_PARTIAL: Final = ("!", "$warning")
"""Not everything that was asked for is on it."""
LATEST: Final = 30
"""Papers shown when none was asked for."""


class PaperScreen(Dialog[None]):
    """Follows papers by id (without any, shows the latest ones) until it is closed; making them never depends on it."""

    FULL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "back", show=False),
        Binding("p", "print", show=False),
        Binding("o", "open", show=False),
        Binding("s", "save", show=False),
        Binding("r", "again", show=False),
        Binding("down,j", "move(1)", show=False, priority=True),
        Binding("up,k", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, papers: Sequence[int] = ()) -> None:
        super().__init__()
        self._wanted = tuple(papers)
        self._rows: tuple[PaperRow, ...] = ()
        self._parcels: dict[int, tuple[OnPaper, ...]] = {}
        self._at: int | None = papers[0] if papers else None
        self._loaded = False

    def on_mount(self) -> None:
        """Look at once; the app tells of every change."""
        self.store_changed()

    def store_changed(self) -> None:
        """Look at the store anew."""
        pantau_of(self).data.ask(self._read, self._arrived)

    def _read(self, reader: Reader) -> tuple[list[PaperRow], dict[int, tuple[OnPaper, ...]]]:
        if self._wanted:
            rows = [row for paper in self._wanted if (row := reader.paper(paper)) is not None]
        else:
            rows = reader.papers(LATEST)
        return rows, {row.id: reader.on_paper(row.id) for row in rows if row.missing}

    def _arrived(self, found: tuple[list[PaperRow], dict[int, tuple[OnPaper, ...]]]) -> None:
        rows, self._parcels = found
        self._rows, self._loaded = tuple(rows), True
        if self._at not in [row.id for row in rows]:
            self._at = rows[0].id if rows else None
        self.redraw()

    @property
    def _row(self) -> PaperRow | None:
        return next((row for row in self._rows if row.id == self._at), None)

    def title_text(self) -> Content:
        """Which list this is."""
        return heading(t("paper.results" if self._wanted else "paper.results.all"))

    def body_text(self) -> Content:
        """A line per paper; below it what is missing, and where the file is."""
        if not self._rows:
            return Content(t("paper.results.none") if self._loaded else "")
        return Content("\n").join([line for row in self._rows for line in self._lines(row)])

    def _lines(self, row: PaperRow) -> Iterator[Content]:
        parcels = self._parcels.get(row.id, ())
        made, count = made_of(row, parcels)
        partial = row.state in ("ready", "printed") and made < count
        sign, style = _PARTIAL if partial else _SIGNS.get(row.state, ("·", "$warning"))
        here = row.id == self._at
        when = "" if self._wanted else f"{moment(row.requested_at, pantau_of(self).zone)}  "
        told = {"kind": t(f"paper.kind.{row.kind}"), "state": word("paper_state", row.state)}
        line = "paper.line.partial" if partial else "paper.line"
        words = t(line, made=made, n=count, **told)
        pages = f" · {t('paper.pages', n=row.pages)}" if row.pages else ""
        yield Content.assemble(
            ("▌" if here else " ", "$accent"), (f"{sign} ", style), when, (words, "bold"), pages
        )
        indent = " " * 4
        if row.problem:
            yield from entry(indent, cause(row.problem), self.room, style="$warning")
        if row.printer and row.state == "printed":
            yield from entry(
                indent, t("paper.to", printer=plain(row.printer, 60)), self.room, style="$text-muted"
            )
        several = in_several(row, parcels)
        for one in row.missing:
            yield from self._missing(one, one.order_id in several)
        if row.file is not None:
            path = pantau_of(self).settings.paper_path / row.file
            yield from entry(indent, str(path), self.room, style="$text-muted")

    def _missing(self, one: Missing, several: bool) -> Iterator[Content]:
        who = short(one.order_id)
        if several and one.package_id:
            who += f" {t('paper.parcel', package=short(one.package_id))}"
        code = f" ({one.code})" if one.code is not None else ""
        yield from entry(f"    ✗ {who}  ", f"{cause(one.reason)}{code}", self.room, style="$error")
        if said := advice(one.reason, one.code):
            yield from entry("        → ", said, self.room, style="$text-muted")

    def keys_text(self) -> Content:
        """What can be pressed on the paper under the cursor."""
        row, phrases = self._row, []
        if row is not None and row.file is not None:
            phrases += [t("paper.key.reprint" if row.state == "printed" else "paper.key.now")]
            phrases += [t("paper.key.open"), t("paper.key.save")]
        if row is not None and (row.state == "failed" or row.missing):
            phrases.append(t("paper.key.again"))
        if any(one.state == "wanted" for one in self._rows):
            phrases.append(t("results.key.background"))
        return keys([*phrases, t("results.key.back")], self.room)

    def action_move(self, step: int) -> None:
        """The next paper, or the one before."""
        ids = [row.id for row in self._rows]
        if self._at in ids:
            self._at = ids[min(max(ids.index(self._at) + step, 0), len(ids) - 1)]
        self.redraw()

    def action_print(self) -> None:
        """Hand the paper to its printer, or to the configured one."""
        row, app = self._row, pantau_of(self)
        if row is None or row.file is None:
            return
        printer = row.printer or app.settings.paper.printer
        if not printer:
            app.say(t("paper.no_printer"), severity="warning")
            return
        self._start(_print(app, row.id, row.kind, printer))

    def action_open(self) -> None:
        """Show it in the viewer."""
        self._with_file(_open)

    def action_save(self) -> None:
        """A copy for the seller, in the folder the program was started from."""
        self._with_file(_save)

    def action_again(self) -> None:
        """Make it once more: what was missing may be there by now."""
        if (row := self._row) is not None:
            self._start(_again(pantau_of(self), self, row))

    def follow(self, paper: int) -> None:
        """One more paper to follow, with the cursor on it."""
        self._wanted = (*self._wanted, paper) if self._wanted else ()
        self._at = paper
        self.store_changed()

    def _with_file(self, what: Callable[[PantauApp, Path], None]) -> None:
        row, app = self._row, pantau_of(self)
        if row is not None and row.file is not None:
            path = app.settings.paper_path / row.file
            self._start(_off_the_loop(app, what, path))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        pantau_of(self).run_worker(work, group="paper-file", exit_on_error=False)


def made_of(row: PaperRow, parcels: Sequence[OnPaper]) -> tuple[int, int]:
    """How many of a paper's parcels (of a picking list: orders) are on it, and how many were asked for."""
    packages = {parcel.package_id for parcel in parcels}
    # What has no parcel, or is cancelled, was asked for without ever being among a paper's parcels.
    beside = sum(one.package_id not in packages for one in row.missing) if packages else 0
    asked = row.count + beside
    return max(0, asked - len(row.missing)), asked


def in_several(row: PaperRow, parcels: Sequence[OnPaper]) -> set[str]:
    """The orders of a paper that travel in several parcels: of those, a line has to name the parcel."""
    known = {(order_id, parcel.package_id) for parcel in parcels for _pk, order_id in parcel.orders}
    known |= {(one.order_id, one.package_id) for one in row.missing if one.package_id}
    counts = Counter(order_id for order_id, _package in known)
    return {order_id for order_id, count in counts.items() if count > 1}


async def _off_the_loop(app: PantauApp, what: Callable[[PantauApp, Path], None], path: Path) -> None:
    try:
        await asyncio.to_thread(what, app, path)
    except OSError as error:
        app.say(t("paper.file_failed", detail=error.strerror or type(error).__name__), severity="error")


def _open(app: PantauApp, path: Path) -> None:
    from jobs.paper.printing import open_file

    if not path.is_file():
        raise FileNotFoundError(2, t("paper.gone"))
    if not open_file(path):
        app.call_from_thread(app.say, t("paper.no_viewer", path=str(path)), severity="warning")


def _save(app: PantauApp, path: Path) -> None:
    from jobs.paper.files import save_to

    copy = save_to(path, Path.cwd())
    app.call_from_thread(app.say, t("paper.saved", path=str(copy)))


async def _print(app: PantauApp, paper: int, kind: str, printer: str) -> None:
    from jobs.paper.files import PaperFolder
    from jobs.paper.press import print_paper

    store = app.store
    if store is None:
        return
    try:
        folder = PaperFolder(app.settings.paper_path)
        problem = await print_paper(store, folder, paper, kind, printer, "seller", app.clock)
    except Exception as error:  # told, never raised
        app.say(t("status.failed", detail=failure(error)), severity="error")
        return
    if problem is None:
        app.say(t("paper.sent", printer=printer))
    else:
        app.say(cause(problem), severity="error")


async def _again(app: PantauApp, screen: PaperScreen, row: PaperRow) -> None:
    from jobs.paper.wishes import want_again

    store, now = app.store, app.clock()
    if store is None:
        return
    try:
        paper = await store.awrite(lambda conn: want_again(conn, row.id, row.printer, "seller", now))
    except Exception as error:  # told, never raised
        app.say(t("status.failed", detail=failure(error)), severity="error")
        return
    if paper is not None:
        app.nudge("papers")
        screen.follow(paper)


def open_papers(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """The latest papers of every kind."""
    app.push_screen(PaperScreen())
