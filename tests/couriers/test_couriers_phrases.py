"""The reading of tracking texts: every clash the phrase table must settle, and the words of each courier."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

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
"""What couriers write, as seen and in our own variations, by what a person reads in it."""


@pytest.mark.parametrize("right", WORDS)
@pytest.mark.parametrize(
    "spelt", [str, str.upper, str.lower, str.title], ids=["as", "upper", "lower", "title"]
)
def test_the_words_of_the_couriers(right: str, spelt: Callable[[str], str]) -> None:
    assert {text: read(spelt(text)) for text in WORDS[right]} == dict.fromkeys(WORDS[right], right)


PLACES = (
    "HUB", "Hub Bandung 2", "Jakarta Hub", "HUB-BDO", "DC Cakung", "DC_CAKUNG", "TH_SOLO", "Bandung_Kota",
    "gudang Bekasi", "Sorting Center Cikarang", "Fasilitas Sortir Jakarta", "warehouse", "Gateway Jakarta",
    "cabang Solo", "Kantor Pos Solo", "pusat sortir", "staging store", "Distribution Center",
    "sorting facility", "SATRIA", "SATRIA Budi", "kurir", "kurir J&T", "tim kurir JNE", "Sprinter Andi",
    "SIGESIT", "agen", "Drop Point Cimahi 2", "mitra kurir", "jasa kirim", "pihak ekspedisi", "JNE",
    "SiCepat Ekspres", "AnterAja", "loket", "konter", "driver", "courier", "logistics partner",
    "local carrier",
)  # fmt: skip
"""Who takes a parcel in without being the buyer."""

HANDED = (
    "Paket telah diterima oleh {}", "Parcel sudah diterima {}", "Barang diterima oleh: {}",
    "PAKET TELAH DI TERIMA OLEH [{}]", "Telah diterima oleh pihak {}", "Package received by {}",
    "Your parcel has been received by the {}", "Delivered to {}", "Terkirim ke {}",
    "Paket berhasil diterima oleh {}", "Paket berhasil dikirim ke {}", "Paket berhasil diantar ke {}",
    "Paket telah diterima ({})", "Paket telah diterima oleh 【{}】",
    "Paket sudah sampai dan diterima oleh {}", "Pesanan telah diterima oleh {}",
    "Diterima oleh {} pada 12 Nov 2026", "Paket diterima dengan baik oleh {}", "Paket dititipkan ke {}",
    "Telah sampai di tangan {}", "Paket diserahkan ke {}", "{} telah menerima paket",
)  # fmt: skip


@pytest.mark.parametrize("sentence", HANDED)
def test_what_a_hub_or_a_courier_takes_in_is_not_delivered(sentence: str) -> None:
    texts = [spelt(sentence.format(place)) for place in PLACES for spelt in (str, str.upper)]
    assert {text: read(text) for text in texts if read(text) not in ("picked_up", "in_transit", "-")} == {}


@pytest.mark.parametrize(
    "sentence",
    [
        "Paket telah diterima oleh {}", "Parcel sudah diterima oleh {}", "PAKET DI TERIMA OLEH {}",
        "Terkirim, diterima oleh {}", "Barang berhasil diserahkan, diterima oleh: {}",
        "TERKIRIM: DROP POINT [SOLO] (DITERIMA OLEH: {})", "DELIVERED TO [{} | 12-11-2026 10:00 | JAKARTA]",
        "Paket diterima oleh [{} - (KEL) KELUARGA]", "Delivered. Signed by {}", "SAMPAI DI TUJUAN & DITERIMA OLEH {}",
        "Paket diantar oleh kurir J&T dan telah diterima oleh {}", "Diterima oleh {} pada 20 Nov 2026 14:00 WIB",
    ],
)  # fmt: skip
def test_what_a_person_takes_in_is_delivered(sentence: str) -> None:
    people = ("Budi", "Ibu Sari", "Bapak Hubertus Agung", "Rahmat (Satpam)", "satpam", "Pak RT", "Resepsionis Lobby",
              "Tetangga sebelah", "yang bersangkutan", "keluarga serumah", "penerima", "[YULI]", "O'Brien",
              "security apartemen", "Agenia", "Transita Putri", "Muhammad Gudangan", "pembeli")  # fmt: skip
    texts = [sentence.format(name) for name in people]
    assert {text: read(text) for text in texts} == dict.fromkeys(texts, "delivered")


@pytest.mark.parametrize(
    "no",
    [
        "belum", "tidak", "blm", "tdk", "tak kunjung", "belum juga", "belum bisa", "tidak dapat", "gagal", "jika",
        "apabila", "akan segera", "menunggu", "mohon konfirmasi bila", "estimasi", "diharapkan", "not", "not yet",
        "hasn't been", "wasn’t", "never", "couldn't be", "failed to be", "will be", "unable to be", "if", "should be",
        "expected to be", "scheduled to be", "is yet to be",
    ],
)  # fmt: skip
def test_what_is_denied_or_only_hoped_for_is_not_delivered(no: str) -> None:
    told = ("diterima oleh Budi", "diterima pembeli", "terkirim", "di terima oleh penerima", "berhasil diantar",
            "sampai di tangan penerima", "diserahkan kepada penerima", "delivered", "delivered to recipient",
            "received by customer", "signed by Budi", "picked up by customer", "diterima")  # fmt: skip
    texts = [f"{parcel} {no} {verb}" for parcel in ("Paket", "Pesanan", "Your package") for verb in told]
    assert {text for text in texts if read(text) == "delivered"} == set()


def test_a_question_is_no_news() -> None:
    assert read("Paket sudah diterima?") == "-"


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
