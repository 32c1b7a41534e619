"""Templates and answer sheets: what they say of which order, and what they refuse to say. Pure."""

from __future__ import annotations

import re
import string
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.chat import templates
from jobs.chat.insurance import insurance_of
from jobs.chat.sheets import NAMES, Case, NoAnswer, sheet
from jobs.chat.templates import (
    BUILT_IN,
    FIELDS,
    MissingField,
    PastDate,
    UnknownTemplate,
    facts_of,
    fill,
    fits,
)
from jobs.chat.wishes import UnfitText, checked, same_text
from jobs.chat.words import WORDS
from jobs.config.settings import SettingsError, load
from jobs.rulebook import rulebook
from store.chat_facts import LONGEST
from store.request_facts import RequestDetail
from store.status import OrderStatus
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


def told(
    name: str,
    of: OrderDetail,
    *requests: RequestRow,
    lang: str = "id",
    now: int = NOW,
    paid: int | None = None,
) -> str:
    return sheet(name, Case(of, requests, now, WIB, paid), lang, rulebook())


# -- templates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("name", BUILT_IN)
def test_each_template_is_filled_by_a_whole_order_and_names_what_another_lacks(name: str, lang: str) -> None:
    whole = facts_of(order(note="bubble wrap", buyer="Siti"), lang, WIB, NOW)
    assert set(whole) == set(FIELDS)
    text = fill(name, lang, whole)
    assert not set("{}") & set(text) and len(checked(text)) <= LONGEST
    assert name == "catatan" or "Siti" in text
    for field in set(templates._FIELD.findall(BUILT_IN[name][lang])) - {"buyer"}:
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


@given(st.text(st.characters(exclude_characters="*"), max_size=60), st.sampled_from(sorted(BUILT_IN)))
def test_no_value_ever_changes_another_one(value: str, name: str) -> None:
    facts = dict.fromkeys(FIELDS, value or "x")
    wanted = BUILT_IN[name]["id"]
    for field in FIELDS:
        wanted = wanted.replace(f"{{{field}}}", "\0")
    assert fill(name, "id", facts) == wanted.replace("\0", value or "x")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        *((text[lang], None) for text in BUILT_IN.values() for lang in ("id", "en")),
        ("Halo kak {buyer}, pesanan {order}", "Halo kak, pesanan 58"),
        ("Hello {buyer},", "Hello,"),
        ("Terima kasih, { buyer }.", "Terima kasih."),
        ("{buyer}, pesanannya siap\n{buyer}! {{buyer}}", "pesanannya siap\n{buyer}"),
        ("Atas nama {buyer}.", "Atas nama A*** N***."),
    ],
)
def test_a_masked_name_greets_nobody(text: str, says: str | None) -> None:
    facts = dict.fromkeys(FIELDS, "58") | {"buyer": "A*** N***"}
    made = fill("t", "id", facts, {"t": text})
    assert says in (made, None) and (says or "*" not in made)
    assert not re.search(r" [,.]|,,|\{ ?buyer|  ", made.replace("{buyer}", ""))


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_template_tells_no_moment_that_is_over_and_fits_some_states_only(lang: str) -> None:
    of = order("COMPLETED", scan_by=NOW - 17 * DAY, summary="3 barang: Kaos, Topi")
    with pytest.raises(PastDate, match="scan_by"):
        fill("diproses", lang, facts_of(of, lang, WIB, NOW))
    assert fill("diproses", lang, facts_of(of, lang, WIB, NOW - 18 * DAY))
    assert facts_of(of, lang, WIB, NOW)["items"].startswith("3 items:" if lang == "en" else "3 barang:")
    offered = {status: [name for name in templates.names({"ku": ""}) if fits(name, row(1, status=status))]
               for status in OrderStatus}  # fmt: skip
    assert offered == {
        "UNPAID": ["ku", "halo", "catatan"],
        "ON_HOLD": ["ku", "halo", "catatan"],
        "AWAITING_SHIPMENT": ["ku", "halo", "diproses", "telat", "catatan"],
        "PARTIALLY_SHIPPING": ["ku", "halo", "diproses", "telat", "catatan"],
        "AWAITING_COLLECTION": ["ku", "halo", "telat"],
        "IN_TRANSIT": ["ku", "halo", "dikirim", "telat"],
        "DELIVERED": ["ku", "halo", "sampai", "terima_kasih"],
        "COMPLETED": ["ku", "halo", "sampai", "terima_kasih"],
        "CANCELLED": ["ku", "halo"],
        "UNKNOWN": ["ku", "halo"],
    }
    assert fits("sampai", row(1, status="IN_TRANSIT", tracking_status="delivered"))


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


_WAY = (
    ": dalam perjalanan",
    "sedang diantar",
    "di tangan kurir",
    ": on its way",
    "out for",
    "courier has the",
)
_OURS = (
    *("kami siapkan", "siap diambil", "Pembatalan langsung", "masih bisa dibatalkan", "Kami serahkan"),
    *("be cancelled in", "preparing", "We hand it"),
)
_HERE = ("sudah sampai", "Tercatat diterima", "has arrived", "Recorded as received", "delivered\n")
NEVER = {
    **dict.fromkeys(
        ("UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION"),
        (*_WAY, *_HERE),
    ),
    "IN_TRANSIT": (*_OURS, *_HERE),
    "DELIVERED": (*_OURS, *_WAY, "selesai", "dibatalkan."),
    "COMPLETED": (*_OURS, *_WAY, "Jangan tekan", "do not press"),
    "CANCELLED": (*_OURS, *_WAY, *_HERE, "sedang ditinjau", "being reviewed", "sedang diproses"),
    "UNKNOWN": (*_OURS, *_WAY, *_HERE),
}
"""What no sheet may say of an order in this state."""


def _days_in(text: str, lang: str) -> list[date]:
    months = WORDS[lang]["months"].split()
    found = re.findall(rf"(\d+) ({'|'.join(months)}) (\d{{4}})", text)
    return [date(int(year), months.index(month) + 1, int(day)) for day, month, year in found]


@pytest.mark.parametrize("status", NEVER)
def test_no_sheet_contradicts_the_state_of_the_order_or_promises_a_day_that_is_over(
    status: str,
) -> None:
    sent = status in ("IN_TRANSIT", "DELIVERED", "COMPLETED", "CANCELLED")
    came = NOW if status in ("DELIVERED", "COMPLETED") else None
    parcel = msgspec.structs.replace(PARCEL, tracking_status="out_for_delivery" if came else "in_transit")
    behind = msgspec.structs.replace(EVENT, status="out_for_delivery", text="Paket sedang diantar", at=NOW)
    of = order(
        status, parcels=(parcel,) if sent else (), events=(behind,) if sent else (), delivered_at=came,
        scan_by=NOW + DAY, created_at=NOW, updated_at=NOW, summary="3 barang: Celana, Topi",
        tracking_status=parcel.tracking_status if sent else None,
    )  # fmt: skip
    asked: tuple[list[RequestRow], ...] = (
        [],
        [request("cancel", "PENDING", "SELLER_RESPOND_CANCEL", NOW + 2 * DAY)],
        [request("refund", "PENDING", "SELLER_RESPOND_REFUND", NOW + 2 * DAY)],
        [request("refund", "REQUEST_COMPLETE")],
    )
    for lang, days, name, wishes in product(("id", "en"), (0, 1, 4, 7, 40), NAMES, asked):
        now = NOW + days * DAY + HOUR
        try:
            text = told(name, of, *wishes, lang=lang, now=now)
        except NoAnswer:
            assert name == "not-received" and came is None
            continue
        assert not [words for words in NEVER[status] if words in text], (name, text)
        # Of the first day are facts: the order, its arrival, the courier's word.
        over = {day for day in _days_in(text, lang) if day < date(2026, 11, 25) + timedelta(days)}
        over.discard(date(2026, 11, 25))
        assert not over and (lang == "id" or "barang" not in text), (name, text)


def test_a_deadline_that_is_over_is_told_as_over_with_who_can_still_help() -> None:
    came = order("DELIVERED", delivered_at=NOW, payment_method="GoPay")
    asked = request("refund", "PENDING", "SELLER_RESPOND_REFUND", NOW + DAY)
    wish = request("cancel", "PENDING", "SELLER_RESPOND_CANCEL", NOW + DAY)
    paid = request("refund", "RETURN_OR_REFUND_REQUEST_COMPLETE")
    for name, of, wishes, help_at, says in (
        ("not-received", came, (), 7, "kecuali pesanan dari toko Mall (sampai 10 Des 2026).\nKakak masih bisa"),
        ("not-received", came, (), 16, "sudah lewat.\nKakak masih bisa minta bantuan"),
        ("cancel", came, (), 16, "sudah sampai, jadi tidak bisa dibatalkan lagi.\nBatas waktu pengajuan"),
        ("refund", came, (), 16, "sudah lewat.\nKakak masih bisa minta bantuan"),
        ("insured", came, (), 16, "sudah lewat.\nKakak masih bisa minta bantuan"),
        ("refund", came, (asked,), 2, "Batas waktu jawabannya sudah lewat."),
        ("refund", came, (paid,), 16, "Waktu itu sudah lewat. Kalau dananya belum masuk"),
        ("refund", came, (paid,), 2, "Perkiraan: paling lambat 27 Nov 2026"),
        ("cancel", order("AWAITING_SHIPMENT"), (wish,), 2, "dianggap disetujui. Hasilnya"),
    ):  # fmt: skip
        text = told(name, of, *wishes, now=NOW + help_at * DAY)
        assert says in text, text


def test_delivered_but_not_received_has_steps_and_the_last_day() -> None:
    text = told("not-received", order("DELIVERED", delivered_at=NOW - DAY))
    assert "24 Nov 2026 19.00 WIB" in text and "minta bukti serah terima" in text
    assert "Batas pengajuan di aplikasi: 30 Nov 2026 (toko Mall: 9 Des 2026)." in text
    with pytest.raises(NoAnswer, match="cancelled"):
        told("not-received", order("CANCELLED", delivered_at=NOW))
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
        (order("DELIVERED", delivered_at=NOW), "Batas pengajuan di aplikasi: 1 Des 2026"),
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
    assert "biaya asuransi" not in told("insured", order())
    assert "ada biaya asuransi Rp1.500" in told("insured", order(), paid=1_500)
    assert "paid for insurance, so as far" in told("insured", order(), paid=0, lang="en")
    one, other = "Shipping Insurance", "Item Insurance"
    cells = [{}, {one: "0"}, {one: "0", other: "0"}, {one: "1.000", other: "Rp500"}, {one: "x", other: "1"}]
    assert [insurance_of(cell) for cell in cells] == [None, None, 0, 1_500, None]
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
        for value in facts_of(of, lang, WIB, NOW).values():
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
    [
        ("Halo {buyer", "'{buyer'"),
        ("Halo buyer}", "'Halo buyer}'"),
        ("{{x}} {buyer}}}", "{buyer'"),
        ("Halo {nomor_wa}", "{nomor_wa}"),
        (" ", "must not be empty"),
        ("x" * 2_001, "more than 2000"),
    ],
    ids=["open", "closed", "odd", "field", "empty", "long"],
)
def test_a_template_that_could_never_be_sent_is_told_at_the_start(
    tmp_path: Path, text: str, says: str
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[chat]\ntemplates = {{ ongkir = "{text}" }}\n')
    with pytest.raises(SettingsError, match=re.escape(says)) as told_at:
        load(config, {})
    assert "chat.templates.ongkir" in str(told_at.value)
    config.write_text('[chat]\ntemplates = "Halo kak"\n')
    with pytest.raises(SettingsError, match=r"chat\.templates: .*'Halo kak'"):
        load(config, {})
    good = '[chat]\ntemplates = { ongkir = "{{x}} {order}" }\n'
    config.write_text(good)
    assert load(config, {}).chat.templates == {"ongkir": "{{x}} {order}"}
    # A rule's template is looked for among the built-in ones and these.
    kabar = '[[rules.each]]\nname = "kabar"\ndo = "message"\non = "DELIVERED"\ntemplate = '
    for name, near in (("ongkri", "ongkir"), ("Halo", "halo"), ("zzz", "terima_kasih")):
        config.write_text(f'{good}{kabar}"{name}"\n')
        with pytest.raises(SettingsError, match=f"no such template.*{near}") as told_at:
            load(config, {})
        assert told_at.value.key == "rules.each[0].template"
    for name in ("ongkir", "halo"):
        config.write_text(f'{good}{kabar}"{name}"\n')
        assert load(config, {}).rules.each[0].template == name
    config.write_text('[jobs]\nchats_every = "14s"\n')
    with pytest.raises(SettingsError, match=r"jobs\.chats_every.*at least 15s"):
        load(config, {})
