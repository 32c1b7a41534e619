"""The paper folder: names made here, never taken from outside, and files only their owner can read.

Labels carry names, phones and addresses. Nothing foreign becomes part of a path but letters, digits, `-` and `_`.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

_NOT_NAME: Final = re.compile(r"[^0-9A-Za-z_-]+")
_NAME: Final = re.compile(r"[0-9A-Za-z_-]{1,100}\.pdf")
_OURS: Final = re.compile(
    r"((label|own)_[0-9A-Za-z_-]+|(labels|slips|picklist|manifest)_\d+)\.pdf|\.work-\w+|\..+\.part"
)
_LONGEST: Final = 40


class BadName(ValueError):
    """A name that is not one of ours, or leads out of the folder."""


def label_name(package_id: str, size: str = "A6") -> str:
    """The file of one label: `label_<digits>.pdf`; of another size than A6 with the size behind it."""
    plain = _NOT_NAME.sub("", package_id)[:_LONGEST]
    if plain != package_id:  # two strange ids must not share a file
        plain += "_" + hashlib.sha256(package_id.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"label_{plain}.pdf" if size == "A6" else f"label_{plain}_{_NOT_NAME.sub('', size)}.pdf"


def paper_name(kind: str, paper: int) -> str:
    """The file of a finished paper, by its row id: `labels_12.pdf`."""
    name = {"label": "labels", "slip": "slips"}.get(kind, _NOT_NAME.sub("", kind))
    return f"{name}_{int(paper)}.pdf"


class PaperFolder:
    """Where PDFs are kept; made when something is first written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def file(self, name: str) -> Path:
        """The path of one of our names. Raises BadName for anything else."""
        if not _NAME.fullmatch(name):
            raise BadName("not a name of a paper")
        base = self.path.resolve()
        path = (base / name).resolve()
        # The second look is for a link that somebody put where the file should be.
        if not path.is_relative_to(base) or path.parent != base:
            raise BadName("leads out of the paper folder")
        return path

    def make(self) -> Path:
        """The folder; one that is made here is only its owner's. Raises OSError."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.path

    def write(self, name: str, data: bytes) -> Path:
        """Write a whole file or none. Raises OSError, BadName."""
        path = self.file(name)
        self.make()
        part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return path

    def intact(self, name: str | None, sha256: str | None) -> bool:
        """Whether a file is there and is what was written: somebody may have tidied, or another seat made it."""
        if name is None or sha256 is None:
            return False
        try:
            return hashlib.sha256(self.file(name).read_bytes()).hexdigest() == sha256
        except (OSError, BadName):
            return False

    def sweep(self, before: int) -> int:
        """Delete papers last written before then (epoch ms), also those no row knows, such as what a crash left;
        how many. Nothing that is not named by us is touched: the folder may be the seller's own."""
        gone = 0
        with suppress(FileNotFoundError):
            for path in list(self.path.iterdir()):
                with suppress(OSError):
                    if _OURS.fullmatch(path.name) and path.lstat().st_mtime * 1_000 < before:
                        if path.is_dir() and not path.is_symlink():
                            shutil.rmtree(path)
                        else:
                            path.unlink()
                        gone += 1
        return gone

    def remove(self, name: str) -> None:
        """Delete a file; one that is gone, or that cannot be deleted, is left to itself."""
        with suppress(OSError, BadName):
            self.file(name).unlink(missing_ok=True)


def save_to(path: Path, folder: Path) -> Path:
    """Copy a paper into a folder of the seller's, under its name or, so that nothing is overwritten, with a number
    behind it (`labels_12-2.pdf`). The answer is the copy. Raises OSError."""
    data = path.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, 10_000):
        name = path.name if number == 1 else f"{path.stem}-{number}{path.suffix}"
        try:
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        return folder / name
    raise FileExistsError(str(folder / path.name))
