"""J&T's wire: HTTP Basic, JSON with the company's id, oldest first, code 100 on every row between label and
hand-over, and refusals as `error_id`."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.base import TrackingStatus as S
from couriers.sandbox.direct import DirectWire, json_of, local
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step


class JntWire(DirectWire):
    """The fake of J&T's partner API; its address is whatever the contract says."""

    name = courier = "jnt"
    base = "/track"
    codes = {S.PENDING: "101", S.DELIVERED: "200", S.RETURNING: "401", S.RETURNED: "402", S.EXCEPTION: "150"}
    unknown = "100"

    def routes(self) -> list[BaseRoute]:
        """Tracking alone."""
        return [Route(self.base, self.track, methods=["POST"])]

    def error(self, status: int, message: str) -> Response:
        """Its envelope of a refusal."""
        return JSONResponse({"error_id": str(status), "error_message": message}, status)

    def not_found(self) -> Response:
        """The status is only inside."""
        return JSONResponse({"error_id": "404", "error_message": "Invalid AWB number"})

    async def track(self, request: Request) -> Response:
        """One parcel."""
        asked = await json_of(request)
        if not self.knows(request) or asked.get("eccompanyid") != self.api_key:
            return self.refusal(Fault.BAD_KEY)
        number = asked.get("awb")
        return await self.answer(number) if isinstance(number, str) else self.error(400, "Bad request")

    def row(self, step: Step) -> dict[str, Any]:
        """Most fields stand empty."""
        return {
            "date_time": local(step.at), "city_name": step.location, "status": step.text,
            "status_code": int(self.code(step)), "storeName": "", "nextSiteName": "", "note": "",
            "receiver": "", "driverName": "",
        }  # fmt: skip

    def body(self, parcel: ScriptedParcel, rows: object) -> dict[str, Any]:
        """No details of the order."""
        return {"awb": parcel.number, "orderid": "", "detail": {}, "history": rows}
