"""How shops are told apart in one list: a letter each, and a colour beside it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from store.views import ShopRow
from tui.text import clean

COLOURS: Final = ("blue", "violet", "olive", "teal", "pink", "brown")
"""In the order they are given to shops without one of their own; none of them means late, soon or done."""
SIGNS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Capitals, so that each can be a key of its own; a twenty-seventh shop is `?`."""


class Badge(NamedTuple):
    """What stands for a shop in a narrow place."""

    sign: str
    """One capital, each shop's own."""
    role: str
    """The look of it (tui/widgets/painted.py)."""
    name: str
    """The seller's name for it, cleaned."""


def badges(shops: Sequence[ShopRow], colours: Mapping[str, str]) -> dict[int, Badge]:
    """A badge for each shop by its row id; none where there is only one shop and nothing to tell apart.

    `colours`: what the configuration says, by the shop's name; empty: the next one nobody has chosen.
    """
    if len(shops) < 2:
        return {}
    free = _signs([shop.name for shop in shops])
    rest = [colour for colour in COLOURS if colour not in colours.values()] or list(COLOURS)
    found, automatic = {}, 0
    for shop, sign in zip(shops, free, strict=True):
        colour = colours.get(shop.name, "")
        if colour not in COLOURS:
            colour, automatic = rest[automatic % len(rest)], automatic + 1
        found[shop.id] = Badge(sign, f"shop-{colour}", clean(shop.name, limit=40))
    return found


def _signs(names: Sequence[str]) -> Iterator[str]:
    """One sign per name: the first letter of what tells it from the others, else another one of its own."""
    words = [_words(name) for name in names]
    common = set.intersection(*map(set, words))
    used: set[str] = set()
    for mine in words:
        own = [word for word in mine if word not in common] or mine
        wishes = [word[:1] for word in own] + [sign for word in own for sign in word]
        sign = next(
            (sign for sign in (*wishes, *SIGNS) if len(sign) == 1 and sign in SIGNS and sign not in used), "?"
        )
        used.add(sign)
        yield sign


def _words(name: str) -> list[str]:
    plain = "".join(sign if sign.isalnum() else " " for sign in name.upper())
    return plain.split() or [""]
