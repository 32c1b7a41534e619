"""One order in full: left the order and what we did with it, right the journey of its parcel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from store.views import ActionRow, ChangeRow, ItemRow, OrderDetail, OrderRow, PackageRow, RequestRow
from tui import present
from tui.changes import what
from tui.reasons import cause
from tui.screens.dialog import SCROLLING, pantau_of
from tui.screens.lines import MOST, entry, heading, keys, moment, plain
from tui.screens.origin_lines import Origin, clocks, file_lines, origin
from tui.screens.request_lines import section
from tui.strings import money, number, t, word
from tui.text import clean, fit

if TYPE_CHECKING:
    from store.reader import Reader
    from tui.app import PantauApp

NARROW: Final = 100
"""Cells from which the journey stands beside the order."""
_LONG: Final = 30
"""Lines of a note: it is here that it is read in full."""
_MARGIN: Final = 16


class DetailScreen(Screen[None]):
    """Shows an order by id and follows its changes; the same order whatever the list does meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "back", show=False),
        Binding("t", "track", show=False),
        Binding("o", "timeline", show=False),
        Binding("r", "answer", show=False),
        Binding("y", "copy", show=False),
        *SCROLLING,
    ]
    AUTO_FOCUS = None
    SCOPED_CSS = False
    CSS = "DetailScreen ToastRack { margin-bottom: 2; }"
    DEFAULT_CSS = """
    DetailScreen #title { height: auto; padding: 0 1; background: $surface; }
    DetailScreen #columns { height: 1fr; scrollbar-size-vertical: 1; }
    DetailScreen #columns > VerticalScroll { width: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    DetailScreen #journey { border-left: solid $foreground 18%; }
    DetailScreen.-narrow #columns { layout: vertical; overflow-y: auto; }
    DetailScreen.-narrow #columns > VerticalScroll { width: 100%; height: auto; border-left: none; }
    DetailScreen #keys { height: auto; padding: 0 1; background: $surface; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]

    def __init__(self, pk: int) -> None:
        super().__init__()
        self.pk = pk
        self._shown: OrderDetail | None = None
        self._requests: Sequence[RequestRow] = ()
        self._origin: Origin | None = None

    def compose(self) -> ComposeResult:
        """Title, two columns, keys."""
        yield Static(id="title", markup=False)
        with Horizontal(id="columns"):
            with VerticalScroll(id="order", can_focus=False):
                yield Static(id="left", markup=False)
            with VerticalScroll(id="journey", can_focus=False):
                yield Static(id="right", markup=False)
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Show it; the app tells of every change."""
        self.store_changed()

    def on_resize(self, event: events.Resize) -> None:
        """Lines are folded to the room there is."""
        self._draw()

    def store_changed(self) -> None:
        """Look at the store anew."""
        pk = self.pk

        def read(reader: Reader) -> tuple[OrderDetail | None, Sequence[RequestRow], Origin | None]:
            detail = reader.detail(pk)
            return detail, reader.requests(pk, open_only=False), origin(reader, detail)

        pantau_of(self).data.ask(read, lambda found: self._arrived(*found))

    def _arrived(
        self, detail: OrderDetail | None, requests: Sequence[RequestRow] = (), known: Origin | None = None
    ) -> None:
        self._requests, self._origin = requests, known
        unseen = detail is not None and detail.row.note and detail.row.note_seen_at is None
        first = self._shown is None
        self._shown = detail
        self._draw()
        if unseen and first and not pantau_of(self).read_only:
            pantau_of(self).run_worker(self._note_seen(), group="note", exit_on_error=False)

    def _draw(self) -> None:
        """The whole order in the room there is; nothing before the parts are there and after they are gone."""
        if len(self.query("#left, #right")) < 2:
            return
        detail, width = self._shown, self.app.size.width
        title, left, right, below = (
            self.query_one(name, Static) for name in ("#title", "#left", "#right", "#keys")
        )
        offered = [*(["answer"] if self._answerable else []), "track", "timeline", "copy", "back"]
        below.update(keys([t(f"detail.key.{key}") for key in offered], width - 2))
        if detail is None:
            title.update(Content(t("detail.gone")))
            left.update("")
            right.update("")
            return
        zone, now = pantau_of(self).zone, pantau_of(self).clock()
        room = (width if width < NARROW else width // 2) - 4
        title.update(title_line(detail, clocks(detail, pantau_of(self).settings.deadlines, zone)))
        known = file_lines(self._origin, zone, room)
        requests = section(self._requests, now, zone, room)
        left.update(Content("\n").join([*requests, *order_lines(detail, zone, room), *known]))
        right.update(Content("\n").join(journey_lines(detail, zone, room)))

    async def _note_seen(self) -> None:
        """A person has the note before their eyes: shipping is not held back for it any more."""
        app = pantau_of(self)
        if (store := app.store) is None:
            return
        from store.orders import mark_note_seen

        now = app.clock()
        await store.awrite(lambda conn: mark_note_seen(conn, self.pk, now))

    def action_back(self) -> None:
        """To the list, where the cursor still is."""
        self.dismiss(None)

    def action_track(self) -> None:
        """Ask the courier now; the answer comes through the store."""
        app = pantau_of(self)
        if self._shown is None or not any(parcel.tracking_number for parcel in self._shown.parcels):
            app.say(t("why.no_number"), severity="warning")
        elif app.store is None:
            app.say(t("app.busy_starting"), severity="warning")
        else:
            app.track_now(self.pk)
            app.say(t("detail.asked"))

    @property
    def _answerable(self) -> bool:
        return any(one.next_action for one in self._requests) and not pantau_of(self).read_only

    def action_answer(self) -> None:
        """Answer what the buyer of this order asks for."""
        app = pantau_of(self)
        if self._answerable and self._shown is not None:
            from tui.screens.answer import open_answer

            open_answer(app, [self._shown.row])
        else:
            app.say(t("why.read_only" if app.read_only else "why.no_request"), severity="warning")

    def action_timeline(self) -> None:
        """The journey by itself: what comes next, the courier's page, the text for the buyer."""
        from tui.screens.timeline import show_timeline

        show_timeline(pantau_of(self), self.pk)

    def action_copy(self) -> None:
        """The order id to the clipboard, and shown, for a copy by mouse."""
        if self._shown is not None:
            shown = clean(self._shown.row.order_id)
            pantau_of(self).copy_to_clipboard(shown)
            pantau_of(self).say(t("status.copied", text=shown))

    def action_scroll(self, lines: int) -> None:
        """Move the columns: each by itself beside the other, both as one below each other."""
        for part in self.query("#columns, #columns > VerticalScroll"):
            part.scroll_relative(y=lines, animate=False)


def title_line(detail: OrderDetail, until: str) -> Content:
    """Which order, in which state, and until when."""
    row = detail.row
    return Content.assemble(
        (t("detail.title", id=plain(row.order_id, 64)), "bold"),
        f" · {plain(present.status(row))}",
        (f"\n{until}" if until else "", "bold $warning"),
    )


def order_lines(detail: OrderDetail, zone: tzinfo, room: int) -> Iterator[Content]:
    """The left column: items, amounts, buyer, notes, parcels, actions, history."""
    row = detail.row
    yield heading(t("detail.items"))
    for item in detail.items:
        yield from _item(item, row.currency, room)
    yield from _part("detail.amounts", [_amounts(detail)], room)
    reach = [clean(row.buyer, limit=120), clean(detail.phone, limit=60)]
    address = clean(detail.address) or t("pane.address.none")
    yield from _part("detail.buyer", ["  ".join(filter(None, reach)) or "-", address], room)
    if row.note:
        yield from _part("detail.note", [clean(row.note)], room, "$warning", most=_LONG)
    if detail.seller_note:
        yield from _part("detail.seller_note", [clean(detail.seller_note)], room, most=_LONG)
    parcels = [_parcel(parcel) for parcel in detail.parcels]
    yield from _part("detail.packages", parcels or [t("pane.package.none")], room)
    if detail.actions:
        yield from _part("detail.actions", [_action(action, zone) for action in detail.actions], room)
    if detail.history:
        yield from _part("detail.history", [_change(change, zone) for change in detail.history], room)


def journey_lines(detail: OrderDetail, zone: tzinfo, room: int) -> Iterator[Content]:
    """The right column: where the parcel has been, newest first."""
    yield heading(t("detail.journey"))
    if not detail.events:
        yield Content.styled(f"  {t('detail.journey.none')}", "$text-muted")
    for event in detail.events:
        place = f" · {clean(event.location, limit=80)}" if event.location else ""
        yield Content.assemble(
            (f"  {fit(moment(event.at, zone), 13)} ", "$text-muted"),
            (plain(word("track", event.status)), "bold $success" if event.status == "delivered" else "bold"),
            (f"  {plain(event.source, 20)}", "$text-muted"),
        )
        yield from entry(" " * _MARGIN, f"{clean(event.text)}{place}", room)


def _part(key: str, texts: Iterable[str], room: int, style: str = "", most: int = MOST) -> Iterator[Content]:
    yield heading(f"\n{t(key)}")
    for text in texts:
        yield from entry("  ", text, room, style=style, most=most)


def _item(item: ItemRow, currency: str, room: int) -> Iterator[Content]:
    names = (clean(name, limit=200) for name in (item.name, item.variation, item.seller_sku))
    yield from entry(f"  {number(item.quantity)} × ", " · ".join(filter(None, names)), room)
    facts = [t("pane.gift") if item.is_gift else money(item.unit_price, currency)]
    if item.on_hand is not None and item.free is not None:
        key = "pane.stock.short" if item.free < 0 else "pane.stock"
        facts.append(t(key, on_hand=item.on_hand, free=item.free))
    elif item.on_hand is not None:
        facts.append(t("pane.stock.plain", on_hand=item.on_hand))
    yield from entry("      ", " · ".join(facts), room, style="$text-muted")


def _amounts(detail: OrderDetail) -> str:
    currency = detail.row.currency
    parts = [
        t(key, amount=money(amount, currency))
        for key, amount in (("detail.subtotal", detail.subtotal), ("detail.shipping", detail.shipping_fee))
        if amount is not None
    ]
    if detail.subtotal is not None and detail.shipping_fee is not None:
        # Fees and vouchers: without them the amounts would not add up.
        other = detail.row.total - detail.subtotal - detail.shipping_fee
        if other:
            key = "detail.other" if other > 0 else "detail.discount"
            parts.append(t(key, amount=money(abs(other), currency)))
    method = clean(detail.payment_method, limit=60)
    parts.append(
        t("pane.total", amount=money(detail.row.total, currency)) + (f" ({method})" if method else "")
    )
    return " · ".join(parts)


def _parcel(parcel: PackageRow) -> str:
    where = word("track", parcel.tracking_status) if parcel.tracking_status else ""
    names = (parcel.package_id, parcel.courier_name, parcel.tracking_number or t("pane.no_resi"), where)
    return " · ".join(filter(None, (clean(name, limit=80) for name in names)))


def _action(action: ActionRow, zone: tzinfo) -> str:
    told = f"{moment(action.requested_at, zone)}  {word('kind', action.kind)}: {word('state', action.state)}"
    why = cause(action) if action.state != "done" else ""
    return f"{told} ({why})" if why else told


def _change(change: ChangeRow, zone: tzinfo) -> str:
    return f"{moment(change.at, zone)}  {what(change)} ({word('actor', change.actor.partition(':')[0])})"


def show_detail(app: PantauApp, pk: int) -> None:
    """Open an order by its row."""
    app.push_screen(DetailScreen(pk))


def open_detail(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the order under the cursor."""
    if rows:
        show_detail(app, rows[0].pk)
