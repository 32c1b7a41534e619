"""`python -m tui` is `pantau`."""

from tui.cli import main

if __name__ == "__main__":
    main()
