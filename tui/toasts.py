"""From the change feed to a few words in a corner, by the policy of jobs/notices.py. Pure but for the reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from jobs.notices import MOST, Notice, OrderFacts, Severity, told
from store.views import ChangeRow
from tui.strings import money, t, word

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

    from store.reader import Reader

LOOK: Final = 1_000
"""Changes looked at once; older ones of a longer stretch are in the list of notices."""
_FAILED: Final = {"action_refused": "action.refused", "action_needs_person": "action.needs_person"}
"""The notices that have a reason, and the changes it stands in."""
_SEVERITY: Final = {
    Severity.INFO: "information",
    Severity.GOOD: "information",
    Severity.WARNING: "warning",
    Severity.DANGER: "error",
}


class Told(NamedTuple):
    """What happened since a row of the feed, worded."""

    seq: int
    notices: tuple[Notice, ...]


def since(reader: Reader, seq: int, told_already: Callable[[ChangeRow], bool] = lambda _: False) -> Told:
    """The notices of everything after a row of the feed, and where the feed ends now; `told_already` knows the rows
    that a screen has put into words by itself."""
    changes = reader.changes(seq, LOOK)
    if not changes:
        return Told(seq, ())
    fresh = [
        change.order_pk for change in changes if change.kind == "order.new" and change.order_pk is not None
    ]
    facts = {row.pk: OrderFacts(row.total, row.currency, row.cod) for row in reader.rows(fresh)}
    notices = told([change for change in changes if not told_already(change)], facts).notices
    return Told(changes[-1].seq, tuple(_explained(notice, changes) for notice in notices))


def _explained(notice: Notice, changes: Sequence[ChangeRow]) -> Notice:
    """A notice of failed actions with the reason in our words, and what to do about it."""
    kind = _FAILED.get(notice.kind)
    if kind is None:
        return notice
    from tui.changes import advice_of, cause_of  # most stretches of the feed need neither

    whys = {cause: change for change in changes if change.kind == kind and (cause := cause_of(change))}
    reason, last = "", next(reversed(whys), "")
    if len(whys) > 1:
        reason = t("notice.reasons", reason=last, more=len(whys) - 1)
    elif whys:
        reason = t("notice.reason", reason=last, advice=advice_of(whys[last]))
    return msgspec.structs.replace(notice, params={**notice.params, "reason": reason})


def words(notice: Notice) -> str:
    """A notice as one sentence in the active language."""
    params: dict[str, object] = {"orders": "", "reason": "", **notice.params}
    if notice.kind == "new":
        cod = int(notice.params.get("cod", 0))
        params["amount"] = money(int(notice.params.get("total", 0)))
        params["cod"] = t("notice.new.cod", n=cod) if cod else ""
    if notice.kind == "handover_stopped":
        from tui.handover_words import why

        params["reason"] = why(str(notice.params.get("reason", "")))
    if notice.kind.startswith("money_"):
        params["amount"] = money(int(notice.params.get("amount", 0)))
    if notice.kind in ("file_failed", "file_imported"):
        from tui.file_words import noticed

        params |= noticed(notice.params)
    elif notice.kind in ("digest", "cutoff_near", "health_step"):
        from tui.digest_words import noticed as of_day

        params |= of_day(notice.kind, notice.params, "P" if notice.kind == "health_step" else "D")
    elif "problem" in params:
        params["problem"] = word("problem", str(params["problem"]))
        params["what"] = word("source", str(params.get("job", "")))
    return " ".join(t(notice.key, **params).split())


def held(screen: Screen[object]) -> bool:
    """Whether notices wait: a screen that asks something says so, always or by a class while it does."""
    return getattr(screen, "HOLDS_NEWS", False) or screen.has_class("-asks")


def show(app: App[int], notices: tuple[Notice, ...]) -> None:
    """Show them as toasts, the weightiest last so that it stands on top."""
    if len(notices) == MOST:
        app.clear_notifications()  # a full set stands alone: the list of notices has the earlier ones
    for notice in reversed(notices):
        app.notify(words(notice), severity=_SEVERITY[notice.severity], markup=False, timeout=6)  # type: ignore[arg-type]
