"""Which changes deserve a word, how they are grouped, and what rings."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jobs.notices import FLOOD, MOST, OrderFacts, Severity, Told, told
from store.views import ChangeRow


def json(words: dict[str, object]) -> str:
    return msgspec.json.encode(words).decode()


def row(kind: str, pk: int | None = 1, /, *, seq: int = 1, **words: object) -> ChangeRow:
    old, new = words.pop("old", None), words.pop("new", None)
    return ChangeRow(
        seq=seq,
        at=seq,
        shop_id=1,
        order_pk=pk,
        order_id=None if pk is None else f"58{pk}",
        kind=kind,
        old=None if old is None else str(old),
        new=None if new is None else str(new),
        detail=json(words) if words else None,
        actor="platform",
    )


def fresh(pk: int) -> ChangeRow:
    return row("order.new", pk, new="AWAITING_SHIPMENT")


def only(said: Told) -> tuple[str, Severity, bool]:
    [notice] = said.notices
    return notice.kind, notice.severity, notice.bell


def test_new_orders_are_one_notice_with_their_worth() -> None:
    facts = {1: OrderFacts(136_000), 2: OrderFacts(215_000, cod=True), 3: OrderFacts(9, "USD")}
    said = told([fresh(1), fresh(2), fresh(3), fresh(4)], facts)
    [notice] = said.notices
    assert (notice.key, notice.order_pks, said.badge) == ("notice.new", (1, 2, 3, 4), 4)
    assert notice.params == {"n": 4, "total": 351_000, "cod": 1, "orders": "581, 582, 583, …"}
    assert only(said) == ("new", Severity.GOOD, True)


def test_history_is_no_news() -> None:
    past = [row("order.new", pk, new=new) for pk, new in enumerate(("COMPLETED", "CANCELLED", "IN_TRANSIT"))]
    assert told(past, {}) == Told((), 0)


def test_a_first_sync_says_one_quiet_line() -> None:
    said = told([fresh(pk) for pk in range(FLOOD)], {})
    [notice] = said.notices
    assert (notice.key, notice.params["n"], said.badge) == ("notice.first_sync", FLOOD, 0)
    assert only(said) == ("new", Severity.INFO, False)
    assert told([fresh(pk) for pk in range(FLOOD - 1)], {}).notices[0].bell


def test_a_cancelled_order_is_dangerous_once_it_was_arranged() -> None:
    def gone(old: str) -> tuple[str, Severity, bool]:
        return only(told([row("order.status", old=old, new="CANCELLED")], {}))

    assert gone("AWAITING_COLLECTION") == ("cancelled_arranged", Severity.DANGER, True)
    assert gone("PARTIALLY_SHIPPING") == ("cancelled_arranged", Severity.DANGER, True)
    assert gone("AWAITING_SHIPMENT") == ("cancelled", Severity.WARNING, False)
    assert gone("UNPAID") == ("cancelled", Severity.WARNING, False)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (row("order.cancel_requested"), "cancel_requested"),
        (row("order.status", old="IN_TRANSIT", new="DELIVERED"), "delivered"),
        (row("request.new", new="OPEN", request_id="9", kind="return"), "return"),
        (row("action.refused", reason="order cancelled"), "action_refused"),
        (row("action.needs_person", reason="attempts_used_up"), "action_needs_person"),
        (row("job.failed", None, new="no_network", job="orders", shop="toko"), "job_failed"),
        (row("job.recovered", None, old="no_network", job="orders", shop="toko"), "job_recovered"),
    ],
)
def test_what_is_worth_a_word(change: ChangeRow, kind: str) -> None:
    assert only(told([change], {}))[0] == kind


@pytest.mark.parametrize(
    "change",
    [
        row("order.status", old="AWAITING_SHIPMENT", new="AWAITING_COLLECTION"),
        row("order.changed"),
        row("order.confirmed"),
        row("order.note_seen"),
        row("package.tracking", new="in_transit"),
        row("action.queued"),
        row("action.done"),
        row("action.cancelled"),
        row("request.new", new="OPEN", kind="cancel"),
        row("something.later"),
    ],
)
def test_what_is_not(change: ChangeRow) -> None:
    assert told([change], {}) == Told((), 0)


def test_a_failure_carries_its_reason() -> None:
    [notice] = told([row("action.refused", reason="order cancelled")], {}).notices
    assert notice.params == {"n": 1, "orders": "581", "reason": "order cancelled"}
    assert notice.bell


def test_trouble_names_the_job_and_the_problem() -> None:
    [failed] = told([row("job.failed", None, new="token", job="orders", shop="toko")], {}).notices
    assert failed.params == {"n": 1, "job": "orders", "shop": "toko", "problem": "token"}
    [back] = told([row("job.recovered", None, old="token", job="orders", shop="toko")], {}).notices
    assert back.params["problem"] == "token"


def test_the_last_word_on_a_job_counts() -> None:
    failed = row("job.failed", None, seq=1, new="x", job="orders", shop="a")
    back = row("job.recovered", None, seq=2, old="x", job="orders", shop="a")
    other = row("job.failed", None, seq=3, new="x", job="orders", shop="b")
    assert {n.kind: n.params["shop"] for n in told([failed, back, other], {}).notices} == {
        "job_failed": "b",
        "job_recovered": "a",
    }


def of_file(number: int, change: ChangeRow) -> ChangeRow:
    return msgspec.structs.replace(change, actor=f"file:{number}")


def imported(number: int, name: str = "a.csv", **numbers: int) -> ChangeRow:
    told = {"import": number, "name": name} | numbers
    return of_file(number, msgspec.structs.replace(row("file.imported", None), detail=json(told)))


def test_orders_that_a_file_no_longer_holds_are_one_notice() -> None:
    said = told([row("order.not_in_file", pk, name="a.csv") for pk in range(1, 6)], {})
    [notice] = said.notices
    assert (notice.kind, notice.severity, notice.bell) == ("not_in_file", Severity.WARNING, False)
    assert (notice.params["n"], notice.params["orders"]) == (5, "581, 582, 583, …")
    assert (notice.order_pks, said.badge) == ((1, 2, 3, 4, 5), 5)


def test_a_tick_that_a_file_contradicts_is_a_warning() -> None:
    assert only(told([row("order.still_to_ship")], {})) == ("still_to_ship", Severity.WARNING, False)


def test_a_file_says_what_it_brought() -> None:
    changes = [
        of_file(7, row("order.status", 1, old="AWAITING_COLLECTION", new="CANCELLED")),
        of_file(7, row("order.status", 2, old="UNPAID", new="CANCELLED")),
        row("order.status", 3, old="UNPAID", new="CANCELLED"),
        imported(7, new=4, changed=2, gone=1, unchanged=900, rejected=0),
    ]
    said = told(changes, {})
    notice = next(one for one in said.notices if one.kind == "file_imported")
    assert (notice.key, notice.severity, notice.bell) == ("notice.file_imported", Severity.INFO, False)
    numbers = {"new": 4, "changed": 2, "cancelled": 2, "gone": 1, "rejected": 0}
    assert notice.params == {"n": 1, "name": "a.csv", **numbers}, (
        "what another source cancelled is not its doing"
    )
    assert said.badge == 3, "a file that was read is no more to look at than its orders"


def test_files_read_together_are_one_notice_and_rejected_rows_a_warning() -> None:
    [notice] = told([imported(1, new=2), imported(2, "b.csv", new=1, rejected=3)], {}).notices
    assert (notice.params["n"], notice.params["new"], notice.params["rejected"]) == (2, 3, 3)
    assert notice.severity == Severity.WARNING


def test_files_without_a_row_are_told_as_such() -> None:
    [notice] = told([imported(1, rows=0, new=0)], {}).notices
    assert notice.params["rows"] == 0
    [notice] = told([imported(1, rows=0), imported(2, "b.csv", rows=3)], {}).notices
    assert "rows" not in notice.params


def test_a_big_file_is_told_at_its_end() -> None:
    orders = [of_file(1, fresh(pk)) for pk in range(FLOOD)]
    assert told(orders, {}) == Told((), 0)
    assert only(told([*orders, imported(1, new=FLOOD)], {}))[0] == "file_imported"
    assert told([*orders, fresh(FLOOD)], {}).notices[0].key == "notice.first_sync", "not only the file's"
    assert told(orders[1:], {}).notices[0].bell, "few enough to be news"


def test_a_failed_file_is_named_with_its_problem_and_told_once() -> None:
    where: dict[str, Any] = {"name": "a.csv", "problem": "no_column", "column": "Order ID"}
    failed = row("file.failed", None, new="no_column", **where)
    job = row("job.failed", None, new="bad_export", job="files", shop="toko")
    [notice] = told([failed, job], {}).notices
    assert (notice.kind, notice.key, notice.severity) == (
        "file_failed",
        "notice.file_failed",
        Severity.WARNING,
    )
    assert notice.params == {"n": 1, "row": "", **where}
    [notice] = told([row("file.failed", None, name="b.csv", problem="empty"), failed], {}).notices
    assert (notice.key, notice.params["n"], notice.params["name"]) == ("notice.files_failed", 2, "a.csv")
    assert told([row("job.recovered", None, old="bad_export", job="files", shop="toko")], {}) == Told((), 0)


def test_a_folder_that_is_gone_is_trouble_of_its_job() -> None:
    assert only(told([row("job.failed", None, new="no_folder", job="files")], {}))[0] == "job_failed"


def test_numbers_that_are_none_are_survived() -> None:
    odd = json({"name": "a.csv", "new": "many", "changed": -1, "gone": None})
    [notice] = told([msgspec.structs.replace(row("file.imported", None), detail=odd)], {}).notices
    assert {notice.params[name] for name in ("new", "changed", "gone")} == {0}


def test_at_most_three_the_worst_first_and_the_badge_counts_them_all() -> None:
    changes = [
        fresh(1),
        row("order.status", 2, old="IN_TRANSIT", new="DELIVERED"),
        row("order.cancel_requested", 3),
        row("order.status", 4, old="AWAITING_COLLECTION", new="CANCELLED"),
        row("order.status", 5, old="AWAITING_COLLECTION", new="CANCELLED"),
        row("action.refused", 6, reason="x"),
    ]
    said = told(changes, {})
    assert [notice.kind for notice in said.notices] == [
        "cancelled_arranged",
        "action_refused",
        "cancel_requested",
    ]
    assert len(said.notices) == MOST
    assert said.badge == 5


def test_an_order_that_changes_twice_is_one_order() -> None:
    twice = [row("order.cancel_requested", 7, seq=1), row("order.cancel_requested", 7, seq=2)]
    [notice] = told(twice, {}).notices
    assert (notice.params["n"], notice.order_pks) == (1, (7,))


def test_a_detail_that_is_no_object_is_survived() -> None:
    broken = msgspec.structs.replace(row("action.refused"), detail="[1")
    assert told([broken], {}).notices[0].params["reason"] == ""


def test_silence_says_nothing() -> None:
    assert told([], {}) == Told((), 0)
