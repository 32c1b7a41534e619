"""J&T's web page: a form, the last digits of a phone, and JSON written as text inside JSON."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.base import TrackingStatus as S
from couriers.providers.jnt_web import PATH, PHONE_DIGITS
from couriers.sandbox.direct import FORM, DirectWire, local
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step


class JntWebWire(DirectWire):
    """The fake of www.jet.co.id."""

    name = "jnt_web"
    courier = "jnt"
    codes = {
        S.PICKED_UP: "1", S.IN_TRANSIT: "3", S.OUT_FOR_DELIVERY: "4", S.DELIVERED: "5",
        S.DELIVERY_FAILED: "6", S.RETURNING: "6", S.RETURNED: "6", S.EXCEPTION: "6",
    }  # fmt: skip
    unknown = ""
    inexpressible = frozenset({Fault.QUOTA, Fault.BAD_KEY})

    def routes(self) -> list[BaseRoute]:
        """The page's own question."""
        return [Route(PATH, self.track, methods=["POST"])]

    def error(self, status: int, message: str) -> Response:
        """Its envelope of a refusal."""
        return JSONResponse({"success": False, "desc": message, "data": None}, status)

    def not_found(self) -> Response:
        """A success without anything."""
        return JSONResponse({"success": True, "desc": "", "data": ""})

    async def track(self, request: Request) -> Response:
        """One parcel; one with a phone wants its digits."""
        given = dict(parse_qsl((await request.body()).decode("ascii", "replace")))
        kind = request.headers.get("content-type", "").split(";")[0]
        if kind != FORM or given.get("method") != "query/findTrack" or given.get("data[source]") != "3":
            return self.error(400, "Bad request")
        number = given.get("data[billcode]", "")
        known = self.parcels(number)
        if known is not None and known.phone and given.get("data[phone]") != known.phone[-PHONE_DIGITS:]:
            return self.error(200, "Masukkan 4 digit terakhir nomor telepon")
        return await self.answer(number)

    def row(self, step: Step) -> dict[str, Any]:
        """A label is an internal scan to it."""
        return {
            "scantime": local(step.at), "scanscode": self.code(step), "scanstatus": "", "siteName": "",
            "city": step.location, "desc": step.text,
        }  # fmt: skip

    def body(self, parcel: ScriptedParcel, rows: object) -> dict[str, Any]:
        """JSON as text inside JSON."""
        return {"success": True, "desc": "", "data": json.dumps({"billcode": parcel.number, "details": rows})}
