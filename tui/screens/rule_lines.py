"""Why something happened by itself, or did not: an order's section of what rules decided. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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


def rule_lines(key: str, lines: Iterable[words.Line], room: int) -> Iterator[Content]:
    """A heading and what stands below it; nothing for an order of which rules say nothing."""
    for place, line in enumerate(lines):
        if not place:
            yield heading(f"\n{t(key)}")
        style = STYLES.get(line.verdict, "") if line.lead == "  " else _look(line.lead)
        yield from entry(line.lead, plain(line.text, 400), room, style=style)


def run_line(run: RunRow, zone: tzinfo, *, named: bool = True) -> str:
    """When, which order, what."""
    rule = f"{plain(run.rule, 60)}: " if named else ""
    return f"{moment(run.at, zone)}  {plain(run.order_id, 40)}  {rule}{word('rule.verdict', run.verdict)}"


def reasons(why: Sequence[words.Found], room: int) -> Iterator[Content]:
    """Each condition with its sign."""
    for sign, text in words.conditions(why):
        yield from entry(f"    {sign} ", text, room, style=_look(sign))


def _look(lead: str) -> str:
    return "$warning" if "✗" in lead else "$text-muted"
