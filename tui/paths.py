"""Paths as people type, paste and drop them, and their completion. It looks at the disk, so not in an event loop."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

LONGEST: Final = 4_096
"""Characters of a path; no system takes more."""
MOST: Final = 2_000
"""Entries of a folder that are looked at."""
_ESCAPED: Final = re.compile(r"\\(.)")


class Completion(NamedTuple):
    """How far a text is certain, and the names it could still become."""

    text: str
    names: tuple[str, ...] = ()
    """Several names to choose from, folders with a slash; empty when it is decided or nothing fits."""


def path_of(text: str) -> Path:
    """What is meant: without the quotes, escapes or `file://` a terminal adds to a file dropped into it."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    if text.startswith("file://"):
        text = unquote(urlsplit(text).path)
    path = _home(text)
    if "\\" in text and os.sep == "/" and not _there(path):
        path = _home(_ESCAPED.sub(r"\1", text))
    return path


def complete(text: str, endings: Sequence[str] = ()) -> Completion:
    """The longest start that all fitting names share. Of files, only those with one of `endings` are offered."""
    folder_text, name = os.path.split(text.lstrip())
    folder = _home(folder_text or ".")
    found = []
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(MOST), entries, strict=False):
                if not entry.name.startswith(name) or (entry.name.startswith(".") and not name):
                    continue
                if entry.is_dir():
                    found.append(entry.name + os.sep)
                elif not endings or entry.name.lower().endswith(tuple(endings)):
                    found.append(entry.name)
    except (OSError, ValueError):
        return Completion(text)
    if not found:
        return Completion(text)
    # What the first and the last in their order share, all between them share too.
    first, last = min(found), max(found)
    same = next(
        (at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first)
    )
    start = text.lstrip().removesuffix(name)
    return Completion(start + first[:same], tuple(sorted(found)) if len(found) > 1 else ())


def _home(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # `~somebody` nobody knows
        return Path(text)


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
