"""What a person wants on paper, written down; the background job makes it (jobs/paper/job.py). These only write.

The answer is the paper's row id, by which screens and the command line follow it (`Reader.paper`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from store import papers
from store.papers import PaperContent


def want_labels(
    conn: Connection, pks: Sequence[int], size: str, printer: str | None, by: str, now: int
) -> int:
    """The labels of all parcels of these orders, as one PDF in picking order. `size`: A6 or A5; `printer` None:
    it is only made."""
    return _want(conn, "label", pks, size, printer, by, now)


def want_slips(
    conn: Connection, pks: Sequence[int], size: str, printer: str | None, by: str, now: int
) -> int:
    """A packing slip for each parcel of these orders, in picking order."""
    return _want(conn, "slip", pks, size, printer, by, now)


def want_picklist(
    conn: Connection, pks: Sequence[int], size: str, printer: str | None, by: str, now: int
) -> int:
    """One picking list over these orders."""
    return _want(conn, "picklist", pks, size, printer, by, now)


def want_manifest(conn: Connection, manifest_id: int, printer: str | None, by: str, now: int) -> int:
    """The paper of a manifest, always A4."""
    return papers.want(conn, "manifest", "A4", PaperContent(manifest_id=manifest_id), printer, by, now)


def want_again(conn: Connection, paper: int, printer: str | None, by: str, now: int) -> int | None:
    """The same once more: a reprint, or another attempt at one that failed. None: there is no such paper."""
    return papers.again(conn, paper, printer, by, now)


def _want(
    conn: Connection, kind: str, pks: Sequence[int], size: str, printer: str | None, by: str, now: int
) -> int:
    if not pks:
        raise ValueError("no orders")
    content = PaperContent(pks=tuple(dict.fromkeys(pks)))
    return papers.want(conn, kind, size, content, printer, by, now)
