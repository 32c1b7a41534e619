"""Answer sheets: the questions buyers ask every day, answered from what the store knows of the order. Pure.

Every number in them is a rule of the country (jobs/rulebook.py) or a fact of this order; what nobody knows is not
said. The texts go to the buyer, so they hold the buyer's own order and never anything of the shop's inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Final

import msgspec

from couriers.names import name as courier_name
from couriers.names import page
from jobs.chat.templates import line
from jobs.chat.words import WORDS, day, moment, rupiah
from jobs.rulebook import Rulebook, wib_day
from store.status import SHIPPABLE, OrderStatus
from store.times import DAY, HOUR
from store.views import EventRow, OrderDetail, PackageRow, RequestRow

ARRIVED: Final = frozenset({OrderStatus.DELIVERED, OrderStatus.COMPLETED})
_BEFORE: Final = frozenset({*SHIPPABLE, OrderStatus.AWAITING_COLLECTION})
"""Orders that we owe the courier."""
_PAID_BACK: Final = ("COMPLETE", "REFUND_SUCCESS")
"""How the platform's words for a refund that went through end."""
_REFUSED: Final = ("CANCEL", "CANCELLED", "REJECT")


class Case(msgspec.Struct, frozen=True):
    """An order and all that is known beside it."""

    order: OrderDetail
    requests: Sequence[RequestRow] = ()
    """What its buyer asked for, finished things included."""
    now: int = 0
    zone: tzinfo | None = None


class NoAnswer(ValueError):
    """The sheet does not fit this order. `why`: `unknown_sheet`, `not_delivered`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _Said:
    """The lines of one answer."""

    def __init__(self, case: Case, lang: str, book: Rulebook) -> None:
        self.case, self.lang, self.book = case, lang, book
        self._words = WORDS[lang]
        self.rules = book.at(wib_day(case.now))

    def t(self, key: str, **values: object) -> str:
        return self._words[key].format(**values)

    def fact(self, key: str, value: str | None) -> Iterator[str]:
        """A line `name: value`; none where nothing is known."""
        if told := line(value, 200):
            yield self._words["line"].format(name=self._words[key], value=told)

    def at(self, ms: int) -> str:
        assert self.case.zone is not None
        return moment(ms, self.lang, self.case.zone)

    def on(self, ms: int) -> str:
        assert self.case.zone is not None
        return day(ms, self.lang, self.case.zone)

    def word(self, key: str) -> str | None:
        return self._words.get(key)


def sheet(name: str, case: Case, lang: str, book: Rulebook) -> str:
    """The answer to a question of NAMES, in `id` or `en`. Raises NoAnswer."""
    if name not in _SHEETS:
        raise NoAnswer("unknown_sheet")
    said = _Said(case, lang if lang in WORDS else "id", book)
    hello = said.t("hello", order=line(case.order.row.order_id, 64))
    return "\n".join([hello, *_SHEETS[name](said)])


def _where(said: _Said) -> Iterator[str]:
    order = said.case.order
    row, parcels = order.row, [one for one in order.parcels if one.tracking_number]
    if not parcels or row.status == OrderStatus.CANCELLED:
        yield from said.fact("status", said.word(f"status.{row.status}"))
        if row.status in _BEFORE and row.scan_by is not None and row.scan_by > said.case.now:
            yield said.t("where.scan_by", at=said.at(row.scan_by))
        return
    for place, parcel in enumerate(parcels, 1):
        if len(parcels) > 1:
            yield said.t("parcel.of", at=place, total=len(parcels))
        yield from _parcel(said, parcel)


def _parcel(said: _Said, parcel: PackageRow) -> Iterator[str]:
    order = said.case.order
    # The order knows "waiting for the courier" before any courier has heard of the parcel.
    status = said.word(f"parcel.{parcel.tracking_status}") or said.word(f"status.{order.row.status}")
    yield from said.fact("status", status)
    code = parcel.courier or ""
    yield from said.fact("courier", parcel.courier_name or (courier_name(code) if code else None))
    yield from said.fact("number", parcel.tracking_number)
    newest = _newest(order.events, parcel.tracking_number)
    if newest is not None:
        when = said.at(newest.at) if newest.at is not None else ""
        told = ", ".join(filter(None, (when, line(newest.location, 80))))
        yield from said.fact("latest", f"{told}: {line(newest.text, 160)}" if told else newest.text)
    elif order.row.status == OrderStatus.IN_TRANSIT:
        yield said.t("where.silent")
    if parcel.tracking_number:
        where = page(parcel.courier, parcel.tracking_number)
        yield from said.fact("track", where.url)
        if where.asks_number:
            yield said.t("track.type")


def _newest(events: Sequence[EventRow], number: str | None) -> EventRow | None:
    mine = [one for one in events if one.tracking_number in (None, number)]
    return max(mine, key=lambda one: one.at or 0, default=None)


def _not_received(said: _Said) -> Iterator[str]:
    order = said.case.order
    row = order.row
    if row.status not in ARRIVED and row.tracking_status != "delivered":
        raise NoAnswer("not_delivered")
    yield said.t("lost.sorry")
    at = order.delivered_at or max((one.delivered_at or 0 for one in order.parcels), default=0) or None
    if at is not None:
        yield from said.fact("delivered", said.at(at))
    yield from said.fact("courier", row.courier_name)
    yield from said.fact("number", row.tracking_number)
    yield from said.fact("to", ", ".join(filter(None, (row.city, order.province))))
    yield said.t("lost.check")
    yield said.t("lost.ask")
    if any(one.kind != "cancel" and one.next_action is not None for one in said.case.requests):
        yield said.t("lost.asked")
        return
    yield said.t("lost.claim")
    if at is not None and (until := _until(said, at)) is not None:
        yield said.t("lost.until", at=until[0], mall=until[1])
    yield said.t("lost.never")


def _until(said: _Said, delivered_at: int) -> tuple[str, str] | None:
    """Until when a return may be asked for, and the words for Mall shops; None when both are over."""
    days = said.rules.return_ask_days
    mall = delivered_at + days["mall"] * DAY
    if said.case.now > mall:
        return None
    return said.on(delivered_at + days["regular"] * DAY), said.t("lost.mall", at=said.on(mall))


def _cancel(said: _Said) -> Iterator[str]:
    order, rules = said.case.order, said.rules
    row = order.row
    if row.status == OrderStatus.CANCELLED:
        yield said.t("cancel.done")
        return
    asked = [one for one in said.case.requests if one.kind == "cancel" and one.next_action is not None]
    if asked or row.cancel_requested:
        yield said.t("cancel.asked")
        if asked and asked[0].deadline_at is not None:
            yield said.t("cancel.asked.until", at=said.at(asked[0].deadline_at))
        return
    if row.status in rules.buyer_cancels:
        own = (order.shipping_type or "").upper() == "SELLER"
        hours = rules.buyer_cancels_freely_hours
        if own and said.case.now > row.created_at + hours * HOUR:
            yield said.t("cancel.own", hours=hours)
        elif row.status == OrderStatus.AWAITING_COLLECTION:
            yield said.t("cancel.packed")
        else:
            yield said.t("cancel.free")
    elif row.status == OrderStatus.IN_TRANSIT:
        yield said.t("cancel.late")
        if row.cod:
            yield said.t("cancel.door")
        yield said.t("cancel.return", **rules.return_ask_days)
    elif row.status in ARRIVED:
        yield said.t("cancel.over" if row.status == OrderStatus.COMPLETED else "cancel.late")
        if order.delivered_at is not None and (until := _until(said, order.delivered_at)) is not None:
            yield said.t("cancel.return.until", at=until[0], mall=until[1])
    else:
        yield said.t("cancel.unknown")


def _refund(said: _Said) -> Iterator[str]:
    order = said.case.order
    row = order.row
    backs = [one for one in said.case.requests if one.kind in ("return", "refund")]
    waiting = next((one for one in backs if one.next_action is not None), None)
    paid_back = next((one for one in backs if one.status.upper().endswith(_PAID_BACK)), None)
    if waiting is not None:
        yield said.t("refund.review")
        if waiting.deadline_at is not None:
            yield said.t("refund.review.until", at=said.at(waiting.deadline_at))
        yield from _days(said, waiting.amount, None)
    elif paid_back is not None:
        yield said.t("refund.done")
        yield from _days(said, paid_back.amount, paid_back.updated_at)
    elif row.status == OrderStatus.CANCELLED:
        if row.paid_at is None:
            yield said.t("refund.cod" if row.cod else "refund.unpaid")
            return
        yield said.t("refund.cancelled")
        yield from _days(said, row.total, row.updated_at)
    elif any(not one.status.upper().endswith(_REFUSED) for one in backs):
        yield said.t("refund.review")
        yield said.t("refund.check")
    else:
        yield said.t("refund.none")
        if row.status in ARRIVED and order.delivered_at is not None:
            yield said.t("refund.how")
            if (until := _until(said, order.delivered_at)) is not None:
                yield said.t("lost.until", at=until[0], mall=until[1])


def _days(said: _Said, amount: int | None, approved_at: int | None) -> Iterator[str]:
    order = said.case.order
    row = order.row
    if amount:
        yield from said.fact("refund.amount", rupiah(amount, row.currency))
    found = said.book.refund(order.payment_method, approved_at, said.case.now, cod=row.cod)
    method = said.word(f"method.{found.method}") or found.method
    yield said.t("refund.days", soonest=found.days[0], latest=found.days[1], method=method)
    if found.soonest is not None and found.latest is not None:
        guess = "" if found.certain else " " + said.t("refund.guess")
        yield said.t("refund.from", soonest=said.on(found.soonest), latest=said.on(found.latest)) + guess
    yield said.t("refund.check")


def _find(said: _Said) -> Iterator[str]:
    order = said.case.order
    row = order.row
    yield said.t("find.TOKOPEDIA" if row.channel == "TOKOPEDIA" else "find.TIKTOK_SHOP")
    yield from said.fact("find.id", row.order_id)
    yield from said.fact("find.date", said.at(row.created_at))
    yield from said.fact("find.shop", order.shop)
    yield from said.fact("items", row.summary)
    yield from said.fact("find.total", rupiah(row.total, row.currency))
    yield from said.fact("status", said.word(f"status.{row.status}"))
    yield said.t("find.login")


def _insured(said: _Said) -> Iterator[str]:
    own = (said.case.order.shipping_type or "").upper() == "SELLER"
    yield said.t("insured.where")
    yield said.t("insured.own" if own else "insured.lost")
    yield said.t("insured.proof")


_SHEETS: Final[Mapping[str, Callable[[_Said], Iterator[str]]]] = {
    "where": _where,
    "not-received": _not_received,
    "cancel": _cancel,
    "refund": _refund,
    "find": _find,
    "insured": _insured,
}
NAMES: Final = tuple(_SHEETS)
"""The questions, in the order of their keys 1 to 6."""
