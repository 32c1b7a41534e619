"""Seller Center exports, read: every layout and language, every way they come mangled, and bytes that are none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.files import problems
from shop.files.facts import Bad, Broken, Head, Odd, Piece, Told
from shop.files.layout import L57, L63, L65
from shop.files.reader import read
from store.records import OrderRecord
from tests.shop.files_kit import Row, columns, csv_bytes, row, table, xlsx_bytes

ID = "580000000000000001"


class Reading(msgspec.Struct):
    """A file's pieces, sorted by kind."""

    head: Head
    told: list[Told]
    bad: list[Bad]
    odd: list[Odd]

    @property
    def orders(self) -> dict[str, OrderRecord]:
        return {one.record.order_id: one.record for one in self.told}

    @property
    def reasons(self) -> list[tuple[int, str | None, str]]:
        return [(one.row, one.column, one.reason) for one in self.bad]


def reading(tmp_path: Path, data: bytes, name: str = "x.csv") -> Reading:
    path = tmp_path / name
    path.write_bytes(data)
    pieces: list[Piece] = list(read(path))
    head, *rest = pieces
    assert isinstance(head, Head)
    return Reading(
        head,
        [one for one in rest if isinstance(one, Told)],
        [one for one in rest if isinstance(one, Bad)],
        [one for one in rest if isinstance(one, Odd)],
    )


def broken(tmp_path: Path, data: bytes, name: str = "x.csv") -> Broken:
    with pytest.raises(Broken) as caught:
        reading(tmp_path, data, name)
    assert caught.value.reason in problems.FILE
    return caught.value


def at(text: str) -> int:
    """Epoch ms of a UTC time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000)


# -- whole files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["L65", "L63", "L57"])
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("form", ["csv", "excel", "plain", "xlsx"])
def test_every_layout_language_and_form_says_the_same(
    tmp_path: Path, layout: str, language: str, form: str
) -> None:
    rows = [
        row(1, 1, state="to_ship", language=language),
        row(2, 1, state="collection", language=language, Product_Name='Produk B, "isi 2"\nbaris dua'),
        row(2, 2, state="collection", language=language),
    ]
    data = {
        "csv": lambda: csv_bytes(rows, layout),
        "excel": lambda: csv_bytes(rows, layout, sep=";", tabs=False),
        "plain": lambda: csv_bytes(rows, layout, bom=False, described=True),
        "xlsx": lambda: xlsx_bytes(rows, layout),
    }[form]()
    found = reading(tmp_path, data, "x.xlsx" if form == "xlsx" else "x.csv")
    assert (found.head.layout, found.head.rows, found.bad, found.odd) == (layout, 3, [], [])
    assert found.head.columns == columns(layout)
    first, second = found.orders.values()
    assert (first.status, second.status) == ("AWAITING_SHIPMENT", "AWAITING_COLLECTION")
    assert (first.order_id, first.total, first.created_at) == (ID, 59_000, at("2026-10-06 00:00"))
    assert first.items[0].unit_price == 52_000
    assert [item.name for item in second.items] == ['Produk B, "isi 2"\nbaris dua', "Produk 2 | kata kunci"]
    assert second.packages[0].tracking_number == "JY0000000002"
    assert (second.packages[0].package_id, second.packages[0].courier) == ("1150000000000000002", "jnt")
    assert second.updated_at == found.head.stamp == at("2026-10-06 01:00")


def test_the_layouts_have_the_columns_the_reference_counts() -> None:
    assert (len(L65), len(L63), len(L57)) == (65, 63, 57)
    assert L65[0] == "Order ID" and L65[-1] == "Creator Handle" and L63[-1] == "Tokopedia Invoice Number"
    assert "Taxes" in L57 and "Distance Fee" not in L57


def test_columns_count_by_name_and_unknown_ones_are_kept_and_named(tmp_path: Path) -> None:
    names, cells = table([row(1) | {"Kolom Baru": "x"}])
    shuffled = sorted(zip(names, cells, strict=True), reverse=True)
    data = "\n".join(
        ",".join(f'"{cell}"' for cell in line)
        for line in ([name.upper() + " " for name, _ in shuffled], [cell for _, cell in shuffled])
    )
    found = reading(tmp_path, data.encode())
    assert found.orders[ID].total == 59_000
    assert found.head.unknown == ("KOLOM BARU",)
    assert [one.reason for one in found.odd] == ["unknown_columns"]
    beside = msgspec.msgpack.decode(found.told[0].extra)
    assert beside["order"]["KOLOM BARU"] == "x"
    assert beside["order"]["Villages"] == "Dago" and beside["lines"][0]["SKU Seller Discount"] == "2000"


def test_rows_of_one_order_that_stand_apart_are_one_order(tmp_path: Path) -> None:
    rows = [row(1, 1), row(2, 1), row(1, 2), row(3, 1), row(1, 3)]
    found = reading(tmp_path, csv_bytes(rows))
    assert {order[-1]: len(record.items) for order, record in found.orders.items()} == {
        "1": 3,
        "2": 1,
        "3": 1,
    }


def test_blank_rows_and_exact_duplicates_are_nobodys_fault(tmp_path: Path) -> None:
    data = csv_bytes([row(1), row(1), row(2)]).replace(b"\n58", b"\n\n58")
    found = reading(tmp_path, data)
    assert (len(found.told), found.bad) == (2, [])
    assert [len(one.record.items) for one in found.told] == [1, 1]


def test_the_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    rows = [row(1, Product_Name="dua\nbaris"), row(2, Quantity="banyak"), row(3)]
    assert reading(tmp_path, csv_bytes(rows)).reasons == [(3, "Quantity", "quantity")]
    found = reading(tmp_path, xlsx_bytes(rows), "x.xlsx")
    assert found.reasons == [(4, "Quantity", "quantity")]


# -- cells ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told", ["59000", "59.000", "59,000", "Rp59.000", "59000.00", "IDR 59,000", "Rp 59.000,00"]
)
def test_money_in_the_accepted_forms(tmp_path: Path, told: str) -> None:
    assert reading(tmp_path, csv_bytes([row(1, Order_Amount=told)])).orders[ID].total == 59_000


@pytest.mark.parametrize(
    ("column", "told", "reason"),
    [
        ("Order Amount", "59.00.0", "money"),
        ("Order Amount", "5,9", "money"),
        ("Order Amount", "59k", "money"),
        ("Order Amount", "USD 59", "money"),
        ("SKU Unit Original Price", "=1+1", "money"),
        ("Quantity", "0", "quantity"),
        ("Quantity", "-1", "quantity"),
        ("Quantity", "1,5", "quantity"),
        ("Quantity", "", "missing"),
        ("Order ID", "5,83E+17", "id_mangled"),
        ("Order ID", "5.83E+17", "id_mangled"),
        ("Order ID", "583000000000000000", "id_mangled"),
        ("Order ID", "INV-1", "id"),
        ("Order ID", "", "missing"),
        ("SKU ID", "1,73E+18", "id_mangled"),
        ("Package ID", "1,15E+18", "id_mangled"),
        ("Tracking ID", "1,23E+11", "id_mangled"),
        ("Created Time", "10/13/2026 07:00:00", "time_order"),
        ("Created Time", "31/02/2026 07:00:00", "time"),
        ("Created Time", "kemarin", "time"),
        ("Created Time", "", "missing"),
        ("Paid Time", "06/10/2026 25:00:00", "time"),
        ("Order Status", "", "missing"),
        ("Product Name", "", "missing"),
        ("Product Name", "x" * 40_000, "too_long"),
    ],
)
def test_a_bad_cell_costs_its_row_and_no_other(tmp_path: Path, column: str, told: str, reason: str) -> None:
    rows = [row(7), row(1) | {column: told}, row(8)]
    found = reading(tmp_path, csv_bytes(rows))
    expected = None if reason == "too_long" else column
    assert found.reasons == [(3, expected, reason)]
    assert len(found.told) == 2
    assert found.bad[0].cells[0].strip() == rows[1]["Order ID"]
    assert reason in problems.ROW


@pytest.mark.parametrize(
    ("told", "utc"),
    [
        ("06/10/2026 12:30:15", "2026-10-06 05:30:15"),
        ("06/10/2026", "2026-10-05 17:00:00"),
        ("6/1/2026 7:05", "2026-01-06 00:05:00"),
        ("2026/10/06 12:30:15", "2026-10-06 05:30:15"),
        ("2026-10-06 12:30:15", "2026-10-06 05:30:15"),
        ("06/10/2026 12:30:15 (GMT+07:00)", "2026-10-06 05:30:15"),
        ("06/10/2026 12:30:15 (GMT+8)", "2026-10-06 04:30:15"),
    ],
)
def test_times_are_wib_and_the_day_comes_first(tmp_path: Path, told: str, utc: str) -> None:
    found = reading(tmp_path, csv_bytes([row(1, Created_Time=told)]))
    assert found.orders[ID].created_at == at(utc)


def test_ids_that_a_spreadsheet_rounded_to_fifteen_digits_are_refused_when_all_are(tmp_path: Path) -> None:
    rounded = [row(1, Order_ID=f"58012345678901{n}000") for n in range(4)]
    assert len(reading(tmp_path, csv_bytes(rounded, tabs=False)).bad) == 4
    one = [row(1, Order_ID="580123456789012000"), *(row(n, 1) for n in range(2, 60))]
    assert reading(tmp_path, csv_bytes(one)).bad == []


def test_ids_saved_as_numbers_in_xlsx_are_refused(tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "x.xlsx")
    sheet = book.add_worksheet()
    for number, line in enumerate(table([row(1), row(2)])):
        for place, cell in enumerate(line):
            if cell.isdigit():
                sheet.write_number(number, place, int(cell))
            else:
                sheet.write_string(number, place, cell)
    book.close()
    found = reading(tmp_path, (tmp_path / "x.xlsx").read_bytes(), "y.xlsx")
    assert found.reasons == [(2, "SKU ID", "id_mangled"), (3, "SKU ID", "id_mangled")]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("Perlu dikirim", ""), "AWAITING_SHIPMENT"),
        (("  perlu   DIKIRIM ", "menunggu pengambilan"), "AWAITING_COLLECTION"),
        (("Dikirim", "Dalam perjalanan"), "IN_TRANSIT"),
        (("Cancelled", "Cancelled"), "CANCELLED"),
        (("Canceled", ""), "CANCELLED"),
        (("Perlu dikirim", "Menunggu bulan purnama"), "UNKNOWN"),
        (("Pengembalian", ""), "UNKNOWN"),
    ],
)
def test_words_of_status(tmp_path: Path, words: tuple[str, str], status: str) -> None:
    found = reading(tmp_path, csv_bytes([row(1, Order_Status=words[0], Order_Substatus=words[1])]))
    record = found.orders[ID]
    assert record.status == status
    assert record.raw_status == " / ".join(word.strip() for word in words if word)
    assert [one.reason for one in found.odd] == (["unknown_status"] if status == "UNKNOWN" else [])


def test_rows_that_disagree_are_told_and_the_first_counts(tmp_path: Path) -> None:
    found = reading(tmp_path, csv_bytes([row(1, 1), row(1, 2, Order_Amount="1", Recipient="Lain")]))
    assert found.orders[ID].total == 59_000
    assert [(one.row, one.column, one.reason, one.value) for one in found.odd] == [
        (3, "Order Amount", "disagree", "1"),
        (3, "Recipient", "disagree", "Lain"),
    ]


def test_one_sku_twice_is_refused_unless_the_price_differs(tmp_path: Path) -> None:
    rows = [row(1, 1), row(1, 1, Quantity="2"), row(1, 1, SKU_Unit_Original_Price="0")]
    found = reading(tmp_path, csv_bytes(rows))
    assert found.reasons == [(3, "SKU ID", "twice")]
    assert [item.unit_price for item in found.orders[ID].items] == [52_000, 0]


def test_who_pays_at_the_door_and_which_app(tmp_path: Path) -> None:
    rows = [
        row(1, Payment_Method="Bayar di tempat", Purchase_Channel="Tokopedia"),
        row(2) | {"Normal or Pre-order": "Pre-order"},
    ]
    found = reading(tmp_path, csv_bytes(rows))
    assert (found.orders[ID].cod, found.orders[ID].channel) == (True, "TOKOPEDIA")
    assert [one.preorder for one in found.told] == [False, True]


def test_a_number_without_a_package_id_is_a_parcel(tmp_path: Path) -> None:
    found = reading(tmp_path, csv_bytes([row(1, state="transit", Package_ID="")]))
    (parcel,) = found.orders[ID].packages
    assert (parcel.package_id, parcel.tracking_number) == ("file:JY0000000001", "JY0000000001")


def test_leading_zeros_and_foreign_text_stay(tmp_path: Path) -> None:
    found = reading(
        tmp_path, csv_bytes([row(1, Tracking_ID="001234567890", Buyer_Message="[b]\x1b[31m=1+1")])
    )
    record = found.orders[ID]
    assert (record.packages[0].tracking_number, record.note) == ("001234567890", "[b]\x1b[31m=1+1")


# -- files that are none --------------------------------------------------------------------------------------------


def without(*gone: str) -> bytes:
    names, cells = table([row(1)])
    kept = [(name, cell) for name, cell in zip(names, cells, strict=True) if name not in gone]
    return "\n".join(",".join(cell) for cell in zip(*kept, strict=True)).encode()


@pytest.mark.parametrize("column", ["Order ID", "Order Status", "Product Name", "Quantity", "Created Time"])
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    error = broken(tmp_path, without(column))
    assert (error.reason, error.column) == ("no_column", column)


def test_either_sku_column_will_do(tmp_path: Path) -> None:
    assert broken(tmp_path, without("SKU ID", "Seller SKU")).column == "SKU ID"
    assert reading(tmp_path, without("SKU ID")).orders[ID].items[0].sku_id == "sku:SKU-1"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "blank"),
        (b"\xef\xbb\xbf\n\n", "blank"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_a_table"),
        (b"<html><table>", "not_a_table"),
        (b'{"orders": []}', "not_a_table"),
        (bytes(range(256)) * 40, "not_a_table"),
        (b"halo,dunia\n1,2\n", "not_a_table"),
        (b"PK\x03\x04 cut off", "broken"),
        (b"Order/adjustment ID,Type,Total settlement amount\n1,2,3\n", "settlement"),
        (without("Province").replace(b"Villages", b"State"), "other_country"),
        (csv_bytes([row(1)], described=True).split(b"\n", 1)[1], "description_as_header"),
        (csv_bytes([row(1)]) + b'"' + b"never closed " * 1_400_000, "quote"),
    ],
)
def test_what_is_no_export_is_refused_as_a_whole(tmp_path: Path, data: bytes, reason: str) -> None:
    assert broken(tmp_path, data).reason == reason


def test_a_truncated_xlsx_and_a_zip_bomb(tmp_path: Path) -> None:
    import zipfile

    whole = xlsx_bytes([row(n) for n in range(50)])
    for cut in (len(whole) // 2, len(whole) - 30, 40):
        assert broken(tmp_path, whole[:cut], "x.xlsx").reason == "broken"
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 50_000_000)
    with pytest.raises(Broken) as caught:
        list(read(path))
    assert caught.value.reason == "too_big"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "x")
    with pytest.raises(Broken) as caught:
        list(read(path))
    assert caught.value.reason == "not_a_table"


def test_bytes_that_are_no_utf8_cost_their_row(tmp_path: Path) -> None:
    data = csv_bytes([row(1), row(2, Recipient="Andr\xe9"), row(3)])
    found = reading(tmp_path, data.replace("Andr\xe9".encode(), b"Andr\xe9"))
    assert (found.reasons, len(found.told)) == ([(3, None, "encoding")], 2)


def test_utf16_as_spreadsheets_save_it_is_read(tmp_path: Path) -> None:
    text = csv_bytes([row(1)], sep="\t", tabs=False, bom=False).decode()
    assert reading(tmp_path, text.encode("utf-16")).orders[ID].total == 59_000


def test_a_short_row_is_refused_and_a_cut_end_is_seen(tmp_path: Path) -> None:
    data = csv_bytes([row(1), row(2)])
    found = reading(tmp_path, data[: data.rindex(b"Produk") + 3])
    assert (found.reasons, len(found.told)) == ([(3, None, "short")], 1)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400), head=st.sampled_from([b"", csv_bytes([row(1)]), b"PK\x03\x04"]))
def test_any_bytes_are_pieces_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, head: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "x.csv"
    path.write_bytes(head + data)
    try:
        for piece in read(path):
            assert isinstance(piece, Head | Told | Bad | Odd)
            msgspec.msgpack.encode(piece)
    except Broken as error:
        assert error.reason in problems.FILE


CELL = st.one_of(
    st.text(max_size=12), st.sampled_from(["5,83E+17", "=1+1", "06/10/2026", "1", "Rp1.000", "\x00", "'-1"])
)


@settings(max_examples=60, deadline=None)
@given(cells=st.dictionaries(st.sampled_from(L65), CELL, max_size=20))
def test_any_cells_are_pieces(tmp_path_factory: pytest.TempPathFactory, cells: Row) -> None:
    path = tmp_path_factory.mktemp("cells") / "x.csv"
    path.write_bytes(csv_bytes([row(1), row(2) | cells, row(3)], tabs=False).replace(b"\xff", b""))
    pieces = list(read(path))
    told = {one.record.order_id for one in pieces if isinstance(one, Told)}
    assert {f"58{n:016d}" for n in (1, 3)} <= told
    for piece in pieces:
        msgspec.msgpack.encode(piece)
        if isinstance(piece, Bad):
            assert piece.reason in problems.ROW
