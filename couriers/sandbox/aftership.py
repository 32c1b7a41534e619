"""AfterShip's wire: a tracking is created before it is read, a second creation is refused with 4003, `meta` in
every reply, checkpoints oldest first, rate headers, and a `tag` that lags behind its checkpoints.

Any version in the path answers alike.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.awb import is_number
from couriers.sandbox.parcels import Fault, Lookup, Step
from couriers.sandbox.wire import Wire
from store.times import WIB, Clock, to_iso

Call = Callable[[Request], Awaitable[Response]]
_PER_SECOND: Final = {"POST": 20, "GET": 6, "HEAD": 6}


class AfterShipWire(Wire):
    """The fake of https://api.aftership.com."""

    name = "aftership"

    def __init__(self, parcels: Lookup, clock: Clock, api_key: str) -> None:
        super().__init__(parcels, clock, api_key)
        self.created: set[str] = set()
        """The numbers that the plan is charged for."""

    def routes(self) -> list[BaseRoute]:
        """Create, list, read one."""
        path = "/tracking/{version}/trackings"
        return [
            Route(path, self._rated(self.create), methods=["POST"]),
            Route(path, self._rated(self.listed)),
            Route(path + "/{id}", self._rated(self.one)),
        ]

    def refusal(self, fault: Fault) -> Response:
        """Its codes; the wording is ours."""
        match fault:
            case Fault.BAD_KEY:
                return _meta(401, 401, "Unauthorized", "The API key is invalid.")
            case Fault.QUOTA:
                return _meta(402, 402, "PaymentRequired", "The plan has no shipments left.")
            case Fault.RATE_LIMITED:
                return _meta(429, 429, "TooManyRequests", "You have exceeded the API call rate limit.")
            case Fault.SERVER_ERROR:
                return _meta(500, 500, "InternalError", "Something went wrong.")
        return _meta(404, 4004, "BadRequest", "Tracking does not exist.")

    async def create(self, request: Request) -> Response:
        """Takes a number in; every new one is charged."""
        if request.headers.get("as-api-key") != self.api_key:
            return self.refusal(Fault.BAD_KEY)
        try:
            number = str(json.loads(await request.body())["tracking_number"])
        except (ValueError, TypeError, KeyError):
            return _meta(400, 4001, "BadRequest", "The JSON is invalid.")
        if not is_number(number):
            return _meta(400, 4005, "BadRequest", "The tracking number is invalid.")
        parcel = self.parcels(number)
        data = {"id": _id(number), "tracking_number": number}
        if number in self.created:
            return _meta(400, 4003, "BadRequest", "Tracking already exists.", data)
        if parcel is not None and parcel.fault is Fault.QUOTA:
            return self.refusal(Fault.QUOTA)
        self.created.add(number)
        made = {"tag": "Pending", "checkpoints": []}
        return JSONResponse({"meta": {"code": 201}, "data": data | made}, 201)

    async def listed(self, request: Request) -> Response:
        """The created trackings of the numbers asked for."""
        asked = request.query_params.get("tracking_numbers", "").split(",")
        found = [self._tracking(number) for number in asked if number in self.created]
        return await self._answer(request, asked[0], {"trackings": found, "pagination": {}})

    async def one(self, request: Request) -> Response:
        """One created tracking."""
        number = next((one for one in self.created if _id(one) == request.path_params["id"]), None)
        if number is None:
            return await self._answer(request, "", None)
        return await self._answer(request, number, self._tracking(number))

    async def _answer(self, request: Request, number: str, data: dict[str, Any] | None) -> Response:
        if request.headers.get("as-api-key") != self.api_key:
            return self.refusal(Fault.BAD_KEY)
        parcel = self.parcels(number)
        fault = parcel.fault if parcel is not None else None
        if fault not in (Fault.NOT_FOUND, Fault.QUOTA) and (refused := await self.refuse(fault)) is not None:
            return refused
        if data is None:
            return self.refusal(Fault.NOT_FOUND)
        body = {"meta": {"code": 200}, "data": data}
        return self.reply(body, fault, wrong={"meta": {"code": 200}, "data": [data]})

    def _tracking(self, number: str) -> dict[str, Any]:
        parcel = self.parcels(number)

        def row(step: Step) -> dict[str, Any]:
            return {
                "created_at": to_iso(step.at, WIB),
                "checkpoint_time": to_iso(step.at, WIB),
                "location": step.location or None,
                "city": None,
                "country_iso3": "IDN",
                "message": step.text,
                "tag": "InTransit",
                "subtag": "InTransit_001",
                "raw_tag": None,
            }

        hidden = parcel is None or parcel.fault is Fault.NOT_FOUND
        points = [] if parcel is None or hidden else self.rows(parcel, row, newest_first=False)
        tag = "InTransit" if points else "Pending"
        return {
            "id": _id(number), "tracking_number": number, "slug": parcel.courier if parcel else None, "active": True,
            "tag": tag, "subtag": f"{tag}_001", "expected_delivery": None, "signed_by": None,
            "return_to_sender": False, "checkpoints": points,
        }  # fmt: skip

    def _rated(self, call: Call) -> Call:
        """With the headers of its rate: the second in which its window starts again, where others say how long."""

        async def answer(request: Request) -> Response:
            response = await call(request)
            limit, limited = _PER_SECOND[request.method], response.status_code == 429
            response.headers["X-RateLimit-Limit"] = str(limit)
            response.headers["X-RateLimit-Remaining"] = str(0 if limited else limit - 1)
            wait = int(response.headers.get("Retry-After", 0 if limited else 1))
            if wait:
                response.headers["X-RateLimit-Reset"] = str(self.clock() // 1_000 + wait)
            del response.headers["Retry-After"]
            return response

        return answer


def _id(number: str) -> str:
    return "trk" + number.encode().hex()


def _meta(status: int, code: int, kind: str, message: str, data: dict[str, Any] | None = None) -> Response:
    return JSONResponse(
        {"meta": {"code": code, "type": kind, "message": message}, "data": data or {}}, status
    )
