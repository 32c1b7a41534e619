"""Tokens over a real socket, and the link a seller pastes."""

from __future__ import annotations

import json
import logging
from urllib.parse import parse_qsl, urlsplit

import pytest

from shop import auth, errors
from shop.auth import authorize_url, code_from
from shop.http import HttpSeam
from tests.shop.raw_server import Answer, RawServer, half, http_answer, reset

NOW = 1767225600_000
PAIR: dict[str, object] = {
    "access_token": "ROW_access", "access_token_expire_in": 1767830400, "refresh_token": "ROW_refresh",
    "refresh_token_expire_in": 1798761600, "seller_name": "Toko Contoh", "seller_base_region": "ID",
    "user_type": 0, "granted_scopes": ["seller.order.info"],
}  # fmt: skip


def answer(**changes: object) -> Answer:
    return http_answer(json.dumps({"code": 0, "message": "success", "data": {**PAIR, **changes}}))


async def refreshed(platform: RawServer, seam: HttpSeam) -> auth.TokenPair:
    return await auth.refresh(seam, platform.url, "app", "CANARY-S", "CANARY-R", clock=lambda: NOW)


async def test_exchanging_a_code(platform: RawServer, seam: HttpSeam) -> None:
    platform.answers(answer())
    pair = await auth.exchange(seam, platform.url, "app", "S+/=", "the code", clock=lambda: NOW)
    url = urlsplit(platform.talks[0].target)
    assert (platform.talks[0].method, url.path) == ("GET", "/api/v2/token/get")
    assert dict(parse_qsl(url.query)) == {
        "app_key": "app",
        "app_secret": "S+/=",
        "auth_code": "the code",
        "grant_type": "authorized_code",
    }
    assert (pair.access, pair.refresh) == ("ROW_access", "ROW_refresh")
    assert (pair.access_expires_at, pair.refresh_expires_at) == (1767830400_000, 1798761600_000)
    assert (pair.seller_name, pair.region, pair.scopes) == ("Toko Contoh", "ID", ("seller.order.info",))


async def test_refreshing(platform: RawServer, seam: HttpSeam) -> None:
    platform.answers(answer())
    await refreshed(platform, seam)
    url = urlsplit(platform.talks[0].target)
    assert url.path == "/api/v2/token/refresh"
    assert (
        dict(parse_qsl(url.query)).items()
        >= {
            "refresh_token": "CANARY-R",
            "grant_type": "refresh_token",
        }.items()
    )


async def test_an_answer_without_a_refresh_token_keeps_the_old_one(
    platform: RawServer, seam: HttpSeam
) -> None:
    platform.answers(answer(refresh_token=""))
    assert (await refreshed(platform, seam)).refresh == "CANARY-R"


@pytest.mark.parametrize(
    ("given", "expected"),
    [(604800, NOW + 604800_000), ("1767830400", 1767830400_000), (None, NOW), (0, NOW), (-5, NOW)],
)
async def test_when_a_token_ends(platform: RawServer, seam: HttpSeam, given: object, expected: int) -> None:
    platform.answers(answer(access_token_expire_in=given))
    assert (await refreshed(platform, seam)).access_expires_at == expected


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (reset, errors.Ambiguous),
        (half, errors.Ambiguous),
        (http_answer(b"x", 500), errors.Unavailable),
        (http_answer(b"x", 429), errors.RateLimited),
        (http_answer(b"<html>"), errors.BadReply),
        (http_answer(b'{"code":0}'), errors.BadReply),
        (http_answer(b'{"code":0,"data":{}}'), errors.BadReply),
        (answer(access_token=""), errors.BadReply),
        (answer(access_token="a\r\nx-evil: 1"), errors.BadReply),
        (answer(access_token={"a": 1}), errors.BadReply),
        (http_answer(b'{"code":36004004,"message":"used"}'), errors.LoginNeeded),
        (http_answer(b'{"code":36004005}'), errors.LoginNeeded),
        (http_answer(b'{"code":36009004,"message":"invalid refresh_token"}'), errors.LoginNeeded),
    ],
)
async def test_a_refresh_is_tried_once_and_tells_no_secret(
    platform: RawServer,
    seam: HttpSeam,
    caplog: pytest.LogCaptureFixture,
    reply: Answer,
    kind: type[errors.ShopError],
) -> None:
    caplog.set_level(logging.DEBUG)
    platform.answers(reply)
    with pytest.raises(errors.ShopError) as caught:
        await refreshed(platform, seam)
    assert type(caught.value) is kind
    assert len(platform.talks) == 1
    assert "CANARY" not in f"{caught.value!r}{caught.value}{caught.value.say('en')}{caplog.text}"


async def test_a_pair_hides_itself(platform: RawServer, seam: HttpSeam) -> None:
    platform.answers(answer())
    assert "ROW_" not in repr(await refreshed(platform, seam))


async def test_secrets_do_not_go_to_plain_http(seam: HttpSeam) -> None:
    with pytest.raises(errors.InsecureUrl):
        await auth.refresh(seam, "http://auth.tiktok-shops.com", "app", "s", "r")


def test_the_link() -> None:
    assert authorize_url("123", "a b") == (
        "https://services.tiktokshop.com/open/authorize?service_id=123&state=a%20b"
    )


@pytest.mark.parametrize(
    "pasted",
    [
        "ROW_code",
        "  ROW_code\n",
        "https://toko.example/cb?app_key=x&code=ROW_code&locale=id&state=s1",
        "https://toko.example/cb?code=ROW_code",
    ],
)
def test_what_a_seller_may_paste(pasted: str) -> None:
    assert code_from(pasted, "s1") == "ROW_code"


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "https://toko.example/cb?code=null&error=auth_denied&state=s1",
        "https://toko.example/cb?code=ROW_code&state=other",
        "https://toko.example/cb?state=s1",
    ],
)
def test_what_is_no_permission(pasted: str) -> None:
    with pytest.raises(errors.LoginNeeded):
        code_from(pasted, "s1")
