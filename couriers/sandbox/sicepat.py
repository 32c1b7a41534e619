"""SiCepat's wire: key in a header, number in the query, refusals inside HTTP 200, oldest first without seconds,
the text in `city` but in the last row in `receiver_name`."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.base import TrackingStatus as S
from couriers.providers.sicepat import PATH
from couriers.sandbox.direct import DirectWire, local
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step


class SiCepatWire(DirectWire):
    """The fake of api.sicepat.com."""

    name = courier = "sicepat"
    codes = {
        S.PENDING: "PICKREQ", S.PICKED_UP: "PICK", S.IN_TRANSIT: "IN", S.OUT_FOR_DELIVERY: "ANT",
        S.DELIVERED: "DELIVERED", S.EXCEPTION: "HILANG", S.RETURNING: "RETUR", S.RETURNED: "RETUR",
        S.DELIVERY_FAILED: "AU",
    }  # fmt: skip

    def routes(self) -> list[BaseRoute]:
        """Tracking alone."""
        return [Route(PATH, self.track)]

    def error(self, status: int, message: str) -> Response:
        """The envelope of successes too; the gateway's own refusals have its HTTP status as well."""
        body = {"sicepat": {"status": {"code": status, "description": message}, "result": None}}
        return JSONResponse(body, 200 if status == 400 else status)

    def not_found(self) -> Response:
        """HTTP 200, 400 inside."""
        return self.error(400, "Can't get waybill from database")

    async def track(self, request: Request) -> Response:
        """One parcel."""
        if request.headers.get("api-key") != self.api_key:
            return self.refusal(Fault.BAD_KEY)
        return await self.answer(request.query_params.get("waybill", ""))

    def row(self, step: Step) -> dict[str, Any]:
        """Minutes only."""
        code = self.code(step)
        field = "receiver_name" if code == "DELIVERED" else "city"
        return {"date_time": local(step.at, "%Y-%m-%d %H:%M"), "status": code, field: step.text}

    def body(self, parcel: ScriptedParcel, rows: object) -> dict[str, Any]:
        """Everything one level deep."""
        result = {"waybill_number": parcel.number, "service": "REG", "track_history": rows, "last_status": {}}
        return {"sicepat": {"status": {"code": 200, "description": "OK"}, "result": result}}
