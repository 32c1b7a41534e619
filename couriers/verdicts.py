"""A row's text against the code its provider put on it: which of the two is believed. Pure.

World aggregators give every row a code of their own vocabulary. It helps where the text says nothing we know,
and it may be wrong: to their classifiers "diterima oleh DC" is a delivery. So the text leads, with one
exception: a code that tells of a return, a loss or a cancellation is not drowned by a text of mere progress
("DELIVERED", back at the sender).
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Final

import msgspec

from couriers.base import TERMINAL, TrackingResult, TrackingStatus
from couriers.phrases import Meaning, meaning
from couriers.status import Row

_S = TrackingStatus
_PROGRESS: Final = frozenset({_S.PENDING, _S.PICKED_UP, _S.IN_TRANSIT, _S.OUT_FOR_DELIVERY, _S.DELIVERED})
_TURNS: Final = frozenset({_S.RETURNING, _S.RETURNED, _S.CANCELLED})
_WAITS: Final = frozenset({_S.UNKNOWN, _S.PENDING, _S.PICKED_UP, _S.EXCEPTION})
_GONE: Final = frozenset({"lost", "damaged", "destroyed"})


def weigh(told: Meaning | None, coded: Meaning | None) -> Meaning | None:
    """What a row means whose text says `told` and whose code says `coded`."""
    if told is None or coded is None:
        return told or coded
    if told.status is _S.DELIVERED and coded.status not in _PROGRESS:
        return coded  # a doubtful delivery is none
    if told.status in _PROGRESS and (coded.status in _TURNS or coded.reason in _GONE):
        return coded
    return told


class Coded:
    """Reads the rows of one parcel, oldest first as `journey` asks; `coded` knows the provider's codes.

    `vague` are those that say "on its way" of every row their classifier could not place. Under a text nobody
    knows such a code moves a parcel that waits, but does not take one out of the courier's bag.
    """

    def __init__(self, coded: Callable[[str], Meaning | None], vague: Container[str]) -> None:
        self._coded = coded
        self._vague = vague
        self._last = _S.UNKNOWN

    def __call__(self, row: Row) -> Meaning | None:
        told = meaning(row.text)
        silent = not row.code or (told is None and row.code in self._vague and self._last not in _WAITS)
        found = told if silent else weigh(told, self._coded(row.code or ""))
        self._last = found.status if found else self._last
        return found


def hinted(result: TrackingResult, hint: Meaning | None) -> TrackingResult:
    """The result with the source's summary where no row says anything.

    Never an end: the summary alone proves no delivery.
    """
    if result.status is not _S.UNKNOWN or hint is None or hint.status in TERMINAL:
        return result
    return msgspec.structs.replace(result, status=hint.status, reason=hint.reason)
