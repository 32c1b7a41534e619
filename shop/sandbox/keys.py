"""Idempotency keys: a repeat of an executed call is told the same again and does nothing."""

from __future__ import annotations

import hashlib
from typing import Final

from shop.sandbox.gate import Call, bad

LONGEST: Final = 255


class Keys:
    """The keys of all executed calls. Only under the world's lock.

    A call that was refused leaves no mark: its key may be used again. How the platform does that is not
    documented; the other way, a lock or a busy moment would stay the answer for ever.
    """

    def __init__(self) -> None:
        self._done: dict[str, bytes] = {}

    def repeated(self, call: Call) -> bool:
        """Whether this very call was executed before; raises DeniedError for a key of another call."""
        key = call.query.get("idempotency_key")
        if key is None:
            return False
        if not 0 < len(key) <= LONGEST:
            raise bad(f"Invalid parameter idempotency_key: 1 to {LONGEST} characters.")
        done = self._done.get(key)
        if done is not None and done != _mark(call):
            raise bad("Invalid parameter idempotency_key: it was used for another request.")
        return done is not None

    def executed(self, call: Call) -> None:
        """Remember that this call took effect."""
        if key := call.query.get("idempotency_key"):
            self._done[key] = _mark(call)


def _mark(call: Call) -> bytes:
    return hashlib.blake2b(call.path.encode() + b"\n" + call.body, digest_size=16).digest()
