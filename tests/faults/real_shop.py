"""The program's own client and kinds for a worker whose platform is the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from jobs.outbox.rules import SenderSettings
from shop import http
from shop.client import ShopClient

SPANS = SenderSettings(validity=1_500, settle=300, skew=100)
"""Long enough for a busy computer: a write that the sandbox executes later than this would look as if it was not."""


@asynccontextmanager
async def watched(
    trap: Callable[[str], None], url: str, app_key: str, app_secret: str, token: str, cipher: str
) -> AsyncIterator[ShopClient]:
    """A client whose trap hears `sent` when the last byte of a write has left and nothing came back yet."""

    async def given(force: bool = False) -> str:
        return token

    class Watched(ShopClient):
        writing = False

        async def send_prepared(self, prepared: Any, deadline: float = 20.0) -> Any:
            # A sender reads nothing of the shop while it writes to it.
            self.writing = True
            try:
                return await super().send_prepared(prepared, deadline)
            finally:
                self.writing = False

    seam = http.HttpSeam()
    client = Watched(
        seam, api_base=url, app_key=app_key, app_secret=app_secret, cipher=cipher, token=given, check_clock=False
    )  # fmt: skip
    usual = http._Progress.trace

    async def trace(progress: http._Progress, event: str, info: object) -> None:
        await usual(progress, event, info)
        if client.writing and event.endswith("send_request_body.complete"):
            trap("sent")

    http._Progress.trace = trace  # type: ignore[assignment, method-assign]
    yield client
    await seam.aclose()
