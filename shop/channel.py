"""The signed way to the platform for one shop: token, signature, rate, clock, retries of reads."""

from __future__ import annotations

import asyncio
import logging
import statistics
from collections import deque
from typing import Final, Protocol

import stamina

from shop.errors import (
    Ambiguous,
    BadReply,
    ClockSkew,
    Kind,
    NotSent,
    RateLimited,
    ShopError,
    TokenExpired,
    Unavailable,
    error_for,
)
from shop.http import HttpSeam, is_loopback
from shop.limiter import PLATFORM_RATE, SANDBOX_RATE, RateLimiter
from shop.reply import Reply
from shop.requests import Draft, Prepared, Signer
from shop.wire.envelope import Envelope, Unreadable, open_envelope
from store.times import MINUTE, SECOND, Clock, now_ms

log = logging.getLogger(__name__)

ATTEMPTS: Final = 4
LONGEST_WAIT: Final = 120.0
"""Seconds of `Retry-After` a read waits inside; a longer wish is handed to the caller."""
READ_DEADLINE: Final = 20.0
AHEAD: Final = 10 * SECOND
"""The platform takes a timestamp up to 30 s ahead of its clock, but a request signed ahead also lives longer:
beyond the `[sender] skew` that the quiet time allows for, nothing is signed."""
BEHIND: Final = 4 * MINUTE
"""... and up to 5 minutes old."""


class TokenSource(Protocol):
    """Where access tokens come from (jobs/intake/tokens.py). `force` refreshes it although it looks good."""

    async def __call__(self, force: bool = False) -> str: ...


class ServerClock:
    """How far the platform's clock is from ours: the median over the latest `Date` headers."""

    def __init__(self) -> None:
        self._offsets: deque[int] = deque(maxlen=9)

    def observe(self, server_ms: int | None, asked_ms: int, answered_ms: int) -> None:
        """One answer. `Date` has whole seconds, so its middle is meant."""
        if server_ms is not None:
            self._offsets.append(server_ms + SECOND // 2 - (asked_ms + answered_ms) // 2)

    @property
    def offset_ms(self) -> int | None:
        """Platform minus us; negative when our clock is ahead. None before the first answer."""
        return int(statistics.median(self._offsets)) if self._offsets else None

    def check(self) -> None:
        """Raises ClockSkew when a timestamp of ours would be refused, or soon."""
        offset = self.offset_ms or 0
        if offset < -AHEAD or offset > BEHIND:
            where = "ahead of" if offset < 0 else "behind"
            raise ClockSkew(f"our clock is {abs(offset) // SECOND} s {where} the platform's")


class Channel:
    """Sends drafts for one app and shop. Reads are retried here, writes are never."""

    def __init__(
        self,
        http: HttpSeam,
        signer: Signer,
        token: TokenSource,
        *,
        clock: Clock = now_ms,
        limiter: RateLimiter | None = None,
        check_clock: bool = True,
        read_deadline: float = READ_DEADLINE,
    ) -> None:
        self.signer = signer
        self.server_clock = ServerClock()
        self._http = http
        self._token = token
        self._clock = clock
        self._limiter = limiter or RateLimiter(
            SANDBOX_RATE if is_loopback(signer.api_base) else PLATFORM_RATE
        )
        self._check_clock = check_clock
        self._read_deadline = read_deadline

    def prepare(self, draft: Draft, timestamp_s: int) -> Prepared:
        """Sign a write, once. Raises ClockSkew; reads go on with a wrong clock, they measure it."""
        if self._check_clock:
            self.server_clock.check()
        return self.signer.prepare(draft, timestamp_s)

    async def send_prepared(self, prepared: Prepared, deadline: float) -> Reply:
        """One attempt, at most `deadline` seconds in all.

        Raises NotSent or Ambiguous, or what the token source raises (then nothing was sent).
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + deadline
        try:
            async with asyncio.timeout_at(until):
                await self._limiter.wait(write=True)
                token = await self._token()
        except TimeoutError:
            raise NotSent("deadline before sending") from None
        except ShopError as error:
            if error.proves is Kind.UNKNOWN:
                # It was the token call that went wrong; of this request nothing left.
                raise NotSent(f"no token: {error.word}") from None
            raise
        return await self._send(prepared, token, until - loop.time(), write=True)

    async def read(self, draft: Draft) -> tuple[Reply, Envelope]:
        """An answer with code 0; up to four attempts. Raises a ShopError."""
        async for attempt in stamina.retry_context(
            on=_again, attempts=ATTEMPTS, timeout=None, wait_initial=0.5, wait_max=20.0, wait_jitter=1.0
        ):
            with attempt:
                return await self._read_once(draft)
        raise AssertionError("unreachable")

    async def _read_once(self, draft: Draft) -> tuple[Reply, Envelope]:
        token = await self._token()
        try:
            return await self._ask(draft, token)
        except TokenExpired:
            # Somebody may have refreshed it while we were asking: a second refresh could kill the new pair.
            newer = await self._token()
            return await self._ask(draft, newer if newer != token else await self._token(force=True))

    async def _ask(self, draft: Draft, token: str) -> tuple[Reply, Envelope]:
        await self._limiter.wait(write=False)
        prepared = self.signer.prepare(draft, self._clock() // SECOND)
        reply = await self._send(prepared, token, self._read_deadline, write=False)
        envelope = opened(reply)
        if error := error_for(reply, envelope):
            raise error
        return reply, envelope

    async def _send(self, prepared: Prepared, token: str, deadline: float, *, write: bool) -> Reply:
        asked = self._clock()
        headers = {**prepared.headers, "x-tts-access-token": token}
        reply = await self._http.send(
            prepared.method, prepared.url, headers, prepared.body, deadline, write=write
        )
        self.server_clock.observe(reply.date_ms, asked, self._clock())
        return reply


def opened(reply: Reply) -> Envelope:
    """The envelope of a read, whatever its code. Raises RateLimited, Unavailable or BadReply."""
    try:
        return open_envelope(reply.body, mend=True)
    except Unreadable as unreadable:
        error: ShopError
        if reply.status == 429:
            error = RateLimited("http 429", retry_after=reply.retry_after)
        elif reply.status == 408 or reply.status >= 500:
            error = Unavailable(f"http {reply.status}", retry_after=reply.retry_after)
        else:
            error = BadReply(f"http {reply.status}: {unreadable}")
        raise error from None


def _again(error: Exception) -> bool | float:
    """Whether a failed read is worth another attempt, and when, if the platform said so."""
    if not isinstance(error, NotSent | Ambiguous | RateLimited | Unavailable):
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= LONGEST_WAIT else False
