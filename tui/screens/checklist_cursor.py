"""Where one stands on the checklist: an order of the group that is shown, or one that is ticked already. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Spot(NamedTuple):
    """An order in one of the two lists; one with several parcels may stand in both."""

    order_id: str
    ticked: bool


class Cursor:
    """Keeps its order whatever arrives; where that has left its list, the next one of the same list."""

    def __init__(self) -> None:
        self._spots: list[Spot] = []
        self._at = 0

    @property
    def here(self) -> Spot | None:
        """Where it stands; None where there is nothing."""
        return self._spots[self._at] if self._spots else None

    def over(self, spots: Sequence[Spot]) -> None:
        """These are shown from now on, from top to bottom."""
        here, before = self.here, self._spots
        self._spots = list(spots)
        if here is None or not spots:
            self._at = 0
        elif here in self._spots:
            self._at = self._spots.index(here)
        else:
            nth = [spot for spot in before if spot.ticked is here.ticked].index(here)
            same = [at for at, spot in enumerate(self._spots) if spot.ticked is here.ticked]
            self._at = same[min(nth, len(same) - 1)] if same else 0

    def home(self) -> None:
        """To the first one of another group or shop."""
        self._spots, self._at = [], 0

    def move(self, step: int) -> None:
        """Up or down, not beyond the ends."""
        self._at = max(0, min(self._at + step, len(self._spots) - 1))

    def leave(self) -> None:
        """On to the next one of the same list, where there is one: what is here is done."""
        here, at = self.here, self._at + 1
        if here is not None and at < len(self._spots) and self._spots[at].ticked is here.ticked:
            self._at = at
