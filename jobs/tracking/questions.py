"""What sources are asked in a round, each thing once: a combined parcel stands in several orders."""

from __future__ import annotations

import msgspec

from couriers.base import Parcel, Provider, TrackingResult, TrackingStatus
from couriers.providers.tiktok import NAME as PLATFORM
from jobs.tracking.desk import Desk
from jobs.tracking.looks import Look
from jobs.tracking.lookup import better, says_where
from store.packages import REFRESH_GAP

Source = tuple[Desk["Question"], Provider]
Key = tuple[str, ...]


class Question(msgspec.Struct):
    """What a source is asked, and who waits for the answer."""

    provider: Provider
    parcel: Parcel
    visits: list[Visit] = []
    result: TrackingResult | None = None
    answered_at: int = 0


class Visit(msgspec.Struct):
    """A look and the sources it has still to pass."""

    look: Look
    rank: int
    """Its turn in every line: the lower the earlier, below zero for what a person waits for."""
    left: list[Source] = []
    at: Question | None = None
    """The question it waits for, ..."""
    desk: Desk[Question] | None = None
    """... and where."""
    done: bool = False


class Questions:
    """The questions of one round."""

    def __init__(self) -> None:
        self._known: dict[Key, Question] = {}

    def about(self, look: Look, provider: Provider, now: int) -> Question:
        """The question a look has for a source: asked already, in line, or new.

        A person who asks anew in a long round gets a new answer.
        """
        row, parcel = look.row, look.parcel
        if provider.name == PLATFORM:
            # It is asked by order. Only with a single parcel are its rows surely about that parcel, and then
            # one order of a combined parcel answers for the others.
            alone = ("package", row.package_id) if row.packages == 1 else ("order", row.order_id)
            key: Key = (PLATFORM, str(row.shop_id), *alone)
        else:
            key = (provider.name, parcel.courier or "", parcel.tracking_number)
        known = self._known.get(key)
        old = known is not None and known.result is not None and now - known.answered_at >= REFRESH_GAP
        if known is None or (old and look.urgent):
            known = self._known[key] = Question(provider, parcel)
        return known


def turned_away(look: Look, desk: Desk[Question], now: int) -> bool:
    """Whether a source cannot be asked for now; the look remembers why."""
    if desk.breaker.resting(now):
        look.waits.append(desk.breaker.until)
        return True
    if desk.budget.dry(now, urgent=look.urgent):
        look.short = True
        return True
    return False


def heard(look: Look, desk: Desk[Question], result: TrackingResult, now: int) -> bool:
    """Add an answer to what is known; whether nobody else needs to be asked."""
    if result.source == PLATFORM and look.row.packages > 1:
        # Its rows are of all parcels of the order, and none says of which: a history, but no parcel's state.
        unknown = TrackingStatus.UNKNOWN
        result = msgspec.structs.replace(result, status=unknown, reason=None, delivered_at=None)
    look.best = result if look.best is None else better(look.best, result)
    if says_where(look.best):
        return True
    if desk.breaker.resting(now):
        look.waits.append(desk.breaker.until)
    return False
