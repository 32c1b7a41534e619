"""Bahasa Indonesia, the seller's language and the reference for the others."""

from tui.strings.indonesian import commands, dialogs, order, parcels, requests, screen, stats

TEXT = {
    **screen.TEXT,
    **order.TEXT,
    **commands.TEXT,
    **dialogs.TEXT,
    **requests.TEXT,
    **parcels.TEXT,
    **stats.TEXT,
}
