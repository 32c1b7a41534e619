"""A path to type, paste or drop: Tab completes it, Enter takes it when there is such a file. The disk is asked in
a thread, because a folder of another computer may keep one waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.paths import LONGEST, complete, path_of
from tui.screens.dialog import OVER
from tui.screens.lines import keys
from tui.strings import t
from tui.text import clean, wrap

SHOWN: Final = 3
"""Lines of names to choose from."""


class PathLine(Input):
    """What is dropped or pasted into it may come from anywhere; a path keeps its signs otherwise."""

    def validate_value(self, value: str) -> str:
        """Called by the toolkit before a value is taken."""
        return clean(value, limit=LONGEST)


class PathPrompt(ModalScreen[Path | None]):
    """Answers with a file that exists, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("tab", "complete", show=False, priority=True),
    ]
    SCOPED_CSS = False
    CSS = OVER
    DEFAULT_CSS = """
    PathPrompt { align: center middle; }
    PathPrompt > Vertical { width: 90%; max-width: 100; height: auto; max-height: 100%; background: $surface;
        border: round $accent; padding: 0 1; }
    PathPrompt Static { height: auto; }
    PathPrompt Input, PathPrompt Input:focus { height: 1; border: none; padding: 0; background: $boost;
        background-tint: $surface 0%; }
    """

    def __init__(self, question: str, value: str, endings: Sequence[str]) -> None:
        """`endings`: of the files that are offered, like `.csv`; another one can be typed all the same."""
        super().__init__()
        self._question = question
        self._value = value
        self._endings = tuple(endings)
        self._completed = ""
        """The text that what is said is about."""

    @property
    def _width(self) -> int:
        return max(min(self.app.size.width * 9 // 10, 100) - 5, 12)

    def compose(self) -> ComposeResult:
        """The question, the line, what fits or is wrong, the keys."""
        phrases = [t("files.prompt.key.take"), t("files.prompt.key.complete"), t("files.prompt.key.back")]
        with Vertical():
            yield Static("\n".join(wrap(self._question, self._width, 4)), markup=False)
            yield PathLine(self._value, max_length=LONGEST, select_on_focus=False)
            yield Static("", id="said", markup=False)
            yield Static(keys(phrases, self._width), id="keys", markup=False)

    def on_mount(self) -> None:
        """Typing goes on at the end of the line."""
        line = self.query_one(Input)
        line.cursor_blink = False
        line.focus()
        line.action_end()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was said of another text is over."""
        if event.value != self._completed:
            self._say("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, or say why not."""
        if event.value.strip():
            self.run_worker(self._take(event.value), group="path", exclusive=True, exit_on_error=False)

    def action_complete(self) -> None:
        """As far as it is certain."""
        self.run_worker(self._complete(), group="path", exclusive=True, exit_on_error=False)

    def action_back(self) -> None:
        """Leave without a file."""
        self.dismiss(None)

    async def _take(self, text: str) -> None:
        path, wrong = await asyncio.to_thread(_look, text)
        if not self.is_attached:
            return
        if wrong:
            self._say(t(wrong, path=str(path)))
        else:
            self.dismiss(path)

    async def _complete(self) -> None:
        line = self.query_one(Input)
        text = line.value
        found = await asyncio.to_thread(complete, text, self._endings)
        if not self.is_attached or line.value != text:
            return  # typed on meanwhile
        if found.text != text:
            line.value = self._completed = found.text
            line.action_end()
        elif not found.names:
            self._say(t("files.prompt.nothing"))
            return
        self._say("   ".join(clean(name, limit=80) for name in found.names))

    def _say(self, words: str) -> None:
        if said := self.query("#said"):
            said.first(Static).update("\n".join(wrap(words, self._width, SHOWN)))


def _look(text: str) -> tuple[Path, str]:
    """The file that is meant, and the key of what is wrong with it."""
    path = path_of(text)
    try:
        path = path.absolute()
        if path.is_file():
            return path, ""
        return path, "files.prompt.folder" if path.is_dir() else "files.prompt.no_file"
    except (OSError, ValueError):
        return path, "files.prompt.no_file"
