"""The log: one file in the data folder that holds neither secrets nor anything that acts on a terminal.

The screen owns the terminal, so nothing is logged there. Everything passes one formatter, which is the last
thing before the file: what any library or traceback says is treated like our own words.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from jobs.config.secrets import Secret

NAME: Final = "pantau.log"
LIMIT: Final = 5_000_000
"""Bytes after which a new start begins a new file; the one before is kept as `pantau.log.1`."""
_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"
_QUIET: Final = ("httpx", "httpcore", "apscheduler", "asyncio", "alembic", "stamina")
_NAMES: Final = (
    "app_secret|access_token|refresh_token|auth_code|sign|shop_cipher|api_key"
    "|x-tts-access-token|authorization"
)
_NAMED: Final = re.compile(
    rf"""(?i)(\b(?:{_NAMES})\b["']?\s*[=:]\s*["']?(?:bearer\s+|basic\s+)?)([^\s"'&,;)}}\]]+)"""
)
_URL_USER: Final = re.compile(r"(?<=://)[^/\s@]+@")
# A tab and the line ends of a traceback are harmless; a carriage return or an escape sequence is not.
_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


class Redacting(logging.Formatter):
    """Formats a record, traceback included, and takes out secrets and control characters."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        super().__init__(_FORMAT)
        values = {secret.reveal() for secret in secrets}
        # Longest first, so that a secret that begins like another one leaves no tail.
        self._values = sorted((value for value in values if len(value) >= 6), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """One record, safe to show to anybody."""
        text = super().format(record)
        for value in self._values:
            text = text.replace(value, "***")
        text = _NAMED.sub(r"\1***", text)
        text = _URL_USER.sub("***@", text)
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        """One record is one line: foreign text cannot pretend to be a second record."""
        return super().formatMessage(record).replace("\n", "\\n")


class PrivateFile(logging.FileHandler):
    """A log file that only its owner can read, from the first byte on."""

    def __init__(self, path: Path) -> None:
        self.level_before = logging.getLogger().level
        """Of the root logger, for `stop_logging`."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        number = os.open(path, flags, 0o600)
        if os.name == "posix" and stat.S_IMODE(os.fstat(number).st_mode) & 0o077:
            os.fchmod(number, 0o600)
        os.close(number)
        super().__init__(path, encoding="utf-8", errors="backslashreplace", delay=True)


def log_to(folder: Path, secrets: Iterable[Secret] = (), level: int = logging.INFO) -> PrivateFile:
    """Send the log of this process to `pantau.log` in `folder`; give the answer to `stop_logging`.

    Raises OSError when the file cannot be written.
    """
    path = folder / NAME
    if path.exists() and path.stat().st_size > LIMIT:
        path.replace(path.with_name(f"{NAME}.1"))
    handler = PrivateFile(path)
    handler.setFormatter(Redacting(secrets))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler


def stop_logging(handler: PrivateFile) -> None:
    """Close the log file."""
    root = logging.getLogger()
    root.removeHandler(handler)
    root.setLevel(handler.level_before)
    handler.close()
