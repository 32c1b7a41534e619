"""The seller's own keys: `[keymap]` checked against the command table before the screen starts. Pure.

Textual takes unknown ids and impossible keys in silence and lets two commands share a key, so each is checked
here and named with the nearest thing that exists.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Final

from textual.keys import Keys, _character_to_key

from tui.commands import TABLE, Command
from tui.strings import t

_NAMED: Final = frozenset(key.value for key in Keys if not key.value.startswith("<"))
_SIGNS: Final = frozenset(_character_to_key(chr(code)) for code in range(0x20, 0x7F))
_ELSEWHERE: Final = frozenset(
    {"ctrl+c", "ctrl+d", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+q", "ctrl+s", "ctrl+z"}
)
"""Taken by terminals, shells or the toolkit itself."""


class KeymapError(ValueError):
    """One sentence per mistake, in the active language."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


def checked(keymap: Mapping[str, str], commands: Iterable[Command] = TABLE) -> dict[str, str]:
    """The keymap with normalised keys, for `App.set_keymap`; raises KeymapError naming every mistake."""
    known = {command.id: command for command in commands}
    result: dict[str, str] = {}
    mistakes: list[str] = []
    for command_id, keys in keymap.items():
        if command_id not in known:
            nearest = difflib.get_close_matches(command_id, known, 1, 0)[0]
            mistakes.append(t("keymap.unknown", id=command_id, nearest=nearest))
            continue
        names = [key.strip() for key in keys.split(",") if key.strip()]
        if not names:
            mistakes.append(t("keymap.empty", id=command_id))
        mistakes += [mistake for name in names if (mistake := _impossible(name, command_id))]
        result[command_id] = ",".join(_character_to_key(name) if len(name) == 1 else name for name in names)
    if not mistakes:
        mistakes = _duplicates(known.values(), result)
    if mistakes:
        raise KeymapError(mistakes)
    return result


def _impossible(key: str, command_id: str) -> str | None:
    if key in _ELSEWHERE:
        return t("keymap.terminal", key=key, id=command_id)
    if _possible(key):
        return None
    near = difflib.get_close_matches(key, sorted(_NAMED | _SIGNS), 1)
    nearest = t("keymap.impossible.nearest", key=near[0]) if near else ""
    return t("keymap.impossible", key=key, id=command_id, nearest=nearest)


def _possible(key: str) -> bool:
    if key in _NAMED or key in _SIGNS or (len(key) == 1 and key.isprintable()):
        return True
    *modifiers, last = key.split("+")
    if not modifiers or not set(modifiers) <= {"ctrl", "shift", "alt", "super", "meta"}:
        return False
    return bool(last) and (last in _NAMED or last in _SIGNS or (len(last) == 1 and last.isprintable()))


def _duplicates(commands: Iterable[Command], keymap: Mapping[str, str]) -> list[str]:
    """Two commands on one key; the seller's choice is named first."""
    owner: dict[str, str] = {}
    mistakes = []
    for command in sorted(commands, key=lambda command: command.id not in keymap):
        for key in keymap.get(command.id, command.keys).split(","):
            if (first := owner.setdefault(key, command.id)) != command.id:
                mistakes.append(t("keymap.duplicate", key=key, first=first, second=command.id))
    return mistakes
