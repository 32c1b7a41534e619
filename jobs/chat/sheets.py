"""Answer sheets: the questions buyers ask every day, answered from what the store knows of the order. Pure.

Every number in them is a rule of the country (jobs/rulebook.py) or a fact of this order; what nobody knows is not
said, a deadline that is over is told as over, and nothing contradicts the status of the order. The texts go to the
buyer, so they hold the buyer's own order and never anything of the shop's inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Final

import msgspec

from couriers.names import name as courier_name
from couriers.names import page
from jobs.chat.templates import ARRIVED, line, stage
from jobs.chat.words import WORDS, day, goods, moment, rupiah
from jobs.rulebook import Rulebook, wib_day
from store.status import IN_HAND, OrderStatus, has_arrived
from store.times import DAY, HOUR
from store.views import OrderDetail, PackageRow, RequestRow

_BACK: Final = ("returning", "returned")
"""Of a parcel: what comes after its delivery, or instead of it."""
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
    insurance: int | None = None
    """What the buyer paid for insurance, as a Seller Center file told it; None: no file told it."""


class NoAnswer(ValueError):
    """The sheet does not fit this order. `why`: `unknown_sheet`, `not_delivered`, `cancelled`."""

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

    def ahead(self, key: str, at: int | None) -> Iterator[str]:
        """Until when something goes, while that is ahead; then that its time is over. Nothing where no time is told."""
        if at is not None:
            yield self.t(key, at=self.at(at)) if at > self.case.now else self.t(f"{key}.over")


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
        if row.status in IN_HAND and row.scan_by is not None and row.scan_by > said.case.now:
            yield said.t("where.scan_by", at=said.at(row.scan_by))
        return
    for place, parcel in enumerate(parcels, 1):
        if len(parcels) > 1:
            yield said.t("parcel.of", at=place, total=len(parcels))
        yield from _parcel(said, parcel)


def _parcel(said: _Said, parcel: PackageRow) -> Iterator[str]:
    order = said.case.order
    # The order knows "waiting for the courier" before any courier has heard of the parcel, and often of its arrival
    # before the courier tells it.
    arrived = has_arrived(order.row.status, parcel.tracking_status)
    told = None if arrived else said.word(f"parcel.{parcel.tracking_status}")
    yield from said.fact("status", told or said.word(f"status.{order.row.status}"))
    code = parcel.courier or ""
    yield from said.fact("courier", parcel.courier_name or (courier_name(code) if code else None))
    yield from said.fact("number", parcel.tracking_number)
    mine = [one for one in order.events if one.tracking_number in (None, parcel.tracking_number)]
    newest = max(mine, key=lambda one: one.at or 0, default=None)
    if arrived and (newest is None or newest.status != "delivered"):
        # What was said on the way there is no news any more.
        if (at := parcel.delivered_at or order.delivered_at) is not None:
            yield from said.fact("delivered", said.at(at))
    elif newest is not None:
        when = said.at(newest.at) if newest.at is not None else ""
        told = ", ".join(filter(None, (when, line(newest.location, 80))))
        yield from said.fact("latest", f"{told}: {line(newest.text, 160)}" if told else newest.text)
    elif order.row.status == OrderStatus.IN_TRANSIT:
        yield said.t("where.silent")
    if parcel.tracking_number:
        yield from said.fact("track", (where := page(parcel.courier, parcel.tracking_number)).url)
        if where.asks_number:
            yield said.t("track.type")


def _not_received(said: _Said) -> Iterator[str]:
    order = said.case.order
    row = order.row
    if row.status == OrderStatus.CANCELLED:
        raise NoAnswer("cancelled")
    if row.status not in ARRIVED and row.tracking_status != "delivered":
        raise NoAnswer("not_delivered")
    yield said.t("lost.sorry")
    if (at := _delivered_at(order)) is not None:
        yield from said.fact("delivered", said.at(at))
    yield from said.fact("courier", row.courier_name)
    yield from said.fact("number", row.tracking_number)
    yield from said.fact("to", ", ".join(filter(None, (row.city, order.province))))
    yield said.t("lost.check")
    yield said.t("lost.ask")
    if any(one.kind != "cancel" and one.next_action is not None for one in said.case.requests):
        yield said.t("lost.asked")
        return
    yield from _window(said, "lost.claim")
    if row.status != OrderStatus.COMPLETED:
        yield said.t("lost.never")


def _delivered_at(order: OrderDetail) -> int | None:
    return order.delivered_at or max((one.delivered_at or 0 for one in order.parcels), default=0) or None


def _window(said: _Said, how: str) -> Iterator[str]:
    """How a return is asked for and until when; past that, who can still help.

    Whether a shop is a Mall shop nobody tells us, so both days are named, each as long as it is ahead.
    """
    at = _delivered_at(said.case.order)
    if at is None:
        yield said.t(how)
        return
    days, now = said.rules.return_ask_days, said.case.now
    regular, mall = (at + days[name] * DAY for name in ("regular", "mall"))
    if now < regular:
        yield said.t(how)
        yield said.t("lost.until", at=said.on(regular), mall=said.on(mall))
    else:
        yield said.t("ask.over.mall", mall=said.on(mall)) if now < mall else said.t("ask.over")
        yield said.t("help")


def _cancel(said: _Said) -> Iterator[str]:
    rules, row = said.rules, said.case.order.row
    now_is = stage(row)
    asked = [one for one in said.case.requests if one.kind == "cancel" and one.next_action is not None]
    if now_is == OrderStatus.CANCELLED:
        yield said.t("cancel.done")
    elif now_is in ARRIVED:
        yield said.t("cancel.over" if now_is == OrderStatus.COMPLETED else "cancel.arrived")
        yield from _window(said, "cancel.return.how")
    elif asked or row.cancel_requested:
        yield said.t("cancel.asked")
        yield from said.ahead("cancel.asked.until", asked[0].deadline_at if asked else None)
    elif now_is in rules.buyer_cancels:
        own = (said.case.order.shipping_type or "").upper() == "SELLER"
        hours = rules.buyer_cancels_freely_hours
        if own and said.case.now > row.created_at + hours * HOUR:
            yield said.t("cancel.own", hours=hours)
        elif now_is == OrderStatus.AWAITING_COLLECTION:
            yield said.t("cancel.packed")
        else:
            yield said.t("cancel.free")
    elif now_is == OrderStatus.IN_TRANSIT and row.tracking_status in _BACK:
        yield from said.fact("status", said.word(f"parcel.{row.tracking_status}"))
        yield said.t("cancel.unknown")
    elif now_is == OrderStatus.IN_TRANSIT:
        yield said.t("cancel.late")
        if row.cod:
            yield said.t("cancel.door")
        yield said.t("cancel.return", **rules.return_ask_days)
    else:
        yield said.t("cancel.unknown")


def _refund(said: _Said) -> Iterator[str]:
    row = said.case.order.row
    backs = [one for one in said.case.requests if one.kind in ("return", "refund")]
    waiting = next((one for one in backs if one.next_action is not None), None)
    paid_back = next((one for one in backs if one.status.upper().endswith(_PAID_BACK)), None)
    cancelled = row.status == OrderStatus.CANCELLED
    if waiting is not None and not cancelled:
        yield said.t("refund.review")
        yield from said.ahead("refund.review.until", waiting.deadline_at)
        yield from _days(said, waiting.amount, None)
    elif paid_back is not None:
        yield said.t("refund.done")
        yield from _days(said, paid_back.amount, paid_back.updated_at)
    elif row.paid_at is None and (cancelled or row.status == OrderStatus.UNPAID):
        yield said.t("refund.cod" if row.cod else "refund.unpaid")
    elif cancelled:
        yield said.t("refund.cancelled")
        yield from _days(said, row.total, row.updated_at)
    elif any(not one.status.upper().endswith(_REFUSED) for one in backs):
        yield said.t("refund.review")
        yield said.t("refund.check")
    else:
        yield said.t("refund.none")
        if stage(row) in ARRIVED:
            yield from _window(said, "refund.how")


def _days(said: _Said, amount: int | None, approved_at: int | None) -> Iterator[str]:
    row = said.case.order.row
    if amount:
        yield from said.fact("refund.amount", rupiah(amount, row.currency))
    found = said.book.refund(said.case.order.payment_method, approved_at, said.case.now, cod=row.cod)
    method = said.word(f"method.{found.method}") or found.method
    yield said.t("refund.days", soonest=found.days[0], latest=found.days[1], method=method)
    if found.soonest is not None and found.latest is not None:
        guess = "" if found.certain else " " + said.t("refund.guess")
        if found.latest <= said.case.now:
            yield said.t("refund.over")
        elif found.soonest <= said.case.now:
            yield said.t("refund.by", latest=said.on(found.latest)) + guess
        else:
            yield said.t("refund.from", soonest=said.on(found.soonest), latest=said.on(found.latest)) + guess
    yield said.t("refund.check")


def _find(said: _Said) -> Iterator[str]:
    order = said.case.order
    row = order.row
    yield said.t("find.TOKOPEDIA" if row.channel == "TOKOPEDIA" else "find.TIKTOK_SHOP")
    yield from said.fact("find.id", row.order_id)
    yield from said.fact("find.date", said.at(row.created_at))
    yield from said.fact("find.shop", order.shop)
    yield from said.fact("items", goods(row.summary, said.lang))
    yield from said.fact("find.total", rupiah(row.total, row.currency))
    yield from said.fact("status", said.word(f"status.{row.status}"))
    yield said.t("find.login")


def _insured(said: _Said) -> Iterator[str]:
    own = (said.case.order.shipping_type or "").upper() == "SELLER"
    paid = said.case.insurance
    if paid:
        yield said.t("insured.yes", amount=rupiah(paid, said.case.order.row.currency))
    elif paid is not None:
        yield said.t("insured.no")
    yield said.t("insured.where")
    status = stage(said.case.order.row)
    if status == OrderStatus.CANCELLED:
        return  # no parcel that could be lost
    if not own and status in ARRIVED:
        yield from _window(said, "insured.lost")
    else:
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
