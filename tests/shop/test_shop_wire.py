"""The border of bytes: pages that are no pages, orders that are no JSON, envelopes that are none."""

from __future__ import annotations

import json

import pytest

from shop.pages import orders_page
from shop.wire.envelope import Unreadable, open_envelope
from tests.shop.orders_kit import PLAIN, decode, page_of

RAW = json.dumps(PLAIN)
POISON = {
    "half a surrogate pair": RAW.replace('"tolong bubble wrap"', '"tolong \\ud800 wrap"'),
    "NaN": RAW.replace('"is_cod": false', '"is_cod": NaN'),
    "a number beyond floats": RAW.replace('"create_time": 1767222000', '"create_time": 1e400'),
}


@pytest.mark.parametrize("name", POISON)
def test_one_order_that_is_no_json_does_not_block_its_page(name: str) -> None:
    assert POISON[name] != RAW
    good = json.dumps({**PLAIN, "id": "580000000000000100"})
    page = decode(f'{{"code":0,"data":{{"orders":[{good},{POISON[name]},{good}]}}}}'.encode())
    assert [record.order_id for record in page.records].count("580000000000000100") == 2
    assert len(page.records) + len(page.rejected) == 3


def test_half_a_surrogate_pair_becomes_a_replacement_sign() -> None:
    body = f'{{"code":0,"data":{{"orders":[{POISON["half a surrogate pair"]}]}}}}'.encode()
    assert decode(body).records[0].note == "tolong \ufffd wrap"


def test_mending_touches_nothing_else() -> None:
    note = 'a "quoted" \\ud800 backslash, 😀 and é'
    bad = json.dumps({**PLAIN, "buyer_message": note, "seller_note": "\ud83d"})
    page = decode(f'{{"code":0,"data":{{"orders":[{bad}]}}}}'.encode())
    assert (page.records[0].note, page.records[0].seller_note) == (note, "\ufffd")


def test_invalid_utf8_costs_one_order() -> None:
    body = page_of(PLAIN, PLAIN).replace(b"tolong", b"t\xff\xfe", 1)
    page = decode(body)
    assert (len(page.records), len(page.rejected)) == (1, 1)


@pytest.mark.parametrize(
    "data",
    [
        b'{"orders":{}}',
        b'{"orders":7}',
        b"[]",
        b"7",
        b"null",
        b'{"total_count":5}',
        b'{"orders":null,"total_count":"5"}',
        b'{"next_page_token":"n"}',
    ],
)
def test_a_page_that_lost_its_orders_is_an_error_and_not_an_empty_page(data: bytes) -> None:
    with pytest.raises(Unreadable):
        orders_page(data, None)


@pytest.mark.parametrize(
    "data",
    [b'{"orders":[]}', b'{"total_count":0}', b'{"orders":null,"total_count":"0","next_page_token":""}'],
)
def test_an_empty_page(data: bytes) -> None:
    page = orders_page(data, 5)
    assert (page.records, page.next_token, page.named, page.server_time_ms) == ([], None, True, 5)


@pytest.mark.parametrize("data", [b"{}", b'{"orders":null}', b'{"orders":"","next_page_token":""}'])
def test_a_page_that_is_empty_by_silence_says_so(data: bytes) -> None:
    page = orders_page(data, None)
    assert (page.records, page.named) == ([], False)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502</html>",
        b"null",
        b"[]",
        b"0",
        b"{}",
        b'{"code":null}',
        b'{"code":true}',
        b'{"code":"x"}',
        b'{"code":0.5}',
        b'{"code":{}}',
        b'{"data":{}}',
        b"[" * 100_000,
        b'{"code":0,"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"\xff\xfe\x00",
        b'\xef\xbb\xbf{"cod',
        b'{"code":1e400}',
        b'{"code":NaN}',
    ],
)
@pytest.mark.parametrize("mend", [False, True])
def test_what_is_no_envelope(body: bytes, mend: bool) -> None:
    with pytest.raises(Unreadable):
        open_envelope(body, mend=mend)


def test_only_reads_mend() -> None:
    with pytest.raises(Unreadable):
        open_envelope(b'{"code":0,"data":NaN}')
    assert open_envelope(b'{"code":0,"data":NaN}', mend=True).code == 0


def test_an_envelope_with_odd_members() -> None:
    envelope = open_envelope(b'{"code":"36009002","message":null,"request_id":""}')
    assert (envelope.code, envelope.message, envelope.request_id, envelope.data) == (
        36009002,
        "",
        None,
        b"null",
    )
