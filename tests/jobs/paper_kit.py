"""What the tests of paper share: small PDFs, broken ones too, their text, and orders as the reader tells them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from pypdf import PdfReader

from store.views import ItemRow, Key, OrderDetail, OrderRow, PackageRow

NOW = 1_795_608_000_000
SHIRT = ItemRow(
    1, "1730000000000000011", None, "KP-HTM-L", "Kaos Polos", "Hitam, L", 1, 67_500, False, 20, 15
)
CAP = ItemRow(2, "1730000000000000022", None, "TP-NVY", "Topi Trucker", "Navy", 1, 30_000, False)
GIFT = ItemRow(3, "1730000000000000033", None, None, "Stiker", None, 1, 0, True)


def built(objects: Sequence[bytes]) -> bytes:
    """A PDF of these objects; the first is its catalogue."""
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def pdf(text: str, pages: int = 1, extra: bytes = b"", root: bytes = b"") -> bytes:
    """Pages that all say the same; `extra` stands in each page, `root` in the catalogue."""
    stream = f"BT /F1 9 Tf 20 380 Td ({text}) Tj ET".encode("latin-1")
    kids = b" ".join(b"%d 0 R" % (number + 5) for number in range(pages))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 297 420] /Contents 3 0 R %s" % extra
    page += b" /Resources << /Font << /F1 4 0 R >> >> >>"
    return built(
        [
            b"<< /Type /Catalog /Pages 2 0 R %s >>" % root,
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            *[page] * pages,
        ]
    )


def texts(data: bytes | Path) -> list[str]:
    """What stands on each page of a PDF of ours."""
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    return [page.extract_text() for page in PdfReader(source).pages]


def parcel(package_id: str = "1150000000000000001", **told: Any) -> PackageRow:
    """An arranged parcel."""
    facts = dict.fromkeys(PackageRow.__struct_fields__)
    facts |= {
        "package_id": package_id,
        "status": "PROCESSING",
        "courier": "jnt",
        "courier_name": "J&T Express",
    }
    return PackageRow(**(facts | {"tracking_number": "JX1234567890"} | told))  # type: ignore[arg-type]


def detail(
    pk: int = 1,
    items: Iterable[ItemRow] = (SHIRT,),
    parcels: Iterable[PackageRow] | None = None,
    **told: Any,
) -> OrderDetail:
    """An order with its items and one parcel of its own; `told` are fields of the row or of the detail."""
    row: dict[str, Any] = dict.fromkeys(OrderRow.__struct_fields__)
    row |= {"pk": pk, "key": Key(0, pk), "shop_id": 1, "order_id": f"58000000000000{pk:04}"}
    row |= {"channel": "TIKTOK_SHOP", "status": "AWAITING_COLLECTION", "raw_status": "AWAITING_COLLECTION"}
    row |= {
        "created_at": NOW,
        "updated_at": NOW,
        "buyer": "B*** S***",
        "city": "Kota Bandung",
        "courier": "jnt",
    }
    row |= {
        "summary": "1x Kaos Polos Hitam, L",
        "units": 1,
        "total": 136_000,
        "currency": "IDR",
        "packages": 1,
    }
    row |= {"cod": False, "cancel_requested": False}
    row |= {name: value for name, value in told.items() if name in OrderRow.__struct_fields__}
    rest: dict[str, Any] = {
        field.name: None for field in msgspec.structs.fields(OrderDetail) if field.required
    }
    rest |= {"shop": "toko-contoh", "tags": (), "items": tuple(items)}
    rest["parcels"] = (parcel(f"11500000000000{pk:05}"),) if parcels is None else tuple(parcels)
    rest |= {name: value for name, value in told.items() if name in OrderDetail.__struct_fields__}
    return OrderDetail(**(rest | {"row": OrderRow(**row)}))
