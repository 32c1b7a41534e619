"""Filter chips: narrow the tab to what has all of them. A digit switches one, Enter shows the result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content

from store.views import OrderRow, View
from tui.screens.dialog import Dialog
from tui.strings import t

if TYPE_CHECKING:
    from tui.app import PantauApp

CHIPS: Final = ("new", "confirmed", "cod", "note", "cancel", "tokopedia", "multi", "failed", "due24")
"""In the order of their digits; store/reading knows what each means."""


class FilterDialog(Dialog[frozenset[str]]):
    """Answers with the chips that are on, or None: leave the view as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "apply", show=False),
        Binding("0", "none", show=False),
        *(Binding(str(place), f"switch('{chip}')", show=False) for place, chip in enumerate(CHIPS, 1)),
    ]

    def __init__(self, chips: frozenset[str]) -> None:
        super().__init__()
        self._chips = chips

    def title_text(self) -> Content:
        """What this is."""
        return Content.styled(t("filter.title"), "bold")

    def body_text(self) -> Content:
        """A line per chip, the ones that are on marked by sign and colour."""
        return Content("\n").join(
            Content.assemble(
                (f" {place} ", "$accent"),
                ("● " if chip in self._chips else "○ ", "$success" if chip in self._chips else "$text-muted"),
                t(f"chip.{chip}"),
            )
            for place, chip in enumerate(CHIPS, 1)
        )

    def keys_text(self) -> Content:
        """What can be pressed."""
        return Content(t("filter.keys"))

    def action_switch(self, chip: str) -> None:
        """One on or off."""
        self._chips = self._chips ^ {chip}
        self.redraw()

    def action_none(self) -> None:
        """All off."""
        self._chips = frozenset()
        self.redraw()

    def action_apply(self) -> None:
        """Show the tab so."""
        self.dismiss(self._chips)


def open_filter(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Choose the chips of the tab that is shown."""
    view = app.main.orders.view
    if view is None:
        return

    def chosen(chips: frozenset[str] | None) -> None:
        if chips is None or chips == view.chips:
            return
        app.main.show_view(View(view.tab, view.sort, chips, view.shop_id))
        if chips:
            app.say(
                t("status.filtered", chips=", ".join(t(f"chip.{chip}") for chip in CHIPS if chip in chips))
            )

    app.push_screen(FilterDialog(view.chips), chosen)
