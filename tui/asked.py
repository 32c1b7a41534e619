"""What a buyer asks for, in words: kind, state, clock, money. The pane, the detail and the dialog say it alike.

Pure: a request, the time and the zone in, words out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Final, NamedTuple

from store.views import RequestRow
from tui.clock import COUNTED, Urgency, countdown, day_and_clock, full, span
from tui.request_words import why_asked
from tui.strings import money, t, word
from tui.text import clean

LONGEST_AMOUNT: Final = 12
"""Digits of an amount; more is a slip of the hand."""


class Due(NamedTuple):
    """Until when a request waits for our answer."""

    at: int
    """Epoch ms."""
    told: bool = True
    """Whether the platform said so; else it follows from a rule (jobs/aftersales/clocks.py)."""


def due(row: RequestRow) -> Due | None:
    """None while nothing is waited for from us."""
    if row.next_action is None:
        return None
    if row.deadline_at is not None:
        return Due(row.deadline_at)
    from jobs.aftersales.clocks import (
        deadline,
    )  # the table of rules is read only for requests without a clock of their own

    found = deadline(row)
    return None if found is None else Due(found.at, told=False)


def kind(row: RequestRow) -> str:
    """`pembatalan`, `retur`; a kind nobody knows yet is `permintaan`."""
    return word("request_kind", row.kind) or t("request_kind.other")


def amount(row: RequestRow, value: int | None = None) -> str:
    """An amount in the currency of the request, its own when no other is given; empty where none is told."""
    value = row.amount if value is None else value
    return "" if value is None else money(value, row.detail.currency)


def left(until: int, now: int, zone: tzinfo) -> str:
    """What is left of a clock: `47 mnt !`, `5 j 12 mnt`, `38 j`, `telat 2 j`."""
    rest = until - now
    return span(rest) if rest >= COUNTED else countdown(until, now, zone).text


def urgency(until: int, now: int, zone: tzinfo) -> Urgency:
    """How a clock looks."""
    return countdown(until, now, zone).urgency


def headline(row: RequestRow, now: int, zone: tzinfo) -> tuple[str, Urgency]:
    """One line for the pane: what is to be done until when, else how it stands.

    The pane does not tick, so it tells the moment and not what is left of it.
    """
    waits = due(row)
    if waits is None:
        words, look = [word("request", row.status)], Urgency.NONE
    else:
        look = urgency(waits.at, now, zone)
        words = [t("asked.by", at=day_and_clock(waits.at, now, zone))]
        if look is Urgency.LATE:
            words.append(t("asked.late"))
    name = kind(row)
    words.append(amount(row))
    return t("asked.line", kind=name[:1].upper() + name[1:], what=" · ".join(filter(None, words))), look


def sentences(row: RequestRow, zone: tzinfo) -> Iterator[str]:
    """All that the detail of an order says about one request, a paragraph each."""
    from jobs.aftersales.clocks import appeal

    waits = due(row)
    until = ""
    if waits is not None:
        until = t("asked.by" if waits.told else "asked.by.about", at=full(waits.at, zone))
    yield " · ".join(filter(None, (kind(row), word("request", row.status), until, amount(row))))
    if why := why_asked(row).strip():
        yield t("asked.reason", why=why)
    if back := way_back(row):
        yield back
    if row.detail.arbitration:
        yield word("arbitration", row.detail.arbitration)
    if (chance := appeal(row)) is not None:
        yield t("answer.appeal", until=full(chance.at, zone))


def way_back(row: RequestRow) -> str:
    """The parcel that comes back: number and courier; empty where there is none."""
    detail = row.detail
    number = clean(detail.tracking_number, limit=40)
    courier = clean(detail.courier_name, limit=40)
    if not (number or courier):
        return ""
    return t("asked.back", parcel=" · ".join(filter(None, (number, courier))))


def whole(text: str) -> int | None:
    """An amount as people type it (`50.000`, `Rp 50000`) in whole units; None for anything else."""
    digits = text.strip().removeprefix("Rp").replace(".", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_AMOUNT else None


def wrong_amount(text: str, limit: int | None, currency: str) -> str:
    """Why an amount cannot be offered; empty when it can."""
    value = whole(text)
    if not value:
        return t("answer.offer.wrong")
    if limit is not None and value > limit:
        return t("answer.offer.high", limit=money(limit, currency))
    return ""
