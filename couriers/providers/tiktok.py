"""The platform's own tracking: one call per order, free text, epoch milliseconds, no status field.

`GET /fulfillment/202309/orders/{order_id}/tracking` lists rows of an order (all its parcels mixed), newest
first without a promise, `action_code` optional. The call itself belongs to the shop's client, so it is handed
in; this module only reads.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

from couriers.base import Http, Outcome, Parcel, TrackingResult, TrackingStatus
from couriers.phrases import Meaning, meaning
from couriers.status import Row, journey

NAME: Final = "tiktok"

_CODES: Final = {
    "10101": TrackingStatus.PENDING,
    "20101": TrackingStatus.PENDING,
    "20201": TrackingStatus.PENDING,
    "31001": TrackingStatus.IN_TRANSIT,
    "31301": TrackingStatus.IN_TRANSIT,
    "32701": TrackingStatus.IN_TRANSIT,
    "40501": TrackingStatus.OUT_FOR_DELIVERY,
    "40601": TrackingStatus.DELIVERY_FAILED,
    "50101": TrackingStatus.DELIVERED,
    "60101": TrackingStatus.DELIVERY_FAILED,
    "80101": TrackingStatus.RETURNED,
}
"""Seen in captures, hardly documented, and not one-to-one with the texts: asked only when the text is silent.
30901 is left out: the documentation calls it delivered, captures show it at the pick-up."""


class PlatformRow(Protocol):
    """One row of the platform's answer (shop.client.RawTrack is one)."""

    @property
    def description(self) -> str | None: ...
    @property
    def update_time_ms(self) -> int | None: ...
    @property
    def action_code(self) -> int | None: ...


Fetch = Callable[[str], Awaitable[Sequence[PlatformRow]]]
"""Asks the platform for an order's rows; raises PlatformTrouble when it got none."""


class PlatformTrouble(Exception):
    """The platform did not answer the question; `outcome` says how to go on."""

    def __init__(
        self, outcome: Outcome, message: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message or outcome.value)
        self.outcome = outcome
        self.message = message
        self.retry_after = retry_after


def parse(rows: Sequence[PlatformRow], parcel: Parcel, now: int) -> TrackingResult:
    """The journey of an order's rows. No row at all means the platform has not seen a scan yet."""
    told = [
        Row(
            at=row.update_time_ms or None,
            text=text,
            code=str(row.action_code) if row.action_code else None,
        )
        for row in rows
        if (text := (row.description or "").replace("\0", "").strip())
    ]
    return journey(told, parcel=parcel, source=NAME, now=now, newest_first=True, read=_read)


def _read(row: Row) -> Meaning | None:
    found = meaning(row.text)
    if found is None and row.code in _CODES:
        return Meaning(_CODES[row.code])
    return found


class TikTok:
    """The platform as a provider: any courier, but only orders of the shop whose fetch it was given."""

    name = NAME
    documented = True
    needs_key = False

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch

    def covers(self, courier: str | None) -> bool:
        """Every parcel of the platform, whoever carries it."""
        return True

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        """Ask for the parcel's order; a parcel without one is none of the platform's."""
        if parcel.order_id is None:
            return self._failed(parcel, Outcome.UNSUPPORTED)
        try:
            rows = await self._fetch(parcel.order_id)
        except PlatformTrouble as trouble:
            return self._failed(parcel, trouble.outcome, trouble.message, trouble.retry_after)
        return parse(rows, parcel, now)

    @staticmethod
    def _failed(
        parcel: Parcel, outcome: Outcome, message: str | None = None, retry_after: float | None = None
    ) -> TrackingResult:
        return TrackingResult(
            tracking_number=parcel.tracking_number,
            courier=parcel.courier,
            source=NAME,
            outcome=outcome,
            message=message,
            retry_after=retry_after,
        )
