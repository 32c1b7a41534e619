"""The signature against known vectors: V1 is the platform's own published sample."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from shop.requests import Draft, Signer
from shop.signing import encode_query, sign, verify

SECRET = "docs-only-secret-0123456789abcdef"
COMMON = {"app_key": "6example0app1", "timestamp": "1767225600"}
SHOP = {**COMMON, "shop_cipher": "ROW_EXAMPLEcipher+/0=="}
SEARCH = {
    **SHOP,
    "page_size": "50",
    "sort_field": "update_time",
    "sort_order": "ASC",
    "page_token": "aGFsYW1hbi8yKw==",
}
SEARCH_PATH = "/order/202309/orders/search"
SHIP_PATH = "/fulfillment/202309/packages/1150000000000000001/ship"
REJECT_PATH = "/return_refund/202309/cancellations/4035000000000000001/reject"
REJECTION = (
    '{"reject_reason":"seller_reject_apply_product_has_been_packed",'
    '"comment":"Pesanan sudah dikemas – terima kasih"}'
).encode()
COMPACT = b'{"order_status":"AWAITING_SHIPMENT","update_time_ge":1767139200,"update_time_lt":1767225600}'
SPACED = COMPACT.replace(b":", b": ").replace(b",", b", ")

VECTORS = {
    "V2": (
        "/order/202507/orders",
        {**SHOP, "ids": "580000000000000001,580000000000000002"},
        None,
        "8de79a83047f142dfa5abe33b029dcdadc3cf589bc17ee6175f6ce767e7864a3",
    ),
    "V3": (SEARCH_PATH, SEARCH, COMPACT, "4fe7c68e38feff2d28e1f38352f0cd3292d1bea27035295dc0125e7c83bbe61c"),
    "V4": (SEARCH_PATH, SEARCH, SPACED, "9fd1862cc5e197a450cd6adb42a31c2c0e0e31caac894c8da87795cb3567015f"),
    "V5": (SHIP_PATH, SHOP, b"{}", "055acd2c590c2d06853fa4428241a9c3354467d7a521cb0c00b7d99f6d4ea493"),
    "V6": (SHIP_PATH, SHOP, None, "18dfcfe97e6f665031ab2205713e6e58cae41b7e62ce950199c569db40f586d8"),
    "V8": (
        REJECT_PATH,
        {**SHOP, "idempotency_key": "k-1"},
        REJECTION,
        "daa74bd6f988f965d3c48df76725cb6e7af3758e87cbc6f360b46111c3408c89",
    ),
    "V9": (
        "/authorization/202309/shops",
        {**COMMON, "access_token": "TTP_ignored", "sign": "ignored"},
        None,
        "0b414c277b0bd3a896ddaed87c3c7fbcda04423c9b107ee94be004165013c2fb",
    ),
}


def test_the_platforms_own_sample_V1() -> None:
    query = {"app_key": "29a39d", "timestamp": "1623812664"}
    assert (
        sign("/authorization/202309/shops", query, None, "e59af819cc")
        == "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8"
    )


@pytest.mark.parametrize("name", VECTORS)
def test_known_vectors(name: str) -> None:
    path, query, body, expected = VECTORS[name]
    assert sign(path, query, body, SECRET) == expected
    assert verify(expected, path, query, body, SECRET)


def test_a_multipart_body_is_not_signed_V7() -> None:
    path = "/customer_service/202309/images/upload"
    expected = "70545586c27c1a911603de8d953eef7f1f7d38ced4e4680524530ec2e1a1f8f8"
    assert sign(path, SHOP, b"--x whatever", SECRET, multipart=True) == expected
    assert sign(path, SHOP, b"--x whatever", SECRET) != expected


@pytest.mark.parametrize("given", ["", "x", "é", "\ud800", "0" * 10_000])
def test_any_wrong_signature_is_refused_without_a_crash(given: str) -> None:
    assert not verify(given, "/p", COMMON, None, SECRET)


def test_the_url_carries_the_signed_values_percent_encoded() -> None:
    prepared = Signer("http://127.0.0.1:1", "6example0app1", SECRET, "ROW_EXAMPLEcipher+/0==").prepare(
        Draft("POST", SEARCH_PATH, {name: SEARCH[name] for name in SEARCH if name not in SHOP}, COMPACT),
        1767225600,
    )
    assert dict(parse_qsl(urlsplit(prepared.url).query)) == {**SEARCH, "sign": VECTORS["V3"][3]}
    assert "page_token=aGFsYW1hbi8yKw%3D%3D" in prepared.url
    assert "cipher%2B%2F0%3D%3D" in prepared.url


def test_empty_parameters_are_never_sent() -> None:
    prepared = Signer("http://127.0.0.1:1", "k", "s").prepare(Draft("GET", "/p", {"page_token": ""}), 1)
    assert "page_token" not in prepared.url


def test_the_cipher_is_only_sent_where_it_is_expected() -> None:
    signer = Signer("http://127.0.0.1:1", "k", "s", "CIPHER")
    assert "shop_cipher=CIPHER" in signer.prepare(Draft("GET", "/p"), 1).url
    assert "CIPHER" not in signer.prepare(Draft("GET", "/p", with_shop=False), 1).url


def test_nothing_secret_shows_in_a_repr() -> None:
    signer = Signer("http://127.0.0.1:1", "k", "CANARY-S", "CANARY-C")
    prepared = signer.prepare(Draft("GET", "/p"), 1)
    assert "CANARY" not in f"{signer!r}{prepared!r}{signer}{prepared}"
    assert "sign" not in repr(prepared)


def test_spaces_are_percent_encoded_not_plus() -> None:
    assert encode_query({"a b": "c+d e"}) == "a%20b=c%2Bd%20e"
