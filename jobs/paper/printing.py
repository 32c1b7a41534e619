"""The printer and the viewer: the system's own programs, without a shell, with nothing of ours in their environment.

A printer has to be one that `lpstat -e` names. Titles hold letters, digits, blanks, `_` and `-` and never a buyer's
name: they stand in the print queue for everybody to see.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

LP_PATIENCE: Final = 30.0
LIST_PATIENCE: Final = 10.0
_NOT_TITLE: Final = re.compile(r"[^A-Za-z0-9 _-]+")
_KEPT: Final = ("PATH", "HOME", "CUPS_SERVER")
"""What `lp` needs to find the printers of this account."""


class PrintError(Exception):
    """Why nothing went to a printer. `reason`: `no_printing` (no `lp` here), `unknown_printer`, `print_refused`,
    `print_slow` (it did not answer: look before printing again)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def sure(self) -> bool:
        """Whether nothing was printed for certain."""
        return self.reason != "print_slow"


def printers(environ: Mapping[str, str] | None = None) -> list[str]:
    """The printers this computer knows; empty where there are none. Raises PrintError without a print system."""
    program = _program("lpstat", environ)
    try:
        done = _run([program, "-e"], environ, LIST_PATIENCE)
    except subprocess.TimeoutExpired:
        raise PrintError("no_printing") from None
    # With no printer at all lpstat complains and ends with 1.
    names = (line.strip() for line in done.stdout.decode("utf-8", "replace").splitlines())
    return list(dict.fromkeys(name for name in names if name))


def print_file(path: Path, printer: str, title: str, environ: Mapping[str, str] | None = None) -> None:
    """Hand a file to a printer; returns when the print system has it. Raises PrintError."""
    if printer not in printers(environ):
        raise PrintError("unknown_printer")
    program = _program("lp", environ)
    try:
        done = _run([program, "-d", printer, "-t", safe_title(title), "--", str(path)], environ, LP_PATIENCE)
    except subprocess.TimeoutExpired:
        raise PrintError("print_slow") from None
    if done.returncode != 0:
        raise PrintError("print_refused")


def open_file(path: Path, environ: Mapping[str, str] | None = None) -> bool:
    """Show a file in the viewer the person uses; only ever at a key press. Whether there was one to start."""
    environ = os.environ if environ is None else environ
    if sys.platform == "win32":
        os.startfile(path)
        return True
    program = shutil.which("open" if sys.platform == "darwin" else "xdg-open", path=environ.get("PATH"))
    if program is None:
        return False
    quiet = subprocess.DEVNULL
    # It outlives us, and gets none of our secrets.
    shown = {name: value for name, value in environ.items() if not name.startswith("PANTAU_")}
    viewer = subprocess.Popen(
        [program, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, env=shown, start_new_session=True
    )
    threading.Thread(
        target=viewer.wait, daemon=True
    ).start()  # or it would stay in the process table when it ends
    return True


def safe_title(title: str) -> str:
    """What may stand in the print queue."""
    return " ".join(_NOT_TITLE.sub(" ", title).split()).strip(" -")[:60] or "pantau"


def _program(name: str, environ: Mapping[str, str] | None) -> str:
    found = shutil.which(name, path=(os.environ if environ is None else environ).get("PATH"))
    if found is None:
        raise PrintError("no_printing")
    return found


def _run(
    argv: Sequence[str], environ: Mapping[str, str] | None, patience: float
) -> subprocess.CompletedProcess[bytes]:
    given = os.environ if environ is None else environ
    kept = {name: given[name] for name in _KEPT if name in given}
    try:
        return subprocess.run(
            argv,
            shell=False,
            timeout=patience,
            env=kept | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        raise PrintError("no_printing") from None
