"""Getting labels from the platform: a few at once, patient with those that are not ready, one failure at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec

from jobs.problems import LOGIN, NO_SECRET, problem_of
from shop.client import ShopClient
from shop.errors import NotReady, RateLimited, Refused, ShopError, Unavailable
from shop.http import HttpSeam, is_loopback
from shop.labels import download
from store.paper_facts import OnPaper

AT_ONCE: Final = 5
"""Labels under way."""
WAITS: Final = (1.5, 2.5, 4.0, 6.0, 8.0)
"""Seconds between attempts at a label that is not ready: the platform makes one in some seconds."""

OWN: Final = "own_courier"
"""Not shipped by the platform: the label is the seller's own."""
_BY_CODE: Final = {
    21023035: "not_arranged",
    21042104: "not_arranged",
    21042102: "picked_up",
    21023046: "picked_up",
    21023059: "cancelled",
    11034002: OWN,
    21008017: OWN,
    21008043: "by_platform",
    21021010: "request_pending",
    21011001: "not_found",
}
"""Codes of GET .../shipping_documents (reference: Partner Center, "Get package shipping document")."""
PASSING: Final = frozenset(
    {"not_ready", "no_network", "no_answer", "rate_limited", "unavailable", "too_slow", "bad_reply"}
)
"""Reasons that may be gone at the next attempt."""
_ONCE_MORE: Final = frozenset({"unavailable", "no_answer"})
_ALL: Final = frozenset({"no_network", "rate_limited", LOGIN, NO_SECRET})
"""Reasons that hold for every label of the shop: the others need not be asked for."""


class Failure(msgspec.Struct, frozen=True):
    """Why there is no label."""

    reason: str
    """A stable word; those of `_BY_CODE`, or of the error's class."""
    code: int | None = None


class LabelSource:
    """Where one shop's labels come from. `api_base` decides whether links may lead to this computer."""

    def __init__(self, http: HttpSeam, hosts: Sequence[str], api_base: str) -> None:
        self._http = http
        self._hosts = hosts
        self._local = is_loopback(api_base)

    async def fetch(self, client: ShopClient, package_id: str, size: str) -> bytes:
        """One PDF, in one attempt. Raises a ShopError. The link lives in this frame and nowhere else."""
        link = await client.document(package_id, size=size)
        return await download(self._http, link, allowed_hosts=self._hosts, allow_loopback=self._local)


Ask = Callable[[int, str, str], Awaitable[bytes]]
"""Shop, package, size -> the PDF; raises what LabelSource does, or NoSecret."""
Keep = Callable[[OnPaper, bytes], None]


async def fetch_all(
    ask: Ask,
    parcels: Sequence[OnPaper],
    size: str,
    keep: Keep,
    *,
    alive: Callable[[], None],
    waits: Sequence[float] = WAITS,
) -> dict[OnPaper, Failure]:
    """Fetch labels and hand each to `keep` as it comes; the answer is those that did not come, and why.

    Labels that are not ready wait without keeping others from being fetched. Raises what `keep` raises.
    """
    failures: dict[OnPaper, Failure] = {}
    room = asyncio.Semaphore(AT_ONCE)
    stopped: dict[int, Failure] = {}

    async def one(parcel: OnPaper) -> None:
        for number, wait in enumerate((*waits, None)):
            async with room:
                failure = stopped.get(parcel.shop_id) or await _attempt(ask, parcel, size, keep)
                alive()
            if failure is None:
                return
            if failure.reason in _ALL:
                stopped[parcel.shop_id] = failure
            # Reads are repeated inside the client already; only a label in the making is worth more patience.
            again = failure.reason == "not_ready" or (failure.reason in _ONCE_MORE and number == 0)
            if not again or wait is None:
                failures[parcel] = failure
                return
            await asyncio.sleep(wait)

    try:
        async with asyncio.TaskGroup() as group:
            for parcel in parcels:
                group.create_task(one(parcel))
    except ExceptionGroup as several:
        raise several.exceptions[0] from None
    return failures


async def _attempt(ask: Ask, parcel: OnPaper, size: str, keep: Keep) -> Failure | None:
    try:
        data = await ask(parcel.shop_id, parcel.package_id, size)
        await asyncio.to_thread(keep, parcel, data)
    except OSError:
        raise  # our own disk
    except Exception as error:
        return failure_of(error)
    return None


def failure_of(error: Exception) -> Failure:
    """Why a label did not come."""
    if isinstance(error, NotReady):
        return Failure("not_ready", error.code)
    if isinstance(error, ShopError) and error.code in _BY_CODE:
        return Failure(_BY_CODE[error.code], error.code)
    if isinstance(error, Refused | Unavailable | RateLimited):
        return Failure(error.word, error.code)
    return Failure(problem_of(error).code, error.code if isinstance(error, ShopError) else None)
