"""What happens when the program itself fails: a report without data, one sentence, a terminal that works again.

Textual's own crash screen prints local variables, which may hold a token or a phone number. Ours keeps the
kind of the error and the places in our code, in a file that only the seller can read.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

RESTORE: Final = (
    "\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l"
    "\x1b[?2004l\x1b[?1004l\x1b[?7h\x1b[<u\x1b[0m"
)
"""Leaves the alternate screen, switches mouse, paste, focus and key modes off, and line wrap on again."""


def report(error: BaseException) -> str:
    """The error's kind and the places it passed, without messages, values or local variables."""
    lines = [f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {type(error).__module__}.{type(error).__qualname__}"]
    cause: BaseException | None = error
    while cause is not None:
        lines.append(f"{type(cause).__qualname__}:")
        lines += [
            f"  {frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(cause.__traceback__)
        ]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines) + "\n"


def write_report(error: BaseException, folder: Path | None) -> Path | None:
    """Write the report into the folder (else the temporary one), readable by the seller alone; None: impossible."""
    for place in (folder, Path(tempfile.gettempdir())):
        if place is None:
            continue
        file = place / f"pantau-crash-{os.getpid()}.txt"
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError:
            continue
        with os.fdopen(handle, "w") as out:
            out.write(report(error))
        return file
    return None


def leave_now(code: int) -> None:
    """End at once, but leave a terminal that works."""
    out = sys.__stderr__
    if out is not None and out.isatty():
        out.write(RESTORE)
        out.flush()
    os._exit(code)
