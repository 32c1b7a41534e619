"""A finished file gets its name: at once, and over no other unless that was asked for."""

from __future__ import annotations

import os
from pathlib import Path


def publish(part: Path, path: Path, *, replace: bool) -> None:
    """Move the file to its name, for good. Raises OSError; nothing is left under the name then that was not there."""
    if replace:
        part.replace(path)
    else:
        try:
            os.link(part, path)  # never over a file that came meanwhile
        except FileExistsError:
            raise
        except OSError:  # a stick or a share without links: the name is taken first, then filled
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            try:
                part.replace(path)
            except OSError:
                path.unlink(missing_ok=True)
                raise
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        except OSError:
            pass  # some shares cannot; the file is there
        finally:
            os.close(folder)
