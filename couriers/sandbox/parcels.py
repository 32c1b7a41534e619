"""What the fake providers know: scripted parcels, and what goes wrong with one number on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

import msgspec


class Fault(StrEnum):
    """What goes wrong with one number."""

    NOT_FOUND = "not_found"
    BAD_KEY = "bad_key"
    QUOTA = "quota"
    RATE_LIMITED = "rate_limited"
    """429 with Retry-After: 7."""
    RATE_LIMITED_PLAIN = "rate_limited_plain"
    SERVER_ERROR = "server_error"
    HANG = "hang"
    """A minute of silence."""
    CUT = "cut"
    """The connection ends in the middle of the body."""
    HTML = "html"
    """A web page with status 200."""
    EMPTY = "empty"
    MALFORMED = "malformed"
    SHAPE = "shape"
    """JSON whose data is of another type than promised."""
    BOM = "bom"
    NULL_TEXT = "null_text"
    STRANGE = "strange"
    """The newest row says something no table knows."""
    DUPLICATES = "duplicates"
    REVERSED = "reversed"
    FUTURE = "future"
    """Every row is dated two hours ahead."""
    BIG = "big"
    """One row of a megabyte."""
    REDIRECT = "redirect"


class Step(msgspec.Struct, frozen=True):
    """One row of a scripted journey, in the courier's own words."""

    at: int
    text: str
    location: str = ""


class ScriptedParcel(msgspec.Struct, frozen=True):
    """A parcel the sandbox knows."""

    number: str
    courier: str
    """Our code."""
    steps: Sequence[Step]
    phone: str | None = None
    """When set, its last digits must come with the question where the provider asks for them."""
    fault: Fault | None = None


Lookup = Callable[[str], ScriptedParcel | None]
