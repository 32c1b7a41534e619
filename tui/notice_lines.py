"""The list of notices: which changes are one line, and what that line says. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Final, TypeAlias

from textual.content import Content

from store.status import OrderStatus
from store.times import MINUTE
from store.views import ChangeRow
from tui.changes import details_of, what
from tui.screens.lines import moment, plain
from tui.strings import number, t
from tui.text import fit

Line: TypeAlias = tuple[ChangeRow, ...]
"""The changes of one line, the newest first; several are of the same kind."""

_USUAL: Final = frozenset({"order.new", "order.status", "package.tracking", "action.done"})
_ALONE: Final = frozenset(
    {
        OrderStatus.CANCELLED,
        OrderStatus.UNKNOWN,
        "delivery_failed",
        "exception",
        "returning",
        "returned",
        "cancelled",
    }
)
"""New states that somebody has to look at, each by itself."""


def folded(changes: Iterable[ChangeRow]) -> list[Line]:
    """The changes, the newest first, with orders that went the same way within a minute on one line, where the
    newest of them stood. What needs attention stays a line of its own."""
    found: list[list[ChangeRow]] = []
    open_runs: dict[tuple[str | None, ...], list[ChangeRow]] = {}
    for change in changes:
        key = _run(change)
        run = None if key is None else open_runs.get(key)
        if run is not None and run[0].at - change.at < MINUTE:
            run.append(change)
            continue
        found.append([change])
        if key is not None:
            open_runs[key] = found[-1]
    return [tuple(run) for run in found]


def _run(change: ChangeRow) -> tuple[str | None, ...] | None:
    """What changes of one line have in common; None: this one stands alone."""
    if change.kind not in _USUAL or change.order_id is None or change.new in _ALONE:
        return None
    kind = details_of(change).get("kind") if change.kind == "action.done" else None
    return change.kind, change.old if change.kind == "order.status" else None, change.new, str(kind or "")


def orders_of(line: Line) -> list[str]:
    """The orders it speaks of."""
    return list(dict.fromkeys(change.order_id for change in line if change.order_id))


def worded(line: Line, zone: tzinfo, about: Mapping[int, str]) -> Content:
    """When, which order or how many, what; `about`: the goods that actions of the outbox are about, by action."""
    change, ids = line[0], orders_of(line)
    when = fit(moment(change.at, zone), 13)
    order = f"…{plain(change.order_id, 40)[-9:]}" if change.order_id else ""
    if len(ids) > 1:
        order = t("notices.orders", n=number(len(ids)))
    told = what(change)
    action = details_of(change).get("action_id") if change.kind.startswith("action.") else None
    if isinstance(action, int) and action in about:
        told = f"{told} · {about[action]}"
    return Content.assemble((f"{when} ", "$text-muted"), fit(order, 12), plain(told))
