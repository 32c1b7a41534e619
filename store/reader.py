"""Reading the store without SQLAlchemy: what the screen asks at every key press, and at its first paint.

Each question is one or a few indexed statements, under 2 ms at a million orders on SQLite; the exceptions say
so in their own words.
"""

from __future__ import annotations

from store import sqlite
from store.reading.by_hand import ByHand
from store.reading.chats import Chats
from store.reading.desk import Desk
from store.reading.digest import Digests
from store.reading.export import Export
from store.reading.files import Files
from store.reading.finding import Finding
from store.reading.goods import Goods
from store.reading.health_rates import HealthRates
from store.reading.link import Link
from store.reading.manifests import Manifests
from store.reading.money import Money
from store.reading.packing import Packings
from store.reading.papers import Papers
from store.reading.performance import Performance
from store.reading.requests import Requests
from store.reading.rule_runs import RuleRuns
from store.reading.single import Single
from store.reading.sources import Sources
from store.schema import SchemaState


def may_wait(url: str) -> bool:
    """Whether a read can take long for another's sake: on a server, and where SQLite may not use its
    write-ahead log, so that a reader waits for a writer. Such reads belong in a thread."""
    return sqlite.database_path(url) is None or not sqlite.wal_is_safe(sqlite.driver.sqlite_version_info)


class Reader(
    Finding,
    Single,
    Sources,
    Performance,
    Manifests,
    Requests,
    Packings,
    Papers,
    Files,
    ByHand,
    Export,
    Digests,
    HealthRates,
    Desk,
    Goods,
    Money,
    RuleRuns,
    Chats,
):
    """A read-only connection and the questions one can ask (store/reading/). One per thread.

    While a SQLite store does not exist yet, everything is empty. Raises StoreError when it cannot be read.
    """

    @classmethod
    def open(cls, url: str) -> Reader:
        """A reader of a store by SQLAlchemy URL or SQLite path; connects at the first question."""
        return cls(Link(url))

    def schema_state(self) -> SchemaState:
        """Whether this version can read the store as it is."""
        return self._link.schema_state()

    def close(self) -> None:
        """Let go of the connection."""
        self._link.close()
