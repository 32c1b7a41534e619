"""What deserves a word: a stretch of the change feed -> at most three grouped notices. Pure policy.

A notice is a message key with parameters; the screen words it in the seller's language. Twenty new orders are
one notice, not twenty; what costs money when it is missed (a cancelled order that may already stand packed, a
failed action) comes first and rings; a first big sync says one quiet line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final

import msgspec

from jobs.notice_numbers import detail, failed_files, goods, read_files, sums
from store.status import OrderStatus
from store.views import ChangeRow

MOST: Final = 3
"""Notices per stretch; the rest is in the feed, and `badge` counts it."""
FLOOD: Final = 200
"""So many new orders at once are a first sync, not a busy minute: one quiet line, no bell."""
FROM_FILE: Final = "file:"
"""How the actor of a change begins that a Seller Center file made."""
NAMED: Final = 3
"""Order ids a notice carries for the screen to name."""


class Severity(IntEnum):
    """How a notice looks; comparable, the worst is the largest."""

    INFO = 0
    GOOD = 1
    WARNING = 2
    DANGER = 3


class OrderFacts(msgspec.Struct, frozen=True):
    """What a notice says of an order beyond its change row."""

    total: int
    currency: str = "IDR"
    cod: bool = False


class Notice(msgspec.Struct, frozen=True):
    """One grouped notice."""

    kind: str
    severity: Severity
    key: str
    """Message key of the catalogue."""
    params: dict[str, int | str]
    """What the words hold; for `file_failed` and `file_imported` tui/toasts.py words the codes and counts in them."""
    order_pks: tuple[int, ...] = ()
    """Where enter leads: every order it speaks of."""
    bell: bool = False


class Told(msgspec.Struct, frozen=True):
    """What a stretch of the feed comes to."""

    notices: tuple[Notice, ...]
    badge: int
    """Changes worth a look, also those beyond the three notices."""


_ARRANGED: Final = frozenset({OrderStatus.PARTIALLY_SHIPPING, OrderStatus.AWAITING_COLLECTION})
_SAME: Final = {
    "action.refused": "action_refused",
    "action.needs_person": "action_needs_person",
    "handover.reminder": "handover_reminder",
    "order.cancel_requested": "cancel_requested",
    "stock.low": "stock_low",
    "stock.out_soon": "stock_soon",
    "order.not_in_file": "not_in_file",
    "order.still_to_ship": "still_to_ship",
    "rule.held": "rule_held",
    "chat.message": "chat_message",
    "chat.late": "chat_late",
    "file.failed": "file_failed",
    "file.imported": "file_imported",
    "money.failed": "money_failed",
    "money.overdue": "money_overdue",
    "money.less": "money_less",
    "digest.made": "digest",
    "cutoff.near": "cutoff_near",
}
"""Kinds of changes that are a notice whatever they hold."""


def told(changes: Sequence[ChangeRow], orders: Mapping[int, OrderFacts]) -> Told:
    """Group a stretch of the feed. `orders` gives totals by order pk; a missing one counts as zero."""
    groups: dict[str, list[ChangeRow]] = {}
    for change in changes:
        if kind := _kind(change):
            groups.setdefault(kind, []).append(change)
    _last_word(groups)
    flood = _flood(groups)
    # A file says at its end how many it brought: while it is read there is nothing to say.
    quiet = flood and all(row.actor.startswith(FROM_FILE) for row in groups["new"])
    notices = [
        _notice(kind, rows, orders, groups) for kind, rows in groups.items() if not (quiet and kind == "new")
    ]
    notices.sort(key=lambda notice: (-notice.severity, _RANK.index(notice.kind)))
    badge = sum(len(rows) for kind, rows in groups.items() if kind not in _QUIET)
    if flood:
        badge -= len(groups["new"])
    return Told(tuple(notices[:MOST]), badge)


_RANK: Final = (
    "handover_stopped",
    "cancelled_arranged",
    "action_needs_person",
    "action_refused",
    "money_failed",
    "cutoff_near",
    "health_step",
    "handover_reminder",
    "stock_soon",
    "cancel_requested",
    "chat_late",
    "return",
    "cancelled",
    "still_to_ship",
    "rule_held",
    "not_in_file",
    "money_overdue",
    "money_less",
    "stock_low",
    "file_failed",
    "job_failed",
    "digest",
    "new",
    "chat_message",
    "file_imported",
    "delivered",
    "job_recovered",
)
_QUIET: Final = frozenset({"delivered", "job_recovered", "file_imported"})
_SEVERITY: Final = {
    "handover_stopped": Severity.DANGER,
    "cancelled_arranged": Severity.DANGER,
    "action_needs_person": Severity.DANGER,
    "action_refused": Severity.DANGER,
    "money_failed": Severity.DANGER,
    "money_overdue": Severity.WARNING,
    "money_less": Severity.WARNING,
    "handover_reminder": Severity.WARNING,
    "stock_soon": Severity.WARNING,
    "stock_low": Severity.WARNING,
    "cancel_requested": Severity.WARNING,
    "return": Severity.WARNING,
    "cancelled": Severity.WARNING,
    "still_to_ship": Severity.WARNING,
    "rule_held": Severity.WARNING,
    "not_in_file": Severity.WARNING,
    "file_failed": Severity.WARNING,
    "job_failed": Severity.WARNING,
    "cutoff_near": Severity.WARNING,
    "health_step": Severity.WARNING,
    "digest": Severity.INFO,
    "chat_late": Severity.WARNING,
    "chat_message": Severity.INFO,
    "new": Severity.GOOD,
    "file_imported": Severity.INFO,
    "delivered": Severity.INFO,
    "job_recovered": Severity.INFO,
}
_RINGS: Final = frozenset(
    {
        "cutoff_near",
        "handover_stopped",
        "handover_reminder",
        "stock_soon",
        "cancelled_arranged",
        "action_needs_person",
        "action_refused",
        "money_failed",
        "new",
    }
)


def _kind(change: ChangeRow) -> str | None:
    if change.kind in _SAME:
        return _SAME[change.kind]
    match change.kind:
        case "order.new":
            # History taken in for the first time is no news.
            return "new" if change.new in _FRESH else None
        case "order.status" if change.new == OrderStatus.CANCELLED:
            return "cancelled_arranged" if change.old in _ARRANGED else "cancelled"
        case "order.status" if change.new == OrderStatus.DELIVERED:
            return "delivered"
        case "request.new":
            # A cancellation's request arrives as order.cancel_requested as well: say it once.
            return "return" if detail(change).get("kind") != "cancel" else None
        case "handover.stopped":
            # What was stopped at the scan its person has just seen; this one already lay in the pile.
            return "handover_stopped" if change.actor == "job" else None
        case "health.step":
            return "health_step" if detail(change).get("worse") == "True" else None
        case "job.failed":
            # A file of the watched folder that is of no use has told so itself, by its name.
            return "job_failed" if change.new != BAD_EXPORT else None
        case "job.recovered":
            return "job_recovered" if change.old != BAD_EXPORT else None
    return None


BAD_EXPORT: Final = "bad_export"
"""What the watched folder's job says while a file in it cannot be used (jobs/files/watch.py)."""
_FRESH: Final = frozenset({OrderStatus.UNPAID, OrderStatus.ON_HOLD, OrderStatus.AWAITING_SHIPMENT})


def _last_word(groups: dict[str, list[ChangeRow]]) -> None:
    """Of a job that failed and recovered (or the reverse) within the stretch only the last word counts."""
    rows = sorted(groups.pop("job_failed", []) + groups.pop("job_recovered", []), key=lambda row: row.seq)
    for row in {_job(row): row for row in rows}.values():
        groups.setdefault("job_failed" if row.kind == "job.failed" else "job_recovered", []).append(row)


def _notice(
    kind: str,
    rows: Sequence[ChangeRow],
    orders: Mapping[int, OrderFacts],
    groups: Mapping[str, Sequence[ChangeRow]],
) -> Notice:
    pks = tuple(dict.fromkeys(row.order_pk for row in rows if row.order_pk is not None))
    params: dict[str, int | str] = {"n": len(pks) or len(rows)}
    severity, bell = _SEVERITY[kind], kind in _RINGS
    ids = list(dict.fromkeys(row.order_id for row in rows if row.order_id))
    if ids:
        params["orders"] = ", ".join([*ids[:NAMED], *(["…"] if len(ids) > NAMED else [])])
    key = f"notice.{kind}"
    if kind in ("file_failed", "file_imported"):
        # The files' own numbers, which say more than how many orders of them are in this stretch.
        params = failed_files(rows) if kind == "file_failed" else read_files(rows, groups)
        if kind == "file_failed" and len(rows) > 1:
            key = "notice.files_failed"
        if params.get("rejected"):
            severity = Severity.WARNING
    elif kind == "new":
        known = [orders[pk] for pk in pks if pk in orders]
        rupiah = [facts for facts in known if facts.currency == "IDR"]
        params |= {"total": sum(facts.total for facts in rupiah), "cod": sum(facts.cod for facts in known)}
        if len(rows) >= FLOOD:
            key, severity, bell = "notice.first_sync", Severity.INFO, False
    elif kind in ("job_failed", "job_recovered"):
        last = detail(rows[-1])
        params |= {"job": last.get("job", ""), "shop": last.get("shop", "")}
        params["problem"] = (rows[-1].new if kind == "job_failed" else rows[-1].old) or ""
    elif kind in ("stock_low", "stock_soon"):
        params |= goods(rows)
        key = f"{key}.many" if len(rows) > 1 else key
    elif kind in ("money_failed", "money_overdue", "money_less"):
        params |= sums(rows)
    elif kind == "handover_stopped":
        params["reason"] = detail(rows[-1]).get("reason", "")
    elif kind == "handover_reminder":
        details = [detail(row) for row in rows]
        params["n"] = sum(int(one.get("parcels", 0)) for one in details)
        couriers = [
            f"{one.get('name') or one.get('courier', '')} {one.get('parcels', '')}" for one in details
        ]
        params |= {"couriers": ", ".join(couriers), "pickup": details[-1].get("pickup", "")}
        params["orders"] = details[0].get("orders", "")
    elif kind in ("digest", "cutoff_near", "health_step"):
        # The last word counts: it was told of the whole shop.
        params = dict(detail(rows[-1]))
        if kind == "digest" and rows[-1].new == "opened":
            key = "notice.opened"
    elif kind in ("action_refused", "action_needs_person"):
        params["reason"] = detail(rows[-1]).get("reason", "")
    return Notice(kind, severity, key, params, pks, bell)


def _flood(groups: Mapping[str, Sequence[ChangeRow]]) -> bool:
    return len(groups.get("new", ())) >= FLOOD


def _job(row: ChangeRow) -> tuple[str, str]:
    told = detail(row)
    return told.get("job", ""), told.get("shop", "")
