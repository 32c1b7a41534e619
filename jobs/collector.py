"""The garbage collector, set for a program that stays open all day and takes in orders by the thousand."""

from __future__ import annotations

import gc
from typing import Final

THRESHOLDS: Final = (10_000, 20, 20)
"""Of the interpreter's 700 a page of orders reaches the first every few rows: a sixth of all ingest."""


def calm() -> None:
    """Collect rarely, and never again look at what stands now: modules, tables, widgets. Once per process.

    A full collection over all of it stops every thread for tens of milliseconds, the screen's too.
    """
    if gc.get_freeze_count() == 0:
        gc.freeze()
        gc.set_threshold(*THRESHOLDS)
