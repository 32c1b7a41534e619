"""One shop's way to the platform: its token, its client, and the cipher that names it there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection, select, update

from jobs.config.keys import ShopSettings
from jobs.config.secrets import ShopSecrets
from jobs.intake.tokens import TokenKeeper
from jobs.problems import NoSecret
from shop import auth
from shop.client import ShopClient
from shop.errors import LoginNeeded, ScopeMissing
from shop.facts import AuthorizedShop
from shop.http import HttpSeam
from store.bulk import table_of
from store.db import Store
from store.models import Shop
from store.times import Clock

log = logging.getLogger(__name__)

_SHOPS = table_of(Shop)
_OTHER_SHOP = frozenset({101000, 106013})
"""Token and cipher do not belong together; the cipher is missing."""


class ShopLink:
    """Everything needed to talk to the platform for one shop.

    Raises NoSecret when the settings or secrets are not complete: nothing could be asked.
    """

    def __init__(
        self,
        store: Store,
        http: HttpSeam,
        shop: ShopSettings,
        shop_id: int,
        secrets: ShopSecrets,
        *,
        owner: str,
        clock: Clock,
    ) -> None:
        if not shop.app_key:
            raise NoSecret("app_key")
        if secrets.app_secret is None:
            raise NoSecret("APP_SECRET")
        app_secret = secrets.app_secret.reveal()
        self.name = shop.name
        self.shop_id = shop_id
        self._store = store
        self._lock = asyncio.Lock()
        refresh = partial(auth.refresh, http, shop.auth_base, shop.app_key, app_secret, clock=clock)
        self.keeper = TokenKeeper(store, shop_id, shop.name, secrets, refresh, owner=owner, clock=clock)
        self.client = ShopClient(
            http,
            api_base=shop.api_base,
            app_key=shop.app_key,
            app_secret=app_secret,
            token=self.keeper,
            clock=clock,
        )

    async def ready(self) -> ShopClient:
        """The client, speaking for this shop. The first call also tells the platform's clock from ours.

        Raises a ShopError; LoginNeeded also when the token opens no shop.
        """
        async with self._lock:
            if not self.client.cipher:
                self.client.use_shop(await self._cipher())
        return self.client

    def doubts(self, error: LoginNeeded) -> bool:
        """Whether the cipher may be another shop's (a new login); then it is looked up again next time."""
        if error.code not in _OTHER_SHOP:
            return False
        self.client.use_shop("")
        return True

    async def _cipher(self) -> str:
        try:
            found = choose(await self.client.authorized_shops(), self.name)
        except ScopeMissing:
            # An app may lack this one right and still read orders: what an earlier login told will do.
            known = await self._store.aread(self._remembered)
            if known is None:
                raise
            return known
        if found is None:
            raise LoginNeeded("the token opens no shop")
        await self._store.awrite(lambda conn: self._remember(conn, found))
        return found.cipher

    def _remembered(self, conn: Connection) -> str | None:
        query = select(_SHOPS.c.cipher).where(_SHOPS.c.id == self.shop_id)
        return conn.execute(query).scalar_one_or_none()

    def _remember(self, conn: Connection, found: AuthorizedShop) -> None:
        told = {
            "platform_id": found.shop_id,
            "cipher": found.cipher,
            "title": found.name,
            "region": found.region,
        }
        conn.execute(update(_SHOPS).where(_SHOPS.c.id == self.shop_id).values(**told))


def choose(shops: Sequence[AuthorizedShop], name: str) -> AuthorizedShop | None:
    """The shop meant by the seller's own name for it: by its name or id at the platform, else the first."""
    for shop in shops:
        if name.casefold() in (shop.name.casefold(), shop.shop_id):
            return shop
    if len(shops) > 1:
        log.warning(
            "%s: the token opens %d shops and none has this name; the first is used", name, len(shops)
        )
    return shops[0] if shops else None
