"""Recognise `pantau [options] [run]` without loading the command tree, so that the first paint comes sooner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_VALUES: Final = {"--config": "config", "--data-dir": "data_dir", "--lang": "lang"}
_FLAGS: Final = {"--read-only": "read_only", "--no-jobs": "no_jobs"}


@dataclass(frozen=True)
class MonitorOptions:
    """What may stand before or after `run`."""

    config: str | None = None
    data_dir: str | None = None
    lang: str | None = None
    read_only: bool = False
    no_jobs: bool = False


def monitor_options(arguments: Sequence[str]) -> MonitorOptions | None:
    """The options of a plain start of the monitor, or None when anything else was asked for.

    Anything doubtful is None: the command tree then words the error.
    """
    found: dict[str, str | bool] = {}
    seen_run = False
    rest = iter(arguments)
    for word in rest:
        name, equals, value = word.partition("=")
        if name in _VALUES:
            given = value if equals else next(rest, None)
            if given is None or given.startswith("-"):
                return None
            found[_VALUES[name]] = given
        elif word in _FLAGS:
            found[_FLAGS[word]] = True
        elif word == "run" and not seen_run:
            seen_run = True
        else:
            return None
    if found.get("lang") not in (None, "id", "en"):
        return None
    return MonitorOptions(**found)  # type: ignore[arg-type]  # the two tables above name the fields
