"""Automatic rules: which are on, what they did today, why; a trial; and the stop for all of them.

The list has a cursor; Enter opens the last verdicts of its rule, `t` tries it on the orders of now. Stopping takes one
key, because it only makes things safer; letting them run again asks once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from jobs.config.rule_keys import Rule
from store.reading.rule_runs import RunCounts, RunRow, Switch
from store.views import OrderRow
from tui import rule_words as words
from tui.clock import day_start
from tui.reasons import failure
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys, plain
from tui.screens.rule_lines import STYLES, run_line
from tui.screens.rules_views import TrialScreen, VerdictsScreen
from tui.strings import t, word

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.reader import Reader
    from tui.app import PantauApp

LOGGED = 12
"""Verdicts below the list."""


class RulesScreen(Dialog[None]):
    """The rules of the configuration, and what the log says of them."""

    FULL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("enter", "open", show=False),
        Binding("t", "try", show=False),
        Binding("x", "switch", show=False),
        Binding("y", "sure", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._at = 0
        self._off: Switch | None = None
        self._counts: Mapping[str, RunCounts] = {}
        self._log: Sequence[RunRow] = ()
        self._loaded = self._asking = False

    def on_mount(self) -> None:
        """Look at once; the app tells of every change."""
        self.store_changed()

    def store_changed(self) -> None:
        """Look at the store anew."""
        app = pantau_of(self)
        since = day_start(app.clock(), app.zone)

        def look(reader: Reader) -> tuple[Switch | None, Mapping[str, RunCounts], Sequence[RunRow]]:
            return reader.rules_off(), reader.rule_counts(since), reader.rule_runs(LOGGED)

        app.data.ask(look, lambda found: self._arrived(*found), slow=True)

    def _arrived(self, off: Switch | None, counts: Mapping[str, RunCounts], log: Sequence[RunRow]) -> None:
        self._off, self._counts, self._log, self._loaded = off, counts, log, True
        self.redraw()

    @property
    def _rules(self) -> tuple[Rule, ...]:
        return pantau_of(self).settings.rules.each

    # ---- showing it -------------------------------------------------------------------------------------

    def title_text(self) -> Content:
        """What this is."""
        return heading(t("rules.title"))

    def body_text(self) -> Content:
        """Whether they run, the rules, the newest verdicts."""
        if not self._loaded:
            return Content.styled(t("rules.reading"), "$text-muted")
        return Content("\n").join([*self._state(), *self._list(), *self._newest()])

    def _state(self) -> Iterator[Content]:
        app = pantau_of(self)
        said, real = words.standing(app.settings, self._off, app.zone)
        style = "bold $error" if self._off is not None else "bold $success" if real else "bold $warning"
        yield from entry("", said, self.room, style=style)
        yield from entry("", words.limits(app.settings), self.room, style="$text-muted")
        if self._asking:
            yield from entry("", t("rules.sure"), self.room, style="bold $warning")

    def _list(self) -> Iterator[Content]:
        if not self._rules:
            yield Content("")
            yield from entry("", t("rules.empty"), self.room)
        for place, rule in enumerate(self._rules):
            chosen = place == self._at
            mark = words.mark(rule, pantau_of(self).settings)
            line = f"{plain(rule.name, 60)} · {word('rule.do', rule.do)} · {mark}"
            yield Content("")
            yield from entry(
                "▌ " if chosen else "  ", line, self.room, style="bold $accent" if chosen else "bold"
            )
            asked = " · ".join(plain(part) for part in words.wants(rule))
            yield from entry("    ", asked, self.room, style="$text-muted")
            if counts := self._counts.get(rule.name):
                yield from entry("    ", today(counts), self.room, style="$error" if counts.failed else "")

    def _newest(self) -> Iterator[Content]:
        yield heading(f"\n{t('rules.log')}")
        if not self._log:
            yield Content.styled(f"  {t('rules.log.empty')}", "$text-muted")
        for run in self._log:
            yield from entry(
                "  ", run_line(run, pantau_of(self).zone), self.room, style=STYLES.get(run.verdict, "")
            )

    def keys_text(self) -> Content:
        """What can be pressed."""
        offered = ["open", "try"] if self._rules else []
        if not pantau_of(self).read_only:
            offered.append("off" if self._off is None else "sure" if self._asking else "on")
        return keys([t(f"rules.key.{key}") for key in (*offered, "back")], self.room)

    # ---- keys -------------------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """The cursor; the list follows it roughly, for a rule takes three lines."""
        if self._rules:
            self._at = max(0, min(self._at + step, len(self._rules) - 1))
            self.query_one("#body", VerticalScroll).scroll_to(y=max(0, self._at * 4 - 4), animate=False)
            self.redraw()

    def action_open(self) -> None:
        """The last verdicts of the rule under the cursor."""
        if self._rules:
            pantau_of(self).push_screen(VerdictsScreen(self._rules[self._at].name))

    def action_try(self) -> None:
        """What the rule under the cursor would do now."""
        if self._rules:
            pantau_of(self).push_screen(TrialScreen(self._rules[self._at]))

    def action_switch(self) -> None:
        """Stop them at once; letting them run again is asked for."""
        if self._off is not None and not self._asking:
            self._asking = True
            self.redraw()
            return
        if self._off is None:
            now = pantau_of(self).clock()

            def stop(conn: Connection) -> None:
                from store import rule_runs

                rule_runs.turn_off(conn, "seller", now)

            self._write(stop, "rules.was_off")

    def action_sure(self) -> None:
        """Let them run again."""
        if self._asking and self._off is not None:

            def lift(conn: Connection) -> None:
                from store import rule_runs

                rule_runs.turn_on(conn)

            enabled = pantau_of(self).settings.rules.enabled
            self._write(lift, "rules.was_on" if enabled else "rules.was_on.config")

    def action_back(self) -> None:
        """Out of the question first."""
        if self._asking:
            self._asking = False
            self.redraw()
        else:
            super().action_back()

    def _write(self, work: Callable[[Connection], None], said: str) -> None:
        app = pantau_of(self)
        if app.read_only or (store := app.store) is None:
            app.say(t("why.read_only" if app.read_only else "app.busy_starting"), severity="warning")
            return

        async def run() -> None:
            try:
                await store.awrite(work)
            except Exception as error:  # told, never raised: what was not written down did not happen
                app.say(t("status.failed", detail=failure(error)), severity="error")
                return
            self._asking = False
            app.say(t(said))
            if self.is_attached:
                self.store_changed()

        self.run_worker(run(), group="rules", exit_on_error=False)


def today(counts: RunCounts) -> str:
    """A rule's day in one line."""
    return t("rules.today", did=counts.did, would=counts.would, held=counts.held, failed=counts.failed)


def open_rules(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the screen; it is about the rules, whatever the cursor is on."""
    app.push_screen(RulesScreen())
