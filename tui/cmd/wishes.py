"""Asking before a write to the platform, and telling what became of it: one shape for every such command."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated

import typer

from tui.cmd.context import FAILED, Context, fail, tell
from tui.cmd.results import Result, of_action, of_held, report
from tui.reasons import reason
from tui.strings import t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jobs.wishes.plans import Held
    from store.db import Store
    from store.reader import Reader
    from store.views import ActionRow

Wait = Annotated[float, typer.Option(help="Follow to the end, at most so many seconds.", min=0)]
"""The option `--wait` of commands that send something."""
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
    consent(t("cli.ask.send", n=len(shown)))


def agreed(yes: bool, question: str) -> None:
    """Ask, unless `--yes` answered before."""
    if not yes:
        consent(question)


def consent(question: str) -> None:
    """Take `y`, or end; without a terminal nobody can answer, so nothing is sent."""
    if not sys.stdin.isatty():
        fail(FAILED, t("cli.needs_yes"))
    tell(f"{question} [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "ya", "yes"):
        fail(FAILED, t("cli.nothing_sent"))


def carry_out(ctx: Context, store: Store, queue: Callable[[Connection], str], wait: float) -> str:
    """Queue, and follow for so many seconds where that was asked for; the batch's id, empty: nothing was queued."""
    batch = store.write(queue)
    if wait and batch:
        from jobs.once import follow

        follow(ctx.settings, ctx.environ, store, batch, wait)
    return batch


def act(
    ctx: Context,
    store: Store,
    reader: Reader,
    queue: Callable[[Connection, int], str],
    wait: float,
    as_json: bool,
    held: Sequence[Result] = (),
) -> None:
    """Queue, follow, tell; an action held back makes the command end with 1 as a refused one does."""
    from jobs.wishes.intents import progress

    now = ctx.clock()
    batch = carry_out(ctx, store, lambda conn: queue(conn, now), wait)
    rows = store.read(lambda conn: progress(conn, batch)).rows
    done = [of_action(row, reader.detail(row.order_pk, {}) if row.order_pk else None) for row in rows]
    report([*done, *held], as_json)
    if held:
        raise SystemExit(FAILED)


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
