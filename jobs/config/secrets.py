"""Secrets: where they come from, how tokens are sealed for the store, and a type that does not show itself.

Order: environment, the system's keyring, the encrypted file (jobs/config/secretfile.py). Nothing here ever asks: a
keyring that is missing, locked away or broken is the same as an empty one. A refreshed token pair goes into
the store under a key derived from the app secret, so every process that knows the app secret can use it.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jobs.config import secretfile
from jobs.config.checks import env_name
from jobs.config.settings import Settings

log = logging.getLogger(__name__)

SHOP_NAMES: Final = ("APP_SECRET", "ACCESS_TOKEN", "REFRESH_TOKEN")
KEYRING: Final = "pantau"
"""Service name in the keyring; the user name is `<shop>/APP_SECRET` and so on."""
_COURIER: Final = "PANTAU_COURIER_"
_SECRET: Final = (_COURIER, "PANTAU_SHOP_")
_VERSION: Final = b"\x01"
_NONCE: Final = 12


class Secret:
    """A text that nobody sees by accident: printing, formatting and tracebacks show ***."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself: for a signature, a header or a cipher, and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


class ShopSecrets(msgspec.Struct, frozen=True):
    """What one shop's client needs besides its settings."""

    app_secret: Secret | None = None
    access_token: Secret | None = None
    refresh_token: Secret | None = None

    def named(self) -> dict[str, Secret | None]:
        """By the last part of their variables' names."""
        return dict(zip(SHOP_NAMES, (self.app_secret, self.access_token, self.refresh_token), strict=True))

    @property
    def origin(self) -> str | None:
        """Fingerprint of the pair: another one means that somebody logged in anew. None without a pair."""
        if self.app_secret is None or self.refresh_token is None:
            return None
        access = self.access_token.reveal() if self.access_token else ""
        text = f"{access}\n{self.refresh_token.reveal()}"
        return hmac.digest(self.app_secret.reveal().encode(), text.encode(), hashlib.sha256).hex()[:32]


class Broken(Exception):
    """A sealed text that does not open: another app secret, another shop, or a damaged row."""


def secrets_of(settings: Settings, shop: str, environ: Mapping[str, str]) -> ShopSecrets:
    """The secrets of a shop; what nobody knows is None. Reads the keyring and the file only when it must."""
    prefix = f"PANTAU_SHOP_{env_name(shop)}_"
    found = {name: environ.get(prefix + name, "").strip() for name in SHOP_NAMES}
    if found["APP_SECRET"] and found["REFRESH_TOKEN"]:
        return _shop_secrets(found)
    missing = [name for name, value in found.items() if not value]
    for name in missing:
        found[name] = _from_keyring(f"{shop}/{name}", environ)
    if not all(found.values()):
        stored = secretfile.load(settings.data_path, environ).get(shop, {})
        found = {name: value or stored.get(name, "") for name, value in found.items()}
    return _shop_secrets(found)


def courier_secrets(environ: Mapping[str, str], provider: str) -> dict[str, str]:
    """A provider's credentials by lower-case name (`api_key`, `username`, ...); unknown names are passed on.

    `PANTAU_COURIER_JNT_USERNAME` is jnt's `username`. A provider whose name begins like another's (`jnt_web`)
    sees only its own.
    """
    prefix = f"{_COURIER}{env_name(provider)}_"
    return {
        name.removeprefix(prefix).lower(): value.strip()
        for name, value in environ.items()
        if name.startswith(prefix) and value.strip()
    }


def courier_variable(provider: str, credential: str) -> str:
    """The environment variable of a provider's credential."""
    return f"{_COURIER}{env_name(provider)}_{credential.upper()}"


def known_secrets(settings: Settings, environ: Mapping[str, str]) -> set[Secret]:
    """Every secret in reach without asking anybody: what a log must never show."""
    found = {
        Secret(value.strip()) for name, value in environ.items() if name.startswith(_SECRET) and value.strip()
    }
    for shops in secretfile.load(settings.data_path, environ).values():
        found |= {Secret(value) for value in shops.values()}
    return found


def seal(plain: bytes, app_secret: Secret, shop: str) -> bytes:
    """AES-256-GCM under a key derived from the app secret; opens only for the same shop."""
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + _cipher(app_secret, shop).encrypt(nonce, plain, _VERSION)


def unseal(sealed: bytes, app_secret: Secret, shop: str) -> bytes:
    """What `seal` was given. Raises Broken."""
    if sealed[:1] != _VERSION or len(sealed) < 1 + _NONCE:
        raise Broken
    try:
        return _cipher(app_secret, shop).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], _VERSION)
    except InvalidTag:
        raise Broken from None


def save_login(settings: Settings, shop: str, secrets: ShopSecrets, environ: Mapping[str, str]) -> Path:
    """Keep the secrets of a login in the encrypted file; the answer is where. Raises OSError."""
    given = {name: value.reveal() for name, value in secrets.named().items() if value is not None}
    return secretfile.save(settings.data_path, shop, given, environ)


def _shop_secrets(found: Mapping[str, str]) -> ShopSecrets:
    return ShopSecrets(*(Secret(found[name]) if found[name] else None for name in SHOP_NAMES))


def _cipher(app_secret: Secret, shop: str) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=shop.encode(), info=b"pantau tokens")
    return AESGCM(derived.derive(app_secret.reveal().encode()))


def _from_keyring(user: str, environ: Mapping[str, str]) -> str:
    # Without a session bus the Linux keyrings cannot answer; looking costs 100 ms and says so on stderr.
    if sys.platform == "linux" and not environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return ""
    try:
        import keyring

        return (keyring.get_password(KEYRING, user) or "").strip()
    except Exception as error:  # backends raise what they like; none of it may stop the monitor
        log.info("keyring: %s", type(error).__name__)
        return ""
