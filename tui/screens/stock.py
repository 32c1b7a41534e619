"""The goods of all shops, the most pressing first; setting a number, levelling shops, searching."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content

from jobs.stock.overview import PileRow, gather, matching
from store.views import OrderRow
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys
from tui.screens.prompt import Prompt
from tui.screens.stock_set import ask_level, ask_low, ask_number
from tui.screens.stock_view import columns, header, inside, line, unsaid
from tui.stock_words import code_of
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from store.reader import Reader
    from store.stock import Pile
    from tui.app import PantauApp

LONGEST: Final = 60
"""Characters of a search."""
_EDGES: Final = 3
"""Lines that are border and title."""


class StockScreen(Dialog[None]):
    """A window of lines around the cursor; the cursor stays on its pile while others come and go."""

    FULL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("pagedown,space,ctrl+f", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("g,home", "move(-1000000)", show=False),
        Binding("G,end", "move(1000000)", show=False),
        Binding("e,enter", "set", show=False),
        Binding("r", "level", show=False),
        Binding("b", "limit", show=False),
        Binding("slash", "search", show=False),
        Binding("l", "low", show=False),
        Binding("y", "copy", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._every: list[PileRow] | None = None
        self._rows: list[PileRow] = []
        self._failed = False
        self._query = ""
        self._low = False
        self._key = ""
        """The pile under the cursor."""
        self._first = 0
        self._unsaid: frozenset[str] = frozenset()
        self._asked = False

    # ---- what there is ----------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Look at once; the app tells of every change, and the pace of sales falls by itself."""
        self.store_changed()
        self.set_interval(30, self.store_changed)

    def store_changed(self) -> None:
        """Look at the store anew; one look at a time."""
        if self._asked:
            return
        self._asked = True
        app = pantau_of(self)
        settings, now = app.settings.stock, app.clock()

        def look(reader: Reader) -> list[PileRow]:
            return gather(reader, settings, now)

        app.data.ask(look, self._arrived, slow=True, failed=self._not_arrived)

    def _arrived(self, rows: list[PileRow]) -> None:
        self._every, self._asked, self._failed = rows, False, False
        self._unsaid = unsaid(rows)
        self._choose()

    def _not_arrived(self) -> None:
        self._asked, self._failed = False, True
        self.redraw()

    def _choose(self) -> None:
        """The rows that are shown, with the cursor on the pile it was on, else on the first."""
        rows = matching(self._every or [], self._query)
        before = self._at
        self._rows = [row for row in rows if not self._low or row.low or row.soon]
        if self._here is None and self._rows:
            self._key = self._rows[min(before, len(self._rows) - 1)].pile.key
        self.redraw()

    @property
    def _at(self) -> int:
        return next((place for place, row in enumerate(self._rows) if row.pile.key == self._key), 0)

    @property
    def _here(self) -> PileRow | None:
        return next((row for row in self._rows if row.pile.key == self._key), None)

    # ---- showing it -------------------------------------------------------------------------------------

    def title_text(self) -> Content:
        """How many, of how many."""
        if not self._every:
            return heading(t("stock.title"))
        n, total = len(self._rows), len(self._every)
        if self._query:
            return heading(t("stock.title.found", n=n, all=total, query=self._query))
        return heading(t("stock.title.low" if self._low else "stock.title.all", n=n, all=total))

    def body_text(self) -> Content:
        """The columns, the lines around the cursor, and more of the chosen pile."""
        here = self._here
        if here is None:
            return Content("\n").join(entry("", self._nothing(), self.room, style="$text-muted"))
        chosen, more = columns(self.room, self._unsaid), list(inside(here, self.room, pantau_of(self).zone))
        below = self.keys_text().plain.count("\n") + 1
        high = max(1, self.app.size.height - _EDGES - below - 1 - len(more) - 1)
        at = self._at
        self._first = max(0, min(self._first, at, len(self._rows) - high))
        self._first = max(self._first, at - high + 1)
        shown = self._rows[self._first : self._first + high]
        lines = [line(row, chosen, here=row is here) for row in shown]
        return Content("\n").join([header(chosen), *lines, Content(""), *more])

    def _nothing(self) -> str:
        if self._failed and self._every is None:
            return t("stock.failed")
        if self._every is None:
            return t("stock.reading")
        if not self._every:
            return t("stock.empty")
        return t("stock.none" if self._query else "stock.none.low")

    def keys_text(self) -> Content:
        """What can be pressed."""
        phrases, here = [], self._here
        if here is not None and not pantau_of(self).read_only:
            phrases.append(t("stock.key.set"))
            if here.pile.shared:
                phrases.append(t("stock.key.level"))
            phrases.append(t("stock.key.limit"))
        if self._every:
            phrases += [t("stock.key.search"), t("stock.key.all" if self._low else "stock.key.low")]
        if here is not None:
            phrases.append(t("stock.key.copy"))
        return keys([*phrases, t("stock.key.back")], self.room)

    # ---- keys -------------------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """Another pile."""
        if self._rows:
            self._key = self._rows[max(0, min(self._at + step, len(self._rows) - 1))].pile.key
            self.redraw()

    def action_back(self) -> None:
        """Out of the search, then out of the list."""
        if self._query:
            self._query = ""
            self._choose()
        else:
            self.dismiss(None)

    def action_low(self) -> None:
        """Only what is out, low or soon out; or everything again."""
        self._low = not self._low
        self._choose()

    def action_copy(self) -> None:
        """The code of the pile to the clipboard."""
        if (here := self._here) is not None:
            app, code = pantau_of(self), clean(code_of(here.pile), limit=60)
            app.copy_to_clipboard(code)
            app.say(t("stock.copied", code=code))

    def action_search(self) -> None:
        """Ask for words."""
        if self._every:
            self.run_worker(self._search(), group="ask", exclusive=True, exit_on_error=False)

    async def _search(self) -> None:
        question = Prompt(t("stock.search.question"), self._query, longest=LONGEST)
        words = await pantau_of(self).push_screen_wait(question)
        if words is not None:
            self._query = clean(words, limit=LONGEST)
            self._choose()

    def action_set(self) -> None:
        """Ask for a number, then whether it is to be set."""
        self._ask(ask_number)

    def action_level(self) -> None:
        """Let every shop sell what is free, after a look at the numbers."""
        self._ask(ask_level)

    def action_limit(self) -> None:
        """Ask from how many pieces on it counts as low."""
        self._ask(ask_low)

    def _ask(self, question: Callable[[PantauApp, Pile], Coroutine[Any, Any, None]]) -> None:
        if (here := self._here) is not None:
            asked = question(pantau_of(self), here.pile)
            self.run_worker(asked, group="ask", exclusive=True, exit_on_error=False)


def open_stock(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the screen; it is about the shops, whatever the cursor is on."""
    app.push_screen(StockScreen())
