"""How much rules may do: a count of the last sixty minutes against two limits. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from jobs.config.rule_keys import Rule, RuleSettings
from jobs.rules.conditions import Told
from store.times import HOUR

SPAN: Final = HOUR


class Budget:
    """What is left of this hour. The counts come from the log, so that no restart and no second seat renews them."""

    def __init__(self, settings: RuleSettings, done: Mapping[str, int]) -> None:
        """`done`: deeds of the last sixty minutes by rule, also of rules that are gone by now."""
        self._most = settings.per_hour
        self._done = Counter(done)

    def over(self, rule: Rule) -> Told | None:
        """The limit that stands in the way of one more; None when there is room."""
        if rule.limit_per_hour and self._done[rule.name] >= rule.limit_per_hour:
            return Told(
                f"limit_per_hour = {rule.limit_per_hour}", str(self._done[rule.name]), False, later=True
            )
        if self._done.total() >= self._most:
            return Told(f"per_hour = {self._most}", str(self._done.total()), False, later=True)
        return None

    def spend(self, rule: Rule) -> None:
        """One more was done."""
        self._done[rule.name] += 1

    def give_back(self, rule: Rule) -> None:
        """It was not done after all."""
        self._done[rule.name] -= 1
