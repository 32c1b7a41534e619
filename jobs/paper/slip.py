"""The packing slip: one parcel's contents, large, with the buyer's note in a box and the resi as a bar code. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jobs.paper.draw import MM, Column, Drawing, Made
from jobs.paper.picking import courier_name, warning
from jobs.paper.words import rupiah, word
from store.paper_facts import OnPaper
from store.views import ItemRow, OrderDetail, PackageRow


def draw_slips(
    parcels: Sequence[OnPaper],
    details: Mapping[int, OrderDetail],
    size: str,
    language: str,
    prints: Mapping[str, int],
) -> Made:
    """A slip for each parcel, in the order given; parcels whose orders are gone are left out.

    `details` by row id; `prints`: how often a package's slip was printed before.
    """
    drawing = Drawing(size, word("slip", language))
    for parcel in parcels:
        orders = [details[pk] for pk, _order_id in parcel.orders if pk in details]
        if orders:
            _slip(drawing, parcel, orders, language, prints.get(parcel.package_id, 0))
    return drawing.finish()


def resi(drawing: Drawing, parcel: PackageRow | None, language: str) -> None:
    """Courier and tracking number of a parcel, the number as a bar code."""
    courier = parcel and (parcel.courier_name or courier_name(parcel.courier, None))
    drawing.line(courier or word("courier", language) + ": -", size=drawing.base * 1.5, bold=True, most=2)
    if parcel and parcel.tracking_number:
        drawing.code(parcel.tracking_number, 11 * MM)
    else:
        drawing.line(f"({word('no_resi', language)})")
    drawing.space(4)


def parcel_of(orders: Sequence[OrderDetail], package_id: str) -> PackageRow | None:
    """The row of a parcel, as the first of its orders that knows it tells it."""
    return next(
        (parcel for order in orders for parcel in order.parcels if parcel.package_id == package_id), None
    )


def _slip(
    drawing: Drawing, parcel: OnPaper, orders: Sequence[OrderDetail], language: str, printed: int
) -> None:
    again = word("reprint", language, n=printed) if printed else ""
    packed = [order for order in orders if warning(order) != "cancelled"]
    units = sum(item.quantity for order in packed for item in order.items)
    drawing.section(f"{word('slip', language)}  {orders[0].shop}", again)
    for order in orders:
        _warn(drawing, order, language, among=len(orders))
    resi(drawing, parcel_of(orders, parcel.package_id), language)
    if not packed:
        return
    if len(orders) > 1:
        drawing.line(word("together", language, n=len(orders)), bold=True)
    several = max(len(order.parcels) for order in orders)
    if several > 1:
        drawing.box(word("of_several", language, n=several), bold=True)
    for order in packed:
        drawing.line(f"{word('order', language)} {order.row.order_id}", right=order.row.buyer or "", most=1)
        if order.row.cod:
            amount = rupiah(order.row.total, order.row.currency)
            drawing.box(word("cod", language, amount=amount), size=drawing.base * 1.4, bold=True)
        if order.row.note:
            drawing.box(f"{word('note', language)}: {order.row.note}", size=drawing.base * 1.15, bold=True)
        if order.seller_note:
            drawing.line(f"{word('seller_note', language)}: {order.seller_note}", most=3)
        _items(drawing, order.items, language)
    drawing.line(f"{units} {word('pieces', language)}", bold=True, right=parcel.package_id)


def _warn(drawing: Drawing, order: OrderDetail, language: str, *, among: int) -> None:
    """Before everything else, and loud: what must not be packed; in a combined parcel with the order's number."""
    if (why := warning(order)) is not None:
        which = f"{order.row.order_id}\n" if among > 1 or why == "cancelled" else ""
        drawing.box(which + word(f"warn.{why}", language), size=drawing.base * 1.8, bold=True)


def _items(drawing: Drawing, items: Sequence[ItemRow], language: str) -> None:
    if not items:
        drawing.line(word("no_items", language))
        return
    columns = [
        Column(word("units", language), 1.5, right=True, bold=True),
        Column(word("item", language), 6, bold=True, most=5),
        Column(word("sku", language), 3, most=2),
    ]
    rows = [
        (f"{item.quantity}x", item_name(item, language), item.seller_sku or item.sku_id) for item in items
    ]
    drawing.table(columns, rows, size=drawing.base * 1.3)


def item_name(item: ItemRow, language: str) -> str:
    """Name and variation; a gift says so first, because it is what gets forgotten."""
    gift = f"[{word('gift', language)}] " if item.is_gift else ""
    return f"{gift}{item.name}" + (f" - {item.variation}" if item.variation else "")
