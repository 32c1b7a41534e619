"""The feed in words: no state, kind or reason of the platform is shown as the platform spells it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

import shop.wire.aftersales
from jobs.notices import Notice
from shop.mapping_aftersales import RETURN_KINDS
from store import changes
from store.db import Store
from store.times import SECOND, WIB
from store.views import ChangeRow
from tests.ui.screen_kit import NOW, put, record, running, until
from tui import strings, toasts
from tui.changes import what
from tui.notice_lines import folded, orders_of, worded
from tui.reasons import failure
from tui.strings import known

RAW = re.compile(r"[A-Z]{3,}_[A-Z_]+|\b[a-z]+_[a-z_]+\b")
"""How codes are spelled: the platform's, and our own."""


def change(event: str, old: str | None = None, new: str | None = None, **about: Any) -> ChangeRow:
    return ChangeRow(1, NOW, 1, 1, "580000000000000001", event, old, new, changes.detail(**about), "platform")


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", [*RETURN_KINDS.values(), "cancel", "WHO_KNOWS", ""])
def test_requests_have_words(language: str, kind: str) -> None:
    strings.use(language)
    statuses = [
        key.removeprefix("request.") for key in strings.CATALOGUES["id"] if key.startswith("request.")
    ]
    assert len(statuses) > 15
    for status in statuses:
        for row in (
            change("request.new", None, status, kind=kind),
            change("request.status", "RETURN_OR_REFUND_REQUEST_PENDING", status, kind=kind),
        ):
            assert not RAW.search(what(row).replace("WHO_KNOWS", ""))


def test_every_request_status_of_the_sandbox_has_words() -> None:
    sources = Path(shop.wire.aftersales.__file__).parent.parent
    spelled = re.compile(
        r'"((?:CANCELLATION|RETURN_OR_REFUND|REFUND_OR_RETURN|REPLACEMENT)_REQUEST_[A-Z]+(?:_[A-Z]+)*)"'
    )
    found = {status for file in sources.rglob("*.py") for status in spelled.findall(file.read_text())}
    assert found
    assert {status for status in found if not known(f"request.{status}")} == set()


def test_an_unknown_order_status_is_said_without_a_placeholder() -> None:
    assert what(change("order.status", "AWAITING_SHIPMENT", "UNKNOWN")) == "Perlu dikirim -> status baru"


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"reason": "no_answer"}, "ditolak (platform tidak menjawab; paketnya dibaca lagi)"),
        ({"reason": "order cancelled", "code": 21011040}, "ditolak ("),
        ({"reason": "a sentence of theirs"}, "ditolak (a sentence of theirs)"),
        ({}, "atur pengiriman: ditolak"),
    ],
)
def test_a_refused_action_says_why(about: dict[str, Any], words: str) -> None:
    said = what(change("action.refused", "sending", "refused", kind="ship", **about))
    assert words in said
    assert "order cancelled" not in said or "code" not in about


def _told(*rows: ChangeRow) -> tuple[Notice, ...]:
    class Feed:
        def changes(self, seq: int, limit: int) -> list[ChangeRow]:
            return list(rows)

        def rows(self, pks: list[int]) -> list[Any]:
            return []

    return toasts.since(Feed(), 0).notices  # type: ignore[arg-type]


def test_a_toast_of_refusals_says_why_and_what_to_do() -> None:
    refused = change(
        "action.refused", "sending", "refused", kind="ship", code=21008044, reason="pending cancel"
    )
    (notice,) = _told(refused)
    said = toasts.words(notice)
    assert said.startswith("1 tindakan ditolak (580000000000000001): ")
    assert "pending cancel" not in said
    assert said.endswith("Jawab dulu permintaan pembeli.")


def test_a_toast_of_several_reasons_says_where_the_others_are() -> None:
    first = change("action.needs_person", "unknown", "needs_person", kind="ship", reason="unreadable")
    last = change("action.needs_person", "unknown", "needs_person", kind="ship", reason="not_resendable")
    (notice,) = _told(first, last)
    said = toasts.words(notice)
    assert "tidak ada bukti bahwa sudah terjadi" in said
    assert said.endswith("A: 1 alasan lain.")
    assert not RAW.search(said)


def test_a_toast_without_a_reason_is_a_whole_sentence() -> None:
    (notice,) = _told(change("action.refused", "sending", "refused", kind="ship"))
    assert toasts.words(notice) == "1 tindakan ditolak (580000000000000001)"


def test_a_failure_is_told_in_the_seller_s_language_or_by_its_kind() -> None:
    from store.errors import DiskFull

    assert failure(DiskFull(path="/data")).startswith("Disk penuh atau tidak bisa ditulis. Kosongkan ruang")
    strings.use("en")
    assert failure(DiskFull(path="/data")).startswith("The disk is full")
    assert failure(ZeroDivisionError("division by zero")) == "ZeroDivisionError"


async def test_the_notices_screen_words_a_request(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1)])
    about = changes.detail(request_id="40", kind="return")
    new = (NOW, 1, 1, record(1).order_id, "request.new", None, "RETURN_OR_REFUND_REQUEST_PENDING", about)
    store.write(lambda conn: changes.append(conn, [(*new, "platform")]))
    async with running(store, clock) as (app, pilot):
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        from tests.ui.dialog_kit import said

        await until(pilot, lambda: "retur baru: menunggu jawaban Anda" in said(app))


def _moved(pk: int, at: int, old: str, new: str) -> ChangeRow:
    moved = change("order.status", old, new)
    return msgspec.structs.replace(moved, seq=at, at=at, order_pk=pk, order_id=f"58{pk:016d}")


def test_notices_of_orders_that_go_the_same_way_are_one_line_and_trouble_stands_alone() -> None:
    rows = [_moved(pk, NOW - pk * SECOND, "IN_TRANSIT", "DELIVERED") for pk in range(12)]
    rows.insert(3, _moved(90, NOW, "AWAITING_COLLECTION", "IN_TRANSIT"))
    rows.insert(4, _moved(91, NOW, "AWAITING_COLLECTION", "CANCELLED"))
    rows.insert(5, _moved(92, NOW, "AWAITING_COLLECTION", "CANCELLED"))
    rows.append(_moved(93, NOW - 61 * SECOND, "IN_TRANSIT", "DELIVERED"))
    lines = folded(rows)
    assert [len(line) for line in lines] == [12, 1, 1, 1, 1]
    assert worded(lines[0], WIB, {}).plain.endswith(" 12 pesanan  Dikirim -> Terkirim")
    assert len(orders_of(lines[0])) == 12 and orders_of(lines[2]) == [f"58{91:016d}"]


def test_a_notice_of_stock_says_which_goods_and_number() -> None:
    done = change("action.done", "sending", "done", kind="stock", action_id=7)
    [line] = folded([msgspec.structs.replace(done, order_id=None, order_pk=None)])
    assert worded(line, WIB, {7: "SKU 1730: 3 → 5"}).plain.endswith("ubah stok: berhasil · SKU 1730: 3 → 5")
