"""Seller Center's export files: read into records, and written from them. No store, no clock, no screen."""
