"""Goods in words: how a pile stands, when it runs out, why a number stays. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from jobs.stock.names import called
from store.reading.stock_wishes import stock_wish
from tui.strings import number, t
from tui.text import clean

if TYPE_CHECKING:
    from jobs.stock.overview import PileRow
    from jobs.stock.wishes import Held
    from store.stock import Pile
    from store.views import ActionRow

LONGEST: Final = 120
"""Characters of a name."""
_LONG: Final = 120
"""Minutes from which hours are enough."""


def name_of(pile: Pile) -> str:
    """What it is called; its code or id where nobody named it."""
    first = pile.first
    return clean(called(first.name, first.variation, first.seller_sku, first.sku_id), limit=LONGEST)


def code_of(pile: Pile) -> str:
    """The seller's own code, else the platform's id."""
    return clean(pile.first.seller_sku or pile.first.sku_id, limit=60)


def state_of(row: PileRow) -> tuple[str, str]:
    """How it stands and the colour's name: a word beside every colour."""
    if row.pile.free is None:
        return "", "muted"
    if not row.pile.for_sale:
        return t("stock.off"), "muted"
    if row.pile.free < 0:
        return t("stock.oversold"), "error"
    if row.out:
        return t("stock.out"), "error"
    if row.soon:
        return t("stock.soon"), "error"
    if row.low:
        return t("stock.low"), "warning"
    if row.pile.uneven:
        return t("stock.uneven"), "warning"
    return "", "plain"


def left(row: PileRow) -> str:
    """Until it is sold out at the present pace; empty when nobody can tell, or when it is."""
    minutes = row.minutes
    if minutes is None or row.out:
        return ""
    if minutes >= _LONG:
        return t("stock.hours", n=minutes // 60)
    return t("stock.minutes", n=minutes)


def rate(row: PileRow) -> str:
    """Pieces an hour; empty while nothing sells."""
    return number(round(row.outlook.per_hour)) if row.outlook.per_hour >= 1 else ""


def shops_of(row: PileRow) -> str:
    """One name, or how many sell it."""
    return clean(row.shops[0], limit=40) if len(row.shops) == 1 else t("stock.shops", n=len(row.shops))


def piece(value: int | None) -> str:
    """A number of pieces, or a question mark."""
    return t("stock.unknown") if value is None else number(value)


def held(one: Held) -> str:
    """Why a shop's number stays."""
    return t("stock.held.line", shop=clean(one.shelf.shop, limit=40), reason=t(f"stock.held.{one.reason}"))


def wrong_mark(text: str) -> str:
    """Why a text is no number for "low"; nothing typed stands for the setting's."""
    from shop.product_writes import MOST

    fits = not text or (text.isascii() and text.isdecimal() and int(text) <= MOST)
    return "" if fits else t("stock.low_at.wrong", most=number(MOST))


def low_set(pile: Pile, mark: int | None, usual: int) -> str:
    """From when on it counts as low now."""
    key = "stock.low_at.usual" if mark is None else "stock.low_at.set"
    return t(key, name=name_of(pile), n=number(usual if mark is None else mark))


def subject(row: ActionRow) -> str:
    """What an action is about: its order, or the SKU and its number before and after."""
    wish = stock_wish(row)
    if wish is None:
        return clean(row.order_id, limit=60)
    return t(
        "stock.subject", sku=clean(wish.sku_id, limit=60), was=piece(wish.seen), quantity=piece(wish.quantity)
    )


def told(kind: str, detail: Mapping[str, Any]) -> str:
    """What a row of the feed is about."""
    if kind == "stock.changed":
        n = detail.get("n")
        return t("stock.change.many", n=n if isinstance(n, int) else 1)
    name = called(*map(detail.get, ("name", "variation", "seller_sku", "sku_id")))
    params = {"name": name, "free": detail.get("free", ""), "minutes": ""}
    if kind == "stock.out_soon":
        return t("stock.change.soon", **params | {"minutes": detail.get("minutes", "?")})
    if kind == "stock.low_at":
        own = detail.get("low_at")
        return t(
            "stock.change.low_at.usual" if own is None else "stock.change.low_at", **params | {"new": own}
        )
    return t("stock.change.low", **params)
