"""Every way to spoil one place of a JSON body: what an adapter must survive without inventing a delivery."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any, Final

WRONG: Final[tuple[Any, ...]] = (
    None, True, 7, -1.5, 10**30, "", "x", "Diterima?", [], {}, [[]], [{}], [None], {"a": []}, "9" * 5_000,
)  # fmt: skip


def claims_delivery(body: Any) -> bool:
    """Whether a body says anywhere that the parcel arrived; the spoilt copies of another must never."""
    return any(word in json.dumps(body).lower() for word in ("delivered", "terkirim", "diterima"))


def spoilt(body: Any) -> Iterator[Any]:
    """Copies of a body, each with one node left out or replaced by something of another type."""
    for path in _paths(body):
        for wrong in WRONG:
            yield _with(body, path, wrong)
        if path:
            yield _without(body, path)


def _paths(node: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield here
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _paths(value, (*here, key))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _paths(value, (*here, place))


def _with(body: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    if not path:
        return wrong
    changed = copy.deepcopy(body)
    _parent(changed, path)[path[-1]] = wrong
    return changed


def _without(body: Any, path: tuple[Any, ...]) -> Any:
    changed = copy.deepcopy(body)
    del _parent(changed, path)[path[-1]]
    return changed


def _parent(node: Any, path: tuple[Any, ...]) -> Any:
    for step in path[:-1]:
        node = node[step]
    return node
