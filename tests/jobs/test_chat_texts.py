"""Templates and answer sheets: what they say of which order, and what they refuse to say. Pure."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.chat import templates
from jobs.chat.sheets import NAMES, Case, NoAnswer, sheet
from jobs.chat.templates import BUILT_IN, FIELDS, MissingField, UnknownTemplate, facts_of, fill
from jobs.chat.wishes import UnfitText, checked, same_text
from jobs.chat.words import WORDS
from jobs.config.settings import SettingsError, load
from jobs.rulebook import rulebook
from shop.chat_writes import LONGEST
from store.request_facts import RequestDetail
from store.times import DAY, HOUR
from store.views import EventRow, OrderDetail, PackageRow, RequestRow
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, row

WIB = ZoneInfo("Asia/Jakarta")
PARCEL = PackageRow("1150", None, "jnt", "J&T Express", "JX1", "in_transit", None, None, None, None, None)
EVENT = EventRow(NOW - HOUR, "in_transit", "Paket tiba di hub", "CIKARANG", None, "tiktok", "JX1")


def order(
    status: str = "IN_TRANSIT", *, parcels: tuple[PackageRow, ...] = (PARCEL,), **told: Any
) -> OrderDetail:
    """An order as the reader gives it; names of the row and of the detail alike."""
    detail: dict[str, Any] = dict.fromkeys(OrderDetail.__struct_fields__)
    detail |= {"shop": "Toko Contoh", "province": "Jawa Barat", "tags": (), "items": (), "parcels": parcels}
    detail |= {"events": (EVENT,), "actions": (), "history": ()}
    detail |= {"own_note": ""} if "own_note" in OrderDetail.__struct_fields__ else {}
    own = {name: told.pop(name) for name in list(told) if name in OrderDetail.__struct_fields__}
    facts = {
        "status": status,
        "raw_status": status,
        "tracking_number": "JX1",
        "paid_at": NOW - 5 * HOUR,
    } | told
    return OrderDetail(**(detail | own | {"row": row(1, **facts)}))


def request(kind: str, status: str, action: str | None = None, deadline: int | None = None) -> RequestRow:
    made: dict[str, Any] = dict.fromkeys(RequestRow.__struct_fields__)
    made |= {
        "pk": 1,
        "shop_id": 1,
        "shop": "t",
        "request_id": "1",
        "order_id": "58",
        "kind": kind,
        "status": status,
    }
    made |= {
        "next_action": action,
        "deadline_at": deadline,
        "created_at": NOW,
        "updated_at": NOW,
        "amount": 50_000,
    }
    return RequestRow(**(made | {"detail": RequestDetail(), "cod": False}))


def told(name: str, of: OrderDetail, *requests: RequestRow, lang: str = "id", now: int = NOW) -> str:
    return sheet(name, Case(of, requests, now, WIB), lang, rulebook())


# -- templates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("name", BUILT_IN)
def test_each_template_is_filled_by_a_whole_order_and_names_what_another_lacks(name: str, lang: str) -> None:
    whole = facts_of(order(note="bubble wrap"), lang, WIB)
    assert set(whole) == set(FIELDS)
    text = fill(name, lang, whole)
    assert not set("{}") & set(text) and len(checked(text)) <= LONGEST
    for field in templates._FIELD.findall(BUILT_IN[name][lang]):
        with pytest.raises(MissingField) as missing:
            fill(name, lang, {key: value for key, value in whole.items() if key != field})
        assert missing.value.field == field


def test_own_templates_come_first_replace_built_in_ones_and_know_braces() -> None:
    own = {"ongkir": "{{buyer}} = {buyer}", "halo": "Hai {order}", "rusak": "{nomor_wa}"}
    assert templates.names(own)[:3] == ("ongkir", "halo", "rusak") and templates.names(own).count("halo") == 1
    facts = {"buyer": "{order}", "order": "58"}
    assert (
        fill("ongkir", "en", facts, own) == "{buyer} = {order}"
    )  # one pass: a buyer's braces are only signs
    assert fill("halo", "id", facts, own) == "Hai 58"
    assert templates.unknown_fields(own["rusak"]) == ["nomor_wa"] and not templates.unknown_fields(
        own["ongkir"]
    )
    with pytest.raises(MissingField, match="nomor_wa"):
        fill("rusak", "id", facts, own)
    with pytest.raises(UnknownTemplate):
        fill("tidak ada", "id", facts, own)


@given(st.text(max_size=60), st.sampled_from(sorted(BUILT_IN)))
def test_no_value_ever_changes_another_one(value: str, name: str) -> None:
    facts = dict.fromkeys(FIELDS, value or "x")
    wanted = BUILT_IN[name]["id"]
    for field in FIELDS:
        wanted = wanted.replace(f"{{{field}}}", "\0")
    assert fill(name, "id", facts) == wanted.replace("\0", value or "x")


# -- sheets --------------------------------------------------------------------------------------------------


def test_both_languages_have_the_same_words_and_places() -> None:
    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    assert WORDS["id"].keys() == WORDS["en"].keys()
    assert all(places(WORDS["id"][key]) == places(WORDS["en"][key]) for key in WORDS["id"])


def test_where_tells_courier_number_newest_word_and_link_and_no_day_of_arrival() -> None:
    text = told("where", order())
    assert text.startswith(
        f"Halo kak, soal pesanan {row(1).order_id}:\nStatus: dalam perjalanan\nKurir: J&T Express"
    )
    assert "Nomor resi: JX1" in text and "CIKARANG: Paket tiba di hub" in text and "Lacak: https://" in text
    assert "18.00 WIB" in text
    two = (PARCEL, msgspec.structs.replace(PARCEL, package_id="1151", tracking_number="JX2"))
    assert "Parcel 2 of 2\nStatus: on its way" in told("where", order(parcels=two), lang="en")
    waiting = order("AWAITING_SHIPMENT", parcels=(), scan_by=NOW + DAY)
    assert told("where", waiting).endswith("kurir paling lambat 26 Nov 2026 19.00 WIB.")
    assert "paling lambat" not in told(
        "where", waiting, now=NOW + 2 * DAY
    )  # a day that is over is no promise


def test_delivered_but_not_received_has_steps_and_the_last_day() -> None:
    text = told("not-received", order("DELIVERED", delivered_at=NOW - DAY))
    assert "24 Nov 2026 19.00 WIB" in text and "minta bukti serah terima" in text
    assert "Batas pengajuan di aplikasi: 30 Nov 2026 (toko Mall: 9 Des 2026)." in text
    assert "Batas pengajuan" not in told("not-received", order("COMPLETED", delivered_at=NOW - 20 * DAY))
    asked = request("refund", "RETURN_OR_REFUND_REQUEST_PENDING", "SELLER_RESPOND_REFUND")
    assert "Pengajuan Kakak sudah masuk" in told("not-received", order("DELIVERED", delivered_at=NOW), asked)
    with pytest.raises(NoAnswer, match="not_delivered"):
        told("not-received", order("IN_TRANSIT"))


@pytest.mark.parametrize(
    ("of", "says"),
    [
        (order("UNPAID"), "Pembatalan langsung berlaku"),
        (order("AWAITING_SHIPMENT"), "Pembatalan langsung berlaku"),
        (order("AWAITING_COLLECTION"), "selama belum diambil masih bisa"),
        (order("AWAITING_SHIPMENT", shipping_type="SELLER"), "1 jam pertama"),
        (order("AWAITING_SHIPMENT", shipping_type="SELLER", created_at=NOW - HOUR), "Pembatalan langsung"),
        (order("IN_TRANSIT"), "sampai 6 hari sesudahnya (toko Mall: 15 hari)"),
        (order("IN_TRANSIT", cod=True), "boleh ditolak"),
        (order("DELIVERED", delivered_at=NOW), "sampai 1 Des 2026"),
        (order("COMPLETED", delivered_at=NOW - 20 * DAY), "sudah selesai"),
        (order("CANCELLED"), "sudah dibatalkan"),
        (order("AWAITING_SHIPMENT", cancel_requested=True), "sudah kami terima"),
        (order("UNKNOWN"), "sedang kami periksa"),
    ],
)  # fmt: skip
def test_can_i_still_cancel_this_order_now(of: OrderDetail, says: str) -> None:
    assert says in told("cancel", of)


def test_a_request_to_cancel_tells_until_when_it_is_decided() -> None:
    asked = request("cancel", "CANCELLATION_REQUEST_PENDING", "SELLER_RESPOND_CANCEL", NOW + DAY)
    assert "paling lambat 26 Nov 2026 19.00 WIB; tanpa jawaban" in told(
        "cancel", order("AWAITING_SHIPMENT"), asked
    )


@pytest.mark.parametrize(
    ("of", "asked", "says"),
    [
        (order("CANCELLED", updated_at=NOW, payment_method="GoPay"), (), "1-2 hari kerja ke metode pembayaran semula"),
        (order("CANCELLED", updated_at=NOW, payment_method="GoPay"), (), "Dana: Rp136.000"),
        (order("CANCELLED", paid_at=None), (), "belum dibayar"),
        (order("CANCELLED", paid_at=None, cod=True), (), "bayar di tempat"),
        (order("DELIVERED"), (request("refund", "X_PENDING", "SELLER_RESPOND_REFUND", NOW + DAY),), "lambat 26 Nov"),
        (order("DELIVERED"), (request("refund", "RETURN_OR_REFUND_REQUEST_COMPLETE"),), "sudah disetujui"),
        (order("DELIVERED"), (request("return", "AWAITING_BUYER_SHIP"),), "sedang ditinjau"),
        (order("DELIVERED", delivered_at=NOW), (request("refund", "REFUND_OR_RETURN_REQUEST_CANCEL"),), "Belum ada"),
        (order("DELIVERED", delivered_at=NOW), (), "Pengajuan lewat aplikasi"),
        (order("IN_TRANSIT"), (), "Belum ada pengajuan"),
    ],
)  # fmt: skip
def test_when_is_my_refund(of: OrderDetail, asked: tuple[RequestRow, ...], says: str) -> None:
    assert says in told("refund", of, *asked)


def test_find_and_insured_say_what_the_app_shows() -> None:
    text = told("find", order(channel="TOKOPEDIA"))
    assert (
        "Di Tokopedia:" in text and f"Nomor pesanan: {row(1).order_id}" in text and "Total: Rp136.000" in text
    )
    assert "Asuransi pengiriman" in told("insured", order())
    assert "kurir kami sendiri" in told("insured", order(shipping_type="SELLER"))
    with pytest.raises(NoAnswer, match="unknown_sheet"):
        told("resi", order())


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_hostile_fact_steers_a_screen_or_makes_a_text_too_long(lang: str) -> None:
    for text in CORPUS:
        parcel = msgspec.structs.replace(
            PARCEL, courier=text[:20], courier_name=text, tracking_number=text[:64]
        )
        event = msgspec.structs.replace(EVENT, text=text, location=text, tracking_number=None)
        of = order("DELIVERED", parcels=(parcel,), events=(event,), summary=text, buyer=text, city=text, shop=text,
                   province=text, payment_method=text, delivered_at=NOW, note=text, courier_name=text)  # fmt: skip
        for name in NAMES:
            made = told(name, of, lang=lang)
            assert checked(made) == made.strip() and len(made) < LONGEST
        for value in facts_of(of, lang, WIB).values():
            assert value == templates.line(value) and "\n" not in value


# -- texts ---------------------------------------------------------------------------------------------------


def test_what_is_shown_is_what_is_sent() -> None:
    assert checked("  baik\x1b[2J kak\u202e\nbaris dua \x00") == "baik[2J kak\nbaris dua"
    for text, problem in ((" \n\x07", "empty"), ("a" * (LONGEST + 1), "too_long")):
        with pytest.raises(UnfitText) as unfit:
            checked(text)
        assert unfit.value.problem == problem
    assert same_text("a  b\nc", "a b c") and not same_text("a b", "ab")


# -- settings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [("Halo {nomor_wa}", "{nomor_wa}"), (" ", "must not be empty"), ("x" * 2_001, "more than 2000")],
    ids=["field", "empty", "long"],
)
def test_a_template_that_could_never_be_sent_is_told_at_the_start(
    tmp_path: Path, text: str, says: str
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[chat]\ntemplates = {{ ongkir = "{text}" }}\n')
    with pytest.raises(SettingsError, match=re.escape(says)) as told_at:
        load(config, {})
    assert "chat.templates.ongkir" in str(told_at.value)
    config.write_text('[chat]\ntemplates = { ongkir = "{{x}} {order}" }\n')
    assert load(config, {}).chat.templates == {"ongkir": "{{x}} {order}"}
