"""Rules on their whole way: orders come in over HTTP, are confirmed, and their buyers read one message each."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from jobs.once import run_once
from shop.client import ShopClient
from shop.sandbox import chats as sandbox_chats
from tests.jobs.runtime_kit import Scene, scene

RULES = """
[sender]
validity = "1s"
settle = "0s"
skew = "0s"
[chat.templates]
siap = "Pesanan {order} kami siapkan, kak."
[rules]
enabled = true
dry_run = false
[[rules.each]]
name = "semua"
do = "confirm"
[[rules.each]]
name = "sapa"
do = "message"
on = "AWAITING_SHIPMENT"
template = "siap"
"""
UNDER_WAY = "SELECT count(*) FROM actions WHERE state IN ('queued', 'sending', 'unknown')"


def strike_the_first_send(made: Scene, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a fault meet the first write, and no read before it."""
    send, faults = ShopClient.send_prepared, made.sandbox.platform.faults

    async def struck(client: ShopClient, prepared: Any, deadline: float = 20.0) -> Any:
        monkeypatch.setattr(ShopClient, "send_prepared", send)
        faults.set(f"{fault}@/customer_service*1")
        try:
            return await send(client, prepared, deadline)
        finally:
            faults.set("")

    monkeypatch.setattr(ShopClient, "send_prepared", struck)


def test_paid_orders_are_confirmed_and_each_buyer_told_once_although_an_answer_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox_chats, "CLOSED", 0.0)  # everybody may be written to
    with scene(tmp_path, orders=3, rate=600, extra=RULES) as made:
        run_once(made.settings, made.environ)
        assert made.rows("SELECT count(*) FROM actions") == [(0,)]  # what was there before the rules
        made.world.advance(3)
        strike_the_first_send(made, "cut-after", monkeypatch)
        for _ in range(10):
            run_once(made.settings, made.environ)
            if made.rows(UNDER_WAY) == [(0,)]:
                break
        assert made.rows("SELECT count(*) FROM changes WHERE kind = 'action.unknown'") == [(1,)]
        paid = [
            str(order) for (order,) in made.rows("SELECT order_id FROM orders WHERE confirmed_at IS NOT NULL")
        ]
        assert len(paid) > 1 and made.rows("SELECT DISTINCT state FROM actions") == [("done",)]
        talks = made.sandbox.platform.chats.all()
        said = Counter(one.content for talk in talks for one in talk.messages if one.role == "SHOP")
        assert said == {
            json.dumps({"content": f"Pesanan {order} kami siapkan, kak."}, separators=(",", ":")): 1
            for order in paid
        }
