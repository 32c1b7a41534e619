"""The fake platform and the fake couriers under one server: for `pantau demo`, `pantau sandbox` and tests.

The demo's sandbox is a process of its own, so that the monitor is measured against real sockets and shares no
interpreter with what it watches. It dies with its parent, however that ends: it reads a pipe that only the
parent holds open.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec
from starlette.types import ASGIApp

from couriers import sandbox as courier_sandbox
from jobs.settings import SettingsError
from shop.sandbox.clock import SandboxClock
from shop.sandbox.faults import FaultError, parse
from shop.sandbox.parcels import ScriptedParcel
from shop.sandbox.platform import Platform
from shop.sandbox.server import Sandbox, run
from shop.sandbox.world import World

SHOP: Final = "toko-contoh"
_START: Final = 30.0
_STOP: Final = 5.0
# Couriers that tell nothing without the recipient's phone digits.
_WANT_PHONE: Final = frozenset({"jne"})
_KEPT: Final = ("PANTAU_LANGUAGE", "PANTAU_TIMEZONE")


class Access(msgspec.Struct, frozen=True):
    """Where a sandbox listens and what opens it; its secrets are worth nothing elsewhere."""

    url: str
    app_key: str
    app_secret: str
    access_token: str
    refresh_token: str

    @property
    def environ(self) -> dict[str, str]:
        """The secrets, as the settings want them."""
        name = "PANTAU_SHOP_" + SHOP.upper().replace("-", "_")
        return {
            f"{name}_APP_SECRET": self.app_secret,
            f"{name}_ACCESS_TOKEN": self.access_token,
            f"{name}_REFRESH_TOKEN": self.refresh_token,
            "PANTAU_COURIER_BINDERBYTE_API_KEY": courier_sandbox.API_KEY,
        }

    @property
    def config(self) -> str:
        """The settings without secrets, TOML."""
        return (
            f'[[shops]]\nname = "{SHOP}"\napp_key = "{self.app_key}"\n'
            f'api_base = "{self.url}"\nauth_base = "{self.url}"\n\n'
            f'[couriers.binderbyte]\nbase = "{courier_sandbox.base_of("binderbyte", self.url)}"\n'
        )


class SandboxProcess:
    """A sandbox in a child process."""

    def __init__(self, process: subprocess.Popen[str], access: Access) -> None:
        self._process = process
        self.access = access

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.access.url

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def stop(self) -> None:
        """Let go of its pipe and wait until it is gone; kills it if it does not go."""
        _end(self._process)


def _end(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Prepared(msgspec.Struct, frozen=True):
    """Everything a monitor needs to run on a sandbox."""

    config: Path
    environ: dict[str, str]
    url: str


def courier_apps(world: World) -> dict[str, ASGIApp]:
    """The fake couriers, told by the shop's own parcels and clock."""

    def lookup(number: str) -> courier_sandbox.ScriptedParcel | None:
        parcel = world.parcel(number)
        return None if parcel is None else _retold(parcel)

    return {**courier_sandbox.make_apps(lookup, clock=lambda: int(world.clock.now() * 1000))}


def _retold(parcel: ScriptedParcel) -> courier_sandbox.ScriptedParcel:
    return courier_sandbox.ScriptedParcel(
        number=parcel.tracking_number,
        courier=parcel.courier,
        steps=[courier_sandbox.Step(event.at, event.text, event.location) for event in parcel.events],
        phone=parcel.phone_tail if parcel.courier in _WANT_PHONE else None,
    )


def serve(
    *,
    port: int = 0,
    seed: int = 1,
    orders: int = 0,
    rate: float = 0.0,
    speed: float = 1.0,
    faults: str = "",
    on_ready: Callable[[Access, Callable[[], None]], None],
) -> None:
    """Serve until told to stop; `on_ready(access, stop)` is called once. Speed 0 is a shop that stands still.

    Raises SettingsError when the faults cannot be read or the port cannot be had.
    """
    try:
        parse(faults)
    except FaultError as error:
        raise SettingsError(str(error), key="--faults") from None
    clock = SandboxClock(speed=speed) if speed else SandboxClock.manual()
    world = World(seed, orders, rate, clock)

    def ready(sandbox: Sandbox, stop: Callable[[], None]) -> None:
        given = sandbox.credentials
        access = Access(
            url=sandbox.url,
            app_key=given.app_key,
            app_secret=given.app_secret,
            access_token=given.access_token,
            refresh_token=given.refresh_token,
        )
        on_ready(access, stop)

    try:
        run(Platform(world, faults=faults), port=port, extra_apps=courier_apps(world), on_ready=ready)
    except OSError as error:
        raise SettingsError(error.strerror or str(error), key=f"--port {port}") from None


def serve_sandbox(*, port: int, seed: int, orders: int, rate: float, speed: float, faults: str) -> None:
    """`pantau sandbox`: serve in the foreground and print, ready to paste, how to reach it."""

    def announce(access: Access, _stop: Callable[[], None]) -> None:
        lines = [f"# Toko tiruan / fake shop: {access.url}  (Ctrl+C)", "", "# config.toml", access.config]
        lines += ["# shell", *(f"export {name}='{value}'" for name, value in access.environ.items())]
        print("\n".join(lines), flush=True)

    serve(port=port, seed=seed, orders=orders, rate=rate, speed=speed, faults=faults, on_ready=announce)


def start_sandbox_process(
    *, seed: int = 1, orders: int = 400, rate: float = 6.0, speed: float = 60.0, faults: str = ""
) -> SandboxProcess:
    """Start a sandbox in a child process and wait until it listens; raises SettingsError when it does not."""
    root = Path(__file__).resolve().parent.parent
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
    environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), environ.get("PYTHONPATH"))))
    options = {"seed": seed, "orders": orders, "rate": rate, "speed": speed, "faults": faults}
    # A session of its own: Ctrl+C in the terminal is the monitor's business.
    process = subprocess.Popen(
        [sys.executable, "-m", "jobs.demo", *(f"--{name}={value}" for name, value in options.items())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environ,
        text=True,
        start_new_session=True,
    )
    greeting = _Greeting(error="the sandbox did not start")
    watchdog = threading.Timer(_START, process.kill)
    watchdog.start()
    try:
        with suppress(msgspec.DecodeError):
            greeting = msgspec.json.decode(
                process.stdout.readline() if process.stdout else "", type=_Greeting
            )
    finally:
        watchdog.cancel()
        if greeting.access is None:
            _end(process)
    if greeting.access is None:
        raise SettingsError(greeting.error, key="demo")
    return SandboxProcess(process, greeting.access)


@contextmanager
def demo_environment(
    *,
    environ: Mapping[str, str],
    orders: int = 400,
    rate: float = 6.0,
    speed: float = 60.0,
    seed: int = 1,
    faults: str = "",
) -> Iterator[Prepared]:
    """A sandbox process and a temporary folder with settings for it; both are gone when the block ends.

    Nothing of the seller's own configuration reaches the demo, except language and zone.
    """
    with tempfile.TemporaryDirectory(prefix="pantau-demo-") as folder:
        process = start_sandbox_process(seed=seed, orders=orders, rate=rate, speed=speed, faults=faults)
        try:
            config = Path(folder) / "config.toml"
            # Shorter rounds than on the real platform: nobody watches a demo for half an hour.
            config.write_text(
                f'data_dir = "{Path(folder, "data").as_posix()}"\n\n'
                '[jobs]\norders_every = "3s"\ntracking_every = "15s"\nrequests_every = "15s"\n'
                f'stock_every = "30s"\n\n{process.access.config}',
                encoding="utf-8",
            )
            own = {
                name: value
                for name, value in environ.items()
                if not name.startswith("PANTAU_") or name in _KEPT
            }
            yield Prepared(config, own | process.access.environ, process.url)
        finally:
            process.stop()


class _Greeting(msgspec.Struct, frozen=True):
    """The one line a child prints: how to reach it, or why not."""

    access: Access | None = None
    error: str = ""


def _child() -> int:
    """Serve for a parent: one JSON line when ready, and the end when the parent's pipe ends."""
    parser = argparse.ArgumentParser(prog="python -m jobs.demo")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--orders", type=int, default=0)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--faults", default="")

    def ready(access: Access, stop: Callable[[], None]) -> None:
        # The bare descriptors: a buffer would be locked by this thread when the interpreter ends.
        with suppress(OSError):
            _say(_Greeting(access))
            while os.read(0, 4096):
                pass
        stop()

    try:
        serve(**vars(parser.parse_args()), on_ready=ready)
    except SettingsError as error:
        _say(_Greeting(error=str(error)))
        return 1
    return 0


def _say(greeting: _Greeting) -> None:
    os.write(1, msgspec.json.encode(greeting) + b"\n")


if __name__ == "__main__":
    raise SystemExit(_child())
