"""The door of the fake platform is as strict as the real one, in a fixed order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import pytest

from shop.sandbox.gate import DeniedError, query_of
from shop.signing import sign
from tests.shop.sandbox_kit import DETAIL, SEARCH, SHOPS, Client, connected, small_world


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with connected(small_world()) as client:
        yield client


def code(
    client: Client, query: dict[str, str], path: str = SHOPS, method: str = "GET", body: bytes = b""
) -> int:
    answer = client.send(method, path, query, body).json()
    return int(answer["code"])


def test_a_correct_call_passes_and_names_the_cipher(client: Client) -> None:
    answer = client.get(SHOPS, cipher=False)
    assert answer["code"] == 0
    assert answer["data"]["shops"][0]["cipher"] == client.given.shop_cipher


def test_the_path_is_judged_before_everything_else(client: Client) -> None:
    assert code(client, {"sign": "x"}, "/order/202309/nothing") == 36009009
    assert code(client, {"sign": "x"}, SHOPS, "POST") == 36009010


@pytest.mark.parametrize("name", ["app_key", "timestamp", "sign"])
def test_each_credential_must_be_there(client: Client, name: str) -> None:
    query = client.query(cipher=False) | {"sign": "0" * 64}
    del query[name]
    answer = client.http.get(SHOPS, params=query).json()
    assert answer["code"] == 36009004
    assert f"'{name}'" in answer["message"]


@pytest.mark.parametrize(("offset", "passes"), [(-290, True), (-310, False), (20, True), (40, False)])
def test_the_timestamp_lives_five_minutes_back_and_half_a_minute_ahead(
    client: Client, offset: int, passes: bool
) -> None:
    query = client.query({"timestamp": str(int(time.time()) + offset)}, cipher=False)
    answer = client.send("GET", SHOPS, query).json()
    assert (answer["code"] == 0) is passes
    assert passes or (answer["code"] == 36009004 and "timestamp" in answer["message"])


def test_an_old_timestamp_is_refused_before_a_wrong_signature(client: Client) -> None:
    query = client.query({"timestamp": "1767225600", "sign": "0" * 64}, cipher=False)
    assert code(client, query) == 36009004


def test_one_wrong_bit_of_the_body_breaks_the_signature(client: Client) -> None:
    query = client.query({"page_size": "10"})
    query["sign"] = sign(SEARCH, query, b'{"order_status":"UNPAID"}', client.given.app_secret)
    assert code(client, query, SEARCH, "POST", b'{"order_status": "UNPAID"}') == 106001
    assert code(client, query, SEARCH, "POST", b'{"order_status":"UNPAID"}') == 0


def test_an_unsigned_extra_parameter_breaks_the_signature(client: Client) -> None:
    query = client.query(cipher=False)
    query["sign"] = sign(SHOPS, query, b"", client.given.app_secret)
    assert code(client, query | {"extra": "1"}) == 106001


def test_a_page_token_signed_as_encoded_is_refused(client: Client) -> None:
    """Tokens hold + / =: they are signed as they are and encoded on the URL."""
    token = next(client.pages(size=5))["next_page_token"]
    assert {"+", "/", "="} <= set(token)
    query = client.query({"page_size": "5", "page_token": token})
    raw = "&".join(f"{name}={value}" for name, value in query.items())
    signed = sign(SEARCH, query, b"{}", client.given.app_secret)
    reply = client.http.post(f"{SEARCH}?{raw}&sign={signed}", content=b"{}")
    assert reply.json()["code"] == 106001


def test_a_signature_that_is_no_ascii_is_wrong_and_no_crash(client: Client) -> None:
    assert code(client, client.query({"sign": "é" * 64}, cipher=False)) == 106001


@pytest.mark.parametrize("token", ["", "ROW_nobody"])
def test_an_unknown_token_is_refused(client: Client, token: str) -> None:
    reply = client.send("GET", SHOPS, client.query(cipher=False), headers={"x-tts-access-token": token})
    assert reply.json()["code"] == 36009004


def test_the_cipher_must_be_there_must_fit_and_must_not_be_elsewhere(client: Client) -> None:
    ids = {"ids": "580000000000000001"}
    assert code(client, client.query(ids, cipher=False), DETAIL) == 106013
    assert code(client, client.query(ids | {"shop_cipher": "ROW_other"}), DETAIL) == 101000
    assert code(client, client.query(), SHOPS) == 36009004


def test_a_scope_that_was_not_granted_is_missed(client: Client) -> None:
    account = client.sandbox.platform.account
    account.scopes.remove("seller.order.info")
    try:
        assert code(client, client.query({"ids": "1"}), DETAIL) == 105005
    finally:
        account.scopes.add("seller.order.info")


def test_a_body_must_be_called_json(client: Client) -> None:
    query = client.query({"page_size": "10"})
    reply = client.send("POST", SEARCH, query, b"{}", {"content-type": "text/plain"})
    assert reply.json()["code"] == 36009004


@pytest.mark.parametrize(
    ("extra", "body"),
    [
        ({}, b"{}"),
        ({"page_size": "0"}, b"{}"),
        ({"page_size": "101"}, b"{}"),
        ({"page_size": "10", "sort_field": "price"}, b"{}"),
        ({"page_size": "10", "sort_order": "asc"}, b"{}"),
        ({"page_size": "10", "page_token": "tidak ada"}, b"{}"),
        ({"page_size": "10"}, b"{"),
        ({"page_size": "10"}, b"[]"),
        ({"page_size": "10"}, b'{"order_status":"PAID"}'),
        ({"page_size": "10"}, b'{"update_time_ge":"1767225600"}'),
    ],
)
def test_parameters_come_last_and_are_strict(client: Client, extra: dict[str, str], body: bytes) -> None:
    assert code(client, client.query(extra), SEARCH, "POST", body) == 36009004


def test_a_page_token_belongs_to_its_query(client: Client) -> None:
    token = next(client.pages(size=5))["next_page_token"]
    other = client.post(SEARCH, {"order_status": "COMPLETED"}, {"page_size": "5", "page_token": token})
    assert other["code"] == 36009004


def test_a_parameter_that_comes_twice_is_refused() -> None:
    with pytest.raises(DeniedError):
        query_of(b"a=1&a=2")


def test_the_date_header_is_the_platforms_wall_clock(client: Client) -> None:
    date = client.send("GET", SHOPS, client.query(cipher=False)).headers["date"]
    assert abs(parsedate_to_datetime(date).timestamp() - time.time()) < 5
