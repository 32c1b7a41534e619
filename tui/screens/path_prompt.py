"""A path to type, paste or drop: Tab completes it, Enter takes it when there is such a file. The disk is asked in
a thread, because a folder of another computer may keep one waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.paths import LONGEST, complete, path_of
from tui.screens.prompt import OneLine
from tui.strings import t
from tui.text import clean


class PathLine(Input):
    """What is dropped or pasted into it may come from anywhere; a path keeps its signs otherwise."""

    def validate_value(self, value: str) -> str:
        """Called by the toolkit before a value is taken."""
        return clean(value, limit=LONGEST)


class PathPrompt(OneLine[Path]):
    """Answers with a file that exists, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", show=False, priority=True)]
    KEYS: ClassVar[Sequence[str]] = (
        "files.prompt.key.take",
        "files.prompt.key.complete",
        "files.prompt.key.back",
    )

    def __init__(self, question: str, value: str, endings: Sequence[str]) -> None:
        """`endings`: of the files that are offered, like `.csv`; another one can be typed all the same."""
        super().__init__(question, PathLine(value, max_length=LONGEST, select_on_focus=False))
        self._endings = tuple(endings)
        self._completed = ""
        """The text that what is said is about."""

    def on_mount(self) -> None:
        """Typing goes on at the end of the line; the toolkit calls the base's part by itself."""
        self._line.action_end()

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

    async def _take(self, text: str) -> None:
        path, wrong = await asyncio.to_thread(_look, text)
        if not self.is_attached:
            return
        if wrong:
            self._say(t(wrong, path=str(path)))
        else:
            self.dismiss(path)

    async def _complete(self) -> None:
        line = self._line
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
