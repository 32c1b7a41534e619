"""Hand-over: scan parcels onto a courier's manifest, each with a fresh look at its order; then close it as proof.

Everything that is scanned goes through one queue, each scan through one transaction (jobs/handover/manifests.py); the
background asks the platform and its answer comes through the store. The network is not waited for here.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from store.views import OrderRow
from tui.scanner import cleaned
from tui.screens.handover_deeds import HandoverDeeds
from tui.screens.handover_work import WRONG
from tui.screens.lines import entry, keys, plain
from tui.screens.search import Line
from tui.strings import t
from tui.widgets import handover_page as page
from tui.widgets.handover_desk import Desk, Page

if TYPE_CHECKING:
    from tui.app import PantauApp

SAID: Final = 3
"""Lines of what was said last, or of a question."""
TALL: Final = 22
"""Lines of a terminal from which there is room for large figures."""


class HandoverScreen(HandoverDeeds):
    """First the couriers, then one manifest until it is closed."""

    HOLDS_NEWS = True
    SCOPED_CSS = False
    DEFAULT_CSS = """
    HandoverScreen { background: $background; padding: 0 1; }
    HandoverScreen > #title { height: 1; color: $accent; text-style: bold; text-wrap: nowrap; }
    HandoverScreen > #top { height: auto; }
    HandoverScreen > #body { height: 1fr; scrollbar-size-vertical: 1; }
    HandoverScreen > #said { height: auto; max-height: 3; }
    HandoverScreen > #keys { height: auto; max-height: 4; }
    HandoverScreen > Input, HandoverScreen > Input:focus { display: none; height: 1; border: none; padding: 0;
        background: $surface; }
    HandoverScreen.-typing > Input { display: block; }
    HandoverScreen.-stopped { background: $error; color: $text; }
    HandoverScreen.-stopped > #title { color: $text; }
    HandoverScreen.-stopped > #keys { background: $background; }
    """

    def __init__(self, app: PantauApp) -> None:
        super().__init__(app, Desk(app.settings.packing.packer or _account(), app.zone))
        self._asked = ""
        """What the input line is for: `number`, `receiver` or `name`."""

    # ---- building and showing ---------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Title, counters, the list, what was said last, the keys."""
        yield Static(id="title", markup=False)
        yield Static(id="top", markup=False)
        with VerticalScroll(id="body", can_focus=False):
            yield Static(id="text", markup=False)
        yield Static(id="said", markup=False)
        yield Line(disabled=True)
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """The couriers."""
        self.query_one(Input).cursor_blink = False
        self.set_interval(1.0, self.redraw)  # countdowns run, and silence becomes a reason
        self.store_changed()
        self.redraw()

    def on_resize(self, event: events.Resize) -> None:
        """Lines are folded to the room there is."""
        self.redraw()

    def redraw(self) -> None:
        """Show everything anew."""
        if not self.query("#text"):
            return
        desk, cramped, size = self.desk, self._pantau.cramped, self.app.size
        room, now = max(size.width - 4, 16), self._pantau.clock()
        self.set_class(bool(desk.stops), "-stopped")
        tall = size.height >= TALL
        top = page.top(desk, room, tall=tall)
        words, style = desk.said
        if question := page.asked(desk, now):
            words, style = f"? {question}", "bold $accent"
        below = keys([t("handover.key.leave")] if cramped else page.keys_of(desk, now), room)
        said = list(entry("", words, room, style=style, most=SAID)) if words else []
        typing = self.has_class("-typing")
        rows = size.height - 1 - len(top) - len(said) - typing - min(below.plain.count("\n") + 1, 4)
        shown = {
            "#title": Content(t("app.too_small") if cramped else page.title(desk)),
            "#top": Content("\n").join(top),
            "#text": Content("\n").join(page.body(desk, now, room, rows, tall=tall)),
            "#said": Content("\n").join(said),
            "#keys": below,
        }
        for name, content in shown.items():
            self.query_one(name, Static).update(content)
        self.query_one("#top", Static).display = bool(top) and not cramped
        self.query_one("#said", Static).display = bool(words)

    # ---- keys -------------------------------------------------------------------------------------------

    def typed(self, key: str) -> None:
        """Keys that no code holds, or that do no harm inside one."""
        desk = self.desk
        if key == "escape":
            self._escape()
        elif self._pantau.cramped or desk.question is not None or desk.stops:
            return
        elif key in ("down", "up"):
            desk.move(1 if key == "down" else -1)
            self.redraw()
        elif key in ("pagedown", "pageup"):
            desk.move(10 if key == "pagedown" else -10)
            self.redraw()
        elif key == "slash" and desk.page in (Page.COURIERS, Page.SCAN):
            self._ask_for("number")
        elif key == "enter":
            self._enter()

    def meant(self, key: str) -> None:
        """Letters and digits, pressed with silence around them: no code holds one like that."""
        desk = self.desk
        if self._pantau.cramped:
            return
        if desk.question is not None:
            self._answer(key == "y")
        elif desk.stops:
            self._on_stop(key)
        elif key in ("j", "k"):
            self.typed("down" if key == "j" else "up")
        elif key == "n":
            self._ask_for("name")
        elif desk.page is Page.CLOSED and key in ("p", "s"):
            self._paper(printing=key == "p")
        elif key == "h" and desk.page is not Page.CLOSED:
            desk.go(Page.PAST)
            self.store_changed()
            self.redraw()
        elif desk.page is Page.COURIERS and key.isdecimal():
            self._choose(int(key) - 1)
        elif desk.page is Page.SCAN:
            self._on_manifest(key)

    def _on_manifest(self, key: str) -> None:
        desk, now = self.desk, self._pantau.clock()
        if key == "w":
            desk.go(Page.WAITING)
        elif key == "d" and desk.parcel is not None:
            desk.question = "remove"
        elif key == "u":
            if desk.late(now):
                desk.question = "accept"
            else:
                desk.said = (t("handover.nothing_to_accept"), "$text-muted")
        elif key in ("C", "upper_c"):
            if n := desk.count("checking"):
                self._pantau.nudge("handover")
                desk.said = (t("handover.still_checking", n=n), "bold $warning")
            elif not desk.count("on"):
                desk.said = (t("handover.nothing_to_close"), "$warning")
            else:
                self._ask_for("receiver")
        self.redraw()

    def _on_stop(self, key: str) -> None:
        desk = self.desk
        if key == "y":
            desk.stops.clear()
            desk.said = ("", "")  # what was refused meanwhile was refused because of the stop
        elif key == "k" and desk.stops[0].again:
            desk.question = "again"
        self.redraw()

    def _enter(self) -> None:
        desk = self.desk
        if desk.page is Page.COURIERS:
            self._choose(desk.place)
        elif desk.page is Page.PAST and desk.past:
            row = desk.past[desk.place]
            desk.choose(row.courier, row.courier_name)
            desk.take_in(row, ())
            if row.closed_at is not None:
                desk.go(Page.CLOSED)
            self.store_changed()
            self.redraw()

    def _choose(self, place: int) -> None:
        lines = self.desk.lines
        if 0 <= place < len(lines):
            self.desk.choose(lines[place].courier, lines[place].courier_name)
            self.store_changed()
            self.redraw()

    def _escape(self) -> None:
        desk = self.desk
        if self.has_class("-typing"):
            self._close_input()
        elif desk.question is not None:
            self._answer(False)
        elif desk.stops:
            self._ring(WRONG)  # only its own answer ends a stop
        elif desk.page is Page.WAITING:
            desk.go(Page.SCAN)
        elif desk.page is Page.COURIERS:
            self.dismiss(None)
            return
        else:
            desk.leave()
            self.store_changed()
        self.redraw()

    # ---- the input line ---------------------------------------------------------------------------------

    def _ask_for(self, what: str) -> None:
        line = self.query_one(Input)
        self._asked = what
        line.placeholder = t(f"handover.input.{what}")
        line.value = {"name": self.desk.by, "receiver": self.desk.receiver}.get(what, "")
        line.disabled = False
        self.add_class("-typing")
        line.focus()
        self.redraw()

    def _close_input(self) -> None:
        line = self.query_one(Input)
        self.remove_class("-typing")
        self.set_focus(None)
        line.value = ""
        line.disabled = True

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the line, also from a scanner that typed into it."""
        event.stop()
        text, asked = cleaned(event.value), self._asked
        self._close_input()
        if asked == "receiver":
            self.desk.receiver, self.desk.question = plain(text, 60), "close"
        elif asked == "name" and text:
            self.desk.by = plain(text, 40)
        elif asked == "number" and text:
            self.scanned(text)
        self.redraw()


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "?"


def open_handover(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the hand-over; it begins with the couriers, whatever order the cursor is on."""
    app.clear_notifications()
    app.push_screen(HandoverScreen(app))
