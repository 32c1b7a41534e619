"""One file for each source of tracking: how to ask, how to read, its table of codes."""
