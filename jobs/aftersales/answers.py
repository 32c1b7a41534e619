"""Answering requests and cancelling orders: looked up, checked (answer_plans.py, cancel_plans.py), shown,
then written down. As in jobs/wishes/intents.py, planning changes nothing and only `queue_*` write.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, select

from jobs.aftersales.answer_plans import (
    AnswerChoice,
    AnswerLine,
    AnswerPlan,
    Asked,
    HeldRequest,
    LiveAnswer,
    answer_plan,
)
from jobs.aftersales.cancel_plans import (
    CancelCandidate,
    CancelHeld,
    CancelLine,
    CancelPlan,
    FaultRate,
    cancel_lines,
    fault_rate,
)
from jobs.aftersales.decisions import DECISIONS
from jobs.config.keys import Keys
from jobs.outbox.kinds.answers import AnswerParams, target
from jobs.parcel_steps import parcel_steps
from jobs.parcels import performance, stats
from jobs.rulebook import Refund, rulebook, rules_at, wib_day
from store import actions
from store.bulk import one_writer, table_of
from store.models import Action, Order, Shop
from store.reader import Reader
from store.reading.within import Within
from store.views import ActionRow, RequestRow

__all__ = (
    "AnswerChoice", "AnswerLine", "AnswerPlan", "CancelHeld", "CancelLine", "CancelPlan", "FaultRate", "HeldRequest",
    "earlier", "plan_answer", "plan_cancel", "queue_answer", "queue_cancel", "with_requests",
)  # fmt: skip

T = TypeVar("T")

_ORDERS: Final = table_of(Order)
_ACTIONS: Final = table_of(Action)
_SHOPS: Final = table_of(Shop)
_ROW: Final = [_ACTIONS.c[name] for name in ActionRow.__struct_fields__]
_FACTS: Final = (
    *("shop_id", "order_id", "status", "raw_status", "created_at", "paid_at", "collected_at", "cod"),
    *("cancel_requested", "cancel_at", "total", "currency", "buyer", "summary", "payment_method"),
    "fulfillment_type",
)
_UNFINISHED: Final = ("queued", "sending", "unknown")
_OVER: Final = ("refused", "cancelled")
_CHUNK: Final = 500
"""Values in one IN list."""


def plan_answer(
    conn: Connection,
    request_pks: Sequence[int],
    decision: str,
    reason: str | None,
    comment: str | None,
    amount: int | None,
    now: int,
    settings: Keys,
) -> AnswerPlan:
    """What answering these requests (their row ids) would do.

    `decision` is `approve`, `reject` or the platform's own word; `reason` and `comment` go with a rejection,
    `amount` with a partial refund. A request that is gone is left out.
    """
    choice = AnswerChoice(decision, reason, comment, amount)
    rows = Reader(Within(conn)).requests_by_pk(request_pks)
    live = _live_answers(conn, rows)
    steps = {
        pk: parcels for some in _chunks(_orders_of(rows)) for pk, parcels in parcel_steps(conn, some).items()
    }
    asked = [
        Asked(row, tuple(live[row.shop_id, row.request_id]), steps.get(row.order_pk or 0, ())) for row in rows
    ]
    return answer_plan(asked, choice, now)


def queue_answer(conn: Connection, plan: AnswerPlan, by: str, now: int) -> str:
    """Write the plan down, one action a request; the batch's id for `intents.progress`.

    A request that somebody began to answer since the plan was made is left to that answer, whatever it is.
    """
    one_writer(conn)
    batch = secrets.token_hex(8)
    live = _live_answers(conn, [line.row for line in plan.ok])
    for line in plan.ok:
        row = line.row
        if any(other.state != "done" for other in live[row.shop_id, row.request_id]):
            continue
        wish = AnswerParams(
            request_id=row.request_id,
            about=row.kind,
            decision=line.decision,
            reason=line.reason.name if line.reason else None,
            comment=line.comment if not line.approve else None,
            amount=plan.choice.amount,
            currency=row.detail.currency,
        )
        actions.queue(
            conn,
            shop_id=row.shop_id,
            kind="approve" if line.approve else "reject",
            order_pk=row.order_pk,
            order_id=row.order_id,
            target=target(row.request_id, line.decision),
            package_id=None,
            params=msgspec.to_builtins(wish),
            by=by,
            now=now,
            batch_id=batch,
        )
    return batch


def plan_cancel(
    conn: Connection, pks: Sequence[int], reason: str | None, now: int, settings: Keys
) -> CancelPlan:
    """What cancelling these orders (row ids) as the seller would do, to the buyers and to the shop's rate.

    `reason` is a key of the platform or its short name (`out_of_stock`, `wrong_price`, `unpaid`). Sums over the
    window: a fraction of a second for a big shop, so off the screen's loop.
    """
    found = _candidates(conn, pks)
    rules = rules_at(wib_day(now))
    refunds = {order.pk: _refund(order, now) for order in found}
    ok, held = cancel_lines(found, reason, rules, refunds)
    placed_at = {order.pk: order.created_at for order in found}
    zone = ZoneInfo(settings.timezone)
    reader = Reader(Within(conn))
    since, _ = stats.window(now, zone)
    rates = []
    for shop_id in dict.fromkeys(line.shop_id for line in ok):
        rate = stats.sfcr(reader, zone, now, shop_id)
        added = sum(line.fault and placed_at[line.pk] >= since for line in ok if line.shop_id == shop_id)
        rates.append(
            fault_rate(shop_id, rate.bad, rate.judged, added, rules, enough=performance.ENOUGH_ORDERS)
        )
    return CancelPlan(tuple(ok), tuple(held), tuple(rates))


def queue_cancel(conn: Connection, plan: CancelPlan, by: str, now: int) -> str:
    """Write the plan down, one action an order; the batch's id for `intents.progress`.

    An order that somebody began to cancel since the plan was made is left to that action.
    """
    batch = secrets.token_hex(8)
    for line in plan.ok:
        actions.queue(
            conn,
            shop_id=line.shop_id,
            kind="cancel",
            order_pk=line.pk,
            order_id=line.order_id,
            target=line.order_id,
            package_id=None,
            params={"reason": line.reason},
            by=by,
            now=now,
            batch_id=batch,
        )
    return batch


def with_requests(conn: Connection, batch_id: str) -> list[tuple[ActionRow, str | None]]:
    """The actions of a batch, each with the request it answers; None for a cancellation of an order."""
    query = select(*_ROW, _ACTIONS.c.target).where(_ACTIONS.c.batch_id == batch_id)
    return [_with_request(row) for row in conn.execute(query.order_by(_ACTIONS.c.id))]


def earlier(
    conn: Connection, order_ids: Sequence[str], kinds: Sequence[str]
) -> dict[tuple[str, str | None], ActionRow]:
    """The newest action of these kinds by (order, request), for orders that have one."""
    found: dict[tuple[str, str | None], ActionRow] = {}
    for some in _chunks(order_ids):
        pks = select(_ORDERS.c.id).where(_ORDERS.c.order_id.in_(some)).scalar_subquery()
        query = select(*_ROW, _ACTIONS.c.target).where(
            _ACTIONS.c.order_pk.in_(pks), _ACTIONS.c.kind.in_(kinds)
        )
        for row in conn.execute(query.order_by(_ACTIONS.c.id)):
            action, request_id = _with_request(row)
            found[action.order_id, request_id] = action
    return found


def _with_request(row: Any) -> tuple[ActionRow, str | None]:
    request_id, separator, _ = row.target.partition(":")
    return ActionRow(*row[:-1]), request_id if separator else None


def _refund(order: CancelCandidate, now: int) -> Refund | None:
    if order.paid_at is None or order.cod:
        return None  # it is cancelled before the door, where a COD buyer would have paid
    return rulebook().refund(order.payment_method, now, now)


def _live_answers(conn: Connection, rows: Sequence[RequestRow]) -> dict[tuple[int, str], list[LiveAnswer]]:
    """Answers to these requests that were not refused or taken back, newest first."""
    found: defaultdict[tuple[int, str], list[LiveAnswer]] = defaultdict(list)
    columns = (
        *(_ACTIONS.c.shop_id, _ACTIONS.c.target, _ACTIONS.c.state, _ACTIONS.c.requested_by),
        *(_ACTIONS.c.requested_at, _ACTIONS.c.done_at),
    )
    standing = _ACTIONS.c.kind.in_(("approve", "reject")) & _ACTIONS.c.state.not_in(_OVER)
    which = [_ACTIONS.c.order_pk.in_(some) for some in _chunks(_orders_of(rows))]
    # An order that never came to us: its request is known by its targets alone.
    orphans = [row.request_id for row in rows if row.order_pk is None]
    targets = [target(request_id, decision) for request_id in orphans for decision in DECISIONS]
    which += [_ACTIONS.c.target.in_(some) for some in _chunks(targets)]
    for condition in which:
        query = select(*columns).where(condition, standing)
        for row in conn.execute(query.order_by(_ACTIONS.c.id.desc())):
            request_id, _, decision = row.target.partition(":")
            found[row.shop_id, request_id].append(
                LiveAnswer(decision, row.state, row.requested_by, row.requested_at, row.done_at)
            )
    return found


def _orders_of(rows: Sequence[RequestRow]) -> list[int]:
    return list(dict.fromkeys(row.order_pk for row in rows if row.order_pk is not None))


def _candidates(conn: Connection, pks: Sequence[int]) -> list[CancelCandidate]:
    """The orders in the caller's order; a pk that is gone is left out."""
    found: dict[int, CancelCandidate] = {}
    for some in _chunks(pks):
        steps, live = parcel_steps(conn, some), _in_the_way(conn, some)
        query = (
            select(
                _ORDERS.c.id.label("pk"),
                _SHOPS.c.kind.label("shop_kind"),
                *(_ORDERS.c[name] for name in _FACTS),
            )
            .join(_SHOPS, _SHOPS.c.id == _ORDERS.c.shop_id)
            .where(_ORDERS.c.id.in_(some))
        )
        for row in conn.execute(query):
            told: dict[str, Any] = dict(row._mapping)
            found[row.pk] = CancelCandidate(
                **told, parcels=steps.get(row.pk, ()), live=tuple(live.get(row.pk, ()))
            )
    return [found[pk] for pk in dict.fromkeys(pks) if pk in found]


def _in_the_way(conn: Connection, pks: Sequence[int]) -> dict[int, list[ActionRow]]:
    """Cancellations that were not refused or taken back, and shipments under way."""
    cancels = (_ACTIONS.c.kind == "cancel") & _ACTIONS.c.state.not_in(_OVER)
    ships = (_ACTIONS.c.kind == "ship") & _ACTIONS.c.state.in_(_UNFINISHED)
    found: defaultdict[int, list[ActionRow]] = defaultdict(list)
    query = select(*_ROW).where(_ACTIONS.c.order_pk.in_(pks), cancels | ships)
    for row in conn.execute(query.order_by(_ACTIONS.c.kind, _ACTIONS.c.id)):
        found[row.order_pk].append(ActionRow(*row))
    return found


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
