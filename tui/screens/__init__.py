"""Whole screens and dialogs; the main one is tui/screens/main.py, the others are opened by a command."""
