"""Pos Indonesia's wire: a barcode posted with a bearer token, newest first, parts of a description joined with
`~~`, `DALAM PROSES` for hub and delivery run alike, and `response: null` for an unknown number."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.base import TrackingStatus as S
from couriers.sandbox.direct import DirectWire, json_of, local
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step


class PosWire(DirectWire):
    """The fake of Pos Indonesia's partner API; its address is whatever the contract says."""

    name = courier = "pos"
    base = "/tracking"
    newest_first = True
    codes = {
        S.PENDING: "PRA COLLECTING", S.PICKED_UP: "POSTING LOKET", S.IN_TRANSIT: "DALAM PROSES",
        S.OUT_FOR_DELIVERY: "DALAM PROSES", S.DELIVERY_FAILED: "SELESAI ANTAR", S.DELIVERED: "SELESAI ANTAR",
    }  # fmt: skip
    unknown = "CATATAN"

    def routes(self) -> list[BaseRoute]:
        """Tracking alone."""
        return [Route(self.base, self.track, methods=["POST"])]

    def not_found(self) -> Response:
        """A success about nothing."""
        return JSONResponse({"response": None})

    async def track(self, request: Request) -> Response:
        """One parcel."""
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            return self.refusal(Fault.BAD_KEY)
        number = (await json_of(request)).get("barcode")
        return await self.answer(number) if isinstance(number, str) else self.error(400, "Bad request")

    def row(self, step: Step) -> dict[str, Any]:
        """The text and the office, joined."""
        return {
            "status": "-", "barcode": "", "eventDate": local(step.at), "eventName": self.code(step),
            "officeCode": "", "officeName": step.location, "description": f"{step.text}~~ {step.location}~~ ",
        }  # fmt: skip

    def body(self, parcel: ScriptedParcel, rows: object) -> dict[str, Any]:
        """Rows alone."""
        return {"response": {"data": rows}}
