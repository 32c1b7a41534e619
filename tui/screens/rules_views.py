"""One rule from near: its last verdicts with what they rest on, and what it would do now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from textual.content import Content

from jobs.config.rule_keys import Rule
from store.reading.rule_runs import RunRow
from tui.reasons import failure
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys, plain
from tui.screens.rule_lines import STYLES, reasons, run_line
from tui.strings import t, word

if TYPE_CHECKING:
    from jobs.rules.trial import Trial

SHOWN: Final = 50
"""Verdicts of one rule, and orders of a trial; the command line tells all of them."""


class VerdictsScreen(Dialog[None]):
    """The newest verdicts of one rule with everything they rest on."""

    FULL = True

    def __init__(self, rule: str) -> None:
        super().__init__()
        self._rule = rule
        self._runs: Sequence[RunRow] | None = None

    def on_mount(self) -> None:
        """Look at once; the app tells of every change."""
        self.store_changed()

    def store_changed(self) -> None:
        """Look at the store anew."""
        rule = self._rule
        pantau_of(self).data.ask(lambda reader: reader.rule_runs(SHOWN, rule=rule), self._arrived, slow=True)

    def _arrived(self, runs: Sequence[RunRow]) -> None:
        self._runs = runs
        self.redraw()

    def title_text(self) -> Content:
        """Whose."""
        return heading(t("rules.title.rule", rule=plain(self._rule, 60)))

    def body_text(self) -> Content:
        """Order by order."""
        if not self._runs:
            return Content.styled(
                t("rules.reading" if self._runs is None else "rules.log.empty"), "$text-muted"
            )
        lines: list[Content] = []
        for run in self._runs:
            style = f"bold {STYLES.get(run.verdict, '')}"
            lines += entry("", run_line(run, pantau_of(self).zone, named=False), self.room, style=style)
            lines += reasons(run.why, self.room)
        return Content("\n").join(lines)

    def keys_text(self) -> Content:
        """The way back."""
        return keys([t("rules.key.back")], self.room)


class TrialScreen(Dialog[None]):
    """What one rule would do to the orders of now; nothing is written."""

    FULL = True

    def __init__(self, rule: Rule) -> None:
        super().__init__()
        self._rule = rule
        self._found: Sequence[Trial] | None = None
        self._problem = ""

    def on_mount(self) -> None:
        """Judge once, off the loop."""
        self.run_worker(self._judge(), group="trial", exit_on_error=False)

    async def _judge(self) -> None:
        app = pantau_of(self)
        if (store := app.store) is None:
            self._problem = t("app.busy_starting")
        else:
            from jobs.rules.trial import trial

            now, rule = app.clock(), self._rule
            try:
                self._found = await store.aread(lambda conn: trial(conn, app.settings, app.zone, now, [rule]))
            except Exception as error:  # told, never raised: nothing depends on it
                self._problem = t("status.failed", detail=failure(error))
        self.redraw()

    def title_text(self) -> Content:
        """Which rule."""
        return heading(f"{t('rules.title.try')} · {plain(self._rule.name, 60)}")

    def body_text(self) -> Content:
        """The sums, then order by order, what would be done first."""
        if self._problem or self._found is None:
            return Content("\n").join(
                entry("", self._problem or t("rules.reading"), self.room, style="$warning")
            )
        if not self._found:
            return Content("\n").join(entry("", t("rules.try.empty"), self.room, style="$text-muted"))
        rank = ("would", "held", "no", "answered")
        ordered = sorted(self._found, key=lambda one: rank.index(one.verdict))
        counts = {verdict: sum(one.verdict == verdict for one in ordered) for verdict in ("would", "held")}
        said = t("rules.try.sums", **counts, no=len(ordered) - sum(counts.values()))
        lines = [heading(said)]
        for one in ordered[:SHOWN]:
            line = f"{plain(one.order_id, 40)}  {plain(one.shop, 40)}  {word('rule.verdict', one.verdict)}"
            lines += entry("", line, self.room, style=f"bold {STYLES.get(one.verdict, '')}")
            lines += reasons(one.why, self.room)
        if len(ordered) > SHOWN:
            lines.append(Content.styled(t("rules.try.more", n=len(ordered) - SHOWN), "$text-muted"))
        return Content("\n").join(lines)

    def keys_text(self) -> Content:
        """The way back."""
        return keys([t("rules.key.back")], self.room)
