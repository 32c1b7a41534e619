"""The paper of a manifest: what stands on it, over how many pages, and that no text spoils it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader

from jobs.handover import manifests as handover
from jobs.paper.manifest import WORDS, manifest_pdf, masked, moment, paper_of, save
from jobs.paper.totals import qr_text, totals
from store import manifests
from store.db import Store
from store.reading.manifests import ManifestParcelRow, ManifestRow, ParcelOrder
from store.times import MINUTE
from tests.jobs.handover_kit import NOW, number, put, scan, waiting
from tests.ui.hostile import CORPUS, RAW

HEAD = ManifestRow(
    1, "ST-20261125-JNT-01", "jnt", "J&T Express", NOW, "Sari", NOW + MINUTE, "Sari", "Pak Kurir", "a1" * 32, on=1
)  # fmt: skip


def parcel(place: int = 1, **told: Any) -> ManifestParcelRow:
    facts: dict[str, Any] = {
        "manifest_id": 1, "package_id": f"1150{place:06d}", "shop_id": 1, "order_pk": place,
        "order_id": f"58000000000{place:07d}", "tracking_number": number(place), "scanned_at": NOW + place,
        "scanned_by": "Sari", "state": "on", "reason": None, "checked_at": NOW, "shop": "toko-contoh",
        "buyer": "Budi Santoso", "city": "Kota Bandung",
        "orders": (ParcelOrder(place, f"58000000000{place:07d}", False, 136_000, "IDR"),),
    }  # fmt: skip
    return ManifestParcelRow(**(facts | told))


def words_of(data: bytes) -> list[str]:
    """The text of each page, one blank between words."""
    return [" ".join((page.extract_text() or "").split()) for page in PdfReader(io.BytesIO(data)).pages]


@pytest.mark.parametrize("language", ["id", "en"])
def test_everything_a_manifest_has_to_say(language: str) -> None:
    cod = ParcelOrder(2, "580000000000000002", True, 215_000, "IDR")
    lines = [
        parcel(2, orders=(cod,), reason="unchecked"),
        parcel(1),
        parcel(3, state="stopped", reason="cancelled"),
    ]
    made = manifest_pdf(HEAD, lines, WORDS[language])
    (page,) = words_of(made.data)
    for told in (
        "ST-20261125-JNT-01", "J&T Express", "toko-contoh", "25 Nov 2026 19.00 WIB", "25 Nov 2026 19.01 WIB",
        "Pak Kurir", number(1), number(2), "…00000002", "B*** S***", "Kota Bandung", "Rp215.000", "19.00 *",
        HEAD.digest or "",
    ):  # fmt: skip
        assert told in page
    assert number(3) not in page and "Budi" not in page
    assert page.index(number(1)) < page.index(number(2))
    assert made.pages == 1 and PdfReader(io.BytesIO(made.data)).pages[0].mediabox.width == pytest.approx(
        595, abs=1
    )


def test_the_same_manifest_gives_the_same_bytes_and_holds_no_name_of_ours() -> None:
    first, second = (manifest_pdf(HEAD, [parcel()], WORDS["id"]).data for _ in range(2))
    assert first == second
    told = PdfReader(io.BytesIO(first)).metadata
    assert told is not None and not {"/Author", "/Creator"} & {key for key, value in told.items() if value}


def test_three_hundred_parcels_over_pages_with_the_head_on_each() -> None:
    pages = words_of(manifest_pdf(HEAD, [parcel(place) for place in range(1, 301)], WORDS["id"]).data)
    assert len(pages) > 4 and all("Resi" in page for page in pages[:-1])
    found = re.findall(r"JX\d{10}", " ".join(pages))
    assert found == [number(place) for place in range(1, 301)]
    assert "Jumlah paket: 300" in pages[-1] and "SHA-256" in pages[-1]


def test_an_open_or_empty_manifest_is_a_draft_without_a_code() -> None:
    still = msgspec.structs.replace(HEAD, closed_at=None, digest=None)
    (page,) = words_of(manifest_pdf(still, [], WORDS["id"]).data)
    assert "KONSEP" in page and "SHA-256" not in page and qr_text(still) == ""


@pytest.mark.parametrize("text", (*CORPUS, *RAW))
def test_hostile_texts_are_only_texts(text: str) -> None:
    head = msgspec.structs.replace(HEAD, courier_name=text, closed_by=text, received_by=text)
    lines = [parcel(1, buyer=text, city=text, shop=text, tracking_number=text[:64]), parcel(2)]
    pages = words_of(manifest_pdf(head, lines, WORDS["id"]).data)
    assert number(2) in " ".join(pages) and "Jumlah paket: 2" in " ".join(pages)


def test_sums_count_an_order_once() -> None:
    shared = ParcelOrder(1, "A", True, 100, "IDR")
    other = ParcelOrder(2, "B", True, 50, "IDR")
    foreign = ParcelOrder(3, "C", True, 7, "USD")
    lines = [
        parcel(1, order_id="A", orders=(shared, other)),
        parcel(2, order_id="A", orders=(shared,)),
        parcel(3, order_id="C", orders=(foreign,), reason="no_platform"),
        parcel(4, order_id="D", orders=(), state="stopped"),
    ]
    sums = totals(lines)
    assert (sums.parcels, sums.orders, sums.cod, sums.cod_sum, sums.unchecked) == (3, 3, 3, 150, 1)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Budi Santoso", "B*** S***"), ("B*** S***", "B*** S***"), ("", ""), (None, ""), ("  siti ", "s***")],
)
def test_buyers_are_masked(name: str | None, shown: str) -> None:
    assert masked(name) == shown


def test_times_are_the_platforms() -> None:
    assert moment(NOW) == "25 Nov 2026 19.00 WIB" and moment(None) == "-"


def test_the_code_fits_a_small_terminal() -> None:
    assert qr_text(HEAD) == f"PANTAU ST-20261125-JNT-01 1 {'A1' * 32}"


def test_a_stored_manifest_becomes_a_file_of_its_number(store: Store, tmp_path: Path) -> None:
    put(store, waiting(1, cod=True), kind="file")
    manifest = scan(store, number(1)).manifest_id or 0
    store.write(lambda conn: handover.close(conn, manifest, "Sari", NOW, "Pak Kurir"))
    reader = store.reader()
    try:
        row = reader.manifest_of_id(manifest)
        assert row is not None
        path = save(reader, row, "id", tmp_path / "kertas")
        again = paper_of(reader, manifest, "id")
        assert again is not None and path.read_bytes() == again.data
        assert path.name == "manifest_ST-20261125-JNT-01.pdf" and path.stat().st_mode & 0o777 == 0o600
        assert paper_of(reader, 999, "id") is None
        assert store.read(lambda conn: manifests.verify(conn, manifest)) is True
    finally:
        reader.close()
