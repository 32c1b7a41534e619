"""A fake platform that a test can break, send away, and bring back at the same address with the same orders."""

from __future__ import annotations

import threading
from types import TracebackType

from jobs.demo import Access
from jobs.sandbox import access_of, courier_apps
from shop.sandbox.app import make_app
from shop.sandbox.clock import SandboxClock
from shop.sandbox.platform import Platform
from shop.sandbox.server import HOST, Server, listen
from shop.sandbox.world import World

_PATIENCE = 10.0


class Shopfront:
    """Open while the block lasts, except where the test closes it."""

    def __init__(self, *, seed: int = 11, orders: int = 40, rate: float = 0.0, faults: str = "") -> None:
        world = World(seed, orders, rate, SandboxClock.manual())
        self.platform = Platform(world, faults=faults, label_delay=0)
        self._apps = courier_apps(world)
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._port = 0

    @property
    def access(self) -> Access:
        """Where it is, and what opens it now."""
        return access_of(f"http://{HOST}:{self._port}", self.platform.account.credentials)

    @property
    def shipped(self) -> list[str]:
        """The packages that were shipped, one entry for each time that was executed."""
        return [effect.package_id for effect in self.platform.world.effects if effect.kind == "ship"]

    def faults(self, spec: str) -> None:
        """Only these faults from now on."""
        self.platform.faults.set(spec)
        self.platform.obey()

    def open(self) -> None:
        """Listen, at the old address if there was one."""
        listener = listen(self._port)
        self._port = listener.getsockname()[1]
        self._server = Server(make_app(self.platform, self._apps))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="shopfront", daemon=True
        )
        self._thread.start()
        assert self._server.ready.wait(_PATIENCE)

    def close(self) -> None:
        """Cut every connection and stop listening."""
        server, thread = self._server, self._thread
        if server is None or thread is None:
            return
        self._server = self._thread = None
        server.should_exit = True
        thread.join(_PATIENCE)
        assert not thread.is_alive()
        for listener in server.servers:
            listener.close()

    def __enter__(self) -> Shopfront:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
