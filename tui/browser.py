"""A page of the web in the seller's own browser. Blocks until the browser took it: call it in a thread."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

WITHIN: Final = 15.0
"""Seconds in which a browser takes an address."""
_OPEN: Final = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"


def open_page(url: str, environ: Mapping[str, str] | None = None) -> bool:
    """Open an https address; whether a browser took it.

    In a process of its own, away from the terminal: what a browser prints would stand in the monitor, and
    without TERM no browser of the terminal is found, which would fight with the monitor for the screen.
    """
    if urlsplit(url).scheme != "https":
        return False
    told = os.environ if environ is None else environ
    try:
        done = subprocess.run(
            [sys.executable, "-c", _OPEN, url],
            env={name: value for name, value in told.items() if name != "TERM"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            timeout=WITHIN,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
