"""Numbers of the seller's own courier: entered by hand, by scan or from a file, and corrected.

A number on a package that waits is a wish to ship it; on one that is under way it is a wish to correct it. Source:
"Ship package" (`self_shipment`) and "Update package shipping info" (fulfillment 202309); only orders with
`shipping_type` SELLER take either.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, select

from couriers.awb import CLEAR, detect, is_number, normalise
from couriers.names import canonical
from jobs.outbox.kinds.repack import NumberParams
from jobs.wishes.candidates import candidates
from jobs.wishes.own_numbers_file import Entry
from jobs.wishes.plans import SELLER_COURIER, Candidate, Held, Parcel, ShipChoice
from store import actions, orders
from store.bulk import table_of
from store.models import Order, Package
from store.shipping_providers import OwnCourier, offered
from store.status import HOLD, SHIPPABLE, OrderStatus

SOFT: Final = frozenset({"other_courier", "number_elsewhere"})
"""Reasons a person may overrule."""
UNDER_WAY: Final = frozenset({OrderStatus.AWAITING_COLLECTION, OrderStatus.IN_TRANSIT})
_ORDERS: Final = table_of(Order)
_PACKAGES: Final = table_of(Package)


class NumberLine(msgspec.Struct, frozen=True):
    """One package that gets a number."""

    pk: int
    shop_id: int
    order_id: str
    package_id: str
    tracking_number: str
    provider_id: str
    courier_name: str
    corrects: str | None = None
    """The number that stands there now; None: the package ships with this one."""


class NumberPlan(msgspec.Struct, frozen=True):
    """What pressing `y` would do."""

    ok: tuple[NumberLine, ...]
    held: tuple[Held, ...]
    soft: tuple[NumberLine, ...] = ()
    """What would be done with the held ones that a person may overrule."""


class Target(msgspec.Struct, frozen=True):
    """A package that may get a number from a person."""

    pk: int
    shop_id: int
    order_id: str
    package_id: str
    buyer: str | None
    summary: str
    number: str | None
    """What stands there now; None: nothing was arranged yet."""


def targets(conn: Connection, pks: Sequence[int]) -> list[Target]:
    """The packages of these orders that the seller ships himself, in the orders' order."""
    found = candidates(conn, pks)
    numbers = _numbers(conn, [order.pk for order in found])
    return [
        Target(
            order.pk, order.shop_id, order.order_id, parcel.package_id, order.buyer, order.summary,
            numbers.get((order.pk, parcel.package_id)),
        )
        for order in found
        for parcel in order.parcels
        if _no_order(order, parcel) is None and (parcel.status or "").upper() != "CANCELLED"
    ]  # fmt: skip


def guess(names: Sequence[OwnCourier], number: str) -> OwnCourier | None:
    """The courier a number clearly belongs to, if the shop may name it."""
    guesses = detect(normalise(number))
    if not guesses or guesses[0].confidence < CLEAR:
        return None
    fitting = [one for one in names if one.courier == guesses[0].courier]
    return fitting[0] if len(fitting) == 1 else None


def plan_numbers(conn: Connection, shop_id: int, entries: Sequence[Entry], now: int) -> NumberPlan:
    """What these numbers would do in one shop, and why some would do nothing."""
    wanted = select(_ORDERS.c.order_id, _ORDERS.c.id).where(
        _ORDERS.c.shop_id == shop_id, _ORDERS.c.order_id.in_({entry.order_id for entry in entries})
    )
    pks = {row.order_id: row.id for row in conn.execute(wanted)}
    known = {order.pk: order for order in candidates(conn, list(pks.values()))}
    numbers = _numbers(conn, list(known))
    names = offered(conn, shop_id)
    twice = Counter(normalise(entry.tracking_number) for entry in entries)
    ok: list[NumberLine] = []
    held: list[Held] = []
    soft: list[NumberLine] = []
    for entry in entries:
        order = known.get(pks.get(entry.order_id, -1))
        number = normalise(entry.tracking_number)
        parcel = _parcel(order, entry.package_id) if order else None
        provider = _provider(names, entry.courier)
        why = (
            _no_order(order, parcel)
            or _bad_number(number, twice)
            or ("no_courier" if provider is None else None)
            or _standing(order, parcel, numbers, number)
        )
        if why or order is None or parcel is None or provider is None:
            held.append(
                Held(order.pk if order else 0, entry.order_id, why or "no_order", {"row": entry.row or 0})
            )
            continue
        line = NumberLine(
            pk=order.pk,
            shop_id=shop_id,
            order_id=order.order_id,
            package_id=parcel.package_id,
            tracking_number=number,
            provider_id=provider.provider_id,
            courier_name=provider.name,
            corrects=None if order.status in SHIPPABLE else numbers.get((order.pk, parcel.package_id)),
        )
        doubt = _doubt(conn, shop_id, line, provider)
        if doubt is None:
            ok.append(line)
        else:
            soft.append(line)
            held.append(Held(order.pk, order.order_id, *doubt, package_id=parcel.package_id))
    return NumberPlan(tuple(ok), tuple(held), tuple(soft))


def queue_numbers(
    conn: Connection, plan: NumberPlan, by: str, now: int, override: Collection[str] = ()
) -> str:
    """Write the wishes down, one per package; the batch's id. `override`: packages whose doubt was overruled."""
    batch = secrets.token_hex(8)
    lines = [*plan.ok, *(line for line in plan.soft if line.package_id in override)]
    orders.confirm(conn, [line.pk for line in lines if line.corrects is None], now, by)
    for line in lines:
        ship = line.corrects is None
        params: Mapping[str, object] = (
            ShipChoice(courier=line.provider_id, tracking_number=line.tracking_number).params()
            if ship
            else msgspec.to_builtins(NumberParams(line.tracking_number, line.provider_id))
        )
        actions.queue(
            conn,
            shop_id=line.shop_id,
            kind="ship" if ship else "correct",
            order_pk=line.pk,
            order_id=line.order_id,
            target=line.package_id if ship else f"{line.package_id}:{line.tracking_number}",
            package_id=line.package_id,
            params=params,
            by=by,
            now=now,
            batch_id=batch,
        )
    return batch


def _numbers(conn: Connection, pks: Sequence[int]) -> dict[tuple[int, str], str | None]:
    columns = (_PACKAGES.c.order_pk, _PACKAGES.c.package_id, _PACKAGES.c.tracking_number)
    query = select(*columns).where(_PACKAGES.c.order_pk.in_(pks))
    return {(pk, package): number for pk, package, number in conn.execute(query)}


def _parcel(order: Candidate, package_id: str | None) -> Parcel | None:
    """The package that is meant: the named one, or the only one."""
    living = [parcel for parcel in order.parcels if (parcel.status or "").upper() != "CANCELLED"]
    if package_id is not None:
        return next((parcel for parcel in living if parcel.package_id == package_id), None)
    return living[0] if len(living) == 1 else None


def _provider(names: Sequence[OwnCourier], wanted: str) -> OwnCourier | None:
    """By the platform's id, its name, or our code."""
    plain = wanted.strip().casefold()
    for one in names:
        if plain in (one.provider_id, one.name.casefold()):
            return one
    code = canonical(wanted)
    fitting = [one for one in names if one.courier is not None and one.courier == code]
    return fitting[0] if len(fitting) == 1 else None


def _no_order(order: Candidate | None, parcel: Parcel | None) -> str | None:
    if order is None:
        return "no_order"
    if order.shop_kind != "tiktok":
        return "file_shop"
    if order.status not in SHIPPABLE and order.status not in UNDER_WAY:
        return "status"
    if order.shipping_type != SELLER_COURIER:
        return "platform_courier"
    if order.cancel_requested:
        return "cancel_request"
    if order.status in SHIPPABLE and HOLD in order.tags.split(","):
        return "held"
    if parcel is None:
        return "which_package" if len(order.parcels) > 1 else "no_package"
    return None


def _bad_number(number: str, twice: Counter[str]) -> str | None:
    if not is_number(number):
        return "bad_number"
    return "number_twice" if twice[number] > 1 else None


def _standing(
    order: Candidate | None,
    parcel: Parcel | None,
    numbers: Mapping[tuple[int, str], str | None],
    number: str,
) -> str | None:
    """What stands in the way of a wish: an earlier one, or that it is so already."""
    if order is None or parcel is None:
        return None
    if numbers.get((order.pk, parcel.package_id)) == number:
        return "same_number"
    return "action_live" if order.status in SHIPPABLE and parcel.live is not None else None


def _doubt(
    conn: Connection, shop_id: int, line: NumberLine, provider: OwnCourier
) -> tuple[str, dict[str, int | str]] | None:
    """What a careful person would look at twice."""
    elsewhere = conn.execute(
        select(_ORDERS.c.order_id)
        .join(_PACKAGES, _PACKAGES.c.order_pk == _ORDERS.c.id)
        .where(_PACKAGES.c.tracking_number == line.tracking_number, _PACKAGES.c.package_id != line.package_id)
        .limit(1)
    ).scalar()
    if elsewhere is not None:
        return "number_elsewhere", {"order": elsewhere}
    guesses = detect(line.tracking_number)
    if provider.courier and guesses and guesses[0].confidence >= CLEAR:
        fitting = {guess.courier for guess in guesses}
        if provider.courier not in fitting:
            return "other_courier", {"named": provider.name, "looks": guesses[0].courier}
    return None
