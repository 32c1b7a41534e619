"""One line to type: a comment, an amount, a name. Enter takes it, Esc leaves; nothing is sent from here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final, Generic, TypeVar

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

ASKED: Final = 4
"""Lines of a question."""
SAID: Final = 3
"""Lines of what is said about the text."""

Answer = TypeVar("Answer")


class OneLine(ModalScreen[Answer | None], Generic[Answer]):
    """A question with one line to answer it, what is said about the text, and the keys; its subclass answers."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]
    SCOPED_CSS = False
    CSS = OVER
    DEFAULT_CSS = """
    OneLine { align: center middle; }
    OneLine > Vertical { width: 90%; max-width: 100; height: auto; max-height: 100%; background: $surface;
        border: round $accent; padding: 0 1; }
    OneLine Static { height: auto; }
    OneLine Input, OneLine Input:focus { height: 1; border: none; padding: 0; background: $boost;
        background-tint: $surface 0%; }
    """
    KEYS: ClassVar[Sequence[str]] = ("prompt.key.take", "prompt.key.back")
    """Keys of the catalogue."""

    def __init__(self, question: str, line: Input) -> None:
        super().__init__()
        self._question = question
        self._line = line

    @property
    def _width(self) -> int:
        return max(min(self.app.size.width * 9 // 10, 100) - 5, 12)

    def compose(self) -> ComposeResult:
        """The question, the line, what is said about the text, the keys."""
        with Vertical():
            yield Static("\n".join(wrap(self._question, self._width, ASKED)), markup=False)
            yield self._line
            yield Static("", id="said", markup=False)
            yield Static(keys([t(name) for name in self.KEYS], self._width), id="keys", markup=False)

    def on_mount(self) -> None:
        """Typing goes to the line."""
        self._line.cursor_blink = False
        self._line.focus()

    def action_back(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)

    def _say(self, words: str) -> None:
        if said := self.query("#said"):
            said.first(Static).update("\n".join(wrap(words, self._width, SAID)))


class Prompt(OneLine[str]):
    """Answers with what was typed, or None. `wrong` says why a text will not do; it stays then."""

    def __init__(
        self,
        question: str,
        value: str = "",
        *,
        longest: int,
        wrong: Callable[[str], str] = lambda text: "",
    ) -> None:
        super().__init__(question, Line(value, max_length=longest))
        self._wrong = wrong

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, or say why not."""
        text = event.value.strip()
        if wrong := self._wrong(text):
            self._say(wrong)
        else:
            self.dismiss(text)
