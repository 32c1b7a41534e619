"""Bahasa Indonesia, the seller's language and the reference for the others."""

from tui.strings.indonesian import commands, dialogs, order, screen

TEXT = {**screen.TEXT, **order.TEXT, **commands.TEXT, **dialogs.TEXT}
