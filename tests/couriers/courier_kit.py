"""What the tests of the couriers share: servers on real sockets, and scripted parcels."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from couriers.providers.binderbyte import BinderByte
from couriers.registry import ProviderConfig
from couriers.sandbox import API_KEY, ScriptedParcel, Step, Wire, base_of, make_app
from store.times import HOUR

NOW = 1_795_600_000_000
"""25 November 2026, 16:46 WIB."""
JNT = "JP1234567890"
JOURNEY = ("Manifes", "TELAH DIAMBIL: DROP POINT [PATI]", "SEDANG DIANTAR")
PAYLOADS = Path(__file__).parents[1] / "payloads" / "couriers"

W = TypeVar("W", bound=Wire)


class _Server(uvicorn.Server):
    def __init__(self, app: ASGIApp) -> None:
        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()  # a client that hangs on purpose must not hold the test
        await super().shutdown(sockets)


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """An ASGI app on a free port of this computer; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = _Server(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        assert server.ready.wait(10)
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A bare socket that does `answer` to every connection, for replies no HTTP library would send."""
    door = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                line, _ = door.accept()
            except OSError:
                return
            with line:
                line.settimeout(5)
                try:
                    line.recv(65_536)
                    answer(line)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        over.set()
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join(10)


def parcel(
    number: str = JNT,
    courier: str = "jnt",
    texts: Sequence[str] = ("Manifes", "TELAH DIAMBIL"),
    **told: object,
) -> ScriptedParcel:
    """A parcel with one row an hour, the newest an hour ago."""
    steps = [Step(NOW - (len(texts) - place) * HOUR, text) for place, text in enumerate(texts)]
    return ScriptedParcel(number, courier, steps, **told)  # type: ignore[arg-type]


def fake(kind: type[W], *known: ScriptedParcel) -> W:
    """One provider's fake that knows these parcels."""
    return kind({one.number: one for one in known}.get, lambda: NOW, API_KEY)


def mounted(wire: Wire) -> Starlette:
    """A server of one fake, under its prefix."""
    return Starlette(routes=[Mount(f"/{wire.name}", Starlette(routes=wire.routes()))])


@contextmanager
def sandbox(*known: ScriptedParcel) -> Iterator[str]:
    """A server of every fake, all of which know these parcels; gives its address."""
    with serving(make_app({one.number: one for one in known}.get, clock=lambda: NOW)) as root:
        yield root


def binderbyte(base: str, key: str = API_KEY) -> BinderByte:
    """The adapter, pointed at a sandbox."""
    return BinderByte(ProviderConfig(base_of("binderbyte", base), {"api_key": key}))
