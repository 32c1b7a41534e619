"""`[rules]` in the configuration: what is read, and mistakes told by key with the nearest word."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.config.settings import Settings, SettingsError, as_dict, load

SHOP = '[[shops]]\nname = "toko-contoh"\nkind = "file"\n'
EASY = '[[rules.each]]\nname = "a"\ndo = "confirm"\n'


def read(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "config.toml"
    path.write_text(SHOP + text, encoding="utf-8")
    return load(path, {})


def test_nothing_happens_by_itself_unless_somebody_says_so(tmp_path: Path) -> None:
    rules = read(tmp_path, EASY).rules
    assert (rules.enabled, rules.dry_run, rules.allow_ship, rules.per_hour) == (False, True, False, 200)


def test_a_rule_is_read_whole_and_shown_as_it_stands(tmp_path: Path) -> None:
    text = (
        EASY
        + 'when = { stock = true, cod = false, total_max = 5, hours = ["8:00", "17:00"], weekday = ["mon"] }\n'
    )
    settings = read(tmp_path, text)
    (rule,) = settings.rules.each
    assert (rule.name, rule.do, rule.enabled, rule.when.stock, rule.when.cod) == (
        "a",
        "confirm",
        True,
        True,
        False,
    )
    assert rule.when.hours == ("08:00", "17:00") and rule.when.total_min is None
    (shown,) = as_dict(settings)["rules"]["each"]
    assert shown["when"]["total_max"] == 5 and "total_min" not in shown["when"]


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("[rules]\nenable = true", "rules.enable", "rules.enabled"),
        ("[rules]\nallow_shipping = true", "rules.allow_shipping", "rules.allow_ship"),
        (EASY + "limit = 3", "rules.each[0].limit", ""),
        (EASY + "when = { stok = true }", "rules.each[0].when.stok", "when.stock"),
        (EASY + "when = { cod = 1 }", "rules.each[0].when.cod", "true | false"),
        (EASY + "when = { total_max = -1 }", "rules.each[0].when.total_max", "whole number"),
        (EASY + 'when = { weekday = ["senin"] }', "rules.each[0].when.weekday[0]", '"mon"'),
        (EASY + 'when = { hours = ["08:00"] }', "rules.each[0].when.hours", "17:00"),
        (EASY + "when = { total_min = 5, total_max = 4 }", "rules.each[0].when.total_max", "total_min"),
        (EASY + 'on = "IN_TRANSIT"', "rules.each[0].on", "message"),
        (EASY + 'shop = ["lain"]', "rules.each[0].shop", "unknown shop"),
        (EASY + EASY, "rules.each[1].name", "already used"),
        ('[[rules.each]]\ndo = "confirm"', "rules.each[0].name", "required"),
        ('[[rules.each]]\nname = "a"', "rules.each[0].do", "required"),
        ('[[rules.each]]\nname = "a"\ndo = "kirim"', "rules.each[0].do", '"ship"'),
        ('[[rules.each]]\nname = " "\ndo = "ship"', "rules.each[0].name", "plain signs"),
        ('[[rules.each]]\nname = "a\\u001b"\ndo = "ship"', "rules.each[0].name", "plain signs"),
        ('[[rules.each]]\nname = "a"\ndo = "message"\ntemplate = "x"', "rules.each[0].on", "required"),
        (
            '[[rules.each]]\nname = "a"\ndo = "message"\non = "DELIVERED"',
            "rules.each[0].template",
            "required",
        ),
        ('[rules.a]\ndo = "confirm"', "rules.a", ""),
    ],
)
def test_mistakes_name_their_key(tmp_path: Path, text: str, key: str, words: str) -> None:
    with pytest.raises(SettingsError) as told:
        read(tmp_path, text)
    assert told.value.key == key
    assert words in str(told.value)
