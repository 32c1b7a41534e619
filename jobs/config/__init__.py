"""Settings and secrets: the keys, their layers, their checks."""
