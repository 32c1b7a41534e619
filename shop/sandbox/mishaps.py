"""What a fault does to an answer. Connections are really cut and really hang: clients meet sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from shop.sandbox.faults import Fault

Cut = Callable[[Scope], None]
CUT: Final = "pantau.cut"
"""Key of the ASGI scope's `extensions` under which the server offers to cut a connection (server.py)."""
_PAGE: Final = b"<!DOCTYPE html><html><body><h1>%s</h1><p>Tengine</p></body></html>"
_RETRY_AFTER: Final = "1"


def mishap(fault: Fault, answer: Response | None, request_id: str) -> Response | None:
    """The answer a fault makes of it. `answer` is None before the request is executed; None: no change."""
    before = answer is None
    if before:
        return _before(fault, request_id)
    body = bytes(answer.body) if answer is not None else b""
    match fault.name:
        case "500-after":
            return _page(500, b"Internal Server Error")
        case "internal-after":
            return _coded(200, 36009003, "Internal error. Please try again.", request_id)
        case "cut-after":
            return Broken(body, share=0.0)
        case "timeout-after":
            return Broken(body, share=0.0, silence=fault.seconds)
        case "half":
            return Broken(body, share=0.5)
        case "drip":
            return Drip(body, fault.seconds)
        case "garbage":
            return _page(200, b"Maintenance")
        case _:
            return None


def _before(fault: Fault, request_id: str) -> Response | None:
    match fault.name:
        case "429" | "429-bare":
            limited = _coded(429, 36009002, "Too many requests.", request_id)
            if fault.name == "429":
                limited.headers["retry-after"] = _RETRY_AFTER
            return limited
        case "500":
            return _page(500, b"Internal Server Error")
        case "503":
            return _page(503, b"Service Unavailable")
        case "internal":
            return _coded(200, 36009003, "Internal error. Please try again.", request_id)
        case "cut-before":
            return Broken(b"", share=0.0)
        case "timeout-before":
            return Broken(b"", share=0.0, silence=fault.seconds)
        case _:
            return None


def _coded(status: int, code: int, message: str, request_id: str) -> Response:
    body = {"code": code, "message": message, "request_id": request_id}
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def _page(status: int, title: bytes) -> Response:
    return Response(_PAGE % title, status, media_type="text/html")


class Broken(Response):
    """Silence, then a share of the answer, then a cut connection."""

    def __init__(self, body: bytes, *, share: float, silence: float = 0.0) -> None:
        super().__init__(body, media_type="application/json")
        self._share, self._silence = share, silence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Break off; a client that hangs up first ends the silence."""
        if self._silence:
            await gone(receive, self._silence)
        if self._share:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            part = bytes(self.body)[: int(len(self.body) * self._share)]
            await send({"type": "http.response.body", "body": part, "more_body": True})
        cut: Cut = scope["extensions"][CUT]
        cut(scope)
        # The server must see the cut before this returns, or it would complain of a missing answer.
        await gone(receive, 5.0)


class Drip(Response):
    """The answer in single bytes, evenly over some seconds."""

    def __init__(self, body: bytes, seconds: float) -> None:
        super().__init__(body, media_type="application/json")
        self._pause = seconds / max(1, len(body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send byte by byte until the end, or until the client has had enough."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        for place in range(len(self.body)):
            byte = bytes(self.body[place : place + 1])
            await send({"type": "http.response.body", "body": byte, "more_body": True})
            if await gone(receive, self._pause):
                return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def gone(receive: Receive, seconds: float) -> bool:
    """Wait; True as soon as the client (or the server, by a cut) has closed the connection."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True
