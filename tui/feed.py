"""Noticing that something was committed, by us or by another process, without asking too often.

A look is one pragma on SQLite; a poke from our own writer thread makes it at once. However many commits there
are, the screen refreshes at most once per GAP, and once more after the last of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from textual.message_pump import MessagePump
from textual.timer import Timer

from tui.data import Data
from tui.messages import StoreChanged

if TYPE_CHECKING:
    from store.reader import Reader

EVERY: Final = 0.25
"""Seconds between looks."""
GAP: Final = 0.2
"""Seconds between two refreshes."""


class Feed:
    """Calls `refresh` after changes. `poke` may be called from any thread; everything else in the screen's loop."""

    def __init__(self, pump: MessagePump, data: Data, refresh: Callable[[], None]) -> None:
        self._pump = pump
        self._data = data
        self._refresh = refresh
        self._version: int | None = None
        self._due = False
        self._resting: Timer | None = None
        self._looking = False

    @property
    def resting(self) -> bool:
        """Whether nothing waits to be refreshed."""
        return self._resting is None

    def start(self) -> None:
        """Begin to look."""
        self._pump.set_interval(EVERY, self.look)

    def poke(self) -> None:
        """Somebody of this process committed something."""
        self._pump.post_message(StoreChanged())

    def look(self) -> None:
        """Ask whether somebody else did."""
        if not self._looking:
            self._looking = True
            self._data.ask(_version, self._looked, failed=self._unanswered)

    def changed(self) -> None:
        """Something changed: refresh now, or as soon as the last refresh is GAP ago."""
        if self._resting is not None:
            self._due = True
            return
        self._resting = self._pump.set_timer(GAP, self._rested)
        self._refresh()

    def _looked(self, version: int) -> None:
        self._looking = False
        known, self._version = self._version, version
        if known != version:
            self.changed()

    def _unanswered(self) -> None:
        self._looking = False  # ask again next time; without this a restarted server would be the last word

    def _rested(self) -> None:
        self._resting = None
        if self._due:
            self._due = False
            self.changed()


def _version(reader: Reader) -> int:
    return reader.data_version()
