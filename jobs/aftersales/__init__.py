"""Answers to what buyers ask, and the seller's own cancellations."""
