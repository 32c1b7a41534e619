"""Drawing on paper: foreign text, pages, codes, and the same bytes for the same content."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.graphics.barcode.code128 import Code128

from jobs.paper.draw import SIZES, Column, Drawing, Made
from jobs.paper.text import LIMIT, MISSING, cut, safe, width_of, wrap
from tests.jobs.paper_kit import texts
from tests.ui.hostile import CORPUS, RAW

ALL = [*CORPUS, *RAW]


@pytest.mark.parametrize("text", ALL)
def test_hostile_text_becomes_drawable(text: str) -> None:
    found = safe(text)
    assert len(found) <= LIMIT
    found.encode("cp1252")
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", found)
    assert safe(found) == found


@given(st.text(max_size=80))
def test_any_text_becomes_drawable(text: str) -> None:
    for lines in (False, True):
        found = safe(text, lines=lines)
        found.replace("\n", "").encode("cp1252")
        assert found.replace("\n", "" if lines else "\n").isprintable()
        assert safe(found, lines=lines) == found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tolong bubble wrap 🙏🙏 kak", f"tolong bubble wrap {MISSING} kak"),
        ("Kaos “Polos” — Rp1.000 …", "Kaos “Polos” — Rp1.000 …"),
        ("Nguyễn Café ﬁ ½ Å", "Nguyen Café fi ½ Å"),
        ("ｗｉｄｅ 全角", f"wide {MISSING}"),
        ("L → XL ✓", "L -> XL v"),
        ("👨\u200d👩\u200d👧 x", f"{MISSING} x"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("satu\r\ndua\ttiga\x0bempat", "satu  dua tiga empat"),
        ("\U000e0041x\ufeff", "x"),
        (None, ""),
    ],
)
def test_what_the_font_lacks_is_replaced(text: str | None, shown: str) -> None:
    assert safe(text) == shown


def test_line_breaks_are_kept_where_they_are_wanted() -> None:
    assert safe("satu\r\ndua\ntiga", lines=True) == "satu\ndua\ntiga"


def test_a_megabyte_of_marks_costs_little() -> None:
    begun = time.process_time()
    for _ in range(20):
        assert len(safe("a" + "\u0301" * 1_000_000)) <= LIMIT
    assert time.process_time() - begun < 1


@given(st.text(alphabet="abc Wi.-", max_size=200), st.floats(20, 200), st.integers(1, 6))
def test_lines_are_within_their_width(text: str, width: float, most: int) -> None:
    lines = wrap(text, width, 9, most=most)
    assert len(lines) <= most
    assert all(width_of(line, 9) <= width + 0.01 for line in lines)
    if len(lines) < most:
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_cut_text_says_so() -> None:
    assert cut("pendek", 100, 9) == "pendek"
    assert cut("W" * 50, 100, 9).endswith("…")
    assert width_of(cut("W" * 50, 100, 9), 9) <= 100


def _drawn(size: str = "A6", rows: int = 60) -> Made:
    drawing = Drawing(size, "Daftar")
    drawing.section("Kepala", "Kaki")
    drawing.line("Judul", right="kanan", bold=True)
    drawing.code("JX1234567890", 30)
    drawing.qr("https://x.example", 60)
    drawing.space(60)
    columns = [Column("", 1, check=True), Column("SKU", 3), Column("Jml", 1, right=True)]
    drawing.table(columns, [("", f"KP-{number}", str(number)) for number in range(rows)])
    drawing.section("Kedua")
    drawing.box("catatan\nkedua")
    return drawing.finish()


@pytest.mark.parametrize("size", sorted(SIZES))
def test_tables_flow_over_pages_with_their_head(size: str) -> None:
    made = _drawn(size)
    pages = texts(made.data)
    assert len(pages) == made.pages
    assert len(pages) > (1 if size == "A4" else 2)
    first, second = pages[:-1], pages[-1]
    assert all("SKU" in page and "Kepala" in page and "Kaki" in page for page in first)
    shown = [int(found) for page in first for found in re.findall(r"KP-(\d+)", page)]
    assert shown == list(range(60))
    for number, page in enumerate(first, start=1):
        assert f"{number}/{len(first)}" in page
    assert "Kedua" in second and "1/1" in second and "kedua" in second


def test_the_same_content_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    one = _drawn()
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert _drawn().data == one.data
    assert _drawn(rows=61).data != one.data


def test_the_file_says_nothing_about_us() -> None:
    data = _drawn().data
    for name in (b"Author", b"Creator", b"Producer", b"Subject"):
        assert re.search(rb"/%s \(\)" % name, data), name
    assert b"/CreationDate (D:2000" in data


@pytest.mark.parametrize("text", ["JX1234567890", "0012345", "SPXID049876543210", "TKP-01/7"])
def test_a_tracking_number_is_drawn_as_code_and_as_text(text: str) -> None:
    drawing = Drawing("A6", "x")
    drawing.section()
    assert drawing.code(text, 30)
    assert text in texts(drawing.finish().data)[0]


@pytest.mark.parametrize("text", ["", "X" * 61, "X" * 45, "resi ñ", "全角", "a\nb", "\x1b[2J"])
def test_what_no_scanner_could_read_is_text_only(text: str) -> None:
    drawing = Drawing("A6", "x")
    drawing.section()
    assert not drawing.code(text, 30)
    drawing.finish()


def test_bars_keep_their_quiet_zone_and_their_width() -> None:
    """Ten white modules on both sides, none narrower than a label printer draws."""
    for size in SIZES:
        for length in range(6, 24):
            drawing = Drawing(size, "x")
            drawing.section()
            if drawing.code("J" * length, 30):
                wide = Code128("J" * length, barWidth=1, quiet=False).width
                assert (wide + 20) * 0.25 * 72 / 25.4 <= drawing.inner + 0.01


@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_hostile_corpus_fits_on_every_paper(size: str) -> None:
    drawing = Drawing(size, "Hostile")
    for text in ALL:
        drawing.section(text, text)
        drawing.line(text, right=text, size=14)
        drawing.line(text, lines=True)
        drawing.box(text, bold=True)
        drawing.code(text, 20)
        drawing.qr(text, 60)
        drawing.table([Column(text, 1), Column(text, 2, right=True)], [(text, text)] * 2)
    made = drawing.finish()
    assert len(texts(made.data)) == made.pages
