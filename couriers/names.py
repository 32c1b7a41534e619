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


def canonical(code: str | None) -> str | None:
    """Our code for a code or its other spelling; an unknown one stays as it is, in lower case."""
    if code is None or not (plain := code.strip().lower()):
        return None
    return _aliases().get(plain, plain)


def name(code: str) -> str:
    """The name on screen; an unknown code is its own name."""
    known = couriers().get(canonical(code) or "")
    return known.name if known else code


def link(code: str | None, number: str) -> str:
    """The page to open for a number; always https."""
    known = couriers().get(canonical(code) or "")
    page = known.link if known and known.link else ANYWHERE
    return page.replace("{awb}", quote(normalise(number), safe=""))


@lru_cache(maxsize=1)
def couriers() -> dict[str, Courier]:
    """Every courier we have a name for, by code."""
    raw = tomllib.loads(files("couriers.data").joinpath("couriers.toml").read_text("utf-8"))
    return msgspec.convert(raw, dict[str, Courier])


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    return {alias: code for code, courier in couriers().items() for alias in courier.aliases}
