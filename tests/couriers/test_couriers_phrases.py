"""The reading of tracking texts: every clash the phrase table must settle, and the words of each courier."""

from __future__ import annotations

import json
import time

import pytest

from couriers.phrases import meaning
from tests.couriers.courier_kit import PAYLOADS


def read(text: str) -> str:
    found = meaning(text)
    if found is None:
        return "-"
    return f"{found.status}/{found.reason}" if found.reason else str(found.status)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Paket telah diterima oleh DC_PULO_GADUNG", "picked_up"),
        ("Paket telah diterima", "delivered"),
        ("PAKET TELAH DI TERIMA DI SEMARANG [SEMARANG HUB]", "in_transit"),
        ("Parcel sudah diterima oleh SATRIA", "picked_up"),
        ("Parcel sudah diterima oleh [SATRIA - 12]", "picked_up"),
        ("Delivery selesai, paket telah diterima oleh Budi", "delivered"),
        ("Paket diantar oleh kurir dan telah diterima oleh Budi", "delivered"),
        ("RECEIVED AT WAREHOUSE", "in_transit"),
        ("SHIPMENT RECEIVED BY JNE COUNTER OFFICER AT [JAKARTA]", "picked_up"),
        ("Order sudah diterima dan akan segera diproses", "pending"),
        ("PAKET DI KEMBALIKAN KE BANDUNG - (LOST) HILANG", "exception/lost"),
        ("PAKET DI KEMBALIKAN KE BANDUNG (LOST)", "exception/lost"),
        ("PAKET AKAN DIKIRIMKAN OLEH (PT POS)", "in_transit"),
        ("DEPARTED TO", "in_transit"),
        ("PAKET KELUAR DARI BANDUNG [BANDUNG HUB 1]", "in_transit"),
        ("RECEIVED AT SORTING CENTER [TOKO RETUR MURAH]", "in_transit"),
        ("TELAH TIBA: DROP POINT (RTS) [GUDANG DELIVERED]", "in_transit"),
        ("[RETURN TO SENDER]", "returning"),
        ("SELESAI ANTAR", "delivered"),
        ("SELESAI ANTAR~~Antar Ulang~~Rumah terkunci", "delivery_failed"),
        ("MANIFES", "pending"),
        ("MANIFESTED AT BANDUNG", "in_transit"),
        ("Paket telah di input (manifested) di Bandung", "in_transit"),
        ("Pickup dari toko anda dijadwalkan ulang", "pending"),
        ("Pengiriman dijadwalkan ulang", "delivery_failed"),
        ("PICKUP FAILED", "pending"),
        ("Belum diterima", "-"),
        ("Paket tidak diterima oleh penerima", "-"),
        ("Paket belum diterima oleh Budi", "-"),
        ("Paket gagal diterima oleh Budi", "-"),
        ("Paket akan diterima oleh penerima besok", "-"),
        ("NOT YET DELIVERED", "-"),
        ("UNDELIVERED", "delivery_failed"),
        ("SPARE PARTS", "-"),
        ("RTS", "returning"),
        ("PARTS RTS-1", "returning"),
    ],
)
def test_a_clash_is_settled(text: str, right: str) -> None:
    assert read(text) == right


WORDS: dict[str, list[str]] = json.loads((PAYLOADS / "phrases.json").read_text("utf-8"))
"""What couriers were seen to write, by what a person reads in it."""


@pytest.mark.parametrize("right", WORDS)
def test_the_words_of_the_couriers(right: str) -> None:
    assert {text: read(text) for text in WORDS[right]} == dict.fromkeys(WORDS[right], right)


def test_a_name_in_brackets_says_nothing() -> None:
    assert read("PAKET DITERIMA OLEH [RETUR HILAL - (KEL) GAGAL ANTAR]") == "delivered"
    assert read("DELIVERED TO [HENDRA RTS | TOKO CANCELLED") == "delivered"


def test_case_spacing_and_full_width_letters_do_not_matter() -> None:
    assert read("  paket   TELAH\tditerima ") == "delivered"
    assert read("ＰＡＫＥＴ　ＴＥＬＡＨ　ＤＩＴＥＲＩＭＡ") == "delivered"


@pytest.mark.parametrize(
    "text", ["[" * 1_000_000, "(" * 500 + ")" * 500, "BELUM " * 200_000, "DITERIMA " * 100_000]
)
def test_a_hostile_text_is_read_at_once(text: str) -> None:
    meaning("warm")
    began = time.perf_counter()
    meaning(text)
    assert time.perf_counter() - began < 0.5
