"""What stands on slips, picking lists and address labels, and in which order parcels come."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from jobs.paper.address import can_draw, draw_address
from jobs.paper.picking import groups, parcels, picking_order, with_cancelled
from jobs.paper.picklist import draw_picklist
from jobs.paper.slip import draw_slips
from jobs.paper.words import rupiah
from store.paper_facts import OnPaper
from store.views import OrderDetail
from tests.jobs.paper_kit import CAP, GIFT, SHIRT, detail, parcel, texts
from tests.ui.hostile import CORPUS

TWO = msgspec.structs.replace(SHIRT, quantity=2)


def slips(*details: OrderDetail, size: str = "A6", printed: dict[str, int] | None = None) -> list[str]:
    by_pk = {one.row.pk: one for one in details}
    return texts(draw_slips(parcels(list(details)), by_pk, size, "id", printed or {}).data)


# -- order -------------------------------------------------------------------------------------------------


def test_equal_orders_lie_together_the_largest_heap_first() -> None:
    orders = [
        detail(1, (CAP,)),
        detail(2, (SHIRT,)),
        detail(3, (TWO,)),
        detail(4, (SHIRT,)),
        detail(5, (CAP,)),
        detail(6, (SHIRT,)),
        detail(7, (CAP, SHIRT)),
    ]
    assert [[one.row.pk for one in group.orders] for group in groups(orders)] == [[2, 4, 6], [1, 5], [3], [7]]


def test_within_a_heap_couriers_lie_together() -> None:
    orders = [
        detail(pk, (SHIRT,), [parcel(str(pk), courier=code)])
        for pk, code in ((1, "jnt"), (2, "anteraja"), (3, "jnt"), (4, "anteraja"))
    ]
    assert [one.row.pk for one in picking_order(orders)] == [2, 4, 1, 3]


def test_orders_that_are_alone_go_by_courier_then_by_sku() -> None:
    other = msgspec.structs.replace(SHIRT, sku_id="9", seller_sku="AA-1")
    orders = [
        detail(1, (SHIRT,), [parcel("1", courier="jnt")]),
        detail(2, (CAP,), [parcel("2", courier="anteraja")]),
        detail(3, (other,), [parcel("3", courier="jnt")]),
    ]
    assert [one.row.pk for one in picking_order(orders)] == [2, 3, 1]


def test_the_order_does_not_depend_on_how_they_were_named() -> None:
    orders = [detail(pk, (SHIRT,) if pk % 2 else (CAP, SHIRT)) for pk in range(1, 12)]
    assert picking_order(orders) == picking_order(orders[::-1])


def test_a_gift_makes_another_content() -> None:
    free = msgspec.structs.replace(SHIRT, is_gift=True)
    assert len(groups([detail(1, (SHIRT,)), detail(2, (free,))])) == 2


def test_a_combined_parcel_stands_once() -> None:
    both = parcel("77")
    orders = [detail(1, (SHIRT,), [both]), detail(2, (CAP,), [both]), detail(3, (CAP,), [parcel("78")])]
    assert parcels(orders) == [
        OnPaper(1, "77", ((2, orders[1].row.order_id), (1, orders[0].row.order_id))),
        OnPaper(1, "78", ((3, orders[2].row.order_id),)),
    ]


def test_cancelled_parcels_are_left_out_but_a_cancelled_order_is_told_of() -> None:
    split = detail(1, (SHIRT,), [parcel("1", status="CANCELLED"), parcel("2")])
    gone = detail(2, (CAP,), [parcel("3", status="CANCELLED")], status="CANCELLED")
    assert {one.package_id for one in parcels([split, gone])} == {"2", "3"}


# -- slip --------------------------------------------------------------------------------------------------


def test_a_slip_says_all_that_packing_needs() -> None:
    order = detail(1, (TWO, CAP, GIFT), note="tolong bubble wrap\nterima kasih", seller_note="pelanggan lama")
    (page,) = slips(order)
    for words in ("J&T Express", "JX1234567890", order.row.order_id, "2x", "Kaos Polos - Hitam, L", "KP-HTM-L",
                  "CATATAN PEMBELI: tolong bubble wrap", "terima kasih", "pelanggan lama", "[HADIAH] Stiker",
                  "4 barang", "toko-contoh", order.parcels[0].package_id):  # fmt: skip
        assert words in page, words
    assert "cetak ulang" not in page


def test_a_slip_that_was_printed_before_says_so() -> None:
    order = detail(1)
    (page,) = slips(order, printed={order.parcels[0].package_id: 2})
    assert "cetak ulang ke-2" in page


def test_a_combined_parcel_has_one_slip_for_all_its_orders() -> None:
    both = parcel("77")
    orders = [detail(1, (SHIRT,), [both], note="merah"), detail(2, (CAP,), [both], note="biru")]
    (page,) = slips(*orders)
    for words in ("Gabungan 2 pesanan", "merah", "biru", "Kaos Polos", "Topi Trucker", "2 barang"):
        assert words in page


def test_a_split_order_warns_on_each_of_its_slips() -> None:
    pages = slips(detail(1, (SHIRT, CAP), [parcel("1"), parcel("2")]))
    assert len(pages) == 2
    assert all("2 paket" in page for page in pages)


def test_a_parcel_without_number_and_items_is_still_a_slip() -> None:
    (page,) = slips(detail(1, (), [parcel("1", tracking_number=None, courier_name=None, courier=None)]))
    assert "resi belum ada" in page and "isi tidak diketahui" in page


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"cancel_requested": True}, "MINTA BATAL - JANGAN DIKEMAS"),
        ({"status": "CANCELLED"}, "DIBATALKAN - JANGAN DIKEMAS"),
        ({"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}, "DIKIRIM GUDANG PLATFORM - JANGAN DIKEMAS"),
    ],
)
def test_a_slip_warns_loudly_of_what_must_not_be_packed(told: dict[str, Any], words: str) -> None:
    (page,) = slips(detail(1, **told))
    joined = " ".join(page.split())
    assert words in joined and joined.index(words) < 200, "before everything else"
    (fine,) = slips(detail(1, fulfillment_type="FULFILLMENT_BY_SELLER"))
    assert "JANGAN" not in fine


def test_a_combined_parcel_warns_of_its_cancelled_order_and_lists_only_the_others() -> None:
    both = parcel("77")
    live = detail(1, (SHIRT,), [both])
    gone = detail(
        2, (CAP,), [msgspec.structs.replace(both, status="CANCELLED")], status="CANCELLED", cod=True
    )
    found = with_cancelled(parcels([live]), [gone, detail(3, parcels=[parcel("78")])])
    assert found == [OnPaper(1, "77", ((1, live.row.order_id), (2, gone.row.order_id)))]
    (page,) = texts(draw_slips(found, {1: live, 2: gone}, "A6", "id", {}).data)
    assert "DIBATALKAN" in page and gone.row.order_id in page and "Kaos Polos" in page
    assert "Topi" not in page and "COD" not in page and "1 barang" in page


def test_a_slip_says_what_the_courier_collects() -> None:
    (page,) = slips(detail(1, cod=True, total=136_000))
    assert "COD: tagih Rp136.000" in page
    assert "COD" not in slips(detail(1))[0]


@pytest.mark.parametrize("size", ["A6", "A5"])
def test_long_orders_take_more_pages_and_each_slip_counts_its_own(size: str) -> None:
    many = [
        msgspec.structs.replace(SHIRT, line=line, sku_id=str(line), seller_sku=f"S-{line:03}")
        for line in range(40)
    ]
    pages = slips(detail(1, many), detail(2, (CAP,)), size=size)
    ours = [page for page in pages if "Topi" not in page]
    assert len(ours) > 1
    assert f"1/{len(ours)}" in ours[0] and f"{len(ours)}/{len(ours)}" in ours[-1]
    assert sum(page.count(f"S-{line:03}") for page in ours for line in range(40)) == 40


# -- picking list ------------------------------------------------------------------------------------------


def test_a_picking_list_sums_up_by_sku_and_names_the_heaps() -> None:
    orders = [detail(pk, (SHIRT,)) for pk in range(1, 13)]
    orders += [detail(20, (TWO, CAP), note="x"), detail(21, (), ())]
    made = draw_picklist(orders, "A4", "id", "25/11/2026 09.00")
    text = "\n".join(texts(made.data))
    for words in ("25/11/2026 09.00", "14 pesanan, 15 barang", "12 pesanan @ 1x Kaos Polos - Hitam, L",
                  "2 pesanan lain", "KP-HTM-L", "TP-NVY", orders[12].row.order_id[-9:] + "! J&T"):  # fmt: skip
        assert words in text, words
    assert re.search(r"KP-HTM-L\s+Kaos Polos - Hitam, L\s+14\s+15", text)
    assert all(one.row.order_id[-8:] in text for one in orders)


def test_free_stock_is_shown_where_it_is_known() -> None:
    text = texts(draw_picklist([detail(1, (SHIRT, CAP))], "A5", "id", "x").data)[0]
    assert "15" in text and "Stok bebas" in text and "-" in text


def test_a_picking_list_speaks_of_couriers_by_name_and_explains_its_marks() -> None:
    orders = [
        detail(1, (SHIRT,), courier="sicepat", note="x"),
        detail(2, (CAP,), cancel_requested=True),
        detail(3, (GIFT,), status="CANCELLED", courier="anteraja"),
        detail(4, (TWO,), courier="kurir-baru", courier_name="Kurir Baru"),
    ]
    text = " ".join("\n".join(texts(draw_picklist(orders, "A6", "id", "x").data)).split())
    for words in ("000000001! SiCepat", "000000002 J&T", "[MINTA BATAL]", "000000004 Kurir Baru",
                  "! = ada catatan pembeli", "[MINTA BATAL] = jangan dikemas", "3 pesanan, 4 barang"):  # fmt: skip
        assert words in text, words
    assert text.count("3 pesanan, 4 barang") == 1
    assert not re.search(r"\bjnt\b|\bsicepat\b|000000003|Stiker|GUDANG", text)


def test_a_narrow_picking_list_cuts_no_heading_and_no_mark() -> None:
    long = detail(1, (SHIRT,), courier="idexpress", note="x", fulfillment_type="FULFILLMENT_BY_TIKTOK")
    (page,) = texts(draw_picklist([long], "A6", "id", "x").data)
    assert "Stok" in page.split() and "bebas" in page.split()
    assert "[GUDANG" in page and "PLATFORM]" in page.split("=")[-1] and "…" not in page
    assert "!" not in page.splitlines()


def test_goods_of_two_shops_are_not_mixed() -> None:
    other = detail(2, (SHIRT,), shop_id=2, shop="toko-dua")
    text = "\n".join(texts(draw_picklist([detail(1, (SHIRT,)), other], "A5", "id", "x").data))
    assert "(toko-contoh)" in text and "(toko-dua)" in text
    assert len(groups([detail(1, (SHIRT,)), other])) == 2


# -- address label -----------------------------------------------------------------------------------------


def test_an_address_label_says_where_it_goes() -> None:
    order = detail(
        1,
        phone="(+62)812*****78",
        address="Jl. Merdeka No. 1\nRT 02",
        province="Jawa Barat",
        cod=True,
        total=136_000,
    )
    made = draw_address(parcels([order])[0], order, "A6", "id", 3)
    (page,) = texts(made.data)
    for words in ("B*** S***", "Jl. Merdeka No. 1", "RT 02", "Kota Bandung, Jawa Barat", "812*****78",
                  "COD: tagih Rp136.000", "JX1234567890", order.row.order_id, "cetak ulang ke-3"):  # fmt: skip
        assert words in page, words


@pytest.mark.parametrize("address", [None, "", "***", "* * *, ***", " \n"])
def test_a_masked_address_is_no_address(address: str | None) -> None:
    assert not can_draw(detail(1, address=address))
    assert can_draw(detail(1, address="Jl. M*** No. 1"))


def test_money_is_written_as_in_indonesia() -> None:
    assert rupiah(1_234_567, "IDR") == "Rp1.234.567"
    assert rupiah(1_234, "MYR") == "MYR 1,234"


# -- hostile -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["A6", "A5"])
def test_hostile_orders_are_only_text_on_every_paper(size: str) -> None:
    orders = []
    for pk, text in enumerate(CORPUS, start=1):
        item = msgspec.structs.replace(SHIRT, name=text, variation=text, seller_sku=text)
        told = {"note": text, "buyer": text, "city": text, "summary": text, "order_id": text, "courier": text}
        told |= {"shop": text, "seller_note": text, "address": text, "phone": text, "province": text}
        box = parcel(text, courier_name=text, tracking_number=text)
        orders.append(detail(pk, (item, item), [box], **told))
    by_pk = {one.row.pk: one for one in orders}
    found = parcels(orders)
    made = [
        draw_slips(found, by_pk, size, "id", {}),
        draw_picklist(orders, size, "en", "x"),
        *(draw_address(found[0], order, size, "id", 0) for order in orders),
    ]
    for one in made:
        pages = texts(one.data)
        assert len(pages) == one.pages > 0
        assert not any(set("\x1b\x07\u202e\u200b") & set(page) for page in pages)
        for active in (b"/JavaScript", b"/Launch", b"/URI", b"/OpenAction"):
            assert active not in one.data
