"""Our own two themes: calm, one accent. Colours are spent on what burns; everything else is shades of one tone.

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

PANTAU_LIGHT: Final = Theme(
    name="pantau-terang",
    primary="#1f6f86",
    secondary="#5a6675",
    accent="#0f7186",
    foreground="#1d242c",
    background="#f6f7f8",
    surface="#e9edf0",
    panel="#dfe5ea",
    success="#2f7a3d",
    warning="#8f6100",
    error="#b3372a",
    dark=False,
)

CYCLE: Final = ("pantau", "pantau-terang", "nord", "gruvbox", "solarized-light", "ansi-dark", "ansi-light")
"""What the theme key goes through; the last two keep the terminal's own colours."""
