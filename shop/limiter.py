"""How often one shop's client may knock, and who goes first."""

from __future__ import annotations

import asyncio
from typing import Final

from aiolimiter import AsyncLimiter

PLATFORM_RATE: Final = 5.0
"""Requests a second and shop. The platform's limits are dynamic and unpublished; this is what people use."""
SANDBOX_RATE: Final = 500.0


class RateLimiter:
    """A leaky bucket, first come first served, in whose queue stands at most one read.

    The other reads wait for their turn to queue, so a write waits for one of them, however many there are.
    """

    def __init__(self, rate: float = PLATFORM_RATE) -> None:
        # A full bucket is let through at once, so it is kept small.
        burst = max(1.0, rate / 5)
        self._bucket = AsyncLimiter(burst, burst / rate)
        self._one_read = asyncio.Lock()

    async def wait(self, *, write: bool) -> None:
        """Returns when a request may start."""
        if write:
            await self._bucket.acquire()
            return
        async with self._one_read:
            await self._bucket.acquire()
