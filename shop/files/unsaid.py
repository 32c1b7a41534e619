"""What the columns `Pantau` of an export hold: the fields of an order that the platform's columns cannot say. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from shop.files.layout import OWN
from shop.files.limits import CELL, NOT_XML, units

_SIGN: Final = re.compile(r"[^!-~]|[=+@;']|(?<![:,\[])-")
"""Signs that only JSON's strings have, and that a cell could not begin or end with and be read as it was."""
_encode: Final = msgspec.json.Encoder().encode


def told_beside(fields: Mapping[str, Any]) -> list[str]:
    """JSON of the fields in as many cells as it needs, none where there are no fields. What not even all of OWN can
    hold is left out, the longest fields first."""
    left = dict(fields)
    while left:
        cells = _cells(_text(left))
        if len(cells) <= len(OWN):
            return cells
        del left[max(left, key=lambda name: len(_encode(left[name])))]
    return []


def _cells(text: str) -> list[str]:
    """The text in pieces that cells hold as they are: without what somebody guards or strips at the ends of them."""
    if units(text) <= CELL:
        return [text]
    text = _SIGN.sub(_escape, text)
    made = []
    while len(text) > CELL:
        # No piece begins with the sign of a negative number.
        at = CELL - (text[CELL] == "-")
        made.append(text[:at])
        text = text[at:]
    return [*made, text]


def _escape(sign: re.Match[str]) -> str:
    return json.dumps(sign[0])[1:-1] if sign[0] > "~" else f"\\u{ord(sign[0]):04x}"


def _text(fields: Mapping[str, Any]) -> str:
    told = _encode(fields).decode()
    if told.isascii() or not NOT_XML.search(told):
        return told
    return json.dumps(msgspec.to_builtins(fields), separators=(",", ":"))
