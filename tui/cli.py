"""`pantau`: one program, many commands. Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 needs login."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tui.cmd.fastpath import monitor_options


def main(argv: Sequence[str] | None = None) -> None:
    """The entry point; without a command it opens the monitor."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    os.umask(0o077)  # whatever we write may hold buyers' data
    options = monitor_options(arguments)
    if options is not None:
        # The monitor is what a seller waits for: it starts without building the command tree.
        from tui.cmd.monitor import run_monitor

        sys.exit(run_monitor(options))
    from tui.cmd.tree import run_command

    sys.exit(run_command(arguments))


if __name__ == "__main__":
    main()
