"""Orders as the cells of a Seller Center export: the columns, and that reading them gives the orders again."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from shop.couriers_map import courier_code
from shop.files import csv_out, xlsx_out
from shop.files.facts import Bad, Broken, Head, Odd, Told
from shop.files.layout import L65, OWN, PANTAU, TABBED
from shop.files.limits import CELL, units
from shop.files.reader import read
from shop.files.sheet import NoRoom, Sheet, wib
from store.flatten import fingerprint
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.status import OrderStatus
from tests.shop.files_kit import csv_bytes, row

NOW: Final = 1_791_244_800_000
"""6 October 2026, 07:00:00 in Jakarta."""
ENDINGS = pytest.mark.parametrize("ending", ["csv", "xlsx"])


def order(number: int = 1, **told: Any) -> OrderRecord:
    """An order as the Open API tells it."""
    facts: dict[str, Any] = {
        "order_id": f"58{number:016d}", "status": "AWAITING_SHIPMENT", "raw_status": "AWAITING_SHIPMENT",
        "created_at": NOW, "updated_at": NOW + 61_000, "paid_at": NOW + 60_000, "total": 104_000,
        "items": (ItemRecord(f"173{number:016d}", "Kaos Polos", 2, 52_000, "1729000000000000001", "KP", "Hitam"),),
        "packages": (PackageRecord(f"115{number:016d}", "TO_FULFILL", "jnt", "J&T Express", "p1"),),
        "buyer": "Budi Santoso", "phone": "(+62)812****1234", "city": "Kota Bandung", "province": "Jawa Barat",
        "address": "Jl. Dago 1", "arrange_by": NOW + 3_600_000, "scan_by": NOW + 7_200_000,
        "deadline_source": "platform", "priority": 0, "buyer_id": "7", "subtotal": 104_000,
    }  # fmt: skip
    return OrderRecord(**(facts | told))


def write(path: Path, orders: Sequence[tuple[OrderRecord, dict[str, Any]]], **how: Any) -> tuple[str, ...]:
    """The orders as a file, with as many columns as they need."""
    fit = csv_out.fit if path.suffix == ".csv" else xlsx_out.fit
    unknown: dict[str, None] = {}
    own = 0
    while True:
        sheet = Sheet(how.get("language", "id"), unknown=tuple(unknown), own=own, fit=fit)
        try:
            rows = [cells for record, beside in orders for cells in sheet.rows(record, beside)]
            break
        except NoRoom as lacking:
            if lacking.columns[0] in OWN:
                own = len(lacking.columns)
            else:
                unknown |= dict.fromkeys(lacking.columns)
    path.unlink(missing_ok=True)
    if path.suffix == ".csv":
        csv_out.write(path, sheet.header, sheet.tabbed, rows)
    else:
        xlsx_out.write(path, sheet.header, rows)
    return sheet.header


def again(path: Path) -> tuple[list[OrderRecord], list[Any]]:
    """What is read of it, and what was odd."""
    pieces = list(read(path))
    assert isinstance(pieces[0], Head)
    assert not [piece for piece in pieces if isinstance(piece, Bad)], pieces
    records = [piece.record for piece in pieces if isinstance(piece, Told)]
    return records, [piece for piece in pieces if isinstance(piece, Odd)]


def cells_of(path: Path) -> list[dict[str, str]]:
    """The rows as a spreadsheet sees them, by column."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows: list[list[Any]] = list(csv.reader(file))
    else:
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return [dict(zip(rows[0], cells, strict=True)) for cells in rows[1:]]


# ---- the file itself -------------------------------------------------------------------------------------------


def test_the_csv_is_what_a_spreadsheet_leaves_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write(path, [(order(buyer="=HYPERLINK(1)", note="baris 1\nbaris 2"), {})])
    data = path.read_bytes()
    assert data.startswith(b'\xef\xbb\xbf"Order ID","Order Status"')
    assert data.endswith(b'"\r\n')
    assert path.stat().st_mode & 0o777 == 0o600
    (told,) = cells_of(path)
    assert told["Order ID"] == "580000000000000001\t"
    assert told["SKU ID"] == "1730000000000000001\t"
    assert told["Created Time"] == "06/10/2026 07:00:00\t"
    assert told["Delivered Time"] == "\t", "an empty one is a lone tab, as in the platform's own file"
    assert told["Phone #"] == "(+62)812****1234"
    assert told["Recipient"] == "'=HYPERLINK(1)"
    assert told["Order Amount"] == "104000"
    assert all(told[name].endswith("\t") for name in TABBED)


def test_the_sheet_is_nothing_but_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [(order(buyer="=1+1", note="http://contoh", seller_note="<r>&</r>"), {}), (order(2), {})])
    assert path.stat().st_mode & 0o777 == 0o600
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["OrderSKUList"]
    first, second = cells_of(path)
    assert all(isinstance(cell, str) for cell in first.values())
    assert (first["Recipient"], first["Buyer Message"]) == ("'=1+1", "http://contoh")
    assert first["Seller Note"].strip() == "<r>&</r>"
    assert (first["Order ID"], first["Order Amount"]) == ("580000000000000001", "104000")
    assert second["Order ID"] == "580000000000000002", "no row of descriptions"


@pytest.mark.parametrize(
    ("language", "words"),
    [("id", ("Perlu dikirim", "Menunggu pengambilan")), ("en", ("To ship", "Awaiting collection"))],
)
def test_a_status_in_the_words_of_the_language(tmp_path: Path, language: str, words: tuple[str, str]) -> None:
    path = tmp_path / "a.csv"
    made = order(status="AWAITING_COLLECTION", raw_status="AWAITING_COLLECTION", shipped_at=NOW)
    write(path, [(made, {})], language=language)
    (told,) = cells_of(path)
    assert (told["Order Status"], told["Order Substatus"]) == words
    assert again(path)[0] == [made]


def test_an_order_of_a_file_that_the_api_told_later_has_the_words_of_the_language(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write(path, [(order(), {"order": {"Zipcode": "00123"}, "lines": []})])
    (told,) = cells_of(path)
    assert (told["Order Status"], told["Zipcode"]) == ("Perlu dikirim", "00123\t")


def test_an_order_of_two_things_has_two_rows_that_agree(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    things = (
        ItemRecord("1730000000000000001", "Kaos", 1, 10),
        ItemRecord("1730000000000000002", "Topi", 3, 20),
    )
    write(path, [(order(items=things), {})])
    rows = cells_of(path)
    assert [told["Quantity"] for told in rows] == ["1", "3"]
    assert [told["Order Amount"] for told in rows] == ["104000", "104000"]
    records, odd = again(path)
    assert (records[0].items, odd) == (things, [])


@ENDINGS
def test_what_came_from_a_file_goes_back_as_it_was(tmp_path: Path, ending: str) -> None:
    source, path = tmp_path / "in.csv", tmp_path / f"out.{ending}"
    rows = [
        row(1, 1, Gudang_baru="A-1", Buyer_Message="'=kutip"),
        row(1, 2, Buyer_Message="'=kutip", Gudang_baru="A-1"),
        row(2, state="done", Recipient=""),
        row(3, state="cancelled", Tokopedia_Invoice_Number="INV/1", Purchase_Channel="Tokopedia"),
        row(4, state="unpaid", Shipping_Provider_Name="SiCepat REG", SKU_ID=""),
    ]
    source.write_bytes(csv_bytes(rows))
    told = [(one.record, msgspec.msgpack.decode(one.extra)) for one in read(source) if isinstance(one, Told)]
    header = write(path, told)
    assert header == (*L65, "Gudang_baru"), "no column of ours: the platform's say everything"
    back = [(one.record, msgspec.msgpack.decode(one.extra)) for one in read(path) if isinstance(one, Told)]
    assert [one[0] for one in back] == [one[0] for one in told]
    assert [one[1]["order"] for one in back] == [one[1]["order"] for one in told]
    names = {
        "Seller SKU",
        "Order Status",
        "Zipcode",
        "Sku Quantity of return",
        "Gudang_baru",
        "Detail Address",
    }
    assert [
        {name: cell.strip() for name, cell in cells.items() if name in names} for cells in cells_of(path)
    ] == [{name: one.get(name, "") for name in names} for one in rows]


def test_an_order_without_an_id_that_can_be_read_stops_no_export(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    header = write(path, [(order(order_id="X-1"), {})])
    assert header == L65
    assert cells_of(path)[0]["Order ID"] == "X-1\t"


def test_times_of_jakarta() -> None:
    assert wib(NOW) == "06/10/2026 07:00:00"
    assert wib(NOW + 16 * 3_600_000 + 59 * 60_000 + 59_999) == "06/10/2026 23:59:59"
    assert wib(None) == wib(-(10**15)) == wib(10**17) == ""


def test_more_rows_than_a_sheet_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_out, "MOST_ROWS", 2)
    with pytest.raises(Broken, match="too_big"):
        xlsx_out.write(tmp_path / "a.xlsx", ["a"], [["1"], ["2"], ["3"]])


def test_a_cell_holds_no_more_than_a_spreadsheets(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = order(note="n" * 40_000, seller_note="=" * 32_767)
    write(path, [(made, {})])
    ((back,), _) = again(path)
    assert len(cells_of(path)[0]["Buyer Message"]) == CELL - 1
    assert back == made, "what the note's cell cannot hold stands in ours"


@ENDINGS
@pytest.mark.parametrize(
    "sign",
    ["n", "-", " ", "\n", '"', "\\", "{", "é", "\U0001f455", "[],:", "=1 ", '\\"', "'", ",{", "\ufffe"],
)
def test_what_one_cell_cannot_hold_goes_on_in_the_next(tmp_path: Path, ending: str, sign: str) -> None:
    path = tmp_path / f"a.{ending}"
    # Few long names and not many short ones: each item is a row, and each row has all of the cells.
    name = f"Kaos {'polos ' * 100}{sign * 10}"
    things = tuple(
        ItemRecord(f"{173 * 10**16 + number}", name, 1, number, f"{number:019}") for number in range(90)
    )
    made = order(items=things, note=f"a{sign * 12_000}b")
    header = write(path, [(order(2), {}), (made, {})])
    assert 3 <= len([name for name in header if name in OWN]) <= len(OWN)
    assert again(path)[0] == [order(2), made]
    assert all(units(cell) <= CELL + 1 for cells in cells_of(path) for cell in cells.values())


def test_beyond_nine_cells_the_longest_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    made = order(note="n" * 400_000)
    write(path, [(made, {})])
    ((back,), _) = again(path)
    assert msgspec.structs.replace(back, note=made.note) == made


@ENDINGS
@pytest.mark.parametrize("beside", [{}, {"order": {"Zipcode": "00123"}, "lines": []}])
def test_an_order_without_items_stays_without(tmp_path: Path, ending: str, beside: dict[str, Any]) -> None:
    path = tmp_path / f"a.{ending}"
    made = [order(1, items=()), order(2), order(3, items=(ItemRecord("sku:-", "-", 1, 0, seller_sku="-"),))]
    write(path, [(record, beside) for record in made])
    assert again(path)[0] == made


@ENDINGS
def test_a_spreadsheet_counts_an_emoji_twice(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    write(path, [(order(note="\U0001f455" * 20_000, city="-" + "\U0001f455" * 16_383), {})])
    (told,) = cells_of(path)
    assert told["Buyer Message"] == "\U0001f455" * 16_383
    assert told["Regency and City"] == "'-" + "\U0001f455" * 16_382
    assert all(units(cell) <= CELL for cell in told.values())


def test_a_row_of_xml_signs_and_one_of_signs_that_xml_does_not_take(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = [
        ['A&B <c> ]]> "d"', "<r>e</r>", "&amp;", ""],
        ["\x01 & <", "_x0041_x0042_", " blank ", "\ttab\n"],
        ["\0", "a\0b", "", "x"],
    ]
    xlsx_out.write(path, ["a & b", "b", "c", "d"], rows)
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    assert sheet.to_python() == [["a & b", "b", "c", "d"], *rows]


def test_columns_have_the_names_of_a_spreadsheets(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    names = [f"n{number}" for number in range(800)]
    xlsx_out.write(path, names, [[*names[:-1], "zuletzt"]])
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    assert sheet.to_python() == [names, [*names[:-1], "zuletzt"]]


# ---- there and back --------------------------------------------------------------------------------------------

HOSTILE: Final = st.sampled_from(
    [
        "=1+1", "'=1", "''", "+62", "-", "@a", " x", "x ", "\tx", "x\t", "a\r\nb", "\r", '"', 'a"b', ",", ";",
        "<r>x</r>", "<r>&</r>\n", "_x0041_", "_x000D_", "\x01", "\x1b[31m", "\ufffe", "\uffff", "\u200b=1", "\ufeff",
        "é", "👕", "\u202eabc", "&#10;", "]]>", "5,8E+17", "1E5", "Default", "-", " / ", "A / B / C", "Pantau", "{",
        "580000000000100000", "Bayar di tempat", "Tokopedia", "TikTok", "0", "00012", "nan", "TRUE", "06/10/2026",
    ]
)  # fmt: skip
PLAIN: Final = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
)
TEXT: Final = HOSTILE | PLAIN
MAYBE: Final = st.none() | TEXT
IDS: Final = st.integers(10**17, 10**18 - 1).filter(lambda n: n % 1_000).map(str)
MOMENTS: Final = (
    st.integers(NOW // 1000 - 10**8, NOW // 1000 + 10**8).map(lambda n: n * 1000)
    | st.integers(NOW - 10**9, NOW + 10**9)
    | st.sampled_from([0, 1, 10**15])
)
MONEY: Final = st.integers(-(10**6), 10**9) | st.just(2**53 - 1)
ITEMS: Final = st.lists(
    st.builds(
        ItemRecord,
        sku_id=IDS | TEXT,
        name=TEXT | st.just(""),
        quantity=st.integers(1, 300) | st.sampled_from([0, 100_000]),
        unit_price=MONEY,
        product_id=MAYBE,
        seller_sku=MAYBE,
        variation=MAYBE,
        is_gift=st.booleans(),
    ),
    max_size=3,
).map(tuple)
PACKAGES: Final = st.lists(
    st.builds(
        PackageRecord,
        package_id=IDS | TEXT,
        status=MAYBE,
        courier=MAYBE,
        courier_name=MAYBE,
        provider_id=MAYBE,
        tracking_number=MAYBE,
    ),
    max_size=2,
).map(tuple)
ORDERS: Final = st.builds(
    OrderRecord,
    order_id=IDS,
    status=st.sampled_from([one.value for one in OrderStatus]),
    raw_status=TEXT | st.just(""),
    created_at=MOMENTS,
    updated_at=MOMENTS,
    items=ITEMS,
    packages=PACKAGES,
    channel=st.sampled_from(["TIKTOK_SHOP", "TOKOPEDIA"]) | TEXT,
    total=MONEY,
    currency=st.sampled_from(["IDR", "USD"]),
    subtotal=st.none() | MONEY,
    shipping_fee=st.none() | MONEY,
    priority=st.none() | st.integers(0, 9),
    cod=st.booleans(),
    cancel_requested=st.booleans(),
    **dict.fromkeys(
        ("paid_at", "arrange_by", "scan_by", "cancel_at", "shipped_at", "collected_at", "delivered_at"),
        st.none() | MOMENTS,
    ),
    **dict.fromkeys(
        (
            "deadline_source", "cancel_reason", "fulfillment_type", "shipping_type", "delivery_option", "buyer",
            "buyer_id", "city", "province", "address", "phone", "note", "seller_note", "payment_method",
        ),
        MAYBE,
    ),
)  # fmt: skip


@ENDINGS
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    made=st.lists(
        st.tuples(ORDERS, st.booleans()), min_size=1, max_size=4, unique_by=lambda one: one[0].order_id
    )
)
@example(made=[(order(), False), (order(2, packages=()), True)])
def test_whatever_an_order_says_comes_back(
    tmp_path: Path, ending: str, made: list[tuple[OrderRecord, bool]]
) -> None:
    path = tmp_path / f"a.{ending}"
    beside = {"order": {"Zipcode": "00123", "Kolom baru": "=1"}, "lines": []}
    # What a store gives back has no NUL and no halves of letters.
    told = [(fingerprint(record)[0], beside if from_file else {}) for record, from_file in made]
    write(path, told)
    records, odd = again(path)
    assert records == [record for record, _ in told]
    assert {one.reason for one in odd} <= {"unknown_status", "unknown_columns"}


def test_couriers_come_back_by_their_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    parcel = PackageRecord("file:JY1", None, courier_code("J&T Express"), "J&T Express", None, "JY1")
    made = order(packages=(parcel,))
    write(path, [(made, {})])
    (told,) = cells_of(path)
    assert (told["Package ID"], told["Tracking ID"]) == ("\t", "JY1")
    assert '"packages"' not in told[PANTAU]
    assert again(path)[0] == [made]
