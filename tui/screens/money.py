"""What the platform pays: when how much comes, what is late or less than expected, and what leaves too little.

Reckoned off the loop when it is opened and on `r`; one order's transactions are one Enter away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from store.views import OrderRow
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys
from tui.screens.money_order import MoneyOrderScreen
from tui.strings import t

if TYPE_CHECKING:
    from jobs.money.overview import Money
    from store.reader import Reader
    from tui.app import PantauApp
    from tui.screens.money_view import Line


class MoneyScreen(Dialog[None]):
    """One list; the cursor stands only on lines that lead to an order."""

    FULL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", show=False),
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("pagedown,space,ctrl+f", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("g,home", "move(-100000)", show=False),
        Binding("G,end", "move(100000)", show=False),
        Binding("tab", "section(1)", show=False),
        Binding("shift+tab", "section(-1)", show=False),
        Binding("r", "again", show=False),
    ]

    def __init__(self, section: str = "") -> None:
        """`section`: the key of the title at which it opens (money_view.Line)."""
        super().__init__()
        self._wanted = section
        self._money: Money | None = None
        self._failed = False
        self._lines: list[Line] = []
        self._at = 0
        """The cursor's line."""

    def on_mount(self) -> None:
        """Begin to reckon."""
        self._gather()

    def _gather(self) -> None:
        app = pantau_of(self)
        settings, now = app.settings.money, app.clock()

        def look(reader: Reader) -> Money:
            from jobs.money.overview import gather

            return gather(reader, settings, now)

        self._failed = False
        app.data.ask(look, self._arrived, slow=True, failed=self._broken)

    def _arrived(self, found: Money) -> None:
        self._money = found
        self.redraw()
        starts = [place for place, line in enumerate(self._lines) if line.section == self._wanted]
        if self._wanted and starts:
            self._go(self._near(starts[0], 1), show=starts[0])
        self._wanted = ""

    def _broken(self) -> None:
        self._failed = True
        self.redraw()

    # ---- showing it -------------------------------------------------------------------------------------

    def title_text(self) -> Content:
        """What this is."""
        return heading(t("money.title"))

    def body_text(self) -> Content:
        """Every section, the cursor's line marked."""
        if self._money is None:
            self._lines = []
            if self._failed:
                return Content("\n").join(entry("", t("money.failed"), self.room, style="$error"))
            return Content.styled(t("money.reading"), "$text-muted")
        from tui.screens.money_view import lines

        app = pantau_of(self)
        self._lines = lines(self._money, app.settings.money.margin, app.zone, self.room)
        self._at = self._near(self._at, 1)
        return Content("\n").join(
            Content.assemble(("▌" if place == self._at and line.pk else " ", "$accent"), line.content)
            for place, line in enumerate(self._lines)
        )

    def keys_text(self) -> Content:
        """What can be pressed."""
        phrases = []
        if any(line.pk for line in self._lines):
            phrases = [t("money.key.open"), t("money.key.move"), t("money.key.section")]
        return keys([*phrases, t("money.key.again"), t("money.key.back")], self.room)

    # ---- keys -------------------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """Another order; where there is none, the text moves."""
        places = [place for place, line in enumerate(self._lines) if line.pk]
        if not places:
            self.action_scroll(step)
            return
        here = places.index(self._at) if self._at in places else 0
        self._go(places[max(0, min(here + step, len(places) - 1))])
        if not 0 <= here + step < len(places):
            # Nothing further leads to an order, but there is more to read.
            self.action_scroll(step)

    def action_section(self, step: int) -> None:
        """The first line of the next part, or of the one before."""
        starts = [place for place, line in enumerate(self._lines) if line.section]
        later = [place for place in starts if (place > self._at if step > 0 else place < self._at - 1)]
        if later:
            start = later[0] if step > 0 else later[-1]
            self._go(self._near(start, 1), show=start)

    def action_open(self) -> None:
        """What was paid for the order under the cursor."""
        line = self._lines[self._at] if self._at < len(self._lines) else None
        if line is not None and line.pk is not None and self._money is not None:
            self.app.push_screen(MoneyOrderScreen(line.pk, self._expected(line.pk)))

    def action_again(self) -> None:
        """Reckon anew."""
        self._gather()

    def _expected(self, pk: int) -> int | None:
        """What was reckoned for an order, where it is among those that are listed."""
        found = self._money
        if found is None:
            return None
        told = {one.pk: one.amount for one in found.overdue}
        told |= {one.pk: one.difference.expected for one in found.differences}
        return told.get(pk)

    def _near(self, place: int, step: int) -> int:
        """The nearest line from there on that leads to an order, else the last before."""
        places = [number for number, line in enumerate(self._lines) if line.pk]
        after = [number for number in places if number >= place]
        return after[0] if after else places[-1] if places else 0

    def _go(self, place: int, *, show: int | None = None) -> None:
        self._at = place
        self.redraw()
        body = self.query_one("#body", VerticalScroll)
        high, first = max(body.size.height, 1), int(body.scroll_offset.y)
        shown = place if show is None else show
        if shown < first or show is not None:
            body.scroll_to(y=shown, animate=False)
        elif place + 1 >= first + high:
            # What did not fit beside an order stands below it.
            body.scroll_to(y=place - high + 2, animate=False)


def open_money(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the screen; it is about all shops, whatever the cursor is on."""
    app.push_screen(MoneyScreen())
