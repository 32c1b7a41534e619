"""The words of the export's two status columns, both ways. The table: data/statuses.toml."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from store.status import OrderStatus


@lru_cache(maxsize=1_024)
def status_of(status: str, substatus: str, arranged: bool) -> OrderStatus:
    """What the two words mean. `arranged`: RTS Time is filled, which tells the two halves of "to ship" apart.

    Words that stand in no table mean UNKNOWN, never something near.
    """
    table = _table()
    fine, coarse = _fold(substatus), _fold(status)
    if fine and (found := table["substatus"].get(fine)):
        ended = table["status"].get(coarse) is OrderStatus.CANCELLED
        return found if not ended or found is OrderStatus.CANCELLED else OrderStatus.UNKNOWN
    if fine and fine != coarse:
        return OrderStatus.UNKNOWN
    found = table["status"].get(coarse, OrderStatus.UNKNOWN)
    if found is OrderStatus.AWAITING_SHIPMENT and arranged:
        return OrderStatus.AWAITING_COLLECTION
    return found


def words_of(status: str, language: str) -> tuple[str, str]:
    """The two cells for a status; the word itself where the table has none."""
    told = _raw()["write"][language].get(status)
    return (told[0], told[1]) if told else (status, "")


def _fold(word: str) -> str:
    return " ".join(word.split()).casefold()


@cache
def _raw() -> dict[str, Any]:
    return tomllib.loads((files("shop.files") / "data" / "statuses.toml").read_text(encoding="utf-8"))


@cache
def _table() -> dict[str, dict[str, OrderStatus]]:
    return {
        column: {
            _fold(word): OrderStatus(status) for status, words in _raw()[column].items() for word in words
        }
        for column in ("substatus", "status")
    }
