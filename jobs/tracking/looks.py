"""One parcel's look: what it asks, what came of it, when the next one is, and what of it is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from couriers import policy
from couriers.base import Outcome, Parcel, TrackingResult, TrackingStatus
from couriers.providers.tiktok import NAME as PLATFORM
from couriers.unknown import masked
from jobs.tracking.lookup import guess
from store import journeys, packages, providers
from store.packages import Due, Finding
from store.times import MINUTE

NO_FAILURE: Final = frozenset(
    {Outcome.OK, Outcome.NOT_FOUND, Outcome.NOT_REGISTERED, Outcome.NEEDS_PHONE, Outcome.UNSUPPORTED}
)


class Look(msgspec.Struct):
    """A due parcel on its way past the sources."""

    row: Due
    best: TrackingResult | None = None
    """The answer that says most so far. None: nobody was asked."""
    waits: list[int] = []
    """When sources that rest may be asked again."""
    short: bool = False
    """A source would have been asked, had its quota had a question left for now."""

    @property
    def parcel(self) -> Parcel:
        """What a provider may know."""
        row = self.row
        number = row.tracking_number or ""
        return Parcel(number, row.courier or guess(number), row.phone, row.order_id)

    @property
    def urgent(self) -> bool:
        """Whether a person waits for it."""
        return self.row.wanted_at is not None

    @property
    def untaken(self) -> bool:
        """Whether it stays due as it is: its turn comes when a quota has questions again."""
        return self.short and self.best is None

    @property
    def failed(self) -> bool:
        """Whether a source should have answered and did not."""
        if self.best is None:
            return bool(self.waits) and not self.short
        return self.best.outcome not in NO_FAILURE

    def next_at(self, now: int, draw: Callable[[], float]) -> int | None:
        """When to look again; None: never."""
        row, result = self.row, self.best
        if self.waits and (result is None or result.outcome in policy.STOPS_PROVIDER):
            # It is the sources' trouble: look when the first of them may be asked again.
            return min(self.waits) + round(draw() * MINUTE)
        status = TrackingStatus(row.tracking_status or TrackingStatus.UNKNOWN)
        moved = row.last_event_at or row.shipped_at
        outcome, wait = Outcome.UNSUPPORTED, None
        if result is not None:
            outcome, wait = result.outcome, result.retry_after
            if result.status is not TrackingStatus.UNKNOWN:
                status = result.status
            moved = max((at for event in result.events if (at := event.at) is not None), default=moved)
        return policy.next_look(
            status, outcome, now=now, misses=row.misses, moved_at=moved, jitter=draw(), retry_after=wait
        )


def store_looks(conn: Connection, looks: Sequence[tuple[Look, int | None]], now: int) -> int:
    """Write down what came of some looks, each with the time of the next one; of how many parcels something
    new became known."""
    told: list[tuple[Look, TrackingResult, Finding]] = []
    for look, due_at in looks:
        row, result = look.row, look.best
        if result is None or result.outcome is not Outcome.OK:
            # Being left alone is no miss of the parcel's, and no find either.
            missed = None if result is None else True
            packages.schedule(conn, row.order_pk, row.package_id, due_at=due_at, now=now, missed=missed)
        else:
            told.append((look, result, _finding(row, result, due_at)))
    _note_unknown(conn, told, now)
    changed = packages.apply_findings(conn, [finding for *_, finding in told], now)
    return sum(
        really or _newest(result, now) > (look.row.last_event_at or 0)
        for really, (look, result, _) in zip(changed, told, strict=True)
    )


def _finding(row: Due, result: TrackingResult, due_at: int | None) -> Finding:
    number = None if result.source == PLATFORM else row.tracking_number
    return Finding(
        row.order_pk, number, result.status, result.reason, result.events, result.source,
        result.delivered_at, due_at,
    )  # fmt: skip


def _newest(result: TrackingResult, now: int) -> int:
    return max((at for event in result.events if (at := event.at) is not None and at <= now), default=0)


def _note_unknown(conn: Connection, told: Sequence[tuple[Look, TrackingResult, Finding]], now: int) -> None:
    """Count texts nobody understood, each telling once, however often the journey is read again."""
    doubtful = []
    for look, result, finding in told:
        events = tuple(event for event in result.events if event.status is TrackingStatus.UNKNOWN)
        if events:
            courier = look.row.courier or result.courier
            doubtful.append((courier, msgspec.structs.replace(finding, events=events)))
    fresh = journeys.unseen(conn, [finding for _, finding in doubtful])
    texts: dict[tuple[str, str | None], Counter[str]] = {}
    for (courier, finding), new in zip(doubtful, fresh, strict=True):
        counted = texts.setdefault((finding.source, courier), Counter())
        counted.update(masked(event.text) for _, event in new)
    for (source, courier), seen in texts.items():
        providers.note_unknown(conn, source, courier, seen, now)
