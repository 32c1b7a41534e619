"""The sandbox as one ASGI application."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

from shop.sandbox.admin import Admin
from shop.sandbox.api import Api
from shop.sandbox.platform import Platform
from shop.sandbox.world import World


def make_app(world: World | Platform, extra_apps: Mapping[str, ASGIApp] | None = None) -> Starlette:
    """The platform's API, its auth host and the administration, and `extra_apps` under their prefixes."""
    platform = world if isinstance(world, Platform) else Platform(world)
    routes: list[BaseRoute] = list(Admin(platform).routes)
    routes += [Mount(prefix, app=app) for prefix, app in (extra_apps or {}).items()]
    routes.append(Mount("/", app=Api(platform)))
    return Starlette(routes=routes)
