"""What the fakes of the couriers' own APIs share: they know their own parcels only, and put codes beside texts."""

from __future__ import annotations

import json
from abc import abstractmethod
from base64 import b64decode
from typing import Any, ClassVar, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from couriers.base import TrackingStatus
from couriers.phrases import meaning
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step
from couriers.sandbox.wire import Wire
from store.times import WIB, to_datetime

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"


class DirectWire(Wire):
    """A courier's own API. No quota of one is known, so none is shown."""

    courier: ClassVar[str]
    newest_first: ClassVar[bool] = False
    codes: ClassVar[dict[TrackingStatus, str]] = {}
    """The courier's code for what a text means."""
    unknown: ClassVar[str] = "ZZ9"
    """A code no table has, for a text no table knows."""
    inexpressible = frozenset({Fault.QUOTA})

    @abstractmethod
    def row(self, step: Step) -> dict[str, Any]:
        """One row as the courier writes it."""

    @abstractmethod
    def body(self, parcel: ScriptedParcel, rows: object) -> dict[str, Any]:
        """The body of a success around its rows."""

    def error(self, status: int, message: str) -> Response:
        """A refusal in the courier's envelope."""
        return JSONResponse({"message": message}, status)

    def refusal(self, fault: Fault) -> Response:
        """Plain words: hardly any courier documents its own."""
        match fault:
            case Fault.BAD_KEY:
                return self.error(401, "Unauthorized")
            case Fault.QUOTA:
                return self.error(403, "Quota limit reached")
            case Fault.RATE_LIMITED:
                return self.error(429, "Too many requests")
            case Fault.SERVER_ERROR:
                return self.error(500, "Internal server error")
        return self.not_found()

    def not_found(self) -> Response:
        """How it says that it does not know a number."""
        return self.error(404, "Not found")

    async def answer(self, number: str) -> Response:
        """The journey of a number, or whatever goes wrong with it."""
        parcel = self.parcels(number)
        if parcel is None or parcel.courier != self.courier:
            return self.not_found()
        if (refused := await self.refuse(parcel.fault)) is not None:
            return refused
        rows = self.rows(parcel, self.row, newest_first=self.newest_first)
        return self.reply(self.body(parcel, rows), parcel.fault, wrong=self.body(parcel, "none"))

    def code(self, step: Step) -> str:
        """The courier's code for a step."""
        status = status_of(step)
        return self.codes.get(status, self.unknown) if status is not None else self.unknown

    def knows(self, request: Request) -> bool:
        """Whether HTTP Basic carries this sandbox's credentials."""
        kind, _, told = request.headers.get("authorization", "").partition(" ")
        try:
            return (
                kind == "Basic"
                and b64decode(told, validate=True).decode() == f"{self.api_key}:{self.api_key}"
            )
        except ValueError:
            return False


def status_of(step: Step) -> TrackingStatus | None:
    """What a scripted text means."""
    found = meaning(step.text)
    return found.status if found else None


def local(at: int, shape: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A time as most couriers write it: WIB, without saying so."""
    return to_datetime(at, WIB).strftime(shape)


async def json_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request, empty when it is none or not declared as such."""
    if request.headers.get("content-type", "").split(";")[0] != JSON:
        return {}
    try:
        body = json.loads(await request.body())
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
