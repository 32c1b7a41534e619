"""Builds frozen structs out of layered, untrusted settings: file, environment, options. Knows no key by name.

Every layer is a tree whose leaves remember where they came from; later layers win leaf by leaf. Only then are
values converted, so that a mistake can name its file, its key and what was expected there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar, get_args, get_origin

import msgspec

from jobs.config.durations import format_duration, parse_day, parse_duration, parse_time

T = TypeVar("T", bound=msgspec.Struct)

SPAN: Final = "span"
DAILY: Final = "daily"
DATED: Final = "dated"
Span = Annotated[int, msgspec.Meta(extra={"is": SPAN, "least": 0})]
"""A length of time in ms, written `30s`."""
Every = Annotated[int, msgspec.Meta(extra={"is": SPAN, "least": 1_000})]
"""An interval in ms, at least a second, written `5m`."""
Daily = Annotated[str, msgspec.Meta(extra={"is": DAILY})]
"""A time of day in the shop's zone, `02:30`."""
Dated = Annotated[str, msgspec.Meta(extra={"is": DATED})]
"""A day of the calendar, `2026-06-02`; in the file with or without quotes."""


class SettingsError(Exception):
    """A mistake in the settings, told so that a seller can mend it: where, which key, and what was meant."""

    def __init__(self, message: str, *, file: str = "", key: str = "", nearest: str | None = None) -> None:
        self.message, self.file, self.key, self.nearest = message, file, key, nearest
        super().__init__(": ".join(part for part in (file, key, message) if part))


class Text(str):
    """A value from the environment or an option: always text, to be read as its key wants."""


class Leaf(msgspec.Struct, frozen=True):
    """A value nobody has checked yet, and where it stands."""

    raw: Any
    where: str


class Branch(msgspec.Struct):
    """A table, or a list of tables with its indices as names."""

    items: dict[str, Branch | Leaf]
    where: str


def plant(raw: Any, where: str) -> Branch | Leaf:
    """The tree of a parsed document."""
    if isinstance(raw, list) and raw and all(isinstance(entry, dict) for entry in raw):
        raw = {str(i): entry for i, entry in enumerate(raw)}
    if isinstance(raw, dict):
        return Branch({str(name): plant(value, where) for name, value in raw.items()}, where)
    return Leaf(raw, where)


def sprout(words: list[str], text: str, where: str) -> Branch | Leaf:
    """The tree of a single named value, as the environment and options give them."""
    if not words:
        return Leaf(Text(text), where)
    return Branch({words[0]: sprout(words[1:], text, where)}, where)


def graft(below: Branch, above: Branch) -> Branch:
    """Both layers in one tree; where both say something, `above` wins."""
    items = dict(below.items)
    for name, node in above.items.items():
        old = items.get(name)
        items[name] = graft(old, node) if isinstance(old, Branch) and isinstance(node, Branch) else node
    return Branch(items, below.where)


def build(kind: type[T], tree: Branch | Leaf, path: str = "") -> T:
    """The struct the tree describes; what nobody named keeps its default. Raises SettingsError.

    A name in angle brackets is a table of ours that people do not write: errors leave it out of the key.
    """
    if isinstance(tree, Leaf):
        raise _wrong(path, tree, f"tabel / a table [{path}]")
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    values = {}
    for name, node in tree.items.items():
        here = path if name.startswith("<") else f"{path}.{name}" if path else name
        if name not in fields:
            raise unknown(here, node.where, fields)
        values[fields[name].name] = _value(fields[name].type, node, here)
    for name, field in fields.items():
        if field.required and field.name not in values:
            raise SettingsError("wajib diisi / is required", file=tree.where, key=f"{path}.{name}")
    return kind(**values)


def unknown(key: str, where: str, known: Iterable[str]) -> SettingsError:
    """The error for a key that does not exist, with the nearest one that does."""
    import difflib  # only in trouble: the first paint waits for imports

    table, _, name = key.rpartition(".")
    near = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.5)
    nearest = (f"{table}.{near[0]}" if table else near[0]) if near else None
    hint = f"; maksudnya / did you mean: {nearest}" if nearest else ""
    return SettingsError(f"kunci tidak dikenal / unknown key{hint}", file=where, key=key, nearest=nearest)


def _value(kind: Any, node: Branch | Leaf, path: str) -> Any:
    if type(None) in get_args(kind):  # `bool | None`: what nobody named is None, what is named is no None
        kind = next(one for one in get_args(kind) if one is not type(None))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return build(kind, node, path)
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        if isinstance(node, Leaf):
            raise _wrong(path, node, f"tabel / a table [{path}]")
        return {name: _value(arguments[1], value, f"{path}.{name}") for name, value in node.items.items()}
    if (
        get_origin(kind) is tuple
        and isinstance(arguments[0], type)
        and issubclass(arguments[0], msgspec.Struct)
    ):
        return _tables(arguments[0], node, path)
    if isinstance(node, Branch):
        raise _wrong(path, Leaf(node, node.where), _expected(kind))
    return _convert(kind, node, path)


def _tables(kind: type[T], node: Branch | Leaf, path: str) -> tuple[T, ...]:
    if isinstance(node, Leaf):
        if node.raw == []:
            return ()
        raise _wrong(path, node, f"[[{path}]]")
    if odd := [name for name in node.items if not (name.isascii() and name.isdecimal())]:
        raise _wrong(f"{path}.{odd[0]}", Leaf(node, node.where), f"[[{path}]]")
    ordered = sorted(node.items.items(), key=lambda item: int(item[0]))
    return tuple(build(kind, entry, f"{path}[{name}]") for name, entry in ordered)


def _convert(kind: Any, leaf: Leaf, path: str) -> Any:
    """One value as its key wants it."""
    raw = leaf.raw
    about = marks(kind)
    if get_origin(kind) is tuple:
        items = _list(leaf, path)
        return tuple(
            _convert(get_args(kind)[0], Leaf(x, leaf.where), f"{path}[{i}]") for i, x in enumerate(items)
        )
    if get_origin(kind) is Literal:
        if raw in get_args(kind):
            return str(raw)
    elif about.get("is") == SPAN:
        ms = _attempt(parse_duration, raw)
        if ms is not None and ms >= about["least"]:
            return ms
    elif about.get("is") == DAILY:
        time = _attempt(parse_time, raw)
        if time is not None:
            return f"{time[0]:02}:{time[1]:02}"
    elif about.get("is") == DATED:
        # A date that TOML knows as such is no text.
        day = _attempt(parse_day, str(raw) if type(raw) is date else raw)
        if day is not None:
            return str(day)
    elif kind is str and isinstance(raw, str):
        return str(raw)
    elif kind is bool:
        word = _WORDS.get(raw.strip().lower()) if isinstance(raw, Text) else raw
        if isinstance(word, bool):
            return word
    elif kind is int:
        number = _attempt(int, raw) if isinstance(raw, Text) else raw
        # True is a number to Python, not to a person; and no setting of ours counts below zero.
        if isinstance(number, int) and not isinstance(number, bool) and number >= 0:
            return number
    elif kind is float:
        rate = _attempt(float, raw) if isinstance(raw, Text) else raw
        if isinstance(rate, int | float) and not isinstance(rate, bool) and 0 <= rate < float("inf"):
            return float(rate)
    raise _wrong(path, leaf, _expected(kind))


def _list(leaf: Leaf, path: str) -> list[Any]:
    """A list; in the environment and options also words between commas, or a JSON list."""
    raw = leaf.raw
    if isinstance(raw, Text):
        if not raw.lstrip().startswith("["):
            return [Text(word.strip()) for word in raw.split(",") if word.strip()]
        try:
            raw = msgspec.json.decode(raw.encode())
        except msgspec.DecodeError:
            raw = None
    if isinstance(raw, list):
        return raw
    raise _wrong(path, leaf, 'daftar / a list like ["a", "b"]')


def _attempt(parse: Any, raw: Any) -> Any:
    try:
        return parse(raw) if isinstance(raw, str) else None
    except ValueError:
        return None


def marks(kind: Any) -> Mapping[str, Any]:
    """What a key's type says beyond Python's: `is` and `least`."""
    if get_origin(kind) is not Annotated:
        return {}
    return next((mark.extra or {} for mark in get_args(kind) if isinstance(mark, msgspec.Meta)), {})


def _expected(kind: Any) -> str:
    about = marks(kind)
    if about.get("is") == SPAN:
        least = f", >= {format_duration(about['least'])}" if about["least"] else ""
        return f'lamanya / a time span like "30s", "5m", "2h"{least}'
    if about.get("is") == DAILY:
        return 'jam / a time of day like "02:30"'
    if about.get("is") == DATED:
        return 'tanggal / a date like "2026-06-02"'
    if get_origin(kind) is Literal:
        return " | ".join(f'"{word}"' for word in get_args(kind))
    if get_origin(kind) is tuple:
        return 'daftar / a list like ["a", "b"]'
    words = {
        bool: "true | false",
        int: "bilangan bulat / a whole number >= 0",
        float: "bilangan / a number >= 0",
    }
    return words.get(kind, 'teks / text in "..."')


def _wrong(path: str, leaf: Leaf, expected: str) -> SettingsError:
    got = _GOT.get(type(leaf.raw), type(leaf.raw).__name__)
    # The value itself is not repeated, for somebody may have put a secret in the wrong place; but words for buyers.
    if path.startswith("chat.") and isinstance(leaf.raw, str | int | float | list):
        got += f": {str(leaf.raw)[:40]!r}"
    return SettingsError(f"perlu / needs {expected}; isinya / it holds: {got}", file=leaf.where, key=path)


_WORDS: Final = {
    "true": True,
    "1": True,
    "yes": True,
    "on": True,
    "false": False,
    "0": False,
    "no": False,
    "off": False,
}
_GOT: Final[dict[type, str]] = {
    bool: "true/false",
    int: "bilangan / a number",
    float: "pecahan / a fraction",
    str: "teks lain / other text",
    Text: "teks lain / other text",
    list: "daftar / a list",
    Branch: "tabel / a table",
}
