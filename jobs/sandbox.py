"""The fake platform and the fake couriers under one server: for `pantau sandbox`, `pantau demo` and tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp

from couriers import sandbox as courier_sandbox
from jobs.config.settings import SettingsError
from jobs.demo import SHOP, Access
from shop.sandbox.account import Credentials
from shop.sandbox.clock import SandboxClock
from shop.sandbox.faults import FaultError, parse
from shop.sandbox.parcels import ScriptedParcel
from shop.sandbox.platform import Platform
from shop.sandbox.server import Sandbox, run
from shop.sandbox.world import World

# Couriers that tell nothing without the recipient's phone digits.
_WANT_PHONE: Final = frozenset({"jne"})


def access_of(url: str, given: Credentials) -> Access:
    """How to reach a sandbox that listens there and takes these credentials."""
    name = "PANTAU_SHOP_" + SHOP.upper().replace("-", "_")
    return Access(
        url=url,
        config=(
            f'[[shops]]\nname = "{SHOP}"\napp_key = "{given.app_key}"\n'
            f'api_base = "{url}"\nauth_base = "{url}"\n\n'
            f'[couriers.binderbyte]\nbase = "{courier_sandbox.base_of("binderbyte", url)}"\n'
        ),
        environ={
            f"{name}_APP_SECRET": given.app_secret,
            f"{name}_ACCESS_TOKEN": given.access_token,
            f"{name}_REFRESH_TOKEN": given.refresh_token,
            "PANTAU_COURIER_BINDERBYTE_API_KEY": courier_sandbox.API_KEY,
        },
    )


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
        on_ready(access_of(sandbox.url, sandbox.credentials), stop)

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
