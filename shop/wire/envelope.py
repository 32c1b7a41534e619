"""The envelope of every answer: `{"code":0,"message":"Success","request_id":"...","data":{...}}`."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import msgspec

from shop.wire.loose import BROKEN


class _Wire(msgspec.Struct, gc=False):
    code: Any = None
    message: Any = None
    request_id: Any = None
    data: msgspec.Raw = msgspec.Raw(b"null")


class Envelope(msgspec.Struct, frozen=True):
    """An answer before anybody looked into `data` (JSON bytes; `null` when there is none)."""

    code: int
    message: str
    request_id: str | None
    data: bytes


class Unreadable(ValueError):
    """Not an envelope; the text says what is wrong and quotes nothing of the body."""


_decode = msgspec.json.Decoder(_Wire).decode


def open_envelope(body: bytes, *, mend: bool = False) -> Envelope:
    """Raises Unreadable when the body is not JSON or has no `code`.

    `mend` allows what JSON forbids but stdlib writers produce (NaN, half a surrogate pair): right for a read,
    where one such order would block its page for ever; wrong for a write, where it proves a sick server.
    """
    try:
        try:
            wire = _decode(body)
        except msgspec.DecodeError:
            if not mend:
                raise
            wire = _decode(_mended(body))
    except BROKEN as error:
        raise Unreadable(f"body is not the platform's JSON ({type(error).__name__})") from None
    code = _integer(wire.code)
    if code is None:
        raise Unreadable("body has no code")
    request_id = wire.request_id
    return Envelope(
        code=code,
        message=wire.message if isinstance(wire.message, str) else "",
        request_id=request_id if isinstance(request_id, str) and request_id else None,
        data=bytes(wire.data),
    )


def _integer(value: Any) -> int | None:
    if type(value) is int:
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    return None


_ESCAPE: Final = re.compile(r"\\(?:ud[89ab]..\\ud[c-f]..|u(d[89a-f]..)|.)")


def _mended(body: bytes) -> bytes:
    """The same JSON with NaN and numbers too big for a float as text, and U+FFFD for half a pair."""
    loose = json.loads(body.decode("utf-8", "replace"), parse_constant=str, parse_float=str)
    return _ESCAPE.sub(lambda m: "\\ufffd" if m[1] else m[0], json.dumps(loose)).encode()
