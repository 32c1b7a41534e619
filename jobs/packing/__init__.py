"""The packing table: what a scan means."""
