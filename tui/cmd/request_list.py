"""`pantau requests`: what buyers ask, for a script and for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from jobs.aftersales import clocks
from jobs.aftersales.answer_plans import offered
from jobs.aftersales.decisions import approves
from jobs.rulebook import Refund
from store.times import to_iso
from store.views import RequestRow
from tui import jsonout
from tui.clock import countdown, full
from tui.goods import goods
from tui.request_words import proof_links, why_asked
from tui.strings import money, t, word
from tui.text import clean


def document(row: RequestRow, now: int, zone: tzinfo) -> jsonout.Json:
    """One request as `pantau requests --json` prints it (docs/commands.md)."""
    deadline, appeal, decisions = clocks.deadline(row), clocks.appeal(row), offered(row)
    reasons = {
        one.name: one for decision in decisions if not approves(decision.name) for one in decision.reasons
    }
    return {
        "request_id": row.request_id,
        "order_id": row.order_id,
        "shop": row.shop,
        "kind": row.kind,
        "status": row.status,
        "reason": row.reason,
        "reason_text": row.reason_text,
        "amount": row.amount,
        "currency": row.detail.currency,
        "deadline": to_iso(deadline.at, zone) if deadline else None,
        "deadline_source": deadline.source if deadline else None,
        "deadline_certain": deadline.certain if deadline else None,
        "next_action": row.next_action,
        "created_at": to_iso(row.created_at, zone),
        "decisions": [one.name for one in decisions],
        "reject_reasons": [{"name": one.name, "text": one.text} for one in reasons.values()],
        "proof": proof_links(row),
        "tracking_number": row.detail.tracking_number,
        "refund_expected": _refund(clocks.refund(row, now), zone),
        "appeal_until": to_iso(appeal.at, zone) if appeal else None,
    }


def told(rows: Sequence[RequestRow], now: int, zone: tzinfo) -> Iterator[str]:
    """Two lines a request, the nearest deadline first, and the buyer's links below."""
    if not rows:
        yield t("requests.none")
    for row in rows:
        deadline = clocks.deadline(row)
        clock = countdown(deadline.at, now, zone).text if deadline else ""
        if deadline is not None and deadline.source != clocks.PLATFORM:
            clock = f"{clock} {t('answer.estimate')}"
        amount = "" if row.amount is None else money(row.amount, row.detail.currency)
        what = word("request_kind", row.kind)
        yield "  ".join(filter(None, (clean(row.request_id), clean(row.order_id), what, amount, clock)))
        state = word("request", row.status)
        yield "    " + "  ".join(filter(None, (state, why_asked(row), goods(row.summary, 60))))
        if appeal := clocks.appeal(row):
            yield f"    {t('answer.appeal', until=full(appeal.at, zone))}"
        yield from (f"    {clean(url, limit=500)}" for url in proof_links(row))


def _refund(found: Refund | None, zone: tzinfo) -> jsonout.Json | None:
    """When the buyer has the money back; dates are null while nobody knows when the counting begins."""
    if found is None:
        return None
    return {
        "from": to_iso(found.soonest, zone),
        "to": to_iso(found.latest, zone),
        "working_days": list(found.days),
        "method": found.method,
        "certain": found.certain,
    }
