"""What a conversation's screen knows, and the answer that a key makes of it. Nothing here paints or writes."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from datetime import tzinfo
from typing import Final, NamedTuple

from store.chat_facts import LONGEST, ChatRow, MessageRow, WishRow
from store.reader import Reader
from store.views import OrderDetail, RequestRow
from tui.strings import t, word

SHEETS: Final = ("where", "not-received", "cancel", "refund", "find", "insured")
"""The answer sheets by their keys 1 to 6 (jobs/chat/sheets.py has them; this module is imported with the screen)."""


class Talk(NamedTuple):
    """Everything a screen shows of one buyer."""

    chat: ChatRow | None = None
    messages: Sequence[MessageRow] = ()
    wishes: Sequence[WishRow] = ()
    orders: Sequence[int] = ()
    """Row ids of the buyer's orders, the newest first."""
    order: OrderDetail | None = None
    """The one that sheets and templates speak of."""
    requests: Sequence[RequestRow] = ()
    insurance: int | None = None
    """What the buyer paid for insurance; None: nobody told us."""
    buyer_known: bool = True
    """Whether there is anybody who could be written to."""


class Draft(NamedTuple):
    """A text on its way to the buyer."""

    text: str
    name: str
    """Of the sheet or the template; empty: own words."""
    sheet: bool = False
    language: str = "id"

    @property
    def title(self) -> str:
        """What it is, in words."""
        if not self.name:
            return t("chat.draft.own")
        return word("chat.sheet", self.name) if self.sheet else t("chat.template", name=self.name)


class Cannot(Exception):
    """There is no such answer for this order; the text says why."""


class Past(Cannot):
    """It would tell a moment that is over."""


def look(reader: Reader, chat_pk: int | None, order_pk: int | None) -> Talk:
    """One buyer, by the conversation or by an order; with both, the order is the one spoken of."""
    if chat_pk is None and order_pk is not None:
        chat_pk = reader.chat_of(order_pk)
    chat = None if chat_pk is None else reader.chat(chat_pk)
    found = reader.chat_orders(chat.pk) if chat is not None else []
    # A conversation may be about an order that is told no buyer any more.
    orders = found if order_pk is None or order_pk in found else [order_pk, *found]
    messages = reader.chat_messages(chat.pk) if chat is not None else []
    pk = order_pk if order_pk is not None else _spoken_of(reader, messages, orders)
    if chat is not None:
        wishes = reader.chat_wishes(chat.pk)
    else:
        wishes = reader.buyer_wishes(order_pk) if order_pk is not None else []
    file = None if pk is None else reader.file_order(pk)
    return Talk(
        chat=chat,
        messages=messages,
        wishes=wishes,
        orders=orders,
        order=None if pk is None else reader.detail(pk, {}),
        requests=() if pk is None else reader.requests(pk, open_only=False),
        insurance=None if file is None else _insurance(file.order),
        buyer_known=chat is not None or (order_pk is not None and reader.buyer_of(order_pk) is not None),
    )


def _insurance(cells: Mapping[str, str]) -> int | None:
    from jobs.chat.insurance import insurance_of

    return insurance_of(cells)


def _spoken_of(reader: Reader, messages: Sequence[MessageRow], orders: Sequence[int]) -> int | None:
    """The order whose card was sent last, else the newest."""
    for one in reversed(messages):
        if one.order_id and (found := reader.find(one.order_id)) and found[0] in orders:
            return found[0]
    return next(iter(orders), None)


def sheet(talk: Talk, name: str, language: str, now: int, zone: tzinfo) -> Draft:
    """An answer sheet, filled. Raises Cannot."""
    from jobs.chat.sheets import Case, NoAnswer
    from jobs.chat.sheets import sheet as filled
    from jobs.rulebook import rulebook

    if talk.order is None:
        raise Cannot(t("chat.no_order"))
    try:
        case = Case(talk.order, talk.requests, now, zone, talk.insurance)
        text = filled(name, case, language, rulebook())
    except NoAnswer as error:
        raise Cannot(t(f"chat.no_answer.{error.why}")) from None
    return Draft(text, name, True, language)


def template(talk: Talk, name: str, language: str, now: int, zone: tzinfo, own: Mapping[str, str]) -> Draft:
    """A template, filled, whether the order is in a state for it or not. Raises Cannot."""
    from jobs.chat.templates import MissingField, PastDate, UnknownTemplate, facts_of, fill

    if talk.order is None:
        raise Cannot(t("chat.no_order"))
    try:
        text = fill(name, language, facts_of(talk.order, language, zone, now), own)
    except PastDate as error:
        raise Past(t("chat.past", name=name, field=error.field)) from None
    except MissingField as error:
        raise Cannot(t("chat.missing", name=name, field=error.field)) from None
    except UnknownTemplate:
        raise Cannot(t("chat.unknown_template", name=name)) from None
    return Draft(text, name, False, language)


def templates(talk: Talk, own: Mapping[str, str]) -> tuple[str, ...]:
    """The names that `t` goes through: those that fit the state of the order."""
    from jobs.chat.templates import fits, names

    return tuple(name for name in names(own) if talk.order is None or fits(name, talk.order.row))


def next_template(
    talk: Talk, after: str, language: str, now: int, zone: tzinfo, own: Mapping[str, str]
) -> tuple[Draft | None, str]:
    """The template after this one that fits the order and that it can fill, and why one before it could not be.

    One whose moment is over fits no more than one for another state: nothing is said of either.
    """
    names, why = templates(talk, own), ""
    begin = names.index(after) + 1 if after in names else 0
    for name in (*names[begin:], *names[:begin]):
        try:
            return template(talk, name, language, now, zone, own), why
        except Past:
            continue
        except Cannot as error:
            why = why or str(error)
    return None, why


def spoken(known: Mapping[str, str], talk: Talk, usual: str) -> str:
    """The language this buyer was last written to in, else the one chosen last for anybody, else the usual one."""
    return known.get(_whom(talk)) or known.get("") or usual or "id"


def speak(known: MutableMapping[str, str], talk: Talk, language: str) -> None:
    """Keep the language for this buyer, and for whom none was chosen."""
    known[""] = known[_whom(talk)] = language


def _whom(talk: Talk) -> str:
    return f"chat {talk.chat.pk}" if talk.chat is not None else f"order {next(iter(talk.orders), 0)}"


def why_not(talk: Talk, draft: Draft | None) -> str:
    """Why an answer cannot be sent there, in words; empty when it can."""
    if draft is None:
        return t("chat.nothing_to_send")
    if not talk.buyer_known:
        return t("held.no_buyer")
    if talk.chat is not None and not talk.chat.can_send:
        return t("chat.closed")
    return unfit(draft.text)


def exact(draft: Draft | None) -> Draft | None:
    """The answer with the very text that would be sent; one that cannot be stays as it is, and `why_not` says so."""
    from jobs.chat.wishes import UnfitText, checked

    if draft is None:
        return None
    try:
        return draft._replace(text=checked(draft.text))
    except UnfitText:
        return draft


def unfit(text: str) -> str:
    """Why a text cannot be sent, in words; empty when it can."""
    from jobs.chat.wishes import UnfitText, checked

    try:
        checked(text)
    except UnfitText as error:
        return t(f"chat.unfit.{error.problem}", longest=LONGEST)
    return ""
