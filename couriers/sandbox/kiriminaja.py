"""KiriminAja's wire: a bearer key, a JSON question of at most twenty characters, newest row first, the code 100 on
every row, and details whose times are not to be trusted. Whose lookup it is decides what its own orders are."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.base import TrackingStatus
from couriers.phrases import meaning
from couriers.providers.kiriminaja import LONGEST, PATH, Question
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step
from couriers.sandbox.wire import Wire, told
from store.times import DAY, WIB, to_datetime

_LATE = 60 * DAY
"""The details' time of delivery was seen months after the row's."""


class KiriminAjaWire(Wire):
    """The fake of https://client.kiriminaja.com."""

    name = "kiriminaja"

    def routes(self) -> list[BaseRoute]:
        """Tracking of express orders, and only as a POST."""
        return [Route(PATH, self.track, methods=["POST"])]

    def refusal(self, fault: Fault) -> Response:
        """Its failures; their HTTP status is not documented."""
        match fault:
            case Fault.BAD_KEY:
                return _error(401, "Unauthenticated", 1)
            case Fault.QUOTA:
                return _error(402, "Saldo tidak mencukupi", 3)
            case Fault.RATE_LIMITED:
                return _error(429, "Too Many Attempts", 4)
            case Fault.SERVER_ERROR:
                return _error(500, "Server Error", 5)
        return _error(200, "data not found", 2)

    async def track(self, request: Request) -> Response:
        """One parcel of its own."""
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            return self.refusal(Fault.BAD_KEY)
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return _error(415, "Unsupported Media Type", 6)
        try:
            asked = msgspec.json.decode(await request.body(), type=Question).order_id
        except msgspec.DecodeError:
            return _error(422, "The order id field is required.", 7)
        if len(asked) > LONGEST:
            return _error(422, f"The order id may not be greater than {LONGEST} characters.", 7)
        parcel = self.parcels(asked)
        if parcel is None:
            return self.refusal(Fault.NOT_FOUND)
        if (refused := await self.refuse(parcel.fault)) is not None:
            return refused
        success = self._success(parcel)
        return self.reply(success, parcel.fault, wrong={**success, "histories": {}})

    def _success(self, parcel: ScriptedParcel) -> dict[str, Any]:
        histories = self.rows(parcel, _row, newest_first=True)
        steps = told(parcel, self.clock())
        found = meaning(steps[-1].text) if steps else None
        status = found.status if found else TrackingStatus.UNKNOWN
        late = _date(steps[-1].at + _LATE) if steps else None
        delivered, back = status is TrackingStatus.DELIVERED, status is TrackingStatus.RETURNED
        details = {
            "awb": parcel.number if steps else None, "order_id": f"OID-{parcel.number[-4:]}",
            "status_code": 106, "service": parcel.courier, "service_name": "REG", "drop": False,
            "shipped_at": _date(steps[0].at) if steps else None, "delivered": delivered,
            "delivered_at": late if delivered else None, "refunded": back,
            "refunded_at": late if back else None, "images": {"camera_img": None, "signature_img": None},
        }  # fmt: skip
        return {
            "status": True,
            "text": steps[-1].text[:200] if steps else "",
            "method": "shTracking",
            "status_code": 100,
            "details": details,
            "histories": histories,
        }


def _row(step: Step) -> dict[str, Any]:
    return {
        "created_at": _date(step.at),
        "status": step.text,
        "status_code": 100,
        "driver": "",
        "receiver": "",
    }


def _date(at: int) -> str:
    return f"{to_datetime(at, WIB):%Y-%m-%d %H:%M:%S}"


def _error(status: int, message: str, code: int) -> Response:
    return JSONResponse({"status": False, "text": message, "method": "shTracking", "code": code}, status)
