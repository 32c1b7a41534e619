"""Tracking numbers: one spelling, whose they can be, and the page to open."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.awb import (
    CERTAIN,
    Candidate,
    detect,
    is_ambiguous,
    is_number,
    looks_s10,
    normalise,
    s10_is_valid,
)
from couriers.names import ANYWHERE, canonical, couriers, link, name, page


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
        ("CM12345678", "jne"), ("C1ABC234", "lion"), ("20LP1234567890123", "lion"), ("77LP1234567890123", "lion"),
        ("SPXID12345678901A", "spx"), ("ABC1DE12345678", "indah_cargo"), ("IDE12345", "idexpress"),
        ("BUKALAPAK1234567890", "ninja"), ("12345678901", "pos"), ("999999999999", "jet"), ("TSA1234567", "anteraja"),
    ],
)  # fmt: skip
def test_a_number_names_its_courier(number: str, best: str) -> None:
    assert detect(number)[0].courier == best


def test_a_shared_length_is_no_certainty() -> None:
    found = detect("001234567890")
    assert [one.courier for one in found] == ["sicepat", "jet"]
    assert found[0].confidence < 0.8 and detect("JP1234567890")[0].confidence >= 0.9


@pytest.mark.parametrize("number", ["001234567890", "JP1234567890", "EE473124828ID", "HALO"])
def test_the_order_s_own_courier_outranks_the_number(number: str) -> None:
    assert detect(number, "paxel")[0] == Candidate("paxel", CERTAIN)
    assert detect(number, "paxel")[1:] == detect(number)
    assert detect("JP1234567890", "jnt") == [Candidate("jnt", CERTAIN)]


def test_what_is_ambiguous() -> None:
    assert not is_ambiguous(detect("JP1234567890"))
    assert is_ambiguous(detect("001234567890"))
    assert not is_ambiguous(detect("001234567890", "sicepat"))
    assert is_ambiguous(detect("201234567890"))
    assert is_ambiguous(detect("12345678901")), "one candidate, but a weak one"
    assert not is_ambiguous([])
    assert is_ambiguous([Candidate("jne", 0.9), Candidate("jnt", 0.8)])


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
    # The two special rests: 0 gives 5, 1 gives 0.
    assert s10_is_valid("AA000000005ID")
    assert s10_is_valid("AA020000000ID")
    assert [digit for digit in range(10) if s10_is_valid(f"RR12345678{digit}ID")] == [5]
    assert looks_s10("EE473124828ID")
    assert not looks_s10("EE4731248ID")
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


def test_a_courier_is_known_by_its_name_too() -> None:
    spelt = (
        "J&T Express",
        "j&t cargo",
        "Lion Parcel",
        "ID Express",
        "Pos Indonesia",
        "SPX Express",
        "Ninja Van",
        "JTR",
    )
    assert [canonical(one) for one in spelt] == [
        "jnt",
        "jtcargo",
        "lion",
        "idexpress",
        "pos",
        "spx",
        "ninja",
        "jne",
    ]
    for code, courier in couriers().items():
        assert canonical(code) == code
        assert canonical(courier.name) == code
        for alias in courier.aliases:
            assert canonical(alias) == code, alias


@pytest.mark.parametrize(
    "code",
    [
        "jne", "jnt", "jtcargo", "sicepat", "anteraja", "ninja", "lion", "pos", "spx", "tiki", "wahana", "idexpress",
        "sap", "paxel", "gosend", "grab", "pcp", "jet", "rex", "first", "ide", "kgx", "rpx", "lex", "indah_cargo",
        "dakota", "kurir_tokopedia", "sentral", "dse", "idl", "jtl", "lalamove", "borzo", "deliveree",
    ],
)  # fmt: skip
def test_every_courier_of_the_aggregators_has_a_name_and_a_page(code: str) -> None:
    assert name(code) != code
    found = page(code, "JP1")
    assert found.url.startswith("https://")
    assert found.own is (ANYWHERE.partition("{")[0] not in found.url)


def test_a_page_says_what_it_asks_for() -> None:
    assert (page("jnt", "JP1").asks_number, page("jnt", "JP1").phone) == (True, 4)
    assert (page("ninja", "JP1").asks_number, page("ninja", "JP1").phone) == (False, 0)
    assert (page("gosend", "GK-11-1").own, page("gosend", "GK-11-1").asks_number) == (False, False)
