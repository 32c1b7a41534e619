"""Answer what buyers ask: one request after the other, soonest deadline first, then the results of all of them.

Each `y` is on disk before the next request is shown. It is checked once more in the very transaction that writes it
down: an answer to something that has changed since it was read is never written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from store.reader import Reader
from store.views import OrderRow
from tui.reasons import failure, reason
from tui.screens.answer_dialog import AnswerDialog
from tui.screens.request_lines import Look, core
from tui.screens.run_results import RunResults
from tui.strings import t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jobs.aftersales.answer_plans import AnswerChoice, AnswerLine, HeldRequest
    from jobs.config.keys import Keys
    from store.db import Store
    from tui.app import PantauApp

_NOT_FOR_THIS: Final = frozenset({"decision_unfit", "misfit"})
"""Held because the decision belongs to another stage or kind of request."""


def open_answer(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """The open requests of these orders, by their ids."""
    pks = [row.pk for row in rows]
    app.run_worker(
        _flow(app, pks), group="answer", exclusive=True, exit_on_error=False, description="answer requests"
    )


async def _flow(app: PantauApp, pks: list[int]) -> None:
    if (store := app.store) is None:
        app.say(t("app.busy_starting"), severity="warning")
        return
    run = _Run(app, store)
    try:
        found = await app.data.get(lambda reader: reader.requests(pks))
        # What waits for somebody else is shown only where nothing waits for us.
        asked = [row.pk for row in found if row.next_action is not None] or [row.pk for row in found]
        if not asked:
            app.say(t("answer.none"), severity="warning")
            return
        for place, pk in enumerate(asked, 1):
            if not await run.ask(pk, (place, len(asked))):
                break
    except Exception as error:  # told, never raised: what was not written down did not happen
        app.say(t("status.failed", detail=failure(error)), severity="error")
    run.end()


class _Run:
    """Some requests, one after the other."""

    def __init__(self, app: PantauApp, store: Store) -> None:
        self._app = app
        self._store = store
        self._batches: list[str] = []
        self._orders: set[int] = set()

    async def ask(self, pk: int, place: tuple[int, int]) -> bool:
        """One request until it is answered, skipped, or the run is left (False)."""
        app = self._app

        async def again() -> Look | None:
            now = app.clock()
            return await self._store.aread(lambda conn: look_at(conn, pk, now, app.settings))

        while (look := await again()) is not None:
            app.clear_notifications()  # nothing may lie over what has to be read
            given = await app.push_screen_wait(
                AnswerDialog(look, app.zone, app.clock, place=place, again=again)
            )
            if given is None:
                return False
            if given == "skip":
                return True
            if await self._write(*given):
                return True
        return True

    async def _write(self, look: Look, given: AnswerChoice) -> bool:
        """Write it down; False, with a word why, when it is not what was read any more."""
        app, row = self._app, look.row
        at = app.clock()
        done = await self._store.awrite(lambda conn: write(conn, look, given, at, app.settings))
        if not isinstance(done, str):
            app.say(t("answer.changed") if done is None else reason(done, app.zone), severity="warning")
            return False
        self._batches.append(done)
        if row.order_pk is not None:
            self._orders.add(row.order_pk)
        app.nudge("sender")
        return True

    def end(self) -> None:
        """What became of all of it."""
        if self._batches:
            self._app.unmark(self._orders)
            self._app.push_screen(RunResults(self._batches, t("answer.results")))


def look_at(conn: Connection, pk: int, now: int, settings: Keys) -> Look | None:
    """A request (its row id), and what each answer to it would do; None when it is gone."""
    from jobs.aftersales.answers import plan_answer
    from jobs.aftersales.decisions import OFFER, approves, stage_of
    from store.reading.within import Within

    row = next(iter(Reader(Within(conn)).requests_by_pk([pk])), None)
    if row is None:
        return None
    stage = stage_of(row.next_action)
    told = {one.name: one for one in row.options.decisions} if row.options is not None else {}
    names = tuple(dict.fromkeys((*(stage.all if stage is not None else ()), *told)))
    # The plain yes and no always say why they may not be given; the others are left out where they do not belong.
    plain = ("approve",) if not names else () if stage is None else (stage.approve[0], stage.reject[0])
    lines: dict[str, AnswerLine] = {}
    held: dict[str, HeldRequest] = {}
    for name in names or ("approve",):
        # The first reason and the smallest amount stand for those that a person will give.
        reasons = told[name].reasons if name in told and not approves(name) else ()
        first = reasons[0].name if reasons else None
        amount = 1 if name == OFFER else None
        plan = plan_answer(conn, [pk], name, first, None, amount, now, settings)
        if plan.ok:
            lines[name] = plan.ok[0]
        elif plan.held and not (name not in plain and plan.held[0].reason in _NOT_FOR_THIS):
            held[name] = plan.held[0]
    fitting = [name for name in names if name in lines or name in held]
    approve = next((name for name in fitting if approves(name)), None)
    reject = next((name for name in fitting if not approves(name)), None)
    reasons = told[reject].reasons if reject in lines and reject in told else ()
    others = tuple(name for name in fitting if name not in (approve, reject))
    return Look(row, lines, held, approve, reject, others if lines else (), reasons)


def write(
    conn: Connection, look: Look, given: AnswerChoice, now: int, settings: Keys
) -> str | HeldRequest | None:
    """Write an answer down; its batch, or what holds it back, or None when the request has changed."""
    from jobs.aftersales.answers import plan_answer, queue_answer

    plan = plan_answer(
        conn, [look.row.pk], given.decision, given.reason, given.comment, given.amount, now, settings
    )
    if plan.held:
        return plan.held[0]
    if not plan.ok or core(plan.ok[0].row) != look.core:
        return None
    return queue_answer(conn, plan, "seller", now)
