"""The appeal on disk: a PDF and a JSON of one name, readable by their owner alone, never over a file that is there."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from jobs.appeal.gather import Appeal
from jobs.files.publish import publish

if TYPE_CHECKING:
    from jobs.paper.draw import Made

_NOT_NAME: Final = re.compile(r"[^0-9A-Za-z_-]+")
_LONGEST: Final = 60
_NUMBERS: Final = 1_000


class Written(NamedTuple):
    """Where the two files are."""

    pdf: Path
    json: Path
    pages: int
    sha256: str
    """Of the JSON; the PDF says it too."""


def write(appeal: Appeal, folder: Path, language: str) -> Written:
    """Draw the appeal and write both files, both or none; where their name is taken they get a number behind it.

    Takes tenths of a second (drawing). Raises OSError.
    """
    from jobs.appeal.paper import draw  # the drawing library is heavy

    made = draw(appeal, language)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = "banding_" + (_NOT_NAME.sub("_", appeal.order_id)[:_LONGEST] or "pesanan")
    for number in range(1, _NUMBERS):
        name = stem if number == 1 else f"{stem}-{number}"
        pdf, json = folder / f"{name}.pdf", folder / f"{name}.json"
        if pdf.exists() or json.exists():
            continue
        try:
            return _both(appeal, made, pdf, json)
        except FileExistsError:
            continue  # somebody took the name meanwhile
    raise FileExistsError(17, "too many files of this name", str(folder))


def _both(appeal: Appeal, made: Made, pdf: Path, json: Path) -> Written:
    _put(json, appeal.data)
    try:
        _put(pdf, made.data)
    except BaseException:
        json.unlink(missing_ok=True)
        raise
    return Written(pdf, json, made.pages, appeal.sha256)


def _put(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        publish(part, path, replace=False)
    finally:
        part.unlink(missing_ok=True)
