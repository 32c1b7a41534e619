"""What the column `Pantau` of an export holds: the fields of an order that the platform's columns cannot say. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

LONGEST: Final = 32_767
"""Characters of a cell."""
_NOT_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")

_encode: Final = msgspec.json.Encoder().encode


def told_beside(fields: Mapping[str, Any]) -> str:
    """JSON of the fields; empty where there are none. Where a cell cannot hold all, the longest are left out."""
    if not fields:
        return ""
    told = _text(fields)
    left = dict(fields)
    while len(told) > LONGEST:
        del left[max(left, key=lambda name: len(_encode(left[name])))]
        told = _text(left)
    return told


def _text(fields: Mapping[str, Any]) -> str:
    told = _encode(fields).decode()
    if told.isascii() or not _NOT_XML.search(told):
        return told
    return json.dumps(msgspec.to_builtins(fields), separators=(",", ":"))
