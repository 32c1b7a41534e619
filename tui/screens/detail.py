"""One order in full: left the order and what we did with it, right the journey of its parcel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from store.times import SECOND
from store.views import OrderDetail, OrderRow, RequestRow
from tui import rule_words as words
from tui.commands import BY_ID, refusal
from tui.screens.detail_lines import journey_lines, order_lines, title_line
from tui.screens.dialog import SCROLLING, pantau_of
from tui.screens.lines import keys, moment
from tui.screens.origin_lines import Origin, clocks, file_lines, origin
from tui.screens.request_lines import section
from tui.screens.rule_lines import RUNS, rule_lines
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from jobs.rules.trial import Trial
    from store.reader import Reader
    from store.reading.rule_runs import RunRow, Switch
    from tui.app import PantauApp

NARROW: Final = 100
"""Cells from which the journey stands beside the order."""
CHECKS_AGE: Final = 30 * SECOND
"""How long the rules' answer about the order is good for while the order itself does not move."""


DEEDS: Final = {"confirm": "c", "ship": "s", "message": "m", "note": "n", "tags": "number_sign"}
"""Commands of the list that act on the order shown: `order.<name>` (tui/commands.py) and its key here."""


class DetailScreen(Screen[None]):
    """Shows an order by id and follows its changes; the same order whatever the list does meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "back", show=False),
        Binding("t", "track", show=False),
        Binding("o", "timeline", show=False),
        Binding("r", "answer", show=False),
        Binding("y", "copy", show=False),
        *(Binding(key, f"deed('{name}')", show=False) for name, key in DEEDS.items()),
        Binding("u", "deed('undo')", show=False),
        Binding("A", "appeal", show=False),
        Binding("question_mark", "keys_help", show=False),
        *SCROLLING,
    ]
    AUTO_FOCUS = None
    SCOPED_CSS = False
    CSS = "DetailScreen ToastRack { margin-bottom: 2; }"
    DEFAULT_CSS = """
    DetailScreen #title { height: auto; padding: 0 1; background: $surface; }
    DetailScreen #columns { height: 1fr; scrollbar-size-vertical: 1; }
    DetailScreen #columns > VerticalScroll { width: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    DetailScreen #journey { border-left: solid $foreground 18%; }
    DetailScreen.-narrow #columns { layout: vertical; overflow-y: auto; }
    DetailScreen.-narrow #columns > VerticalScroll { width: 100%; height: auto; border-left: none; }
    DetailScreen #keys { height: auto; padding: 0 1; background: $surface; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]

    def __init__(self, pk: int) -> None:
        super().__init__()
        self.pk = pk
        self._shown: OrderDetail | None = None
        self._requests: Sequence[RequestRow] = ()
        self._origin: Origin | None = None
        self._runs: Sequence[RunRow] = ()
        self._off: Switch | None = None
        self._checks: Sequence[Trial] = ()
        self._checked_at = 0
        """When the rules were last asked, epoch ms."""

    def compose(self) -> ComposeResult:
        """Title, two columns, keys."""
        yield Static(id="title", markup=False)
        with Horizontal(id="columns"):
            with VerticalScroll(id="order", can_focus=False):
                yield Static(id="left", markup=False)
            with VerticalScroll(id="journey", can_focus=False):
                yield Static(id="right", markup=False)
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Show it; the app tells of every change."""
        self.store_changed()
        self.set_interval(CHECKS_AGE / SECOND, self._look_at_rules)

    def on_resize(self, event: events.Resize) -> None:
        """Lines are folded to the room there is."""
        self._draw()

    def store_changed(self) -> None:
        """Look at the store anew."""
        pk, shelves = self.pk, pantau_of(self).shelves
        stock = shelves.found
        shelves.look(lambda: self.store_changed() if self.is_attached else None)

        def read(
            reader: Reader,
        ) -> tuple[OrderDetail | None, Sequence[RequestRow], Origin | None, Sequence[RunRow], Switch | None]:
            detail = reader.detail(pk, stock)
            runs = reader.rule_runs(RUNS, order_pk=pk)
            requests = reader.requests(pk, open_only=False)
            return detail, requests, origin(reader, detail), runs, reader.rules_off()

        pantau_of(self).data.ask(read, lambda found: self._arrived(*found))

    def _arrived(
        self,
        detail: OrderDetail | None,
        requests: Sequence[RequestRow] = (),
        known: Origin | None = None,
        runs: Sequence[RunRow] = (),
        off: Switch | None = None,
    ) -> None:
        self._look_at_rules(moved=(detail, runs) != (self._shown, self._runs))
        self._requests, self._origin, self._runs, self._off = requests, known, runs, off
        first = self._shown is None
        self._shown = detail
        self._draw()
        shown = None if detail is None or detail.row.note_seen_at is not None else detail.row.note
        if shown and first and not pantau_of(self).read_only:
            pantau_of(self).run_worker(self._note_seen(shown), group="note", exit_on_error=False)

    def _draw(self) -> None:
        """The whole order in the room there is; nothing before the parts are there and after they are gone."""
        if len(self.query("#left, #right")) < 2:
            return
        detail, width = self._shown, self.app.size.width
        title, left, right, below = (
            self.query_one(name, Static) for name in ("#title", "#left", "#right", "#keys")
        )
        below.update(self._keys(width - 2))
        if detail is None:
            title.update(Content(t("detail.gone")))
            left.update("")
            right.update("")
            return
        zone, now = pantau_of(self).zone, pantau_of(self).clock()
        room = (width if width < NARROW else width // 2) - 4
        until = clocks(detail, pantau_of(self).settings.deadlines, zone)
        title.update(title_line(detail, until, several=bool(pantau_of(self).main.orders.shops)))
        known = file_lines(self._origin, zone, room)
        requests = section(self._requests, now, zone, room)
        ruled = self._ruled(detail, room)
        left.update(Content("\n").join([*requests, *order_lines(detail, zone, room), *ruled, *known]))
        right.update(Content("\n").join(journey_lines(detail, zone, room)))

    def _keys(self, width: int) -> Content:
        """What can be pressed; of the deeds those that would do something."""
        rows = [] if self._shown is None or pantau_of(self).read_only else [self._shown.row]
        deeds = [name for name in DEEDS if rows and refusal(BY_ID[f"order.{name}"], rows) is None]
        answer = ["answer"] if self._answerable else []
        offered = [*answer, *deeds, "track", "timeline", "appeal", "copy", "back"]
        return keys([t(f"detail.key.{key}") for key in offered], width)

    def _ruled(self, detail: OrderDetail, room: int) -> Iterator[Content]:
        """Why rules did what they did, and why they do nothing now."""
        app = pantau_of(self)
        story = words.story(
            self._runs, detail.actions, app.settings.rules.each, lambda at: moment(at, app.zone)
        )
        yield from rule_lines("rules.why", story, room)
        yield from rule_lines("rules.now", words.now(self._checks, app.settings, self._off, app.zone), room)

    def _look_at_rules(self, *, moved: bool = False) -> None:
        """Ask the rules again where the order moved, or where their answer is old: stock and hours move too."""
        app = pantau_of(self)
        now = app.clock()
        if app.store is not None and (moved or not 0 <= now - self._checked_at < CHECKS_AGE):
            self._checked_at = now
            # The function, not its coroutine: a worker that a newer one cancels before it began leaves none behind.
            ask: Callable[[], Any] = self._ask_rules
            self.run_worker(ask, group="rules", exclusive=True, exit_on_error=False)

    async def _ask_rules(self) -> None:
        """What the rules make of the order now; a question for a thread, for stock is shared by all orders."""
        app = pantau_of(self)
        if (store := app.store) is None or not app.settings.rules.enabled or not app.settings.rules.each:
            return
        from jobs.rules.trial import checks

        now = app.clock()
        self._checks = await store.aread(lambda conn: checks(conn, app.settings, app.zone, now, self.pk))
        self._draw()

    async def _note_seen(self, note: str) -> None:
        """A person has this note before their eyes: shipping is not held back for it any more."""
        app = pantau_of(self)
        if (store := app.store) is None:
            return
        from store.orders import mark_note_seen

        now = app.clock()
        await store.awrite(lambda conn: mark_note_seen(conn, self.pk, note, now))

    def action_back(self) -> None:
        """To the list, where the cursor still is."""
        self.dismiss(None)

    def action_track(self) -> None:
        """Ask the courier now; the answer comes through the store."""
        app = pantau_of(self)
        if self._shown is None or not any(parcel.tracking_number for parcel in self._shown.parcels):
            app.say(t("why.no_number"), severity="warning")
        elif app.store is None:
            app.say(t("app.busy_starting"), severity="warning")
        else:
            app.track_now(self.pk)
            app.say(t("detail.asked"))

    @property
    def _answerable(self) -> bool:
        return any(one.next_action for one in self._requests) and not pantau_of(self).read_only

    def action_answer(self) -> None:
        """Answer what the buyer of this order asks for."""
        app = pantau_of(self)
        if self._answerable and self._shown is not None:
            from tui.screens.answer import open_answer

            open_answer(app, [self._shown.row])
        else:
            app.say(t("why.read_only" if app.read_only else "why.no_request"), severity="warning")

    def action_timeline(self) -> None:
        """The journey by itself: what comes next, the courier's page, the text for the buyer."""
        from tui.screens.timeline import show_timeline

        show_timeline(pantau_of(self), self.pk)

    def action_deed(self, name: str) -> None:
        """What the list's key does, to this order whatever the list's cursor stands on; or why it does nothing."""
        app = pantau_of(self)
        if app.read_only:
            app.say(t("why.read_only"), severity="warning")
        elif self._shown is not None:
            command, rows = BY_ID[f"order.{name}"], [self._shown.row]
            if reason := refusal(command, rows):
                app.say(t(reason), severity="warning")
            elif command.opens is None:
                getattr(app.main, command.method)(rows)
            else:
                module, _, function = command.opens.partition(":")
                getattr(import_module(module), function)(app, rows)

    def action_appeal(self) -> None:
        """Everything known of this order as a file for the platform."""
        if self._shown is not None:
            from tui.screens.appeal import open_appeal

            open_appeal(pantau_of(self), [self._shown.row])

    def action_keys_help(self) -> None:
        """The help, this screen's keys first."""
        from tui.screens.help import help_here

        help_here(pantau_of(self), self._keys(self.app.size.width * 9 // 10 - 6))

    def action_copy(self) -> None:
        """The order id to the clipboard, and shown, for a copy by mouse."""
        if self._shown is not None:
            shown = clean(self._shown.row.order_id)
            pantau_of(self).copy_to_clipboard(shown)
            pantau_of(self).say(t("status.copied", text=shown))

    def action_scroll(self, lines: int) -> None:
        """Move the columns: each by itself beside the other, both as one below each other."""
        for part in self.query("#columns, #columns > VerticalScroll"):
            part.scroll_relative(y=lines, animate=False)


def show_detail(app: PantauApp, pk: int) -> None:
    """Open an order by its row."""
    app.push_screen(DetailScreen(pk))


def open_detail(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the order under the cursor."""
    if rows:
        show_detail(app, rows[0].pk)
