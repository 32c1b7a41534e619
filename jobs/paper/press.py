"""A finished paper on its way to a printer: written down first, so a crash leaves a question, no second stack."""

from __future__ import annotations

import asyncio

from jobs.paper import printing
from jobs.paper.files import BadName, PaperFolder, paper_name
from store import papers
from store.db import Store
from store.times import Clock


async def print_paper(
    store: Store, folder: PaperFolder, paper: int, kind: str, printer: str, by: str, clock: Clock
) -> str | None:
    """Print the file of a paper of some kind; the answer is None, or a stable word for why not (`PrintError.reason`).

    `print_slow` leaves it open whether it was printed: the paper says so until a person decides. Raises StoreError.
    """
    try:
        path = folder.file(paper_name(kind, paper))
    except BadName:
        return "gone"
    if not await store.awrite(lambda conn: papers.about_to_print(conn, paper, printer)):
        return "gone"
    try:
        await asyncio.to_thread(printing.print_file, path, printer, f"pantau {kind} {paper}")
    except printing.PrintError as error:
        reason = error.reason
        if error.sure:
            await store.awrite(lambda conn: papers.not_printed(conn, paper, reason))
        return reason
    await store.awrite(lambda conn: papers.printed(conn, paper, clock(), by))
    return None
