"""Replies as the adapters meet them, each with what a person reads in it: tests/payloads/couriers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from couriers.base import Parcel, RawReply, TrackingResult
from couriers.providers import tiktok
from store.times import WIB, to_iso
from tests.couriers.courier_kit import JNT, NOW, PAYLOADS
from tests.couriers.source_kit import adapter_of

FILES = sorted(path for path in PAYLOADS.glob("*_*.json"))


def parse(told: dict[str, Any]) -> TrackingResult:
    parcel = Parcel(JNT, told.get("courier"), order_id="580000000000000001")
    if told["provider"] != tiktok.NAME:
        reply = RawReply(told["http"], {}, msgspec.json.encode(told["body"]))
        return cast(TrackingResult, adapter_of(told["provider"]).parse(reply, parcel, NOW))
    rows = [
        SimpleNamespace(
            description=row["description"],
            update_time_ms=row["update_time_millis"],
            action_code=row.get("action_code"),
        )
        for row in told["rows"]
    ]
    return tiktok.parse(rows, parcel, NOW)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_reply_is_read_as_a_person_would(path: Path) -> None:
    told = msgspec.json.decode(path.read_bytes())
    result = parse(told)

    seen = {
        "outcome": result.outcome,
        "status": result.status,
        "reason": result.reason,
        "delivered_at": to_iso(result.delivered_at, WIB),
        "rows": len(result.events),
        "last_at": to_iso(result.events[-1].at, WIB) if result.events else None,
    }
    assert {key: seen[key] for key in told["expect"]} == told["expect"]
    times = [event.at for event in result.events if event.at is not None]
    assert times == sorted(times)
    assert (result.delivered_at is not None) <= (result.status == "delivered")
    assert (result.tracking_number, result.source) == (JNT, told["provider"])


def test_there_are_replies_to_read() -> None:
    assert len(FILES) > 25
