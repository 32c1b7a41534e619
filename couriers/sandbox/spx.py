"""SPX's web page: no key, newest first, epoch seconds, codes with milestones, internal rows among the others, and
one failure for everything."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from couriers.base import TrackingStatus as S
from couriers.providers.spx import PATH
from couriers.sandbox.direct import DirectWire
from couriers.sandbox.parcels import Fault, ScriptedParcel, Step

_MILESTONES: Final = {
    "F004": 1,
    "F100": 5,
    "F599": 5,
    "F600": 6,
    "F650": 6,
    "F671": 10,
    "F980": 8,
    "F999": 10,
}


class SpxWire(DirectWire):
    """The fake of spx.co.id."""

    name = courier = "spx"
    newest_first = True
    codes = {
        S.PENDING: "F004", S.PICKED_UP: "F100", S.IN_TRANSIT: "F599", S.OUT_FOR_DELIVERY: "F600",
        S.DELIVERY_FAILED: "F650", S.RETURNING: "F671", S.DELIVERED: "F980", S.RETURNED: "F999",
    }  # fmt: skip
    unknown = "F001"
    inexpressible = frozenset({Fault.QUOTA, Fault.BAD_KEY, Fault.NOT_FOUND})

    def routes(self) -> list[BaseRoute]:
        """The page's own question."""
        return [Route(PATH, self.track)]

    def error(self, status: int, message: str) -> Response:
        """A refusal by the gateway before it."""
        return JSONResponse({"retcode": status, "message": message}, status)

    def not_found(self) -> Response:
        """The failure of every cause."""
        return JSONResponse({"retcode": 2, "message": "failed", "detail": "", "debug": ""})

    async def track(self, request: Request) -> Response:
        """One parcel."""
        asked = request.query_params
        return await self.answer(asked.get("spx_tn", "") if asked.get("language_code") == "id" else "")

    def row(self, step: Step) -> dict[str, Any]:
        """Shown to everybody."""
        code = self.code(step)
        return {
            "tracking_code": code, "tracking_name": "", "description": step.text, "display_flag": 1,
            "actual_time": step.at // 1_000, "reason_code": "R00",
            "milestone_code": _MILESTONES.get(code, 0), "current_location": {"location_name": step.location},
        }  # fmt: skip

    def body(self, parcel: ScriptedParcel, rows: object) -> dict[str, Any]:
        """With an internal row on top."""
        if isinstance(rows, list) and rows:
            hidden = {
                **rows[0],
                "description": "internal sorting",
                "tracking_code": "F980",
                "display_flag": 0,
            }
            rows = [hidden, *rows]
        return {"retcode": 0, "message": "success", "data": {"sls_tracking_info": {"records": rows}}}
