"""Filters: narrow the tab to what has all of them, and the monitor to one shop. A digit switches a chip, a small
letter a tag, a shop's own capital the shop (the small one too where nothing else has it); Enter shows the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content

from store.reading.views import TAG
from store.status import HOLD
from store.views import OrderRow, View
from tui.screens.dialog import Dialog
from tui.screens.lines import heading, plain
from tui.shops import SIGNS, Badge
from tui.strings import t

if TYPE_CHECKING:
    from tui.app import PantauApp

CHIPS: Final = ("new", "confirmed", "cod", "note", "cancel", "tokopedia", "multi", "failed", "due24")
"""In the order of their digits; store/reading knows what each means."""
LETTERS: Final = "abcdefhilm"
"""Keys of tags: none that moves a list, and none that leaves."""
FREE: Final = frozenset("noprstuvwxyz")
"""Small letters that mean the shop of their capital, always; a letter of `LETTERS` does where no tag has it."""


class FilterDialog(Dialog[View]):
    """Answers with the view as it shall be, or None: leave it as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "apply", show=False),
        Binding("0", "none", show=False),
        *(Binding(str(place), f"switch('{chip}')", show=False) for place, chip in enumerate(CHIPS, 1)),
        *(Binding(letter, f"tag({place})", show=False) for place, letter in enumerate(LETTERS)),
        *(
            Binding(f"{sign},{sign.lower()}" if sign.lower() in FREE else sign, f"shop('{sign}')", show=False)
            for sign in SIGNS
        ),
    ]

    def __init__(
        self, view: View, tags: Sequence[str] = (), shops: Mapping[int, Badge] | None = None
    ) -> None:
        """`tags`: those used lately; `shops`: how shops are told apart, where there are several."""
        super().__init__()
        self._view = view
        self._chips = view.chips
        self._shop = view.shop_id
        on = sorted(chip.removeprefix(TAG) for chip in view.chips if chip.startswith(TAG))
        self._tags = list(dict.fromkeys([*on, HOLD, *tags]))[: len(LETTERS)]
        self._shops = shops or {}

    def title_text(self) -> Content:
        """What this is."""
        return Content.styled(t("filter.title"), "bold")

    def body_text(self) -> Content:
        """A line per chip, the ones that are on marked by sign and colour; then tags and shops."""
        return Content("\n").join(self._lines())

    def keys_text(self) -> Content:
        """What can be pressed."""
        return Content(t("filter.keys"))

    def action_switch(self, chip: str) -> None:
        """One on or off."""
        self._chips = self._chips ^ {chip}
        self.redraw()

    def action_tag(self, place: int) -> None:
        """One tag on or off."""
        if place < len(self._tags):
            self.action_switch(TAG + self._tags[place])
        else:
            self.action_shop(LETTERS[place].upper())

    def action_shop(self, sign: str) -> None:
        """This shop alone, or all of them again."""
        chosen = next((pk for pk, badge in self._shops.items() if badge.sign == sign), None)
        if chosen is not None:
            self._shop = None if self._shop == chosen else chosen
            self.redraw()

    def action_none(self) -> None:
        """All off."""
        self._chips, self._shop = frozenset(), None
        self.redraw()

    def action_apply(self) -> None:
        """Show the tab so."""
        self.dismiss(View(self._view.tab, self._view.sort, self._chips, self._shop))

    def _lines(self) -> Iterator[Content]:
        for place, chip in enumerate(CHIPS, 1):
            yield _line(str(place), chip in self._chips, t(f"chip.{chip}"))
        tags = [
            _line(letter, TAG + tag in self._chips, f"#{plain(tag, 24)}")
            for letter, tag in zip(LETTERS, self._tags, strict=False)
        ]
        yield heading(t("filter.tags"))
        # Side by side: with nine chips above, the whole has to fit 24 lines.
        for start in range(0, len(tags), 3):
            yield Content("   ").join(tags[start : start + 3])
        if self._shops:
            yield heading(t("filter.shops"))
        for pk, badge in self._shops.items():
            yield _line(badge.sign, pk == self._shop, badge.name)


def _line(key: str, on: bool, words: str) -> Content:
    return Content.assemble(
        (f" {key} ", "$accent"), ("● " if on else "○ ", "$success" if on else "$text-muted"), words
    )


def _words(view: View, shops: Mapping[int, Badge]) -> list[str]:
    """The filters of a view, as a person calls them."""
    words = [t(f"chip.{chip}") for chip in CHIPS if chip in view.chips]
    words += sorted(f"#{chip.removeprefix(TAG)}" for chip in view.chips if chip.startswith(TAG))
    if view.shop_id is not None and view.shop_id in shops:
        words.append(t("filter.shop", shop=shops[view.shop_id].name))
    return words


def open_filter(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Choose the filters of the tab that is shown, and the shop of all tabs."""
    view = app.main.orders.view
    if view is None:
        return
    shops = app.main.orders.shops

    def chosen(wanted: View | None) -> None:
        if wanted is None or wanted == view:
            return
        app.main.show_view(wanted)
        if words := _words(wanted, shops):
            app.say(t("status.filtered", chips=", ".join(words)))

    def known(tags: list[str]) -> None:
        app.push_screen(FilterDialog(view, tags, shops), chosen)

    app.data.ask(lambda reader: reader.known_tags(), known)
