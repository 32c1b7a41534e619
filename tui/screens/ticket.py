"""The ticket about a stuck parcel: its text in either language, what to do next, and the mark of a dispute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from jobs.parcels.tickets import ticket, trouble
from store.status import OrderStatus
from store.views import OrderDetail, OrderRow
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys
from tui.strings import language, t, word
from tui.text import clean

if TYPE_CHECKING:
    from tui.app import PantauApp

_ARRIVED = frozenset({OrderStatus.DELIVERED, OrderStatus.COMPLETED})


class TicketScreen(Dialog[None]):
    """Follows the order until it is closed; the text goes to the clipboard, nothing is sent anywhere."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", show=False),
        Binding("e", "language", show=False),
        Binding("d", "dispute", show=False),
    ]

    def __init__(self, order: OrderDetail) -> None:
        super().__init__()
        self._order = order
        self._language = language()

    def store_changed(self) -> None:
        """Look at the order anew."""
        pk = self._order.row.pk
        pantau_of(self).data.ask(lambda reader: reader.detail(pk, {}), self._arrived)

    def _arrived(self, order: OrderDetail | None) -> None:
        if order is not None:
            self._order = order
            self.redraw()

    @property
    def _kind(self) -> str | None:
        return trouble(self._order, pantau_of(self).clock())

    @property
    def _text(self) -> str:
        app = pantau_of(self)
        text = ticket(self._order, app.clock(), self._language, app.zone)
        # The courier's words are in it: they pass the border on their way to screen and clipboard.
        return clean(text, lines=True)

    @property
    def _disputable(self) -> bool:
        row = self._order.row
        return row.status in _ARRIVED or row.tracking_status == "delivered"

    @property
    def _disputed(self) -> bool:
        return "disputed" in (self._order.row.attention or "").split(",")

    def title_text(self) -> Content:
        """What is wrong."""
        kind = self._kind
        if kind is None:
            return heading(t("ticket.mark.title"))
        known = word("track" if kind in ("exception", "cancelled") else "reason", kind)
        return heading(t("ticket.title", what=known))

    def body_text(self) -> Content:
        """What to do next, then the text as it will be copied."""
        kind = self._kind
        if kind is None:
            return Content(t("ticket.none" if self._disputable else "why.no_trouble"))
        lines = list(entry(f"{t('ticket.next')}: ", t(f"next.{kind}"), self.room, style="bold"))
        lines.append(Content(""))
        for line in self._text.split("\n"):
            lines += entry("", line, self.room) if line else [Content("")]
        return Content("\n").join(lines)

    def keys_text(self) -> Content:
        """What can be pressed."""
        phrases = [t("ticket.key.copy"), t("ticket.key.language")] if self._kind else []
        if self._disputable and not pantau_of(self).read_only:
            phrases.append(t("ticket.key.settle" if self._disputed else "ticket.key.dispute"))
        return keys([*phrases, t("ticket.key.back")], self.room)

    def action_copy(self) -> None:
        """The text to the clipboard."""
        if self._kind is not None:
            pantau_of(self).copy_to_clipboard(self._text)
            pantau_of(self).say(t("ticket.copied"))

    def action_language(self) -> None:
        """The same ticket in the other language."""
        self._language = "en" if self._language == "id" else "id"
        self.redraw()

    def action_dispute(self) -> None:
        """Note that the buyer says it never came, or take that back; ours alone."""
        app = pantau_of(self)
        if not self._disputable:
            return
        if app.read_only:
            app.say(t("why.read_only"), severity="warning")
            return
        from store.parcels import dispute

        pk, now, wanted = self._order.row.pk, app.clock(), not self._disputed
        app.main.write(
            lambda conn: dispute(conn, pk, now, "seller", disputed=wanted), lambda _: self.store_changed()
        )


def open_ticket(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the ticket of the order under the cursor."""
    if not rows:
        return

    def arrived(order: OrderDetail | None) -> None:
        if order is not None:
            app.push_screen(TicketScreen(order))

    pk = rows[0].pk
    app.data.ask(lambda reader: reader.detail(pk, {}), arrived)
