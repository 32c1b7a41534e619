"""One order in full: left the order, right the journey of its parcel, below what we did with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from store.times import to_datetime
from store.views import EventRow, OrderDetail, OrderRow
from tui.screens.notices import what
from tui.strings import money, number, t, word
from tui.text import clean

if TYPE_CHECKING:
    from tui.app import PantauApp

_EVERY = 1.0


class DetailScreen(Screen[None]):
    """Shows an order by id and follows its changes; the same order whatever the list does meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "back", show=False),
        Binding("t", "track", show=False),
        Binding("y", "copy", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]
    AUTO_FOCUS = None
    DEFAULT_CSS = """
    DetailScreen { layout: vertical; }
    DetailScreen #title { height: auto; text-style: bold; padding: 0 1; }
    DetailScreen Horizontal { height: 1fr; }
    DetailScreen #order { width: 1fr; padding: 0 1; }
    DetailScreen #journey { width: 1fr; padding: 0 1; border-left: solid $panel; }
    DetailScreen.-narrow Horizontal { layout: vertical; overflow-y: auto; }
    DetailScreen.-narrow #order { width: 100%; height: auto; }
    DetailScreen.-narrow #journey { width: 100%; height: auto; border-left: none; }
    DetailScreen #keys { height: 1; padding: 0 1; color: $text-muted; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    def __init__(self, pk: int) -> None:
        super().__init__()
        self.pk = pk
        self._shown: OrderDetail | None = None

    @property
    def _app(self) -> PantauApp:
        from tui.app import PantauApp

        assert isinstance(self.app, PantauApp)
        return self.app

    def compose(self) -> ComposeResult:
        """Title, two columns, keys."""
        yield Static(id="title", markup=False)
        with Horizontal():
            with VerticalScroll(id="order", can_focus=False):
                yield Static(id="left", markup=False)
            with VerticalScroll(id="journey", can_focus=False):
                yield Static(id="right", markup=False)
        yield Static(t("detail.keys"), id="keys", markup=False)

    def on_mount(self) -> None:
        """Show it, keep it fresh, and remember that a person has now read the note."""
        self._look()
        self.set_interval(_EVERY, self._look)

    def _look(self) -> None:
        self._app.data.ask(lambda reader: reader.detail(self.pk), self._arrived)

    def _arrived(self, detail: OrderDetail | None) -> None:
        if not self.is_mounted or (detail == self._shown and detail is not None):
            return
        self._shown = detail
        if (
            detail is not None
            and detail.row.note
            and detail.row.note_seen_at is None
            and not self._app.read_only
        ):
            self._app.run_worker(self._note_seen(), group="note", exit_on_error=False)
        title, left, right = (
            self.query_one("#title", Static),
            self.query_one("#left", Static),
            self.query_one("#right", Static),
        )
        if detail is None:
            title.update(t("detail.gone"))
            return
        zone = self._app.zone
        title.update(Content.styled(t("detail.title", id=detail.row.order_id), "bold"))
        left.update(Content("\n").join(order_lines(detail, zone)))
        right.update(Content("\n").join(journey_lines(detail, zone)))

    async def _note_seen(self) -> None:
        store = self._app.store
        if store is None:
            return
        from store.orders import mark_note_seen

        now = self._app.clock()
        await store.awrite(lambda conn: mark_note_seen(conn, self.pk, now))

    def action_back(self) -> None:
        """To the list, where the cursor still is."""
        self.dismiss(None)

    def action_track(self) -> None:
        """Ask the courier now; the answer comes through the store."""
        self._app.track_now(self.pk)
        self._app.say(t("detail.asked"))

    def action_copy(self) -> None:
        """The order id to the clipboard, and shown, for a copy by mouse."""
        if self._shown is not None:
            shown = clean(self._shown.row.order_id)
            self._app.copy_to_clipboard(shown)
            self._app.say(t("status.copied", text=shown))

    def action_scroll(self, lines: int) -> None:
        """Move the order's column, and the journey with it."""
        for column in self.query(VerticalScroll):
            column.scroll_relative(y=lines, animate=False)


def order_lines(detail: OrderDetail, zone: tzinfo) -> Iterator[Content]:
    """The left column: clocks, items, amounts, buyer, notes, parcels, actions, history."""
    row = detail.row
    yield Content.styled(
        word("status", row.status) if row.status != "UNKNOWN" else t("status.UNKNOWN", raw=row.raw_status),
        "bold",
    )
    yield Content(t("detail.clocks", arrange=_at(row.arrange_by, zone), scan=_at(row.scan_by, zone)))
    yield _heading("detail.items")
    for item in detail.items:
        stock = "" if item.on_hand is None else "  " + t("pane.stock.plain", on_hand=item.on_hand)
        gift = f"  {t('pane.gift')}" if item.is_gift else ""
        name = f"{clean(item.name)}  {clean(item.variation)}  {clean(item.seller_sku)}".rstrip()
        yield Content(
            f"  {number(item.quantity)} x {name}  {money(item.unit_price, row.currency)}{gift}{stock}"
        )
    yield _heading("detail.amounts")
    if detail.subtotal is not None:
        yield Content("  " + t("detail.subtotal", amount=money(detail.subtotal, row.currency)))
    if detail.shipping_fee is not None:
        yield Content("  " + t("detail.shipping", amount=money(detail.shipping_fee, row.currency)))
    yield Content(
        "  " + t("detail.total", amount=money(row.total, row.currency), method=detail.payment_method or "-")
    )
    yield _heading("detail.buyer")
    yield Content(f"  {clean(row.buyer)}  {clean(detail.phone)}")
    yield Content(f"  {clean(detail.address)}" if detail.address else f"  {t('pane.address.none')}")
    if row.note:
        yield _heading("detail.note")
        yield Content.styled(f"  {clean(row.note)}", "$warning")
    if detail.seller_note:
        yield _heading("detail.seller_note")
        yield Content(f"  {clean(detail.seller_note)}")
    yield _heading("detail.packages")
    if not detail.parcels:
        yield Content(f"  {t('pane.package.none')}")
    for parcel in detail.parcels:
        resi = clean(parcel.tracking_number) or t("pane.no_resi")
        where = word("track", parcel.tracking_status)
        yield Content(f"  {clean(parcel.package_id)}  {clean(parcel.courier_name)}  {resi}  {where}")
    if detail.actions:
        yield _heading("detail.actions")
        for action in detail.actions:
            reason = f"  {clean(action.reason)}" if action.reason else ""
            yield Content(
                f"  {_at(action.requested_at, zone)}  {action.kind}  {word('state', action.state)}{reason}"
            )
    if detail.history:
        yield _heading("detail.history")
        for change in detail.history:
            yield Content(f"  {_at(change.at, zone)}  {what(change)}  {word('actor', change.actor)}")


def journey_lines(detail: OrderDetail, zone: tzinfo) -> Iterator[Content]:
    """The right column: where the parcel has been, newest first."""
    yield _heading("detail.journey")
    if not detail.events:
        yield Content.styled(t("detail.journey.none"), "$text-muted")
    for event in detail.events:
        yield _event(event, zone)


def _event(event: EventRow, zone: tzinfo) -> Content:
    place = f" · {clean(event.location)}" if event.location else ""
    return Content.assemble(
        (f"{_at(event.at, zone)}  ", "$text-muted"),
        (word("track", event.status), "$success" if event.status == "delivered" else "bold"),
        f"{place}\n    {clean(event.text)}",
        (f"  [{clean(event.source)}]", "$text-muted"),
    )


def _heading(key: str) -> Content:
    return Content.styled(f"\n{t(key)}", "bold")


def _at(ms: int | None, zone: tzinfo) -> str:
    return "-" if ms is None else to_datetime(ms, zone).strftime("%d/%m %H.%M")


def show_detail(app: PantauApp, pk: int) -> None:
    """Open an order by its row."""
    app.push_screen(DetailScreen(pk))


def open_detail(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the order under the cursor."""
    if rows:
        show_detail(app, rows[0].pk)


def open_tracking(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the order and ask its courier at once."""
    if rows:
        show_detail(app, rows[0].pk)
        app.track_now(rows[0].pk)
