"""Lion Parcel's wire: HTTP Basic, oldest first, ISO times, `POD` for buyer and sender alike with the journey's
type beside it, and an empty list for an unknown number."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.base import TrackingStatus as S
from couriers.providers.lion import PATH
from couriers.sandbox.direct import DirectWire, local, status_of
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step


class LionWire(DirectWire):
    """The fake of Lion Parcel's API."""

    name = courier = "lion"
    codes = {
        S.PENDING: "SHPCRT", S.PICKED_UP: "BKD", S.IN_TRANSIT: "STI", S.OUT_FOR_DELIVERY: "DEL",
        S.DELIVERED: "POD", S.RETURNED: "POD", S.RETURNING: "RTS", S.CANCELLED: "CNX",
    }  # fmt: skip

    def routes(self) -> list[BaseRoute]:
        """Tracking alone."""
        return [Route(PATH, self.track)]

    def not_found(self) -> Response:
        """A success without anything."""
        return JSONResponse({"stts": []})

    async def track(self, request: Request) -> Response:
        """One parcel."""
        if not self.knows(request):
            return self.refusal(Fault.BAD_KEY)
        return await self.answer(request.query_params.get("q", ""))

    def row(self, step: Step) -> dict[str, Any]:
        """Whose POD it is stands beside it."""
        code = self.code(step)
        return {
            "datetime": local(step.at, "%Y-%m-%dT%H:%M:%S") + "+07:00",
            "status_code": code,
            "current_status": code,
            "location": "",
            "city": step.location,
            "remarks": step.text,
            "stt_journey_type": "return" if status_of(step) is S.RETURNED else "",
            "ref_stt_number": "",
        }

    def body(self, parcel: ScriptedParcel, rows: object) -> dict[str, Any]:
        """One STT."""
        return {"stts": [{"stt_no": parcel.number, "current_status": "", "history": rows}]}
