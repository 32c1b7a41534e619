"""The paper of a manifest from the screen: drawn, saved and printed in a thread; the answer is a sentence."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from tui.reasons import failure
from tui.strings import language, t, word

if TYPE_CHECKING:
    from tui.app import PantauApp


async def made(app: PantauApp, manifest_id: int, *, printing: bool) -> tuple[str, str]:
    """Draw the PDF into the paper folder, and print it where a printer is set; words and their style."""
    store, settings, spoken = app.store, app.settings, language()
    if store is None:
        return t("app.busy_starting"), "$warning"

    def draw() -> tuple[Path, str]:
        from jobs.paper.manifest import save

        reader = store.reader()
        try:
            manifest = reader.manifest_of_id(manifest_id)
            if manifest is None:
                raise LookupError(t("manifest.unknown"))
            return save(reader, manifest, spoken, settings.paper_path), manifest.number
        finally:
            reader.close()

    try:
        path, number = await asyncio.to_thread(draw)
    except Exception as error:  # told, never raised: the manifest itself is in the store
        return t("handover.paper.failed", detail=failure(error)), "bold $error"
    if not printing:
        return t("handover.paper.saved", path=str(path)), "$success"
    if not (printer := settings.paper.printer):
        return t("handover.paper.no_printer", path=str(path)), "$warning"
    from jobs.paper.printing import PrintError, print_file

    try:
        await asyncio.to_thread(print_file, path, printer, f"Pantau {number}")
    except PrintError as error:
        return t("handover.paper.failed", detail=word("paper_reason", error.reason)), "bold $error"
    return t("handover.paper.printed", number=number, printer=printer), "$success"
