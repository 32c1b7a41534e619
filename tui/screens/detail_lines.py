"""An order in lines: what it holds, what was done with it, where its parcel has been. Words only, no screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Final

from textual.content import Content

from store.views import ActionRow, ChangeRow, ItemRow, OrderDetail, PackageRow
from tui import present
from tui.changes import what
from tui.reasons import cause
from tui.screens.lines import MOST, entry, heading, moment, plain
from tui.strings import money, number, t, word
from tui.text import clean, fit

_LONG: Final = 30
"""Lines of a note: it is here that it is read in full."""
_MARGIN: Final = 16


def title_line(detail: OrderDetail, until: str, *, several: bool = False) -> Content:
    """Which order, in which state, and until when; of `several` shops, whose."""
    row = detail.row
    return Content.assemble(
        (t("detail.title", id=plain(row.order_id, 64)), "bold"),
        f" · {plain(detail.shop, 40)}" if several else "",
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
    if detail.own_note:
        yield from _part("detail.own_note", clean(detail.own_note, lines=True).split("\n"), room, most=_LONG)
    if detail.tags:
        yield from _part("detail.tags", [" ".join(f"#{clean(tag)}" for tag in detail.tags)], room)
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
