"""The seller's authorisation: app, tokens, cipher, scopes. Token life runs on the wall's clock.

Stricter than the platform is known to be in one point: a refresh kills the refresh token it used and the
access token before it (whether the platform does is not documented), because a client that survives this
survives both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

import msgspec

from shop.sandbox.data import SHOP_ID

ACCESS_LIFE: Final = 7 * 86_400
REFRESH_LIFE: Final = 365 * 86_400
CODE_LIFE: Final = 30 * 60
SCOPES: Final = (
    "seller.authorization.info",
    "seller.shop.info",
    "seller.order.info",
    "seller.fulfillment.basic",
    "seller.fulfillment.package.write",
    "seller.logistics",
    "seller.return_refund.basic",
    "seller.product.basic",
    "seller.product.write",
    "seller.customer_service",
    "seller.finance.info",
)


class Credentials(msgspec.Struct, frozen=True):
    """What a client needs to talk to the sandbox. Worthless anywhere else."""

    app_key: str
    app_secret: str
    access_token: str
    refresh_token: str
    auth_code: str
    shop_id: str
    shop_cipher: str
    access_token_expire_in: int
    refresh_token_expire_in: int


class Account:
    """One seller who has authorised one app."""

    def __init__(self, seed: int, wall: Callable[[], float], *, shop_name: str = "Toko Contoh") -> None:
        self._seed, self._wall = seed, wall
        self.shop_name = shop_name
        self.app_key = f"6sandbox{seed}"
        self.app_secret = self._word("app-secret", 40)
        # Holds + / = on purpose: signed as they are, percent-encoded on the URL.
        self.cipher = f"ROW_{self._word('cipher', 12)}+/{self._word('cipher2', 4)}=="
        self.scopes = set(SCOPES)
        self.rotates = True
        """Off: old tokens stay good after a refresh."""
        self.refreshes = 0
        self._issued = 0
        self._access: dict[str, float] = {}
        self._refresh: dict[str, float] = {}
        self._codes: dict[str, float] = {}
        self._pair = self._issue()

    def _word(self, purpose: str, length: int) -> str:
        return hashlib.blake2b(f"{self._seed} {purpose}".encode(), digest_size=32).hexdigest()[:length]

    def _issue(self) -> tuple[str, str]:
        self._issued += 1
        access = f"ROW_access_{self._issued}_{self._word(f'access {self._issued}', 24)}"
        refresh = f"ROW_refresh_{self._issued}_{self._word(f'refresh {self._issued}', 24)}"
        if self.rotates:
            self._access.clear()
            self._refresh.clear()
        self._access[access] = self._wall() + ACCESS_LIFE
        self._refresh[refresh] = self._wall() + REFRESH_LIFE
        return access, refresh

    @property
    def credentials(self) -> Credentials:
        """The valid pair, and a fresh authorisation code."""
        access, refresh = self._pair
        code = f"ROW_code_{self._issued}_{self._word(f'code {self._issued}', 16)}"
        self._codes.setdefault(code, self._wall() + CODE_LIFE)
        return Credentials(
            app_key=self.app_key,
            app_secret=self.app_secret,
            access_token=access,
            refresh_token=refresh,
            auth_code=code,
            shop_id=SHOP_ID,
            shop_cipher=self.cipher,
            access_token_expire_in=int(self._access.get(access, 0)),
            refresh_token_expire_in=int(self._refresh.get(refresh, 0)),
        )

    def knows(self, token: str) -> bool:
        """Whether the access token was ever ours and is still remembered."""
        return token in self._access

    def expired(self, token: str) -> bool:
        """Whether a known access token is past its life."""
        return self._access[token] <= self._wall()

    def expire(self) -> None:
        """End the life of every access token; the refresh token stays good."""
        for token in self._access:
            self._access[token] = 0.0

    def exchange(self, code: str) -> Credentials | None:
        """Trade an authorisation code for tokens, once and within its half hour."""
        if self._codes.pop(code, 0.0) <= self._wall():
            return None
        # Remember it as used, or `credentials` would hand it out again.
        self._codes[code] = 0.0
        self._pair = self._issue()
        return self.credentials

    def refresh(self, token: str) -> Credentials | None:
        """Trade a refresh token for a new pair; None when it is unknown, used or too old."""
        if self._refresh.get(token, 0.0) <= self._wall():
            return None
        self.refreshes += 1
        self._pair = self._issue()
        return self.credentials
