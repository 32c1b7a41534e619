"""A page of anything, taken apart entry by entry, so that one bad entry costs itself and nothing else."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from shop.wire.envelope import Unreadable
from shop.wire.loose import BROKEN


class Listing(NamedTuple):
    """The entries of a page as raw JSON, and where the next page is (None: this was the last)."""

    entries: list[msgspec.Raw]
    next_token: str | None
    total: int | None
    named: bool
    """Whether the answer named the list or counted it; neither is an empty page by silence only."""


_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_entries = msgspec.json.Decoder(list[msgspec.Raw]).decode


def take_apart(data: bytes, key: str) -> Listing:
    """Split `data` of a search. Raises Unreadable when the list is missing although the total is not zero.

    When there is nothing the platform leaves the list out (and may leave out the zero with it), so "no list"
    is an empty page. With a total, or with a next page, it is a broken one: a caller that took it for "nothing
    new" would move its watermark past orders it never saw.
    """
    try:
        members = _members(data)
        total = _value(members.get("total_count"))
        total = int(total) if isinstance(total, int | str) and str(total).isdigit() else None
        token = _value(members.get("next_page_token"))
        listed = members.get(key)
        entries = None if listed is None or bytes(listed) in (b"null", b'""') else _entries(listed)
    except BROKEN:
        raise Unreadable(f"data is not a page of {key}") from None
    if entries is None and (total or token):
        raise Unreadable(f"data has no {key}")
    named = entries is not None or total is not None
    return Listing(entries or [], token if isinstance(token, str) and token else None, total, named)


def members(data: bytes) -> dict[str, msgspec.Raw]:
    """The members of a JSON object; none when it is null or missing. Raises Unreadable for another value."""
    if data == b"null":
        return {}
    try:
        return _members(data)
    except BROKEN:
        raise Unreadable("data is not an object") from None


def _value(raw: msgspec.Raw | None) -> Any:
    return None if raw is None else msgspec.json.decode(raw)
