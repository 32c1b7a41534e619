"""JNE's wire: a form with credentials, the number in the path, oldest first, `DD-MM-YYYY HH:MM`, and a not-found
that is HTTP 200 with `status: false`."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.base import TrackingStatus as S
from couriers.providers.jne import PATH
from couriers.sandbox.direct import FORM, DirectWire, local
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step


class JneWire(DirectWire):
    """The fake of apiv2.jne.co.id."""

    name = courier = "jne"
    codes = {
        S.PICKED_UP: "RC1", S.IN_TRANSIT: "OP2", S.OUT_FOR_DELIVERY: "IP3", S.DELIVERED: "D01",
        S.DELIVERY_FAILED: "U01", S.RETURNING: "R01", S.RETURNED: "R02",
    }  # fmt: skip

    def routes(self) -> list[BaseRoute]:
        """One address per number."""
        return [Route(PATH + "{awb}", self.track, methods=["POST"])]

    def error(self, status: int, message: str) -> Response:
        """Its envelope of a refusal."""
        return JSONResponse({"error": message, "status": False}, status)

    def not_found(self) -> Response:
        """HTTP 200, the truth inside."""
        return self.error(200, "Cnote No. Not Found.")

    async def track(self, request: Request) -> Response:
        """One parcel."""
        if request.headers.get("content-type", "").split(";")[0] != FORM:
            return self.error(400, "Bad request")
        given = dict(parse_qsl((await request.body()).decode("ascii", "replace")))
        if (given.get("username"), given.get("api_key")) != (self.api_key, self.api_key):
            return self.refusal(Fault.BAD_KEY)
        return await self.answer(request.path_params["awb"])

    def row(self, step: Step) -> dict[str, Any]:
        """Place in the text, minutes only."""
        place = f" [{step.location}]" if step.location else ""
        return {"date": local(step.at, "%d-%m-%Y %H:%M"), "desc": step.text + place, "code": self.code(step)}

    def body(self, parcel: ScriptedParcel, rows: object) -> dict[str, Any]:
        """A header whose status words lag behind."""
        cnote = {"cnote_no": parcel.number, "pod_status": None, "last_status": None, "pod_code": None}
        return {"cnote": cnote, "detail": [], "history": rows}
