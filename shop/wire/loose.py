"""Second chance for a value that is not spelled as documented.

The platform leaves out, nulls or blanks what it does not know, and now and then writes a number as text or
text as a number. None of that changes the meaning, so none of it may cost an order.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Any, Final, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec

T = TypeVar("T")

BROKEN: Final = (msgspec.MsgspecError, ValueError, RecursionError, OverflowError)
"""All that decoding foreign bytes can raise: bad JSON, wrong types, bad UTF-8, 100,000 nested brackets."""


_EXACT: Final = 2.0**53
"""From here on a float has lost digits, and an id that lost digits is somebody else's."""


class _Field(NamedTuple):
    text: bool
    inner: type[msgspec.Struct] | None


def decoder(kind: type[T]) -> Callable[[bytes | msgspec.Raw], T]:
    """A function that decodes JSON into a struct: as documented, else leniently. Raises one of BROKEN."""
    strict = msgspec.json.Decoder(kind).decode

    def decode(raw: bytes | msgspec.Raw) -> T:
        try:
            return strict(raw)
        except msgspec.ValidationError:
            return convert(msgspec.json.decode(raw), kind)

    return decode


def convert(value: Any, kind: type[T]) -> T:
    """A decoded JSON value as a struct, leniently. Raises msgspec.ValidationError."""
    return msgspec.convert(_loosen(value, kind), kind, strict=False)


def _loosen(value: Any, kind: Any) -> Any:
    if not isinstance(value, dict):
        return value
    result = {}
    for name, field in _fields(kind).items():
        item = value.get(name)
        if item is None or item == "" or item == [] or item == {}:
            continue
        if field.inner is not None:
            item = (
                [_loosen(one, field.inner) for one in item]
                if isinstance(item, list)
                else _loosen(item, field.inner)
            )
        elif field.text and (type(item) is int or (type(item) is float and abs(item) < _EXACT)):
            item = str(item)
        result[name] = item
    return result


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, _Field]:
    return {field.encode_name: _field(field.type) for field in msgspec.structs.fields(kind)}


def _field(kind: Any) -> _Field:
    parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    inner = None
    for part in parts:
        candidate = get_args(part)[0] if get_origin(part) is list else part
        if isinstance(candidate, type) and issubclass(candidate, msgspec.Struct):
            inner = candidate
    return _Field(text=str in parts, inner=inner)
