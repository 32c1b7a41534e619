"""English."""

from tui.strings.english import commands, dialogs, order, parcels, requests, screen, stats

TEXT = {
    **screen.TEXT,
    **order.TEXT,
    **commands.TEXT,
    **dialogs.TEXT,
    **requests.TEXT,
    **parcels.TEXT,
    **stats.TEXT,
}
