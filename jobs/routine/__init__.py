"""The rhythm of a seller's day: digests, the cut-off at noon, and what happened while nobody looked."""
