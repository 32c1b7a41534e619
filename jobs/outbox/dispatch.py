"""One round of the sender for one shop: claim, read, send, settle. docs/outbox.md has the rules.

Every step commits before the next begins, and every write is fenced, so a process may die, be suspended or be
overtaken between any two lines: the next round, here or elsewhere, meets the row as it was left.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection

from jobs.outbox.kinds import Client, Kind
from jobs.outbox.rules import (
    Answer,
    Evidence,
    Next,
    Proof,
    Seen,
    SenderSettings,
    State,
    after_answer,
    after_read,
    before_send,
)
from jobs.outbox.withheld import withhold
from store import actions
from store.actions import Claimed
from store.db import Store
from store.times import Clock

log = logging.getLogger(__name__)
T = TypeVar("T")

AT_ONCE: Final = 50
"""Rows one claim takes of a shop: one full batch call."""
READERS: Final = 5
"""Reads of one shop at the same time."""


class Handled(NamedTuple):
    """A row that a round moved, and where to."""

    row: Claimed
    state: State


class Dispatcher:
    """The rounds of one process; `may_send` is asked between the reads and the sends."""

    def __init__(
        self,
        store: Store,
        settings: SenderSettings,
        clock: Clock,
        owner: str,
        checkpoint: Callable[[str], None],
        kinds: Mapping[str, Kind],
        monotonic: Callable[[], float],
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._owner = owner
        self._checkpoint = checkpoint
        self._kinds = kinds
        self._monotonic = monotonic
        self._aside: set[asyncio.Future[Any]] = set()

    def aside(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start something whose end nobody here waits for; it is kept until it ended."""
        task = asyncio.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)
        return task

    async def drain(self, seconds: float) -> None:
        """Give what was set aside a little time, then cancel it: nothing of it is a write to the platform."""
        if self._aside:
            _, late = await asyncio.wait(set(self._aside), timeout=seconds)
            for task in late:
                task.cancel()

    async def round(self, shop: int, client: Client, may_send: Callable[[], bool]) -> list[Handled]:
        """Claim what is due of a shop and take every row one step on."""
        rows = await self._claim(shop)
        if not rows:
            return []
        seen = await self._read_all(client, rows)
        now = self._clock()
        verdicts = [(row, self._judge(row, seen.get(row.id), now)) for row in rows]
        handled = await self._settle([pair for pair in verdicts if pair[1].state is not State.SENDING])
        for batch in self._batches([row for row, verdict in verdicts if verdict.state is State.SENDING]):
            if may_send():
                handled += await self._send(client, batch)
        return handled

    async def _claim(self, shop: int) -> list[Claimed]:
        now = self._clock()
        if not await self._store.aread(lambda conn: actions.anything_due(conn, shop, now)):
            # An empty claim would be a commit, and every commit wakes every screen.
            return []

        def claim(conn: Connection) -> list[Claimed]:
            now, lease = self._clock(), self._settings.lease
            rows = actions.claim(
                conn, owner=self._owner, now=now, lease_ms=lease, limit=AT_ONCE, shop_id=shop
            )
            self._checkpoint("claiming")
            return rows

        rows = await self._store.awrite(claim)
        self._checkpoint("claimed")
        return rows

    async def _read_all(self, client: Client, rows: Sequence[Claimed]) -> dict[int, Evidence]:
        """Read the targets, a few at a time; after a quarter of the lease the rest is left for later."""
        seen: dict[int, Evidence] = {}
        until = self._monotonic() + self._settings.lease / 4_000
        waiting = iter(rows)

        async def read_some() -> None:
            for row in waiting:
                if self._monotonic() > until:
                    return
                seen[row.id] = await self._read(client, row)
                self._checkpoint("read")

        await asyncio.gather(*(read_some() for _ in range(READERS)))
        return seen

    async def _read(self, client: Client, row: Claimed) -> Evidence:
        kind, began = self._kinds.get(row.kind), self._clock()
        if kind is None:
            return Evidence(Seen.UNREADABLE, began, problem="unknown_kind")
        # A read that takes too long is left to end by itself: cancelling requests leaks connections.
        reading = self.aside(kind.read(client, row, began))
        await asyncio.wait([reading], timeout=self._settings.deadline / 1_000)
        if not reading.done():
            return Evidence(Seen.UNREADABLE, began, problem="too_slow")
        if error := reading.exception():
            log.info("action %s: its target could not be read: %s", row.id, type(error).__name__)
            return Evidence(Seen.UNREADABLE, began, problem=kind.problem(error))
        return reading.result()

    def _judge(self, row: Claimed, seen: Evidence | None, now: int) -> Next:
        if row.state == State.QUEUED:
            return Next(State.QUEUED, now) if seen is None else before_send(row, seen, now, self._settings)
        if seen is None:
            return Next(State.UNKNOWN, now, reads=row.reads)
        resendable = row.kind in self._kinds and self._kinds[row.kind].resendable
        return after_read(row, seen, now, self._settings, resendable=resendable)

    def _batches(self, rows: Sequence[Claimed]) -> list[list[Claimed]]:
        """Rows that may share a request: the same kind and parameters, at most the kind's batch."""
        alike: dict[tuple[str, str], list[Claimed]] = {}
        for row in rows:
            alike.setdefault((row.kind, row.params), []).append(row)
        return [
            group[start : start + self._kinds[kind].batch]
            for (kind, _), group in alike.items()
            for start in range(0, len(group), self._kinds[kind].batch)
        ]

    async def _send(self, client: Client, rows: Sequence[Claimed]) -> list[Handled]:
        """Write ahead, sign once with that time, send once, keep what the answer proves."""
        kind = self._kinds[rows[0].kind]

        def mark(conn: Connection) -> tuple[list[Claimed], list[Handled]]:
            now = self._clock()
            over = withhold(conn, rows, now)
            marked = [
                msgspec.structs.replace(row, state=State.SENDING, signed_at=now, attempts=row.attempts + 1)
                for row in rows
                if row not in over and actions.mark_sending(conn, row.id, row.fence, now, signed_at=now)
            ]
            self._checkpoint("marking")
            return marked, [Handled(row, State.CANCELLED) for row in over]

        ours, withheld = await self._store.awrite(mark)
        self._checkpoint("marked")
        if not ours:
            return withheld
        answers = await self._ask(client, kind, ours)
        self._checkpoint("answered")
        now = self._clock()
        lost = Answer(Proof.UNKNOWN, reason="no_answer")
        answered = [
            (row, after_answer(row, answers.get(row.target, lost), now, self._settings)) for row in ours
        ]
        return [*withheld, *await self._settle(answered)]

    async def _ask(self, client: Client, kind: Kind, rows: Sequence[Claimed]) -> Mapping[str, Answer]:
        signed_at = rows[0].signed_at
        assert signed_at is not None
        try:
            prepared = kind.prepare(client, rows, signed_at)
        except Exception as error:
            log.warning("a request for %d targets was not built: %s", len(rows), type(error).__name__)
            return {row.target: Answer(Proof.BLOCKED, reason=kind.problem(error)) for row in rows}
        self._checkpoint("signed")
        try:
            return kind.answers(
                client, await kind.send(client, prepared, self._settings.deadline / 1_000), rows
            )
        except Exception as error:
            answer = kind.failure(error)
            log.warning("a request for %d targets ended in %s", len(rows), type(error).__name__)
            return {row.target: answer for row in rows}

    async def _settle(self, verdicts: Sequence[tuple[Claimed, Next]]) -> list[Handled]:
        """Store the verdicts in one transaction; rows that somebody else owns by now are left alone."""
        if not verdicts:
            return []

        def write(conn: Connection) -> list[Handled]:
            now = self._clock()
            kept = [Handled(row, v.state) for row, v in verdicts if _store(conn, row, v, now)]
            self._checkpoint("finishing")
            return kept

        handled = await self._store.awrite(write)
        self._checkpoint("finished")
        return handled


def _store(conn: Connection, row: Claimed, verdict: Next, now: int) -> bool:
    """Write one verdict under the row's fence; False when the row is no longer ours."""
    if verdict.state is State.QUEUED:
        due = now if verdict.due_at is None else verdict.due_at
        return actions.requeue(
            conn,
            row.id,
            row.fence,
            due,
            now=now,
            code=verdict.code,
            reason=verdict.reason,
            uncount=verdict.uncount,
        )
    if verdict.state is State.UNKNOWN:
        due = now if verdict.due_at is None else verdict.due_at
        return actions.park_unknown(
            conn, row.id, row.fence, due, verdict.reads, now=now, code=verdict.code, reason=verdict.reason
        )
    undecided = verdict.state is State.NEEDS_PERSON and verdict.code is None
    proof = verdict.evidence or ({"request_id": verdict.request_id} if verdict.request_id else None)
    return actions.finish(
        conn,
        row.id,
        row.fence,
        verdict.state,
        now=now,
        code=row.code if undecided else verdict.code,
        reason=verdict.reason,
        evidence=proof,
        tracking_number=verdict.evidence.tracking_number if verdict.evidence else None,
    )
