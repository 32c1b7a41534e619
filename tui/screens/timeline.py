"""The journey of an order's parcels: where each is, what comes next and by when, and what to tell the buyer."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import tzinfo
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style

from couriers.expect import Expected, expected
from couriers.names import Page, page
from couriers.names import name as courier_name
from store.status import OrderStatus
from store.views import EventRow, OrderDetail, OrderRow, PackageRow
from tui.browser import open_page
from tui.clock import age, full, zone_name
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys, moment, plain
from tui.share import buyer_text
from tui.strings import language, t, word
from tui.text import clean, fit

if TYPE_CHECKING:
    from tui.app import PantauApp

LOW: Final = 12
"""Lines below which only the journey is shown."""
_MARGIN: Final = 4
_COLOURS: Final = {
    "delivered": "$success",
    "delivery_failed": "$warning",
    "exception": "$error",
    "returning": "$warning",
    "returned": "$warning",
    "cancelled": "$warning",
}
"""Each beside its word; the rest is plain."""
_SILENT: Final = frozenset({OrderStatus.CANCELLED})
"""Orders of which nothing more is expected, whatever the parcel says."""


class TimelineScreen(Dialog[None]):
    """Follows one order; remembers which parcel is shown by its id, whatever the store does meanwhile."""

    FULL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r,f5", "refresh", show=False),
        Binding("b", "open", show=False),
        Binding("c", "copy_link", show=False),
        Binding("y", "share", show=False),
        Binding("e", "language", show=False),
        Binding("tab,right", "switch(1)", show=False),
        Binding("shift+tab,left", "switch(-1)", show=False),
    ]

    def __init__(self, pk: int) -> None:
        super().__init__()
        self.pk = pk
        self._order: OrderDetail | None = None
        self._read = False
        self._package: str | None = None
        self._language = language()

    def on_mount(self) -> None:
        """Show it; the app tells of every change."""
        self.store_changed()

    def store_changed(self) -> None:
        """Look at the store anew."""
        pantau_of(self).data.ask(lambda reader: reader.detail(self.pk), self._arrived)

    def _arrived(self, order: OrderDetail | None) -> None:
        self._order, self._read = order, True
        self.redraw()

    # ---- what is shown ----------------------------------------------------------------------------------

    @property
    def _parcels(self) -> list[PackageRow]:
        return [] if self._order is None else [one for one in self._order.parcels if one.tracking_number]

    @property
    def _parcel(self) -> PackageRow | None:
        parcels = self._parcels
        return next((one for one in parcels if one.package_id == self._package), next(iter(parcels), None))

    def title_text(self) -> Content:
        """Which parcel of which order."""
        if self._order is None:
            return Content(t("timeline.gone") if self._read else "")
        if self._low:
            return Content("")
        order_id, parcels = plain(self._order.row.order_id, 64), self._parcels
        if len(parcels) < 2 or self._parcel is None:
            return Content(t("timeline.title", id=order_id))
        at = parcels.index(self._parcel) + 1
        return Content(t("timeline.title.of", at=at, total=len(parcels), id=order_id))

    def body_text(self) -> Content:
        """The parcel on top, its journey below."""
        if self._order is None:
            return Content("")
        if (parcel := self._parcel) is None:
            return Content(t("timeline.none"))
        app = pantau_of(self)
        return Content("\n").join(timeline_lines(self._order, parcel, app.clock(), app.zone, self.room))

    def keys_text(self) -> Content:
        """What can be pressed."""
        if self._parcel is None or self._low:
            return keys([t("timeline.key.back")], self.room)
        told = t(f"timeline.language.{self._language}")
        phrases = [t(f"timeline.key.{name}") for name in ("refresh", "open", "link")]
        phrases += [t("timeline.key.share", language=told), t("timeline.key.language")]
        if len(self._parcels) > 1:
            phrases.append(t("timeline.key.other"))
        return keys([*phrases, t("timeline.key.back")], self.room)

    @property
    def _low(self) -> bool:
        """Whether the terminal has no lines to spare: the journey goes before title and keys, which still work."""
        return self.app.size.height < LOW

    # ---- what can be done -------------------------------------------------------------------------------

    def action_switch(self, step: int) -> None:
        """The next or the previous parcel of the order, round the end."""
        parcels = self._parcels
        if len(parcels) > 1 and self._parcel is not None:
            self._package = parcels[(parcels.index(self._parcel) + step) % len(parcels)].package_id
            self.redraw()
            self.action_scroll(-100_000)

    def action_refresh(self) -> None:
        """Have the courier asked now, or say why not; the answer comes through the store."""
        pantau_of(self).track_now(self.pk)

    def action_open(self) -> None:
        """The courier's page in the seller's browser; without one, its address to the clipboard."""
        if (parcel := self._parcel) is not None:
            pantau_of(self).say(t("timeline.opening"))
            url = page_of(parcel).url
            # A browser may not return before it is closed: a daemon, which leaving does not wait for.
            threading.Thread(target=self._open, args=(url,), name="browser", daemon=True).start()

    def _open(self, url: str) -> None:
        if not open_page(url):
            with suppress(RuntimeError):  # the program has ended meanwhile
                self.app.call_from_thread(self._not_opened, url)

    def _not_opened(self, url: str) -> None:
        pantau_of(self).copy_to_clipboard(url)
        pantau_of(self).say(t("timeline.not_opened", link=url), severity="warning")

    def action_copy_link(self) -> None:
        """The courier's page to the clipboard."""
        if (parcel := self._parcel) is not None:
            url = page_of(parcel).url
            pantau_of(self).copy_to_clipboard(url)
            pantau_of(self).say(t("status.copied", text=url))

    def action_share(self) -> None:
        """The text for the buyer to the clipboard."""
        parcel, order = self._parcel, self._order
        if parcel is not None and order is not None:
            newest = next(iter(events_of(order, parcel)), None)
            text = buyer_text(order.row, parcel, newest, self._language, pantau_of(self).zone)
            pantau_of(self).copy_to_clipboard(text)
            pantau_of(self).say(t("timeline.shared"))

    def action_language(self) -> None:
        """The text for the buyer in the other language."""
        self._language = "en" if self._language == "id" else "id"
        self.redraw()


def timeline_lines(
    order: OrderDetail, parcel: PackageRow, now: int, zone: tzinfo, room: int
) -> Iterator[Content]:
    """One parcel: courier and number, status, what comes next, where to look, and every event, newest first."""
    events = events_of(order, parcel)
    named = parcel.courier_name or (courier_name(parcel.courier) if parcel.courier else "")
    yield from entry(
        "",
        f"{clean(named, limit=60) or t('timeline.courier.unknown')} · {clean(parcel.tracking_number, limit=64)}",
        room,
        style="bold",
    )
    since = next((one.at for one in events if one.at is not None), parcel.last_event_at)
    yield from _status(parcel, since, zone, room)
    if order.row.status not in _SILENT:
        coming = expected(
            parcel.tracking_status, since, reason=parcel.tracking_reason, scan_by=order.row.scan_by
        )
        if coming is not None:
            yield from _next(coming, now, zone, room)
    yield from _where(page_of(parcel), room)
    asked = (
        t("timeline.checked.never")
        if parcel.checked_at is None
        else t("timeline.checked", ago=age(parcel.checked_at, now))
    )
    yield from entry("", asked, room, style="$text-muted")
    yield Content("")
    yield heading(t("timeline.events", zone=zone_name(now, zone)))
    if not events:
        yield Content.styled(f"  {t('timeline.events.none')}", "$text-muted")
    for event in events:
        yield from _event(event, zone, room)


def events_of(order: OrderDetail, parcel: PackageRow) -> list[EventRow]:
    """What was told of this parcel, newest first; what the platform tells it tells of the order as a whole."""
    return [event for event in order.events if event.tracking_number in (None, parcel.tracking_number)]


def page_of(parcel: PackageRow) -> Page:
    """Where a person can look this parcel up."""
    return page(parcel.courier, parcel.tracking_number or "")


def _status(parcel: PackageRow, since: int | None, zone: tzinfo, room: int) -> Iterator[Content]:
    status = parcel.tracking_status or "unknown"
    told = word("track", status)
    if parcel.tracking_reason:
        told = t("timeline.reason", status=told, reason=word("trouble", parcel.tracking_reason))
    line = (
        t("timeline.status", status=told)
        if since is None
        else t("timeline.status.since", status=told, at=full(since, zone))
    )
    yield from entry("", line, room, style=f"bold {_COLOURS.get(status, '')}".strip())


def _next(coming: Expected, now: int, zone: tzinfo, room: int) -> Iterator[Content]:
    step = t(f"expect.{coming.step}")
    if coming.by is None:
        yield from entry("", t("timeline.next", step=step), room)
        return
    late = coming.overdue(now)
    key = "timeline.next.late" if late else "timeline.next.by"
    yield from entry("", t(key, step=step, at=full(coming.by, zone)), room, style="$warning" if late else "")


def _where(where: Page, room: int) -> Iterator[Content]:
    linked = Style(link=where.url, underline=True)
    yield Content(t("timeline.link"))
    # Every folded piece carries the whole address, so that a click anywhere on it opens the page.
    for line in entry("  ", where.url, room):
        yield line.stylize(linked, 2)
    hints = [] if where.own else [t("timeline.link.any")]
    if where.asks_number:
        hints.append(t("timeline.link.type"))
    if where.phone:
        hints.append(t("timeline.link.phone", n=where.phone))
    if hints:
        yield from entry("  ", " · ".join(hints), room, style="$text-muted")


def _event(event: EventRow, zone: tzinfo, room: int) -> Iterator[Content]:
    place = f" · {clean(event.location, limit=80)}" if event.location else ""
    colour = _COLOURS.get(event.status, "")
    yield Content.assemble(
        (f"  {fit(moment(event.at, zone), 13)} ", "$text-muted"),
        (plain(word("track", event.status)), f"bold {colour}".strip()),
        (f"  {plain(event.source, 20)}", "$text-muted"),
    )
    yield from entry(" " * _MARGIN, f"{clean(event.text)}{place}", room)


def show_timeline(app: PantauApp, pk: int) -> None:
    """Open the journey of an order's parcels by its row."""
    app.push_screen(TimelineScreen(pk))


def open_timeline(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the journey of the order under the cursor."""
    if rows:
        show_timeline(app, rows[0].pk)
