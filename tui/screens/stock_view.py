"""How the list of goods looks: columns by the room there is, a line for each pile, and more of the chosen one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Final, NamedTuple

from textual.content import Content

from jobs.stock.overview import PileRow
from store.stock import Pile
from tui.screens.lines import entry, moment, plain
from tui.stock_words import code_of, left, name_of, piece, rate, shops_of, state_of
from tui.strings import number, t, word
from tui.text import fit, width_of

STYLES: Final = {"error": "bold $error", "warning": "$warning", "muted": "$text-muted", "plain": ""}
SHELVES_SHOWN: Final = 4
"""Shops of the chosen pile that are told one by one."""


class Column(NamedTuple):
    """A column of the list; `name` takes what the others leave."""

    name: str
    width: int
    right: bool = True


_CODE: Final = Column("code", 14, right=False)
_NAME: Final = Column("name", 0, right=False)
_STATE: Final = Column("state", 13, right=False)
_FREE, _LEFT, _RATE = Column("free", 6), Column("left", 9), Column("rate", 6)
_HELD: Final = (Column("on_hand", 6), Column("reserved", 8))
_SHOPS: Final = Column("shops", 16, right=False)


def unsaid(rows: Sequence[PileRow]) -> frozenset[str]:
    """The columns that would be empty for every row, or say the one shop there is: the name has their room."""
    said = {
        "rate": any(map(rate, rows)),
        "left": any(map(left, rows)),
        "state": any(row.setting or state_of(row)[0] for row in rows),
        "shops": len({shop for row in rows for shop in row.shops}) > 1,
    }
    return frozenset(name for name, told in said.items() if not told)


def columns(room: int, without: frozenset[str] = frozenset()) -> tuple[Column, ...]:
    """What fits: the code, the name, what is free and how it stands always; the rest from left to right."""
    chosen: tuple[Column, ...] = (_CODE, _NAME, _FREE, _LEFT, _STATE)
    if room >= 90:
        chosen = (_CODE, _NAME, *_HELD, _FREE, _RATE, _LEFT, _STATE)
    if room >= 110:
        chosen = (*chosen, _SHOPS)
    chosen = tuple(column for column in chosen if column.name not in without)
    taken = sum(column.width for column in chosen) + 2 * (len(chosen) - 1) + 2
    return tuple(
        column._replace(width=max(room - taken, 8)) if column is _NAME else column for column in chosen
    )


def header(chosen: tuple[Column, ...]) -> Content:
    """The columns' names."""
    words = [
        fit("" if column.name == "state" else t(f"stock.col.{column.name}"), column.width, right=column.right)
        for column in chosen
    ]
    return Content.styled("  " + "  ".join(words), "$text-muted")


def line(row: PileRow, chosen: tuple[Column, ...], *, here: bool) -> Content:
    """One pile on one line, whatever it is called."""
    state, colour = state_of(row)
    if row.setting:
        state, colour = "→ " + piece(row.setting[-1].quantity), "warning"
    texts = {
        "code": plain(code_of(row.pile), 60),
        "name": plain(name_of(row.pile), 120),
        "on_hand": piece(row.pile.on_hand),
        "reserved": number(row.pile.reserved),
        "free": piece(row.pile.free),
        "rate": rate(row),
        "left": left(row),
        "state": state,
        "shops": plain(shops_of(row), 40),
    }
    parts: list[Content | tuple[str, str]] = [("▌ " if here else "  ", "$accent")]
    for place, column in enumerate(chosen):
        if column.name == "name":
            texts["name"] = _named(row.pile, column.width)
        style = STYLES[colour] if column.name in ("free", "state", "left") else "bold" if here else ""
        text = ("  " if place else "") + fit(texts[column.name], column.width, right=column.right)
        parts.append((text, style))
    return Content.assemble(*parts)


def _named(pile: Pile, width: int) -> str:
    """Name and variation; where both do not fit the name is cut, for the variation tells sisters apart."""
    name, variation = plain(name_of(pile), 120), plain(pile.first.variation, 60)
    short = plain(pile.first.name, 120)
    if width_of(name) <= width or name == short or not variation or width_of(variation) > width // 2:
        return name
    return f"{fit(short, width - width_of(variation) - 1).rstrip()} {variation}"


def inside(row: PileRow, room: int, zone: tzinfo) -> Iterator[Content]:
    """What each shop says of the chosen pile, how old that is, and what is being set."""
    shelves = row.pile.shelves
    for shelf in shelves[:SHELVES_SHOWN]:
        sku, shop = plain(shelf.sku_id, 40), plain(shelf.shop, 40)
        if shelf.on_hand is None:
            words = t("stock.of_shop.unknown", shop=shop, sku=sku)
        else:
            available = shelf.available
            held = None if available is None else shelf.on_hand - available
            words = t("stock.of_shop", shop=shop, available=piece(available), held=piece(held), sku=sku)
            words += f" · {t('stock.age', at=moment(shelf.told_at, zone))}"
        yield from entry("  ", words, room, style="$text-muted", most=1)
    if len(shelves) > SHELVES_SHOWN:
        yield Content.styled("  " + t("stock.shops", n=len(shelves)), "$text-muted")
    if row.pile.low_at is not None:
        yield Content.styled("  " + t("stock.low_at.own", n=number(row.pile.low_at)), "$text-muted")
    for one in row.setting[:1]:
        words = t("stock.going", quantity=piece(one.quantity), state=word("state", one.state))
        yield from entry("  ", words, room, style="$warning", most=1)
