"""The command table and the checking of the seller's own keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tui import strings
from tui.commands import BY_ID, TABLE, Danger, available, display_key
from tui.keymap import KeymapError, checked


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_command_has_words_in_both_languages(language: str) -> None:
    strings.use(language)
    for command in TABLE:
        assert command.label
        assert command.help


def test_ids_and_default_keys_are_unique() -> None:
    keys = [key for command in TABLE for key in command.keys.split(",")]
    assert len(keys) == len(set(keys))
    assert len(BY_ID) == len(TABLE)


def test_the_default_keys_pass_their_own_check() -> None:
    assert checked({command.id: command.keys for command in TABLE})


def test_signs_are_normalised_for_the_toolkit() -> None:
    assert checked({"order.ship": "f6", "search": "%"}) == {"order.ship": "f6", "search": "percent_sign"}


@pytest.mark.parametrize(
    ("keymap", "said"),
    [
        ({"order.shp": "f6"}, 'tidak ada perintah "order.shp"; maksudnya "order.ship"?'),
        ({"order.ship": "f99"}, '"f99" bukan tombol untuk order.ship; maksudnya "f9"?'),
        (
            {"order.ship": "ctrl+s"},
            '"ctrl+s" untuk order.ship tidak sampai dari semua terminal; pilih yang lain',
        ),
        ({"order.ship": " , "}, "order.ship tidak punya tombol"),
        ({"order.ship": "c"}, '"c" dipakai dua kali: order.ship dan order.confirm'),
        ({"order.ship": "hyper+s"}, '"hyper+s" bukan tombol untuk order.ship'),
    ],
)
def test_mistakes_are_named_with_the_nearest_thing(keymap: dict[str, str], said: str) -> None:
    with pytest.raises(KeymapError) as error:
        checked(keymap)
    assert error.value.mistakes[0].startswith(said)


def test_swapping_two_keys_is_no_duplicate() -> None:
    assert checked({"order.ship": "c", "order.confirm": "s"})


def test_read_only_has_no_command_that_changes_something() -> None:
    assert all(command.danger is Danger.NONE for command in available(read_only=True))
    assert {"order.confirm", "order.undo"} <= {command.id for command in available()}


def test_a_command_whose_screen_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = replace(BY_ID["order.copy"], opens="tui.screens.nowhere:open")
    monkeypatch.setattr("tui.commands.TABLE", (missing, BY_ID["quit"]))
    assert [command.id for command in available()] == ["quit"]


def test_keys_are_shown_as_people_know_them() -> None:
    assert [display_key(BY_ID[name].keys) for name in ("search", "help", "list.down", "quit")] == [
        "/",
        "?",
        "j",
        "q",
    ]
