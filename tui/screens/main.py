"""The main screen: header, tabs, list, the order under the cursor, what is broken, keys.

It reads and shows; what its keys do is in tui/screens/deeds.py. A refresh after a change is one visit to the
store for everything around the list, and the list's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from store.status import Tab
from store.views import HealthRow, OrderDetail, RequestRow, ShopRow, TabCountRow, View
from tui import present, toasts, views
from tui.commands import BY_ID, TABLE, display_key, refusal
from tui.host import LEAST
from tui.messages import CursorMoved, MarksChanged, TabChosen
from tui.screens import overview
from tui.screens.deeds import Deeds
from tui.screens.imports_work import tells
from tui.screens.origin_lines import missing, origin
from tui.screens.overview import Overview
from tui.shops import badges
from tui.strings import t
from tui.widgets.detail_pane import DetailPane
from tui.widgets.footer import Footer
from tui.widgets.header import Header
from tui.widgets.health_line import HealthLine
from tui.widgets.order_list import OrderList
from tui.widgets.tab_strip import TabStrip

if TYPE_CHECKING:
    from store.reader import Reader
    from tui.host import Host

RATE_EVERY: Final = 5
"""Seconds between two looks whether the late-dispatch rate still holds; jobs/health/watch.py says what they cost."""
NEWS_EVERY: Final = 2
"""Seconds between two groups of notices."""


class MainScreen(Deeds, inherit_bindings=False):
    """What a seller looks at all day."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(command.keys, f"run('{command.id}')", id=command.id, show=False)
        for command in TABLE
        if not command.repeat
    ]
    AUTO_FOCUS = "#orders"

    def __init__(self, pantau: Host) -> None:
        super().__init__()
        self.pantau = pantau
        zone = pantau.zone
        self.orders = OrderList(pantau.data, zone, pantau.clock)
        self._header = Header(zone, read_only=pantau.read_only)
        self._tabs = TabStrip(zone)
        self._pane = DetailPane(zone)
        self._health = HealthLine(zone, several_shops=len(pantau.settings.shops) > 1)
        self._footer = Footer(pantau.keymap)
        self._commands = {command.id: command for command in pantau.commands()}
        self.views = views.Views()
        self._undo = []
        self._counts: Mapping[Tab, TabCountRow] = {}
        self._health_rows: Sequence[HealthRow] = ()
        self._told: int | None = None
        self._newest = 0
        self._rejects_told = 0
        self._ticks = 0
        self._detail_pk: int | None = None
        self.loaded = False
        """Whether the first look at the store has arrived."""

    # ---- building ---------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        yield self._header
        yield self._tabs
        yield self.orders
        yield self._pane
        yield self._health
        yield self._footer
        yield Static(id="small", markup=False)

    def on_mount(self) -> None:
        """Show the tab that was left open, or what has to be shipped; then let the clocks run."""
        self._say_empty(Tab.TO_SHIP, shops=())
        self.pantau.data.ask(
            lambda reader: (reader.pref("theme"), reader.pref(views.KEY)),
            self._prefs_known,
            failed=lambda: self._prefs_known((None, None)),
        )
        self.set_interval(1.0, self._tick)

    def on_resize(self, event: events.Resize) -> None:
        """Room decides what is shown."""
        height = event.size.height
        self.set_class(self.pantau.cramped, "-small")
        self.query_one("#small", Static).update(
            f"{t('app.too_small')}\n{t('app.too_small.hint', width=LEAST[0], height=LEAST[1])}"
        )
        self._pane.set_class(height < 20, "-hidden")
        self.set_class(height < 20, "-low")
        self._pane.styles.height = 5 if height < 30 else 6 if height < 50 else 9
        self.call_after_refresh(self._follow)

    # ---- tabs and views ---------------------------------------------------------------------------------

    def open_tab(self, tab: Tab) -> None:
        """Show a tab sorted and filtered as it was left; the cursor stands where it was left there."""
        self.show_view(self.views.of(tab))

    def show_view(self, view: View) -> None:
        """Show a view; its cursor stands where it was left."""
        other_shop = view.shop_id != self.views.shop_id
        self.views.shown(view)
        self._say_empty(view.tab, filtered=views.narrowed(view))
        self.orders.now = self.pantau.clock()
        self.orders.show(view)
        self._tabs.show(self._counts, view.tab, self.pantau.clock())
        if other_shop and self.loaded:
            self.store_changed()  # the tabs count that shop alone

    def on_tab_chosen(self, message: TabChosen) -> None:
        """A click on the strip."""
        self.open_tab(message.tab)

    # ---- what the list tells ----------------------------------------------------------------------------

    def on_cursor_moved(self, message: CursorMoved) -> None:
        """Another order is under the cursor: the pane follows at the next idle moment, the keys at once."""
        self._show_keys()
        self.call_after_refresh(self._follow)

    def on_marks_changed(self, message: MarksChanged) -> None:
        """The keys apply to other orders now."""
        self._show_keys()

    def _follow(self) -> None:
        row = self.orders.cursor
        if row is None or not self._pane.display:
            self._detail_pk = None if row is None else row.pk
            self._pane.show(None, self.pantau.clock())
            return
        pk, stock = row.pk, self.pantau.shelves.found
        self._detail_pk = pk
        self.pantau.shelves.look(self._follow)

        def read(reader: Reader) -> tuple[OrderDetail | None, list[RequestRow], str]:
            detail = reader.detail(pk, stock)
            return detail, reader.requests(pk), missing(origin(reader, detail), self.pantau.zone)

        def arrived(found: tuple[OrderDetail | None, list[RequestRow], str]) -> None:
            if self._detail_pk == pk:  # the cursor is still there
                self._pane.show(found[0], self.pantau.clock(), *found[1:])

        self.pantau.data.ask(read, arrived)

    def _show_keys(self) -> None:
        row, view = self.orders.cursor, self.orders.view
        marked = self.orders.marks.count(view) if view is not None else 0
        ranked = sorted((c for c in self._commands.values() if c.footer), key=lambda c: c.footer)
        shown = [
            (command, bool(marked) or refusal(command, [row] if row is not None else []) is None)
            for command in ranked
        ]
        self._footer.show(shown, marked, view)

    # ---- changes ----------------------------------------------------------------------------------------

    def store_changed(self) -> None:
        """Somebody committed something: the list, everything around it, and the news."""
        now, start, shop = self.pantau.clock(), self.day_start(), self.views.shop_id
        self.pantau.data.ask(lambda reader: overview.look(reader, now, start, shop), self._around_arrived)
        self.orders.refresh_rows()

    def _around_arrived(self, around: Overview) -> None:
        now = self.pantau.clock()
        view = self.orders.view
        self._health.own_trouble("read", None)
        self._counts, self._health_rows = around.counts, around.health
        tab = view.tab if view is not None else Tab.TO_SHIP
        self._tell_apart(around.shops)
        self._header.show(around.shops, around.health, around.today, now)
        self._header.show_file(around.file)
        self._tabs.show(around.counts, tab, now)
        self._rejects_told = max(self._rejects_told, around.rejected_seen)
        self._health.rejected = max(0, around.rejected - self._rejects_told)
        self._health.show(around.health, now)
        self._footer.show_health(around.health)
        self._say_empty(tab, around.shops, filtered=views.narrowed(view))
        self.call_after_refresh(self._follow)
        # What happened before the start is history, not news.
        self._told = around.seq if self._told is None else self._told
        self._newest = around.seq
        self.loaded = True

    def _tell_apart(self, shops: Sequence[ShopRow]) -> None:
        """Where there are several shops, every order says whose it is."""
        colours = {shop.name: shop.colour for shop in self.pantau.settings.shops}
        self._pane.shops = self._footer.shops = told = badges(shops, colours)
        self.orders.show_shops(told)

    def rejects_told(self, rejected: int) -> None:
        """A person has been told of so many rejected records: only further ones are worth a line."""
        if rejected > self._rejects_told:
            self._rejects_told, self._health.rejected = rejected, 0
            self.remember(overview.REJECTED_SEEN, str(rejected))

    def _tell_news(self) -> None:
        """Say in a few words what happened since the last time; a busy minute is told in groups."""
        told = self._told
        if told is None or told == self._newest or toasts.held(self.app.screen):
            return
        self._told, pantau = self._newest, self.pantau
        pantau.data.ask(lambda reader: toasts.since(reader, told, partial(tells, pantau)), self._news_arrived)

    def _news_arrived(self, news: toasts.Told) -> None:
        self._told = self._newest = news.seq
        toasts.show(self.pantau, news.notices)
        if self.pantau.settings.notify.bell and any(notice.bell for notice in news.notices):
            self.pantau.bell()

    def _tick(self) -> None:
        now = self.pantau.clock()
        if self._health.has_own("read"):
            self.store_changed()
        self._ticks += 1
        if self._ticks % NEWS_EVERY == 0:
            self._tell_news()
            self.keep_views()
        if self._ticks % RATE_EVERY == NEWS_EVERY:
            ask = partial(overview.late_dispatch, zone=self.pantau.zone, now=now, last=self._header.rated)
            self.pantau.data.ask(ask, self._header.show_rate, slow=True)
        self.orders.tick(now)
        self._header.tick(now)
        self._tabs.tick(now)
        self._health.show(self._health_rows, now)

    @property
    def _first_sync(self) -> bool:
        """Whether the orders are on their way for the first time: an empty tab proves nothing yet."""
        orders = [row for row in self._health_rows if row.job == "orders"]
        return self.pantau.has_jobs and bool(orders) and all(row.last_ok_at is None for row in orders)

    def _say_empty(self, tab: Tab, shops: Sequence[ShopRow] | None = None, *, filtered: bool = False) -> None:
        """Why there is nothing in the list, and what to do."""
        settings = self.pantau.settings
        words: tuple[str, ...]
        if not settings.shops and not shops:
            words = (t("empty.no_shop"), t("empty.no_shop.how"))
        elif not filtered and self._counts and not any(row.n for row in self._counts.values()):
            running = self.pantau.has_jobs
            words = (t("empty.no_orders" if running else "empty.no_orders.idle"),)
            if settings.shops and all(shop.kind == "file" for shop in settings.shops):
                key = self.pantau.keymap.get("files", BY_ID["files"].keys)
                words = (t("empty.files", key=display_key(key)),)
        elif not filtered and self._first_sync:
            words = (t("empty.first_sync"),)
        else:
            words = (present.empty_words(tab, filtered=filtered),)
        if words != self.orders.empty_words:
            self.orders.empty_words = words
            self.orders.repaint()

    # ---- what the app tells -----------------------------------------------------------------------------

    def _prefs_known(self, kept: tuple[str | None, str | None]) -> None:
        name, shown = kept
        if name in self.pantau.available_themes:
            self.pantau.theme = name
        self.views.read(shown)
        self._views_kept = self.views.text()
        self.open_tab(self.views.tab)
        self.store_changed()

    def backend_ready(self) -> None:
        """Writes are possible from now on, and the store surely exists."""
        self._health.own_trouble("backend", None)
        self.store_changed()

    def backend_failed(self, sentence: str) -> None:
        """Say so for as long as it holds."""
        self._health.own_trouble("backend", t("health.runtime", detail=sentence))
        self._health.show(self._health_rows, self.pantau.clock())

    def read_failed(self, sentence: str) -> None:
        """The store cannot be read; what is on the screen stays, and each tick tries again."""
        self._health.own_trouble("read", t("health.read", detail=sentence))
        self._health.show(self._health_rows, self.pantau.clock())
