"""What all fake providers share: which rows a journey shows so far, and how every fault looks on a socket.

A provider's own file brings its routes, its bodies and its words of refusal; it subclasses Wire.
"""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, ClassVar, Final

import msgspec
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from couriers.sandbox.parcels import Fault, Lookup, ScriptedParcel, Step
from store.times import HOUR, Clock

API_KEY: Final = "sandbox-key"
"""Every credential of every fake provider."""
_HTML: Final = "<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>"


class Wire(ABC):
    """One fake provider. Its clock decides how much of a journey is told."""

    name: ClassVar[str]
    base: ClassVar[str] = ""
    """What stands between the host and the documented path in the provider's `base` setting."""
    inexpressible: ClassVar[frozenset[Fault]] = frozenset()
    """Faults this provider's wire has no way to show (a partner API without a quota): never scripted for it."""

    def __init__(self, parcels: Lookup, clock: Clock, api_key: str = API_KEY) -> None:
        self.parcels = parcels
        self.clock = clock
        self.api_key = api_key

    @abstractmethod
    def routes(self) -> list[BaseRoute]:
        """What it answers, below its own prefix."""

    @abstractmethod
    def refusal(self, fault: Fault) -> Response:
        """Its own words for NOT_FOUND, BAD_KEY, QUOTA, RATE_LIMITED (without Retry-After), SERVER_ERROR."""

    async def refuse(self, fault: Fault | None) -> Response | None:
        """The answer of a fault that hides the parcel; None when the parcel is still told."""
        match fault:
            case Fault.NOT_FOUND | Fault.BAD_KEY | Fault.QUOTA | Fault.SERVER_ERROR:
                return self.refusal(fault)
            case Fault.RATE_LIMITED | Fault.RATE_LIMITED_PLAIN:
                answer = self.refusal(Fault.RATE_LIMITED)
                if fault is Fault.RATE_LIMITED:
                    answer.headers["Retry-After"] = "7"
                return answer
            case Fault.HANG:
                await asyncio.sleep(60)
                return Response(b"", 504)
            case Fault.HTML:
                return Response(_HTML, 200, media_type="text/html")
            case Fault.EMPTY:
                return Response(b"", 200)
            case Fault.REDIRECT:
                return Response(b"", 302, {"Location": "https://example.invalid/"})
        return None

    def rows(
        self, parcel: ScriptedParcel, row: Callable[[Step], dict[str, Any]], *, newest_first: bool
    ) -> list[dict[str, Any]]:
        """The journey so far as the provider writes it, spoilt if the parcel's fault says so."""
        steps = told(parcel, self.clock())
        if newest_first:
            steps.reverse()
        rows = [row(step) for step in steps]
        match parcel.fault:
            case Fault.NULL_TEXT if rows:
                return [dict.fromkeys(rows[0]), *rows]
            case Fault.DUPLICATES:
                return [one for one in rows for _ in range(2)]
            case Fault.REVERSED:
                return rows[::-1]
        return rows

    @staticmethod
    def reply(body: Any, fault: Fault | None, *, wrong: Any = None) -> Response:
        """The success, damaged on its way out if the fault says so; `wrong` is the body of SHAPE."""
        raw = json.dumps(wrong if fault is Fault.SHAPE else body).encode()
        match fault:
            case Fault.BOM:
                raw = b"\xef\xbb\xbf" + raw
            case Fault.MALFORMED:
                raw = raw[: len(raw) // 2]
            case Fault.CUT:
                return StreamingResponse(_half(raw), headers={"Content-Length": str(len(raw))})
        return Response(raw, media_type="application/json")


def told(parcel: ScriptedParcel, now: int) -> list[Step]:
    """The steps that have happened, oldest first, with the faults that change a step itself."""
    steps: Sequence[Step] = sorted((s for s in parcel.steps if s.at <= now), key=lambda step: step.at)
    if parcel.fault is Fault.FUTURE:
        steps = [msgspec.structs.replace(step, at=step.at + 2 * HOUR) for step in steps]
    if parcel.fault is Fault.STRANGE and steps:
        steps = [*steps, msgspec.structs.replace(steps[-1], text="FOTO DIUNGGAH")]
    if parcel.fault is Fault.BIG and steps:
        last = steps[-1]
        steps = [*steps[:-1], msgspec.structs.replace(last, text=last.text + " " + "X" * 1_000_000)]
    return list(steps)


async def _half(raw: bytes) -> AsyncIterator[bytes]:
    yield raw[: len(raw) // 2]
