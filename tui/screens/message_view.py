"""The lines of a conversation: what was said, what of ours is under way, and the clock of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Final

from textual.content import Content

from store.chat_facts import AUTOMATIC, BUYER, LONGEST, ChatRow, MessageRow, WishRow
from store.reading.chats import SHOWN
from tui.clock import full, span
from tui.reasons import advised, caused
from tui.screens.lines import entry, heading, moment, plain
from tui.screens.message_draft import Draft, Talk
from tui.strings import known, t, word
from tui.text import clean, fit

ROOM: Final = 30
"""Lines of one message that are shown."""
ANSWER: Final = 120
"""Lines that a paragraph of an answer may take: all of the longest message on the narrowest screen."""
_STATE: Final = {"refused": "$error", "needs_person": "$error", "unknown": "$warning", "done": "$success"}
_CARDS: Final = frozenset({"ORDER_CARD", "LOGISTICS_CARD", "RETURN_REFUND_CARD"})
_PLAIN: Final = frozenset({"TEXT", "NOTIFICATION", "ALLOCATED_SERVICE"})


def conversation_lines(
    talk: Talk, draft: Draft | None, now: int, zone: tzinfo, width: int
) -> Iterator[Content]:
    """The whole of a conversation: what was said, what is under way, then the answer at hand."""
    if talk.messages:
        yield from said_lines(talk.messages, zone, width)
    elif talk.chat is not None:
        yield Content.styled(t("chat.nothing_said"), "$text-muted")
    yield from wish_lines(talk.wishes, zone, width)
    if talk.chat is not None:
        yield from clock_line(talk.chat, now, zone, width)
    yield Content("")
    if not talk.buyer_known:
        yield from entry("", t("held.no_buyer"), width, style="$warning")
    elif talk.chat is None:
        yield from entry("", t("chat.none"), width, style="$text-muted")
    elif not talk.chat.can_send:
        yield from entry("", t("chat.closed"), width, style="$warning")
    if draft is None:
        yield from entry("", t("chat.draft.none"), width)
        yield from entry("", t("chat.sheets"), width, style="$text-muted")
        return
    spoken = t(f"chat.language.{draft.language}")
    yield heading(t("chat.draft", name=draft.title, language=spoken))
    yield from text_lines(draft.text, width)
    if draft.sheet and draft.name == "insured" and talk.insurance is None:
        yield from entry("", t("chat.check.insured"), width, style="$warning")


def clock_line(chat: ChatRow, now: int, zone: tzinfo, width: int) -> Iterator[Content]:
    """Until when somebody has to answer; nothing where nobody has to."""
    if chat.answer_by is None:
        return
    at = full(chat.answer_by, zone)
    if chat.answer_by <= now:
        words, style = t("chat.answer_late", late=span(now - chat.answer_by), at=at), "bold $error"
    else:
        words, style = t("chat.answer_by", left=span(chat.answer_by - now), at=at), "bold $warning"
    yield from entry("", words, width, style=style)


def said_lines(messages: Sequence[MessageRow], zone: tzinfo, width: int) -> Iterator[Content]:
    """What was said, the oldest first."""
    if len(messages) >= SHOWN:
        yield Content.styled(t("chat.older"), "$text-muted")
    for one in messages:
        lead = f"{moment(one.at, zone)}  {fit(word('chat.role', one.role), 9)} "
        style = "$text-muted" if one.role in AUTOMATIC else "" if one.role == BUYER else "$accent"
        yield from _folded(lead, words_of(one), width, style)


def wish_lines(wishes: Sequence[WishRow], zone: tzinfo, width: int) -> Iterator[Content]:
    """Our messages that the platform does not tell yet, or never will."""
    for one in wishes:
        state = t(f"chat.state.{one.state}") if known(f"chat.state.{one.state}") else plain(one.state, 20)
        if one.state not in ("done", "queued", "sending"):
            why = ", ".join(filter(None, (caused(one.reason, one.code), advised(one.code))))
            state = f"{state}: {why}" if why else state
        lead = f"{moment(one.at, zone)}  {fit(t('chat.role.SHOP'), 9)} "
        yield from _folded(lead, clean(one.text, limit=LONGEST, lines=True), width, "$accent")
        yield from entry("    → ", state, width, style=_STATE.get(one.state, "$text-muted"))


def text_lines(text: str, width: int) -> Iterator[Content]:
    """A text on its way to the buyer, whole."""
    for part in clean(text, limit=8_000, lines=True).split("\n"):
        yield from entry("  │ ", part, width, most=ANSWER)


def words_of(one: MessageRow) -> str:
    """What a message says; a sign for one that says nothing in words."""
    text = clean(one.text, limit=LONGEST, lines=True).strip()
    if one.kind in _PLAIN and text:
        return text
    if one.kind in _CARDS:
        return t(f"chat.kind.{one.kind}", id=clean(one.order_id or text, limit=64))
    if one.kind == "TEXT":
        return t("chat.kind.unreadable")
    sign = t(f"chat.kind.{one.kind}") if known(f"chat.kind.{one.kind}") else None
    if sign is None:
        sign = t("chat.kind.unknown", kind=clean(one.kind, limit=40))
    return f"{sign} {text}".strip()


def _folded(lead: str, text: str, width: int, style: str) -> Iterator[Content]:
    room, first = ROOM, True
    for part in text.split("\n")[:ROOM] or [""]:
        if room <= 0:
            return
        for made in entry(lead if first else " " * len(lead), part, width, style=style, most=room):
            yield made
            room -= 1
        first = False
