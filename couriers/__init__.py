"""Where parcels are: one vocabulary (base.py), one adapter per source, one reading of their free text."""
