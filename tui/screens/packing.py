"""The packing table: scan the label, scan the goods, next. Stops stand in the way until a person answers them.

Everything that is scanned goes through one queue, and every step through one transaction that reads the order
anew (jobs/packing/table.py), so the screen never acts on an older look. The network is not asked.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from store.views import OrderRow
from tui import packing_words
from tui.commands import BY_ID
from tui.scanner import cleaned
from tui.screens.lines import keys, plain
from tui.screens.packing_steps import Work
from tui.screens.packing_work import PackingWork
from tui.screens.search import Line
from tui.strings import t
from tui.widgets import packing_page as page
from tui.widgets import packing_view as view
from tui.widgets.packing_desk import WRONG, Desk

if TYPE_CHECKING:
    from tui.app import PantauApp

_AROUND: Final = 5
"""Lines of the screen around its body."""
_QUESTIONS: Final = {"f": "finish", "b": "teach"}
"""Keys on an open parcel that ask first."""


class PackingScreen(PackingWork):
    """Waits for a label, then holds one parcel until it is packed, given up, or stopped."""

    HOLDS_NEWS = True
    SCOPED_CSS = False
    DEFAULT_CSS = """
    PackingScreen { background: $background; padding: 0 1; }
    PackingScreen > #title { height: 1; color: $accent; text-style: bold; text-wrap: nowrap; }
    PackingScreen > #progress { height: 1; }
    PackingScreen > #body { height: 1fr; scrollbar-size-vertical: 1; }
    PackingScreen > #said { height: auto; max-height: 2; }
    PackingScreen > #keys { height: auto; max-height: 4; }
    PackingScreen > Input, PackingScreen > Input:focus { display: none; height: 1; border: none; padding: 0;
        background: $surface; }
    PackingScreen.-typing > Input { display: block; }
    PackingScreen > .-empty { display: none; }
    PackingScreen.-small > * { display: none; }
    PackingScreen.-small > #title { display: block; }
    PackingScreen.-stopped { background: $error; color: $text; }
    PackingScreen.-stopped > #title { color: $text; }
    PackingScreen.-stopped > #keys { background: $background; }
    """

    def __init__(self, app: PantauApp, cursor: OrderRow | None = None) -> None:
        super().__init__(app, Desk(app.settings.packing.packer or _account(), app.zone, cursor))
        self._asked = ""
        """What the input line is for: `number`, `item` or `packer`."""

    # ---- building and showing ---------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Title, what stands on the table, what was said last, the keys."""
        yield Static(id="title", markup=False)
        yield Static(id="progress", markup=False)
        with VerticalScroll(id="body", can_focus=False):
            yield Static(id="text", markup=False)
        yield Static(id="said", markup=False)
        yield Line(disabled=True)
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """An empty table."""
        self.query_one(Input).cursor_blink = False
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
        room = max(size.width - 4, 16)
        self.set_class(desk.stop is not None, "-stopped")
        self.set_class(cramped, "-small")
        lines, places = page.body(desk, room, size.height - _AROUND)
        words, style = desk.said
        progress = page.progress(desk, room)
        shown = {
            "#title": Content(t("app.too_small") if cramped else page.title(desk)),
            "#progress": progress or Content(""),
            "#text": Content("\n").join(lines),
            "#said": Content.styled(words, style),
            "#keys": keys(page.keys(desk), room),
        }
        for name, content in shown.items():
            self.query_one(name, Static).update(content)
        self.query_one("#said", Static).set_class(not words, "-empty")
        self.query_one("#progress", Static).set_class(progress is None, "-empty")
        if desk.place < len(places):
            self.call_after_refresh(self._follow, places[desk.place])

    def _follow(self, line: int) -> None:
        """Keep the item under the cursor in sight."""
        body = self.query_one("#body", VerticalScroll)
        top, height = body.scroll_offset.y, max(body.size.height, 1)
        if line < top or line + view.TALL > top + height:
            body.scroll_to(y=max(0, line - height // 3), animate=False)

    # ---- what is scanned and pressed --------------------------------------------------------------------

    def scanned(self, code: str) -> None:
        """A code goes into the queue: what it means depends on what stands on the table when its turn comes."""
        if self._pantau.cramped:
            self._say(t("packing.too_small"), "bold $error", WRONG)
        else:
            self.enqueue(lambda: self._take_up(code))

    def _take_up(self, code: str) -> Work | None:
        if self.desk.stop is not None:
            self._say(t("packing.refused", code=plain(code, packing_words.CODE)), "bold", WRONG)
            return None
        self.desk.question = None  # who scans on has not said yes
        return self._steps.scan(code)

    def too_fast(self, text: str) -> None:
        """Neither a key nor a code."""
        self._say(t("packing.too_fast", text=plain(text, packing_words.CODE)), "$warning")

    def typed(self, key: str) -> None:
        """Keys that no code holds, or that do no harm inside one."""
        desk = self.desk
        if key == "escape":
            self._escape()
        elif self._pantau.cramped:
            return
        elif key in ("down", "j", "up", "k"):
            desk.move(1 if key in ("down", "j") else -1)
            self.redraw()
        elif key in ("pagedown", "pageup"):
            lines = 10 if key == "pagedown" else -10
            self.query_one("#body", VerticalScroll).scroll_relative(y=lines, animate=False)
        elif desk.question is not None or desk.stop is not None:
            return
        elif key == "slash":
            self._ask_for("number" if desk.open_id is None else "item")
        elif key == "enter" and desk.choices:
            self.enqueue(self._steps.choose)
        elif key in ("right", "left"):
            step = 1 if key == "right" else -1
            self.enqueue(lambda: self._steps.count(step))

    def meant(self, key: str) -> None:
        """Letters, pressed with silence around them: no code holds one like that."""
        desk = self.desk
        if self._pantau.cramped or len(key) > 1:
            return  # what has a name was handled at once (`typed`)
        key = key.lower()  # the lock of capitals may be on, for the scanner's sake
        if desk.question is not None:
            self._answer(key == "y")
        elif desk.stop is not None:
            self._on_stop(key)
        elif desk.choices:
            return
        elif key == "w":
            self._ask_for("packer")
        elif key == "l":
            self._label()
        elif desk.open_id is not None and key in _QUESTIONS:
            self._ask(_QUESTIONS[key])
        elif key == "c" and desk.open_id is None and (order := desk.cursor) is not None:
            self.scanned(order.tracking_number or order.order_id)

    def _on_stop(self, key: str) -> None:
        if key == "y":
            self.enqueue(self._steps.acknowledge)
        elif key == "b" and self.desk.teachable:
            self._ask("teach")
        elif key == "o" and self.desk.overrulable:
            self._ask("overrule")

    def _escape(self) -> None:
        desk = self.desk
        if self.has_class("-typing"):
            self._close_input()
        elif desk.question is not None:
            self._answer(False)
        elif desk.stop is not None:
            self._ring(WRONG)
        elif desk.open_id is not None:
            self._ask("abort")
        elif desk.choices:
            desk.clear()
            self.redraw()
        else:
            self.dismiss(None)

    def _ask(self, question: str) -> None:
        if question == "teach" and not (self.desk.unknown and self.desk.lines):
            self._say(t("packing.no_code"), "$warning")
            return
        self.desk.question = question
        self.redraw()

    def _answer(self, yes: bool) -> None:
        question, self.desk.question = self.desk.question, None
        if yes and question is not None:
            self.enqueue(getattr(self._steps, question))
        self.redraw()

    def _label(self) -> None:
        """The parcel's label once more, in the dialog of labels."""
        sight, command = self.desk.sight, BY_ID["order.label"]
        module, _, function = (command.opens or "").partition(":")
        if sight is None or sight.parcel is None or find_spec(module) is None:
            self._say(t("packing.no_label"), "$warning")
            return
        pks = [part.pk for part in sight.parcel.parts]
        opens = getattr(import_module(module), function)
        self._pantau.data.ask(lambda reader: reader.rows(pks), lambda rows: opens(self._pantau, rows))

    # ---- the input line ---------------------------------------------------------------------------------

    def _ask_for(self, what: str) -> None:
        line = self.query_one(Input)
        self._asked = what
        line.placeholder = t(f"packing.input.{what}")
        line.value = self.desk.packer if what == "packer" else ""
        line.disabled = False
        self.add_class("-typing")
        line.focus()

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
        if not text:
            return
        if asked == "packer":
            self.desk.packer = plain(text, 40)
            self.redraw()
        else:
            self.scanned(text)


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "?"


def open_packing(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the packing table; the order under the cursor can be packed without its label."""
    app.clear_notifications()
    app.push_screen(PackingScreen(app, rows[0] if rows else None))
