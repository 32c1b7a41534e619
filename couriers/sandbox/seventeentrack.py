"""17TRACK's wire: POSTs of at most 40 numbers, registered before they are told, each refused by itself, a quota
that registering costs, rows newest first, and a summary that lags behind its rows.

Any version in the path answers alike.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.sandbox.parcels import Fault, Lookup, ScriptedParcel, Step
from couriers.sandbox.wire import Wire
from store.times import WIB, Clock, to_datetime, to_iso

QUOTA: Final = 10_000
MOST: Final = 40
_EACH: Final = frozenset({Fault.NOT_FOUND, Fault.QUOTA})
"""Faults that refuse a number, not the whole call."""


class SeventeenTrackWire(Wire):
    """The fake of https://api.17track.net."""

    name = "17track"
    base = "/track/v2.2"

    def __init__(self, parcels: Lookup, clock: Clock, api_key: str) -> None:
        super().__init__(parcels, clock, api_key)
        self.registered: set[str] = set()
        self.calls: list[str] = []
        """The calls that came in with the right key, by name."""
        self.quota = QUOTA
        """Numbers that may be registered in all."""

    def routes(self) -> list[BaseRoute]:
        """Register, ask, the quota."""
        calls = {"register": self.register, "gettrackinfo": self.track_info, "getquota": self.quota_left}
        return [Route(f"/track/{{version}}/{path}", call, methods=["POST"]) for path, call in calls.items()]

    def refusal(self, fault: Fault) -> Response:
        """Its codes; the wording is ours."""
        match fault:
            case Fault.BAD_KEY:
                return _errors(401, -18010002, "The security key is invalid.")
            case Fault.QUOTA:
                return _errors(200, -18019908, "The quota is used up.")
            case Fault.RATE_LIMITED:
                return _errors(429, -18010014, "Too many requests.")
            case Fault.SERVER_ERROR:
                return _errors(500, -18010003, "Internal error.")
        return _errors(200, -18019909, "No tracking information at this time.")

    async def register(self, request: Request) -> Response:
        """Takes numbers in; every new one costs."""
        numbers = await self._numbers(request)
        if isinstance(numbers, Response):
            return numbers
        accepted, rejected = [], []
        for number in numbers:
            parcel = self.parcels(number)
            if number in self.registered:
                rejected.append(_reject(number, -18019901, f"The number '{number}' has been registered."))
            elif len(number) < 5:
                rejected.append(_reject(number, -18019903, "Carrier cannot be detected."))
            elif len(self.registered) >= self.quota or (parcel and parcel.fault is Fault.QUOTA):
                rejected.append(_reject(number, -18019908, "The quota is used up."))
            else:
                self.registered.add(number)
                accepted.append({"origin": 1, "number": number, "carrier": 0})
        return JSONResponse({"code": 0, "data": {"accepted": accepted, "rejected": rejected}})

    async def track_info(self, request: Request) -> Response:
        """The journeys of registered numbers."""
        numbers = await self._numbers(request)
        if isinstance(numbers, Response):
            return numbers
        known = [parcel for number in numbers if (parcel := self.parcels(number)) is not None]
        fault = next((one.fault for one in known if one.fault is not None and one.fault not in _EACH), None)
        if (refused := await self.refuse(fault)) is not None:
            return refused
        accepted, rejected = [], []
        for number in numbers:
            parcel = self.parcels(number)
            if number not in self.registered:
                rejected.append(_reject(number, -18019902, f"The number '{number}' does not register."))
            elif parcel is None or parcel.fault is Fault.NOT_FOUND:
                rejected.append(_reject(number, -18019909, "No tracking information at this time."))
            else:
                accepted.append(self._item(parcel))
        data = {"accepted": accepted, "rejected": rejected}
        return self.reply({"code": 0, "data": data}, fault, wrong={"code": 0, "data": [data]})

    async def quota_left(self, request: Request) -> Response:
        """What registering has cost so far."""
        if request.headers.get("17token") != self.api_key:
            return self.refusal(Fault.BAD_KEY)
        used = len(self.registered)
        data = {"quota_total": self.quota, "quota_used": used, "quota_remain": self.quota - used}
        return JSONResponse({"code": 0, "data": data})

    async def _numbers(self, request: Request) -> Sequence[str] | Response:
        if request.headers.get("17token") != self.api_key:
            return self.refusal(Fault.BAD_KEY)
        self.calls.append(request.url.path.rpartition("/")[2])
        try:
            items = json.loads(await request.body())
            numbers = [item["number"] for item in items]
        except (ValueError, TypeError, KeyError):
            return _errors(200, -18010013, "The data is invalid.")
        if not 0 < len(numbers) <= MOST:
            return _errors(200, -18010013, f"At most {MOST} numbers.")
        return numbers

    def _item(self, parcel: ScriptedParcel) -> dict[str, Any]:
        def row(step: Step) -> dict[str, Any]:
            when = to_datetime(step.at, WIB)
            return {
                "time_iso": to_iso(step.at, WIB),
                "time_utc": f"{to_datetime(step.at):%Y-%m-%dT%H:%M:%SZ}",
                "time_raw": {"date": f"{when:%Y-%m-%d}", "time": f"{when:%H:%M:%S}", "timezone": None},
                "description": step.text,
                "location": step.location or None,
                "stage": None,
                "sub_status": "InTransit_Other",
            }

        events = self.rows(parcel, row, newest_first=True)
        status = "InTransit" if events else "NotFound"
        provider = {"provider": {"key": 0, "name": parcel.courier}, "events": events}
        info: dict[str, Any] = {
            "latest_status": {"status": status, "sub_status": f"{status}_Other"},
            "latest_event": events[0] if events else None,
            "milestone": [],
            "tracking": {"providers_hash": 1, "providers": [provider]},
        }
        return {"number": parcel.number, "carrier": 0, "tag": None, "track_info": info}


def _reject(number: str, code: int, message: str) -> dict[str, Any]:
    return {"number": number, "error": {"code": code, "message": message}}


def _errors(status: int, code: int, message: str) -> Response:
    body = {"code": code, "data": {"errors": [{"code": code, "message": message}]}}
    return JSONResponse(body, status)
