"""The address label, for parcels that the seller ships himself: the platform prints none for those. Pure."""

from __future__ import annotations

from jobs.paper.draw import Drawing, Made
from jobs.paper.slip import parcel_of, resi
from jobs.paper.words import rupiah, word
from store.paper_facts import OnPaper
from store.views import OrderDetail


def can_draw(order: OrderDetail) -> bool:
    """Whether we know where it goes: the platform masks addresses, and old ones are forgotten."""
    return bool(order.address and order.address.strip("* \t\r\n.,"))


def draw_address(parcel: OnPaper, order: OrderDetail, size: str, language: str, printed: int) -> Made:
    """One label; `printed`: how often this parcel's label was printed before."""
    row = order.row
    drawing = Drawing(size, word("address", language))
    drawing.section(
        f"{word('from', language)}: {order.shop}", word("reprint", language, n=printed) if printed else ""
    )
    resi(drawing, parcel_of([order], parcel.package_id), language)
    if row.cod:
        drawing.box(
            word("cod", language, amount=rupiah(row.total, row.currency)), size=drawing.base * 1.6, bold=True
        )
    drawing.line(f"{word('to', language)}:", size=drawing.base * 0.9)
    drawing.line(row.buyer or "-", size=drawing.base * 1.7, bold=True, most=2)
    if order.phone:
        drawing.line(f"{word('phone', language)}: {order.phone}", size=drawing.base * 1.2, most=1)
    drawing.line(order.address or "", size=drawing.base * 1.3, most=8, lines=True)
    place = ", ".join(filter(None, (row.city, order.province)))
    if place and place not in (order.address or ""):
        drawing.line(place, size=drawing.base * 1.3, bold=True, most=2)
    drawing.rule()
    drawing.line(f"{word('order', language)} {row.order_id}", most=1)
    drawing.line(row.summary, most=3)
    return drawing.finish()
