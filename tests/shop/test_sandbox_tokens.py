"""Tokens of the fake platform: absolute life times, rotation, expiry."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.shop.sandbox_kit import SHOPS, Client, Json, connected, small_world

GET, REFRESH = "/api/v2/token/get", "/api/v2/token/refresh"


@pytest.fixture
def client() -> Iterator[Client]:
    with connected(small_world(0)) as client:
        yield client


def grant(client: Client, path: str, **extra: str) -> Json:
    given = {"app_key": client.given.app_key, "app_secret": client.given.app_secret}
    kind = "authorized_code" if path == GET else "refresh_token"
    return client.http.get(path, params=given | {"grant_type": kind} | extra).json()  # type: ignore[no-any-return]


def test_a_code_buys_tokens_once(client: Client) -> None:
    first = grant(client, GET, auth_code=client.given.auth_code)
    assert first["code"] == 0 and first["message"] == "success"
    assert abs(first["data"]["access_token_expire_in"] - time.time() - 7 * 86_400) < 60
    assert grant(client, GET, auth_code=client.given.auth_code)["code"] == 36004004


def test_a_refresh_kills_both_old_tokens(client: Client) -> None:
    fresh = grant(client, REFRESH, refresh_token=client.given.refresh_token)["data"]
    assert client.get(SHOPS, cipher=False)["code"] == 36009004
    assert grant(client, REFRESH, refresh_token=client.given.refresh_token)["code"] == 36004004
    client.given = client.sandbox.credentials
    assert client.given.access_token == fresh["access_token"]
    assert client.get(SHOPS, cipher=False)["code"] == 0


def test_without_rotation_old_tokens_stay_good(client: Client) -> None:
    client.sandbox.platform.account.rotates = False
    grant(client, REFRESH, refresh_token=client.given.refresh_token)
    assert grant(client, REFRESH, refresh_token=client.given.refresh_token)["code"] == 0
    assert client.get(SHOPS, cipher=False)["code"] == 0


def test_an_expired_token_says_so_and_a_refresh_helps(client: Client) -> None:
    client.http.post("/_sandbox/faults", json={"spec": "expired-token"})
    assert client.get(SHOPS, cipher=False)["code"] == 105002
    grant(client, REFRESH, refresh_token=client.given.refresh_token)
    client.given = client.sandbox.credentials
    assert client.get(SHOPS, cipher=False)["code"] == 0


@pytest.mark.parametrize(
    "extra", [{"app_secret": "wrong"}, {"grant_type": "authorized_code"}, {"refresh_token": ""}]
)
def test_a_bad_question_kills_no_token(client: Client, extra: dict[str, str]) -> None:
    assert (
        grant(client, REFRESH, **({"refresh_token": client.given.refresh_token} | extra))["code"] == 36009004
    )
    assert client.get(SHOPS, cipher=False)["code"] == 0
