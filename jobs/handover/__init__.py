"""Manifests: what may be handed to the courier, and what must not."""
