"""Fake couriers for the demo and the tests: each provider's wire with its bad habits, and faults on demand.

One server, a path prefix per provider (`/binderbyte`, `/biteship`, ...), so that an adapter only needs another
base address. They answer for parcels that a lookup knows and tell each journey up to their own clock.
"""

from __future__ import annotations

from typing import Final

from starlette.applications import Starlette
from starlette.routing import Mount

from couriers.sandbox.aftership import AfterShipWire
from couriers.sandbox.anteraja import AnterAjaWire
from couriers.sandbox.binderbyte import BinderByteWire
from couriers.sandbox.biteship import BiteshipWire
from couriers.sandbox.jne import JneWire
from couriers.sandbox.jnt import JntWire
from couriers.sandbox.jnt_web import JntWebWire
from couriers.sandbox.kiriminaja import KiriminAjaWire
from couriers.sandbox.komerce import KomerceWire
from couriers.sandbox.lion import LionWire
from couriers.sandbox.ninja import NinjaWire
from couriers.sandbox.parcels import Fault, Lookup, ScriptedParcel, Step
from couriers.sandbox.pos import PosWire
from couriers.sandbox.seventeentrack import SeventeenTrackWire
from couriers.sandbox.sicepat import SiCepatWire
from couriers.sandbox.spx import SpxWire
from couriers.sandbox.wire import API_KEY, Wire
from store.times import Clock, now_ms

__all__ = [
    "API_KEY",
    "WIRES",
    "Fault",
    "Lookup",
    "ScriptedParcel",
    "Step",
    "Wire",
    "base_of",
    "make_app",
    "make_apps",
]

WIRES: Final[tuple[type[Wire], ...]] = (
    SeventeenTrackWire,
    AfterShipWire,
    BinderByteWire,
    BiteshipWire,
    KiriminAjaWire,
    KomerceWire,
    AnterAjaWire,
    JneWire,
    JntWire,
    JntWebWire,
    LionWire,
    NinjaWire,
    PosWire,
    SiCepatWire,
    SpxWire,
)


def base_of(provider: str, root: str) -> str:
    """The `base` setting of a provider whose fake stands below `root`."""
    wire = next(one for one in WIRES if one.name == provider)
    return f"{root}/{provider}{wire.base}"


def make_apps(parcels: Lookup, *, api_key: str = API_KEY, clock: Clock = now_ms) -> dict[str, Starlette]:
    """Each provider's fake under its prefix."""
    return {f"/{wire.name}": Starlette(routes=wire(parcels, clock, api_key).routes()) for wire in WIRES}


def make_app(parcels: Lookup, *, api_key: str = API_KEY, clock: Clock = now_ms) -> Starlette:
    """One server of all of them."""
    apps = make_apps(parcels, api_key=api_key, clock=clock)
    return Starlette(routes=[Mount(prefix, app) for prefix, app in apps.items()])
