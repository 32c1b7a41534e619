"""What one full pass of the jobs did, shop by shop."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import msgspec

from jobs.files.outcome import Outcome
from jobs.intake.sync import OrdersReport
from jobs.problems import Problem
from jobs.tracking.job import TrackingReport

ACTIONS: Final = ("done", "refused", "unknown", "queued", "needs_person")


class ShopReport(msgspec.Struct):
    """One shop's part of a pass."""

    shop: str
    orders: OrdersReport = msgspec.field(default_factory=OrdersReport)
    files: list[Outcome] = []
    """What was read of a watched folder."""
    problems: dict[str, Problem] = {}
    """By job. Stock and the list of couriers are not among them: nothing depends on them, and their health says it."""

    @property
    def error(self) -> str | None:
        """What went wrong, for a person; None when all is well."""
        parts = [
            f"{job}: {problem.code}" + (f" ({problem.detail})" if problem.detail else "")
            for job, problem in self.problems.items()
        ]
        return "; ".join(parts) or None

    @property
    def orders_seen(self) -> int:
        """Distinct orders read."""
        return len(self.orders.seen) + sum(one.orders for one in self.files)

    @property
    def orders_new(self) -> int:
        """Orders seen for the first time."""
        return len(self.orders.new) + sum(one.new for one in self.files)

    @property
    def orders_changed(self) -> int:
        """Known orders of which something is different."""
        return len(self.orders.changed) + sum(one.changed for one in self.files)

    @property
    def rejected(self) -> int:
        """What could not be understood: records of the platform, or rows of files."""
        return len(self.orders.rejected) + sum(len(one.rejected) for one in self.files)


class OnceReport(msgspec.Struct):
    """What a pass did, as `pantau sync --once` tells it."""

    shops: list[ShopReport] = []
    tracking: TrackingReport = TrackingReport()
    actions: Counter[str] = msgspec.field(default_factory=Counter)
    problems: dict[str, Problem] = {}
    """Of the jobs of the whole program."""

    @property
    def needs_login(self) -> bool:
        """Whether a shop can only be helped by its seller."""
        return any(problem.needs_login for shop in self.shops for problem in shop.problems.values())

    @property
    def failed(self) -> bool:
        """Whether any part of the pass did not do what it should."""
        return bool(self.problems) or self.tracking.failed > 0 or any(shop.problems for shop in self.shops)

    def as_json(self) -> dict[str, Any]:
        """The document of `--json` (docs/commands.md)."""
        return {
            "shops": [
                {
                    "shop": one.shop,
                    "orders_seen": one.orders_seen,
                    "orders_new": one.orders_new,
                    "orders_changed": one.orders_changed,
                    "pages": one.orders.pages,
                    "rejected": one.rejected,
                    "error": one.error,
                }
                for one in self.shops
            ],
            "tracking": {
                "due": self.tracking.due,
                "updated": self.tracking.updated,
                "failed": self.tracking.failed,
            },
            "actions": {state: self.actions[state] for state in ACTIONS},
        }
