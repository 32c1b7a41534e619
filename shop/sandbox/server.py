"""Serve the sandbox over real sockets: in a thread for tests, or in the foreground for the command."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final, NamedTuple

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from shop.sandbox.account import Credentials
from shop.sandbox.app import make_app
from shop.sandbox.mishaps import CUT
from shop.sandbox.platform import Platform
from shop.sandbox.world import World

HOST: Final = "127.0.0.1"
_PATIENCE: Final = 10.0
"""Seconds to wait for a start or a stop before giving up."""


class Sandbox(NamedTuple):
    """A running sandbox."""

    url: str
    platform: Platform

    @property
    def world(self) -> World:
        """The shop."""
        return self.platform.world

    @property
    def credentials(self) -> Credentials:
        """The pair that is valid now."""
        return self.platform.account.credentials


class Server(uvicorn.Server):
    """A uvicorn server that says when it is ready, can cut connections, and stops without waiting."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                self._wrapped(app),
                http="h11",
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                # The platform's own clock makes the Date header.
                date_header=False,
                server_header=False,
                timeout_graceful_shutdown=2,
            )
        )
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell whoever waits."""
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Cut every connection first: a client that hangs on purpose must not hold the server."""
        for connection in list(self.server_state.connections):
            _abort(connection)
        await super().shutdown(sockets)

    def _wrapped(self, app: ASGIApp) -> ASGIApp:
        async def offered(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[CUT] = self._cut
            await app(scope, receive, send)

        return offered

    def _cut(self, scope: Scope) -> None:
        for connection in list(self.server_state.connections):
            if getattr(connection, "client", None) == scope["client"]:
                _abort(connection)


def _abort(connection: Any) -> None:
    transport = getattr(connection, "transport", None)
    if transport is not None:
        transport.abort()


def listen(port: int = 0, host: str = HOST) -> socket.socket:
    """A listening socket; port 0 takes any free one. Raises OSError when the port is taken."""
    # Said to be TCP in so many words: else asyncio leaves Nagle on, and each small answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # Not on Windows, where the option would let a second server take the same port.
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener


@contextmanager
def running_sandbox(
    world: World | Platform | None = None,
    extra_apps: Mapping[str, ASGIApp] | None = None,
    *,
    faults: str = "",
    label_delay: float = 0.0,
) -> Iterator[Sandbox]:
    """The sandbox in a thread, on a free port, gone when the block ends; labels are ready at once."""
    if isinstance(world, Platform):
        platform = world
    else:
        # Not `world or`: a shop without orders is a shop.
        platform = Platform(World() if world is None else world, faults=faults, label_delay=label_delay)
    server = Server(make_app(platform, extra_apps))
    with listen() as listener:
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True
        )
        thread.start()
        try:
            if not server.ready.wait(_PATIENCE):
                raise RuntimeError("the sandbox did not start")
            yield Sandbox(f"http://{HOST}:{listener.getsockname()[1]}", platform)
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)
            if thread.is_alive():
                raise RuntimeError("the sandbox did not stop")


def run(
    platform: Platform,
    *,
    port: int = 0,
    host: str = HOST,
    extra_apps: Mapping[str, ASGIApp] | None = None,
    on_ready: Callable[[Sandbox, Callable[[], None]], None] | None = None,
) -> None:
    """Serve until SIGINT, SIGTERM or the `stop` given to `on_ready`; OSError when the port is taken."""
    server = Server(make_app(platform, extra_apps))

    def stop() -> None:
        server.should_exit = True

    with listen(port, host) as listener:
        sandbox = Sandbox(f"http://{host}:{listener.getsockname()[1]}", platform)
        if on_ready is not None:
            threading.Thread(
                target=lambda: server.ready.wait() and on_ready(sandbox, stop), name="ready", daemon=True
            ).start()
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
