"""The list of conversations: what waits for an answer first, by its clock; Enter opens one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from store.chat_facts import BUYER, ChatRow
from store.views import OrderRow
from tui.clock import age, countdown
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import heading, keys, plain
from tui.screens.message import MessageScreen
from tui.strings import t, word
from tui.text import fit

if TYPE_CHECKING:
    from tui.app import PantauApp

SHOWN: Final = 500
"""Conversations that are listed."""
_TICK: Final = 15.0
"""Seconds between two looks at the clocks."""


class ChatsScreen(Dialog[None]):
    """The cursor holds a conversation's id: rows that move do not move it."""

    FULL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", show=False),
        Binding("enter", "open", show=False),
        Binding("f", "filter", show=False),
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("pagedown,space,ctrl+f", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("g,home", "move(-100000)", show=False),
        Binding("G,end", "move(100000)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[ChatRow] = ()
        self._shops = 0
        self._loaded = False
        self._unanswered = False
        self._at: int | None = None

    def on_mount(self) -> None:
        """Look at once; clocks run without anybody writing."""
        self.set_interval(_TICK, self.redraw)
        self.store_changed()

    def store_changed(self) -> None:
        """Look at the store anew."""
        unanswered = self._unanswered
        app = pantau_of(self)
        app.data.ask(
            lambda reader: reader.chats(unanswered=unanswered, limit=SHOWN + 1), self._arrived, slow=True
        )

    def _arrived(self, rows: Sequence[ChatRow]) -> None:
        self._rows, self._loaded = rows, True
        self._shops = len({row.shop_id for row in rows})
        if self._place is None:
            self._at = rows[0].pk if rows else None
        self.redraw()

    @property
    def _listed(self) -> Sequence[ChatRow]:
        return self._rows[:SHOWN]

    @property
    def _place(self) -> int | None:
        return next((place for place, row in enumerate(self._listed) if row.pk == self._at), None)

    def title_text(self) -> Content:
        """How many wait, and of how many the time is over."""
        now = pantau_of(self).clock()
        waiting = [row.answer_by for row in self._rows if row.answer_by is not None]
        late = sum(at <= now for at in waiting)
        if not waiting:
            return heading(t("chats.title.none"))
        return heading(t("chats.title.late" if late else "chats.title", n=len(waiting), late=late))

    def body_text(self) -> Content:
        """A line for each."""
        if not self._rows:
            key = "chats.empty.unanswered" if self._unanswered else "chats.empty"
            return Content(t(key) if self._loaded else "")
        lines = [self._line(row) for row in self._listed]
        if len(self._rows) > SHOWN:
            lines.append(Content.styled(t("chats.more", n=len(self._rows) - SHOWN), "$text-muted"))
        return Content("\n").join(lines)

    def _line(self, row: ChatRow) -> Content:
        app = pantau_of(self)
        now = app.clock()
        if row.answer_by is not None:
            left = countdown(row.answer_by, now, app.zone)
            clock, style = left.text, "$error" if row.answer_by <= now else "$warning"
        else:
            clock, style = t("chats.answered"), "$text-muted"
        sign = "▌" if row.pk == self._at else " "
        lead = f"{sign}{fit(clock, 14)} {fit(plain(row.buyer, 40) or t('chat.buyer'), 16)} "
        rest = " · ".join(self._about(row, now))
        text = fit(rest, max(self.room - 33, 8)).rstrip()
        body = "bold" if row.unread else "$text-muted" if row.answer_by is None else ""
        line = Content.assemble((lead, style), (text, body))
        return line.stylize("reverse") if row.pk == self._at else line

    def _about(self, row: ChatRow, now: int) -> Iterator[str]:
        if row.unread:
            yield t("chats.unread", n=row.unread)
        if self._shops > 1:
            yield plain(row.shop, 16)
        if row.platform == "TOKOPEDIA":
            yield "Tokopedia"
        if row.last_at is not None:
            yield age(row.last_at, now)
        told = plain(row.last_text, 200)
        yield told if row.last_role in (None, BUYER) else f"{word('chat.role', row.last_role)}: {told}"

    def keys_text(self) -> Content:
        """What can be pressed."""
        names = ["open"] if self._rows else []
        names.append("all" if self._unanswered else "unanswered")
        return keys([t(f"chats.key.{name}") for name in (*names, "back")], self.room)

    def action_move(self, step: int) -> None:
        """The cursor, and the text with it."""
        rows, place = self._listed, self._place
        if not rows:
            return
        at = max(0, min((place or 0) + step, len(rows) - 1))
        self._at = rows[at].pk
        self.redraw()
        body = self.query_one("#body", VerticalScroll)
        height = max(body.size.height, 1)
        if at < body.scroll_offset.y:
            body.scroll_to(y=at, animate=False)
        elif at >= body.scroll_offset.y + height:
            body.scroll_to(y=at - height + 1, animate=False)

    def action_filter(self) -> None:
        """Only what waits for an answer, or everything."""
        self._unanswered = not self._unanswered
        self.store_changed()

    def action_open(self) -> None:
        """The conversation under the cursor."""
        if self._at is not None and self._rows:
            self.app.push_screen(MessageScreen(chat=self._at))


def open_chats(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """The list of conversations, whatever the cursor is on."""
    app.push_screen(ChatsScreen())
