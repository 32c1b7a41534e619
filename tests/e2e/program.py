"""The program as a script outside the repository would call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


class Pantau:
    """`pantau` with a configuration, run as a child process."""

    def __init__(self, config: Path, environ: dict[str, str]) -> None:
        self.config = config
        own = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
        self.environ = own | environ
        self.argv = [sys.executable, "-m", "tui", "--config", str(config)]

    def run(self, *words: str, code: int = 0, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command, expect an exit code; whatever happens, no traceback reaches the seller."""
        done = subprocess.run(
            [*self.argv, *words], env=self.environ, input=stdin, capture_output=True, text=True, timeout=60
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return done

    def json(self, *words: str, code: int = 0) -> Any:
        """Run a command with --json; the one document on stdout."""
        return json.loads(self.run(*words, "--json", code=code).stdout)
