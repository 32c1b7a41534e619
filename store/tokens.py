"""A shop's newest token pair, sealed, and the lease that lets only one process refresh it.

The refresh token rotates: two refreshes at once can kill both. So a process leases the row, reads it again,
refreshes, and saves under its fence before it uses the new pair.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, or_, select, update

from store.bulk import clock, insert_into, table_of
from store.models import Token

_TOKENS = table_of(Token)
_FREE = {"refreshing_by": None, "refreshing_until": None}


class Sealed(msgspec.Struct, frozen=True):
    """What is stored: opaque here, opened by jobs/config/secrets.py."""

    sealed: bytes | None
    origin: str | None
    access_expires_at: int | None
    fence: int


def load(conn: Connection, shop_id: int) -> Sealed | None:
    """The newest pair, or None before the first one. A row without `sealed` has only ever been leased."""
    columns = (_TOKENS.c[name] for name in Sealed.__struct_fields__)
    row = conn.execute(select(*columns).where(_TOKENS.c.shop_id == shop_id)).one_or_none()
    return None if row is None else Sealed(*row)


def lease(conn: Connection, shop_id: int, owner: str, now: int, ms: int) -> int | None:
    """The fence to save under, or None while somebody else refreshes. A dead owner's lease ends by itself."""
    time = clock(conn, now)
    start = insert_into(conn, _TOKENS).values(shop_id=shop_id, fence=0)
    conn.execute(start.on_conflict_do_nothing(index_elements=["shop_id"]))
    free = or_(_TOKENS.c.refreshing_until.is_(None), _TOKENS.c.refreshing_until <= time)
    take = (
        update(_TOKENS)
        .where(_TOKENS.c.shop_id == shop_id, free)
        .values(refreshing_by=owner, refreshing_until=time + ms, fence=_TOKENS.c.fence + 1)
        .returning(_TOKENS.c.fence)
    )
    return conn.execute(take).scalar_one_or_none()


def save(
    conn: Connection,
    shop_id: int,
    fence: int,
    sealed: bytes,
    origin: str | None,
    access_expires_at: int | None,
) -> bool:
    """Store a refreshed pair before it is used, and end the lease; False: a newer pair is there, use that.

    A refresh that outlived its lease still holds the only pair that works, if nobody saved a later one: the
    platform has already forgotten the one before.
    """
    pair = {"sealed": sealed, "origin": origin, "access_expires_at": access_expires_at}
    ours = (_TOKENS.c.shop_id == shop_id) & (_TOKENS.c.fence == fence)
    if conn.execute(update(_TOKENS).where(ours).values(**pair, **_FREE)).rowcount:
        return True
    if access_expires_at is None:
        return False
    older = (_TOKENS.c.shop_id == shop_id) & (_TOKENS.c.access_expires_at < access_expires_at)
    return conn.execute(update(_TOKENS).where(older).values(**pair)).rowcount == 1


def release(conn: Connection, shop_id: int, fence: int) -> None:
    """End a lease without a new pair: the refresh failed, and others may try."""
    held = (_TOKENS.c.shop_id == shop_id) & (_TOKENS.c.fence == fence)
    conn.execute(update(_TOKENS).where(held).values(_FREE))


def replace(
    conn: Connection, shop_id: int, sealed: bytes, origin: str | None, access_expires_at: int | None
) -> None:
    """Store the pair of a new login; a refresh under way loses its fence."""
    values = {"sealed": sealed, "origin": origin, "access_expires_at": access_expires_at, **_FREE}
    add = insert_into(conn, _TOKENS).values(shop_id=shop_id, fence=1, **values)
    conn.execute(
        add.on_conflict_do_update(index_elements=["shop_id"], set_=values | {"fence": _TOKENS.c.fence + 1})
    )
