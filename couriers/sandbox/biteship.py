"""Biteship's wire: the raw key in `authorization`, `messsage` with three s, oldest row first with ISO times, and
`dropping_off` on every step between pick-up and hand-over, the courier's bag included."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.base import TrackingStatus
from couriers.phrases import meaning
from couriers.providers.biteship import CODES
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step
from couriers.sandbox.wire import Wire
from store.times import WIB, to_datetime

_S = TrackingStatus
_WORDS: Final = {
    _S.PENDING: "confirmed",
    _S.PICKED_UP: "picked",
    _S.EXCEPTION: "on_hold",
    _S.RETURNING: "return_in_transit",
    _S.DELIVERED: "delivered",
    _S.RETURNED: "returned",
    _S.CANCELLED: "cancelled",
}
"""All others are `dropping_off`."""


class BiteshipWire(Wire):
    """The fake of https://api.biteship.com."""

    name = "biteship"

    def routes(self) -> list[BaseRoute]:
        """The public tracking of any number."""
        return [Route("/v1/trackings/{waybill}/couriers/{courier}", self.track, methods=["GET"])]

    def refusal(self, fault: Fault) -> Response:
        """The documented envelope; most of the codes are not documented."""
        match fault:
            case Fault.BAD_KEY:
                return _error(401, 40101001, "Authorization failed")
            case Fault.QUOTA:
                return _error(400, 40001010, "No sufficient balance to call tracking API. Please top up")
            case Fault.RATE_LIMITED:
                return _error(429, 42901001, "Too many requests")
            case Fault.SERVER_ERROR:
                return _error(500, 50001001, "Internal server error")
        return _error(400, 40003002, "Tracking not found")

    async def track(self, request: Request) -> Response:
        """One parcel."""
        if request.headers.get("authorization") != self.api_key:
            return self.refusal(Fault.BAD_KEY)
        parcel = self.parcels(request.path_params["waybill"])
        if parcel is None:
            return self.refusal(Fault.NOT_FOUND)
        if (refused := await self.refuse(parcel.fault)) is not None:
            return refused
        if request.path_params["courier"] != CODES.get(parcel.courier):
            return self.refusal(Fault.NOT_FOUND)
        success = self._success(parcel)
        return self.reply(success, parcel.fault, wrong={**success, "history": "none"})

    def _success(self, parcel: ScriptedParcel) -> dict[str, Any]:
        history = self.rows(parcel, _row, newest_first=False)
        nobody = {"name": None, "phone": None, "driver_name": None, "driver_phone": None}
        return {
            "success": True,
            "messsage": "Successfully get tracking info",
            "object": "tracking",
            "id": "000000000000000000000001",
            "waybill_id": parcel.number,
            "courier": {"company": CODES.get(parcel.courier), **nobody},
            "origin": {"contact_name": "TOKO CONTOH", "address": ""},
            "destination": {"contact_name": "PENERIMA", "address": ""},
            "history": history,
            "link": None,
            "order_id": None,
            "status": history[-1]["status"] if history else "confirmed",
        }


def _row(step: Step) -> dict[str, Any]:
    found = meaning(step.text)
    word = _WORDS.get(found.status, "dropping_off") if found else "dropping_off"
    when = to_datetime(step.at, WIB)
    return {"note": step.text, "updated_at": when.isoformat(timespec="seconds"), "status": word}


def _error(status: int, code: int, message: str) -> Response:
    return JSONResponse({"success": False, "error": message, "code": code}, status)
