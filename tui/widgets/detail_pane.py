"""The order under the cursor in a few lines: items with their stock at the left, the rest at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Final

from store.status import HOLD, OrderStatus
from store.views import ItemRow, OrderDetail, RequestRow
from tui.asked import headline
from tui.clock import Urgency, clock, day_and_clock
from tui.file_words import deadline
from tui.present import NO_BADGES, buyer, courier, status
from tui.shops import Badge
from tui.strings import known, money, t, word
from tui.text import clean, fit, wrap
from tui.widgets.painted import Painted, Piece, length

SIDE_BY_SIDE: Final = 100
"""From so many cells on the two halves stand beside each other."""
PLATFORM: Final = "platform"
"""Where deadlines usually come from: worth no word."""
_LOOK: Final = {
    Urgency.NONE: "muted",
    Urgency.CALM: "strong",
    Urgency.SOON: "soon",
    Urgency.LATE: "late",
}


class DetailPane(Painted):
    """Follows the cursor; `rows_for` says how high it wants to be."""

    DEFAULT_CSS = "DetailPane { height: 5; border-top: solid $foreground 18%; }"

    def __init__(self, zone: tzinfo, *, mask: bool = True) -> None:
        super().__init__(id="pane")
        self.zone = zone
        self.mask = mask
        self.shops: Mapping[int, Badge] = NO_BADGES
        """How shops are told apart; empty where there is only one."""
        self._detail: OrderDetail | None = None
        self._requests: Sequence[RequestRow] = ()
        self._origin = ""
        self._now = 0

    def show(
        self,
        detail: OrderDetail | None,
        now: int,
        requests: Sequence[RequestRow] = (),
        origin: str = "",
    ) -> None:
        """Show an order with what its buyer asks for, or nothing. `origin`: what is to be known of where its facts
        come from, in words."""
        self._detail, self._now, self._requests, self._origin = detail, now, requests, origin
        self.changed()

    def content(self, width: int, height: int) -> list[list[Piece]]:
        """The title, then items and facts, cut to the height."""
        detail = self._detail
        if detail is None or height < 1 or width < 10:
            return []
        lines = [self._title(detail, width)]
        room = height - 1
        if width < SIDE_BY_SIDE:
            facts = self._facts(detail, width - 2)
            items = self._items(detail, width - 2, max(1, room - min(len(facts), max(0, room - 2))))
            body = [*items, *facts]
            return [*lines, *([(" ", "plain"), *line] for line in body[:room])]
        left = width * 3 // 5
        items = self._items(detail, left - 3, room)
        facts = self._facts(detail, width - left - 2)
        for place in range(min(room, max(len(items), len(facts)))):
            line: list[Piece] = [(" ", "plain")]
            if place < len(items):
                line += items[place]
            line.append((" " * (left - length(line)), "plain"))
            if place < len(facts):
                line += facts[place]
            lines.append(line)
        return lines

    def _title(self, detail: OrderDetail, width: int) -> list[Piece]:
        row = detail.row
        line: list[Piece] = []
        if (badge := self.shops.get(row.shop_id)) is not None:
            line.append((f" {badge.sign} {badge.name}", badge.role))
        line += [(" " + clean(row.order_id, limit=40), "strong"), (" · ", "muted")]
        words = status(row)
        if known(f"buyer_sees.{row.status}") and row.status != OrderStatus.UNKNOWN:
            sees = t(f"buyer_sees.{row.status}")
            if sees != words:
                words = t("pane.status", status=words, buyer=sees)
        line.append((words, "plain"))
        when = (
            t("pane.paid", at=self._when(row.paid_at))
            if row.paid_at
            else t("pane.created", at=self._when(row.created_at))
        )
        for extra in (
            buyer(row.buyer, mask=self.mask),
            money(row.total, row.currency),
            when,
            word("channel", row.channel),
            "" if detail.deadline_source == PLATFORM else deadline(detail.deadline_source),
        ):
            if extra and length(line) + length([(extra, "")]) + 3 < width:
                line += [(" · ", "muted"), (extra, "plain")]
        return line

    def _items(self, detail: OrderDetail, width: int, room: int) -> list[list[Piece]]:
        rows = detail.items
        shown = rows if len(rows) <= room else rows[: max(1, room - 1)]
        lines = [self._item(item, width) for item in shown]
        if len(rows) > len(shown) and room > 1:
            lines.append([(fit(t("pane.more", n=len(rows) - len(shown)), width), "muted")])
        return lines

    def _item(self, item: ItemRow, width: int) -> list[Piece]:
        words, role = stock(item)
        if item.is_gift:
            words = f"{t('pane.gift')} · {words}"
        sku = clean(item.seller_sku, limit=24)
        stock_wide = min(30, max(16, width // 3))
        sku_wide = 14 if width >= 60 else 0
        name_wide = max(8, width - 5 - stock_wide - 1 - (sku_wide + 1 if sku_wide else 0))
        name = f"{clean(item.name, limit=200)}  {clean(item.variation, limit=80)}".strip()
        line: list[Piece] = [
            (fit(f"{item.quantity}×", 4, right=True) + " ", "strong"),
            (fit(name, name_wide) + " ", "plain"),
        ]
        if sku_wide:
            line.append((fit(sku, sku_wide) + " ", "muted"))
        return [*line, (fit(words, stock_wide), role)]

    def _facts(self, detail: OrderDetail, width: int) -> list[list[Piece]]:
        row = detail.row
        lines = [self._request(request, width) for request in self._requests]
        if self._origin:
            lines += [[(line, "soon")] for line in wrap(self._origin, width, 2)]
        if row.note and row.note.strip():
            lines += [[(line, "soon")] for line in wrap(t("pane.note", text=row.note), width, 2)]
        if detail.own_note:
            words = t("pane.own_note", text=detail.own_note)
            lines += [[(line, "info")] for line in wrap(words, width, 2)]
        if detail.tags:
            held = HOLD in detail.tags
            words = t("pane.tags", tags=" ".join(f"#{tag}" for tag in detail.tags))
            lines.append([(fit(words, width), "soon" if held else "muted")])
        lines.append([(fit(self._address(detail), width), "plain")])
        lines.append([(fit(self._parcels(detail), width), "plain")])
        if detail.events:
            event = detail.events[0]
            at = self._when(event.at) if event.at else "-"
            text = " · ".join(filter(None, (clean(event.text, limit=200), clean(event.location, limit=60))))
            lines.append([(fit(t("pane.event", at=at, text=text), width), "plain")])
        return lines

    def _request(self, request: RequestRow, width: int) -> list[Piece]:
        words, look = headline(request, self._now, self.zone)
        return [(fit(words, width), _LOOK[look])]

    def _address(self, detail: OrderDetail) -> str:
        street = None if self.mask else detail.address
        parts = [clean(part, limit=120) for part in (street, detail.row.city, detail.province) if part]
        return t("pane.address", text=", ".join(parts)) if parts else t("pane.address.none")

    def _parcels(self, detail: OrderDetail) -> str:
        parcels = detail.parcels
        if not parcels:
            return t("pane.package.none")
        first, several = parcels[0], len(parcels) > 1
        number = clean(first.tracking_number, limit=40)
        name = courier(detail.row, wide=not number)
        where = word("track", first.tracking_status) if number else t("pane.no_resi")
        what = " · ".join(filter(None, (number if several else "", name, where)))
        if several:
            return t("pane.packages", n=len(parcels), what=what)
        # Where there is a tracking number it is what everybody knows the parcel by.
        if number:
            return t("pane.resi", number=number, what=what)
        return t("pane.package", id=short_id(first.package_id), what=what)

    def _when(self, ms: int) -> str:
        soon = abs(self._now - ms) < 20 * 3_600_000
        return clock(ms, self.zone) if soon else day_and_clock(ms, self._now, self.zone)


def stock(item: ItemRow) -> Piece:
    """How much of an item is there, and the look of it; short carries `!`."""
    if item.on_hand is None:
        return t("pane.stock.none"), "muted"
    if item.free is None:
        return t("pane.stock.plain", on_hand=item.on_hand), "plain"
    short = item.free < 0 or item.on_hand < item.quantity
    return t("pane.stock.short" if short else "pane.stock", on_hand=item.on_hand, free=item.free), (
        "late" if short else "plain"
    )


def short_id(value: str) -> str:
    """`1150…0001`: enough to find a parcel again."""
    shown = clean(value, limit=64)
    return shown if len(shown) <= 11 else f"{shown[:4]}…{shown[-4:]}"
