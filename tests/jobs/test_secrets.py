"""Secrets: sources in order, a type that hides itself, and sealing."""

from __future__ import annotations

import os
import pickle
import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from jobs.config import secretfile
from jobs.config.secrets import (
    Broken,
    Secret,
    ShopSecrets,
    courier_secrets,
    known_secrets,
    save_login,
    seal,
    secrets_of,
    unseal,
)
from jobs.config.settings import Settings, load
from tests.jobs.runtime_kit import login

KEY = Secret("app-secret")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "config.toml"
    path.write_text('data_dir = "data"\n[[shops]]\nname = "Toko Bu Sri 2"\n', encoding="utf-8")
    return load(path, {})


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment whose configuration folder is the test's."""
    return {"XDG_CONFIG_HOME": str(tmp_path / "xdg")}


def test_a_secret_hides_itself_everywhere() -> None:
    secret = Secret("s3cret")
    pair = ShopSecrets(secret, secret, secret)
    shown = f"{secret} {secret!r} {secret!s:>9} {pair} {[secret]} {'%s' % secret}"  # noqa: UP031
    assert "s3cret" not in shown and "***" in shown
    assert secret.reveal() == "s3cret"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_the_environment_names_shops_in_capitals(settings: Settings, environ: dict[str, str]) -> None:
    environ |= {
        "PANTAU_SHOP_TOKO_BU_SRI_2_APP_SECRET": " a ",
        "PANTAU_SHOP_TOKO_BU_SRI_2_ACCESS_TOKEN": "b",
        "PANTAU_SHOP_TOKO_BU_SRI_2_REFRESH_TOKEN": "c",
    }
    assert secrets_of(settings, "Toko Bu Sri 2", environ) == login("b", "c", "a")


def test_nothing_anywhere_is_nothing(settings: Settings, environ: dict[str, str]) -> None:
    found = secrets_of(settings, "Toko Bu Sri 2", environ)
    assert set(found.named().values()) == {None}
    assert found.origin is None


def test_the_file_comes_last_and_hides_what_it_holds(
    settings: Settings, environ: dict[str, str], tmp_path: Path
) -> None:
    where = save_login(settings, "Toko Bu Sri 2", login("in-file-a", "in-file-r"), environ)
    assert secrets_of(settings, "Toko Bu Sri 2", environ) == login("in-file-a", "in-file-r")
    environ["PANTAU_SHOP_TOKO_BU_SRI_2_ACCESS_TOKEN"] = "newer"
    assert secrets_of(settings, "Toko Bu Sri 2", environ) == login("newer", "in-file-r")
    assert b"in-file" not in where.read_bytes()
    key = tmp_path / "xdg" / "pantau" / secretfile.KEY_NAME
    assert {stat.S_IMODE(path.stat().st_mode) for path in (where, key)} == {0o600}
    assert not where.is_relative_to(key.parent) and not key.is_relative_to(where.parent)


def test_a_second_login_keeps_the_other_shops(settings: Settings, environ: dict[str, str]) -> None:
    save_login(settings, "satu", login("a1", "r1"), environ)
    save_login(settings, "dua", login("a2", "r2"), environ)
    assert secrets_of(settings, "satu", environ) == login("a1", "r1")
    assert secrets_of(settings, "dua", environ) == login("a2", "r2")


def test_a_file_with_another_key_is_an_empty_one(
    settings: Settings, environ: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save_login(settings, "satu", login("a1", "r1"), environ)
    secretfile.write_private(tmp_path / "xdg" / "pantau" / secretfile.KEY_NAME, os.urandom(32))
    assert secrets_of(settings, "satu", environ).app_secret is None
    assert "does not open" in caplog.text


def test_the_service_manager_may_hold_the_key(
    settings: Settings, environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / secretfile.KEY_NAME).write_bytes(os.urandom(32))
    environ["CREDENTIALS_DIRECTORY"] = str(tmp_path / "credentials")
    save_login(settings, "satu", login("a1", "r1"), environ)
    assert not (tmp_path / "xdg").exists()
    assert secrets_of(settings, "satu", environ) == login("a1", "r1")


def test_the_keyring_is_asked_before_the_file(
    settings: Settings, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save_login(settings, "satu", login("file", "file", "file"), environ)
    ring = {("pantau", "satu/APP_SECRET"): "ring", ("pantau", "satu/ACCESS_TOKEN"): "ring"}
    fake = SimpleNamespace(get_password=lambda service, user: ring.get((service, user)))
    monkeypatch.setitem(sys.modules, "keyring", fake)
    environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/run/user/1000/bus"
    assert secrets_of(settings, "satu", environ) == login("ring", "file", "ring")


def test_a_broken_keyring_is_an_empty_one(
    settings: Settings, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(service: str, user: str) -> str:
        raise RuntimeError("locked")

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=fail))
    environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nowhere"
    assert secrets_of(settings, "satu", environ) == ShopSecrets()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keyrings need a session bus")
def test_a_headless_computer_is_not_asked_for_its_keyring(
    settings: Settings, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setitem(
        sys.modules, "keyring", SimpleNamespace(get_password=lambda s, user: asked.append(user))
    )
    secrets_of(settings, "satu", environ)
    assert asked == []


def test_a_complete_environment_asks_nobody_else(
    settings: Settings, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> dict[str, dict[str, str]]:
        raise AssertionError("the file was opened")

    monkeypatch.setattr(secretfile, "load", never)
    environ |= {"PANTAU_SHOP_SATU_APP_SECRET": "a", "PANTAU_SHOP_SATU_REFRESH_TOKEN": "r"}
    assert secrets_of(settings, "satu", environ) == login(None, "r", "a")


def test_courier_credentials_by_their_own_names() -> None:
    environ = {
        "PANTAU_COURIER_JNT_USERNAME": "u",
        "PANTAU_COURIER_JNT_PASSWORD": "p",
        "PANTAU_COURIER_JNE_API_KEY": "k",
        "PANTAU_COURIER_17TRACK_API_KEY": "t",
        "PANTAU_COURIER_ANTERAJA_ACCESS_KEY_ID": " ",
    }
    assert courier_secrets(environ, "jnt") == {"username": "u", "password": "p"}
    assert courier_secrets(environ, "17track") == {"api_key": "t"}
    assert courier_secrets(environ, "anteraja") == {}


def test_what_a_log_must_not_show(settings: Settings, environ: dict[str, str]) -> None:
    save_login(settings, "satu", login("file-a", "file-r"), environ)
    environ |= {"PANTAU_SHOP_DUA_APP_SECRET": "x", "PANTAU_COURIER_JNE_API_KEY": "y", "PANTAU_LANGUAGE": "id"}
    assert {secret.reveal() for secret in known_secrets(settings, environ)} == {
        *("x", "y", "file-a", "file-r", "app-secret"),
    }


def test_sealed_tokens_open_with_secret_and_shop_only() -> None:
    sealed = seal(b"tokens", KEY, "satu")
    assert unseal(sealed, KEY, "satu") == b"tokens"
    assert b"tokens" not in sealed and sealed != seal(b"tokens", KEY, "satu")
    for key, shop, text in [
        (Secret("other"), "satu", sealed),
        (KEY, "dua", sealed),
        (KEY, "satu", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (KEY, "satu", b"\x02" + sealed[1:]),
        (KEY, "satu", b""),
    ]:
        with pytest.raises(Broken):
            unseal(text, key, shop)


def test_the_origin_tells_one_login_from_another() -> None:
    first = login("a", "r")
    assert first.origin == login("a", "r").origin
    others = {login("a2", "r").origin, login("a", "r2").origin, login("a", "r", "another").origin}
    assert len(others | {first.origin}) == 4
    assert first.origin != "r" and login("a", None).origin is None
