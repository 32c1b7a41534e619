"""What the crash tests and their workers share: orders in a store, and a kind that talks to the fake.

The wire is HTTP over real sockets, spoken by a few lines of asyncio: one fresh connection a request. Times on
this wire are milliseconds, so that a signature can live for less than a second.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from jobs.outbox.kinds import Kind
from jobs.outbox.rules import Answer, Evidence, Proof, Seen, SenderSettings
from jobs.outbox.sender import Sender
from store import actions, orders
from store.actions import Claimed
from store.db import Store
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.views import ActionRow
from tests.faults.fake_platform import CANCELLED, EXPIRED, FakePlatform

QUICK = SenderSettings(validity=400, settle=100, skew=50, max_attempts=20)
NOW = 1_800_000_000_000


def stock_up(conn: Connection, packages: Iterable[str], *, now: int, queue: bool = True) -> int:
    """One order per package, each queued for shipping; the shop's row id."""
    shop = orders.shop_pk(conn, "toko")
    records = [
        OrderRecord(
            order_id=f"58{package}",
            status="AWAITING_SHIPMENT",
            raw_status="AWAITING_SHIPMENT",
            created_at=NOW,
            updated_at=NOW,
            items=(ItemRecord("1", "Kaos", 1, 1_000),),
            packages=(PackageRecord(package, "TO_FULFILL"),),
        )
        for package in packages
    ]
    orders.ingest(conn, shop, records, now)
    for record in records if queue else ():
        package = record.packages[0].package_id
        wish(conn, shop, package, now=now)
    return shop


def wish(conn: Connection, shop: int, package: str, *, now: int) -> actions.Queued:
    """Queue the ship of one package, as the screen does."""
    return actions.queue(
        conn,
        shop_id=shop,
        kind="ship",
        order_pk=None,
        order_id=f"58{package}",
        target=package,
        package_id=package,
        params={},
        by="seller",
        now=now,
    )


class HandClock:
    """A clock that moves when told to: wall for leases and signatures, monotonic for the sender."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now

    def monotonic(self) -> float:
        return self.now / 1_000

    def forward(self, ms: int) -> None:
        self.now += ms


async def _nothing(shop: int, order_ids: Sequence[str]) -> None:
    """The fake platform knows no orders to read again."""


@dataclass
class Bench:
    """A store, a platform that listens, and one clock for both."""

    store: Store
    platform: FakePlatform
    clock: HandClock
    shop: int = 0

    def queue(self, *packages: str) -> None:
        """Orders of one package each, queued for shipping."""
        self.shop = self.store.write(lambda conn: stock_up(conn, packages, now=self.clock()))

    def sender(self, kind: Kind | None = None, settings: SenderSettings = QUICK, **options: Any) -> Sender:
        """A sender of the bench's shop on the bench's clock."""
        options.setdefault("settled", _nothing)
        return Sender(
            self.store,
            {self.shop: self.platform.url},
            settings,
            self.clock,
            kinds={"ship": kind or FakeKind()},
            monotonic=self.clock.monotonic,
            **options,
        )

    async def settle(self, sender: Sender, ms: int) -> None:
        """Let time pass in small steps, the sender doing whatever is due."""
        for _ in range(0, ms, 50):
            await sender.run_due(5)
            self.clock.forward(50)

    def rows(self) -> list[ActionRow]:
        """The outbox, oldest first."""
        reader = self.store.reader()
        try:
            return sorted(reader.actions(), key=lambda row: row.id)
        finally:
            reader.close()

    def states(self) -> dict[str, str]:
        """State by package."""
        return {str(row.package_id): row.state for row in self.rows()}


def when(checkpoint: str, act: Callable[[], object]) -> Callable[[str], None]:
    """A checkpoint function that acts whenever the named point is reached."""

    def watch(name: str) -> None:
        if name == checkpoint:
            act()

    return watch


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Signed:
    """A request that was signed with its time; it is never signed again."""

    packages: tuple[str, ...]
    timestamp: int


class NotSentError(Exception):
    """No connection: not a byte left."""


@dataclass
class FakeKind:
    """`ship` on the fake platform. The settings let a negative control break one rule."""

    resendable: bool = True
    batch: int = 5
    hold_up: list[asyncio.Event] = field(default_factory=list)
    """Each send waits for the next of these between signing and the first byte, like a suspended process."""

    async def read(self, client: str, row: Claimed, now: int) -> Evidence:
        reply = await ask(client, "GET", f"/packages/{row.target}", b"", 2)
        if reply.status != 200:
            raise ConnectionError(str(reply.status))
        facts = json.loads(reply.body)
        seen = {"TO_FULFILL": Seen.NOT_DONE, "CANCELLED": Seen.IMPOSSIBLE}.get(facts["status"], Seen.DONE)
        return Evidence(seen, now, facts["status"], facts["tracking"])

    def prepare(self, client: str, rows: Sequence[Claimed], signed_at: int) -> Signed:
        return Signed(tuple(row.target for row in rows), signed_at)

    async def send(self, client: str, prepared: Signed, deadline: float) -> Reply:
        if self.hold_up:
            await self.hold_up.pop(0).wait()
        body = json.dumps({"packages": prepared.packages}).encode()
        return await ask(client, "POST", f"/ship?timestamp={prepared.timestamp}", body, deadline)

    def answers(self, client: str, reply: Reply, rows: Sequence[Claimed]) -> Mapping[str, Answer]:
        try:
            said = json.loads(reply.body)
        except ValueError:
            return {}
        code = said.get("code")
        if code == EXPIRED:
            return {row.target: Answer(Proof.BUSY, code, "expired") for row in rows}
        if reply.status == 429:
            return {row.target: Answer(Proof.BUSY, code, "busy", retry_after=50) for row in rows}
        if code != 0:
            return {row.target: Answer(Proof.UNKNOWN, code) for row in rows}
        errors = {error["package_id"]: error["code"] for error in said["errors"]}
        return {
            row.target: Answer(Proof.REFUSED, CANCELLED, "cancelled")
            if row.target in errors
            else Answer(Proof.DONE, 0)
            for row in rows
        }

    def failure(self, error: BaseException) -> Answer:
        return Answer(
            Proof.NOT_SENT if isinstance(error, NotSentError) else Proof.UNKNOWN, reason="no_answer"
        )

    def problem(self, error: BaseException) -> str:
        return type(error).__name__


async def ask(base: str, method: str, target: str, body: bytes, deadline: float) -> Reply:
    """One request on a fresh connection with a total deadline."""
    host = urlsplit(base)
    async with asyncio.timeout(deadline):
        try:
            reader, writer = await asyncio.open_connection(host.hostname, host.port)
        except OSError as error:
            raise NotSentError from error
        try:
            head = f"{method} {target} HTTP/1.1\r\nhost: {host.netloc}\r\ncontent-length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            top = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(top.lower().split("content-length:")[1].split("\r\n")[0])
            return Reply(int(top.split(" ")[1]), await reader.readexactly(length))
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
