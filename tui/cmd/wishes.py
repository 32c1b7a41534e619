"""Asking before a write to the platform, and telling what became of it: one shape for every such command."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from tui.cmd.context import FAILED, fail, tell
from tui.cmd.results import Result, of_action, of_held
from tui.reasons import reason

if TYPE_CHECKING:
    from jobs.wishes.plans import Held
    from store.db import Store
    from store.views import ActionRow

_SAME_WISH = frozenset({"action_live", "status", "request_closed", "nothing_asked"})
"""Held because of what was done before: the answer to a repeated wish is what became of the first."""


def ask(
    shown: Sequence[tuple[str, list[str]]], held: Sequence[Held], zone: tzinfo, beside: Sequence[str] = ()
) -> None:
    """Show exactly what would happen and take `y`; without a terminal nobody can answer, so nothing is sent."""
    for head, lines in shown:
        tell(f"  {head}")
        for line in filter(None, lines):
            tell(f"    {line}")
    for one in held:
        tell(f"  {one.order_id}  {reason(one, zone)}")
    for line in beside:
        tell(line)
    if not shown:
        return
    consent(f"Kirim {len(shown)}? Tidak bisa dibatalkan. / Send {len(shown)}? It cannot be undone.")


def consent(question: str) -> None:
    """Take `y`, or end; without a terminal nobody can answer, so nothing is sent."""
    if not sys.stdin.isatty():
        fail(FAILED, "Perlu persetujuan: tambahkan --yes. / Needs a yes: add --yes.")
    tell(f"{question} [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "ya", "yes"):
        fail(FAILED, "Tidak ada yang dikirim. / Nothing was sent.")


def results_of(store: Store, batch: str, held: Sequence[Held], kinds: Sequence[str]) -> list[Result]:
    """One result per wish: those of the batch, then what was held back, an earlier action's state where one is."""
    from jobs.aftersales.answers import earlier, with_requests

    rows = store.read(lambda conn: with_requests(conn, batch))
    before = store.read(lambda conn: earlier(conn, [one.order_id for one in held], kinds))
    results = [_of_action(row, request_id) for row, request_id in rows]
    for one in held:
        request_id = getattr(one, "request_id", None)
        first = before.get((one.order_id, request_id)) if one.reason in _SAME_WISH else None
        results.append(_of_held(one, request_id) if first is None else _of_action(first, request_id))
    return results


def _of_action(row: ActionRow, request_id: str | None) -> Result:
    return of_action(row, None)._replace(request_id=request_id, package_id=None)


def _of_held(held: Held, request_id: str | None) -> Result:
    return of_held(held)._replace(request_id=request_id)
