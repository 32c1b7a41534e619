"""Asking before a write to the platform, and telling what became of it: one shape for every such command."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, NamedTuple

from tui import jsonout
from tui.cmd.context import FAILED, fail, say, tell
from tui.reasons import advice, cause, reason
from tui.strings import word

if TYPE_CHECKING:
    from jobs.plans import Held
    from store.db import Store
    from store.views import ActionRow

_BAD = frozenset({"refused", "unknown", "needs_person"})
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
    if not sys.stdin.isatty():
        fail(FAILED, "Perlu persetujuan: tambahkan --yes. / Needs a yes: add --yes.")
    tell(f"Kirim {len(shown)}? Tidak bisa dibatalkan. / Send {len(shown)}? It cannot be undone. [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "ya", "yes"):
        fail(FAILED, "Tidak ada yang dikirim. / Nothing was sent.")


class Result(NamedTuple):
    """What became of one wish, for a script and for a person."""

    order_id: str
    request_id: str | None
    state: str
    code: int | None = None
    reason: str | None = None
    why: str = ""
    advice: str = ""

    @property
    def document(self) -> dict[str, str | int | None]:
        """The shape of `ship`, with the request beside the order."""
        return {
            "order_id": self.order_id,
            "request_id": self.request_id,
            "package_id": None,
            "state": self.state,
            "code": self.code,
            "reason": self.reason,
            "tracking_number": None,
        }


def results_of(store: Store, batch: str, held: Sequence[Held], kinds: Sequence[str]) -> list[Result]:
    """One result per wish: those of the batch, then what was held back, an earlier action's state where one is."""
    from jobs.answers import earlier, with_requests

    rows = store.read(lambda conn: with_requests(conn, batch))
    before = store.read(lambda conn: earlier(conn, [one.order_id for one in held], kinds))
    results = [_of_action(row, request_id) for row, request_id in rows]
    for one in held:
        request_id = getattr(one, "request_id", None)
        first = before.get((one.order_id, request_id)) if one.reason in _SAME_WISH else None
        results.append(_of_held(one, request_id) if first is None else _of_action(first, request_id))
    return results


def show(results: Sequence[Result], as_json: bool) -> None:
    """Print them; ends with 1 when one failed or nobody knows."""
    if as_json:
        jsonout.dump({"results": [row.document for row in results]})
    else:
        for line in _told(results):
            say(line)
    if any(row.state in _BAD for row in results):
        raise SystemExit(FAILED)


def _of_action(row: ActionRow, request_id: str | None) -> Result:
    why, next_step = ("", "") if row.state == "done" else (cause(row), advice(row))
    if why and row.code is not None:
        why = f"{why} ({row.code})"
    # A script always gets a reason beside a refusal; the words of ours stand in for a silent platform.
    said = row.reason or (why or None)
    return Result(row.order_id, request_id, row.state, row.code, said, why, next_step)


def _of_held(held: Held, request_id: str | None) -> Result:
    why = reason(held)
    return Result(held.order_id, request_id, "skipped", None, why, why)


def _told(results: Sequence[Result]) -> Iterator[str]:
    """A line per wish, and below it why it is not done and what to do."""
    for row in results:
        yield "  ".join(filter(None, (row.order_id, row.request_id, word("state", row.state))))
        if row.why:
            yield f"    {row.why}"
        if row.advice:
            yield f"    \u2192 {row.advice}"
