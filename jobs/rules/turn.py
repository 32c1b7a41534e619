"""One rule's look at some orders: judged, planned, done or only written down, in the transaction of its caller."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from jobs.config.keys import Keys
from jobs.config.rule_keys import Rule
from jobs.rules.conditions import (
    Facts,
    History,
    NeedHistory,
    Told,
    applies,
    cause_of,
    edition,
    fits,
    judge,
    may_come,
)
from jobs.rules.deeds import Ready, prepare
from jobs.rules.facts import facts_of
from jobs.rules.limits import Budget
from store import changes, rule_runs


class Report(msgspec.Struct):
    """What a pass came to, in orders."""

    did: int = 0
    would: int = 0
    held: int = 0
    failed: int = 0
    nothing: int = 0
    """It was so already: neither a deed nor a failure."""
    more: bool = False
    """Whether the feed goes on."""


class HistoryWanted(Exception):
    """The histories of these orders' buyers decide: they are looked up outside the writer, then the step is redone."""

    def __init__(self, pks: Collection[int]) -> None:
        super().__init__(f"{len(pks)} orders")
        self.pks = tuple(pks)


Judged = tuple[Facts, tuple[Told, ...]]


class Turn:
    """One rule's look at some orders."""

    def __init__(
        self,
        conn: Connection,
        settings: Keys,
        rule: Rule,
        zone: ZoneInfo,
        now: int,
        budget: Budget,
        *,
        dry: bool,
    ) -> None:
        self.conn, self.settings, self.rule, self.zone, self.now = conn, settings, rule, zone, now
        self.budget, self.dry = budget, dry
        self.cause, self.edition = cause_of(rule), edition(rule)
        self.known: set[tuple[int, str]] = set()
        self.waits: list[int] = []
        self.runs: list[rule_runs.NewRun] = []
        self.news: list[tuple[Any, ...]] = []
        self.over: list[Told] = []
        self.failures: list[Told] = []

    def take(self, pks: Sequence[int], histories: Mapping[int, History], report: Report) -> list[int]:
        """Judge them and act; the answer is the orders that wait."""
        self.known = rule_runs.causes(self.conn, self.rule.name, pks)
        open_ones = [
            pk for pk in pks
            if (pk, self.cause) not in self.known and not (self.dry and (pk, self._key("would")) in self.known)
        ]  # fmt: skip
        facts = facts_of(self.conn, self.rule, open_ones, histories)
        judged = self._judged([one for one in facts if applies(self.rule, one)])
        fitting = [(one, found) for one, found in judged if fits(found)]
        for one, found in judged:
            if may_come(found):
                self._wait(one, found)
        if fitting:
            self._act(fitting)
        self._tell()
        rule_runs.add_all(self.conn, self.runs)
        for run in self.runs:
            setattr(report, run.verdict, getattr(report, run.verdict) + 1)
        return self.waits

    def _act(self, fitting: Sequence[Judged]) -> None:
        """The deeds, as far as plans and limits let them; on paper only where rules run dry."""
        ready = prepare(self.conn, self.settings, self.rule, [one for one, _ in fitting], self.now)
        left: deque[Judged] = deque()
        for one, found in fitting:
            if (refused := ready.refused.get(one.pk)) is None:
                left.append((one, found))
            else:
                self._wait(one, (*found, refused), again=refused.later)
        while left and (over := self.budget.over(self.rule)) is None:
            chosen: list[Judged] = []
            while left and self.budget.over(self.rule) is None:
                self.budget.spend(self.rule)
                chosen.append(left.popleft())
            self._do(ready, chosen)  # what comes to nothing leaves its place to the next
        for one, found in left:
            assert over is not None
            if self._wait(one, (*found, over)):
                self.over.append(over)

    def _do(self, ready: Ready, chosen: Sequence[Judged]) -> None:
        """The deeds themselves; only what was done counts towards the limits."""
        failures = {} if self.dry else ready.do([one.pk for one, _ in chosen])
        for one, found in chosen:
            if (failed := failures.get(one.pk)) is None:
                self._note("would" if self.dry else "did", one, found)
                continue
            self.budget.give_back(self.rule)
            if failed.later:
                self._wait(one, (*found, failed))
            elif failed.holds:
                self._note("nothing", one, (*found, failed))
            else:
                self._note("failed", one, (*found, failed))
                self.failures.append(failed)

    def _judged(self, candidates: Sequence[Facts]) -> list[Judged]:
        judged, wanted = [], []
        for one in candidates:
            try:
                judged.append((one, judge(self.rule, one, self.now, self.zone)))
            except NeedHistory:
                wanted.append(one.pk)
        if wanted:
            raise HistoryWanted(wanted)
        return judged

    def _wait(self, one: Facts, found: Sequence[Told], *, again: bool = True) -> bool:
        """Held back; whether that is news. Once per reason is enough for the log."""
        if again:
            self.waits.append(one.pk)
        return self._note("held", one, found)

    def _note(self, verdict: str, one: Facts, found: Sequence[Told]) -> bool:
        """A run to write down, and of a deed its row of the feed."""
        cause = self._key(verdict, found)
        if (one.pk, cause) in self.known:
            if verdict == "did":
                raise RuntimeError(f"{self.rule.name}: {one.order_id} was answered twice")  # undoes the deed
            return False
        self.known.add((one.pk, cause))
        self.runs.append(
            rule_runs.NewRun(
                self.now, self.rule.name, one.shop_id, one.pk, one.order_id, cause, verdict, why(found)
            )
        )
        if verdict == "did":
            about = changes.detail(rule=self.rule.name, do=self.rule.do)
            self.news.append(
                (
                    self.now,
                    one.shop_id,
                    one.pk,
                    one.order_id,
                    "rule.did",
                    None,
                    self.rule.do,
                    about,
                    self._actor,
                )
            )
        return True

    def _key(self, verdict: str, found: Sequence[Told] = ()) -> str:
        """Only an end answers the cause itself: the rest must not stand in its way."""
        if verdict in ("did", "failed", "nothing"):
            return self.cause
        reasons = [one.condition.partition(" ")[0] for one in found if not one.holds]
        return ":".join([verdict, self.edition, *reasons])

    @property
    def _actor(self) -> str:
        return f"rule:{self.rule.name}"

    def _tell(self) -> None:
        """Deeds one by one, then one row for all that a limit held back in this look, and one for what failed."""
        for new, some in (("limit", self.over), ("failed", self.failures)):
            if some:
                about = changes.detail(rule=self.rule.name, n=len(some), why=some[-1].condition)
                self.news.append((self.now, None, None, None, "rule.held", None, new, about, self._actor))
        changes.append(self.conn, self.news)


def why(found: Sequence[Told]) -> str:
    """The JSON of a run's `why`."""
    return msgspec.json.encode(
        [{"condition": one.condition, "told": one.told, "holds": one.holds} for one in found]
    ).decode()
