"""The country's rules of one day, as structs: the shapes of the values in jobs/data/indonesia.toml. Pure."""

from __future__ import annotations

from datetime import time

import msgspec


class Cap(msgspec.Struct, frozen=True):
    """From this share on (per mille), orders a day are capped to so many percent of the usual; 0: none."""

    share: int
    orders: int


class Health(msgspec.Struct, frozen=True):
    """A rate of shop health: its window in calendar days, its target per mille, what follows above it."""

    window_days: int
    target: int
    caps: tuple[Cap, ...]

    @property
    def steps(self) -> tuple[int, ...]:
        """Shares per mille at which something follows: the target, then the caps."""
        return (self.target, *(cap.share for cap in self.caps))

    def consequence(self, share: float | None) -> str:
        """What a share (0 to 1) leads to: `none`, `above_target`, or `cap_<percent of orders left>`."""
        mille = (share or 0.0) * 1_000
        reached = [cap for cap in self.caps if mille >= cap.share]
        if reached:
            return f"cap_{reached[-1].orders}"
        return "above_target" if mille >= self.target else "none"


class Dispatch(msgspec.Struct, frozen=True):
    """When an order must be with the courier, by the hour it was placed."""

    cutoff: time
    days_before_cutoff: int
    days_after_cutoff: int


class Instant(msgspec.Struct, frozen=True):
    """Until when an instant courier must be called, by the hour the order was placed; on every day of the week."""

    morning_before: time
    morning_by: time
    day_before: time
    day_hours: int


class SameDay(msgspec.Struct, frozen=True):
    """Placed before that hour: the same calendar day; later: so many days on."""

    before: time
    days_later: int


class DeliveryWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that may stand in a delivery option, by the rule that then counts instead of `dispatch`."""

    instant: tuple[str, ...]
    same_day: tuple[str, ...]


class NextMorning(msgspec.Struct, frozen=True):
    """So many calendar days later, by that hour."""

    days: int
    by: time


class Tolerance(msgspec.Struct, frozen=True):
    """A difference of money that is still none: so many rupiah; of what is an estimate, so many per mille."""

    rupiah: int
    share: int


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The set that is valid on one day; each field is a rule of the table by the same name."""

    review_days: int
    replacement_review_hours: int
    return_check_working_days: int
    return_check_days_self_arranged: int
    appeal_days: int
    appeals_at_most: int
    refund_working_days: dict[str, tuple[int, int]]
    cancel_reasons: dict[str, tuple[str, ...]]
    short_reasons: dict[str, str]
    seller_fault_reasons: tuple[str, ...]
    sfcr: Health
    ldr: Health
    dispatch: Dispatch
    instant: Instant
    instant_late: NextMorning
    same_day: SameDay
    preorder: int
    """Calendar days the platform adds to those the seller chose, before it cancels."""
    delivery_words: DeliveryWords
    chat_answer_hours: int
    """A buyer's first unanswered message waits so long at most; every day counts."""
    buyer_cancels: tuple[str, ...]
    """Order statuses in which the buyer may still cancel in the app."""
    buyer_cancels_freely_hours: int
    """Of an order that the seller's own courier brings: afterwards the seller is asked."""
    return_ask_days: dict[str, int]
    """Calendar days from delivery in which a buyer may ask for money back, by `regular` and `mall`."""
    settlement_days: dict[str, int]
    """Calendar days from delivery to settlement, by `express`, `standard`, `extended`."""
    settlement_grace_days: int
    statement_at: time
    """When a day's statement is cut, on the day after, in Jakarta."""
    order_fee: int
    """Rupiah for each delivered order."""
    preorder_fee: int
    """Per mille of the goods' price."""
    paid_less: Tolerance

    def is_seller_fault(self, reason: str) -> bool:
        """Whether a cancellation with this reason key counts against the seller."""
        return reason.strip().lower().startswith(self.seller_fault_reasons)

    def short(self, reason: str) -> str:
        """The name a person types for a reason's key: what follows its last `reason_`, or a shorter word for that."""
        end = reason.rpartition("reason_")[2] or reason
        return next((name for name, stands_for in self.short_reasons.items() if stands_for == end), end)
