"""A page of composed orders, and pages made of variations of its first one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shop.facts import OrderPage
from shop.pages import orders_page
from shop.wire.envelope import open_envelope

PAGE = (Path(__file__).parents[1] / "payloads" / "orders_page.json").read_bytes()
PLAIN: dict[str, Any] = json.loads(PAGE)["data"]["orders"][0]


def decode(body: bytes) -> OrderPage:
    return orders_page(open_envelope(body, mend=True).data, None)


def page_of(*orders: object) -> bytes:
    return json.dumps({"code": 0, "data": {"orders": orders, "total_count": len(orders)}}).encode()
