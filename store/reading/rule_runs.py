"""What rules did, as the screen and the command line ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from store.reading.base import Base

OFF: Final = "rules.off"
"""Key of the stop among the small settings; its value is `<epoch ms> <who>`. Not there: rules run."""


class Reason(msgspec.Struct, frozen=True):
    """One condition of a run, as it was found."""

    condition: str
    told: str
    holds: bool


class RunRow(msgspec.Struct, frozen=True):
    """One verdict; see store.models.RuleRun for the meaning of each field."""

    id: int
    at: int
    rule: str
    shop_id: int
    order_pk: int
    order_id: str
    cause: str
    verdict: str
    why: tuple[Reason, ...] = ()


class RunCounts(msgspec.Struct, frozen=True):
    """How often one rule came to each verdict."""

    did: int = 0
    would: int = 0
    held: int = 0
    failed: int = 0
    nothing: int = 0


class Switch(msgspec.Struct, frozen=True):
    """Who stopped all rules, and when."""

    at: int
    by: str


_RUN: Final = ", ".join(f'"{name}"' for name in RunRow.__struct_fields__)
_READ: Final = 1_000
"""Rows of the log read at once while counting."""


class RuleRuns(Base):
    """Verdicts of rules."""

    def rule_runs(
        self,
        limit: int = 100,
        *,
        rule: str | None = None,
        order_pk: int | None = None,
        verdict: str | None = None,
    ) -> list[RunRow]:
        """The newest first."""
        given = [("rule", rule), ("order_pk", order_pk), ("verdict", verdict)]
        asked = [(name, value) for name, value in given if value is not None]
        where = " AND ".join(f'"{name}" = ?' for name, _ in asked)
        tail = f"WHERE {where} " if asked else ""
        args: list[Any] = [*(value for _, value in asked), limit]
        rows = self._query(f"SELECT {_RUN} FROM rule_runs {tail}ORDER BY id DESC LIMIT ?", args)
        return [_row(row) for row in rows]

    def rule_counts(self, since: int) -> dict[str, RunCounts]:
        """Verdicts since then, by rule. Reads the log backwards, only as far as needed."""
        found: dict[str, dict[str, int]] = {}
        before: int | None = None
        while True:
            where, args = ("", [_READ]) if before is None else ("WHERE id < ? ", [before, _READ])
            statement = f'SELECT id, "at", "rule", verdict FROM rule_runs {where}ORDER BY id DESC LIMIT ?'
            rows = self._query(statement, args)
            for _, at, rule, verdict in rows:
                if at >= since:
                    counts = found.setdefault(rule, {})
                    counts[verdict] = counts.get(verdict, 0) + 1
            if len(rows) < _READ or rows[-1][1] < since:
                break
            before = rows[-1][0]
        known = RunCounts.__struct_fields__
        return {
            rule: RunCounts(**{name: n for name, n in counts.items() if name in known})
            for rule, counts in found.items()
        }

    def rules_off(self) -> Switch | None:
        """None while nobody has stopped the rules."""
        stored = self._value("SELECT value FROM ui_state WHERE key = ?", (OFF,))
        if stored is None:
            return None
        at, _, by = str(stored).partition(" ")
        return Switch(int(at) if at.isdecimal() else 0, by)


def _row(stored: Sequence[Any]) -> RunRow:
    values = list(stored)
    values[-1] = _reasons(values[-1])
    return RunRow(*values)


def _reasons(stored: str) -> tuple[Reason, ...]:
    """A list that nobody can read says nothing."""
    try:
        return msgspec.json.decode(stored, type=tuple[Reason, ...])
    except msgspec.DecodeError:
        return ()
