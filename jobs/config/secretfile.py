"""The last place for secrets: one AES-256-GCM file in the data folder, its key elsewhere.

The key is a random file in the configuration folder, or a credential of the service manager (systemd's
`LoadCredential=pantau.key:...`). A copy of the data folder alone (a backup, a sync folder) reveals nothing;
who can read both folders can read the secrets, which is what "without a prompt" costs.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

log = logging.getLogger(__name__)

NAME: Final = "secrets.bin"
KEY_NAME: Final = "pantau.key"
_KEY: Final = 32
_NONCE: Final = 12
_BOUND: Final = b"pantau secrets"

Shops = dict[str, dict[str, str]]


def load(data: Path, environ: Mapping[str, str]) -> Shops:
    """Secrets by shop and name; empty when there is no file or it does not open (that is logged)."""
    sealed = _read(data / NAME)
    key = _read(_key_path(environ))
    if sealed is None or key is None:
        return {}
    try:
        plain = AESGCM(key[:_KEY]).decrypt(sealed[:_NONCE], sealed[_NONCE:], _BOUND)
        return msgspec.json.decode(plain, type=Shops)
    except (InvalidTag, ValueError, msgspec.DecodeError):
        log.warning("%s does not open with the key in %s", data / NAME, _key_path(environ))
        return {}


def save(data: Path, shop: str, secrets: Mapping[str, str], environ: Mapping[str, str]) -> Path:
    """Replace one shop's secrets; the others stay. Raises OSError."""
    key_path = _key_path(environ)
    if (key := _read(key_path)) is None:
        key = os.urandom(_KEY)
        write_private(key_path, key)
    everything = load(data, environ) | {shop: dict(secrets)}
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(key[:_KEY]).encrypt(nonce, msgspec.json.encode(everything), _BOUND)
    write_private(data / NAME, nonce + sealed)
    return data / NAME


def write_private(path: Path, content: bytes) -> None:
    """Write a file only we can read, whole or not at all, and on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    with suppress(FileNotFoundError):
        draft.unlink()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _key_path(environ: Mapping[str, str]) -> Path:
    given = environ.get("CREDENTIALS_DIRECTORY")
    if given and (Path(given) / KEY_NAME).is_file():
        return Path(given) / KEY_NAME
    from platformdirs import user_config_path

    # The folder follows the environment we were given, like every other setting.
    home = environ.get("XDG_CONFIG_HOME")
    folder = Path(home) / "pantau" if home else user_config_path("pantau", appauthor=False)
    return folder / KEY_NAME


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("%s cannot be read: %s", path, error.strerror)
        return None
