"""Whose tracking number is being typed: one line of words beside the search. Pure."""

from __future__ import annotations

from typing import Final

from couriers.awb import detect, is_ambiguous, is_number, normalise
from couriers.names import name
from tui.strings import t

LEAST: Final = 8
"""Letters from which a text may be a whole number; shorter ones are words that are still being typed."""
MOST: Final = 3
"""Couriers named; who is less likely is no help."""


def guess(typed: str) -> str | None:
    """The couriers a typed number can belong to, the best first; None when it is no number of anybody's."""
    number = normalise(typed)
    if len(number) < LEAST or not is_number(number):
        return None
    found = detect(number)
    if not found:
        return None
    names = [name(one.courier) for one in found[:MOST]]
    if is_ambiguous(found):
        return t("guess.many", names=", ".join(f"{told}?" for told in names))
    return t("guess.likely", name=names[0])
