"""The papers of the fake platform: PDFs of the right size that say what a label says, and that they are samples."""

from __future__ import annotations

import io
import re

import pypdf
import pytest

from shop.sandbox.label import label_of, pdf, sort_code
from shop.sandbox.shipping import ShipItem
from shop.sandbox.world import World
from tests.shop.sandbox_kit import id_of, package_of, small_world, some


@pytest.fixture(scope="module")
def world() -> World:
    return small_world(300)


def pages(content: bytes) -> list[pypdf.PageObject]:
    return list(pypdf.PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize("cod", [True, False])
def test_a_label_says_where_what_and_how_much(world: World, cod: bool) -> None:
    order = some(world, "AWAITING_COLLECTION", cod=cod, shipping_type="TIKTOK")
    known, shipment = world.facts(order), order.shipments[0]
    parcel = world.package(package_of(world, order))
    assert parcel is not None and shipment is not None
    (page,) = pages(pdf(label_of(world, parcel, "Toko Contoh"), "SHIPPING_LABEL", "A6"))
    text = page.extract_text()
    for part in (
        shipment.tracking_number,
        id_of(world, order),
        parcel.package_id,
        known.phone,
        known.city.name,
    ):
        assert part in text
    assert "CONTOH" in text and "Toko Contoh" in text
    money = f"{known.total:,}".replace(",", ".")
    assert (f"COD Rp{money}" in text) is cod and ("NON-COD" in text) is not cod
    bars = re.findall(rb"\bre\b", page.get_contents().get_data())  # type: ignore[union-attr]
    assert len(bars) > 30


@pytest.mark.parametrize(
    ("kind", "count"),
    [("SHIPPING_LABEL", 1), ("PACKING_SLIP", 1), ("SHIPPING_LABEL_AND_PACKING_SLIP", 2)],
)
@pytest.mark.parametrize(("size", "width", "height"), [("A6", 105, 148), ("A5", 148, 210)])
def test_papers_have_their_size(
    world: World, kind: str, count: int, size: str, width: int, height: int
) -> None:
    parcel = world.package(package_of(world, some(world, "AWAITING_COLLECTION")))
    assert parcel is not None
    label = label_of(world, parcel, "Toko Contoh")
    made = pdf(label, kind, size)
    assert made == pdf(label, kind, size), "the same package gives the same bytes"
    found = pages(made)
    assert len(found) == count
    for page in found:
        assert float(page.mediabox.width) * 25.4 / 72 == pytest.approx(width, abs=1)
        assert float(page.mediabox.height) * 25.4 / 72 == pytest.approx(height, abs=1)
    if "SLIP" in kind:
        assert label.goods[0].seller_sku in found[-1].extract_text()


def test_a_package_that_waits_has_no_number_yet(world: World) -> None:
    order = some(world, "AWAITING_SHIPMENT", shipping_type="TIKTOK", ask_status="", packages=1,
                 fulfillment_type="FULFILLMENT_BY_SELLER")  # fmt: skip
    package_id = package_of(world, order)
    before = world.package(package_id)
    assert before is not None and label_of(world, before, "Toko").tracking_number == "-"
    assert world.ship(ShipItem(package_id), "r") is None
    after = world.package(package_id)
    assert after is not None and label_of(world, after, "Toko").tracking_number != "-"


def test_sorters_read_city_and_post_office() -> None:
    assert sort_code("Kota Medan", "20153") == "MED-201-53"
    assert sort_code("Kabupaten Jember", "68121") == "JEM-681-21"
