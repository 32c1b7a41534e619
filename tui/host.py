"""What screens may ask of the app: to read, to write, to say something. They know no more of it than this."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from textual.app import App

from store.times import Clock
from tui import strings
from tui.commands import Command, available
from tui.data import Data
from tui.keymap import checked
from tui.shelves import Shelves
from tui.text import clean

if TYPE_CHECKING:
    from jobs.config.settings import Settings
    from store.db import Store
    from store.reader import Reader
    from tui.backend import Backend


LEAST: Final = (40, 10)
"""Below this size there is only a word that says so, and no key does anything but leave."""


class Host(App[int]):
    """The part of the application that its screens use; tui/app.py adds how it starts, notices changes and ends."""

    def __init__(
        self,
        settings: Settings,
        reader_factory: Callable[[], Reader],
        clock: Clock,
        *,
        read_only: bool,
        threaded_reads: bool,
        has_jobs: bool,
    ) -> None:
        strings.use(settings.language)
        super().__init__()
        self.settings = settings
        self.clock = clock
        self.zone = ZoneInfo(settings.timezone)
        self.read_only = read_only or settings.read_only
        self.keymap = checked(settings.keymap)
        self.data = Data(reader_factory, threaded=threaded_reads, on_error=self._read_failed)
        self.shelves = Shelves(self.data)
        self.runtime: Backend | None = None
        """What works behind the screen; None until it is ready."""
        self.has_jobs = has_jobs
        """Whether this program fetches orders itself."""
        self.spoken: dict[str, str] = {}
        """The language each buyer was last written to in, and under "" the one chosen last (message_draft.py)."""

    @property
    def store(self) -> Store | None:
        """The writer; None until the backend is ready."""
        return None if self.runtime is None else self.runtime.store

    @property
    def cramped(self) -> bool:
        """Whether the terminal is too small to show what a key would do."""
        width, height = self.size
        return width < LEAST[0] or height < LEAST[1]

    def nudge(self, job: str) -> None:
        """Have a job look at once; before the backend is ready that is what it does anyway."""
        if self.runtime is not None:
            self.runtime.nudge(job)

    def say(self, text: str, *, severity: Literal["information", "warning", "error"] = "information") -> None:
        """A few words in a corner; never parsed as markup."""
        self.notify(clean(text), severity=severity, markup=False, timeout=4)

    def commands(self) -> tuple[Command, ...]:
        """What this program can do as it runs."""
        return available(read_only=self.read_only)

    def _read_failed(self, error: Exception) -> None:
        """A read had no answer."""
