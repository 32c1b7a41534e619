"""The command tree with the options of one command only.

Typer works out the options of every command before it runs one, and even before it lists their names: a
millisecond each. Nobody can use the options of a command that is not named, so they are left out.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import copy

import typer
from typer.main import get_command_name
from typer.models import CommandInfo, TyperInfo


def lean(app: typer.Typer, words: Collection[str]) -> typer.Typer:
    """A copy of `app` where a command that is not among `words` has its name and its help, and nothing else."""
    narrow = copy(app)
    narrow.registered_commands = [_lean_command(command, words) for command in app.registered_commands]
    narrow.registered_groups = [_lean_group(group, words) for group in app.registered_groups]
    return narrow


def _lean_command(command: CommandInfo, words: Collection[str]) -> CommandInfo:
    whole = command.callback
    if whole is None or (command.name or get_command_name(whole.__name__)) in words:
        return command

    def nothing() -> None:
        raise AssertionError("a command that was not named")

    nothing.__name__, nothing.__doc__ = whole.__name__, whole.__doc__
    listed = copy(command)
    listed.callback = nothing
    return listed


def _lean_group(group: TyperInfo, words: Collection[str]) -> TyperInfo:
    listed = copy(group)
    if group.typer_instance is not None:
        listed.typer_instance = lean(group.typer_instance, words)
    return listed
