"""What every dialog is: a box over the list, words assembled from styled parts, Esc and Enter lead back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, TypeVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.timer import Timer
from textual.widgets import Static

from tui.strings import t

if TYPE_CHECKING:
    from tui.app import PantauApp

Result = TypeVar("Result")

SCROLLING: Final[list[BindingType]] = [
    Binding("j,down", "scroll(1)", show=False),
    Binding("k,up", "scroll(-1)", show=False),
    Binding("pagedown,space,ctrl+f", "scroll(10)", show=False),
    Binding("pageup", "scroll(-10)", show=False),
    Binding("g,home", "scroll(-100000)", show=False),
    Binding("G,end", "scroll(100000)", show=False),
]
"""The keys of the list move a long text too."""

OVER: Final = """
ModalScreen { background: $background 65%; }
ModalScreen ToastRack { margin-bottom: 5; }
"""
"""What lies beneath stays visible, and no toast covers the keys; as CSS it wins over the app's own style, which
a DEFAULT_CSS would not. Unscoped, so that it reaches the screen itself."""
WIDEST: Final = 100
"""Cells of a dialog that does not fill the screen: longer lines read badly."""
STARTLED: Final = 1.0
"""Seconds in which `y` answers nothing after a key that means nothing here: somebody types into the wrong window."""
TYPING: Final = 0.3
"""Seconds between two letters of somebody who types: as long after a letter that scrolls, `y` answers nothing."""
ALONE: Final = 0.25
"""Seconds for which `y` has to stay alone: "ya kak" begins like a yes."""
_EDGES: Final = 5
"""Cells of a line that are border, padding and scroll bar."""


def pantau_of(screen: Screen[Result]) -> PantauApp:
    """The app of a screen."""
    return cast("PantauApp", screen.app)


class Dialog(ModalScreen[Result | None]):
    """A title, a body that scrolls when it is long, and the keys, always in sight. Subclasses say the words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "back", show=False),
        Binding("question_mark", "keys_help", show=False),
        *SCROLLING,
    ]
    AUTO_FOCUS = None
    FULL: ClassVar[bool] = False
    """Whether it fills the screen."""
    HOLDS_NEWS: ClassVar[bool] = False
    """Whether notices wait until it is answered, so that no toast covers what has to be read."""
    SCOPED_CSS = False
    CSS = OVER
    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > Vertical { width: 90%; max-width: 100; height: auto; max-height: 90%; background: $surface;
        border: round $accent; padding: 0 1; }
    Dialog #title { dock: top; height: auto; text-style: bold; }
    Dialog #body { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
    Dialog #keys { dock: bottom; height: auto; }
    Dialog.-full > Vertical { width: 100%; max-width: 100%; height: 100%; max-height: 100%; }
    Dialog.-full #body { height: 1fr; }
    """

    _deaf_until = float("-inf")
    """Until when `y` answers nothing, on the events' clock."""
    _yes: Timer | None = None
    """A `y` that waits whether it stays alone."""

    def compose(self) -> ComposeResult:
        """Title, body, keys."""
        self.set_class(self.FULL, "-full")
        with Vertical():
            yield Static(self.title_text(), id="title", markup=False)
            with VerticalScroll(id="body", can_focus=False):
                yield Static(self.body_text(), id="text", markup=False)
            yield Static(self.keys_text(), id="keys", markup=False)

    @property
    def room(self) -> int:
        """Cells a line of the body has."""
        width: int = self.app.size.width
        return max(width if self.FULL else min(WIDEST, width * 9 // 10), 24) - _EDGES

    def title_text(self) -> Content:
        """The first line."""
        return Content("")

    def body_text(self) -> Content:
        """What the dialog says."""
        return Content("")

    def keys_text(self) -> Content:
        """What can be pressed."""
        return Content("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where the terminal is too small to show the words, nothing can be answered but "back"; and nobody says yes
        by typing a sentence."""
        if action == "yes" and Message().time < self._deaf_until:
            return False
        return action in ("back", "scroll") or not pantau_of(self).cramped

    async def on_key(self, event: events.Key) -> None:
        """Every key, before any binding takes it."""
        bound = self.active_bindings.get(event.key)
        if bound is not None and bound.binding.action == "yes":
            event.stop()
            event.prevent_default()
            await self._hold_yes()
        elif event.is_printable and self._asks:
            self._drop_yes()
            self._deaf_until = max(self._deaf_until, event.time + (STARTLED if bound is None else TYPING))
            if bound is None:
                pantau_of(self).say(t("dialog.stray"), severity="warning")
        elif self._yes is not None:
            # Whoever presses another key after it has answered: Enter does not take a yes back.
            event.stop()
            event.prevent_default()
            await self._say_yes()

    @property
    def _asks(self) -> bool:
        """Whether there is something to say yes to."""
        told = (binding for kind in type(self).__mro__ for binding in vars(kind).get("BINDINGS", ()))
        return any(isinstance(binding, Binding) and binding.action == "yes" for binding in told)

    async def _hold_yes(self) -> None:
        if ALONE <= 0:
            await self._say_yes()
        elif self._yes is None:
            self._yes = self.set_timer(ALONE, self._say_yes)

    def _drop_yes(self) -> None:
        if self._yes is not None:
            self._yes.stop()
            self._yes = None
            pantau_of(self).say(t("dialog.stray"), severity="warning")

    async def _say_yes(self) -> None:
        if self._yes is not None:
            self._yes.stop()
            self._yes = None
        if self.is_current:
            await self.run_action("yes")

    def redraw(self) -> None:
        """Show the three texts anew, if they are there: the app may tell of a change before and after that."""
        if not self.query("#text"):
            return
        cramped = pantau_of(self).cramped
        self.query_one("#title", Static).update(t("app.too_small") if cramped else self.title_text())
        self.query_one("#text", Static).update(self.body_text())
        self.query_one("#keys", Static).update(self.keys_text())

    def on_resize(self, event: events.Resize) -> None:
        """Lines are folded to the room there is."""
        self.redraw()

    def action_back(self) -> None:
        """Leave without doing anything."""
        self.dismiss(None)

    def action_keys_help(self) -> None:
        """The help, this screen's keys first."""
        from tui.screens.help import help_here

        help_here(pantau_of(self), self.keys_text())

    def action_scroll(self, lines: int) -> None:
        """Move the body."""
        self.query_one("#body", VerticalScroll).scroll_relative(y=lines, animate=False)
