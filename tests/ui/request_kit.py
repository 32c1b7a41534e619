"""Requests of buyers for the tests of the screen: put there as a sync would, with what a look at them found."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from sqlalchemy import text as sql
from textual.pilot import Pilot

from jobs.config.keys import ShopSettings
from store import orders, requests
from store.db import Store
from store.reader import Reader
from store.records import RequestRecord
from store.request_facts import (
    Answers,
    Decision,
    Picture,
    Proof,
    Reason,
    Record,
    RequestDetail,
    RequestLine,
    encode,
)
from store.times import HOUR
from store.views import RequestRow
from tests.conftest import FrozenClock
from tests.ui.screen_kit import NOW, record, running, until
from tui.app import PantauApp
from tui.screens.answer_dialog import AnswerDialog
from tui.screens.results import ResultsScreen

API = (ShopSettings("toko-contoh", app_key="k"),)
PACKED = Reason("seller_reject_apply_product_has_been_packed", "Barang sudah dikemas")
AGREED = Reason("reverse_reject_request_reason_2", "Sudah sepakat dengan pembeli")
LINES = (RequestLine("173", "Kaos Polos", 2, "Hitam, L", "KP-HTM-L", 136_000),)
PICTURES = tuple(Picture(f"https://p16.example.com/bukti-{n}.jpg") for n in range(1, 4))
PROOF = Proof((Record(NOW - HOUR, "BUYER", "REQUESTED", "Pembeli minta", None, "warnanya salah", PICTURES),))

_ASKS = {
    "cancel": ("CANCELLATION_REQUEST_PENDING", "SELLER_RESPOND_CANCEL"),
    "refund": ("RETURN_OR_REFUND_REQUEST_PENDING", "SELLER_RESPOND_REFUND"),
    "return": ("RETURN_OR_REFUND_REQUEST_PENDING", "SELLER_RESPOND_RETURN"),
    "received": ("BUYER_SHIPPED_ITEM", "SELLER_RESPOND_RECEIVE_PACKAGE"),
    "replacement": ("REPLACEMENT_REQUEST_PENDING", "SELLER_RESPOND_REPLACEMENT"),
}
_DECISIONS = {
    "cancel": (("APPROVE_REQUEST_CANCEL",), "REJECT_REQUEST_CANCEL"),
    "refund": (("APPROVE_REFUND",), "REJECT_REFUND"),
    "return": (("APPROVE_RETURN", "DIRECT_REFUND", "APPROVE_REPLACEMENT"), "REJECT_RETURN"),
    "received": (("APPROVE_RECEIVED_PACKAGE",), "REJECT_RECEIVED_PACKAGE"),
    "replacement": (("APPROVE_REPLACEMENT", "ISSUE_REPLACEMENT_REFUND"), "REJECT_REPLACEMENT"),
}


def request(number: int, stage: str = "cancel", *, lines: Any = LINES, **told: Any) -> RequestRecord:
    """A request of order `number` that waits for our answer: 5 hours 12 minutes from NOW, unless told otherwise.

    What is no field of a RequestRecord goes into its detail.
    """
    status, wanted = _ASKS[stage]
    facts: dict[str, Any] = {
        "request_id": f"4035{number:06d}",
        "order_id": record(number).order_id,
        "kind": "return" if stage == "received" else stage,
        "status": status,
        "created_at": NOW - 2 * HOUR,
        "updated_at": NOW - 2 * HOUR,
        "reason": "ecom_order_reason",
        "reason_text": "Salah pilih ukuran",
        "amount": 136_000,
        "next_action": wanted,
        "deadline_at": NOW + 5 * HOUR + 12 * 60_000,
    }
    own = {name: told.pop(name) for name in list(told) if name in RequestRecord.__struct_fields__}
    detail = told.pop("raw", None) or encode(RequestDetail(lines=tuple(lines), **told))
    return RequestRecord(**(facts | {"detail": detail} | own))


def offers(stage: str, *reasons: Reason, **not_eligible: str) -> Answers:
    """What the platform lets a seller answer at a stage."""
    approvals, refusal = _DECISIONS[stage]
    made = [Decision(name, name not in not_eligible, None, not_eligible.get(name)) for name in approvals]
    return Answers((*made, Decision(refusal, reasons=reasons or (PACKED, AGREED))))


def ask(
    store: Store,
    *records: RequestRecord,
    options: Answers | None = None,
    proof: Proof | None = PROOF,
    unread: bool = False,
) -> None:
    """Take requests in; unless `unread`, with what a look at each found."""

    def write(conn: Any) -> None:
        shop = orders.shop_pk(conn, "toko-contoh")
        requests.upsert(conn, shop, records, NOW)
        if unread:
            return
        by_id = {one.request_id: one for one in records}
        for found in requests.unread(conn, shop, NOW, 1_000):
            one = by_id.get(found.request_id)
            if one is not None:
                stage = next(name for name, (_, wanted) in _ASKS.items() if wanted == one.next_action)
                requests.looked(conn, found.pk, NOW, proof=proof, options=options or offers(stage))

    store.write(write)


def changed(record: RequestRecord, **told: Any) -> RequestRecord:
    """The same request as it is told a minute later."""
    return msgspec.structs.replace(record, **({"updated_at": record.updated_at + 60_000} | told))


def stored(store: Store, record: RequestRecord) -> RequestRow:
    """A request as it is stored."""
    reader = Reader.open(store.url)
    try:
        return reader.find_requests(record.request_id)[0]
    finally:
        reader.close()


@asynccontextmanager
async def asked(
    store: Store, clock: FrozenClock, *keys: str, **options: Any
) -> AsyncIterator[tuple[PantauApp, Pilot[int]]]:
    """The answer dialog after these keys."""
    async with running(store, clock, shops=API, **options) as (app, pilot):
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(app.screen, AnswerDialog))
        yield app, pilot


def wishes(store: Store) -> list[dict[str, Any]]:
    """What the outbox was told, the oldest first."""
    found = store.read(lambda conn: conn.execute(sql("SELECT kind, params FROM actions ORDER BY id")).all())
    return [{"kind": kind} | json.loads(params) for kind, params in found]


async def ended(app: PantauApp, pilot: Pilot[int]) -> None:
    """Something was sent."""
    await until(pilot, lambda: isinstance(app.screen, ResultsScreen))


async def settled(app: PantauApp, pilot: Pilot[int]) -> None:
    """The dialog was left, and nothing is under way."""
    await until(pilot, lambda: app.screen is app.main)
    await app.workers.wait_for_complete()
