"""From the platform's page to our records: what is kept, what changes its unit, what is refused."""

from __future__ import annotations

import json

import pytest

from shop.couriers_map import courier_code
from shop.mapping import Unmappable, identifier, millis, money
from store.records import ItemRecord, OrderRecord
from tests.shop.orders_kit import PAGE, PLAIN, decode, page_of


def one(**changes: object) -> OrderRecord:
    page = decode(page_of({**PLAIN, **changes}))
    assert page.rejected == []
    return page.records[0]


@pytest.fixture(scope="module")
def records() -> dict[str, OrderRecord]:
    page = decode(PAGE)
    assert (page.rejected, page.next_token, page.total) == ([], "aGFsYW1hbi8yKw==", 205)
    return {record.order_id[-1]: record for record in page.records}


def test_an_order_to_ship(records: dict[str, OrderRecord]) -> None:
    order = records["1"]
    assert (order.status, order.raw_status, order.channel) == (
        "AWAITING_SHIPMENT",
        "AWAITING_SHIPMENT",
        "TOKOPEDIA",
    )
    assert (order.created_at, order.paid_at, order.updated_at) == (
        1767222000_000,
        1767222060_000,
        1767225660_000,
    )
    assert (order.arrange_by, order.scan_by, order.deadline_source) == (
        1767312000_000,
        1767355199_000,
        "platform",
    )
    assert (order.total, order.subtotal, order.shipping_fee, order.currency) == (136000, 135000, 0, "IDR")
    assert (order.buyer, order.phone, order.city, order.province) == (
        "B*** S***",
        "(+62)812*****34",
        "Kota Bandung",
        "Jawa Barat",
    )
    assert order.address == "Indonesia, Jawa Barat, Kota Bandung, ***"
    assert order.note == "tolong bubble wrap"
    assert order.items == (
        ItemRecord(
            "1730000000000000011",
            "Kaos Polos",
            2,
            67500,
            "1730000000000000001",
            "KP-HTM-L",
            "Hitam, L",
        ),
    )
    package = order.packages[0]
    assert (package.package_id, package.status, package.courier, package.courier_name) == (
        "1150000000000000001",
        "TO_FULFILL",
        "jnt",
        "J&T Express",
    )
    assert package.tracking_number is None


def test_an_unpaid_order_has_no_address_and_no_deadline(records: dict[str, OrderRecord]) -> None:
    order = records["2"]
    assert (order.buyer, order.city, order.packages, order.paid_at) == (None, None, (), None)
    assert (order.arrange_by, order.scan_by, order.deadline_source) == (None, None, None)


def test_blank_null_and_missing_are_the_same(records: dict[str, OrderRecord]) -> None:
    order = records["3"]
    assert (order.note, order.buyer, order.phone, order.address) == (None, None, None, None)
    assert (order.total, order.subtotal, order.shipping_fee) == (99000, None, None)
    assert (order.packages, order.paid_at, order.cancel_at) == ((), None, 1767229200_000)
    assert order.cancel_reason == "Salah pesan"


def test_units_are_grouped_by_sku_and_sale_price_gifts_apart(records: dict[str, OrderRecord]) -> None:
    assert [(item.quantity, item.unit_price, item.is_gift) for item in records["4"].items] == [
        (2, 67500, False),
        (1, 60000, False),
        (1, 0, True),
    ]


def test_each_parcel_has_its_own_courier_number_and_state(records: dict[str, OrderRecord]) -> None:
    order = records["4"]
    assert [(p.package_id[-2:], p.status, p.courier, p.tracking_number) for p in order.packages] == [
        ("41", "PROCESSING", "jnt", "JX0000000001"),
        ("42", "TO_FULFILL", "sicepat", None),
    ]
    assert (order.cod, order.cancel_requested, order.shipped_at) == (True, True, 1767230000_000)


def test_unknown_words_and_foreign_money_are_kept(records: dict[str, OrderRecord]) -> None:
    order = records["5"]
    assert (order.status, order.raw_status, order.channel) == (
        "UNKNOWN",
        "AWAITING_TELEPORT",
        "ANOTHER_PLACE",
    )
    assert (order.total, order.currency) == (121, "MYR")
    assert order.note == "jangan lipat ya"  # without the NUL
    assert order.packages[0].courier == "jnt"


def test_the_order_numbers_the_only_parcel() -> None:
    order = one(tracking_number="JX7", line_items=[])
    assert order.packages[0].tracking_number == "JX7"


@pytest.mark.parametrize(
    ("changes", "name", "expected"),
    [
        ({"id": 577087614418520388}, "order_id", "577087614418520388"),
        ({"create_time": "1767222000"}, "created_at", 1767222000_000),
        ({"create_time": 1767222000.0}, "created_at", 1767222000_000),
        ({"create_time": None}, "created_at", PLAIN["update_time"] * 1_000),
        ({"update_time": ""}, "updated_at", PLAIN["create_time"] * 1_000),
        ({"is_cod": "true"}, "cod", True),
        ({"is_cod": 1}, "cod", True),
        ({"is_cod": ""}, "cod", False),
        ({"buyer_message": 12345}, "note", "12345"),
        ({"buyer_message": "\x00"}, "note", None),
        ({"buyer_message": " \n"}, "note", " \n"),
        ({"payment": None}, "total", 0),
        ({"payment": {"total_amount": 136000}}, "total", 136000),
        ({"payment": {"total_amount": 136000.0}}, "total", 136000),
        ({"payment": {"total_amount": "136000.00"}}, "total", 136000),
        ({"payment": {"total_amount": "-5"}}, "total", -5),
        ({"payment": {}}, "currency", "IDR"),
        ({"recipient_address": ""}, "buyer", None),
        ({"recipient_address": {}}, "buyer", None),
        ({"line_items": None}, "items", ()),
        ({"line_items": ""}, "items", ()),
        ({"packages": {}, "line_items": []}, "packages", ()),
        ({"status": None}, "status", "UNKNOWN"),
        ({"status": " awaiting_shipment "}, "raw_status", " awaiting_shipment "),
        ({"rts_sla_time": 0}, "arrange_by", PLAIN["shipping_due_time"] * 1_000),
        ({"tts_sla_time": None}, "scan_by", PLAIN["collection_due_time"] * 1_000),
        ({"fulfillment_priority_level": 2**40}, "priority", None),
        ({"unheard_of": [[[{}]]]}, "currency", "IDR"),
    ],
)
def test_harmless_oddities(changes: dict[str, object], name: str, expected: object) -> None:
    assert getattr(one(**changes), name) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": None},
        {"id": "577\x00.pdf"},
        {"id": "x" * 65},
        {"id": "\x1b]0;x\x07"},
        {"id": 5.77e17},
        {"id": ["1"]},
        {"create_time": "soon"},
        {"create_time": -1},
        {"create_time": 10**15},
        {"create_time": 10**30},
        {"create_time": None, "update_time": None},
        {"payment": {"total_amount": "Rp1.234.567,89"}},
        {"payment": {"total_amount": "1e400"}},
        {"payment": {"total_amount": "NaN"}},
        {"payment": {"total_amount": "9" * 30}},
        {"payment": "free"},
        {"line_items": "none"},
        {"line_items": [None]},
        {"line_items": [[]]},
        {"packages": [{"id": "a b"}]},
    ],
)
def test_one_order_that_makes_no_sense_costs_only_itself(changes: dict[str, object]) -> None:
    good = [{**PLAIN, "id": str(580000000000000100 + n)} for n in range(99)]
    page = decode(page_of(*good[:50], {**PLAIN, **changes}, *good[50:]))
    assert [record.order_id for record in page.records] == [order["id"] for order in good]
    (rejected,) = page.rejected
    assert rejected.source == "orders"
    assert rejected.reason
    assert json.loads(rejected.raw) == {**PLAIN, **changes}


@pytest.mark.parametrize("entry", [b"null", b"7", b'"x"', b"[]", b"{}"])
def test_an_entry_that_is_no_order_is_kept_as_it_came(entry: bytes) -> None:
    page = decode(b'{"code":0,"data":{"orders":[' + entry + b"]}}")
    assert page.records == []
    assert [rejected.raw for rejected in page.rejected] == [entry]


def test_the_id_of_a_rejected_order_is_told_when_it_can_be_read() -> None:
    page = decode(page_of({**PLAIN, "payment": 3}))
    assert page.rejected[0].ref == PLAIN["id"]
    assert "tolong" not in page.rejected[0].reason  # reasons quote nothing of the order


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("136000", 136000),
        ("136000.00", 136000),
        ("0.5", 1),
        ("-0.4", 0),
        ("", None),
        (None, None),
        ("007", 7),
    ],
)
def test_money(value: str | None, expected: int | None) -> None:
    assert money(value) == expected


@pytest.mark.parametrize("value", ["1_000", "١٢٣", " 1", "1e3", "0x1", "1.", "--1", "inf", "1,5", "+5"])
def test_money_that_is_none(value: str) -> None:
    with pytest.raises(Unmappable):
        money(value)


def test_times() -> None:
    assert (millis(1), millis(0), millis(None)) == (1_000, None, None)
    with pytest.raises(Unmappable):
        millis(253_402_300_800)


def test_ids() -> None:
    assert identifier("ROW_EXAMPLE+/0==", "cipher") == "ROW_EXAMPLE+/0=="
    with pytest.raises(Unmappable):
        identifier("é", "id")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("J&T Express", "jnt"),
        ("j&t", "jnt"),
        ("TT Virtual# JNT express", "jnt"),
        ("J&T Cargo", "jtcargo"),
        ("JNE", "jne"),
        ("JNE Reguler", "jne"),
        ("SiCepat Ekspres", "sicepat"),
        ("AnterAja", "anteraja"),
        ("Ninja Xpress", "ninja"),
        ("ID Express", "idexpress"),
        ("SPX Express", "spx"),
        ("Lion Parcel", "lion"),
        ("Pos Indonesia", "pos"),
        ("GoSend Instant", "gosend"),
        ("GrabExpress", "grab"),
        ("Kurir Toko", None),
        ("", None),
        (None, None),
    ],
)
def test_courier_names(name: str | None, code: str | None) -> None:
    assert courier_code(name) == code
