"""Waiting for what a store comes to hold, without asking it a hundred times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection

from store.db import Store


async def comes_true(store: Store, holds: Callable[[Connection], object], seconds: float = 20.0) -> None:
    """Return when it holds: looked at now and after every commit of this store, and never in between.

    Raises TimeoutError. What another process writes, or a `Store` of its own, is not heard of.
    """
    loop, moved = asyncio.get_running_loop(), asyncio.Event()

    def told() -> None:
        loop.call_soon_threadsafe(moved.set)

    deaf = store.listen(told)
    try:
        async with asyncio.timeout(seconds):
            while not await store.aread(holds):
                await moved.wait()
                moved.clear()
    finally:
        deaf()
