"""What every dialog is: a box over the list, words assembled from styled parts, Esc and Enter lead back."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

Result = TypeVar("Result")


class Dialog(ModalScreen[Result | None]):
    """A title, a body that scrolls when it is long, and a line of keys. Subclasses say what stands in them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "back", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]
    AUTO_FOCUS = None
    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical { width: 90%; max-width: 100; height: auto; max-height: 90%; background: $surface;
        border: round $accent; padding: 0 1; }
    Dialog #title { height: auto; text-style: bold; }
    Dialog #body { height: auto; max-height: 100%; }
    Dialog #keys { height: auto; color: $text-muted; }
    Dialog.-full > Vertical { width: 100%; max-width: 100%; height: 100%; max-height: 100%; }
    Dialog.-full #body { height: 1fr; }
    """

    def compose(self) -> ComposeResult:
        """Title, body, keys."""
        with Vertical():
            yield Static(self.title_text(), id="title", markup=False)
            with VerticalScroll(id="body", can_focus=False):
                yield Static(self.body_text(), id="text", markup=False)
            yield Static(self.keys_text(), id="keys", markup=False)

    def title_text(self) -> Content:
        """The first line."""
        return Content("")

    def body_text(self) -> Content:
        """What the dialog says."""
        return Content("")

    def keys_text(self) -> Content:
        """What can be pressed."""
        return Content("")

    def redraw(self) -> None:
        """Show the three texts anew."""
        if not self.is_mounted:
            return
        self.query_one("#title", Static).update(self.title_text())
        self.query_one("#text", Static).update(self.body_text())
        self.query_one("#keys", Static).update(self.keys_text())

    def action_back(self) -> None:
        """Leave without doing anything."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Move the body."""
        self.query_one("#body", VerticalScroll).scroll_relative(y=lines, animate=False)
