"""AnterAja's wire: two keys in headers, newest first, UTC as `+0000`, and a not-found that is a success with
nothing in it."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.base import TrackingStatus as S
from couriers.providers.anteraja import PATH
from couriers.sandbox.direct import DirectWire, json_of
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step
from store.times import to_datetime


class AnterAjaWire(DirectWire):
    """The fake of AnterAja's partner API."""

    name = courier = "anteraja"
    newest_first = True
    codes = {
        S.PENDING: "150", S.PICKED_UP: "200", S.IN_TRANSIT: "300", S.OUT_FOR_DELIVERY: "240",
        S.DELIVERED: "250", S.RETURNING: "261", S.RETURNED: "262",
    }  # fmt: skip
    unknown = "999"

    def routes(self) -> list[BaseRoute]:
        """Tracking alone."""
        return [Route(PATH, self.track, methods=["POST"])]

    def error(self, status: int, message: str) -> Response:
        """Its envelope of a refusal."""
        return JSONResponse({"status": status, "info": message, "content": None}, status)

    def not_found(self) -> Response:
        """HTTP 200 about nothing."""
        content = {"waybill_no": "", "history": None, "order": None}
        return JSONResponse({"status": 200, "info": "OK", "content": content})

    async def track(self, request: Request) -> Response:
        """One parcel."""
        keys = (request.headers.get("access-key-id"), request.headers.get("secret-access-key"))
        if keys != (self.api_key, self.api_key):
            return self.refusal(Fault.BAD_KEY)
        number = (await json_of(request)).get("waybill_no")
        return await self.answer(number) if isinstance(number, str) else self.error(400, "Bad request")

    def row(self, step: Step) -> dict[str, Any]:
        """An offset without a colon."""
        when = to_datetime(step.at, UTC)
        return {
            "hub_name": step.location,
            "message": {"id": step.text},
            "params": None,
            "tracking_code": int(self.code(step)),
            "timestamp": f"{when:%Y-%m-%dT%H:%M:%S}.{step.at % 1_000:03}+0000",
        }

    def body(self, parcel: ScriptedParcel, rows: object) -> dict[str, Any]:
        """No details of the order."""
        content = {"waybill_no": parcel.number, "history": rows, "order": None}
        return {"status": 200, "info": "OK", "content": content}
