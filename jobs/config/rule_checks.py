"""What rules must be beyond their types: told apart by name, each with what its deed needs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from jobs.config.layers import SettingsError
from jobs.config.rule_keys import Rule, RuleSettings

LONGEST: Final = 40
"""Signs of a rule's name: it stands in every line of the log."""


def check_rules(rules: RuleSettings, shops: Collection[str], where: str) -> None:
    """Raises SettingsError for the first rule that cannot be right. `where`: the file, for the sentence."""
    seen: set[str] = set()
    for place, rule in enumerate(rules.each):
        for field, problem in _problems(rule, seen, shops):
            raise SettingsError(problem, file=where, key=f"rules.each[{place}].{field}")
        seen.add(rule.name)


def _problems(rule: Rule, seen: Collection[str], shops: Collection[str]) -> list[tuple[str, str]]:
    name, found = rule.name, []
    if not name.strip() or name != name.strip() or len(name) > LONGEST or not name.isprintable():
        found.append(
            ("name", f"1-{LONGEST} huruf biasa / plain signs, tanpa spasi di ujung / no blank at the ends")
        )
    if name in seen:
        found.append(("name", f"{name}: sudah dipakai / already used"))
    if rule.do == "message":
        found += [
            (field, 'wajib untuk / is required for do = "message"')
            for field in ("on", "template")
            if not getattr(rule, field)
        ]
    else:
        found += [
            (field, 'hanya untuk / only for do = "message"')
            for field in ("on", "template")
            if getattr(rule, field)
        ]
    if strange := [shop for shop in rule.shop if shop not in shops]:
        found.append(("shop", f"{strange[0]}: toko tidak dikenal / unknown shop"))
    when = rule.when
    if len(when.hours) not in (0, 2) or (when.hours and when.hours[0] == when.hours[1]):
        found.append(("when.hours", 'harus / must be [] or ["08:00", "17:00"]'))
    if None not in (when.total_min, when.total_max) and (when.total_min or 0) > (when.total_max or 0):
        found.append(("when.total_max", "lebih kecil dari / less than total_min"))
    return found
