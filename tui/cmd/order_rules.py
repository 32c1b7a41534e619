"""What `pantau order` says of the rules: what they decided on the order, and what each makes of it now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from store.reading.rule_runs import RunRow, Switch
from store.times import to_iso
from store.views import OrderDetail
from tui.cmd.context import Context, say
from tui.strings import t

if TYPE_CHECKING:
    from jobs.rules.conditions import Told
    from jobs.rules.trial import Trial
    from store.reader import Reader
    from store.reading.rule_runs import Reason

EVERY: Final = 1_000
"""Verdicts of one order; no order gets near to so many."""


class Ruled(msgspec.Struct, frozen=True):
    """What is known of the rules and one order."""

    detail: OrderDetail
    runs: Sequence[RunRow]
    off: Switch | None
    checks: Sequence[Any]
    """jobs.rules.trial.Trial, which only a configuration with rules pays for."""

    def document(self, ctx: Context) -> dict[str, Any]:
        """The fields of `pantau order --json`."""
        return {
            "rule_runs": [run(row, ctx) for row in self.runs],
            "rule_checks": [check(one) for one in self.checks],
        }

    def say(self, ctx: Context) -> None:
        """The same for a person."""
        from tui import rule_words as words
        from tui.clock import full

        told = words.story(
            self.runs, self.detail.actions, ctx.settings.rules.each, lambda at: full(at, ctx.zone)
        )
        now = words.now(self.checks, ctx.settings, self.off, ctx.zone)
        for key, lines in (("rules.why", [*told]), ("rules.now", [*now])):
            if lines:
                say(f"{t(key)}:")
            for line in lines:
                say(line.lead + line.text)


def ruled(ctx: Context, reader: Reader, detail: OrderDetail) -> Ruled:
    """Look it up; what rules make of the order now only where the configuration switches rules on."""
    pk, checks = detail.row.pk, list["Trial"]()
    if ctx.settings.rules.enabled and ctx.settings.rules.each:
        from jobs.rules import trial

        with ctx.store() as store:
            checks = store.read(lambda conn: trial.checks(conn, ctx.settings, ctx.zone, ctx.clock(), pk))
    return Ruled(detail, reader.rule_runs(EVERY, order_pk=pk), reader.rules_off(), checks)


def run(row: RunRow, ctx: Context) -> dict[str, Any]:
    """A verdict of the log; `do` is null where no rule of that name is in the configuration any more."""
    from tui import rule_words as words

    return {
        "at": to_iso(row.at, ctx.zone),
        "rule": row.rule,
        "do": words.deed(row, ctx.settings.rules.each) or None,
        "order_id": row.order_id,
        "verdict": row.verdict,
        "cause": row.cause,
        "why": [_reason(one) for one in row.why],
    }


def check(one: Trial) -> dict[str, Any]:
    """What a rule would do to an order."""
    return {
        "rule": one.rule,
        "do": one.do,
        "shop": one.shop,
        "order_id": one.order_id,
        "verdict": one.verdict,
        "why": [_reason(told) for told in one.why],
    }


def _reason(one: Reason | Told) -> dict[str, Any]:
    return {"condition": one.condition, "told": one.told, "holds": one.holds}
