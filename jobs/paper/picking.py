"""In which order parcels are picked and packed. Pure.

Orders with the same contents lie together, the largest heap first: whoever packs them takes the same things again
and again. Then by courier, so that the heaps at the door come about by themselves, then by SKU.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from couriers import names
from store.paper_facts import OnPaper
from store.status import OrderStatus
from store.views import ItemRow, OrderDetail

Contents = tuple[tuple[str, bool, int], ...]
"""(SKU, gift, units) of everything in an order, sorted: equal for orders that are packed alike."""
_SELLER_SHIPS: Final = "FULFILLMENT_BY_SELLER"


class Group(NamedTuple):
    """Orders with the same contents, in picking order."""

    contents: Contents
    orders: tuple[OrderDetail, ...]


def contents(detail: OrderDetail) -> Contents:
    """What an order consists of."""
    units: Counter[tuple[str, bool]] = Counter()
    for item in detail.items:
        units[item.sku_id, item.is_gift] += item.quantity
    return tuple(sorted((sku, gift, count) for (sku, gift), count in units.items()))


def groups(details: Iterable[OrderDetail]) -> list[Group]:
    """All orders, heaps of equal ones first; orders that are alone come as groups of one."""
    heaps: dict[tuple[int, Contents], list[OrderDetail]] = defaultdict(list)
    for detail in details:
        heaps[detail.row.shop_id, contents(detail)].append(detail)
    made = [Group(what, tuple(sorted(heap, key=_place))) for (_shop, what), heap in heaps.items()]

    def rank(group: Group) -> tuple[int, tuple[str, ...], str, tuple[str, ...], str]:
        first = group.orders[0]
        if len(group.orders) > 1 and group.contents:
            return (-len(group.orders), _shelf(first), "", (), first.row.order_id)
        return (0, (), _courier(first), _shelf(first), first.row.order_id)

    return sorted(made, key=rank)


def picking_order(details: Iterable[OrderDetail]) -> list[OrderDetail]:
    """The orders one behind the other."""
    return [detail for group in groups(details) for detail in group.orders]


def parcels(details: Sequence[OrderDetail]) -> list[OnPaper]:
    """The parcels of orders in picking order, cancelled ones left out; a combined one stands once, at its first."""
    held: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for detail in picking_order(details):
        for parcel in detail.parcels:
            if parcel.status != "CANCELLED" or detail.row.status == OrderStatus.CANCELLED:
                held.setdefault((detail.row.shop_id, parcel.package_id), []).append(
                    (detail.row.pk, detail.row.order_id)
                )
    return [OnPaper(shop, package, tuple(orders)) for (shop, package), orders in held.items()]


def with_cancelled(parcels: Sequence[OnPaper], gone: Iterable[OrderDetail]) -> list[OnPaper]:
    """The same parcels, each also with the cancelled orders that were to travel in it: its slip has to warn of them."""
    held: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    for detail in gone:
        for parcel in detail.parcels:
            held[detail.row.shop_id, parcel.package_id].append((detail.row.pk, detail.row.order_id))
    return [
        OnPaper(one.shop_id, one.package_id, (*one.orders, *held.get((one.shop_id, one.package_id), ())))
        for one in parcels
    ]


def warning(detail: OrderDetail) -> str | None:
    """Why an order is not to be packed: `cancelled`, `request` (its buyer asks to cancel), `platform` (whose
    warehouse ships it); None: pack it."""
    if detail.row.status == OrderStatus.CANCELLED:
        return "cancelled"
    if detail.row.cancel_requested:
        return "request"
    return "platform" if (detail.fulfillment_type or _SELLER_SHIPS) != _SELLER_SHIPS else None


def courier_name(code: str | None, told: str | None) -> str:
    """A courier's name for people: ours, else as the platform tells it; a code only where nothing else is known."""
    ours = names.name(code) if code else ""
    return told or ours if ours == code else ours


def shelf_name(item: ItemRow) -> str:
    """What an item is looked up by in the store-room: the seller's own code where there is one."""
    return item.seller_sku or item.sku_id


def _place(detail: OrderDetail) -> tuple[str, tuple[str, ...], str]:
    return (_courier(detail), _shelf(detail), detail.row.order_id)


def _courier(detail: OrderDetail) -> str:
    return next((parcel.courier or parcel.courier_name or "" for parcel in detail.parcels), "")


def _shelf(detail: OrderDetail) -> tuple[str, ...]:
    return tuple(sorted(shelf_name(item) for item in detail.items))
