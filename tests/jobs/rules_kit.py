"""What the tests of the rules share: a store with orders, rules by a few words, and one pass of the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from jobs.config.rule_keys import Rule, RuleSettings, RuleWhen
from jobs.config.settings import Settings
from jobs.rules.engine import RuleEngine
from jobs.rules.turn import Report
from store import goods, orders
from store.db import Store
from store.records import OrderRecord
from store.times import MINUTE
from tests.conftest import FrozenClock
from tests.store.store_kit import SHIRT, order, package

SHOP = "toko-contoh"


def rule(do: str = "confirm", name: str = "aturan", **told: Any) -> Rule:
    """A rule; conditions are given by their names."""
    own = set(Rule.__struct_fields__)
    facts = {key: value for key, value in told.items() if key in own}
    when = RuleWhen(**{key: value for key, value in told.items() if key not in own})
    return Rule(name=name, do=do, **{"when": when} | facts)  # type: ignore[arg-type]


def settings(*rules: Rule, **told: Any) -> Settings:
    """A configuration with these rules in force."""
    given: dict[str, Any] = {"enabled": True, "dry_run": False, "each": rules}
    return Settings(rules=RuleSettings(**given | told))


def number(n: int) -> str:
    return f"58000000000000{n:04d}"


def made(n: int, status: str = "AWAITING_SHIPMENT", **told: Any) -> OrderRecord:
    """Order `n` with a package of its own."""
    return order(number(n), status, **{"packages": (package(f"11500000000000{n:04d}"),)} | told)


class Desk:
    """A store, its clock, and the shortest ways to ask it."""

    def __init__(self, store: Store, clock: FrozenClock) -> None:
        self.store, self.clock = store, clock
        self.shop = store.write(lambda conn: orders.shop_pk(conn, SHOP))

    def put(self, *records: OrderRecord) -> None:
        self.store.write(
            lambda conn: orders.ingest(conn, self.shop, records, self.clock(), authoritative=True)
        )

    def stock(self, on_hand: int) -> None:
        self.store.write(
            lambda conn: goods.keep_counts(
                conn, self.shop, [goods.Count(SHIRT.sku_id, on_hand)], self.clock()
            )
        )

    def run(self, given: Settings) -> Report:
        return asyncio.run(RuleEngine(self.store, given, clock=self.clock).run_once())

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        return self.store.read(lambda conn: [tuple(row) for row in conn.exec_driver_sql(statement)])

    def runs(self) -> list[tuple[str, str, str]]:
        """(rule, order's last four, verdict), the oldest first."""
        rows = self.ask("SELECT rule, order_id, verdict FROM rule_runs ORDER BY id")
        return [(name, order_id[-4:], verdict) for name, order_id, verdict in rows]

    def why(self, verdict: str) -> list[dict[str, Any]]:
        """The conditions of the newest run with that verdict."""
        rows = self.ask(f"SELECT why FROM rule_runs WHERE verdict = '{verdict}' ORDER BY id DESC")
        return msgspec.json.decode(rows[0][0], type=list[dict[str, Any]])

    def confirmed(self) -> list[str]:
        rows = self.ask("SELECT order_id FROM orders WHERE confirmed_at IS NOT NULL ORDER BY order_id")
        return [order_id[-4:] for (order_id,) in rows]

    def actions(self) -> list[tuple[str, str, str]]:
        rows = self.ask("SELECT kind, order_id, requested_by FROM actions ORDER BY id")
        return [(kind, order_id[-4:], by) for kind, order_id, by in rows]

    def pk(self, n: int) -> int:
        return int(self.ask(f"SELECT id FROM orders WHERE order_id = '{number(n)}'")[0][0])


def begun(desk: Desk, given: Settings) -> Desk:
    """The rules have had their first sight: what comes now is theirs."""
    desk.run(given)
    return desk


def conditions(found: Sequence[dict[str, Any]]) -> dict[str, tuple[str, bool]]:
    return {one["condition"]: (one["told"], one["holds"]) for one in found}


def arrived(desk: Desk, n: int, status: str, **told: object) -> None:
    """The order comes into a state, a minute later."""
    desk.clock.advance(MINUTE)
    desk.put(made(n, status, updated_at=desk.clock(), **told))
