"""What a failure is called: an exception becomes a stable code and a harmless detail for the job's health.

The screen words the codes (`problem.<code>` in its catalogues); new ones are added here and there.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import msgspec

from jobs.config.secrets import Broken
from shop.errors import LoginNeeded, ShopError
from store.errors import StoreError

log = logging.getLogger(__name__)

LOGIN: Final = "login"
"""Only the seller can help: exit code 3."""
NO_SECRET: Final = "no_secret"
"""The app secret or a token is nowhere to be found; also for the seller."""
TOO_SLOW: Final = "too_slow"
"""A run outlived its deadline and was given up; the next one comes as planned."""
OVERLAP: Final = "overlap"
"""The run before was still going."""
BUG: Final = "bug"
"""Nobody expected this; the log has it."""


class Problem(msgspec.Struct, frozen=True):
    """A failure as job health stores it."""

    code: str
    detail: str | None = None
    """English, for the log and the doctor; holds neither secrets nor foreign text."""

    @property
    def needs_login(self) -> bool:
        """Whether only the seller can end it."""
        return self.code in (LOGIN, NO_SECRET)


class NoSecret(Exception):
    """A shop without app secret or tokens cannot be asked anything."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


def problem_of(error: BaseException) -> Problem:
    """The problem an exception stands for; an unexpected one is logged with its traceback."""
    match error:
        case NoSecret():
            return Problem(NO_SECRET, error.missing)
        case LoginNeeded():
            return Problem(LOGIN, str(error))
        case ShopError():
            return Problem(error.word, str(error))
        case StoreError():
            return Problem(error.code, str(error))
        case Broken():
            return Problem(LOGIN, "the stored tokens do not open with this app secret")
        case TimeoutError() | asyncio.CancelledError():
            return Problem(TOO_SLOW, "not finished in time")
        case ExceptionGroup():
            return problem_of(error.exceptions[0])
    log.error("unexpected failure", exc_info=error)
    return Problem(BUG, type(error).__name__)
