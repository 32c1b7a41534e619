"""Every setting, its default, and where values come from: option > environment > file > default.

jobs/config/keys.py is the list of keys; `config.toml` shows them to people (a test compares the two) and
docs/configuration.md explains them. Secrets are no settings: jobs/config/secrets.py. Imported before the first
paint, so: standard library and msgspec only, and what is rarely needed is imported where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from jobs.config.checks import check, without_password
from jobs.config.durations import format_duration
from jobs.config.keys import PROVIDER_DEFAULTS, PROVIDERS, Keys, ProviderSettings
from jobs.config.layers import SPAN, Branch, Leaf, SettingsError, build, graft, marks, plant, sprout, unknown

__all__ = ["PROVIDERS", "Settings", "SettingsError", "as_dict", "load"]

NOT_OURS: Final = ("PANTAU_SHOP_", "PANTAU_COURIER_")
"""Variables that hold secrets (jobs/config/secrets.py)."""
FILE: Final = "config.toml"
_PUNCTUATION: Final = str.maketrans("[],'\"", "     ")


class Settings(Keys, frozen=True, kw_only=True):
    """All of it, checked."""

    source: Path | None = None
    """The file in use; None: defaults, environment and options only."""

    @property
    def data_path(self) -> Path:
        """The folder of everything this program keeps; nobody promises that it exists yet."""
        if self.data_dir:
            return Path(self.data_dir)
        from platformdirs import user_data_path  # only where it is needed: the first paint waits for imports

        return user_data_path("pantau", appauthor=False)

    @property
    def paper_path(self) -> Path:
        """The folder of the PDFs."""
        return Path(self.paper.folder) if self.paper.folder else self.data_path / "paper"

    @property
    def store_url(self) -> str:
        """What store.db.Store.open takes: a URL, or the path of the SQLite file."""
        return self.store.url or str(self.data_path / "pantau.db")


def load(
    config_path: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Settings:
    """Read the settings of this run; `overrides` are options by dotted key (`data_dir`, `jobs.orders_every`).

    Raises SettingsError with the file (or variable, or option), the key, and the nearest known key.
    """
    environ = environ or {}
    source = _find(config_path, environ)
    tree = Branch({}, "")
    if source is not None:
        tree = graft(tree, _read(source))
    for layer in (_environment(environ), _options(overrides or {})):
        tree = graft(tree, layer)
    providers = _providers(tree)
    keys = build(Keys, _gather_providers(tree, providers))
    check(keys, tree, providers)
    return Settings(source=source, **{name: getattr(keys, name) for name in Keys.__struct_fields__})


def as_dict(settings: Keys) -> dict[str, Any]:
    """Every key with its value as the file would say it; nothing secret is in it."""
    values = _plain(settings)
    values["couriers"] = {"order": values["couriers"]["order"]} | {
        name: _plain(settings.couriers.provider(name)) for name in PROVIDERS if name != "tiktok"
    }
    values["store"]["url"] = without_password(settings.store.url)
    # An address of a message service carries its token.
    values["notify"]["urls"] = [url.partition("://")[0] + "://***" for url in settings.notify.urls]
    return values


def _plain(table: msgspec.Struct) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(table):
        if field.name in ("source", "providers"):
            continue
        value = getattr(table, field.name)
        if value is None:
            continue  # not asked for; a file has no word for it
        if isinstance(value, msgspec.Struct):
            value = _plain(value)
        elif isinstance(value, tuple):
            value = [_plain(entry) if isinstance(entry, msgspec.Struct) else entry for entry in value]
        elif marks(field.type).get("is") == SPAN:
            value = format_duration(value)
        values[field.name] = dict(value) if isinstance(value, dict) else value
    return values


def _find(config_path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """A file somebody named must be there; the usual places may be empty."""
    named = config_path or (Path(environ["PANTAU_CONFIG"]) if environ.get("PANTAU_CONFIG") else None)
    if named is not None:
        named = named.expanduser()
        if not named.is_file():
            raise SettingsError("berkas tidak ada / no such file", file=str(named))
        return named
    if Path(FILE).is_file():
        return Path(FILE).absolute()
    from platformdirs import user_config_path

    usual = user_config_path("pantau", appauthor=False) / FILE
    return usual if usual.is_file() else None


def _read(source: Path) -> Branch:
    import tomllib

    try:
        document = tomllib.loads(source.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"bukan TOML yang benar / broken TOML: {error}", file=str(source)) from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"bukan / not UTF-8 (byte {error.start})", file=str(source)) from None
    except OSError as error:
        raise SettingsError(f"tidak terbaca / cannot be read: {error.strerror}", file=str(source)) from None
    _anchor(document, source.absolute().parent)
    tree = plant(document, str(source))
    assert isinstance(tree, Branch)
    return tree


def _anchor(document: dict[str, Any], folder: Path) -> None:
    """Folders in a file are meant from where the file lies, wherever the program was started."""
    shops = document.get("shops")
    tables = [entry for entry in shops if isinstance(entry, dict)] if isinstance(shops, list) else []
    paper = document.get("paper")
    named = [(document, "data_dir"), *([(paper, "folder")] if isinstance(paper, dict) else [])]
    for table, key in [*named, *((shop, "watch_dir") for shop in tables)]:
        if isinstance(table.get(key), str) and table[key]:
            table[key] = str(folder / Path(table[key]).expanduser())


def _environment(environ: Mapping[str, str]) -> Branch:
    tree = Branch({}, "")
    known = Keys.__struct_fields__
    for name in sorted(environ):
        if not name.startswith("PANTAU_") or name.startswith(NOT_OURS) or name == "PANTAU_CONFIG":
            continue
        words = name.removeprefix("PANTAU_").lower().split("__")
        if words[0] not in known:
            # Other programs may use our prefix; what looks like one of our keys is a slip of the pen.
            import difflib

            if len(words) > 1 or difflib.get_close_matches(words[0], known, cutoff=0.6):
                raise unknown(words[0], name, known)
            continue
        tree = graft(tree, _named(words, environ[name], name))
    return tree


def _options(overrides: Mapping[str, str]) -> Branch:
    tree = Branch({}, "")
    for key, value in overrides.items():
        tree = graft(tree, _named(key.split("."), value, "--" + key.replace("_", "-")))
    return tree


def _named(words: list[str], value: str, where: str) -> Branch:
    if words[-1] in ("data_dir", "watch_dir", "folder") and value:
        value = str(Path(value).expanduser().absolute())
    tree = sprout(words, value, where)
    assert isinstance(tree, Branch)
    return tree


def _providers(tree: Branch) -> tuple[str, ...]:
    """The names that may stand under `couriers`; installed ones are looked for only when a name is not ours."""
    couriers = tree.items.get("couriers")
    items = couriers.items if isinstance(couriers, Branch) else {}
    order = items.get("order")
    named = {*items, *str(order.raw if isinstance(order, Leaf) else "").translate(_PUNCTUATION).split()}
    if named <= {"order", *PROVIDERS}:
        return PROVIDERS
    from importlib.metadata import entry_points

    return (*PROVIDERS, *(point.name for point in entry_points(group="pantau.couriers")))


def _gather_providers(tree: Branch, known: Sequence[str]) -> Branch:
    """`[couriers.<name>]` becomes `<providers>.<name>`, over that provider's own defaults."""
    couriers = tree.items.get("couriers")
    if not isinstance(couriers, Branch):
        return tree
    kept: dict[str, Branch | Leaf] = {}
    providers: dict[str, Branch | Leaf] = {}
    for name, node in couriers.items.items():
        if name == "order":
            kept[name] = node
        elif name not in known:
            raise unknown(f"couriers.{name}", node.where, ("order", *known))
        else:
            default = plant(_plain(PROVIDER_DEFAULTS.get(name, ProviderSettings())), node.where)
            both = graft(Branch({name: default}, node.where), Branch({name: node}, node.where))
            providers |= both.items
    kept["<providers>"] = Branch(providers, couriers.where)
    return Branch(tree.items | {"couriers": Branch(kept, couriers.where)}, tree.where)
