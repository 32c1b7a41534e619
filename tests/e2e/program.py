"""The program as a script outside the repository would call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.e2e.forkserver import PATIENCE, Done, server
from tui.strings import indonesian

# Short enough that orphaned work is taken up within a test.
QUICK = '[sender]\nvalidity = "2s"\nsettle = "1s"\nskew = "200ms"\n\n'


def write_config(folder: Path, shops: str, top: str = "") -> Path:
    """A settings file in `folder`, with the data beside it."""
    config = folder / "config.toml"
    config.write_text(f'data_dir = "data"\n\n{top}{QUICK}{shops}')
    return config


def words(name: str, **facts: object) -> str:
    """A sentence of the catalogue as the seller reads it."""
    return str(indonesian.TEXT[name]).format(**facts)


class Pantau:
    """`pantau` with a configuration, run as a child process."""

    def __init__(self, config: Path, environ: dict[str, str]) -> None:
        self.config = config
        own = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
        self.environ = own | environ

    @property
    def data(self) -> Path:
        """Where it keeps everything."""
        return self.config.parent / "data"

    def run(
        self,
        *words: str,
        code: int = 0,
        stdin: str = "",
        most_bytes: int | None = None,
        cold: bool = False,
    ) -> Done:
        """Run a command, expect an exit code; whatever happens, no traceback reaches the seller.

        `most_bytes` is how long a file may become, as on a full disk; `cold` starts an interpreter of its own.
        """
        argv = ["--config", str(self.config), *words]
        done = self._cold(argv, stdin) if cold else server().run(argv, self.environ, stdin, most_bytes)
        assert "Traceback" not in done.stderr, done.stderr
        assert done.code == code, (words, done)
        return done

    def _cold(self, argv: list[str], stdin: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "tui", *argv],
            env=self.environ,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def json(self, *words: str, code: int = 0) -> Any:
        """Run a command with --json; the one document on stdout."""
        return json.loads(self.run(*words, "--json", code=code).stdout)
