"""A manifest on A4: what was handed over to whom and when, with room for two signatures and a QR code of its digest.

It is proof for an appeal, so it says only what is stored; its digest covers what was handed over. The
buyer's name is masked here as the platform masks it, because the courier's person takes a copy along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from jobs.paper.draw import MM, Column, Drawing, Made
from jobs.paper.files import PaperFolder
from jobs.paper.totals import Totals, qr_text, totals
from jobs.paper.words import rupiah
from store.reader import Reader
from store.reading.manifests import ManifestParcelRow, ManifestRow
from store.times import WIB, to_datetime

"""Manifests are numbered and dated in the platform's time, whatever zone the seller sits in."""
SIDE: Final = 30 * MM
"""Of the QR code."""
ENDING: Final = 8
"""Digits of an order id by which people tell orders apart."""
_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]


def manifest_pdf(
    manifest: ManifestRow, parcels: Sequence[ManifestParcelRow], words: Mapping[str, str]
) -> Made:
    """The paper of a manifest; an open one says that it is a draft. `words`: the seller's language (`WORDS`)."""
    given = sorted(
        (parcel for parcel in parcels if parcel.state == "on"),
        key=lambda parcel: (parcel.scanned_at, parcel.package_id),
    )
    sums = totals(given)
    paper = Drawing("A4", words["title"])
    paper.section(f"{words['title']} {manifest.number}", words["footer"].format(number=manifest.number))
    if code := qr_text(manifest):
        paper.qr(code, SIDE)
    paper.line(words["title"] if manifest.closed_at else words["draft"], size=16, bold=True)
    for line in _head(manifest, given, words):
        paper.line(line)
    if code:
        paper.space(8 * MM)  # the code is higher than the lines beside it
    paper.table(_columns(words), _rows(given, words), size=8.5)
    for line in _sums(sums, words):
        paper.line(line, bold=True)
    paper.space(4 * MM)
    paper.line(words["statement"])
    _signatures(paper, manifest, words)
    if manifest.digest:
        paper.line(words["digest"].format(digest=manifest.digest), size=7)
    return paper.finish()


def paper_of(reader: Reader, manifest_id: int, language: str) -> Made | None:
    """The paper of a stored manifest in the seller's language; None when there is no such manifest."""
    manifest = reader.manifest_of_id(manifest_id)
    if manifest is None:
        return None
    return manifest_pdf(manifest, reader.manifest_parcels(manifest_id), WORDS[language])


def save(reader: Reader, manifest: ManifestRow, language: str, folder: Path) -> Path:
    """Write the paper into the paper folder and say where it is. Raises OSError."""
    made = manifest_pdf(manifest, reader.manifest_parcels(manifest.id), WORDS[language])
    return PaperFolder(folder).write(f"manifest_{manifest.number}.pdf", made.data)


def moment(ms: int | None) -> str:
    """`25 Nov 2026 15.04 WIB`, or a dash."""
    if ms is None:
        return "-"
    when = to_datetime(ms, WIB)
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year} {when:%H.%M} WIB"


def masked(name: str | None) -> str:
    """A buyer's name as the platform shows it: the first letter of each word. What is masked already stays."""
    words = (name or "").split()[:4]
    return " ".join(word if "*" in word else f"{word[0]}***" for word in words)


def _head(
    manifest: ManifestRow, parcels: Sequence[ManifestParcelRow], words: Mapping[str, str]
) -> Iterator[str]:
    shops = list(dict.fromkeys(parcel.shop for parcel in parcels if parcel.shop))
    yield words["number"].format(number=manifest.number)
    yield words["courier"].format(courier=manifest.courier_name or manifest.courier.upper())
    yield words["shops"].format(shops=", ".join(shops) or "-")
    yield words["opened"].format(at=moment(manifest.opened_at), by=manifest.opened_by)
    yield words["closed"].format(at=moment(manifest.closed_at), by=manifest.closed_by or "-")


def _columns(words: Mapping[str, str]) -> list[Column]:
    names = [words["columns"].split("|")[place] for place in range(7)]
    shares = (0.5, 2.6, 1.8, 1.6, 2.2, 1.4, 1.3)
    rights = (True, False, False, False, False, True, False)
    return [
        Column(name, share, right=right, bold=place == 1, most=2)
        for place, (name, share, right) in enumerate(zip(names, shares, rights, strict=True))
    ]


def _rows(parcels: Sequence[ManifestParcelRow], words: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for place, parcel in enumerate(parcels, start=1):
        orders = parcel.orders or ()
        more = f" +{len(orders) - 1}" if len(orders) > 1 else ""
        cod = sum(one.total for one in orders if one.cod and one.currency == "IDR")
        when = to_datetime(parcel.scanned_at, WIB)
        yield (
            str(place),
            parcel.tracking_number or parcel.package_id,
            f"…{parcel.order_id[-ENDING:]}{more}",
            masked(parcel.buyer),
            parcel.city or "",
            rupiah(cod, "IDR") if cod else "",
            f"{when:%H.%M}" + (f" {words['unchecked']}" if parcel.unchecked else ""),
        )


def _sums(sums: Totals, words: Mapping[str, str]) -> Iterator[str]:
    yield words["total"].format(parcels=sums.parcels, orders=sums.orders)
    yield words["cod"].format(n=sums.cod, amount=rupiah(sums.cod_sum, "IDR"))
    if sums.unchecked:
        yield words["some_unchecked"].format(n=sums.unchecked, mark=words["unchecked"])


def _signatures(paper: Drawing, manifest: ManifestRow, words: Mapping[str, str]) -> None:
    """Room for two hands; the names as they were typed."""
    paper.need(38 * MM)
    paper.space(4 * MM)
    paper.line(words["gave"], right=words["took"])
    paper.space(18 * MM)
    paper.line("_" * 28, right="_" * 28)
    paper.line(manifest.closed_by or manifest.opened_by, right=manifest.received_by or words["name"])
    paper.space(3 * MM)


WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "id": {
        "title": "Manifes serah terima",
        "draft": "KONSEP - manifes belum ditutup",
        "footer": "Serah terima paket ke kurir · {number}",
        "number": "Nomor: {number}",
        "courier": "Kurir: {courier}",
        "shops": "Toko: {shops}",
        "opened": "Dibuka: {at} oleh {by}",
        "closed": "Ditutup: {at} oleh {by}",
        "columns": "No|Resi|Pesanan|Pembeli|Kota|COD|Pindai",
        "unchecked": "*",
        "total": "Jumlah paket: {parcels} · pesanan: {orders}",
        "cod": "COD: {n} pesanan, {amount}",
        "some_unchecked": "{mark} {n} paket diterima tanpa pemeriksaan status di TikTok Shop.",
        "statement": "Paket di atas telah diserahkan lengkap dan tertutup rapi kepada petugas kurir.",
        "gave": "Yang menyerahkan,",
        "took": "Yang menerima (kurir),",
        "name": "(nama terang)",
        "digest": "SHA-256: {digest}",
    },
    "en": {
        "title": "Hand-over manifest",
        "draft": "DRAFT - not closed yet",
        "footer": "Parcels handed to the courier · {number}",
        "number": "Number: {number}",
        "courier": "Courier: {courier}",
        "shops": "Shop: {shops}",
        "opened": "Opened: {at} by {by}",
        "closed": "Closed: {at} by {by}",
        "columns": "No|Number|Order|Buyer|City|COD|Scanned",
        "unchecked": "*",
        "total": "Parcels: {parcels} · orders: {orders}",
        "cod": "COD: {n} orders, {amount}",
        "some_unchecked": "{mark} {n} parcels were taken without a check of their state at TikTok Shop.",
        "statement": "The parcels above were handed to the courier, complete and well closed.",
        "gave": "Handed over by,",
        "took": "Received by (courier),",
        "name": "(name in full)",
        "digest": "SHA-256: {digest}",
    },
}
"""The paper's words by language; the screen's own are in tui/strings."""
