"""A fake BinderByte for the demo and the tests: its wire, its bad habits, and faults on demand.

It answers for parcels that a lookup knows and tells each journey up to its own clock. What it imitates:
the key in the query, upper-cased texts, newest row first, empty fields, `ON PROCCESS`, dates without a zone
and, for one courier, without a year, and the phone digits JNE asks for.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from couriers.binderbyte import CODES
from couriers.names import name
from couriers.times import WIB
from store.times import HOUR, Clock, now_ms, to_datetime

API_KEY: Final = "sandbox-key"
QUOTA: Final = 2_000
_HTML: Final = "<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>"
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


class Fault(StrEnum):
    """What goes wrong with one number."""

    NOT_FOUND = "not_found"
    BAD_KEY = "bad_key"
    QUOTA = "quota"
    RATE_LIMITED = "rate_limited"
    """429 with Retry-After: 7."""
    RATE_LIMITED_PLAIN = "rate_limited_plain"
    SERVER_ERROR = "server_error"
    HANG = "hang"
    """A minute of silence."""
    CUT = "cut"
    """The connection ends in the middle of the body."""
    HTML = "html"
    """A web page with status 200."""
    EMPTY = "empty"
    MALFORMED = "malformed"
    SHAPE = "shape"
    """JSON whose `data` is a list."""
    BOM = "bom"
    NULL_TEXT = "null_text"
    STRANGE = "strange"
    """The newest row says something no table knows."""
    DUPLICATES = "duplicates"
    REVERSED = "reversed"
    FUTURE = "future"
    """Every row is dated two hours ahead."""
    BIG = "big"
    """One row of a megabyte."""
    REDIRECT = "redirect"


class Step(msgspec.Struct, frozen=True):
    """One row of a scripted journey, in the courier's own words."""

    at: int
    text: str
    location: str = ""


class ScriptedParcel(msgspec.Struct, frozen=True):
    """A parcel the sandbox knows."""

    number: str
    courier: str
    """Our code."""
    steps: Sequence[Step]
    phone: str | None = None
    """When set, its last five digits must come with the question."""
    fault: Fault | None = None


Lookup = Callable[[str], ScriptedParcel | None]


def make_app(parcels: Lookup, *, api_key: str = API_KEY, clock: Clock = now_ms) -> Starlette:
    """The server; mount it where the documented `https://api.binderbyte.com` would be."""
    binderbyte = _BinderByte(parcels, api_key, clock)
    return Starlette(
        routes=[
            Route("/v1/track", binderbyte.track),
            Route("/v1/list_courier", binderbyte.couriers),
            Route("/v1/checkQuota", binderbyte.quota),
        ]
    )


class _BinderByte:
    def __init__(self, parcels: Lookup, api_key: str, clock: Clock) -> None:
        self._parcels = parcels
        self._api_key = api_key
        self._clock = clock
        self._asked = 0

    async def couriers(self, request: Request) -> Response:
        if request.query_params.get("api_key") != self._api_key:
            return _error(401, "Invalid API key")
        return JSONResponse([{"code": theirs, "description": name(ours)} for ours, theirs in CODES.items()])

    async def quota(self, request: Request) -> Response:
        if request.query_params.get("api_key") != self._api_key:
            return _error(401, "Invalid API key")
        count, limit = str(QUOTA - self._asked), str(QUOTA)
        row = {
            "status": 200,
            "product": "cek-resi",
            "count": count,
            "limit": limit,
            "price": "0",
            "balance": "0",
        }
        return JSONResponse([row])

    async def track(self, request: Request) -> Response:
        asked = request.query_params
        if asked.get("api_key") != self._api_key:
            return _error(401, "Invalid API key")
        self._asked += 1
        parcel = self._parcels(asked.get("awb", ""))
        if parcel is None:
            return _error(404, "Data not found")
        if parcel.fault is not None and (refused := await _refuse(parcel.fault)) is not None:
            return refused
        if asked.get("courier") != CODES.get(parcel.courier):
            return _error(400, "Invalid awb or courier")
        if parcel.phone is not None and asked.get("number") != parcel.phone[-5:]:
            return _error(400, "Parameter number (5 digit terakhir nomor HP penerima) wajib diisi")
        return _reply(self._success(parcel), parcel.fault)

    def _success(self, parcel: ScriptedParcel) -> dict[str, Any]:
        ahead = 2 * HOUR if parcel.fault is Fault.FUTURE else 0
        told = sorted((step for step in parcel.steps if step.at <= self._clock()), key=lambda step: step.at)
        history = [
            {
                "date": _date(step.at + ahead, parcel.courier),
                "desc": step.text.upper(),
                "location": step.location,
            }
            for step in reversed(told)
        ]
        done = bool(told) and "TERKIRIM" in told[-1].text.upper()
        summary = {
            "awb": parcel.number, "courier": name(parcel.courier), "service": "",
            "status": "DELIVERED" if done else "ON PROCCESS", "date": "", "desc": "", "amount": "",
            "weight": "",
        }  # fmt: skip
        detail = {"origin": "", "destination": "", "shipper": "TOKO CONTOH", "receiver": "PENERIMA"}
        data = {"summary": summary, "detail": detail, "history": _spoilt(history, parcel.fault)}
        return {"status": 200, "message": "Successfully tracked package", "data": data}


def _date(at: int, courier: str) -> str:
    when = to_datetime(at, WIB)
    if courier == "kurir_tokopedia":
        return f"{when.day} {_MONTHS[when.month - 1]} {when:%H:%M} WIB"
    return f"{when:%Y-%m-%d %H:%M:%S}"


def _spoilt(history: list[dict[str, Any]], fault: Fault | None) -> list[dict[str, Any]]:
    match fault:
        case Fault.NULL_TEXT:
            return [{"date": None, "desc": None, "location": None}, *history]
        case Fault.STRANGE if history:
            return [{**history[0], "desc": "FOTO DIUNGGAH"}, *history]
        case Fault.DUPLICATES:
            return [row for row in history for _ in range(2)]
        case Fault.REVERSED:
            return history[::-1]
        case Fault.BIG if history:
            return [{**history[0], "desc": history[0]["desc"] + " " + "X" * 1_000_000}, *history[1:]]
    return history


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"status": status, "message": message}, status, headers)


async def _refuse(fault: Fault) -> Response | None:
    """The answer of a fault that hides the parcel; None when the parcel is still told."""
    match fault:
        case Fault.NOT_FOUND:
            return _error(404, "Data not found")
        case Fault.BAD_KEY:
            return _error(401, "Invalid API key")
        case Fault.QUOTA:
            return _error(403, "Quota limit reached")
        case Fault.RATE_LIMITED:
            return _error(429, "Too many requests", {"Retry-After": "7"})
        case Fault.RATE_LIMITED_PLAIN:
            return _error(429, "Too many requests")
        case Fault.SERVER_ERROR:
            return _error(500, "Internal server error")
        case Fault.HANG:
            await asyncio.sleep(60)
            return _error(504, "Gateway timeout")
        case Fault.HTML:
            return Response(_HTML, 200, media_type="text/html")
        case Fault.EMPTY:
            return Response(b"", 200)
        case Fault.REDIRECT:
            return Response(b"", 302, {"Location": "https://example.invalid/"})
    return None


def _reply(body: dict[str, Any], fault: Fault | None) -> Response:
    """The success, damaged on its way out if the fault says so."""
    if fault is Fault.SHAPE:
        body = {**body, "data": []}
    raw = json.dumps(body).encode()
    match fault:
        case Fault.BOM:
            raw = b"\xef\xbb\xbf" + raw
        case Fault.MALFORMED:
            raw = raw[: len(raw) // 2]
        case Fault.CUT:
            return StreamingResponse(_half(raw), headers={"Content-Length": str(len(raw))})
    return Response(raw, media_type="application/json")


async def _half(raw: bytes) -> AsyncIterator[bytes]:
    yield raw[: len(raw) // 2]
