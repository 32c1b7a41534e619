"""Which requests may be answered like this, what that means, and why the others are held back. Pure.

A plan for an answer says what silence would mean, the money, when the buyer has it, and what becomes of the parcel.
The checks stop at the first reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from jobs.aftersales import clocks
from jobs.aftersales.decisions import MISFITS, OFFER, approves, stage_of
from jobs.parcel_steps import ParcelStep
from jobs.rulebook import Refund
from jobs.wishes.plans import Held
from store.request_facts import Decision, Reason
from store.views import RequestRow

APPROVE: Final = "approve"
REJECT: Final = "reject"

_PARCEL: Final = {
    "APPROVE_REQUEST_CANCEL": "stop",
    "REJECT_REQUEST_CANCEL": "goes_on",
    "APPROVE_RETURN": "comes_back",
    "APPROVE_REPLACEMENT": "comes_back",
    "APPROVE_RECEIVED_PACKAGE": "kept",
    "REJECT_RECEIVED_PACKAGE": "disputed",
}
"""What becomes of the goods, by decision; every other leaves them with the buyer."""


class AnswerChoice(msgspec.Struct, frozen=True):
    """What a person wants to answer."""

    decision: str
    """`approve` or `reject` (whatever that is at the request's stage), or the platform's own word."""
    reason: str | None = None
    """For a rejection: a reason's key, or an end of it that no other has."""
    comment: str | None = None
    amount: int | None = None
    """Of a partial refund."""


class LiveAnswer(msgspec.Struct, frozen=True):
    """An answer to the request that was asked for before."""

    decision: str
    state: str
    by: str
    at: int
    done_at: int | None = None


class Asked(msgspec.Struct, frozen=True):
    """All that the checks need to know of one request."""

    row: RequestRow
    live: tuple[LiveAnswer, ...] = ()
    parcels: tuple[ParcelStep, ...] = ()


class AnswerLine(msgspec.Struct, frozen=True):
    """One request that would be answered, and what that means."""

    pk: int
    row: RequestRow
    decision: str
    reason: Reason | None
    comment: str | None
    amount: int | None
    """What the buyer gets; None where no money flows or the platform does not tell it."""
    deadline: clocks.Deadline | None
    silence: str
    """The decision that the platform takes for us when nobody answers in time."""
    refund: Refund | None
    parcel: str
    """`stop` (must not be handed over), `goes_on`, `comes_back`, `kept`, `disputed` or `with_buyer`."""
    parcels: tuple[ParcelStep, ...] = ()

    @property
    def approve(self) -> bool:
        """Whether it grants something."""
        return approves(self.decision)


class HeldRequest(Held, frozen=True):
    """A request held back; `pk` is its own row id."""

    request_id: str = ""
    choices: tuple[Reason, ...] = ()
    """Reasons or decisions that would do."""


class AnswerPlan(msgspec.Struct, frozen=True):
    """What pressing `y` would do."""

    ok: tuple[AnswerLine, ...]
    held: tuple[HeldRequest, ...]
    choice: AnswerChoice


def answer_plan(asked: Sequence[Asked], choice: AnswerChoice, now: int) -> AnswerPlan:
    """Sort requests into what is answered and what is held."""
    ok: list[AnswerLine] = []
    held: list[HeldRequest] = []
    for one in asked:
        found = _closed(one, now) or _resolve(one.row, choice)
        if isinstance(found, _Why):
            row = one.row
            held.append(HeldRequest(
                row.pk, row.order_id, found.reason, found.params, None, (), row.request_id, found.choices,
            ))  # fmt: skip
        else:
            decision, reason = found
            ok.append(_line(one, decision.name, reason, choice, now))
    return AnswerPlan(tuple(ok), tuple(held), choice)


def offered(row: RequestRow) -> tuple[Decision, ...]:
    """The answers that fit what the platform waits for, as far as it takes them; those nobody asked about, too."""
    stage = stage_of(row.next_action)
    known = _told(row)
    names = [*stage.all, *known] if stage else [*known]
    told = [known.get(name, Decision(name)) for name in dict.fromkeys(names)]
    return tuple(one for one in told if one.eligible)


def match(given: str, reasons: Sequence[Reason]) -> Reason | None:
    """The reason a person means: its key, or a part of it that no other key has."""
    word = given.strip().lower()
    for fits in (str.__eq__, str.endswith, str.__contains__):
        found = [one for one in reasons if word and fits(one.name.lower(), word)]
        if len(found) == 1:
            return found[0]
    return None


def _told(row: RequestRow) -> dict[str, Decision]:
    """What the platform said about each decision, as long as the request has not changed since."""
    fresh = row.looked_at is not None and row.looked_at >= row.updated_at
    return {one.name: one for one in row.options.decisions} if row.options and fresh else {}


class _Why(msgspec.Struct, frozen=True):
    reason: str
    params: dict[str, int | str] = {}
    choices: tuple[Reason, ...] = ()


def _closed(one: Asked, now: int) -> _Why | None:
    """Why a request cannot be answered at all now."""
    row = one.row
    if live := _standing(one):
        return _Why("action_live", {"state": live.state, "by": live.by, "at": live.at})
    if row.next_action is None:
        done = row.status.upper().endswith(("COMPLETE", "SUCCESS", "CANCEL", "CANCELLED", "REJECT"))
        return _Why("request_closed" if done else "nothing_asked")
    if row.detail.arbitration == "IN_PROGRESS":
        return _Why("arbitration")
    if row.deadline_at is not None and row.deadline_at <= now:
        return _Why("deadline_passed", {"until": row.deadline_at})
    return None


def _standing(one: Asked) -> LiveAnswer | None:
    """An answer under way, or a done one that the request does not show yet."""
    stage = stage_of(one.row.next_action)
    for live in one.live:
        shown = live.done_at is not None and one.row.updated_at > live.done_at
        if live.state != "done" or (stage is not None and live.decision in stage.all and not shown):
            return live
    return None


def _resolve(row: RequestRow, choice: AnswerChoice) -> tuple[Decision, Reason | None] | _Why:
    """The platform's decision that is meant, and its reason."""
    stage = stage_of(row.next_action)
    known = _told(row)
    name = choice.decision.strip().upper()
    if name in ("APPROVE", "REJECT"):
        fitting = () if stage is None else stage.approve if name == "APPROVE" else stage.reject
        name = fitting[0] if fitting else ""
    fits = (stage is not None and name in stage.all) or name in known
    if not fits:
        return _Why("decision_unfit", {"decision": choice.decision}, _as_choices(offered(row)))
    decision = known.get(name, Decision(name))
    if row.detail.quick_refund and not approves(name):
        return _Why("quick_refund")
    if not decision.eligible and decision.code in MISFITS:
        return _Why("misfit")
    if not decision.eligible:
        return _Why("not_eligible", {"why": decision.why_not or str(decision.code or "")})
    if why := _unfit_amount(row, name, choice.amount):
        return why
    if approves(name):
        return decision, None
    if not decision.reasons:
        return _Why("reasons_unread")
    if choice.reason is None:
        return _Why("reason_missing", {"choices": _names(decision.reasons)}, decision.reasons)
    reason = match(choice.reason, decision.reasons)
    if reason is None:
        told: dict[str, int | str] = {"given": choice.reason, "choices": _names(decision.reasons)}
        return _Why("reason_unknown", told, decision.reasons)
    return decision, reason


def _unfit_amount(row: RequestRow, decision: str, amount: int | None) -> _Why | None:
    if decision != OFFER:
        return None if amount is None else _Why("amount_unneeded")
    if amount is None:
        return _Why("amount_missing")
    if amount <= 0 or (row.amount is not None and amount > row.amount):
        return _Why("amount_unfit", {"limit": row.amount or 0})
    return None


def _line(one: Asked, decision: str, reason: Reason | None, choice: AnswerChoice, now: int) -> AnswerLine:
    row, stage = one.row, stage_of(one.row.next_action)
    refund = clocks.refund(row, now, decision)
    amount = choice.amount if decision == OFFER else row.amount if refund else None
    return AnswerLine(
        pk=row.pk,
        row=row,
        decision=decision,
        reason=reason,
        comment=(choice.comment or "").strip() or None,
        amount=amount,
        deadline=clocks.deadline(row),
        silence=stage.approve[0] if stage else decision,
        refund=refund,
        parcel=_PARCEL.get(decision, "with_buyer"),
        parcels=one.parcels,
    )


def _names(reasons: Sequence[Reason]) -> str:
    return ", ".join(one.name for one in reasons)


def _as_choices(decisions: Sequence[Decision]) -> tuple[Reason, ...]:
    return tuple(Reason(one.name, one.name) for one in decisions)
