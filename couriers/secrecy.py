"""Credentials stay out of what a provider says: some repeat the key they refuse. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from couriers.base import TrackingResult

_SHORTEST: Final = 4
"""Characters of a secret worth hiding; a shorter one is a word of every text."""


def hide(result: TrackingResult, secrets: Iterable[str]) -> TrackingResult:
    """The same answer, its message without any of the secrets."""
    message = result.message
    if message is None:
        return result
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            message = message.replace(secret, "***")
    return result if message == result.message else msgspec.structs.replace(result, message=message)
