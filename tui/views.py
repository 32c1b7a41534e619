"""The sort and the filters of each tab, and which tab was open: kept while Pantau runs and across starts. Pure."""

from __future__ import annotations

from typing import Final

import msgspec

from store.reading.views import is_chip
from store.status import Tab
from store.views import View

KEY: Final = "views"
"""Where the store keeps them (store/ui_state.py)."""
_SORTS: Final = ("urgent", "newest")


class _Kept(msgspec.Struct, omit_defaults=True):
    """A tab as it is written down."""

    sort: str = "urgent"
    chips: list[str] = []


class _All(msgspec.Struct, omit_defaults=True):
    tab: int = int(Tab.TO_SHIP)
    tabs: dict[int, _Kept] = {}
    shop: int | None = None


class Views:
    """The view of every tab; a tab never touched shows everything, the most urgent first."""

    def __init__(self) -> None:
        self._of: dict[Tab, View] = {}
        self.tab = Tab.TO_SHIP
        """The tab that was open last."""
        self.shop_id: int | None = None
        """The one shop that every tab shows; None: all of them."""

    def of(self, tab: Tab) -> View:
        """How to show a tab."""
        return msgspec.structs.replace(self._of.get(tab, View(tab)), shop_id=self.shop_id)

    def shown(self, view: View) -> None:
        """This is what is on the screen now."""
        self.tab, self.shop_id = view.tab, view.shop_id
        self._of[view.tab] = view

    def text(self) -> str:
        """As it is written down."""
        kept = {int(tab): _Kept(view.sort, sorted(view.chips)) for tab, view in self._of.items()}
        plain = {tab: view for tab, view in sorted(kept.items()) if view != _Kept()}
        return msgspec.json.encode(_All(int(self.tab), plain, self.shop_id)).decode()

    def read(self, text: str | None) -> None:
        """Take up what was written down; what another version wrote and this one does not know is passed over."""
        try:
            kept = msgspec.json.decode(text or "{}", type=_All)
        except msgspec.DecodeError:
            return
        tabs = {int(tab): tab for tab in Tab}
        for number, found in kept.tabs.items():
            if number in tabs and found.sort in _SORTS:
                tab = tabs[number]
                self._of[tab] = View(tab, found.sort, frozenset(filter(is_chip, found.chips)))
        self.shop_id = kept.shop
        self.tab = tabs.get(kept.tab, self.tab)


def narrowed(view: View | None) -> bool:
    """Whether a view leaves out some of its tab's orders."""
    return view is not None and bool(view.chips or view.shop_id)
