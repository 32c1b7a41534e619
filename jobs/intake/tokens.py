"""A shop's access token: always the newest pair anybody knows, refreshed in time and by one at a time.

The refresh token rotates, so two refreshes at once can kill both pairs. In this process one task refreshes
and the others await it; across processes a lease in the store does the same. A new pair is in the store
before it is used, and a failure never takes the old one away.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from jobs.config.secrets import Broken, ShopSecrets, seal, unseal
from jobs.problems import NoSecret
from shop.auth import TokenPair
from shop.errors import LoginNeeded
from store import tokens
from store.db import Store
from store.times import MINUTE, SECOND, Clock

log = logging.getLogger(__name__)

Refresh = Callable[[str], Awaitable[TokenPair]]
"""shop.auth.refresh for one app: takes a refresh token, raises ShopErrors."""

EARLY: Final = 0.2
"""Share of a token's life at which it is refreshed although it still works."""
LEASE: Final = 45 * SECOND
"""Longer than a refresh may take (shop.auth.DEADLINE), so that nobody starts a second one beside it."""
PATIENCE: Final = 60.0
"""Seconds to wait for another process that holds the lease; a dead one's lease ends before."""
PAUSE: Final = 10 * MINUTE
"""Before a refresh that failed is tried again while the old token works, or a refused one is tried at all."""


class Pair(msgspec.Struct, frozen=True):
    """A token pair as the store keeps it (sealed). Times in epoch ms, None when nobody said."""

    access: str
    refresh: str
    access_expires_at: int | None = None
    got_at: int | None = None

    def __repr__(self) -> str:
        return f"Pair(*** until {self.access_expires_at})"


class TokenKeeper:
    """Hands out access tokens of one shop; it is the token source of shop.client.ShopClient."""

    def __init__(
        self,
        store: Store,
        shop_id: int,
        shop: str,
        secrets: ShopSecrets,
        refresh: Refresh,
        *,
        owner: str,
        clock: Clock,
    ) -> None:
        if secrets.app_secret is None:
            raise NoSecret("APP_SECRET")
        self._store = store
        self._shop_id = shop_id
        self._shop = shop
        self._secrets = secrets
        self._key = secrets.app_secret
        self._ask = refresh
        self._owner = owner
        self._clock = clock
        self._pair: Pair | None = None
        self._loading: asyncio.Task[Pair] | None = None
        self._task: asyncio.Task[Pair] | None = None
        self._not_before = 0
        self._refused: str | None = None
        self.pairs = 0
        """How many newer pairs came since the start."""

    async def __call__(self, force: bool = False) -> str:
        """An access token; `force`: the one we gave was refused by the platform.

        Raises NoSecret when there never was one, LoginNeeded when only the seller can help, or why the token
        host could not be asked.
        """
        pair = self._pair or await self._first()
        if force or not pair.access or self._expired(pair):
            return (await self._renewed(pair)).access
        if self._ripe(pair):
            try:
                return (await self._renewed(pair)).access
            except Exception as error:
                # It still works for a fifth of its life: time enough to try again.
                self._not_before = self._clock() + PAUSE
                log.warning("%s: early token refresh failed: %s", self._shop, type(error).__name__)
        return pair.access

    async def settle(self) -> None:
        """Wait for a refresh under way: its answer may be the only pair that works."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _first(self) -> Pair:
        """The pair this process begins with: the same one for all who ask at once, or each would refresh anew."""
        if self._loading is None:
            self._loading = asyncio.create_task(self._newest())
            self._loading.add_done_callback(_retrieve)
        try:
            pair = await asyncio.shield(self._loading)
        except BaseException:
            self._loading = None
            raise
        if self._pair is None:
            self._pair = pair
        return pair

    def _expired(self, pair: Pair) -> bool:
        return pair.access_expires_at is not None and pair.access_expires_at <= self._clock()

    def _ripe(self, pair: Pair) -> bool:
        now = self._clock()
        if pair.access_expires_at is None or pair.got_at is None or now < self._not_before:
            return False
        return pair.access_expires_at - now <= EARLY * (pair.access_expires_at - pair.got_at)

    async def _newest(self) -> Pair:
        """The stored pair, unless the environment tells of a login that the store has not seen."""
        given = self._given()
        stored, origin = await self._stored()
        if given is not None and (stored is None or origin != self._secrets.origin):
            return given
        if stored is not None:
            return stored
        raise NoSecret("REFRESH_TOKEN")

    def _given(self) -> Pair | None:
        access, refresh = self._secrets.access_token, self._secrets.refresh_token
        if access is None and refresh is None:
            return None
        return Pair(access.reveal() if access else "", refresh.reveal() if refresh else "")

    async def _stored(self) -> tuple[Pair | None, str | None]:
        row = await self._store.aread(lambda conn: tokens.load(conn, self._shop_id))
        if row is None or row.sealed is None:
            return None, None
        try:
            return msgspec.json.decode(unseal(row.sealed, self._key, self._shop), type=Pair), row.origin
        except (Broken, msgspec.DecodeError):
            log.warning("%s: the stored tokens do not open with this app secret", self._shop)
            return None, None

    async def _renewed(self, old: Pair) -> Pair:
        """A newer pair than `old`; everybody who asks meanwhile gets the same."""
        if self._pair is not None and self._pair.access != old.access:
            return self._pair
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._renew(old))
            self._task.add_done_callback(_retrieve)
        # A job that runs out of time must not take the answer of a refresh with it.
        newer = await asyncio.shield(self._task)
        if newer is not self._pair:
            self._pair = newer
            self.pairs += 1
        return newer

    async def _renew(self, old: Pair) -> Pair:
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while True:
            fence = await self._store.awrite(
                lambda conn: tokens.lease(conn, self._shop_id, self._owner, self._clock(), LEASE)
            )
            if newer := await self._other_than(old):
                if fence is not None:
                    await self._release(fence)
                return newer
            if fence is not None:
                break
            if loop.time() > until:
                raise TimeoutError("another process holds the token lease")
            await asyncio.sleep(0.25)
        try:
            return await self._refresh(old, fence)
        finally:
            await self._release(fence)

    async def _refresh(self, old: Pair, fence: int) -> Pair:
        if not old.refresh:
            raise NoSecret("REFRESH_TOKEN")
        if old.refresh == self._refused and self._clock() < self._not_before:
            raise LoginNeeded("refresh token refused before")
        try:
            got = await self._ask(old.refresh)
        except LoginNeeded:
            # Somebody without our lease may have won; and one refusal alone may be the platform's trouble.
            if newer := await self._other_than(old, of_any_login=True):
                return newer
            try:
                got = await self._ask(old.refresh)
            except LoginNeeded:
                self._refused, self._not_before = old.refresh, self._clock() + PAUSE
                raise
        now = self._clock()
        # A life that is over at birth is a platform that did not say (or a clock of ours that is far off).
        ends = got.access_expires_at if got.access_expires_at > now else None
        pair = Pair(got.access, got.refresh, ends, now)
        sealed = seal(msgspec.json.encode(pair), self._key, self._shop)
        origin = self._secrets.origin
        saved = await self._store.awrite(
            lambda conn: tokens.save(conn, self._shop_id, fence, sealed, origin, pair.access_expires_at)
        )
        log.info("%s: tokens refreshed", self._shop)
        return pair if saved else await self._other_than(old) or pair

    async def _other_than(self, old: Pair, *, of_any_login: bool = False) -> Pair | None:
        """The stored pair if it is another one: somebody refreshed it, or logged in.

        While ours is the environment's, a pair of an older login is no news; once ours was refused, it is.
        """
        stored, origin = await self._stored()
        if stored is None or stored.access == old.access:
            return None
        given = self._given()
        foreign = given is not None and given.refresh == old.refresh and origin != self._secrets.origin
        return None if foreign and not of_any_login else stored

    async def _release(self, fence: int) -> None:
        await self._store.awrite(lambda conn: tokens.release(conn, self._shop_id, fence))


def _retrieve(task: asyncio.Task[Pair]) -> None:
    if not task.cancelled():
        task.exception()
