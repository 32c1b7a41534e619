"""What the tests of the background share: a sandbox to talk to and settings that lead to it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import text

from jobs.config.secrets import Secret, ShopSecrets
from jobs.config.settings import Settings, load
from jobs.crew import Crew
from jobs.runtime import open_crew
from jobs.shop_jobs import ShopJobs
from shop.sandbox.account import Credentials
from shop.sandbox.server import Sandbox, running_sandbox
from shop.sandbox.world import World
from store.db import Store
from store.times import Clock, now_ms

SHOP = "toko-contoh"


class Scene(msgspec.Struct):
    """A fake shop that really listens, and the configuration of a seller who watches it."""

    sandbox: Sandbox
    settings: Settings
    environ: dict[str, str]

    @property
    def world(self) -> World:
        """The fake shop."""
        return self.sandbox.world

    def faults(self, spec: str) -> None:
        """Misbehave from now on."""
        self.sandbox.platform.faults.set(spec)
        self.sandbox.platform.obey()

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """What the store holds."""
        store = Store.open(self.settings.store_url, migrate=False)
        try:
            return rows(store, sql)
        finally:
            store.close()


@contextmanager
def scene(
    folder: Path, *, orders: int = 30, rate: float = 0.0, extra: str = "", shops: str | None = None
) -> Iterator[Scene]:
    """A sandbox with orders whose clock stands still, and settings for it; `extra` is more TOML.

    `rate`: new orders for each minute that its time is moved on.
    """
    with running_sandbox(World(1, orders, rate)) as sandbox:
        given = sandbox.credentials
        path = folder / "config.toml"
        path.write_text(extra + (shops or shop_table(sandbox, SHOP)), encoding="utf-8")
        environ = secrets_for(SHOP, given)
        settings = load(path, environ, {"data_dir": str(folder / "data")})
        yield Scene(sandbox, settings, environ)


@asynccontextmanager
async def crew_of(made: Scene, clock: Clock = now_ms) -> AsyncIterator[tuple[Crew, ShopJobs]]:
    """The jobs of a scene's only shop, as a new process would make them."""
    async with open_crew(made.settings, made.environ, clock=clock) as crew:
        (jobs,) = crew.shops.values()
        yield crew, jobs


def shop_table(sandbox: Sandbox, name: str, url: str | None = None) -> str:
    """TOML of one shop on a sandbox (or at another address)."""
    url = url or sandbox.url
    key = sandbox.credentials.app_key
    return f'[[shops]]\nname = "{name}"\napp_key = "{key}"\napi_base = "{url}"\nauth_base = "{url}"\n'


def secrets_for(name: str, given: Credentials) -> dict[str, str]:
    """The variables of a login."""
    prefix = f"PANTAU_SHOP_{name.upper().replace('-', '_')}_"
    return {
        f"{prefix}APP_SECRET": given.app_secret,
        f"{prefix}ACCESS_TOKEN": given.access_token,
        f"{prefix}REFRESH_TOKEN": given.refresh_token,
    }


def login(access: str | None, refresh: str | None, app_secret: str | None = "app-secret") -> ShopSecrets:
    """Secrets of a shop."""
    return ShopSecrets(*(None if value is None else Secret(value) for value in (app_secret, access, refresh)))


def rows(store: Store, sql: str, values: Mapping[str, object] | None = None) -> list[tuple[object, ...]]:
    """What a store holds."""
    return store.read(lambda conn: [tuple(row) for row in conn.execute(text(sql), dict(values or {}))])


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait for a condition; False when it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
