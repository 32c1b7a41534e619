"""Marked orders, by row id, one set per view: what is not on the screen is never acted upon. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from store.views import View

LIMIT: Final = 500
"""Orders marked at most: what one look of a person and one batch of the outbox can answer for."""


class Marks:
    """The marks of every view; `of(view)` in the order they were set."""

    def __init__(self) -> None:
        self._sets: dict[View, dict[int, None]] = {}

    def of(self, view: View) -> tuple[int, ...]:
        """The marked orders of a view."""
        return tuple(self._sets.get(view, ()))

    def has(self, view: View, pk: int) -> bool:
        """Whether an order is marked."""
        return pk in self._sets.get(view, ())

    def count(self, view: View) -> int:
        """How many are."""
        return len(self._sets.get(view, ()))

    def toggle(self, view: View, pk: int) -> bool:
        """Set or take away one mark; False when it would be one too many."""
        marked = self._sets.setdefault(view, {})
        if pk in marked:
            del marked[pk]
            return True
        if len(marked) >= LIMIT:
            return False
        marked[pk] = None
        return True

    def add(self, view: View, pks: Iterable[int]) -> None:
        """Mark these too, up to the limit."""
        marked = self._sets.setdefault(view, {})
        for pk in pks:
            if len(marked) >= LIMIT:
                return
            marked[pk] = None

    def drop(self, pks: Iterable[int]) -> None:
        """Take the marks of these orders away, wherever they were set."""
        gone = set(pks)
        for marked in self._sets.values():
            for pk in gone & marked.keys():
                del marked[pk]

    def clear(self, view: View) -> None:
        """Take all marks of a view away."""
        self._sets.pop(view, None)
