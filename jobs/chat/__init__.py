"""Talking to buyers: templates, answer sheets, and the wish to send a message."""
