"""The parts of the screen. Each paints its own lines from plain text and roles: no markup is parsed."""
