"""`/_sandbox/...`: look into the fake platform and steer it. Part of no real platform."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shop.sandbox.faults import NAMES, FaultError
from shop.sandbox.platform import Platform

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /_sandbox/advance."""

    seconds: float


class SetFaults(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /_sandbox/faults; `add` keeps those already in force."""

    spec: str = ""
    add: bool = False


class Admin:
    """The administration of one platform."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @property
    def routes(self) -> list[Route]:
        """For Starlette."""
        return [
            Route("/_sandbox/state", self.state),
            Route("/_sandbox/effects", self.effects),
            Route("/_sandbox/credentials", self.credentials),
            Route("/_sandbox/advance", self.advance, methods=["POST"]),
            Route("/_sandbox/faults", self.faults, methods=["GET", "POST", "DELETE"]),
        ]

    async def state(self, request: Request) -> Response:
        """The shop at a glance."""
        world, platform = self._platform.world, self._platform
        if not _local(request):
            return _forbidden()
        return _json(
            {
                "seed": world.seed,
                "orders": len(world),
                "by_status": world.census(),
                "now": world.now(),
                "wall": int(world.clock.wall()),
                "frozen": world.clock.frozen,
                "speed": world.clock.speed,
                "effects": len(world.effects),
                "doubles": sum(effect.count > 1 for effect in world.effects),
                "refreshes": platform.account.refreshes,
                "faults": platform.faults.listed(),
            }
        )

    async def effects(self, request: Request) -> Response:
        """Every executed write, oldest first."""
        return _json({"effects": list(self._platform.world.effects)}) if _local(request) else _forbidden()

    async def credentials(self, request: Request) -> Response:
        """App key and secret, tokens, cipher."""
        return _json(self._platform.account.credentials) if _local(request) else _forbidden()

    async def advance(self, request: Request) -> Response:
        """Let the shop's time jump."""
        if not _local(request):
            return _forbidden()
        try:
            self._platform.world.advance(msgspec.json.decode(await request.body(), type=Advance).seconds)
        except (msgspec.DecodeError, ValueError) as error:
            return _json({"error": str(error)}, 400)
        return _json({"now": self._platform.world.now(), "by_status": self._platform.world.census()})

    async def faults(self, request: Request) -> Response:
        """GET lists them, POST sets or adds, DELETE lifts all."""
        if not _local(request):
            return _forbidden()
        faults = self._platform.faults
        try:
            if request.method == "DELETE":
                faults.set("")
            elif request.method == "POST":
                wanted = msgspec.json.decode(await request.body(), type=SetFaults)
                faults.set(wanted.spec, add=wanted.add)
        except (msgspec.DecodeError, FaultError) as error:
            return _json({"error": str(error)}, 400)
        self._platform.obey()
        return _json({"faults": faults.listed(), "known": NAMES})


def _local(request: Request) -> bool:
    # The Host is checked too: a web page in the seller's browser may reach loopback, but not under this name.
    return request.client is not None and request.client.host in LOOPBACK and request.url.hostname in LOOPBACK


def _forbidden() -> Response:
    return _json({"error": "only from this machine"}, 403)


def _json(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")
