"""What people and programs do to an export before it arrives: each costs what it must, and nothing is misread."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.files import problems, xlsx_errors, xlsx_table
from shop.files.cells import BadCell, moment, money
from shop.files.facts import Bad, Broken, Head, Odd, Piece, Told
from shop.files.layout import PANTAU
from shop.files.reader import read
from shop.files.stamps import MANY, Stamps
from tests.shop.files_kit import csv_bytes, row, table, xlsx_bytes

SHEET = "xl/worksheets/sheet1.xml"


def pieces(tmp_path: Path, data: bytes, name: str = "x.csv") -> list[Piece]:
    path = tmp_path / name
    path.write_bytes(data)
    return list(read(path))


def bad(found: list[Piece]) -> list[tuple[int, str | None, str]]:
    return [(one.row, one.column, one.reason) for one in found if isinstance(one, Bad)]


def told(found: list[Piece]) -> list[Told]:
    return [one for one in found if isinstance(one, Told)]


def edited(data: bytes, change: Callable[[bytes], bytes], part: str = SHEET) -> bytes:
    """The workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def cell(place: str, becomes: str) -> Callable[[bytes], bytes]:
    return lambda xml: re.sub(rb'<c r="%s"[^>]*>.*?</c>' % place.encode(), becomes.encode(), xml)


# -- rows that moved or merged --------------------------------------------------------------------------------------


def test_a_comma_that_should_be_in_quotes_moves_cells_and_the_row_is_refused(tmp_path: Path) -> None:
    data = csv_bytes([row(1), row(2, Buyer_Message="HALO"), row(3)]).replace(b"HALO", b"a,b")
    found = pieces(tmp_path, data)
    assert bad(found) == [(3, None, "short")]
    assert len(told(found)) == 2


@pytest.mark.parametrize("where", [b"Gudang", b"Kota Bandung"])
def test_a_file_that_ends_within_a_row_does_not_lose_the_end_silently(tmp_path: Path, where: bytes) -> None:
    data = csv_bytes([row(1), row(2, state="transit")])
    found = pieces(tmp_path, data[: data.rindex(where) + 3])
    assert bad(found) == [(3, None, "short")]


def test_empty_cells_at_the_end_may_be_left_out(tmp_path: Path) -> None:
    data = csv_bytes([row(1, Order_Channel="")]).rstrip(b"\n,") + b"\n"
    assert (bad(pieces(tmp_path, data)), len(told(pieces(tmp_path, data)))) == ([], 1)


def test_two_orders_that_a_spreadsheet_gave_one_id_are_not_merged(tmp_path: Path) -> None:
    rounded = {"Order ID": "580123456789012000"}
    whole = [row(n) for n in range(1, 80)]
    same = [row(1, 5) | rounded, row(1, 6) | rounded]
    assert bad(pieces(tmp_path, csv_bytes([*whole, *same], tabs=False))) == []
    other = [same[0], same[1] | {"Created Time": "01/10/2026 09:00:00"}]
    found = pieces(tmp_path, csv_bytes([*whole, *other], tabs=False))
    assert bad(found) == [(81, "Order ID", "id_mangled"), (82, "Order ID", "id_mangled")]
    assert len(told(found)) == 79


def test_a_ten_megabyte_cell_costs_its_row(tmp_path: Path) -> None:
    found = pieces(tmp_path, csv_bytes([row(1), row(2, Buyer_Message="x" * 10_000_000), row(3)]))
    assert bad(found) == [(3, None, "too_long")]
    assert len(told(found)) == 2
    assert max(len(msgspec.msgpack.encode(piece)) for piece in found) < 100_000


def test_an_order_of_many_rows_is_one_order(tmp_path: Path) -> None:
    found = pieces(tmp_path, csv_bytes([row(1, sku) for sku in range(1, 400)]))
    assert [len(one.record.items) for one in told(found)] == [399]


# -- bytes ----------------------------------------------------------------------------------------------------------


def test_nul_bytes_cost_their_row_and_reach_nobody(tmp_path: Path) -> None:
    found = pieces(tmp_path, csv_bytes([row(1), row(2, Buyer_Message="a\0b"), row(3) | {"Kol\0om": "x"}]))
    assert bad(found) == [(3, None, "encoding")]
    assert b"\0" not in b"".join(
        text.encode() for one in found if isinstance(one, Bad) for text in (one.value, *one.cells)
    )
    head = found[0]
    assert isinstance(head, Head) and head.unknown == ("Kol?om",)


def test_a_column_name_with_broken_letters_is_kept_as_well_as_it_can_be(tmp_path: Path) -> None:
    data = csv_bytes([row(1) | {"Kol\xe9": "x"}]).replace("Kol\xe9".encode(), b"Kol\xe9")
    found = pieces(tmp_path, data)
    assert msgspec.msgpack.decode(told(found)[0].extra)["order"]["Kol?"] == "x"


def test_a_latin1_file_loses_only_the_rows_that_need_it(tmp_path: Path) -> None:
    data = csv_bytes([row(1, Recipient="Andr\xe9"), row(2)], bom=False).decode().encode("latin-1")
    found = pieces(tmp_path, data)
    assert (bad(found), len(told(found))) == ([(2, None, "encoding")], 1)


@pytest.mark.parametrize("ends", [b"\r", b"\r\n"])
def test_lines_may_end_as_on_any_system(tmp_path: Path, ends: bytes) -> None:
    found = pieces(tmp_path, csv_bytes([row(1), row(2)]).replace(b"\n", ends))
    assert (bad(found), len(told(found))) == ([], 2)


# -- cells ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["٣٥", "0.350", "--5", "35.2", "1e5", "35 200", "35.200.00", "9" * 16])
def test_money_that_could_mean_two_things_is_refused(said: str) -> None:
    with pytest.raises(BadCell) as caught:
        money(said)
    assert caught.value.reason == "money"


@given(st.integers(0, 10**15 - 1), st.sampled_from([".", ","]), st.sampled_from(["", "Rp", "Rp ", "IDR "]))
def test_money_says_the_same_in_every_accepted_form(amount: int, sep: str, sign: str) -> None:
    grouped = f"{amount:,}".replace(",", sep)
    assert money(f"{sign}{amount}") == money(f"{sign}{grouped}") == money(f"{amount}.00") == amount


@pytest.mark.parametrize(
    "said", ["٠٦/10/2026", "06/10/2026 7", "06/10/26", "06/10/2026 07:00:00 PM", "06-10-2026"]
)
def test_times_in_other_forms_are_refused(said: str) -> None:
    with pytest.raises(BadCell) as caught:
        moment(said)
    assert caught.value.reason == "time"


def test_a_whole_file_in_month_first_is_not_half_read_as_day_first(tmp_path: Path) -> None:
    rows = [row(day, Created_Time=f"10/{day:02}/2026 07:00:00", Paid_Time="") for day in range(1, 25)]
    found = pieces(tmp_path, csv_bytes(rows))
    # 10 October is the same either way.
    assert [one.row for one in told(found)] == [11]
    assert {reason for _, _, reason in bad(found)} == {"time_order"}


def test_one_slip_does_not_make_a_file_month_first(tmp_path: Path) -> None:
    rows = [row(1), row(2, Created_Time="10/13/2026 07:00:00"), row(3, Created_Time="10/14/2026 07:00:00")]
    found = pieces(tmp_path, csv_bytes(rows))
    assert ([number for number, _, _ in bad(found)], len(told(found))) == ([3, 4], 1)


@given(
    st.lists(st.tuples(st.integers(1, 28), st.integers(0, 86_399), st.booleans()), min_size=1, max_size=30)
)
def test_the_newest_of_many_times_is_the_greatest(times: list[tuple[int, int, bool]]) -> None:
    told = []
    for day, at, plain in times:
        hour, minute, second = at // 3_600, at // 60 % 60, at % 60
        told.append(
            f"{day:02}/10/2026 {hour:02}:{minute:02}:{second:02}"
            if plain
            else f"{day}/10/2026 {hour}:{minute:02}"
        )
    stamps = Stamps()
    for one in told:
        stamps.add([one + "\t", "", "\t", "kemarin"])
    assert stamps.newest == max(moment(one) or 0 for one in told)


def test_times_of_any_number_are_boiled_down() -> None:
    stamps = Stamps()
    stamps.add(["01/01/2030 00:00:00"])
    for number in range(MANY + 10):
        stamps.add([f"nonsense {number}"])
    stamps.add(["02/01/2026 00:00:00"])
    assert stamps.newest == moment("01/01/2030 00:00:00")


# -- our own column -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        '{"note":' + "[" * 30_000 + "}",
        '{"items":' + "[" * 15_000 + "]" * 15_000 + "}",
        '{"total":1' + "0" * 30 + "}",
        '{"note":"a\\u0000b"}',
        '{"note":"\\ud800"}',
        '{"total":"x"}',
        '{"order_id":"1"}',
        "[]",
        "{",
    ],
)
def test_nonsense_in_our_own_column_costs_its_row(tmp_path: Path, said: str) -> None:
    found = pieces(tmp_path, csv_bytes([row(1) | {PANTAU: said}, row(2)]))
    assert (bad(found), len(told(found))) == ([(2, PANTAU, "pantau")], 1)


def test_our_own_column_says_more_than_the_others(tmp_path: Path) -> None:
    found = pieces(tmp_path, csv_bytes([row(1) | {PANTAU: '{"total":7,"note":"halo"}'}]))
    assert (told(found)[0].record.total, told(found)[0].record.note) == (7, "halo")


# -- workbooks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "becomes", "column", "reason"),
    [
        ("AC3", '<c r="AC3"><v>NaN</v></c>', "Order Amount", "money"),
        ("AC3", '<c r="AC3"><v>1e999</v></c>', "Order Amount", "money"),
        ("AC3", '<c r="AC3"><v>35200.5</v></c>', "Order Amount", "money"),
        ("AC3", '<c r="AC3" t="b"><v>1</v></c>', "Order Amount", "money"),
        ("J3", '<c r="J3"><f>1+1</f></c>', "Quantity", "missing"),
        ("A3", '<c r="A3"><v>580000000000000001</v></c>', "Order ID", "id_mangled"),
    ],
)
def test_cells_of_a_workbook_that_are_no_use(
    tmp_path: Path, place: str, becomes: str, column: str, reason: str
) -> None:
    found = pieces(tmp_path, edited(xlsx_bytes([row(1), row(2)]), cell(place, becomes)), "x.xlsx")
    assert (bad(found), len(told(found))) == ([(3, column, reason)], 1)


@pytest.mark.parametrize("told", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!"])
@pytest.mark.parametrize(
    ("place", "column", "reason"),
    [
        ("A3", "Order ID", "id_mangled"),
        ("F3", "SKU ID", "id_mangled"),
        ("J3", "Quantity", "quantity"),
        ("L3", "SKU Unit Original Price", "money"),
        ("AC3", "Order Amount", "money"),
        ("AE3", "Paid Time", "time"),
        ("AN3", "Tracking ID", "id_mangled"),
        ("BF3", "Package ID", "id_mangled"),
    ],
)
def test_an_error_is_no_zero_and_no_blank(
    tmp_path: Path, told: str, place: str, column: str, reason: str
) -> None:
    becomes = f'<c r="{place}" s="1" t="e"><f>VLOOKUP(1,A:B,2)</f><v>{told}</v></c>'
    data = edited(xlsx_bytes([row(1, state="transit"), row(2)]), cell(place, becomes))
    found = pieces(tmp_path, data, "x.xlsx")
    assert (bad(found), [one.row for one in found if isinstance(one, Told)]) == ([(3, column, reason)], [4])
    (refused,) = [one for one in found if isinstance(one, Bad)]
    assert refused.value == told


def test_an_error_in_a_text_is_seen(tmp_path: Path) -> None:
    data = edited(xlsx_bytes([row(1)]), cell("AQ3", '<c t="e" r="AQ3"><v>#N/A</v></c>'))
    assert told(pieces(tmp_path, data, "x.xlsx"))[0].record.note == "#N/A"


def test_a_text_that_looks_like_an_error_is_none(tmp_path: Path) -> None:
    note = '<c r="AC3" t="e"><v>#N/A</v></c>'
    assert told(pieces(tmp_path, xlsx_bytes([row(1, Buyer_Message=note)]), "x.xlsx"))[0].record.note == note


def test_errors_are_found_wherever_a_piece_of_the_sheet_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    becomes = '<c r="AC3" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    path = tmp_path / "x.xlsx"
    path.write_bytes(edited(xlsx_bytes([row(1)]), cell("AC3", becomes)))
    for size in range(100, 400, 7):
        monkeypatch.setattr(xlsx_errors, "_PIECE", size)
        assert xlsx_errors.errors(path) == {3: {28: "#DIV/0!"}}, size


def test_errors_of_another_sheet_are_not_ours(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("satu", "dua"):
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(table([row(1)])):
                for place, text in enumerate(cells):
                    sheet.write_string(number, place, text)
        sheet.write_formula(1, 28, "=NA()", value="#N/A")
    assert xlsx_errors.errors(path) == {}
    # The second may lie in the first part: what counts is the workbook's list.
    relations = "xl/_rels/workbook.xml.rels"

    def swapped(xml: bytes) -> bytes:
        return (
            xml.replace(b"sheet1.", b"sheet0.")
            .replace(b"sheet2.", b"sheet1.")
            .replace(b"sheet0.", b"sheet2.")
        )

    path.write_bytes(edited(path.read_bytes(), swapped, relations))
    assert xlsx_errors.errors(path) == {2: {28: "#N/A"}}


def test_a_sheet_that_does_not_begin_in_its_corner_has_its_errors_in_their_places(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(2, 3, ["a", "b"])
        sheet.write_string(3, 3, "c")
        sheet.write_formula(3, 4, "=NA()", value="#N/A")
    assert list(xlsx_table.Sheet(path).rows()) == [["", ""], ["", ""], ["a", "b"], ["c", "#N/A"]]


def test_a_formula_counts_by_the_value_that_was_saved(tmp_path: Path) -> None:
    data = edited(xlsx_bytes([row(1)]), cell("AC3", '<c r="AC3"><f>1+1</f><v>59123</v></c>'))
    assert told(pieces(tmp_path, data, "x.xlsx"))[0].record.total == 59_123


@pytest.mark.parametrize("far", ["XFD1048576", "ZZZ1000000", "DD900000"])
def test_a_cell_far_out_is_refused_before_room_is_made_for_it(tmp_path: Path, far: str) -> None:
    number = re.sub(r"\D", "", far)
    added = f'<row r="{number}"><c r="{far}" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    data = edited(xlsx_bytes([row(1)]), lambda xml: xml.replace(b"</sheetData>", added.encode()))
    with pytest.raises(Broken) as caught:
        pieces(tmp_path, data, "x.xlsx")
    assert caught.value.reason == "too_big"


@pytest.mark.parametrize("change", [lambda xml: b"", lambda xml: xml[:500], lambda xml: xml[:-200]])
def test_a_sheet_that_is_cut_off_is_broken(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Broken) as caught:
        pieces(tmp_path, edited(xlsx_bytes([row(1)]), change), "x.xlsx")
    assert caught.value.reason == "broken"


@settings(max_examples=40, deadline=None)
@given(at=st.floats(0, 1, exclude_max=True), junk=st.binary(max_size=40), inside=st.booleans())
def test_any_damage_to_a_workbook_is_pieces_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, at: float, junk: bytes, inside: bool
) -> None:
    def damage(data: bytes) -> bytes:
        place = math.floor(at * len(data))
        return data[:place] + junk + data[place + len(junk) :]

    whole = xlsx_bytes([row(1), row(2)])
    path = tmp_path_factory.mktemp("damage") / "x.xlsx"
    path.write_bytes(edited(whole, damage) if inside else damage(whole))
    try:
        for piece in read(path):
            assert isinstance(piece, Head | Told | Bad | Odd)
            msgspec.msgpack.encode(piece)
    except Broken as error:
        assert error.reason in problems.FILE
