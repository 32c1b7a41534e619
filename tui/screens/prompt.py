"""One line to type: a comment, an amount. Enter takes it, Esc leaves; nothing is sent from here."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.screens.dialog import OVER
from tui.screens.lines import keys
from tui.screens.search import Line
from tui.strings import t
from tui.text import wrap


class Prompt(ModalScreen[str | None]):
    """Answers with what was typed, or None. `wrong` says why a text will not do; it stays then."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]
    SCOPED_CSS = False
    CSS = OVER
    DEFAULT_CSS = """
    Prompt { align: center middle; }
    Prompt > Vertical { width: 90%; max-width: 100; height: auto; max-height: 100%; background: $surface;
        border: round $accent; padding: 0 1; }
    Prompt Static { height: auto; }
    Prompt Input, Prompt Input:focus { height: 1; border: none; padding: 0; background: $boost;
        background-tint: $surface 0%; }
    """

    def __init__(
        self,
        question: str,
        value: str = "",
        *,
        longest: int,
        wrong: Callable[[str], str] = lambda text: "",
    ) -> None:
        super().__init__()
        self._question = question
        self._value = value
        self._longest = longest
        self._wrong = wrong

    def compose(self) -> ComposeResult:
        """The question, the line, what is wrong with it, the keys."""
        width = max(min(self.app.size.width * 9 // 10, 100) - 5, 12)
        with Vertical():
            yield Static("\n".join(wrap(self._question, width, 4)), markup=False)
            yield Line(self._value, max_length=self._longest)
            yield Static("", id="wrong", markup=False)
            yield Static(keys([t("prompt.key.take"), t("prompt.key.back")], width), id="keys", markup=False)

    def on_mount(self) -> None:
        """Typing goes to the line."""
        line = self.query_one(Input)
        line.cursor_blink = False
        line.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, or say why not."""
        text = event.value.strip()
        if wrong := self._wrong(text):
            self.query_one("#wrong", Static).update(wrong)
        else:
            self.dismiss(text)

    def action_back(self) -> None:
        """Leave what was there before."""
        self.dismiss(None)
