"""Komerce's wire: key in a header, the question as query or form, date and time apart, `details` left out for
most couriers, seconds only sometimes, the courier's own codes and spellings, and the phone digits JNE asks for."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.base import TrackingStatus
from couriers.names import name
from couriers.phrases import meaning
from couriers.providers.komerce import COURIERS, PATH, PHONE_DIGITS, WANT_PHONE
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step
from couriers.sandbox.wire import Wire, told
from store.times import WIB, to_datetime

_FORM: Final = "application/x-www-form-urlencoded"
_DONE: Final = "200"
_THEIR_CODES: Final = {"jnt": "J&T"}
"""A reply may name the courier otherwise than the question did."""


class KomerceWire(Wire):
    """The fake of https://rajaongkir.komerce.id."""

    name = "komerce"

    def routes(self) -> list[BaseRoute]:
        """Tracking alone, and only as a POST."""
        return [Route(PATH, self.track, methods=["POST"])]

    def refusal(self, fault: Fault) -> Response:
        """The documented envelope; the words are not documented."""
        match fault:
            case Fault.BAD_KEY:
                return _error(401, "Invalid Api key, key not found")
            case Fault.QUOTA:
                return _error(429, "Daily limit reached, try again tomorrow")
            case Fault.RATE_LIMITED:
                return _error(429, "Too many requests")
            case Fault.SERVER_ERROR:
                return _error(500, "Internal server error")
        return _error(404, "Invalid waybill")

    async def track(self, request: Request) -> Response:
        """One parcel."""
        if request.headers.get("key") != self.api_key:
            return self.refusal(Fault.BAD_KEY)
        asked = dict(request.query_params)
        if body := await request.body():
            if request.headers.get("content-type", "").split(";")[0] != _FORM:
                return _error(422, "Unsupported body")
            asked |= dict(parse_qsl(body.decode("ascii", "replace")))
        if not asked.get("awb") or asked.get("courier") not in COURIERS:
            return _error(422, "The awb and courier fields are required")
        parcel = self.parcels(asked["awb"])
        if parcel is None:
            return self.refusal(Fault.NOT_FOUND)
        if (refused := await self.refuse(parcel.fault)) is not None:
            return refused
        if asked["courier"] != parcel.courier:
            return self.refusal(Fault.NOT_FOUND)
        wanted = parcel.phone[-PHONE_DIGITS:] if parcel.phone and parcel.courier in WANT_PHONE else None
        if wanted is not None and asked.get("last_phone_number") != wanted:
            return _error(422, "last_phone_number is required for this courier")
        success = self._success(parcel)
        return self.reply(success, parcel.fault, wrong={**success, "data": []})

    def _success(self, parcel: ScriptedParcel) -> dict[str, Any]:
        jne = parcel.courier == "jne"
        manifest = self.rows(parcel, lambda step: _row(step, seconds=not jne), newest_first=True)
        steps = told(parcel, self.clock())
        done = bool(steps) and _code(steps[-1].text) == _DONE
        word = "DELIVERED" if done else "ON PROCESS"
        data: dict[str, Any] = {
            "delivered": done,
            "summary": {
                "courier_code": _THEIR_CODES.get(parcel.courier, parcel.courier),
                "courier_name": name(parcel.courier), "waybill_number": parcel.number, "service_code": "REG",
                "waybill_date": "", "shipper_name": "TOKO CONTOH", "receiver_name": "PENERIMA", "origin": "",
                "destination": "", "status": word,
            },
            "delivery_status": {"status": word, "pod_receiver": "", "pod_date": "", "pod_time": ""},
            "manifest": manifest,
        }  # fmt: skip
        if jne:
            data["details"] = {"waybill_number": parcel.number, "weight": "1", "receiver_city": ""}
        return {"meta": {"message": "Success Get Waybill", "code": 200, "status": "success"}, "data": data}


def _code(words: str) -> str:
    """J&T's own, the example the documentation shows."""
    found = meaning(words)
    match found.status if found else None:
        case TrackingStatus.PENDING:
            return "101"
        case TrackingStatus.DELIVERED:
            return _DONE
    return "100"


def _row(step: Step, *, seconds: bool) -> dict[str, Any]:
    when = to_datetime(step.at, WIB)
    return {
        "manifest_code": _code(step.text),
        "manifest_description": step.text,
        "manifest_date": f"{when:%Y-%m-%d}",
        "manifest_time": f"{when:%H:%M:%S}" if seconds else f"{when:%H:%M}",
        "city_name": step.location,
    }


def _error(status: int, message: str) -> Response:
    meta = {"message": message, "code": status, "status": "error"}
    return JSONResponse({"meta": meta, "data": None}, status)
