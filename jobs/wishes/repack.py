"""Which goods travel together: what can be split, combined or taken apart, and the wishes for it.

The platform decides (the sender asks it first, jobs/outbox/kinds/repack.py); what is refused here is what would
certainly be refused there. Splitting goes by SKU: in Indonesia all units of one travel together.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, select

from jobs.outbox.kinds.repack import LARGEST, SplitParams, TogetherParams
from jobs.wishes.candidates import candidates
from jobs.wishes.plans import Candidate, Parcel
from store import actions
from store.bulk import table_of
from store.models import Action, Item, Order, Package
from store.status import SHIPPABLE

_ITEMS: Final = table_of(Item)
_ORDERS: Final = table_of(Order)
_PACKAGES: Final = table_of(Package)
KINDS: Final = ("split", "combine", "uncombine")


class Goods(msgspec.Struct, frozen=True):
    """All units of one SKU of an order."""

    sku_id: str
    name: str
    variation: str | None
    quantity: int


class Mate(msgspec.Struct, frozen=True):
    """Another order to ship of the same buyer and address, that the platform may combine with this one."""

    pk: int
    order_id: str
    package_id: str
    summary: str


class Repacking(msgspec.Struct, frozen=True):
    """One order on the packing table, as far as repacking goes. Each `no_*` is None, or a stable reason."""

    pk: int
    shop_id: int
    order_id: str
    package_ids: tuple[str, ...]
    """Its living packages."""
    goods: tuple[Goods, ...]
    mates: tuple[Mate, ...]
    together: tuple[str, ...]
    """All orders in its combined parcel, this one first; empty: it travels alone."""
    no_split: str | None
    no_combine: str | None
    no_uncombine: str | None


def look(conn: Connection, pk: int) -> Repacking | None:
    """What can be done with an order; None when it is gone."""
    found = candidates(conn, [pk])
    if not found:
        return None
    (order,) = found
    living = [parcel for parcel in order.parcels if (parcel.status or "").upper() != "CANCELLED"]
    goods, together = _goods(conn, pk), _together(conn, order, living)
    mates = () if together else _mates(conn, order)
    barred = _barred(conn, order, living)
    return Repacking(
        pk=pk,
        shop_id=order.shop_id,
        order_id=order.order_id,
        package_ids=tuple(parcel.package_id for parcel in living),
        goods=goods,
        mates=mates,
        together=together,
        no_split=barred or _no_split(living, goods, together),
        no_combine=barred or ("combined_already" if together else None if mates else "nobody_to_combine"),
        no_uncombine=barred or (None if together else "travels_alone"),
    )


def wrong_groups(order: Repacking, groups: Sequence[Sequence[str]]) -> str | None:
    """Why these groups of SKU ids are no split of the order; None when they are."""
    named = [sku for group in groups for sku in group]
    if len(groups) < 2 or not all(groups):
        return "one_group"
    if sorted(named) != sorted(one.sku_id for one in order.goods):
        return "not_each_once"
    return None


def queue_split(
    conn: Connection, order: Repacking, groups: Sequence[Sequence[str]], by: str, now: int
) -> str:
    """Split the order's one package; the batch's id. Raises ValueError for what `look` did not allow."""
    if order.no_split or wrong_groups(order, groups):
        raise ValueError(order.no_split or "groups")
    params = SplitParams(tuple(tuple(group) for group in groups))
    (package,) = order.package_ids
    return _queue(conn, order, "split", package, package, params, by, now)


def queue_combine(conn: Connection, order: Repacking, mates: Sequence[Mate], by: str, now: int) -> str:
    """Put orders into one parcel; the batch's id. Raises ValueError for what `look` did not allow."""
    if order.no_combine or not mates or len(mates) >= LARGEST or not set(mates) <= set(order.mates):
        raise ValueError(order.no_combine or "mates")
    target = "+".join(sorted((*order.package_ids, *(mate.package_id for mate in mates))))
    params = TogetherParams((order.order_id, *(mate.order_id for mate in mates)))
    return _queue(conn, order, "combine", target, None, params, by, now)


def queue_uncombine(conn: Connection, order: Repacking, by: str, now: int) -> str:
    """Take a combined parcel apart; the batch's id. Raises ValueError for what `look` did not allow."""
    if order.no_uncombine:
        raise ValueError(order.no_uncombine)
    (package,) = order.package_ids
    return _queue(conn, order, "uncombine", package, package, TogetherParams(order.together), by, now)


def _queue(
    conn: Connection,
    order: Repacking,
    kind: str,
    target: str,
    package_id: str | None,
    params: msgspec.Struct,
    by: str,
    now: int,
) -> str:
    batch = secrets.token_hex(8)
    actions.queue(
        conn,
        shop_id=order.shop_id,
        kind=kind,
        order_pk=order.pk,
        order_id=order.order_id,
        target=target,
        package_id=package_id,
        params=msgspec.to_builtins(params),
        by=by,
        now=now,
        batch_id=batch,
    )
    return batch


def _goods(conn: Connection, pk: int) -> tuple[Goods, ...]:
    columns = (_ITEMS.c.sku_id, _ITEMS.c.name, _ITEMS.c.variation, _ITEMS.c.quantity)
    found: dict[str, Goods] = {}
    for row in conn.execute(select(*columns).where(_ITEMS.c.order_pk == pk).order_by(_ITEMS.c.line)):
        more = found.get(row.sku_id)
        units = row.quantity + (more.quantity if more else 0)
        found[row.sku_id] = Goods(row.sku_id, row.name, row.variation, units)
    return tuple(found.values())


def _together(conn: Connection, order: Candidate, living: Sequence[Parcel]) -> tuple[str, ...]:
    """The orders that share a package with this one."""
    ids = [parcel.package_id for parcel in living]
    query = (
        select(_ORDERS.c.order_id)
        .join(_PACKAGES, _PACKAGES.c.order_pk == _ORDERS.c.id)
        .where(_PACKAGES.c.shop_id == order.shop_id, _PACKAGES.c.package_id.in_(ids))
        .where(_ORDERS.c.id != order.pk)
        .order_by(_ORDERS.c.id)
    )
    others = tuple(dict.fromkeys(conn.execute(query).scalars()))
    return (order.order_id, *others) if others else ()


def _mates(conn: Connection, order: Candidate) -> tuple[Mate, ...]:
    """Orders of the same buyer to the same place that have one package, not arranged yet."""
    me = conn.execute(select(_ORDERS).where(_ORDERS.c.id == order.pk)).one()
    if not me.buyer_id or not me.address:
        return ()
    same = [
        _ORDERS.c[name] == getattr(me, name) for name in ("shop_id", "buyer_id", "address", "shipping_type")
    ]
    query = (
        select(_ORDERS.c.id)
        .where(*same, _ORDERS.c.tab == me.tab, _ORDERS.c.id != me.id)
        .order_by(_ORDERS.c.id)
        .limit(LARGEST - 1)
    )
    others = candidates(conn, list(conn.execute(query).scalars()))
    return tuple(
        Mate(one.pk, one.order_id, one.parcels[0].package_id, one.summary)
        for one in others
        if len(one.parcels) == 1
        and _barred(conn, one, one.parcels) is None
        and not _together(conn, one, one.parcels)
    )


def _barred(conn: Connection, order: Candidate, living: Sequence[Parcel]) -> str | None:
    if order.shop_kind != "tiktok":
        return "file_shop"
    if order.status not in SHIPPABLE:
        return "not_to_ship"
    if order.cancel_requested:
        return "cancel_request"
    if any((parcel.status or "TO_FULFILL").replace(" ", "_") != "TO_FULFILL" for parcel in living):
        return "already_arranged"
    under_way = any(parcel.live is not None for parcel in living) or _repacking(conn, order.pk)
    return "action_live" if under_way else None


def _repacking(conn: Connection, pk: int) -> bool:
    moving = ("queued", "sending", "unknown", "needs_person")
    here = table_of(Action)
    query = select(here.c.id).where(here.c.order_pk == pk, here.c.kind.in_(KINDS), here.c.state.in_(moving))
    return conn.execute(query.limit(1)).first() is not None


def _no_split(living: Sequence[Parcel], goods: Sequence[Goods], together: Sequence[str]) -> str | None:
    if together:
        return "combined_already"
    if len(living) != 1:
        return "split_already" if living else "no_package"
    return "one_sku" if len(goods) < 2 else None
