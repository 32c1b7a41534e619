"""Ninja Van's wire: a token for client credentials, then a parcel's events, oldest first, in UTC."""

from __future__ import annotations

from datetime import UTC
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.base import TrackingStatus as S
from couriers.sandbox.direct import DirectWire, json_of, status_of
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step
from store.times import HOUR, to_datetime

LASTS: Final = 12 * HOUR


class NinjaWire(DirectWire):
    """The fake of api.ninjavan.co for Indonesia."""

    name = courier = "ninja"
    codes = {
        S.PENDING: "Pending Pickup", S.PICKED_UP: "Picked Up, In Transit to Origin Hub",
        S.IN_TRANSIT: "Arrived at Transit Hub", S.OUT_FOR_DELIVERY: "On Vehicle for Delivery",
        S.DELIVERED: "Delivered, Received by Customer", S.RETURNED: "Returned to Sender",
        S.DELIVERY_FAILED: "Delivery Exception, Pending Reschedule", S.CANCELLED: "Cancelled",
        S.RETURNING: "Delivery Exception, Return to Sender Initiated",
    }  # fmt: skip
    unknown = "Parcel Photographed"
    logins = 0
    ends = 0
    """When the newest token ends, epoch ms."""

    def routes(self) -> list[BaseRoute]:
        """Login and events."""
        return [
            Route("/id/2.0/oauth/access_token", self.log_in, methods=["POST"]),
            Route("/id/1.0/orders/tracking-events/{number}", self.track),
        ]

    def error(self, status: int, message: str) -> Response:
        """Its envelope of a refusal."""
        return JSONResponse({"error": {"title": message, "message": message}}, status)

    async def log_in(self, request: Request) -> Response:
        """A token for client credentials."""
        given = await json_of(request)
        right = {"client_id": self.api_key, "client_secret": self.api_key, "grant_type": "client_credentials"}
        if given != right:
            return self.refusal(Fault.BAD_KEY)
        self.logins += 1
        self.ends = self.clock() + LASTS
        return JSONResponse(
            {"access_token": self._token(), "expires": self.ends // 1_000, "token_type": "bearer"}
        )

    async def track(self, request: Request) -> Response:
        """One parcel."""
        right = f"Bearer {self._token()}"
        if not self.logins or self.clock() >= self.ends or request.headers.get("authorization") != right:
            return self.refusal(Fault.BAD_KEY)
        return await self.answer(request.path_params["number"])

    def _token(self) -> str:
        """The newest; older ones no longer count."""
        return f"{self.api_key}-{self.logins}"

    def row(self, step: Step) -> dict[str, Any]:
        """Its own words for the status, the scripted ones as comment."""
        back = status_of(step) in (S.RETURNING, S.RETURNED)
        return {
            "shipper_order_ref_no": "", "timestamp": f"{to_datetime(step.at, UTC):%Y-%m-%dT%H:%M:%S}.000Z",
            "status": self.code(step), "comments": step.text, "is_parcel_on_rts_leg": back,
        }  # fmt: skip

    def body(self, parcel: ScriptedParcel, rows: object) -> dict[str, Any]:
        """Events alone."""
        return {"tracking_number": parcel.number, "is_full_history_available": True, "events": rows}
