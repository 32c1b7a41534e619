"""The couriers a shop may name for orders it ships itself."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, select

from store.bulk import insert_rows, one_writer, table_of
from store.models import ShippingProvider

_PROVIDERS = table_of(ShippingProvider)


class OwnCourier(msgspec.Struct, frozen=True):
    """A courier by the platform's id and name; `courier` is our code of it, where it is known."""

    provider_id: str
    name: str
    courier: str | None = None


def replace(conn: Connection, shop_id: int, found: Sequence[OwnCourier], now: int) -> None:
    """What the platform offers now takes the place of what it offered."""
    one_writer(conn)
    conn.execute(delete(_PROVIDERS).where(_PROVIDERS.c.shop_id == shop_id))
    rows = [(shop_id, one.provider_id, one.name, one.courier, now) for one in found]
    insert_rows(conn, _PROVIDERS, ("shop_id", "provider_id", "name", "courier", "read_at"), rows)


def offered(conn: Connection, shop_id: int) -> list[OwnCourier]:
    """By name."""
    columns = (_PROVIDERS.c.provider_id, _PROVIDERS.c.name, _PROVIDERS.c.courier)
    query = select(*columns).where(_PROVIDERS.c.shop_id == shop_id).order_by(_PROVIDERS.c.name)
    return [OwnCourier(*row) for row in conn.execute(query)]


def read_at(conn: Connection, shop_id: int) -> int | None:
    """When the platform was last asked (ms)."""
    query = select(_PROVIDERS.c.read_at).where(_PROVIDERS.c.shop_id == shop_id).limit(1)
    found: int | None = conn.execute(query).scalar()
    return found
