"""What the answer dialog says about one request, line by line: why, clock, money, parcel, proof, goods. Pure.

`Look` is a request as it was read, with what each answer to it would mean. Foreign text is cleaned here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Final, NamedTuple

from textual.content import Content

from store.request_facts import Picture, Reason
from store.views import RequestRow
from tui import asked
from tui.clock import Urgency, full
from tui.goods import goods
from tui.reasons import reason
from tui.request_words import refund_words, why_asked
from tui.screens.lines import entry, heading, moment, plain
from tui.strings import known, money, t, word
from tui.text import clean, fit

if TYPE_CHECKING:
    from jobs.aftersales.answer_plans import AnswerLine, HeldRequest

SHOWN: Final = 6
"""Goods, and steps of the proof, shown before `h` shows them all."""
STYLE: Final = {
    Urgency.NONE: "$text-muted",
    Urgency.CALM: "bold",
    Urgency.SOON: "bold $warning",
    Urgency.LATE: "bold $error",
}
"""How a clock looks on a dialog."""
_LONG: Final = 12
"""Lines of a buyer's text."""
_COMES_BACK: Final = "SELLER_RESPOND_RECEIVE_PACKAGE"


class Look(NamedTuple):
    """A request as it was read, and what the answers to it would do."""

    row: RequestRow
    lines: Mapping[str, AnswerLine] = {}
    """By decision, the answers that may be given."""
    held: Mapping[str, HeldRequest] = {}
    """By decision, why the others may not."""
    approve: str | None = None
    """The plain approval of this stage."""
    reject: str | None = None
    others: tuple[str, ...] = ()
    """Answers besides the two, possible ones and others."""
    reasons: tuple[Reason, ...] = ()
    """What the platform lets a rejection say."""

    @property
    def core(self) -> tuple[object, ...]:
        """What an answer is about: when it changes, the answer is about something else."""
        return core(self.row)

    @property
    def line(self) -> AnswerLine | None:
        """The approval, or any other answer where there is none."""
        return self.lines.get(self.approve or "") or next(iter(self.lines.values()), None)


def core(row: RequestRow) -> tuple[object, ...]:
    """What has to be as it was read for an answer to be sent."""
    return (
        *(row.kind, row.status, row.next_action, row.amount, row.deadline_at, row.updated_at),
        *(row.order_status, row.detail),
    )


def links(row: RequestRow) -> list[Picture]:
    """Every picture and film of the proof, each once, oldest first."""
    records = row.proof.records if row.proof is not None else ()
    return list({picture.url: picture for one in records for picture in one.pictures}.values())


def sentence(words: str) -> str:
    """Words of ours as a sentence begins with them."""
    return words[:1].upper() + words[1:]


def proof_unread(row: RequestRow) -> bool:
    """Whether there is a proof that was not read; the platform keeps none of a cancellation."""
    return row.proof is None and row.kind != "cancel"


def decision_word(decision: str) -> str:
    """A decision as a sentence begins with it."""
    return sentence(word("decision", decision))


def clock_line(row: RequestRow, now: int, zone: tzinfo) -> Content:
    """Until when, and what is left of it; the one thing that has to be seen at once."""
    due = asked.due(row)
    if due is None:
        return Content.styled(t("answer.clock.none"), STYLE[Urgency.NONE])
    until, look = full(due.at, zone), asked.urgency(due.at, now, zone)
    if due.at <= now:
        key = "answer.clock.over" if due.told else "answer.clock.over.about"
        return Content.styled(t(key, until=until), STYLE[Urgency.LATE])
    key = "answer.clock" if due.told else "answer.clock.about"
    return Content.styled(t(key, until=until, left=asked.left(due.at, now, zone)), STYLE[look])


def fact_lines(look: Look, zone: tzinfo, room: int, *, every: bool) -> Iterator[Content]:
    """The whole request; the first few goods and steps of its proof, or `every` one."""
    row = look.row
    why = why_asked(row).strip()
    yield from entry("", t("answer.reason", why=why) if why else t("answer.reason.none"), room, most=_LONG)
    yield from entry("", _order(row), room, style="$text-muted")
    yield from _money(look, zone, room)
    yield from _parcels(look, zone, room)
    yield from _barred(look, zone, room)
    # What the buyer says decides the answer: above the goods, which may fill the screen.
    yield from _proof(row, zone, room, every=every)
    yield from _goods(row, room, every=every)


def consequences(line: AnswerLine, zone: tzinfo, room: int) -> Iterator[Content]:
    """What one answer means: the money, when, and what becomes of the goods."""
    row = line.row
    if line.approve and line.amount is not None:
        yield from entry("", t("answer.money", amount=asked.amount(row, line.amount)), room, style="bold")
    if line.approve:
        yield from entry("", sentence(refund_words(line.refund, zone)), room)
    yield from entry("", sentence(t(f"parcel.{line.parcel}")), room, style="bold $warning")


def section(requests: Sequence[RequestRow], now: int, zone: tzinfo, room: int) -> Iterator[Content]:
    """Requests in the detail of their order; what waits for an answer stands out by its clock."""
    if not requests:
        return
    yield heading(t("detail.requests"))
    for request in requests:
        due = asked.due(request)
        late = due is not None and asked.urgency(due.at, now, zone) is Urgency.LATE
        style = "" if due is None else "bold $error" if late else "bold $warning"
        for place, words in enumerate(asked.sentences(request, zone)):
            yield from entry("    " if place else "  ", words, room, style="" if place else style)
    yield Content("")


def _order(row: RequestRow) -> str:
    if row.order_status is None:
        return t("answer.order.unknown", order=row.order_id)
    key = f"status.{row.order_status}"
    status = t(key, raw="") if known(key) else clean(row.order_status, limit=40)
    said = t("answer.order", order=row.order_id, status=status)
    # The order is in rupiah or in what its request is in; nothing else tells.
    total = "" if row.total is None else t("pane.total", amount=money(row.total, row.detail.currency))
    parts = (said, clean(row.buyer, limit=60), total, clean(row.payment_method, limit=60))
    return " · ".join(filter(None, parts))


def _money(look: Look, zone: tzinfo, room: int) -> Iterator[Content]:
    row, line = look.row, look.line
    detail = row.detail
    parts = [
        t(key, amount=asked.amount(row, value))
        for key, value in (
            ("answer.part.subtotal", detail.subtotal),
            ("answer.part.shipping", detail.shipping_fee),
            ("answer.part.service", detail.service_fee),
        )
        if value
    ]
    flows = line is None or not line.approve or line.refund is not None
    if not flows and not detail.quick_refund:
        yield from entry("", sentence(t("refund.none")), room, style="bold")
    elif row.amount is None:
        yield from entry("", t("answer.money.untold"), room, style="bold")
    elif parts:
        said = t("answer.money.parts", amount=asked.amount(row), parts=", ".join(parts))
        yield from entry("", said, room, style="bold")
    else:
        yield from entry("", t("answer.money", amount=asked.amount(row)), room, style="bold")
    if line is not None and line.refund is not None:
        yield from entry("", sentence(refund_words(line.refund, zone)), room)
    if (due := asked.due(row)) is not None:
        until = full(due.at, zone)
        silent = t("answer.auto.money", until=until, amount=asked.amount(row)) if flows and row.amount else ""
        yield from entry("", silent or t("answer.auto", until=until), room, style="$warning")
    if detail.quick_refund:
        yield from entry("", t("answer.quick"), room, style="$warning")
    if detail.offered is not None:
        yield from entry("", t("answer.offered", amount=asked.amount(row, detail.offered)), room)


def _parcels(look: Look, zone: tzinfo, room: int) -> Iterator[Content]:
    row, line = look.row, look.line
    if row.next_action == _COMES_BACK:
        due = asked.due(row)
        if due is not None:
            yield from entry("", t("answer.check", until=full(due.at, zone)), room, style="bold $warning")
        yield from entry("", t("answer.check.long"), room)
    if back := asked.way_back(row):
        yield from entry("", back, room)
    if row.detail.keep_item:
        yield from entry("", t("answer.keep"), room)
    if line is None:
        return
    yield from entry("", sentence(t(f"parcel.{line.parcel}")), room, style="bold $warning")
    # What was done for it already matters while it has not left.
    for one in line.parcels if line.parcel in ("stop", "goes_on") else ():
        manifest = plain(one.manifest, 40)
        key = "answer.parcel.manifest" if manifest else "answer.parcel"
        said = t(key, parcel=one.package_id, step=t(f"step.{int(one.step)}"), manifest=manifest)
        yield from entry("  ", said, room, style="$error" if one.step >= 2 else "")


def _barred(look: Look, zone: tzinfo, room: int) -> Iterator[Content]:
    if look.row.detail.arbitration:
        state = word("arbitration", look.row.detail.arbitration)
        yield from entry("", t("answer.arbitration", state=state), room, style="$warning")
    held = look.held.get(look.approve or "") or (None if look.lines else next(iter(look.held.values()), None))
    if held is not None:
        key = "answer.no_approve" if look.lines else "answer.barred"
        yield from entry("", t(key, why=reason(held, zone)), room, style="$warning")
    refused = look.held.get(look.reject or "")
    if refused is not None and look.lines:
        yield from entry("", t("answer.no_reject", why=reason(refused, zone)), room, style="$text-muted")


def _goods(row: RequestRow, room: int, *, every: bool) -> Iterator[Content]:
    lines = row.detail.lines
    yield heading(t("answer.goods"))
    if not lines:
        words = " · ".join(filter(None, (t("answer.goods.none"), goods(row.summary, 200))))
        yield from entry("  ", words, room, style="$text-muted")
    shown = lines if every else lines[:SHOWN]
    for one in shown:
        names = (clean(name, limit=200) for name in (one.name, one.variation, one.seller_sku))
        amount = "" if one.amount is None else asked.amount(row, one.amount)
        said = " · ".join(filter(None, (*names, amount)))
        yield from entry(f"  {one.quantity} × ", said, room)
    if len(lines) > len(shown):
        yield Content.styled("  " + t("answer.goods.more", n=len(lines) - len(shown)), "$text-muted")


def _proof(row: RequestRow, zone: tzinfo, room: int, *, every: bool) -> Iterator[Content]:
    if row.proof is None and not proof_unread(row):
        return
    yield heading(t("answer.proof"))
    if row.proof is None:
        yield from entry("  ", t("answer.proof.unread"), room, style="$text-muted")
        return
    records = row.proof.records
    if not records:
        yield from entry("  ", t("answer.proof.none"), room, style="$text-muted")
    numbers = {one.url: place for place, one in enumerate(links(row), 1)}
    # The newest words matter most where there is no room for all.
    for one in records if every else records[-SHOWN:]:
        who = " · ".join(filter(None, (moment(one.at, zone), word("answer.role", one.role))))
        said = " · ".join(
            filter(None, (clean(text, limit=600).strip() for text in (one.text, one.reason, one.note)))
        )
        yield from entry(f"  {who}  ", said or "-", room, most=_LONG)
        pictures = one.pictures if every else one.pictures[:SHOWN]
        for picture in pictures:
            yield link_line(numbers[picture.url], picture, room - 4, "    ")


def link_line(number: int, picture: Picture, room: int, lead: str = "") -> Content:
    """A link to a proof with its number; one line, however long it is."""
    key = "answer.proof.video" if picture.kind == "video" else "answer.proof.image"
    name = t(key, n=number)
    return Content.assemble(
        (f"{lead}{name}  ", "bold"), (fit(picture.url, max(room - len(name) - 2, 8)).rstrip(), "$text-muted")
    )
