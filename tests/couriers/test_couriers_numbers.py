"""Tracking numbers: one spelling, whose they can be, and the page to open."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.awb import detect, is_number, normalise, s10_is_valid
from couriers.names import ANYWHERE, canonical, couriers, link, name


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        (" jp 1234 567 890 ", "JP1234567890"),
        ("00\u200b1234567890\ufeff", "001234567890"),
        ("tkp01-abc1234", "TKP01-ABC1234"),
        ("ＪＰ１２３４５６７８９０", "JP1234567890"),
        ("-JP1-", "JP1"),
        ("\x00\x1b[2J", "[2J"),
    ],
)
def test_one_spelling(typed: str, right: str) -> None:
    assert normalise(typed) == right


@given(st.text())
def test_normalising_is_final(typed: str) -> None:
    once = normalise(typed)
    assert normalise(once) == once


@pytest.mark.parametrize(
    ("number", "best"),
    [
        ("JP1234567890", "jnt"), ("SPXID012345678901", "spx"), ("001234567890", "sicepat"),
        ("10001234567890", "anteraja"), ("11LP1234567890123", "lion"), ("11-24-1234567", "lion"),
        ("NLIDAP0001234", "ninja"), ("NVIDSHOP123", "ninja"), ("010990012345678", "jne"), ("EE473124829ID", "pos"),
        ("P2611180000123", "pos"), ("LXAB-1234567890", "lex"), ("TKP01-ABC1234", "kurir_tokopedia"),
        ("123456789A", "pcp"), ("GK-11-123456", "gosend"), ("660012345678", "tiki"), ("201234567890", "jtcargo"),
        ("712345678901", "rpx"), ("AB12CD34", "wahana"), ("tg1234567890", "jne"),
    ],
)  # fmt: skip
def test_a_number_names_its_courier(number: str, best: str) -> None:
    assert detect(number)[0].courier == best


def test_a_shared_length_is_no_certainty() -> None:
    found = detect("001234567890")
    assert [one.courier for one in found] == ["sicepat", "jet"]
    assert found[0].confidence < 0.8 and detect("JP1234567890")[0].confidence >= 0.9


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-", max_size=20))
def test_candidates_never_rise(number: str) -> None:
    confidences = [one.confidence for one in detect(number)]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 < one <= 1 for one in confidences)


@pytest.mark.parametrize("number", ["", "halo", "1", "'; DROP TABLE orders;--", "9" * 64])
def test_nobody_s_number(number: str) -> None:
    assert detect(number) == []


def test_the_check_digit_of_the_postal_union() -> None:
    assert s10_is_valid("EE473124829ID")
    assert not s10_is_valid("EE473124828ID")
    assert not s10_is_valid("EE4731248ID")
    assert detect("EE473124828ID") == []


def test_what_can_be_a_number_at_all() -> None:
    assert is_number("JP1234567890") and is_number("GK-11-1")
    assert not any(map(is_number, ("", "ABC", "A B C D", "9" * 41, "../../etc", "JP1234\n")))


def test_names_and_other_spellings() -> None:
    assert (name("jnt"), name("JNT_CARGO"), name("abc")) == ("J&T Express", "J&T Cargo", "abc")
    assert [canonical(code) for code in (" J&T ", "ide", "jnt_cargo", "new", "", None)] == [
        "jnt", "idexpress", "jtcargo", "new", None, None,
    ]  # fmt: skip


def test_links_are_https_and_carry_the_number_encoded() -> None:
    assert link("ninja", "nv 1&x=2") == "https://www.ninjaxpress.co/id-id/tracking?id=NV1%26X%3D2"
    assert link("jnt", "JP1") == "https://jet.co.id/track"
    assert link(None, "JP1") == ANYWHERE.replace("{awb}", "JP1")
    for code in couriers():
        parts = urlsplit(link(code, "javascript:alert(1)//"))
        assert parts.scheme == "https" and "." in parts.netloc
