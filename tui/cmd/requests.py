"""Commands `requests` and `cancel`: what buyers ask, and the seller's own cancellation; through the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, speaking, tell, writing
from tui.cmd.look import JsonFlag, find
from tui.cmd.results import report
from tui.cmd.wishes import Wait, ask, carry_out, results_of
from tui.goods import goods
from tui.reasons import reason
from tui.strings import t

if TYPE_CHECKING:
    from jobs.aftersales.answer_plans import AnswerPlan
    from jobs.aftersales.cancel_plans import CancelPlan
    from jobs.wishes.plans import Held
    from store.db import Store
    from store.reader import Reader
    from store.views import RequestRow
    from tui.cmd.results import Result

Ids = Annotated[list[str], typer.Argument(metavar="ID...")]
Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing; what is held back is in the result.")]
Comment = Annotated[str | None, typer.Option(help="Words for the buyer, with a rejection.")]
DecisionName = Annotated[
    str | None, typer.Option("--decision", help="The platform's own word, where a stage has several.")
]

_USAGE_REASONS = frozenset({"reason_missing", "reason_unknown", "reason_unfit", "decision_unfit"})
"""Held for what was typed, not for how things stand: wrong usage."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    group = typer.Typer(
        help="Permintaan pembeli: batal, retur, dana. / What buyers ask.", invoke_without_command=True
    )
    group.callback()(requests)
    group.command("approve", help="Setujui. / Approve.")(approve)
    group.command("reject", help="Tolak, dengan alasan platform. / Reject, with a reason of the platform.")(
        reject
    )
    app.add_typer(group, name="requests")
    app.command("cancel", help="Batalkan pesanan sebagai penjual. / Cancel an order as the seller.")(cancel)


def requests(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Finished ones, too.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List what buyers ask, by deadline."""
    if context.invoked_subcommand is not None:
        return
    from tui.cmd import request_list

    ctx = speaking(context.obj)
    with ctx.reader() as reader:
        rows = reader.requests(open_only=not everything)
    if as_json:
        jsonout.dump({"requests": [request_list.document(row, ctx.clock(), ctx.zone) for row in rows]})
        return
    for line in request_list.told(rows, ctx.clock(), ctx.zone):
        say(line)


def approve(
    context: typer.Context,
    ids: Ids,
    decision: DecisionName = None,
    amount: Annotated[
        int | None, typer.Option(help="Rupiah of a partial refund (OFFER_PARTIAL_REFUND).", min=1)
    ] = None,
    why: Annotated[str | None, typer.Option("--reason", hidden=True)] = None,
    comment: Annotated[str | None, typer.Option(hidden=True)] = None,
    yes: Yes = False,
    wait: Wait = 0.0,
    as_json: JsonFlag = False,
) -> None:
    """Grant requests, by their ids or their orders'. It cannot be taken back."""
    if why is not None or comment is not None:
        speaking(context.obj)
        tell(t("cli.requests.no_reason"))
    _answer(context.obj, ids, decision or "approve", True, None, None, amount, yes, wait, as_json)


def reject(
    context: typer.Context,
    ids: Ids,
    why: Annotated[
        str | None, typer.Option("--reason", help="A reason of `pantau requests --json`, or an end of it.")
    ] = None,
    comment: Comment = None,
    decision: DecisionName = None,
    amount: Annotated[int | None, typer.Option(hidden=True)] = None,
    yes: Yes = False,
    wait: Wait = 0.0,
    as_json: JsonFlag = False,
) -> None:
    """Refuse requests, by their ids or their orders', with a reason the platform offers for each."""
    _answer(context.obj, ids, decision or "reject", False, why, comment, amount, yes, wait, as_json)


def cancel(
    context: typer.Context,
    order_ids: Ids,
    why: Annotated[
        str | None, typer.Option("--reason", help="out_of_stock, wrong_price, unpaid, or the platform's key.")
    ] = None,
    yes: Yes = False,
    wait: Wait = 0.0,
    as_json: JsonFlag = False,
) -> None:
    """Cancel orders as the seller: the effect on the shop's seller-fault rate is shown first."""
    from jobs.aftersales.answers import plan_cancel, queue_cancel
    from tui.request_words import cancel_words, rate_words

    ctx = writing(context.obj, wait)
    with ctx.store() as store, ctx.reader() as reader:
        pks = find(reader, order_ids)
        now = ctx.clock()
        plan: CancelPlan = store.read(lambda conn: plan_cancel(conn, pks, why, now, ctx.settings))
        _refuse_usage(ctx, plan.held)
        shown = [(line.order_id, [goods(line.summary), *cancel_words(line, ctx.zone)]) for line in plan.ok]
        if not yes:
            ask(shown, plan.held, ctx.zone, [rate_words(rate) for rate in plan.rates])
        batch = carry_out(
            ctx, store, lambda conn: queue_cancel(conn, plan, "cli", now), wait if plan.ok else 0
        )
        results = results_of(store, batch, plan.held, ("cancel",))
    _report(results, as_json)


def _answer(
    ctx: Context,
    ids: Sequence[str],
    decision: str,
    approving: bool,
    why: str | None,
    comment: str | None,
    amount: int | None,
    yes: bool,
    wait: float,
    as_json: bool,
) -> None:
    from jobs.aftersales.answers import plan_answer, queue_answer
    from jobs.aftersales.decisions import approves
    from tui.request_words import answer_words, why_asked

    if decision not in ("approve", "reject") and approves(decision.upper()) is not approving:
        verb = "reject" if approving else "approve"
        fail(USAGE, f"--decision {decision}: pantau requests {verb}")
    writing(ctx, wait)
    with ctx.store() as store, ctx.reader() as reader:
        found = _find(reader, ids)
        pks, now = [row.pk for row in found], ctx.clock()
        _read_reasons(ctx, store, found, approving)
        plan: AnswerPlan = store.read(
            lambda conn: plan_answer(conn, pks, decision, why, comment, amount, now, ctx.settings)
        )
        _refuse_usage(ctx, plan.held)
        shown = [
            (
                f"{line.row.order_id}  {line.row.request_id}",
                [why_asked(line.row), *answer_words(line, ctx.zone)],
            )
            for line in plan.ok
        ]
        if not yes:
            ask(shown, plan.held, ctx.zone)
        batch = carry_out(
            ctx, store, lambda conn: queue_answer(conn, plan, "cli", now), wait if plan.ok else 0
        )
        results = results_of(store, batch, plan.held, ("approve" if approving else "reject",))
    _report(results, as_json)


def _report(results: Sequence[Result], as_json: bool) -> None:
    """Print them; ends with 1 as well where everything was held back. A repeat tells what the first one did."""
    report(results, as_json)
    if results and all(one.state == "skipped" for one in results):
        raise SystemExit(FAILED)


def _find(reader: Reader, ids: Sequence[str]) -> list[RequestRow]:
    """The requests meant, by their own ids or their orders'; ends with a sentence that names the unknown ones."""
    found: dict[int, RequestRow] = {}
    missing, several = [], []
    for given in dict.fromkeys(ids):
        rows = reader.find_requests(given.strip())
        if not rows:
            missing.append(given)
        elif len(rows) > 1:
            several += [f"{given}: {' '.join(row.request_id for row in rows)}"]
        else:
            found[rows[0].pk] = rows[0]
    if missing:
        fail(FAILED, t("cli.requests.unknown", ids=" ".join(missing)))
    if several:
        fail(USAGE, t("cli.requests.which"), "; ".join(several))
    return list(found.values())


def _read_reasons(ctx: Context, store: Store, rows: Sequence[RequestRow], approving: bool) -> None:
    """A rejection needs the platform's reasons: read now where the background has not come to it yet."""
    stale = [row.pk for row in rows if row.looked_at is None or row.looked_at < row.updated_at]
    if stale and not approving:
        from jobs.once import look_at_requests

        look_at_requests(ctx.settings, ctx.environ, store, stale)


def _refuse_usage(ctx: Context, held: Sequence[Held]) -> None:
    wrong = [one for one in held if one.reason in _USAGE_REASONS]
    if wrong:
        fail(USAGE, "\n".join(f"{one.order_id}: {reason(one, ctx.zone)}" for one in wrong))
