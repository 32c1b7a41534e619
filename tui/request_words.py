"""What an answer or a cancellation means, in words; the dialogs and the command line say it alike. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import TYPE_CHECKING

from store.views import RequestRow
from tui.clock import date, full
from tui.strings import money, t, word
from tui.text import clean

if TYPE_CHECKING:
    from jobs.aftersales.answer_plans import AnswerLine
    from jobs.aftersales.cancel_plans import CancelLine, FaultRate
    from jobs.parcel_steps import ParcelStep
    from jobs.rulebook import Refund

_LONG = 200
"""Characters of a buyer's words: who answers them must have read them."""


def why_asked(row: RequestRow) -> str:
    """The buyer's reason as the platform words it, else its key."""
    return clean(row.reason_text or row.reason or "", limit=_LONG)


def proof_links(row: RequestRow) -> list[str]:
    """The buyer's pictures and films, oldest first, each once; raw, to be copied or printed cleaned."""
    records = row.proof.records if row.proof else ()
    return list(dict.fromkeys(picture.url for record in records for picture in record.pictures))


def answer_words(line: AnswerLine, zone: tzinfo) -> Iterator[str]:
    """What one answer means, a sentence a line: decision, money, goods, silence."""
    said = word("decision", line.decision)
    if line.reason is not None:
        said += f": {clean(line.reason.text, limit=_LONG)}"
    if line.amount is not None:
        said += f" ({money(line.amount, line.row.detail.currency)})"
    yield said
    if line.approve:
        yield refund_words(line.refund, zone)
    yield word("parcel", line.parcel)
    yield from _steps(line.parcels, stopped=line.parcel == "stop")
    if line.deadline is not None:
        yield silence_words(line, zone)


def silence_words(line: AnswerLine, zone: tzinfo) -> str:
    """Until when there is time, and what the platform does after it."""
    assert line.deadline is not None  # the caller looked
    said = t("answer.silence", until=full(line.deadline.at, zone), decision=word("decision", line.silence))
    return said if line.deadline.source == "platform" else f"{said} {t('answer.estimate')}"


def refund_words(refund: Refund | None, zone: tzinfo) -> str:
    """When the buyer has the money back."""
    if refund is None:
        return t("refund.none")
    first, last = refund.days
    if refund.soonest is None or refund.latest is None:
        return t("refund.after", first=first, last=last)
    said = t(
        "refund.dates",
        soonest=date(refund.soonest, zone),
        latest=date(refund.latest, zone),
        first=first,
        last=last,
    )
    return said if refund.certain else f"{said}; {t('refund.uncertain')}"


def cancel_words(line: CancelLine, zone: tzinfo) -> Iterator[str]:
    """What cancelling one order means: reason, fault, money, goods."""
    short = line.reason.rpartition("reason_")[2]
    yield f"{word('cancel_reason', short)}; {t('fault.counts' if line.fault else 'fault.free')}"
    yield refund_words(line.refund, zone)
    yield from _steps(line.parcels, stopped=True)


def rate_words(rate: FaultRate) -> str:
    """The shop's seller-fault rate now and after it, and what that leads to."""
    if rate.now is None or rate.after is None:
        return t("fault.few", bad=rate.bad, after=rate.bad + rate.added, placed=rate.placed)
    said = t("fault.rate", now=_percent(rate.now), after=_percent(rate.after), target=_percent(rate.target))
    return said if rate.leads_to == "none" else f"{said}: {word('leads', rate.leads_to)}"


def _steps(parcels: tuple[ParcelStep, ...], *, stopped: bool) -> Iterator[str]:
    """How far each parcel is, where that matters: one that must not go on and has already been touched."""
    for parcel in parcels:
        if stopped and parcel.step:
            number = clean(parcel.tracking_number or parcel.package_id, limit=40)
            yield f"{number}: {word('step', str(int(parcel.step)))}"


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%".replace(".", ",")
