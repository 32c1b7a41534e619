"""The checklist of Seller Center as data: which ids are pasted, in which groups, and the table."""

from __future__ import annotations

import csv
import io
from typing import Any
from zoneinfo import ZoneInfo

from jobs.files import checklist
from store.reading.by_hand import ByHandRow

NOW = 1_795_608_000_000
WIB = ZoneInfo("Asia/Jakarta")


def row(number: int, **told: Any) -> ByHandRow:
    facts: dict[str, Any] = {
        "id": number, "shop_id": 1, "shop": "berkas", "order_pk": number, "order_id": f"58{number:016}",
        "package_id": None, "state": "queued", "reason": "by_hand", "sent_at": None, "done_at": None,
        "status": "AWAITING_SHIPMENT", "cancel_requested": False, "buyer": "Sari", "summary": "1x Topi",
        "arrange_by": None, "scan_by": NOW, "courier": "jnt", "courier_name": "J&T Express", "note": None,
    }  # fmt: skip
    return ByHandRow(**(facts | told))


def test_ids_come_a_hundred_at_a_time_each_once() -> None:
    rows = [row(n) for n in range(250)] + [row(300, order_id=row(0).order_id)]
    found = checklist.groups(rows)
    assert [len(some) for some in found] == [100, 100, 50]
    assert [one for some in found for one in some] == [row(n).order_id for n in range(250)]
    assert checklist.pasted(found[2][:2]) == f"{row(200).order_id}\n{row(201).order_id}"
    assert checklist.pasted(found[2][:2], ",") == f"{row(200).order_id},{row(201).order_id}"


def test_what_must_not_be_shipped_is_not_pasted() -> None:
    rows = [
        row(1, cancel_requested=True),
        row(2, status="CANCELLED"),
        row(3, state="refused"),
        row(4, reason="ticked", sent_at=NOW),
        row(5, reason="still_to_ship", sent_at=NOW),
        row(6, reason=None),
    ]
    assert [checklist.state_of(one) for one in rows] == [
        "cancel_requested", "cancelled", "cancelled", "ticked", "still_to_ship", "to_ship",
    ]  # fmt: skip
    assert checklist.groups(rows) == [[row(5).order_id, row(6).order_id]]


def test_a_group_in_work_gets_nothing_that_was_not_copied() -> None:
    before = [[row(1).order_id, row(2).order_id], [row(3).order_id]]
    now = [row(9), row(1), row(2, reason="ticked"), row(3, cancel_requested=True)]
    assert checklist.regrouped(before, now) == [[row(1).order_id], [row(9).order_id]]


def test_the_table_is_safe_in_a_spreadsheet() -> None:
    rows = [
        row(1, buyer='=HYPERLINK("x")', summary="+1 topi, navy\nbaru"),
        row(2, scan_by=None, package_id="1" * 19),
    ]
    text = checklist.table(rows, WIB)
    head, first, second = list(csv.reader(io.StringIO(text, newline="")))
    assert head == list(checklist.COLUMNS)
    assert first == [
        row(1).order_id + "\t", "", "J&T Express", '\'=HYPERLINK("x")', "'+1 topi, navy\nbaru",
        "2026-11-25 19:00", "to_ship", "berkas",
    ]  # fmt: skip
    assert (second[1], second[5]) == ("1" * 19 + "\t", "")
