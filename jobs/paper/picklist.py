"""The picking list: what to fetch, by SKU, and then how it is packed, heap by heap. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from jobs.paper.draw import Column, Drawing, Made
from jobs.paper.picking import Group, courier_name, groups, shelf_name, warning
from jobs.paper.slip import item_name
from jobs.paper.words import word
from store.views import ItemRow, OrderDetail

IDS: Final = 9
"""Last digits of an order id that are shown, as on the screen."""


class _Sku(msgspec.Struct):
    item: ItemRow
    shop: str
    units: int = 0


def draw_picklist(details: Sequence[OrderDetail], size: str, language: str, when: str) -> Made:
    """The list of some orders, cancelled ones left out; `when` is printed on it."""
    details = [detail for detail in details if warning(detail) != "cancelled"]
    drawing = Drawing(size, word("picklist", language))
    units = sum(item.quantity for detail in details for item in detail.items)
    count = f"{len(details)} {word('orders', language)}, {units} {word('pieces', language)}"
    drawing.section(f"{word('picklist', language)}  {when}")
    drawing.line(count, bold=True, size=drawing.base * 1.2)
    _legend(drawing, details, language)
    _by_sku(drawing, details, language)
    found = groups(details)
    heaps = [group for group in found if len(group.orders) > 1 and group.contents]
    rest = [order for group in found if group not in heaps for order in group.orders]
    if heaps:
        drawing.line(word("groups", language), bold=True, size=drawing.base * 1.2)
        for group in heaps:
            _heap(drawing, group, language)
    if rest:
        drawing.space(4)
        if heaps:
            drawing.line(word("others", language, n=len(rest)), bold=True, size=drawing.base * 1.2)
        columns = [
            Column("", 0.6, check=True),
            Column(word("order", language), 3, most=6),
            Column(word("item", language), 7, most=4),
        ]
        rows = [("", _order(order, language), _what(order, language)) for order in rest]
        drawing.table(columns, rows)
    return drawing.finish()


def _legend(drawing: Drawing, details: Sequence[OrderDetail], language: str) -> None:
    """What the marks behind orders mean, of those that occur."""
    marks = ["note"] if any(detail.row.note for detail in details) else []
    marks += sorted({why for detail in details if (why := warning(detail)) is not None})
    for mark in marks:
        drawing.line(word(f"legend.{mark}", language), bold=mark != "note")
    drawing.space(2)


def _by_sku(drawing: Drawing, details: Sequence[OrderDetail], language: str) -> None:
    wanted: dict[tuple[int, str], _Sku] = {}
    for detail in details:
        for item in detail.items:
            key = (detail.row.shop_id, item.sku_id)
            wanted.setdefault(key, _Sku(item, detail.shop)).units += item.quantity
    several = len({shop for shop, _sku in wanted}) > 1
    columns = [
        Column("", 0.6, check=True),
        Column(word("sku", language), 2.6, most=2),
        Column(word("item", language), 4.6, most=3),
        Column(word("units", language), 1.1, right=True, bold=True),
        Column(word("free", language), 1.6, right=True),
    ]
    rows = [
        (
            "",
            shelf_name(one.item),
            item_name(msgspec.structs.replace(one.item, is_gift=False), language)
            + (f" ({one.shop})" if several else ""),
            str(one.units),
            "-" if one.item.free is None else str(one.item.free),
        )
        for one in sorted(wanted.values(), key=lambda one: (one.shop, shelf_name(one.item), one.item.sku_id))
    ]
    drawing.table(columns, rows)


def _heap(drawing: Drawing, group: Group, language: str) -> None:
    first = group.orders[0]
    drawing.line(word("same", language, n=len(group.orders), what=_what(first, language)), bold=True, most=4)
    drawing.line(" · ".join(_order(order, language) for order in group.orders), size=drawing.base * 0.85)
    drawing.space(2)


def _what(order: OrderDetail, language: str) -> str:
    """An order's contents in one line."""
    items = "; ".join(f"{item.quantity}x {item_name(item, language)}" for item in order.items)
    return items or word("no_items", language)


def _order(order: OrderDetail, language: str) -> str:
    """The end of an order's id, `!` for a buyer's note, its courier, and loudly why not to pack it."""
    row, why = order.row, warning(order)
    # Without a blank before it, so that `!` never falls onto a line of its own.
    ending = row.order_id[-IDS:] + ("!" if row.note else "")
    mark = word(f"mark.{why}", language) if why else ""
    return " ".join(filter(None, (ending, courier_name(row.courier, row.courier_name), mark)))
