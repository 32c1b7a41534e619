"""BinderByte's wire: key in the query, upper-cased texts, newest row first, empty fields, `ON PROCCESS`,
dates without a zone and, for one courier, without a year, and the phone digits JNE asks for."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.names import name
from couriers.providers.binderbyte import CODES
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step
from couriers.sandbox.wire import Wire
from store.times import WIB, to_datetime

QUOTA: Final = 2_000
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


class BinderByteWire(Wire):
    """The fake of https://api.binderbyte.com."""

    name = "binderbyte"
    base = "/v1"
    asked = 0

    def routes(self) -> list[BaseRoute]:
        """Track, the list of couriers, the quota."""
        return [
            Route("/v1/track", self.track),
            Route("/v1/list_courier", self.couriers),
            Route("/v1/checkQuota", self.quota),
        ]

    def refusal(self, fault: Fault) -> Response:
        """Its words, as clients report them."""
        match fault:
            case Fault.BAD_KEY:
                return _error(401, "Invalid API key")
            case Fault.QUOTA:
                return _error(403, "Quota limit reached")
            case Fault.RATE_LIMITED:
                return _error(429, "Too many requests")
            case Fault.SERVER_ERROR:
                return _error(500, "Internal server error")
        return _error(404, "Data not found")

    async def couriers(self, request: Request) -> Response:
        """Every courier it knows."""
        if request.query_params.get("api_key") != self.api_key:
            return self.refusal(Fault.BAD_KEY)
        return JSONResponse([{"code": theirs, "description": name(ours)} for ours, theirs in CODES.items()])

    async def quota(self, request: Request) -> Response:
        """An array with one object, numbers as text."""
        if request.query_params.get("api_key") != self.api_key:
            return self.refusal(Fault.BAD_KEY)
        row = {
            "status": 200, "product": "cek-resi", "count": str(QUOTA - self.asked), "limit": str(QUOTA),
            "price": "0", "balance": "0",
        }  # fmt: skip
        return JSONResponse([row])

    async def track(self, request: Request) -> Response:
        """One parcel."""
        asked = request.query_params
        if asked.get("api_key") != self.api_key:
            return self.refusal(Fault.BAD_KEY)
        self.asked += 1
        parcel = self.parcels(asked.get("awb", ""))
        if parcel is None:
            return self.refusal(Fault.NOT_FOUND)
        if (refused := await self.refuse(parcel.fault)) is not None:
            return refused
        if asked.get("courier") != CODES.get(parcel.courier):
            return _error(400, "Invalid awb or courier")
        if parcel.phone is not None and asked.get("number") != parcel.phone[-5:]:
            return _error(400, "Parameter number (5 digit terakhir nomor HP penerima) wajib diisi")
        body = self._success(parcel)
        return self.reply(body, parcel.fault, wrong={**body, "data": []})

    def _success(self, parcel: ScriptedParcel) -> dict[str, Any]:
        def row(step: Step) -> dict[str, Any]:
            return {
                "date": _date(step.at, parcel.courier),
                "desc": step.text.upper(),
                "location": step.location,
            }

        history = self.rows(parcel, row, newest_first=True)
        newest = history[0]["desc"] if history else None
        summary = {
            "awb": parcel.number, "courier": name(parcel.courier), "service": "",
            "status": "DELIVERED" if "TERKIRIM" in (newest or "") else "ON PROCCESS", "date": "", "desc": "",
            "amount": "", "weight": "",
        }  # fmt: skip
        detail = {"origin": "", "destination": "", "shipper": "TOKO CONTOH", "receiver": "PENERIMA"}
        data = {"summary": summary, "detail": detail, "history": history}
        return {"status": 200, "message": "Successfully tracked package", "data": data}


def _date(at: int, courier: str) -> str:
    when = to_datetime(at, WIB)
    if courier == "kurir_tokopedia":
        return f"{when.day} {_MONTHS[when.month - 1]} {when:%H:%M} WIB"
    return f"{when:%Y-%m-%d %H:%M:%S}"


def _error(status: int, message: str) -> Response:
    return JSONResponse({"status": status, "message": message}, status)
