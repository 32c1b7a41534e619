"""What goes onto paper and what did not, as JSON columns hold it. No SQLAlchemy: the reader decodes them, too."""

from __future__ import annotations

from typing import Final

import msgspec

KINDS: Final = ("label", "slip", "picklist", "manifest")
"""Kinds of paper (store/models/papers.py)."""


class OnPaper(msgspec.Struct, frozen=True, omit_defaults=True):
    """One parcel on a paper. A combined parcel is one with several orders."""

    shop_id: int
    package_id: str
    orders: tuple[tuple[int, str], ...]
    """(row id, order id), at least one."""

    @property
    def order_id(self) -> str:
        """The first order's."""
        return self.orders[0][1]


class PaperContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a paper is made of."""

    pks: tuple[int, ...] = ()
    """The orders it was asked for: labels, slips, a picking list."""
    parcels: tuple[OnPaper, ...] = ()
    """Labels and slips: what these came to when it was made, in the order it is printed."""
    manifest_id: int | None = None


class Missing(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something asked for that is not on the paper."""

    order_id: str
    reason: str
    """A stable word the screen knows: `not_ready`, `cancelled`, `picked_up`, ..."""
    package_id: str | None = None
    code: int | None = None
    """The platform's, where it was the platform that said no."""


class PaperRow(msgspec.Struct, frozen=True):
    """A wish for paper and what became of it."""

    id: int
    kind: str
    """`label`, `slip`, `picklist` or `manifest`."""
    size: str
    state: str
    """`wanted`, `ready` (the file is there), `printed`, `failed`."""
    printer: str | None
    file: str | None
    """Name in the paper folder; None: not made yet, or tidied away."""
    pages: int
    problem: str | None
    """A stable code the screen words."""
    attempts: int
    due_at: int | None
    requested_by: str
    requested_at: int
    done_at: int | None
    count: int
    """Parcels (of a picking list: orders) that were asked for."""
    missing: tuple[Missing, ...]
    """Those that are not on it."""


def encode(value: msgspec.Struct | tuple[Missing, ...]) -> str:
    """As it is stored."""
    return msgspec.json.encode(value).decode()


def content_of(text: str) -> PaperContent:
    """What is stored; raises msgspec.DecodeError for what was not written here."""
    return msgspec.json.decode(text, type=PaperContent)


def missing_of(text: str | None) -> tuple[Missing, ...]:
    """What is stored; nothing for what cannot be read."""
    if not text:
        return ()
    try:
        return msgspec.json.decode(text, type=tuple[Missing, ...])
    except msgspec.DecodeError:
        return ()
