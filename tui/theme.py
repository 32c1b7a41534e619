"""Our own theme: dark, calm, one accent. Colours are spent on what burns; everything else is shades of one tone.

The other themes of the toolkit work as well (`theme` in the palette); nothing on the screen uses a fixed colour.
"""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

NAME: Final = "pantau"

PANTAU: Final = Theme(
    name=NAME,
    primary="#6cb2c7",
    secondary="#8f9fb3",
    accent="#6cc3d5",
    foreground="#d3dae3",
    background="#10151b",
    surface="#171e26",
    panel="#1e2731",
    success="#7fbf8a",
    warning="#e0b354",
    error="#ee7d6f",
    dark=True,
)

CYCLE: Final = ("pantau", "textual-light", "nord", "gruvbox", "solarized-light", "ansi-dark")
"""What the theme key goes through; `ansi-dark` keeps the terminal's own colours."""
