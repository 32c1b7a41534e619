"""What the tests of the client share: a token source, answers, the time."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from shop.client import ShopClient
from tests.shop.raw_server import Answer, RawServer, http_answer

SECRET = "CANARY-S"
NOW = 1767225600_000


class Tokens:
    """A token source that hands out its list one after the other, when forced."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens or ("CANARY-T1", "CANARY-T2", "CANARY-T3"))
        self.forced = 0

    async def __call__(self, force: bool = False) -> str:
        if force:
            self.forced += 1
            self.tokens.pop(0)
        return self.tokens[0]


Make = Callable[..., ShopClient]
"""Builds a client of the raw server; takes the constructor's options."""


def ok(data: object) -> Answer:
    return http_answer(json.dumps({"code": 0, "message": "Success", "request_id": "R", "data": data}))


def coded(code: int, message: str = "", status: int = 200, **headers: str) -> Answer:
    body = json.dumps({"code": code, "message": message, "request_id": "R"})
    return http_answer(body, status, **headers)


def query(platform: RawServer, number: int = -1) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(platform.talks[number].target).query))


EMPTY = ok({"orders": [], "total_count": 0})
