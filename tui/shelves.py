"""What there is of each SKU, for the screens that paint one order: read behind them, so that no key waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from store.reading.single import Piles
    from tui.data import Data

AGE: Final = 2.0
"""Seconds for which a look is good: each goes over all open orders."""


class Shelves:
    """The newest look; a screen paints with it, and is called when there is a newer one."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._at = float("-inf")
        self._asking = False
        self.found: Piles = {}

    def look(self, then: Callable[[], None]) -> None:
        """Read again where the last look is old; `then` is called if it told something else."""
        if self._asking or time.monotonic() - self._at < AGE:
            return
        self._asking = True

        def arrived(found: Piles) -> None:
            self._over()
            if found != self.found:
                self.found = found
                then()

        self._data.ask(lambda reader: reader.stocked(), arrived, slow=True, failed=self._over)

    def _over(self) -> None:
        self._asking, self._at = False, time.monotonic()
