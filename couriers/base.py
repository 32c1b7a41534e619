"""The courier vocabulary: one status enum, one result, one protocol that every adapter implements.

An adapter is three parts in one file: how to ask (`request`), how to read (`parse`, pure), and its table of
codes. "What came back" (Outcome) is kept apart from "where the parcel is" (TrackingStatus).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Protocol

import msgspec


class TrackingStatus(StrEnum):
    """Where the parcel is, the same words for every courier."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERY_FAILED = "delivery_failed"
    EXCEPTION = "exception"
    RETURNING = "returning"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


TERMINAL: Final = frozenset({TrackingStatus.DELIVERED, TrackingStatus.RETURNED, TrackingStatus.CANCELLED})


class Outcome(StrEnum):
    """What came back from a provider; only OK says anything about the parcel."""

    OK = "ok"
    NOT_FOUND = "not_found"
    NOT_REGISTERED = "not_registered"
    NEEDS_PHONE = "needs_phone"
    UNSUPPORTED = "unsupported"
    UNAUTHORIZED = "unauthorized"
    QUOTA_EXCEEDED = "quota_exceeded"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    BAD_REPLY = "bad_reply"


class TrackEvent(msgspec.Struct, frozen=True):
    """One row of a journey. `at` is epoch ms UTC, None when the source gave no usable time."""

    at: int | None
    status: TrackingStatus
    text: str
    location: str | None = None
    code: str | None = None
    reason: str | None = None
    """With EXCEPTION: lost, damaged, destroyed, held, customs, address, refused, expired."""
    zone_assumed: bool = False
    future: bool = False
    """Dated after the moment it was read: the source's clock or zone is wrong, the row still counts."""


class TrackingResult(msgspec.Struct, frozen=True):
    """The answer to "where is this parcel". Events run oldest first."""

    tracking_number: str
    courier: str | None
    source: str
    """The provider asked: `tiktok`, `binderbyte`, ..."""
    outcome: Outcome
    status: TrackingStatus = TrackingStatus.UNKNOWN
    reason: str | None = None
    delivered_at: int | None = None
    events: tuple[TrackEvent, ...] = ()
    message: str | None = None
    """What the provider said when the outcome is not OK, without keys or phone digits."""
    retry_after: float | None = None
    """Seconds, when the provider said so."""

    @property
    def terminal(self) -> bool:
        """Whether nothing more will happen to this parcel."""
        return self.outcome is Outcome.OK and self.status in TERMINAL


class Parcel(msgspec.Struct, frozen=True):
    """What to ask about."""

    tracking_number: str
    courier: str | None = None
    """Our courier code; None lets the number decide."""
    phone: str | None = None
    """Digits of the recipient's phone, when known; some couriers want the last 4 or 5."""
    order_id: str | None = None
    """The platform's order, for the adapter that asks the platform itself."""


class RawReply(msgspec.Struct, frozen=True):
    """A reply before anybody read it."""

    status: int
    headers: dict[str, str]
    body: bytes


class Http(Protocol):
    """The seam to the network (couriers/http.py in the program, a fake in unit tests)."""

    async def send(
        self,
        method: str,
        url: str,
        *,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> RawReply:
        """Raises couriers.http.Unreachable when no usable reply came."""
        ...


class Pace(msgspec.Struct, frozen=True):
    """How hard a provider may be asked; the settings may say less or more."""

    per_second: float = 2.0
    at_once: int = 4
    per_day: int | None = None
    """Questions a day, None: no quota is known."""


class Provider(Protocol):
    """One source of tracking. An attribute `pace: Pace` is optional: without it Pace() holds."""

    name: str
    """Its name in `[couriers].order` and `--via`."""
    documented: bool
    """False: an endpoint nobody promised; off unless switched on by name."""
    needs_key: bool

    def covers(self, courier: str | None) -> bool:
        """Whether it is worth asking about this courier."""
        ...

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        """Never raises for what a provider may answer: every answer has an Outcome."""
        ...


class BatchProvider(Provider, Protocol):
    """A source that answers for many parcels in one request."""

    batch_size: int

    async def track_many(self, http: Http, parcels: Sequence[Parcel], now: int) -> Sequence[TrackingResult]:
        """At most `batch_size` parcels; one result each, in their order. Never raises, like `track`."""
        ...
