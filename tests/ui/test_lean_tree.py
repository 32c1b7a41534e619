"""The command tree that is built for one invocation says what the whole one would say."""

from __future__ import annotations

import pytest
import typer

from tui.cmd.lean import lean
from tui.cmd.tree import app


def said(tree: typer.Typer, words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as end:
        tree(args=words, prog_name="pantau", standalone_mode=True)
    told = capsys.readouterr()
    return end.value.code, told.out, told.err


@pytest.mark.parametrize(
    "line",
    [
        "--help",
        "-h",
        "--lang id --help",
        "orders --help",
        "orders --no-such-option",
        "ship",
        "config",
        "config --help",
        "manifest scan --help",
        "manifest nonsense",
        "ordres",
    ],
)
def test_it_says_the_same(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = line.split()

    assert said(lean(app, words), words, capsys) == said(app, words, capsys)


def test_only_the_options_of_the_named_command_are_worked_out() -> None:
    whole = {command.callback for command in app.registered_commands}
    kept = [
        command.callback
        for command in lean(app, ["orders", "--json"]).registered_commands
        if command.callback in whole
    ]

    assert [getattr(callback, "__name__", "") for callback in kept] == ["orders"]
    assert {command.callback for command in app.registered_commands} == whole
