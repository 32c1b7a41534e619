"""Saved batches: marked orders kept under a name, marked again later. Opening one acts on nothing by itself, and
says which of its orders have moved on or are gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual.binding import Binding, BindingType
from textual.content import Content

from store.reading.desk import BatchMember, BatchRow
from store.status import TAB_OF, OrderStatus, Tab
from store.views import OrderRow, View
from tui.present import status
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys, moment, plain
from tui.screens.prompt import Prompt
from tui.strings import t, word
from tui.widgets.marks import LIMIT

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui.app import PantauApp

LONGEST: Final = 40
"""As store/desk.py cuts a name."""
SHOWN: Final = 50
"""Orders named in one list."""


class BatchesDialog(Dialog[str]):
    """The saved batches; answers with the name of the one to open, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("enter", "open", show=False),
        Binding("s", "save", show=False),
        Binding("x", "drop", show=False),
        Binding("y", "yes", show=False),
    ]

    def __init__(self, rows: Sequence[BatchRow], marked: Sequence[int]) -> None:
        """`marked`: the orders that would be saved."""
        super().__init__()
        self._rows = rows
        self._marked = marked
        self._at = 0
        self._asked: BatchRow | None = None
        """The batch a person is asked about before it is deleted."""

    def title_text(self) -> Content:
        """What this is, or what is asked."""
        if self._asked is not None:
            return Content.styled(t("batches.drop", name=self._asked.name), "bold $warning")
        return Content.styled(t("batches.title"), "bold")

    def body_text(self) -> Content:
        """A line per batch, the chosen one marked by a sign."""
        if not self._rows:
            return Content(t("batches.none"))
        zone = pantau_of(self).zone
        lines: list[Content] = []
        for place, row in enumerate(self._rows):
            chosen = place == self._at
            words = t(
                "batches.line", name=plain(row.name), n=row.orders, at=moment(row.at, zone),
                by=word("actor", row.by),
            )  # fmt: skip
            style = "bold" if chosen else ""
            lines += entry("▌ " if chosen else "  ", words, self.room, style=style, most=2)
        return Content("\n").join(lines)

    def keys_text(self) -> Content:
        """What can be pressed."""
        if self._asked is not None:
            return keys([t("batches.key.yes"), t("batches.key.keep")], self.room)
        offered = [t("batches.key.open"), t("batches.key.drop")] if self._rows else []
        if self._marked and not pantau_of(self).read_only:
            offered.insert(0, t("batches.key.save", n=len(self._marked)))
        return keys([*offered, t("batches.key.back")], self.room)

    def action_back(self) -> None:
        """Out of the question, then out of the list."""
        if self._asked is None:
            self.dismiss(None)
        self._asked = None
        self.redraw()

    def action_move(self, lines: int) -> None:
        """Another batch."""
        if self._rows and self._asked is None:
            self._at = max(0, min(self._at + lines, len(self._rows) - 1))
            self.redraw()
            self.action_scroll(lines)

    def action_open(self) -> None:
        """Mark its orders again; a question is answered with no."""
        if self._asked is not None:
            self.action_back()
        elif self._rows:
            self.dismiss(self._rows[self._at].name)

    def action_save(self) -> None:
        """Keep the marked orders under a name."""
        if self._asked is None and self._marked:
            app, marked = pantau_of(self), self._marked
            self.dismiss(None)
            _save(app, marked, [row.name for row in self._rows])

    def action_drop(self) -> None:
        """Ask before a batch is deleted."""
        if self._rows and self._asked is None:
            self._asked = self._rows[self._at]
            self.redraw()

    def action_yes(self) -> None:
        """Delete it."""
        if (asked := self._asked) is not None:
            app = pantau_of(self)
            self.dismiss(None)

            def write(conn: Connection) -> bool:
                from store.desk import drop_batch

                return drop_batch(conn, asked.name)

            app.main.write(write, lambda done: app.say(t("batches.dropped", name=asked.name)))


class Opening(NamedTuple):
    """What opening a batch marks, and what it leaves alone."""

    tab: Tab | None
    """Where most of its orders are; None: nothing can be marked."""
    marked: tuple[int, ...]
    elsewhere: tuple[OrderRow, ...]
    """As they were, in other tabs."""
    moved: tuple[tuple[OrderRow, str], ...]
    """With the status they had when the batch was saved."""
    lost: int
    full: int
    """Orders beyond what can be marked at once."""

    @property
    def whole(self) -> bool:
        """Whether every order of the batch is marked."""
        return not (self.elsewhere or self.moved or self.lost or self.full) and self.tab is not None


def opening(members: Sequence[BatchMember]) -> Opening:
    """What to mark: orders in the state they were saved in, in the tab that holds most of them. Pure."""
    rows = [one.row for one in members if one.row is not None and one.was is None]
    tabs = [_tab(row) for row in rows]
    tab = max(sorted(set(tabs)), key=tabs.count, default=None)
    fit = [row.pk for row, where in zip(rows, tabs, strict=True) if where == tab]
    return Opening(
        tab,
        tuple(fit[:LIMIT]),
        tuple(row for row, where in zip(rows, tabs, strict=True) if where != tab),
        tuple((one.row, one.was) for one in members if one.row is not None and one.was is not None),
        sum(one.row is None for one in members),
        max(0, len(fit) - LIMIT),
    )


class OpenedDialog(Dialog[None]):
    """What became of a batch that is not whole any more."""

    def __init__(self, name: str, opened: Opening) -> None:
        super().__init__()
        self._batch = name
        self._opened = opened

    def title_text(self) -> Content:
        """How many orders are marked now."""
        return Content.styled(_headline(self._batch, self._opened), "bold")

    def body_text(self) -> Content:
        """The orders that are not, and why."""
        return Content("\n").join(self._lines())

    def keys_text(self) -> Content:
        """What can be pressed."""
        return keys([t("batches.key.close")], self.room)

    def _lines(self) -> Iterator[Content]:
        found = self._opened
        if found.moved:
            yield heading(t("batches.moved"))
            for row, was in found.moved[:SHOWN]:
                told = t(
                    "batches.moved.line", id=plain(row.order_id, 64), was=word("status", was), now=status(row)
                )
                yield from entry("  ", told, self.room)
        if found.elsewhere:
            yield heading(t("batches.elsewhere"))
            for row in found.elsewhere[:SHOWN]:
                told = t("batches.elsewhere.line", id=plain(row.order_id, 64), now=status(row))
                yield from entry("  ", told, self.room)
        if (more := max(0, len(found.moved) - SHOWN) + max(0, len(found.elsewhere) - SHOWN)) > 0:
            yield Content(f"  +{more}")
        if found.lost:
            yield Content.styled(t("batches.lost", n=found.lost), "$warning")
        if found.full:
            yield Content.styled(t("batches.full", n=found.full), "$warning")


def _headline(name: str, opened: Opening) -> str:
    if opened.tab is None:
        return t("batches.look.none", name=name)
    return t("batches.look", name=name, n=len(opened.marked), tab=t(f"tab.{opened.tab.id}"))


def _tab(row: OrderRow) -> Tab:
    known = row.status in OrderStatus.__members__
    return TAB_OF.get(OrderStatus(row.status), Tab.ACTION) if known else Tab.ACTION


def _save(app: PantauApp, marked: Sequence[int], taken: Sequence[str]) -> None:
    def wrong(text: str) -> str:
        if not text:
            return t("batches.wrong")
        return t("batches.taken") if " ".join(text.split()) in taken else ""

    def named(name: str | None) -> None:
        if name is None:
            return
        now = app.clock()

        def write(conn: Connection) -> bool:
            from store.desk import NameTakenError, save_batch

            try:
                save_batch(conn, name, marked, "seller", now)
            except NameTakenError:
                return False
            return True

        def done(kept: bool) -> None:
            words = t("batches.kept", n=len(marked), name=name) if kept else t("batches.taken")
            app.say(words, severity="information" if kept else "warning")

        app.main.write(write, done)

    app.push_screen(Prompt(t("batches.question", n=len(marked)), longest=LONGEST, wrong=wrong), named)


def open_batches(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """The saved batches; what is marked in the list can be saved as one."""
    marked = app.main.orders.selection()

    def chosen(name: str | None) -> None:
        if name is not None:
            app.data.ask(
                lambda reader: reader.batch_members(name), lambda found: _open(app, name, found), slow=True
            )

    def found(batches: Sequence[BatchRow]) -> None:
        app.push_screen(BatchesDialog(batches, marked), chosen)

    app.data.ask(lambda reader: reader.batches(), found)


def _open(app: PantauApp, name: str, members: Sequence[BatchMember] | None) -> None:
    if members is None:
        app.say(t("batches.gone"), severity="warning")
        return
    found = opening(members)
    if found.tab is not None:
        # Unfiltered: a filter left on in that tab must not hide what is marked.
        app.main.show_view(View(found.tab, app.main.views.of(found.tab).sort))
        app.main.orders.clear_marks()
        app.main.orders.mark(found.marked)
        app.main.orders.go_to(found.marked[0])
    if found.whole:
        app.say(t("batches.opened", n=len(found.marked), name=name))
    else:
        app.push_screen(OpenedDialog(name, found))
