"""One buyer's conversation: what was said, an answer made by one key, and sending it after one question.

Keys: 1-6 an answer sheet, `t` the next template, `i` own words, `e` the other language, `o` another order of the buyer,
`y` copies the answer, `s` asks with the exact text and `y` sends it through the outbox. Enter and Esc never send.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from store.chat_facts import LONGEST
from store.views import OrderRow
from tui.screens import message_draft as drafts
from tui.screens.dialog import OVER, Dialog, pantau_of
from tui.screens.lines import entry, heading, keys, plain
from tui.screens.message_box import Lines
from tui.screens.message_draft import Cannot, Draft, Talk
from tui.screens.message_send import saw, send
from tui.screens.message_view import conversation_lines, text_lines
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from tui.app import PantauApp


class MessageScreen(Dialog[None]):
    """Follows one buyer by the conversation, or by an order while there is none."""

    FULL = True
    CSS = f"{OVER} MessageScreen.-asks Toast {{ display: none; }}"
    """Nothing covers the text that is about to be sent."""
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(at), f"sheet({at})", show=False) for at in range(1, 7)),
        Binding("t", "template", show=False),
        Binding("i", "write", show=False),
        Binding("e", "language", show=False),
        Binding("o", "order", show=False),
        Binding("y", "yes", show=False),
        Binding("s", "send", show=False),
    ]

    def __init__(self, *, chat: int | None = None, order: int | None = None) -> None:
        """A conversation, or an order's buyer, by row id."""
        super().__init__()
        self._chat_pk, self._order_pk = chat, order
        self._talk: Talk | None = None
        self._draft: Draft | None = None
        self._language = ""
        self._template = ""
        """The one that `t` showed last."""
        self._arrived_wishes: frozenset[int] | None = None
        """Messages of ours that had arrived at the last look: a further one is worth reading the conversation."""
        self._seen_to: int | None = None
        """The message up to which what is unread was noted as seen."""

    def on_mount(self) -> None:
        """Show it; the app tells of every change."""
        self.store_changed()

    def store_changed(self) -> None:
        """Look at the store anew."""
        chat, order = self._chat_pk, self._order_pk
        look = partial(drafts.look, chat_pk=chat, order_pk=order)
        pantau_of(self).data.ask(look, partial(self._arrived, order))

    def _arrived(self, asked: int | None, talk: Talk) -> None:
        if asked != self._order_pk:
            self.store_changed()  # meanwhile another order is spoken of
            return
        grown = self._talk is None or len(talk.messages) != len(self._talk.messages)
        self._talk = talk
        app = pantau_of(self)
        self._language = self._language or drafts.spoken(app.spoken, talk, app.settings.chat.language)
        if talk.chat is not None:
            self._chat_pk = talk.chat.pk
        if talk.order is not None:
            self._order_pk = talk.order.row.pk
        done = frozenset(one.action_id for one in talk.wishes if one.state == "done")
        if self._arrived_wishes is not None and done - self._arrived_wishes:
            app.nudge("chats")
        self._arrived_wishes = done
        self._see(talk)
        self.redraw()
        if grown:
            self.call_after_refresh(self._to_end)

    def _see(self, talk: Talk) -> None:
        """What is unread there is read now: noted once for each newest message, and told to the platform by a job."""
        app, chat = pantau_of(self), talk.chat
        newest = talk.messages[-1].pk if talk.messages else None
        if app.read_only or app.store is None or chat is None or not chat.unread or self._seen_to == newest:
            return
        self._seen_to = newest
        app.run_worker(saw(app, app.store, chat.pk), group="messages", exit_on_error=False)

    def _to_end(self) -> None:
        if body := self.query("#body"):
            body.first(VerticalScroll).scroll_end(animate=False)

    @property
    def _asking(self) -> bool:
        """Whether a yes would send; the class keeps toasts and news away until it is answered."""
        return self.has_class("-asks")

    def _ask(self, asking: bool) -> None:
        self.set_class(asking, "-asks")
        if asking:
            pantau_of(self).clear_notifications()
        self.redraw()

    async def on_key(self, event: events.Key) -> None:
        """A key that means nothing ends the question; from then on `y` copies, so the dialog's word would mislead."""
        if self._asking and event.is_printable and event.key not in self.active_bindings:
            event.prevent_default()
            self._ask(False)
            pantau_of(self).say(t("chat.not_sent"), severity="warning")

    # ---- what is shown ----------------------------------------------------------------------------------

    @property
    def _buyer(self) -> str:
        talk = self._talk or Talk()
        named = talk.chat.buyer if talk.chat is not None else talk.order.row.buyer if talk.order else None
        return plain(named, 40) or t("chat.buyer")

    @property
    def _can_send(self) -> bool:
        talk = self._talk
        open_there = talk is not None and (talk.chat is None or talk.chat.can_send)
        return talk is not None and talk.buyer_known and open_there and not pantau_of(self).read_only

    def title_text(self) -> Content:
        """Who it is, and which order the answers speak of."""
        talk = self._talk
        if talk is None:
            return Content("")
        if talk.order is None:
            return heading(t("chat.title.no_order", buyer=self._buyer))
        told = {"buyer": self._buyer, "order": plain(talk.order.row.order_id, 64)}
        pks = list(talk.orders)
        if len(pks) < 2 or talk.order.row.pk not in pks:
            return heading(t("chat.title", **told))
        return heading(t("chat.title.of", at=pks.index(talk.order.row.pk) + 1, of=len(pks), **told))

    def body_text(self) -> Content:
        """What was said, what is under way, then the answer; while it asks, nothing but the exact text."""
        if self._talk is None:
            return Content("")
        app = pantau_of(self)
        told = conversation_lines(self._talk, self._draft, app.clock(), app.zone, self.room)
        return Content("\n").join(self._question() if self._asking else told)

    def _question(self) -> Iterator[Content]:
        talk, draft = self._talk, self._draft
        key = "chat.ask" if talk is not None and talk.chat is not None else "chat.ask.open"
        yield from entry("", t(key, buyer=self._buyer), self.room, style="bold $warning")
        yield Content("")
        yield from text_lines(draft.text if draft is not None else "", self.room)

    def keys_text(self) -> Content:
        """What can be pressed."""
        if self._asking:
            return keys([t("chat.key.yes"), t("chat.key.no")], self.room)
        names = ["write", "language"]
        if self._talk is not None and self._talk.order is not None:
            names = ["sheets", "template", *names]
            if len(self._talk.orders) > 1:
                names.append("order")
        if self._draft is not None:
            names.append("copy")
            names += ["send"] if self._can_send else []
        return keys([t(f"chat.key.{name}") for name in (*names, "back")], self.room)

    # ---- making an answer -------------------------------------------------------------------------------

    def _put(self, draft: Draft | None) -> None:
        self._draft = drafts.exact(draft)
        self._ask(False)
        self.call_after_refresh(self._to_end)

    def action_sheet(self, at: int) -> None:
        """The answer to one of the six questions, in the language that is on."""
        self._ask(False)
        try:
            self._put(self._made(drafts.SHEETS[at - 1], sheet=True))
        except Cannot as error:
            pantau_of(self).say(str(error), severity="warning")

    def _made(self, name: str, sheet: bool) -> Draft:
        app, talk, language = pantau_of(self), self._talk or Talk(), self._language
        if sheet:
            return drafts.sheet(talk, name, language, app.clock(), app.zone)
        return drafts.template(talk, name, language, app.clock(), app.zone, app.settings.chat.templates)

    def action_template(self) -> None:
        """The next template that fits this order; the last one's turn is followed by the first's."""
        app = pantau_of(self)
        if self._talk is None:
            return
        self._ask(False)
        own, now = app.settings.chat.templates, app.clock()
        draft, why = drafts.next_template(self._talk, self._template, self._language, now, app.zone, own)
        if draft is not None:
            self._template = draft.name
            self._put(draft)
        if why:
            app.say(why, severity="warning")

    def action_language(self) -> None:
        """The same answer in the other language; own words stay as they are."""
        app, draft = pantau_of(self), self._draft
        if self._talk is None:
            return
        self._ask(False)
        self._language = "en" if self._language == "id" else "id"
        drafts.speak(app.spoken, self._talk, self._language)
        if draft is None or not draft.name:
            app.say(t(f"chat.language.{self._language}"))
            return
        try:
            self._put(self._made(draft.name, draft.sheet))
        except Cannot as error:
            self._put(None)
            app.say(str(error), severity="warning")

    def action_order(self) -> None:
        """Speak of the buyer's next order; an answer about the one before is gone."""
        pks = list((self._talk or Talk()).orders)
        if len(pks) < 2:
            return
        at = pks.index(self._order_pk) if self._order_pk in pks else -1
        self._order_pk = pks[(at + 1) % len(pks)]
        self._put(None)
        self.store_changed()

    def action_write(self) -> None:
        """Own words, or the answer at hand to change."""
        draft, question = self._draft, t("chat.write", buyer=self._buyer)
        begun = draft.text if draft is not None else ""
        self.app.push_screen(Lines(question, begun, longest=LONGEST, wrong=drafts.unfit), self._written)

    def _written(self, text: str | None) -> None:
        if text is not None:
            self._put(Draft(text, ""))

    # ---- copying and sending ----------------------------------------------------------------------------

    def action_yes(self) -> None:
        """The answer to the clipboard; while it asks: send it."""
        app, draft = pantau_of(self), self._draft
        if draft is None:
            app.say(t("chat.nothing_to_send"), severity="warning")
        elif self._asking:
            self._ask(False)
            self._send(draft.text)
        else:
            app.copy_to_clipboard(clean(draft.text, limit=8_000, lines=True))
            app.say(t("chat.copied"))

    def action_send(self) -> None:
        """Ask, once, with the exact text; a text that cannot be sent says why."""
        app, draft, talk = pantau_of(self), self._draft, self._talk or Talk()
        if why := t("why.read_only") if app.read_only else drafts.why_not(talk, draft):
            app.say(why, severity="warning")
            return
        self._ask(True)
        self.action_scroll(-100_000)

    def _send(self, text: str) -> None:
        """Write it down; what was refused stays as the answer at hand."""

        def ended(sent: bool) -> None:
            if self.is_attached:
                self._put(None if sent else self._draft)
                self.store_changed()

        app = pantau_of(self)
        # The app's own worker: who leaves this screen at once is told all the same.
        work = send(app, self._chat_pk, self._order_pk, text, ended)
        app.run_worker(work, group="messages", exit_on_error=False)

    def action_back(self) -> None:
        """Back to the answer while it asks; else leave."""
        if self._asking:
            self._ask(False)
        else:
            self.dismiss(None)


def open_message(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """The conversation with the buyer of the order under the cursor."""
    if rows:
        app.push_screen(MessageScreen(order=rows[0].pk))
