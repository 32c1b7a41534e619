"""Settings: layers, mistakes with a sentence, and the committed file."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from jobs.config.settings import PROVIDERS, Settings, SettingsError, as_dict, load

ROOT = Path(__file__).resolve().parents[2]
Loader = Callable[..., Settings]


@pytest.fixture
def read(tmp_path: Path) -> Loader:
    """Load a text as the configuration file."""

    def read(text: str = "", environ: Mapping[str, str] | None = None, **overrides: str) -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load(path, environ or {}, {name.replace("__", "."): v for name, v in overrides.items()})

    return read


# -- layers ------------------------------------------------------------------------------------------------


def test_option_beats_environment_beats_file_beats_default(read: Loader) -> None:
    environ = {"PANTAU_LANGUAGE": "en"}
    assert read().language == "id"
    assert read('language = "en"').language == "en"
    assert read('language = "id"', environ).language == "en"
    assert read("", environ, language="id").language == "id"


def test_the_environment_reaches_every_depth(read: Loader) -> None:
    settings = read(
        '[[shops]]\nname = "a"\n[couriers.binderbyte]\nenabled = true',
        {
            "PANTAU_JOBS__ORDERS_EVERY": "1m",
            "PANTAU_COURIERS__BINDERBYTE__BASE": "http://127.0.0.1:9/v1",
            "PANTAU_COURIERS__17TRACK__ENABLED": "no",
            "PANTAU_COURIERS__ORDER": "tiktok, 17track",
            "PANTAU_SHOPS__0__APP_KEY": "k",
            "PANTAU_READ_ONLY": "1",
            "PANTAU_SHIP__COD_REVIEW_ABOVE": "0",
            "PANTAU_NOTIFY__URLS": '["a://x", "b://y,z"]',
            "PANTAU_KEYMAP__SHIP": "S",
        },
    )
    assert settings.jobs.orders_every == 60_000
    assert settings.couriers.provider("binderbyte").base == "http://127.0.0.1:9/v1"
    assert not settings.couriers.provider("17track").enabled
    assert settings.couriers.order == ("tiktok", "17track")
    assert settings.shops[0].name == "a" and settings.shops[0].app_key == "k"
    assert settings.read_only and settings.ship.cod_review_above == 0
    assert settings.notify.urls == ("a://x", "b://y,z")
    assert settings.keymap == {"ship": "S"}


def test_secrets_and_foreign_variables_are_no_settings(read: Loader) -> None:
    environ = {
        "PANTAU_SHOP_A_APP_SECRET": "x",
        "PANTAU_COURIER_NOBODY_API_KEY": "x",
        "PANTAU_TEST_PG": "x",
        "HOME": "/",
    }
    assert read("", environ) == read("")


def test_the_file_is_looked_for_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named, here, usual = tmp_path / "named.toml", tmp_path / "config.toml", tmp_path / "xdg" / "pantau"
    usual.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.chdir(tmp_path)
    assert load(None, {}).source is None
    if sys.platform == "linux":
        (usual / "config.toml").write_text("")
        assert load(None, {}).source == usual / "config.toml"
    here.write_text("")
    assert load(None, {}).source == here
    named.write_text("")
    assert load(None, {"PANTAU_CONFIG": str(named)}).source == named
    assert load(here, {"PANTAU_CONFIG": str(named)}).source == here


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load(tmp_path / "nowhere.toml", {})


def test_folders_of_a_file_are_meant_from_where_it_lies(read: Loader, tmp_path: Path) -> None:
    settings = read('data_dir = "data"\n[[shops]]\nname = "a"\nkind = "file"\nwatch_dir = "in"')
    assert settings.data_path == tmp_path / "data"
    assert settings.store_url == str(tmp_path / "data" / "pantau.db")
    assert settings.shops[0].watch_dir == str(tmp_path / "in")


def test_the_store_can_be_anywhere(read: Loader) -> None:
    assert read('[store]\nurl = "postgresql+psycopg://h/db"').store_url == "postgresql+psycopg://h/db"
    with_password = {"PANTAU_STORE__URL": "postgresql+psycopg://u:pw@h/db"}
    assert read("", with_password).store_url == "postgresql+psycopg://u:pw@h/db"
    assert "pw" not in str(as_dict(read("", with_password)))


def test_a_file_shop_needs_a_name_only(read: Loader) -> None:
    (shop,) = read('[[shops]]\nname = "arsip"\nkind = "file"').shops
    assert (shop.kind, shop.app_key) == ("file", "")


def test_no_shop_is_a_beginning_not_a_mistake(read: Loader) -> None:
    assert read().shops == ()


def test_unpromised_endpoints_are_off(read: Loader) -> None:
    off = {name for name in PROVIDERS if not read().couriers.provider(name).enabled}
    assert off == {"spx", "jnt_web"}
    assert read("[couriers.spx]\nenabled = true").couriers.provider("spx").enabled
    assert not read('[couriers.spx]\nbase = "https://x"').couriers.provider("spx").enabled


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'\xef\xbb\xbflanguage = "en"\r\n')
    assert load(path, {}).language == "en"


# -- mistakes ----------------------------------------------------------------------------------------------

MISTAKES = {
    'langage = "id"': ("langage", "language"),
    '[jobs]\norder_every = "3s"': ("jobs.order_every", "jobs.orders_every"),
    "[couriers.binderbite]\nenabled = true": ("couriers.binderbite", "couriers.binderbyte"),
    "[couriers.binderbyte]\nenable = true": ("couriers.binderbyte.enable", "couriers.binderbyte.enabled"),
    '[[shops]]\nname = "a"\napi_bass = ""': ("shops[0].api_bass", "shops[0].api_base"),
    '[couriers]\norder = ["tiktok", "binderbite"]': ("couriers.order", "binderbyte"),
    'timezone = "Asia/Jakata"': ("timezone", "Asia/Jakarta"),
    "[rules]\nauto = 1": ("rules.auto", None),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_unknown_names_are_told_with_the_nearest(read: Loader, tmp_path: Path, text: str) -> None:
    key, nearest = MISTAKES[text]
    with pytest.raises(SettingsError) as told:
        read(text)
    assert (told.value.key, told.value.nearest) == (key, nearest)
    assert str(tmp_path / "config.toml") in str(told.value)
    assert nearest is None or nearest in str(told.value)


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ('language = "fr"', "language", '"id" | "en"'),
        ("timezone = 7", "timezone", "text"),
        ('timezone = "Asia"', "timezone", "unknown time zone"),
        ('timezone = "../../etc/passwd"', "timezone", "unknown time zone"),
        ('read_only = "yes"', "read_only", "true | false"),
        ("jobs = 3", "jobs", "[jobs]"),
        ("[jobs]\norders_every = 30", "jobs.orders_every", '"30s"'),
        ('[jobs]\norders_every = "0s"', "jobs.orders_every", ">= 1s"),
        ('[jobs]\nsweep_at = "25:00"', "jobs.sweep_at", '"02:30"'),
        ('[jobs]\ndigest_at = "08:00"', "jobs.digest_at", "list"),
        ('[jobs]\ndigest_at = ["x"]', "jobs.digest_at[0]", '"02:30"'),
        ("[ship]\ncod_review_above = true", "ship.cod_review_above", "whole number"),
        ("[ship]\ncod_review_above = -1", "ship.cod_review_above", "whole number"),
        ("[ship.cod_review_above]\nx = 1", "ship.cod_review_above", "whole number"),
        ('[shops]\nname = "a"', "shops.name", "[[shops]]"),
        ("shops = [1]", "shops", "[[shops]]"),
        ("[[shops]]\nkind = 'file'", "shops[0].name", "required"),
        ("[[shops]]\nname = ' '", "shops[0].name", "empty"),
        ("[[shops]]\nname = 'a'\nkind = 'web'", "shops[0].kind", '"tiktok" | "file"'),
        ("[[shops]]\nname = 'a'\n[[shops]]\nname = 'a'", "shops[1].name", "already used"),
        ("[[shops]]\nname = 'a b'\n[[shops]]\nname = 'A-B'", "shops[1].name", "PANTAU_SHOP_A_B_"),
        ("[[shops]]\nname = 'a'\napi_base = 'http://shop.example'", "shops[0].api_base", "https"),
        ("[[shops]]\nname = 'a'\nauth_base = 'http://127.0.0.1.example'", "shops[0].auth_base", "https"),
        ("[[shops]]\nname = 'a'\napi_base = 'https://u:p@shop.example'", "shops[0].api_base", "password"),
        ("[[shops]]\nname = 'a'\napi_base = ''", "shops[0].api_base", "https://host"),
        ("[couriers.jne]\nbase = 'http://jne.example'", "couriers.jne.base", "https"),
        ("[couriers]\norder = ['tiktok', 'tiktok']", "couriers.order", "twice"),
        ("[store]\nurl = 'postgresql+psycopg://u:secret@h/db'", "store.url", "PGPASSWORD"),
        ("[store]\nurl = 'postgresql+psycopg://h/db?password=secret'", "store.url", "PGPASSWORD"),
        ("[store]\nurl = 'mysql://h/db'", "store.url", "postgresql+psycopg"),
        ("[notify]\nquiet_hours = ['22:00']", "notify.quiet_hours", "06:00"),
        ("[keymap]\nship = 1", "keymap.ship", "text"),
        ("keymap = 'x'", "keymap", "[keymap]"),
    ],
)
def test_wrong_values_are_told_with_what_was_expected(
    read: Loader, tmp_path: Path, text: str, key: str, expected: str
) -> None:
    with pytest.raises(SettingsError) as told:
        read(text)
    assert told.value.key == key
    assert expected in told.value.message
    assert told.value.file == str(tmp_path / "config.toml")
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("host", ["127.0.0.1:80", "localhost", "[::1]:8080", "127.9.9.9"])
def test_plain_http_to_this_computer_is_fine(read: Loader, host: str) -> None:
    assert read(f"[[shops]]\nname = 'a'\napi_base = 'http://{host}'").shops[0].api_base == f"http://{host}"


def test_broken_toml_names_file_and_line(read: Loader, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="line 2") as told:
        read('language = "id"\nread_only = maybe\n')
    assert told.value.file == str(tmp_path / "config.toml")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'language = "\xff"')
    with pytest.raises(SettingsError, match="UTF-8"):
        load(path, {})


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("PANTAU_LANG", "language"),
        ("PANTAU_JOBS__ORDER_EVERY", "jobs.orders_every"),
        ("PANTAU_JOB__ORDERS_EVERY", "jobs"),
        ("PANTAU_STORE__URI", "store.url"),
    ],
)
def test_a_slip_in_a_variable_is_told_by_its_name(read: Loader, name: str, nearest: str) -> None:
    with pytest.raises(SettingsError) as told:
        read("", {name: "x"})
    assert (told.value.file, told.value.nearest) == (name, nearest)


def test_a_slip_in_an_option_is_told_by_its_name(read: Loader) -> None:
    with pytest.raises(SettingsError, match="--language"):
        read("", language="fr")


# -- the committed file and the start ------------------------------------------------------------------------


def test_the_committed_file_holds_every_key_with_its_default() -> None:
    text = (ROOT / "config.toml").read_text("utf-8")
    written = tomllib.loads(_with_the_example_shop(text))
    with_shop = load(ROOT / "config.toml", {"PANTAU_SHOPS__0__NAME": "toko-contoh"})
    expected = as_dict(with_shop)
    # The one value that is clearer in another unit.
    assert written["sender"].pop("validity") == "300s" and expected["sender"].pop("validity") == "5m"
    assert written["sender"].pop("settle") == "60s" and expected["sender"].pop("settle") == "1m"
    # Rules are entries of a list; the file shows one to take the # away from.
    assert expected["rules"].pop("each") == []
    assert written == expected


def test_the_committed_file_alone_watches_no_shop() -> None:
    settings = load(ROOT / "config.toml", {})
    assert settings.shops == ()
    assert as_dict(settings) == as_dict(Settings())


def test_every_key_of_the_committed_file_is_explained_or_speaks_for_itself() -> None:
    text = (ROOT / "config.toml").read_text("utf-8")
    silent = [line for line in text.splitlines() if re.match(r"(?:# )?\w+ = ", line) and line.count("#") == 0]
    speaking = {"api_base", "auth_base", "orders_every", "tracking_every", "stock_every", "settle", "skew"}
    speaking |= {"enabled", "base", "theme", "bell"}
    speaking |= {"per_second", "at_once", "per_day"}  # above the providers' tables, once for all
    assert {line.split(" = ")[0].removeprefix("# ") for line in silent} <= speaking


def test_the_first_paint_does_not_wait_for_heavy_imports() -> None:
    code = (
        "import sys, jobs.config.settings as s; s.load(None, {}); "
        "print(sorted({n.partition('.')[0] for n in sys.modules} & set(sys.argv[1:])))"
    )
    heavy = ["pydantic", "sqlalchemy", "sqlmodel", "httpx", "textual", "cryptography", "keyring", "difflib"]
    done = subprocess.run(
        [sys.executable, "-c", code, *heavy], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.strip() == "[]"


def _with_the_example_shop(text: str) -> str:
    """Take the # away, as the comment says."""
    start = text.index("# [[shops]]")
    end = text.index("\n\n", start)
    shop = "\n".join(line.removeprefix("# ") for line in text[start:end].splitlines())
    return text[:start] + shop + text[end:]
