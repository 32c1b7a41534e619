"""A text of several lines to type: a message, a note. Enter takes it, Ctrl+J begins a line, Esc leaves.

Ctrl+J is the one key for a new line that every terminal tells apart from Enter; Shift+Enter and Alt+Enter do as well
where the terminal tells of them (tmux sends both as Enter, or not at all).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from tui.screens.dialog import OVER
from tui.screens.lines import keys
from tui.screens.prompt import ASKED, SAID
from tui.strings import t
from tui.text import clean, wrap

PASTED: Final = 20_000
"""Characters taken of what is pasted: far beyond every limit, and still fast to edit."""
_NEW_LINE: Final = frozenset({"ctrl+j", "shift+enter", "alt+enter", "ctrl+enter"})


def _lines(text: str) -> str:
    """What is pasted may come from anywhere, its line ends too: terminals make them `\\r`."""
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"), limit=PASTED, lines=True)


class Box(TextArea):
    """The field itself: Enter takes the text instead of beginning a line."""

    class Taken(Message):
        """Enter was pressed."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key != "enter" and event.key not in _NEW_LINE:
            return  # the toolkit's own part comes next
        event.stop()
        event.prevent_default()
        if event.key == "enter":
            self.post_message(self.Taken())
        else:
            self.insert("\n")

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = _lines(event.text)


class Lines(ModalScreen[str | None]):
    """A question with a box to answer it, how long the answer is, and the keys. Answers with the text, or None.

    `wrong` says why a text will not do; it stays then.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]
    SCOPED_CSS = False
    CSS = OVER
    DEFAULT_CSS = """
    Lines { align: center middle; }
    Lines > Vertical { width: 90%; max-width: 100; height: auto; max-height: 100%; background: $surface;
        border: round $accent; padding: 0 1; }
    Lines Static { height: auto; }
    Lines Box, Lines Box:focus { height: auto; min-height: 3; max-height: 40vh; border: none; padding: 0;
        background: $boost; scrollbar-size-vertical: 1; }
    """

    def __init__(
        self, question: str, value: str, *, longest: int, wrong: Callable[[str], str] = lambda text: ""
    ) -> None:
        super().__init__()
        self._question, self._longest, self._wrong = question, longest, wrong
        self._box = Box(_lines(value), highlight_cursor_line=False)

    @property
    def _width(self) -> int:
        return max(min(self.app.size.width * 9 // 10, 100) - 5, 12)

    def compose(self) -> ComposeResult:
        """The question, the box, how long it is, the keys."""
        with Vertical():
            yield Static("\n".join(wrap(self._question, self._width, ASKED)), markup=False)
            yield self._box
            yield Static("", id="said", markup=False)
            told = [t(f"box.key.{name}") for name in ("take", "line", "back")]
            yield Static(keys(told, self._width), id="keys", markup=False)

    def on_mount(self) -> None:
        """Typing goes on at the end of what is there."""
        self._box.cursor_blink = False
        self._box.move_cursor(self._box.document.end)
        self._box.focus()
        self._say("")

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """How long it is by now."""
        self._say("")

    def on_box_taken(self, event: Box.Taken) -> None:
        """Take it, or say why not."""
        text = self._box.text.strip()
        why = self._wrong(text)
        if len(text) > self._longest:
            why = t("box.too_long", n=len(text) - self._longest)
        if why:
            self._say(why)
        else:
            self.dismiss(text)

    def action_back(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)

    def _say(self, words: str) -> None:
        length = len(self._box.text.strip())
        style = "$error" if length > self._longest else "$text-muted"
        count = Content.styled(t("box.length", n=length, of=self._longest), style)
        if found := self.query("#said"):
            found.first(Static).update(
                Content("\n").join([count, *map(Content, wrap(words, self._width, SAID))])
            )
