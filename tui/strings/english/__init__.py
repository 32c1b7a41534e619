"""English."""

from tui.strings.english import commands, dialogs, order, screen

TEXT = {**screen.TEXT, **order.TEXT, **commands.TEXT, **dialogs.TEXT}
