"""Which goods lie on one pile, how many are there, and who goes without. Pure.

The same non-empty code of the seller in several shops means the same goods on the same shelf. Each shop's platform
only knows its own sales, so of what the shops tell the least is believed, and the open orders of all of them draw on
it. A code that one shop uses for several SKUs names no pile: sellers write one code for all sizes of a shirt.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import msgspec

from store.reading.goods import Claim, Handed, Shelf

Place = tuple[int, str]
"""A shelf: shop and SKU id."""


class Pile(msgspec.Struct, frozen=True):
    """Goods of one kind, in however many shops they are listed."""

    key: str
    """The seller's code where shops share the pile, else `<shop>:<sku>`; stable from one look to the next."""
    shelves: tuple[Shelf, ...]
    on_hand: int | None
    """What lies there, the pieces of open orders included; None while no shop told."""
    reserved: int
    """Pieces that open orders of all its shops are waiting for."""

    @property
    def first(self) -> Shelf:
        """The shelf whose words stand for the pile."""
        return self.shelves[0]

    @property
    def free(self) -> int | None:
        """What can still be sold; less than nothing when more was sold than there is."""
        return None if self.on_hand is None else self.on_hand - self.reserved

    @property
    def shared(self) -> bool:
        """Whether several shops sell from it."""
        return len(self.shelves) > 1

    @property
    def low_at(self) -> int | None:
        """The number of free pieces at which it counts as low; None: the setting's."""
        return max((shelf.low_at for shelf in self.shelves if shelf.low_at is not None), default=None)

    def is_low(self, usual: int) -> bool:
        """Whether there are few left; a pile that nobody counted, or that is not for sale, never is."""
        mark = usual if self.low_at is None else self.low_at
        return self.free is not None and self.for_sale and self.free <= mark

    @property
    def for_sale(self) -> bool:
        """Whether any shop offers it."""
        return any(shelf.for_sale for shelf in self.shelves)

    @property
    def uneven(self) -> bool:
        """Whether a shop offers another number than what is free: it would sell too much, or too little."""
        if not self.shared or self.free is None:
            return False
        return any(
            shelf.available is not None and shelf.available != max(0, self.free) for shelf in self.shelves
        )


class Demand(msgspec.Struct, frozen=True):
    """What one order to ship needs of one SKU."""

    order_pk: int
    sku_id: str
    quantity: int
    deadline: int
    """Epoch ms: the earlier is served first."""
    reserved: bool = False
    """Confirmed by us: its stock is spoken for, whatever the clocks say."""


class Shortage(msgspec.Struct, frozen=True):
    """An order that cannot be served, and what was left for it."""

    order_pk: int
    sku_id: str
    needed: int
    free: int


def keys(shelves: Iterable[Shelf]) -> dict[Place, str]:
    """The pile of each shelf."""
    listed = list(shelves)
    uses = Counter((shelf.shop_id, shelf.seller_sku) for shelf in listed if shelf.seller_sku)
    shops: dict[str, set[int]] = defaultdict(set)
    for shelf in listed:
        if shelf.seller_sku and uses[shelf.shop_id, shelf.seller_sku] == 1:
            shops[shelf.seller_sku].add(shelf.shop_id)
    found = {}
    for shelf in listed:
        code = shelf.seller_sku
        shared = code and uses[shelf.shop_id, code] == 1 and len(shops[code]) > 1
        found[shelf.shop_id, shelf.sku_id] = str(code) if shared else f"{shelf.shop_id}:{shelf.sku_id}"
    return found


def piles(shelves: Sequence[Shelf], claims: Sequence[Claim], handed: Sequence[Handed] = ()) -> list[Pile]:
    """All piles, in the order of their first shelves. `claims` may be summed up (store.reading.goods.reserved)."""
    key_of = keys(shelves)
    together: dict[str, list[Shelf]] = defaultdict(list)
    for shelf in shelves:
        together[key_of[shelf.shop_id, shelf.sku_id]].append(shelf)
    wanted: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if (key := key_of.get((claim.shop_id, claim.sku_id))) is not None:
            wanted[key].append(claim)
    taken: dict[str, list[Handed]] = defaultdict(list)
    for row in handed:
        if (key := key_of.get((row.shop_id, row.sku_id))) is not None:
            taken[key].append(row)
    return [
        Pile(
            key,
            tuple(mine),
            on_hand(mine, wanted.get(key, ()), taken.get(key, ())),
            sum(claim.units for claim in wanted.get(key, ())),
        )
        for key, mine in together.items()
    ]


def on_hand(shelves: Sequence[Shelf], claims: Sequence[Claim], handed: Sequence[Handed] = ()) -> int | None:
    """The least any shop tells; None while none does.

    A shop's platform knows nothing of the others. Where its number was set from here (`set_at`), what the others sold
    until then was left out of it: those pieces are added as long as they wait for the courier. What the others sold
    since and the courier took is not there any more, and is taken off. Where nothing was left to sell and goods were
    lacking, the platform counts them all the same: they are taken off as long as orders from before wait, and for
    good where such an order was cancelled.
    """
    told = []
    for shelf in shelves:
        if shelf.on_hand is None:
            continue
        number = shelf.on_hand
        if shelf.set_at is not None:
            others = [claim for claim in claims if claim.shop_id != shelf.shop_id]
            number += sum(claim.units for claim in others if claim.placed_at <= shelf.set_at)
            gone = [row for row in handed if row.shop_id != shelf.shop_id]
            number -= sum(row.units for row in gone if row.placed_at > shelf.set_at)
            waiting = sum(claim.units for claim in claims if claim.placed_at <= shelf.set_at)
            number -= min(shelf.lacking, waiting + shelf.given_back)
        told.append(number)
    return min(told, default=None)


def scarce(every: Iterable[Pile]) -> set[str]:
    """The SKUs of piles of which more is ordered than there is: only these can leave an order without, and few are."""
    short = (pile for pile in every if pile.free is not None and pile.free < 0)
    return {shelf.sku_id for pile in short for shelf in pile.shelves}


def shortages(
    shelves: Sequence[Shelf], claims: Sequence[Claim], handed: Sequence[Handed] = ()
) -> dict[int, Shortage]:
    """The first shortage of each order that cannot be served, by order; confirmed orders and arranged parcels are
    served first, then the earliest deadline. A pile nobody counted is never short."""
    key_of = keys(shelves)
    known = {pile.key: pile.on_hand for pile in piles(shelves, claims, handed)}
    counted: Mapping[str, int] = {key: number for key, number in known.items() if number is not None}
    names: dict[tuple[int, str], str] = {}
    demands = []
    for claim in claims:
        key = key_of.get((claim.shop_id, claim.sku_id))
        if key is None:
            continue
        names.setdefault((claim.order_pk, key), claim.sku_id)
        demands.append(Demand(claim.order_pk, key, claim.units, claim.deadline, claim.served))
    found: dict[int, Shortage] = {}
    for one in allocate(counted, demands):
        sku_id = names[one.order_pk, one.sku_id]
        found.setdefault(one.order_pk, msgspec.structs.replace(one, sku_id=sku_id))
    return found


def allocate(on_hand: Mapping[str, int], demands: Iterable[Demand]) -> list[Shortage]:
    """Serve reserved orders first, then the oldest deadline; the answer is who goes without, in that order.

    A SKU of unknown stock is never short. An order that cannot be served whole takes nothing of that SKU:
    what is left may be enough for the next one.
    """
    left = dict(on_hand)
    short: list[Shortage] = []
    wanted = sorted(demands, key=lambda d: (not d.reserved, d.deadline, d.order_pk))
    for order_pk, lines in groupby(wanted, key=lambda d: d.order_pk):
        mine = [one for one in lines if one.sku_id in on_hand]
        lacking = [one for one in mine if one.quantity > left[one.sku_id]]
        short += [Shortage(order_pk, one.sku_id, one.quantity, max(left[one.sku_id], 0)) for one in lacking]
        for one in mine:
            # What was confirmed or arranged keeps its pieces; else an order goes whole or takes nothing.
            if one not in lacking and (one.reserved or not lacking):
                left[one.sku_id] -= one.quantity
    return short
