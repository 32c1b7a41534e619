"""What the commands do that need no screen of their own. Writes go through a worker; the screen never waits.

Each `do_<id>` is called with the orders the command applies to (tui/commands.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from store.status import TAB_OF, OrderStatus, Tab
from store.views import OrderRow, View
from tui import theme
from tui.clock import day_start
from tui.commands import BY_ID, Command, refusal, split
from tui.messages import CommandChosen
from tui.screens.writing import Writing
from tui.strings import t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jobs.wishes.intents import Confirmed
    from jobs.wishes.plans import Held
    from store.reader import Reader
    from tui.widgets.order_list import OrderList


class Undo(NamedTuple):
    """How the newest deed is taken back, at a time in epoch ms, and the key of what is said then."""

    take_back: Callable[[Connection, int], int]
    words: str


class Deeds(Writing):
    """The methods of the command table; MainScreen adds what is on the screen."""

    orders: OrderList
    _commands: Mapping[str, Command]
    """What this program can do as it runs, by id."""
    _undo: list[Undo]
    """What can be taken back, the newest last."""

    def open_tab(self, tab: Tab) -> None:
        """Show a tab as it was left."""
        raise AssertionError("a main screen has tabs")

    # ---- commands ---------------------------------------------------------------------------------------

    def action_run(self, command_id: str) -> None:
        """A key was pressed."""
        if (command := self._commands.get(command_id)) is not None:
            self.run_command(command)
        elif self.pantau.read_only and BY_ID[command_id].danger:
            self.pantau.say(t("why.read_only"), severity="warning")

    def on_command_chosen(self, message: CommandChosen) -> None:
        """A click that stands for a key."""
        self.action_run(message.command_id)

    def run_command(self, command: Command) -> None:
        """Run a command on the orders it applies to, or say why it does nothing on them."""
        if self.pantau.cramped and command.id != "quit":
            return  # nobody can see on what it would act
        if command.tab is not None:
            self.open_tab(command.tab)
            return
        if command.repeat:
            getattr(self.orders, "action_" + command.id.replace(".", "_"))()
            return
        cursor = self.orders.cursor
        marked = self.orders.selection() if command.many and command.needs_order else ()
        if len(marked) > 1 or (marked and (cursor is None or marked[0] != cursor.pk)):
            # Marked orders may have changed since they were painted: judge them as they are now.
            self.pantau.data.ask(lambda reader: reader.rows(marked), lambda rows: self._run(command, rows))
        else:
            self._run(command, [cursor] if cursor is not None else [])

    def _run(self, command: Command, rows: Sequence[OrderRow]) -> None:
        if (reason := refusal(command, rows)) is not None:
            self.pantau.say(t(reason), severity="warning")
            return
        passed, held = split(command, rows)
        # A dialog shows by itself what it holds back; here it has to be said.
        if command.opens is not None:
            self._open(command, rows if command.id == "order.ship" else passed)
            return
        if held:
            reason, n = held.most_common(1)[0]
            self.pantau.say(t("status.some_held", n=n, reason=t(reason)))
        getattr(self, command.method)(passed)

    def _open(self, command: Command, rows: Sequence[OrderRow]) -> None:
        from importlib import import_module

        assert command.opens is not None
        module, _, function = command.opens.partition(":")
        getattr(import_module(module), function)(self.pantau, rows)

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
        """Clear the marks; without any, the filters; without those, the choice of a shop."""
        view = self.orders.view
        if not self.orders.clear_marks() and view is not None and (view.chips or view.shop_id):
            self.show_view(View(view.tab, view.sort, frozenset(), view.shop_id if view.chips else None))

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

        now = self.pantau.clock()

        def read(reader: Reader) -> View | None:
            found = reader.rows([pk])
            if not found:
                return None
            view = self.views.of(TAB_OF.get(_status(found[0]), Tab.ACTION))
            # A filter left on in that tab must not hide what was asked for.
            return view if reader.key_of(view, pk, now) else View(view.tab, view.sort)

        def arrived(view: View | None) -> None:
            if view is not None:
                self.show_view(view)
                self.orders.go_to(pk)

        self.pantau.data.ask(read, arrived)

    # ---- orders -----------------------------------------------------------------------------------------

    def do_order_confirm(self, rows: Sequence[OrderRow]) -> None:
        """Confirm: local, instant, undoable."""
        pks, now = [row.pk for row in rows], self.pantau.clock()

        def write(conn: Connection) -> Confirmed:
            from jobs.wishes.intents import confirm

            return confirm(conn, pks, "seller", now)

        def done(made: Confirmed) -> None:
            def take_back(conn: Connection, at: int) -> int:
                from jobs.wishes.intents import unconfirm

                return len(unconfirm(conn, made.done, "seller", at))

            if made.done:
                self.can_undo(take_back, "status.unconfirmed")
                self.pantau.say(t("status.confirmed", n=len(made.done)))
            if made.held:
                self._kept_back(made.held)
            elif not made.done:
                self.pantau.say(t("why.already_confirmed"), severity="warning")

        self.write(write, done)

    def _kept_back(self, held: Sequence[Held]) -> None:
        """Say why; a note that could be said whole has been read with it, so that the next press confirms."""
        from tui.reasons import NOTE, kept_back

        (only,) = held if len(held) == 1 else (None,)
        note = "" if only is None or only.reason != "note_unseen" else str(only.params["note"])
        words = t("status.kept_back", n=len(held), why=kept_back(held, self.pantau.zone))
        if only is not None and note and len(note) <= NOTE:
            pk, now = only.pk, self.pantau.clock()

            def seen(conn: Connection) -> None:
                from store.orders import mark_note_seen

                mark_note_seen(conn, pk, note, now)

            words += f" {t('status.confirm_again')}"
            self.write(seen, lambda _: None)
        self.pantau.say(words, severity="warning")

    def do_order_undo(self, rows: Sequence[OrderRow]) -> None:
        """Take the newest confirmation, note or tag back."""
        if not self._undo:
            self.pantau.say(t("status.nothing_to_undo"))
            return
        (take_back, words), now = self._undo.pop(), self.pantau.clock()
        self.write(lambda conn: take_back(conn, now), lambda n: self.pantau.say(t(words, n=n)))

    def can_undo(self, take_back: Callable[[Connection, int], int], words: str) -> None:
        """Something was done that `u` takes back: how (it answers with how many orders), and what is said then."""
        self._undo.append(Undo(take_back, words))

    def do_order_copy(self, rows: Sequence[OrderRow]) -> None:
        """The order ids to the clipboard, one a line."""
        ids = [row.order_id for row in rows]
        self.pantau.copy_to_clipboard("\n".join(ids))
        self.pantau.say(t("status.copied", text=ids[0] if len(ids) == 1 else f"{ids[0]} (+{len(ids) - 1})"))

    def track_now(self, pk: int) -> None:
        """Have the couriers of an order's parcels asked now, or say why not; the answer comes through the store."""
        now = self.pantau.clock()

        def write(conn: Connection) -> str:
            from jobs.tracking.refresh import refresh

            return next(iter(refresh(conn, [pk], now)), "nothing")

        def done(answer: str) -> None:
            asked = answer == "asked"
            if asked:
                self.pantau.nudge("tracking")
            self.pantau.say(t(f"timeline.refresh.{answer}"), severity="information" if asked else "warning")

        self.write(write, done)

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

    def day_start(self) -> int:
        """Midnight of the seller's day, epoch ms."""
        return day_start(self.pantau.clock(), self.pantau.zone)


def _status(row: OrderRow) -> OrderStatus:
    return OrderStatus(row.status) if row.status in OrderStatus.__members__ else OrderStatus.UNKNOWN
