"""Rules in words: what they want, what they found, what they did. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from store.reading.rule_runs import RunRow, Switch
from store.views import ActionRow
from tui.reasons import cause
from tui.strings import known, money, number, t, word
from tui.text import clean

if TYPE_CHECKING:
    from jobs.config.keys import Keys
    from jobs.config.rule_keys import Rule
    from jobs.rules.trial import Trial

_AMOUNTS = frozenset({"total_min", "total_max"})
_STATES = frozenset({"status", "on"})


class Found(Protocol):
    """One condition, as it was found: of a run (store.reading.rule_runs) or of a trial (jobs.rules.conditions)."""

    @property
    def condition(self) -> str:
        """As the configuration says it."""

    @property
    def told(self) -> str:
        """What was found."""

    @property
    def holds(self) -> bool:
        """Whether that is what was wanted."""


def condition(found: Found) -> str:
    """`total paling banyak Rp200.000 → Rp136.000`."""
    name, _, wanted = found.condition.partition(" = ")
    words = wanted_words(name, wanted)
    return t("rules.told", condition=words, told=_value(name, found.told)) if found.told else words


def wanted_words(name: str, wanted: str) -> str:
    """What a condition asks for."""
    key = f"rule.when.{name}"
    return t(key, wanted=_value(name, wanted)) if known(key) else clean(f"{name} = {wanted}", limit=200)


def conditions(found: Sequence[Found]) -> Iterator[tuple[str, str]]:
    """Sign and words of each; a rule without conditions says so."""
    if not found:
        yield "✓", t("rule.when.none")
    for one in found:
        yield ("✓" if one.holds else "✗"), condition(one)


class Line(NamedTuple):
    """A line of an order's "why"."""

    lead: str
    text: str
    verdict: str = ""
    """Of what it is the head."""


def story(
    runs: Sequence[RunRow], actions: Sequence[ActionRow], rules: Sequence[Rule], when: Callable[[int], str]
) -> Iterator[Line]:
    """What rules decided on an order: when, which, what became of it, and each condition."""
    for run in runs:
        do = deed(run, rules)
        yield Line(
            "  ", f"{when(run.at)}  {_named(run.rule, do)}: {word('rule.verdict', run.verdict)}", run.verdict
        )
        by = f"rule:{run.rule}" if run.verdict == "did" else None
        for action in actions:
            if action.requested_by == by and action.requested_at == run.at:
                why = cause(action) if action.state != "done" else ""
                state = f"{word('kind', action.kind)}: {word('state', action.state)}"
                yield Line("    → ", f"{state} ({why})" if why else state)
        yield from _checked(run.why)


def now(checks: Sequence[Trial], settings: Keys, off: Switch | None, zone: tzinfo) -> Iterator[Line]:
    """What the rules make of an order now; of one that has answered, the log says all."""
    said, real = standing(settings, off, zone)
    open_ones = [one for one in checks if one.verdict != "answered"]
    if open_ones and not real:
        yield Line("  ", said, "held")
    for one in open_ones:
        yield Line("  ", f"{_named(one.rule, one.do)}: {t(f'rule.now.{one.verdict}')}", one.verdict)
        yield from _checked(one.why)


def deed(run: RunRow, rules: Sequence[Rule]) -> str:
    """What the rule of a run does; empty for an older rule that nobody knows any more."""
    if run.cause.startswith("order.status:"):
        return "message"  # only messages answer a state
    return next((rule.do for rule in rules if rule.name == run.rule), "")


def _named(rule: str, do: str) -> str:
    what = f" ({word('rule.do', do)})" if do else ""
    return f"{word('actor', 'rule')} '{clean(rule, limit=60)}'{what}"


def _checked(found: Sequence[Found]) -> Iterator[Line]:
    return (Line(f"    {sign} ", text) for sign, text in conditions(found))


def told(kind: str, new: str | None, detail: dict[str, Any]) -> str:
    """What a row of the feed says: `rule.did`, or `rule.held` of so many orders."""
    key = f"rule.did.{new or ''}" if kind == "rule.did" else f"rule.held.{new or ''}"
    name, n = detail.get("rule"), detail.get("n")
    rule = name if isinstance(name, str) else ""
    if not known(key):
        return clean(f"{rule}: {new or ''}", limit=80)
    return t(key, rule=clean(rule, limit=60), n=n if isinstance(n, int) else 0)


def standing(settings: Keys, off: Switch | None, zone: tzinfo) -> tuple[str, bool]:
    """Whether rules run, in words; and whether they do anything."""
    from tui.clock import clock, date

    if off is not None:
        return t("rules.state.off", at=f"{date(off.at, zone)} {clock(off.at, zone)}", by=off.by or "?"), False
    if settings.read_only:
        return t("rules.state.read_only"), False
    if not settings.rules.enabled:
        return t("rules.state.config_off"), False
    return t("rules.state.dry" if settings.rules.dry_run else "rules.state.live"), not settings.rules.dry_run


def limits(settings: Keys) -> str:
    """What all rules together may do."""
    ship = t("rules.ship.yes" if settings.rules.allow_ship else "rules.ship.no")
    return t("rules.limits", n=settings.rules.per_hour, ship=ship)


def mark(rule: Rule, settings: Keys) -> str:
    """Whether one rule is on, in a word."""
    if not rule.enabled:
        return t("rules.rule.off")
    blocked = rule.do == "ship" and not settings.rules.allow_ship
    return t("rules.rule.blocked" if blocked else "rules.rule.on")


def wants(rule: Rule) -> list[str]:
    """What a rule asks for, each in words."""
    parts: list[str] = []
    if rule.on:
        parts.append(t("rules.answers", state=word("status", rule.on), template=rule.template))
    if rule.shop:
        parts.append(t("rules.shops", shops=", ".join(rule.shop)))
    for name in rule.when.__struct_fields__:
        value = getattr(rule.when, name)
        if value is None or value == "" or value == ():
            continue
        if isinstance(value, bool):
            value = "true" if value else "false"
        elif isinstance(value, tuple):
            value = ("-" if name == "hours" else ", ").join(value)
        parts.append(wanted_words(name, str(value)))
    if rule.limit_per_hour:
        parts.append(t("rules.limit", n=rule.limit_per_hour))
    return parts or [t("rule.when.none")]


def _value(name: str, stored: str) -> str:
    """A number as people write it, a code as a word, everything else as it is."""
    if name in _STATES:
        return ", ".join(word("status", part) for part in clean(stored, limit=200).split(", "))
    if stored.isascii() and stored.isdecimal() and len(stored) < 16:
        return money(int(stored)) if name in _AMOUNTS else number(int(stored))
    return ", ".join(
        word("rule.value", part) if part else "-" for part in clean(stored, limit=200).split(", ")
    )
