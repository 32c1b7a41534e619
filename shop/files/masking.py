"""Hiding more of a buyer than the platform does, before orders leave in a file. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from shop.files.layout import KNOWN
from store.file_privacy import PERSONAL
from store.records import OrderRecord

HIDDEN: Final = "***"
_NAMES: Final = frozenset({"Buyer Username", "Recipient"})
_NUMBER: Final = re.compile(r"\(?\+?\d[\d()\s.*-]{5,}\d")
"""A telephone number inside a sentence, also one that is masked in part."""


def masked(record: OrderRecord) -> OrderRecord:
    """The record with initials for names, two digits of a phone, no address; also in the notes."""
    return msgspec.structs.replace(
        record,
        buyer=None if record.buyer is None else initials(record.buyer),
        buyer_id=None,
        phone=None if record.phone is None else phone(record.phone),
        address=None if record.address is None else HIDDEN,
        note=None if record.note is None else sentence(record.note),
        seller_note=None if record.seller_note is None else sentence(record.seller_note),
    )


def masked_cells(cells: Mapping[str, str]) -> dict[str, str]:
    """The same of cells that have no field of ours. What a column that nobody knows holds nobody knows either: it
    is left out."""
    return {name: _cell(name, text) for name, text in cells.items() if name in KNOWN}


def initials(name: str) -> str:
    """`Budi Santoso` -> `B*** S***`."""
    return " ".join(f"{word[0]}{HIDDEN}" for word in name.split())


def phone(number: str) -> str:
    """`(+62)812****1234` -> `***34`."""
    return HIDDEN + "".join(sign for sign in number if sign.isdecimal())[-2:]


def sentence(text: str) -> str:
    """A note without the telephone numbers in it."""
    return _NUMBER.sub(lambda found: phone(found[0]), text)


def _cell(name: str, text: str) -> str:
    if name.casefold() not in PERSONAL or not text:
        return text
    if name == "Phone #":
        return phone(text)
    return initials(text) if name in _NAMES else HIDDEN
