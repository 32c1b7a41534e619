"""What couriers are called, and where a person can look a parcel up in a browser. Pure."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Final
from urllib.parse import quote

import msgspec

from couriers.awb import normalise

ANYWHERE: Final = "https://t.17track.net/en#nums={awb}"
"""For a courier without a page of its own."""


class Courier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A courier as a person knows it."""

    name: str
    aliases: tuple[str, ...] = ()
    link: str | None = None
    phone: int = 0
    """Last digits of the recipient's phone that its page asks for; 0: none."""


def canonical(code: str | None) -> str | None:
    """Our code for a code, a name or their other spellings; an unknown one stays as it is, in lower case."""
    if code is None or not (plain := code.strip().lower()):
        return None
    if plain in couriers():
        return plain
    return _spellings().get(_letters(plain), plain)


def name(code: str) -> str:
    """The name on screen; an unknown code is its own name."""
    known = couriers().get(canonical(code) or "")
    return known.name if known else code


class Page(msgspec.Struct, frozen=True):
    """Where a person can look a parcel up."""

    url: str
    """Always https."""
    own: bool
    """Whether it is the courier's own; else one that knows many couriers."""
    asks_number: bool
    """Whether the number has to be typed there."""
    phone: int = 0
    """Last digits of the recipient's phone that it asks for."""


def page(code: str | None, number: str) -> Page:
    """The page to open for a number: the courier's own, or one that knows many couriers."""
    known = couriers().get(canonical(code) or "")
    own = known is not None and known.link is not None
    told = known.link if known and known.link else ANYWHERE
    url = told.replace("{awb}", quote(normalise(number), safe=""))
    return Page(url, own, "{awb}" not in told, known.phone if known and own else 0)


def link(code: str | None, number: str) -> str:
    """The address of `page`."""
    return page(code, number).url


@lru_cache(maxsize=1)
def couriers() -> dict[str, Courier]:
    """Every courier we have a name for, by code."""
    raw = tomllib.loads(files("couriers.data").joinpath("couriers.toml").read_text("utf-8"))
    return msgspec.convert(raw, dict[str, Courier])


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    """Letters of every code, name and other spelling, the first courier that has them wins."""
    told: dict[str, str] = {}
    for code, courier in couriers().items():
        for spelling in (code, courier.name, *courier.aliases):
            told.setdefault(_letters(spelling), code)
    return told


def _letters(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())
