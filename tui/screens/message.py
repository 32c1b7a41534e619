"""One buyer's conversation: what was said, an answer made by one key, and sending it after one question.

Keys: 1-6 an answer sheet, `t` the next template, `i` own words, `e` the other language, `o` another order of the buyer,
`y` copies the answer, `s` asks with the exact text and `y` sends it through the outbox. Enter and Esc never send.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from store.views import OrderRow
from tui.screens import message_draft as drafts
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys, plain
from tui.screens.message_draft import Cannot, Draft, Talk
from tui.screens.message_send import send
from tui.screens.message_view import clock_line, said_lines, text_lines, wish_lines
from tui.screens.prompt import Prompt
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from tui.app import PantauApp


class MessageScreen(Dialog[None]):
    """Follows one buyer by the conversation, or by an order while there is none."""

    FULL = True
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
        self._asking = False
        self._language = ""
        self._template = -1
        self._arrived_wishes: frozenset[int] | None = None
        """Messages of ours that had arrived at the last look: a further one is worth reading the conversation."""

    def on_mount(self) -> None:
        """Show it; the app tells of every change."""
        self._language = pantau_of(self).settings.chat.language or "id"
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
        if talk.chat is not None:
            self._chat_pk = talk.chat.pk
        if talk.order is not None:
            self._order_pk = talk.order.row.pk
        done = frozenset(one.action_id for one in talk.wishes if one.state == "done")
        if self._arrived_wishes is not None and done - self._arrived_wishes:
            pantau_of(self).nudge("chats")
        self._arrived_wishes = done
        self.redraw()
        if grown:
            self.call_after_refresh(self._to_end)

    def _to_end(self) -> None:
        if body := self.query("#body"):
            body.first(VerticalScroll).scroll_end(animate=False)

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
        return Content("\n").join(self._question() if self._asking else self._conversation(self._talk))

    def _question(self) -> Iterator[Content]:
        talk, draft = self._talk, self._draft
        key = "chat.ask" if talk is not None and talk.chat is not None else "chat.ask.open"
        yield from entry("", t(key, buyer=self._buyer), self.room, style="bold $warning")
        yield Content("")
        yield from text_lines(draft.text if draft is not None else "", self.room)

    def _conversation(self, talk: Talk) -> Iterator[Content]:
        app = pantau_of(self)
        if talk.messages:
            yield from said_lines(talk.messages, app.zone, self.room)
        elif talk.chat is not None:
            yield Content.styled(t("chat.nothing_said"), "$text-muted")
        yield from wish_lines(talk.wishes, app.zone, self.room)
        if talk.chat is not None:
            yield from clock_line(talk.chat, app.clock(), app.zone, self.room)
        yield Content("")
        if not talk.buyer_known:
            yield from entry("", t("held.no_buyer"), self.room, style="$warning")
        elif talk.chat is None:
            yield from entry("", t("chat.none"), self.room, style="$text-muted")
        elif not talk.chat.can_send:
            yield from entry("", t("chat.closed"), self.room, style="$warning")
        draft = self._draft
        if draft is None:
            yield from entry("", t("chat.draft.none"), self.room)
            yield from entry("", t("chat.sheets"), self.room, style="$text-muted")
            return
        spoken = t(f"chat.language.{draft.language}")
        yield heading(t("chat.draft", name=draft.title, language=spoken))
        yield from text_lines(draft.text, self.room)

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
        self._draft, self._asking = drafts.exact(draft), False
        self.redraw()
        self.call_after_refresh(self._to_end)

    def action_sheet(self, at: int) -> None:
        """The answer to one of the six questions, in the language that is on."""
        try:
            self._put(self._answered(drafts.SHEETS[at - 1]))
        except Cannot as error:
            pantau_of(self).say(str(error), severity="warning")

    def _answered(self, name: str) -> Draft:
        app, talk = pantau_of(self), self._talk or Talk()
        return drafts.sheet(talk, name, self._language, app.clock(), app.zone)

    def action_template(self) -> None:
        """The next template that this order can fill; the last one's turn is followed by the first's."""
        app = pantau_of(self)
        if self._talk is None:
            return
        names, why = drafts.templates(app.settings.chat.templates), ""
        for step in range(1, len(names) + 1):
            at = (self._template + step) % len(names)
            try:
                draft = self._filled(names[at])
            except Cannot as error:
                why = why or str(error)
                continue
            self._template = at
            self._put(draft)
            break
        if why:
            app.say(why, severity="warning")

    def _filled(self, name: str) -> Draft:
        app, talk = pantau_of(self), self._talk or Talk()
        own = app.settings.chat.templates
        return drafts.template(talk, name, self._language, app.zone, own)

    def action_language(self) -> None:
        """The same answer in the other language; own words stay as they are."""
        app, draft = pantau_of(self), self._draft
        self._language = "en" if self._language == "id" else "id"
        if draft is None or not draft.name:
            app.say(t(f"chat.language.{self._language}"))
            return
        try:
            self._put(self._answered(draft.name) if draft.sheet else self._filled(draft.name))
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
        """Own words, or the answer at hand where it is one line."""
        draft, question = self._draft, t("chat.write", buyer=self._buyer)
        begun = draft.text if draft is not None and "\n" not in draft.text else ""
        self.app.push_screen(Prompt(question, begun, longest=2_000, wrong=drafts.unfit), self._written)

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
            self._asking = False
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
        self._asking = True
        self.redraw()
        self.action_scroll(-100_000)

    def _send(self, text: str) -> None:
        """Write it down; what was refused stays as the answer at hand."""

        def ended(sent: bool) -> None:
            if self.is_attached:
                self._put(None if sent else self._draft)
                self.store_changed()

        self.redraw()
        app = pantau_of(self)
        # The app's own worker: who leaves this screen at once is told all the same.
        work = send(app, self._chat_pk, self._order_pk, text, ended)
        app.run_worker(work, group="messages", exit_on_error=False)

    def action_back(self) -> None:
        """Back to the answer while it asks; else leave."""
        if self._asking:
            self._asking = False
            self.redraw()
        else:
            self.dismiss(None)


def open_message(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """The conversation with the buyer of the order under the cursor."""
    if rows:
        app.push_screen(MessageScreen(order=rows[0].pk))
