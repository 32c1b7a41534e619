"""The first step of reading a reply that should be one JSON object: the object, or why there is none. Pure."""

from __future__ import annotations

from typing import Any, Final

from couriers.base import Outcome, RawReply
from couriers.replies import BadShape, NotJson, decode, refusal

_SAID_BY_STATUS: Final = (401, 402, 403, 429)


def opened(reply: RawReply) -> dict[str, Any] | Outcome:
    """The JSON object of a body; without one the outcome that the HTTP status leaves."""
    try:
        body = decode(reply.body)
    except NotJson:
        # An empty refusal still is one; a page instead of JSON tells of a proxy, not of the parcel.
        return refusal(reply.status, "") if reply.status in _SAID_BY_STATUS else Outcome.UNAVAILABLE
    except BadShape:
        body = None
    if isinstance(body, dict):
        return body
    return Outcome.BAD_REPLY if reply.status < 300 else refusal(reply.status, "")
