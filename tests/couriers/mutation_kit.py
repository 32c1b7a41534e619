"""Every way to spoil one place of a JSON body: what an adapter must survive without inventing a delivery."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any, Final

Place = tuple[str | int, ...]
"""The way to a value of a body: keys and indices from the outside in."""
WRONG: Final[tuple[Any, ...]] = (
    None, True, 7, -1.5, 10**30, "", "x", "Diterima?", [], {}, [[]], [{}], [None], {"a": []}, "9" * 5_000,
)  # fmt: skip


def claims_delivery(body: Any) -> bool:
    """Whether a body says anywhere that the parcel arrived; the spoilt copies of another must never."""
    return any(word in json.dumps(body).lower() for word in ("delivered", "terkirim", "diterima"))


def spoilt(body: Any) -> Iterator[Any]:
    """Copies of a body, each with one node left out or replaced by something of another type."""
    for place in places(body):
        for wrong in WRONG:
            yield replaced(body, place, wrong)
        if place:
            yield _without(body, place)


def places(body: Any, above: Place = ()) -> Iterator[Place]:
    """The way to every value of a body, itself included."""
    yield above
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, one in inner:
        yield from places(one, (*above, key))


def at(body: Any, place: Place) -> Any:
    """The value at a place."""
    for key in place:
        body = body[key]
    return body


def replaced(body: Any, place: Place, by: object) -> Any:
    """A copy of a body with another value at one place."""
    if not place:
        return by
    changed = copy.deepcopy(body)
    at(changed, place[:-1])[place[-1]] = by
    return changed


def _without(body: Any, place: Place) -> Any:
    changed = copy.deepcopy(body)
    del at(changed, place[:-1])[place[-1]]
    return changed
