"""A row of the change feed in words: the list of notices, an order's history and the toasts say it alike. Pure."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from store.status import OrderStatus
from store.views import ChangeRow
from tui.reasons import advised, caused
from tui.strings import known, t, word
from tui.text import clean

_FAMILY: Final = {
    "order": "status",
    "package": "track",
    "action": "state",
    "job": "problem",
    "request": "request",
}
"""By the first half of a kind: where the words of its old and new state stand."""
_EXPLAINED: Final = frozenset({"action.refused", "action.needs_person", "action.unknown"})
"""An action's change that raises the question why."""
_WITHHELD: Final = frozenset({"too_old", "held"})
"""Reasons of a cancellation that was nobody's wish (jobs/outbox/withheld.py); else it says why the action waited."""
_OF_DESK: Final = frozenset({"order.noted", "order.tagged"})
_OF_FILES: Final = frozenset({"file.imported", "file.failed", "order.not_in_file"})


def what(change: ChangeRow) -> str:
    """What happened, without when and where."""
    family = change.kind.partition(".")[0]
    key = "change.action" if family == "action" else f"change.{change.kind}"
    if not known(key):
        return clean(change.kind, limit=60)
    told = details_of(change)
    subject = ""
    if family == "job":
        subject = word("source", _text(told, "job"))
    elif family == "action":
        subject = word("kind", _text(told, "kind"))
    elif family == "packing":
        subject = word("packing_why", change.new)
    elif family == "request":
        subject = word("request_kind", _text(told, "kind")) or t("request_kind.other")
    elif family == "handover":
        from tui.handover_words import told as handed  # the first paint has no such row

        subject = handed(change, told)
    elif family == "stock":
        from tui.stock_words import told as of_stock  # the first paint has no such row

        subject = of_stock(change.kind, told)
    elif change.kind == "orders.exported":
        from tui.export_words import told as exported  # the first paint has no such row

        subject = exported(told)
    elif change.kind in _OF_DESK:
        from tui.desk_words import told as kept  # the first paint has no such row

        return kept(change, told)
    elif family == "rule":
        from tui.rule_words import told as of_rule  # the first paint has no such row

        subject = of_rule(change.kind, change.new, told)
    elif change.kind in _OF_FILES:
        from tui.file_words import told as of_file  # the first paint has no such row

        subject = of_file(change.kind, told)
    elif family == "money":
        from tui.money_words import told as of_money  # the first paint has no such row

        subject = of_money(change.kind, told)
    elif family in ("digest", "cutoff") or change.kind == "health.step":
        from tui.digest_words import told as of_day  # the first paint has no such row

        subject = of_day(change.kind, told)
    said = t(key, old=_state(family, change.old), new=_state(family, change.new), what=subject)
    reason = cause_of(change)
    return f"{said} ({reason})" if reason else said


def cause_of(change: ChangeRow) -> str:
    """Why an action ended or waits as it does; empty for every other change."""
    why = _why(change)
    told = change.kind in _EXPLAINED or (change.kind == "action.cancelled" and why[0] in _WITHHELD)
    return caused(*why) if told else ""


def advice_of(change: ChangeRow) -> str:
    """What can be done about it; empty when nothing is known."""
    return advised(_why(change)[1]) if change.kind in _EXPLAINED else ""


def _why(change: ChangeRow) -> tuple[str | None, int | None]:
    told = details_of(change)
    code = told.get("code")
    return _text(told, "reason"), code if isinstance(code, int) else None


def _state(family: str, value: str | None) -> str:
    if family == "order" and value == OrderStatus.UNKNOWN:
        return t("change.unknown_status")  # the feed does not keep the platform's word for it
    return word(_FAMILY.get(family, family), value)


def details_of(change: ChangeRow) -> dict[str, Any]:
    """Its detail as values; one that is no object says nothing."""
    try:
        told = msgspec.json.decode(change.detail or "{}")
    except (msgspec.DecodeError, UnicodeError):
        return {}
    return told if isinstance(told, dict) else {}


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""
