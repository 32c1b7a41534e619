"""Why something happened by itself: an order's section of what rules decided, with every condition. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Final

from textual.content import Content

from store.reading.rule_runs import RunRow
from tui import rule_words as words
from tui.screens.lines import entry, heading, moment, plain
from tui.strings import t, word

RUNS: Final = 20
"""Verdicts an order shows, the newest first; `pantau rules log --order` tells all of them."""
STYLES: Final = {"did": "$success", "would": "$accent", "held": "$warning", "failed": "$error"}
"""The look of a verdict."""


def rule_lines(runs: Sequence[RunRow], zone: tzinfo, room: int) -> Iterator[Content]:
    """Nothing for an order that no rule ever answered."""
    if not runs:
        return
    yield heading(f"\n{t('rules.why')}")
    for run in runs:
        line = f"{moment(run.at, zone)}  {plain(words.verdict(run))}"
        yield from entry("  ", line, room, style=STYLES.get(run.verdict, ""))
        yield from reasons(run.why, room)


def run_line(run: RunRow, zone: tzinfo, *, named: bool = True) -> str:
    """When, which order, what."""
    rule = f"{plain(run.rule, 60)}: " if named else ""
    return f"{moment(run.at, zone)}  {plain(run.order_id, 40)}  {rule}{word('rule.verdict', run.verdict)}"


def reasons(why: Sequence[words.Found], room: int) -> Iterator[Content]:
    """Each condition with its sign."""
    for sign, text in words.conditions(why):
        yield from entry(f"    {sign} ", text, room, style="$text-muted" if sign == "✓" else "$warning")
