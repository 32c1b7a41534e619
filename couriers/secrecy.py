"""Credentials stay out of what a provider says: some repeat the key they refuse. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from couriers.base import TrackingResult
from couriers.replies import folded

_SHORTEST: Final = 4
"""Characters of a secret worth hiding; a shorter one is a word of every text."""


def hide(result: TrackingResult, secrets: Iterable[str]) -> TrackingResult:
    """The same answer, its message without any of the secrets."""
    message = result.message
    if message is None:
        return result
    for secret in secrets:
        for form in (secret, folded(secret)):  # as it was given, and as a message is shaped for people
            if len(form) >= _SHORTEST:
                message = _without_beginning(message.replace(form, "***"), form)
    return result if message == result.message else msgspec.structs.replace(result, message=message)


def _without_beginning(message: str, secret: str) -> str:
    """Without a secret that the end of a message cut off."""
    for length in range(len(secret) - 1, _SHORTEST - 1, -1):
        if message.endswith(secret[:length]):
            return message[:-length] + "***"
    return message
