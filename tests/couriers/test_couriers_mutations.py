"""Every kept reply with every field replaced by something else: never an exception, never a false delivery."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from couriers.base import Outcome, TrackingResult, TrackingStatus
from couriers.providers import tiktok
from tests.couriers.courier_kit import PAYLOADS
from tests.couriers.mutation_kit import at, places, replaced
from tests.couriers.test_couriers_payloads import parse

WRONG: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    -7,
    1e300,
    "",
    "x",
    "\0",
    "2999-01-01 00:00:00",
    [],
    {},
    [None],
    {"x": []},
)
SIGNS: Final = re.compile(r"deliver|terkirim|diterima|selesai|F980|\bPOD\b|^D\d\d$|^2[05]0$", re.IGNORECASE)
"""What texts and codes of a delivery have in common, of one to the sender and one to a hub as well."""
FILES: Final = [
    path for path in sorted(PAYLOADS.glob("*_*.json")) if not path.stem.startswith(f"{tiktok.NAME}_")
]


def speaks_of_delivery(body: Any, result: TrackingResult) -> bool:
    """Such a reply may lose the very field that tells it is none, so only its reading may not raise."""
    texts = [text for place in places(body) if isinstance(text := at(body, place), str)]
    codes = [event.code or "" for event in result.events]
    return any(SIGNS.search(one) for one in (*texts, *codes))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_wrong_type_anywhere(path: Path) -> None:
    told = msgspec.json.decode(path.read_bytes())
    may_be_delivered = speaks_of_delivery(told["body"], parse(told))
    for place in places(told["body"]):
        for wrong in WRONG:
            result = parse({**told, "body": replaced(told["body"], place, wrong)})
            where = (place, wrong)
            assert (result.status is TrackingStatus.DELIVERED) <= may_be_delivered, where
            assert (result.delivered_at is not None) <= (result.status is TrackingStatus.DELIVERED), where
            assert result.outcome is Outcome.OK or not result.events, where


def test_many_replies_hold_no_delivery_to_be_found() -> None:
    told = [msgspec.json.decode(path.read_bytes()) for path in FILES]
    plain = [one for one in told if not speaks_of_delivery(one["body"], parse(one))]
    assert len(plain) > 60
    assert len([one for one in plain if parse(one).events]) > 30
