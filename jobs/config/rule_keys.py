"""The keys of `[rules]`: what may happen by itself, on which orders, and how much of it. Words: docs/rules.md."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from jobs.config.layers import Daily

Deed = Literal["confirm", "message", "hold", "ship"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of datetime.weekday()."""
State = Literal[
    "", "UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED",
    "CANCELLED",
]  # fmt: skip
"""A state of an order that a message can answer; empty: none."""


class RuleWhen(msgspec.Struct, frozen=True):
    """Conditions of a rule; all that are named must hold. None and an empty list: not asked."""

    stock: bool | None = None
    """True: every item is known to be there; false: something is missing."""
    total_min: int | None = None
    """Rupiah the buyer pays, at least."""
    total_max: int | None = None
    cod: bool | None = None
    note: Literal["", "empty", "seen", "unseen"] = ""
    """`empty`: the buyer wrote no note; `seen`: none, or a person read it; `unseen`: one that nobody read."""
    new_buyer: bool | None = None
    """Whether this is the buyer's first order in the shop."""
    completed_min: int | None = None
    """Orders of this buyer in this shop that were completed."""
    cancelled_max: int | None = None
    """Orders of this buyer in this shop that were cancelled, whoever did it."""
    channel: tuple[Literal["TIKTOK_SHOP", "TOKOPEDIA"], ...] = ()
    courier: tuple[str, ...] = ()
    """Codes of `pantau order --json`: `jnt`, `jne`, ..."""
    weekday: tuple[Weekday, ...] = ()
    hours: tuple[Daily, ...] = ()
    """Empty, or from and until, in the shop's zone; over midnight when the second is the earlier."""
    tag: tuple[str, ...] = ()
    """The order has one of these."""
    no_tag: tuple[str, ...] = ()
    """The order has none of these."""


class Rule(msgspec.Struct, frozen=True):
    """One rule, an entry `[[rules.each]]`."""

    name: str
    """Stands in the log and in each order's history; a rule renamed is a new rule."""
    do: Deed
    enabled: bool = True
    shop: tuple[str, ...] = ()
    """Shops by name; empty: all."""
    when: RuleWhen = RuleWhen()
    on: State = ""
    """`message` only: the state an order must have come into."""
    template: str = ""
    """`message` only: which template is sent."""
    limit_per_hour: int = 0
    """Orders within sixty minutes; 0: only the limit of all rules together."""


class RuleSettings(msgspec.Struct, frozen=True):
    """What happens by itself: nothing, unless it is switched on."""

    enabled: bool = False
    dry_run: bool = True
    """Whether rules only write down what they would do."""
    per_hour: int = 200
    """Orders that all rules together may do something to within sixty minutes."""
    allow_ship: bool = False
    """Without it no rule ships, whatever stands in its `do`."""
    each: tuple[Rule, ...] = ()
