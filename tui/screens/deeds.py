"""What the commands do that need no screen of their own. Writes go through a worker; the screen never waits.

Each `do_<id>` is called with the orders the command applies to (tui/commands.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from store.status import TAB_OF, OrderStatus, Tab
from store.views import OrderRow, View
from tui import theme
from tui.clock import day_start
from tui.strings import t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.reader import Reader
    from tui.app import PantauApp
    from tui.widgets.order_list import OrderList


class Deeds(Screen[None]):
    """The methods of the command table; MainScreen adds what is on the screen."""

    pantau: PantauApp
    orders: OrderList
    _undo: list[tuple[int, ...]]
    """Confirmations that can be taken back, the newest last."""

    def open_tab(self, tab: Tab, *, sort: str | None = None) -> None:
        """Show a tab; the cursor stands where it was left there."""
        raise AssertionError("a main screen has tabs")

    # ---- the list ---------------------------------------------------------------------------------------

    def do_list_mark(self, rows: Sequence[OrderRow]) -> None:
        """Mark or unmark the order under the cursor."""
        if not self.orders.toggle_mark():
            self.pantau.say(t("why.too_many_marks"), severity="warning")

    def do_list_mark_all(self, rows: Sequence[OrderRow]) -> None:
        """Mark the whole view, up to the limit; pressed with everything marked, clear the marks."""
        view = self.orders.view
        if view is None:
            return
        total = self.orders.window.total
        if self.orders.marks.count(view) >= min(total, self.orders.mark_limit):
            self.orders.clear_marks()
            self.pantau.say(t("status.unmarked"))
            return

        def told(marked: int, of: int) -> None:
            if marked < of:
                self.pantau.say(t("status.some_marked", n=marked, total=of))
            else:
                self.pantau.say(t("status.all_marked", n=marked))

        self.orders.mark_all(told)

    def do_list_clear(self, rows: Sequence[OrderRow]) -> None:
        """Clear the marks; without any, the filters."""
        view = self.orders.view
        if not self.orders.clear_marks() and view is not None and view.chips:
            self.show_view(View(view.tab, view.sort, frozenset(), view.shop_id))

    def do_list_sort(self, rows: Sequence[OrderRow]) -> None:
        """The other order of the rows."""
        view = self.orders.view
        if view is not None:
            sort = "newest" if view.sort == "urgent" else "urgent"
            self.show_view(View(view.tab, sort, view.chips, view.shop_id))
            self.pantau.say(t(f"status.sort.{sort}"))

    def show_view(self, view: View) -> None:
        """Show a view; its cursor stands where it was left."""
        raise AssertionError("a main screen has views")

    def do_tab_next(self, rows: Sequence[OrderRow]) -> None:
        """One tab to the right, round the end."""
        self._step_tab(1)

    def do_tab_previous(self, rows: Sequence[OrderRow]) -> None:
        """One tab to the left, round the end."""
        self._step_tab(-1)

    def _step_tab(self, step: int) -> None:
        if self.orders.view is not None:
            self.open_tab(Tab((self.orders.view.tab - 1 + step) % len(Tab) + 1))

    def go_to(self, pk: int) -> None:
        """Show an order in the tab it belongs to, with the cursor on it."""

        def arrived(found: list[OrderRow]) -> None:
            if found:
                self.open_tab(TAB_OF.get(_status(found[0]), Tab.ACTION))
                self.orders.go_to(pk)

        self.pantau.data.ask(lambda reader: reader.rows([pk]), arrived)

    # ---- orders -----------------------------------------------------------------------------------------

    def do_order_confirm(self, rows: Sequence[OrderRow]) -> None:
        """Confirm: local, instant, undoable."""
        pks, now = [row.pk for row in rows], self.pantau.clock()

        def write(conn: Connection) -> list[int]:
            from jobs.intents import confirm

            return confirm(conn, pks, "seller", now)

        def done(changed: list[int]) -> None:
            if changed:
                self._undo.append(tuple(changed))
            self.pantau.say(t("status.confirmed", n=len(changed)))

        self.write(write, done)

    def do_order_undo(self, rows: Sequence[OrderRow]) -> None:
        """Take the newest confirmation back."""
        if not self._undo:
            self.pantau.say(t("status.nothing_to_undo"))
            return
        pks, now = self._undo.pop(), self.pantau.clock()

        def write(conn: Connection) -> list[int]:
            from jobs.intents import unconfirm

            return unconfirm(conn, pks, "seller", now)

        self.write(write, lambda changed: self.pantau.say(t("status.unconfirmed", n=len(changed))))

    def do_order_copy(self, rows: Sequence[OrderRow]) -> None:
        """The order ids to the clipboard, one a line."""
        ids = [row.order_id for row in rows]
        self.pantau.copy_to_clipboard("\n".join(ids))
        self.pantau.say(t("status.copied", text=ids[0] if len(ids) == 1 else f"{ids[0]} (+{len(ids) - 1})"))

    def track_now(self, pk: int) -> None:
        """Make the next look at an order's parcels due now."""
        now = self.pantau.clock()

        def numbers(reader: Reader) -> list[str]:
            detail = reader.detail(pk)
            return [] if detail is None else [p.package_id for p in detail.parcels if p.tracking_number]

        def found(package_ids: list[str]) -> None:
            def write(conn: Connection) -> None:
                from store.packages import schedule

                for package_id in package_ids:
                    schedule(conn, pk, package_id, due_at=now, now=now)

            if package_ids:
                self.write(write, lambda _: self.pantau.nudge("tracking"))

        self.pantau.data.ask(numbers, found)

    # ---- the program ------------------------------------------------------------------------------------

    def do_sync(self, rows: Sequence[OrderRow]) -> None:
        """Fetch orders now."""
        if self.pantau.runtime is None:
            self.pantau.say(t("app.busy_starting"))
            return
        self.pantau.nudge("orders")
        self.pantau.say(t("status.sync_asked"))

    def do_theme(self, rows: Sequence[OrderRow]) -> None:
        """The next theme; remembered in the store."""
        here = self.pantau.theme
        names = theme.CYCLE
        name = names[(names.index(here) + 1) % len(names)] if here in names else names[0]
        self.pantau.theme = name
        self.pantau.say(t("status.theme", name=name))
        self.remember("theme", name)

    def do_quit(self, rows: Sequence[OrderRow]) -> None:
        """Leave."""
        self.pantau.exit()

    # ---- writing ----------------------------------------------------------------------------------------

    def remember(self, key: str, value: str) -> None:
        """Keep a setting of the screen, when there is a store to keep it in."""

        def write(conn: Connection) -> None:
            from store.ui_state import put

            put(conn, key, value)

        if self.pantau.store is not None and not self.pantau.read_only:
            self.write(write, lambda _: None)

    def write(self, work: Callable[[Connection], Any], done: Callable[[Any], None]) -> None:
        """Run a write in the store's writer thread, then `done`; a failure is told, never raised."""
        store = self.pantau.store
        if store is None:
            self.pantau.say(t("app.busy_starting"), severity="warning")
            return

        async def run() -> None:
            try:
                result = await store.awrite(work)
            except Exception as error:
                self.pantau.say(t("status.failed", detail=str(error)), severity="error")
                return
            done(result)

        self.run_worker(run(), group="writes", exit_on_error=False)

    def day_start(self) -> int:
        """Midnight of the seller's day, epoch ms."""
        return day_start(self.pantau.clock(), self.pantau.zone)


def _status(row: OrderRow) -> OrderStatus:
    return OrderStatus(row.status) if row.status in OrderStatus.__members__ else OrderStatus.UNKNOWN
