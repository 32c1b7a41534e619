"""The papers of a package as PDF: a label that looks like one, and a packing slip. Clearly marked as samples.

Not compressed and without a date, so that the same package gives the same bytes and a test can read them.
"""

from __future__ import annotations

import io
from typing import Any, Final

import msgspec

from shop.sandbox import bundles, parcels
from shop.sandbox.bundles import Parcel
from shop.sandbox.data import COURIERS
from shop.sandbox.world import World

MM: Final = 72 / 25.4
WIDTH, HEIGHT = 105 * MM, 148 * MM
"""A6 upright, in PDF points; larger papers are scaled."""
SIZES: Final = {"A6": 1.0, "A5": 2**0.5}
_EDGE = 5 * MM
_PER_PAGE = 30


class Goods(msgspec.Struct, frozen=True):
    """Units of one SKU on a slip."""

    quantity: int
    seller_sku: str
    name: str


class Label(msgspec.Struct, frozen=True):
    """What a label says."""

    courier: str
    service: str
    tracking_number: str
    sort_code: str
    cod: int
    """Rupiah to collect; 0: paid already."""
    receiver: tuple[str, ...]
    sender: str
    package_id: str
    order_ids: tuple[str, ...]
    grams: int
    goods: tuple[Goods, ...]


def label_of(world: World, parcel: Parcel, shop_name: str) -> Label:
    """The label of a package; one of a combined package names all its orders."""
    known = [world.facts(order) for order in parcel.orders]
    first, shipment = known[0], parcel.shipment
    lines = [
        line
        for facts, order in zip(known, parcel.orders, strict=True)
        for line in bundles.inside(facts, order, parcel.place)
    ]
    city = first.city
    courier = COURIERS[first.courier if shipment is None else shipment.provider]
    return Label(
        courier=courier.name,
        service=first.option[1],
        tracking_number="-" if shipment is None else shipment.tracking_number,
        sort_code=sort_code(city.name, city.postal_code),
        cod=sum(facts.total for facts in known) if first.cod else 0,
        receiver=(
            f"{first.buyer}   {first.phone}",
            first.street,
            f"{city.village}, {city.district}, {city.name}",
            f"{city.province} {city.postal_code}",
        ),
        sender=f"{shop_name}, Gedebage, Kota Bandung",
        package_id=parcel.package_id,
        order_ids=tuple(world.numbers.order_id(order.serial) for order in parcel.orders),
        grams=parcels.grams(lines),
        goods=tuple(
            Goods(line.quantity, line.sku.seller_sku, f"{line.product.name} ({line.sku.variation})")
            for line in lines
        ),
    )


def sort_code(city: str, postal_code: str) -> str:
    """What sorters read: letters of the city and digits of its post office."""
    letters = "".join(letter for letter in city.split(" ", 1)[-1].upper() if letter.isalpha())
    return f"{letters[:3]}-{postal_code[:3]}-{postal_code[3:]}"


def pdf(label: Label, kind: str, size: str) -> bytes:
    """SHIPPING_LABEL, PACKING_SLIP, or both one after the other, as A6 or A5 upright."""
    # Drawing takes a tenth of a second to import, and most sandboxes never print.
    from reportlab.pdfgen.canvas import Canvas

    out, scale = io.BytesIO(), SIZES[size]
    canvas = Canvas(out, pagesize=(WIDTH * scale, HEIGHT * scale), pageCompression=0, invariant=1)
    canvas.setTitle("CONTOH")
    if "LABEL" in kind:
        canvas.scale(scale, scale)
        _draw_label(canvas, label)
        canvas.showPage()
    if "SLIP" in kind:
        for start in range(0, len(label.goods), _PER_PAGE):
            canvas.scale(scale, scale)
            _draw_slip(canvas, label, label.goods[start : start + _PER_PAGE])
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw_label(canvas: Any, label: Label) -> None:
    from reportlab.graphics.barcode.code128 import Code128

    _mark(canvas)
    top = HEIGHT - _EDGE
    _text(canvas, label.courier, top - 14, 16, bold=True)
    canvas.setFont("Helvetica", 9)
    canvas.drawRightString(WIDTH - _EDGE, top - 12, _latin(label.service))
    _rule(canvas, top - 22)
    bars = Code128(label.tracking_number, barHeight=17 * MM, barWidth=1.0, quiet=False)
    bars.barWidth = min(1.4, (WIDTH - 2 * _EDGE) / bars.width)
    bars = Code128(label.tracking_number, barHeight=17 * MM, barWidth=bars.barWidth, quiet=False)
    bars.drawOn(canvas, (WIDTH - bars.width) / 2, top - 78)
    canvas.setFont("Helvetica-Bold", 15)
    canvas.drawCentredString(WIDTH / 2, top - 95, label.tracking_number)
    _rule(canvas, top - 103)
    _text(canvas, label.sort_code, top - 129, 22, bold=True)
    money = f"COD Rp{label.cod:,}".replace(",", ".") if label.cod else "NON-COD"
    canvas.setFont("Helvetica-Bold", 13 if label.cod else 11)
    canvas.drawRightString(WIDTH - _EDGE, top - 126, money)
    _rule(canvas, top - 140)
    _text(canvas, "Penerima:", top - 152, 8)
    for row, line in enumerate(label.receiver):
        _text(canvas, line, top - 165 - 12 * row, 10 if row else 11, bold=row == 0)
    _text(canvas, f"Pengirim: {label.sender}", top - 220, 8)
    _rule(canvas, top - 227)
    units = sum(goods.quantity for goods in label.goods)
    _text(canvas, f"Paket: {label.package_id}   {label.grams} g   {units} barang", top - 239, 8)
    _text(canvas, "Pesanan:", top - 251, 8)
    for place, order_id in enumerate(label.order_ids):
        canvas.setFont("Helvetica", 9)
        column, row = place % 2, place // 2
        canvas.drawString(_EDGE + 42 + column * 105, top - 251 - 11 * row, order_id)
    _text(canvas, "CONTOH - BUKAN LABEL ASLI", _EDGE, 8, bold=True)


def _draw_slip(canvas: Any, label: Label, goods: tuple[Goods, ...]) -> None:
    _mark(canvas)
    top = HEIGHT - _EDGE
    _text(canvas, f"Slip paket {label.package_id}", top - 12, 11, bold=True)
    _text(canvas, f"Resi {label.tracking_number}   {' '.join(label.order_ids)}", top - 25, 7)
    _rule(canvas, top - 31)
    for row, item in enumerate(goods):
        _text(canvas, f"{item.quantity} x {item.seller_sku}   {item.name}", top - 43 - 12 * row, 7)
    _text(canvas, "CONTOH - BUKAN SLIP ASLI", _EDGE, 8, bold=True)


def _mark(canvas: Any) -> None:
    """A pale word across the page, under everything else."""
    canvas.saveState()
    canvas.setFillGray(0.9)
    canvas.setFont("Helvetica-Bold", 54)
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(55)
    canvas.drawCentredString(0, -18, "CONTOH")
    canvas.restoreState()


def _rule(canvas: Any, y: float) -> None:
    canvas.setLineWidth(0.7)
    canvas.line(_EDGE, y, WIDTH - _EDGE, y)


def _text(canvas: Any, text: str, y: float, size: float, *, bold: bool = False) -> None:
    canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
    canvas.drawString(_EDGE, y, _latin(text))


def _latin(text: str) -> str:
    """What Helvetica has: anything else becomes `?`."""
    return text.encode("latin-1", "replace").decode("latin-1")
