"""The piles of all shops with how they sell, the most pressing first: what the screen and `pantau stock` show."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from jobs.config.keys import StockSettings
from jobs.stock.forecast import LOOK_BACK, Outlook, outlook
from jobs.stock.low import coming, sales_of
from store.reader import Reader
from store.reading.stock_wishes import Setting
from store.stock import Pile, piles
from store.times import MINUTE


class PileRow(msgspec.Struct, frozen=True):
    """One line of the list."""

    pile: Pile
    outlook: Outlook
    low: bool
    soon: bool
    """Would be sold out within the minutes of the setting, at the pace of the last ones."""
    setting: tuple[Setting, ...]
    """Numbers of it that are on their way to the platform."""

    @property
    def out(self) -> bool:
        """Nothing is free."""
        return self.pile.free is not None and self.pile.free <= 0

    @property
    def minutes(self) -> int | None:
        """Until it is sold out at the present pace; None when nobody can tell."""
        return None if self.outlook.out_in is None else self.outlook.out_in // MINUTE

    @property
    def shops(self) -> tuple[str, ...]:
        """Who sells it."""
        return tuple(dict.fromkeys(shelf.shop for shelf in self.pile.shelves))


def gather(reader: Reader, settings: StockSettings, now: int) -> list[PileRow]:
    """All piles, the most pressing first. Tens of milliseconds for thousands of open orders: off the screen's loop."""
    known = reader.shelves()
    sales = sales_of(known, reader.sold(now - LOOK_BACK, now))
    going: dict[tuple[int, str], Setting] = {(one.shop_id, one.sku_id): one for one in reader.being_set()}
    rows = []
    for pile in piles(known, reader.reserved(known), reader.handed(known)):
        mine = sales.get(pile.key, [])
        places = [(shelf.shop_id, shelf.sku_id) for shelf in pile.shelves]
        rows.append(
            PileRow(
                pile,
                outlook(pile.free or 0, mine, now) if pile.free is not None else Outlook(0.0, None),
                pile.is_low(settings.low),
                coming(pile, mine, settings, now, warned=False) is not None,
                tuple(going[place] for place in places if place in going),
            )
        )
    return sorted(rows, key=_danger)


def matching(rows: Sequence[PileRow], words: str) -> list[PileRow]:
    """The rows that hold every word: in a code, an id, the name, the variation or a shop's name."""
    wanted = words.casefold().split()
    if not wanted:
        return list(rows)
    return [row for row in rows if all(word in _text(row) for word in wanted)]


def _text(row: PileRow) -> str:
    parts = []
    for one in row.pile.shelves:
        parts += [one.seller_sku or "", one.sku_id, one.name, one.variation or "", one.shop]
    return " ".join(parts).casefold()


def _danger(row: PileRow) -> tuple[int, float, float, str, str]:
    """Sold more than there is, out, soon out, low; then what sells fastest; what nobody counted comes last."""
    pile, free = row.pile, row.pile.free
    first = pile.first
    name = (first.name.casefold(), (first.variation or "").casefold())
    if free is None or not pile.for_sale:
        return (5, 0, 0, *name)
    if free < 0:
        return (0, free, 0, *name)
    if row.out:
        return (1, 0, -row.outlook.per_hour, *name)
    if row.soon:
        return (2, row.outlook.out_in or 0, free, *name)
    if row.low:
        return (3, free, -row.outlook.per_hour, *name)
    return (4, -row.outlook.per_hour, 0, *name)
